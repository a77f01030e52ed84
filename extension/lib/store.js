// What the extension keeps: the last good snapshot and how the last try to renew it went. Nothing about visits.

import { KEYS } from "../config.js";
import { clearShelf, fillShelf, readShelf } from "./shelf.js";
import { FORMAT } from "./snapshot.js";
import { believed } from "./verify.js";

/** @typedef {import("./types.js").Snapshot} Snapshot */

/**
 * @typedef {object} Facts about the copy; all but `expiresAt` and `publishedAt` are what the next manifest is held against
 * @property {string} key the public key by which it was believed
 * @property {number} version
 * @property {string} sha256
 * @property {string} publishedAt ISO 8601 in UTC; so are the other times
 * @property {string} issuedAt
 * @property {string} expiresAt from then on the copy makes no claim
 * @property {string} newestIssuedAt
 * @property {number} domains
 */

/** @typedef {Facts & {snapshot: Snapshot}} Kept */

/**
 * @typedef {object} Status
 * @property {string | null} checkedAt when the service last answered, ISO 8601
 * @property {string | null} error code of what went wrong since (a message `error.<code>`)
 * @property {number} failures in a row
 */

/** @type {Status} */
const NEVER = { checkedAt: null, error: null, failures: 0 };

/**
 * The kept copy. One that cannot be read, or whose key is no longer trusted, counts as none.
 * @returns {Promise<Kept | null>}
 */
export async function loadData() {
  try {
    const record = await readShelf();
    if (record === undefined) return null;
    const { body, ...facts } = record;
    if (!believed(facts, KEYS)) return null;
    const snapshot = JSON.parse(await body.text());
    return snapshot.format === FORMAT && snapshot.version === facts.version ? { ...facts, snapshot } : null;
  } catch (error) {
    console.warn("govties: the stored copy cannot be read:", error);
    return null;
  }
}

/**
 * Puts a new copy in the place of the old one.
 * @param {Facts} facts
 * @param {Uint8Array<ArrayBuffer>} bytes the snapshot as it was checked
 */
export async function saveData(facts, bytes) {
  await fillShelf({ ...facts, body: new Blob([bytes]) });
}

/** Says anew until when the copy may be believed. @param {Facts} facts */
export async function saveFacts(facts) {
  const record = await readShelf();
  if (record?.version === facts.version) await fillShelf({ ...facts, body: record.body });
}

/** @returns {Promise<Status>} */
export async function loadStatus() {
  const { status } = await chrome.storage.local.get("status");
  return { ...NEVER, .../** @type {Status | undefined} */ (status) };
}

/** @param {Status} status */
export async function saveStatus(status) {
  await chrome.storage.local.set({ status });
}

/** Forgets data, status and settings. */
export async function eraseAll() {
  await clearShelf();
  await chrome.storage.local.clear();
}
