// Downloads the release: manifest and signature, then what is missing of the snapshot. lib/verify.js says what of it
// may be believed.

import { applyDelta, snapshotBytes } from "./delta.js";
import { ReleaseError } from "./errors.js";
import { fetchBytes } from "./fetch.js";
import { checkBytes, checkManifest, checkSnapshot, MANIFEST_BYTES, parseJson, SIGNATURE_BYTES } from "./verify.js";

/** @typedef {import("./store.js").Facts} Facts */
/** @typedef {import("./store.js").Kept} Kept */
/** @typedef {import("./verify.js").Bytes} Bytes */
/** @typedef {import("./verify.js").Manifest} Manifest */
/** @typedef {{bytes: Bytes, data: unknown}} Copy */

/**
 * The newest release; `bytes` is null where it is the kept one, of which then only the times are new.
 * @param {string} backend
 * @param {readonly string[]} keys
 * @param {Kept | null} kept
 * @returns {Promise<{facts: Facts, bytes: Bytes | null}>}
 */
export async function download(backend, keys, kept) {
  const now = Date.now();
  const manifest = await askManifest(backend, keys, kept, now);
  const facts = factsOf(manifest, kept);
  if (kept?.version === manifest.version) return { facts, bytes: null };
  const { bytes, data } = (kept && (await byDelta(backend, manifest, kept))) ?? (await whole(backend, manifest));
  checkSnapshot(data, manifest);
  return { facts, bytes };
}

/** @param {string} backend @param {readonly string[]} keys @param {Kept | null} kept @param {number} now */
async function askManifest(backend, keys, kept, now) {
  try {
    return await pair();
  } catch (error) {
    if (!(error instanceof ReleaseError && error.code === "signature")) throw error;
    return pair(); // a release that came between the two requests
  }

  async function pair() {
    const bytes = await fetchBytes(`${backend}/v1/release`, MANIFEST_BYTES);
    const signature = await fetchBytes(`${backend}/v1/release.sig`, SIGNATURE_BYTES);
    return checkManifest(bytes, new TextDecoder().decode(signature), keys, kept, now);
  }
}

/** @param {Manifest} manifest @param {Kept | null} kept @returns {Facts} */
function factsOf({ key, version, snapshot, publishedAt, issuedAt, expiresAt, domains }, kept) {
  const newestIssuedAt = kept && kept.newestIssuedAt > issuedAt ? kept.newestIssuedAt : issuedAt;
  return { key, version, sha256: snapshot.sha256, publishedAt, issuedAt, expiresAt, newestIssuedAt, domains };
}

/**
 * The new copy made from the kept one, or null: whatever is wrong with a delta, the whole snapshot makes good.
 * @param {string} backend
 * @param {Manifest} manifest
 * @param {Kept} kept
 * @returns {Promise<Copy | null>}
 */
async function byDelta(backend, { deltas, snapshot }, kept) {
  const delta = deltas.find(({ from, size }) => from === kept.version && size < snapshot.size);
  if (delta === undefined) return null;
  try {
    const data = applyDelta(kept.snapshot, parseJson(await file(backend, delta)));
    const bytes = snapshotBytes(data);
    await checkBytes(bytes, snapshot);
    return { bytes, data };
  } catch (error) {
    console.warn("govties: the delta is of no use, the whole is taken:", error);
    return null;
  }
}

/** @param {string} backend @param {Manifest} manifest @returns {Promise<Copy>} */
async function whole(backend, { snapshot }) {
  const bytes = await file(backend, snapshot);
  return { bytes, data: parseJson(bytes) };
}

/** @param {string} backend @param {import("./verify.js").File} wanted */
async function file(backend, wanted) {
  const bytes = await fetchBytes(backend + wanted.url, wanted.size);
  await checkBytes(bytes, wanted);
  return bytes;
}
