// Downloads the release: its manifest, then the snapshot that the manifest names, checked before anything is believed.
// The same files for everyone, without cookies, identifier or referrer.

/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {import("./store.js").Kept} Kept */
/** @typedef {{version: number, url: string, size: number, sha256: string}} Wanted the snapshot that a manifest names */

// A manifest lists some dozen files; a snapshot of 100,000 names is some 20 MiB.
const MANIFEST_BYTES = 64 * 1024;
const SNAPSHOT_BYTES = 64 * 1024 * 1024;
const TIMEOUT_MS = 60_000;

/** What went wrong, as a code that the messages explain; `retryAfter` in seconds where the service asks for it. */
export class DownloadError extends Error {
  /** @param {string} code @param {string} [detail] @param {number | null} [retryAfter] */
  constructor(code, detail = code, retryAfter = null) {
    super(detail);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

/**
 * The newest snapshot, or null if the kept one is it.
 * @param {string} backend
 * @param {Kept | null} kept
 * @returns {Promise<Kept | null>}
 */
export async function download(backend, kept) {
  const wanted = readManifest(parse(await get(`${backend}/v1/release`, MANIFEST_BYTES)));
  if (kept && wanted.version < kept.version) throw new DownloadError("older", `${wanted.version} < ${kept.version}`);
  if (kept && wanted.version === kept.version && wanted.sha256 === kept.sha256) return null;
  const bytes = await get(fileUrl(backend, wanted.url), wanted.size);
  if (bytes.byteLength !== wanted.size) throw new DownloadError("size", `${bytes.byteLength} of ${wanted.size} bytes`);
  if ((await sha256(bytes)) !== wanted.sha256) throw new DownloadError("hash");
  return { version: wanted.version, sha256: wanted.sha256, snapshot: readSnapshot(parse(bytes), wanted.version) };
}

/**
 * The body of an answer, given up as soon as it is longer than `limit`.
 * @param {string} url
 * @param {number} limit in bytes
 */
async function get(url, limit) {
  const response = await ask(url);
  if (!response.ok) throw new DownloadError("http", `status ${response.status}`, retryAfter(response));
  const chunks = [];
  let size = 0;
  try {
    for await (const chunk of /** @type {AsyncIterable<Uint8Array>} */ (/** @type {unknown} */ (parts(response)))) {
      size += chunk.byteLength;
      if (size > limit) throw new DownloadError("size", `more than ${limit} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof DownloadError ? error : new DownloadError("unreachable", String(error));
  }
  return new Uint8Array(await new Blob(/** @type {BlobPart[]} */ (chunks)).arrayBuffer());
}

/** @param {Response} response */
async function* parts(response) {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** @param {string} url */
async function ask(url) {
  try {
    return await fetch(url, {
      cache: "no-cache",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw new DownloadError("unreachable", String(error));
  }
}

/** @param {Response} response @returns {number | null} seconds */
function retryAfter(response) {
  const text = response.headers.get("Retry-After");
  if (text === null) return null;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}

/** @param {Uint8Array} bytes @returns {unknown} */
function parse(bytes) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new DownloadError("format", String(error));
  }
}

/**
 * @param {any} manifest
 * @returns {Wanted}
 */
export function readManifest(manifest) {
  const files = Array.isArray(manifest?.files) ? manifest.files : [];
  const { url, size, sha256 } = files.find((/** @type {any} */ file) => file?.role === "snapshot") ?? {};
  const right =
    Number.isSafeInteger(manifest?.version) && manifest.version > 0 && typeof url === "string" &&
    Number.isSafeInteger(size) && typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256);
  if (!right) throw new DownloadError("format", "the manifest names no snapshot");
  if (size > SNAPSHOT_BYTES) throw new DownloadError("size", `${size} bytes`);
  return { version: manifest.version, url, size, sha256 };
}

/**
 * A file's address: a path on the service, never elsewhere.
 * @param {string} backend
 * @param {string} path
 */
export function fileUrl(backend, path) {
  const url = new URL(path, backend);
  if (!path.startsWith("/") || url.origin !== new URL(backend).origin) throw new DownloadError("format", "a foreign file");
  return url.href;
}

/** @param {Uint8Array} bytes */
async function sha256(bytes) {
  const digest = await crypto.subtle.digest("SHA-256", /** @type {BufferSource} */ (bytes));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const TABLES = ["names", "targets", "stops", "companies", "ownership", "ties", "notes", "agencies", "sources"];

/**
 * @param {any} snapshot
 * @param {number} version
 * @returns {Snapshot}
 */
export function readSnapshot(snapshot, version) {
  if (snapshot?.format !== 1) throw new DownloadError("format", `format ${snapshot?.format}`);
  const whole = TABLES.every((table) => Array.isArray(snapshot[table])) && typeof snapshot.published_at === "string";
  if (!whole || snapshot.version !== version || snapshot.names.length !== snapshot.targets.length) {
    throw new DownloadError("format", "the snapshot is not whole");
  }
  return snapshot;
}
