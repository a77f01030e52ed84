// Whether a release may be believed: the checks of docs/releases.md, in that order. Without I/O, so that
// tests/vectors/releases.json can be run by this and by app/releases/verify.py alike. Who edits one edits the other.

import { ReleaseError } from "./errors.js";
import { countDomains, isSnapshot } from "./snapshot.js";

/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{url: string, size: number, sha256: string}} File size and hash are those of the decoded bytes */

/**
 * @typedef {object} Manifest what is read in one that is believed
 * @property {string} key the public key by which it is believed, in base64
 * @property {number} version
 * @property {string} publishedAt ISO 8601 in UTC, to the second; so are the other times
 * @property {string} issuedAt
 * @property {string} expiresAt
 * @property {number} domains
 * @property {number | null} shrunk the last release that was allowed to have far fewer domains
 * @property {File} snapshot
 * @property {(File & {from: number})[]} deltas
 */

/**
 * @typedef {object} Stored what is known of the copy that is kept
 * @property {string} key the public key by which it was believed
 * @property {number} version
 * @property {string} sha256
 * @property {string} issuedAt
 * @property {string} newestIssuedAt the latest that was believed, of whichever release
 * @property {number} domains
 */

export const MANIFEST_BYTES = 64 * 1024;
export const SNAPSHOT_BYTES = 64 * 1024 * 1024;
// 64 bytes in base64 are 88 characters; the rest is room for a line end.
export const SIGNATURE_BYTES = 128;
const SIGNATURE = /^[A-Za-z0-9+/]{86}==\s*$/;
// A file is a path on the service that was asked, never an address elsewhere.
const PATH = /^(?:\/[A-Za-z0-9_.-]+)+$/;
const DAY = 24 * 60 * 60 * 1000;
// The service's own live for a week. Who has stolen a key cannot sign for longer than this at a time.
const LIFETIME = 30 * DAY;

/**
 * What the manifest says, once it is believed. Throws a ReleaseError otherwise.
 * @param {Bytes} bytes as they came
 * @param {string} signature in base64
 * @param {readonly string[]} keys raw public keys in base64: the current one and the next
 * @param {Stored | null} stored
 * @param {number} clock in milliseconds
 * @returns {Promise<Manifest>}
 */
export async function checkManifest(bytes, signature, keys, stored, clock) {
  if (bytes.byteLength > MANIFEST_BYTES) throw new ReleaseError("size", "the manifest is too long");
  const key = await signerOf(bytes, signature, keys);
  if (key === null) throw new ReleaseError("signature");
  const manifest = readManifest(parseJson(bytes), key);
  if (manifest.snapshot.size > SNAPSHOT_BYTES) throw new ReleaseError("size", "the snapshot is too long");
  const known = believed(stored, keys);
  if (known) checkOrder(manifest, known);
  // A clock that is set back revives nothing.
  checkTimes(manifest, Math.max(clock, known ? Date.parse(known.newestIssuedAt) : clock));
  if (known) checkShare(manifest, known);
  return manifest;
}

/**
 * What is known of the copy, or null where its key is no longer trusted: who stole it may have signed a version that no
 * honest release would ever reach, so nothing of it counts any more.
 * @template {{key: string}} T
 * @param {T | null} stored
 * @param {readonly string[]} keys
 */
export function believed(stored, keys) {
  return stored && keys.includes(stored.key) ? stored : null;
}

/** The key that signed, or null. @param {Bytes} bytes @param {string} signature @param {readonly string[]} keys */
async function signerOf(bytes, signature, keys) {
  if (!SIGNATURE.test(signature)) return null;
  const signed = fromBase64(signature);
  for (const text of keys) {
    const key = await crypto.subtle.importKey("raw", fromBase64(text), "Ed25519", false, ["verify"]);
    if (await crypto.subtle.verify("Ed25519", key, signed, bytes)) return text;
  }
  return null;
}

/** @param {string} text */
function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** @param {Bytes} bytes @returns {any} */
export function parseJson(bytes) {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw new ReleaseError("format", String(error));
  }
}

/**
 * Members that are not used here may be missing and others may be there.
 * @param {any} data
 * @param {string} key that signed it
 * @returns {Manifest}
 */
function readManifest(data, key) {
  const files = Array.isArray(data?.files) ? data.files : [];
  const [snapshot, second] = files.filter((/** @type {any} */ file) => file?.role === "snapshot");
  const deltas = files.filter((/** @type {any} */ file) => file?.role === "delta");
  const whole =
    isVersion(data?.version) && [data.published_at, data.issued_at, data.expires_at].every(isTime) &&
    isCount(data.counts?.domains) && (data.shrunk === null || isVersion(data.shrunk)) &&
    second === undefined && [snapshot, ...deltas].every(isFile) &&
    deltas.every((/** @type {any} */ { from }) => isVersion(from) && from < data.version);
  if (!whole) throw new ReleaseError("format", "the manifest is not whole");
  const { version, published_at: publishedAt, issued_at: issuedAt, expires_at: expiresAt, shrunk } = data;
  return { key, version, publishedAt, issuedAt, expiresAt, domains: data.counts.domains, shrunk, snapshot, deltas };
}

/** @param {unknown} value */
function isCount(value) {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** @param {unknown} value */
function isVersion(value) {
  return isCount(value) && value !== 0;
}

/** A moment in UTC, to the second. @param {unknown} value */
function isTime(value) {
  const time = typeof value === "string" ? Date.parse(value) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().replace(".000Z", "Z") === value;
}

/** @param {any} file */
function isFile(file) {
  const { url, size, sha256 } = file ?? {};
  return (
    typeof url === "string" && PATH.test(url) && isCount(size) && typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256)
  );
}

/** @param {Manifest} manifest @param {Stored} stored */
function checkOrder({ version, issuedAt, snapshot }, stored) {
  if (version < stored.version) throw new ReleaseError("older", `release ${version} after ${stored.version}`);
  if (version > stored.version) return;
  if (issuedAt < stored.issuedAt) throw new ReleaseError("older", `issued ${issuedAt}, known from ${stored.issuedAt}`);
  if (snapshot.sha256 !== stored.sha256) throw new ReleaseError("format", `two files for release ${version}`);
}

/** @param {Manifest} manifest @param {number} now in milliseconds */
function checkTimes({ issuedAt, expiresAt }, now) {
  if (!(Date.parse(expiresAt) > now)) throw new ReleaseError("expired", `expired ${expiresAt}`);
  if (!(Date.parse(issuedAt) <= now + DAY)) throw new ReleaseError("clock", `issued ${issuedAt}`);
  const lifetime = Date.parse(expiresAt) - Date.parse(issuedAt);
  if (!(lifetime > 0 && lifetime <= LIFETIME)) throw new ReleaseError("lifetime", `issued ${issuedAt}, expires ${expiresAt}`);
}

/** @param {Manifest} manifest @param {Stored} stored */
function checkShare({ domains, shrunk }, stored) {
  const allowed = shrunk !== null && shrunk > stored.version;
  if (!allowed && domains * 5 < stored.domains * 4) throw new ReleaseError("shrunk", `${domains} of ${stored.domains}`);
}

/**
 * Whether these are the bytes that the manifest names. Throws a ReleaseError otherwise.
 * @param {Bytes} bytes
 * @param {File} file
 */
export async function checkBytes(bytes, { size, sha256 }) {
  if (bytes.byteLength !== size) throw new ReleaseError("size", `${bytes.byteLength} of ${size} bytes`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hash = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hash !== sha256) throw new ReleaseError("hash");
}

/**
 * Whether the data, whose bytes were checked, is the snapshot of this release. Throws a ReleaseError otherwise.
 * @param {unknown} data
 * @param {Manifest} manifest
 * @returns {Snapshot}
 */
export function checkSnapshot(data, { version, domains }) {
  if (!isSnapshot(data) || data.version !== version || countDomains(data) !== domains) {
    throw new ReleaseError("format", "the snapshot is not whole");
  }
  return data;
}
