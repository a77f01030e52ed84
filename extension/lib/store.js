// What the extension keeps: the last good snapshot and how the last try to renew it went. Nothing about visits.

/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {{version: number, sha256: string, snapshot: Snapshot}} Kept */

/**
 * @typedef {object} Status
 * @property {string | null} checkedAt when the service last answered, ISO 8601
 * @property {string | null} error code of what went wrong since (a message `error.<code>`)
 * @property {number} failures in a row
 */

/** @type {Status} */
const NEVER = { checkedAt: null, error: null, failures: 0 };

/** @returns {Promise<Kept | null>} */
export async function loadData() {
  const { data } = await chrome.storage.local.get("data");
  return /** @type {Kept | undefined} */ (data) ?? null;
}

/** One key, one write: a copy is swapped whole or not at all. @param {Kept} data */
export async function saveData(data) {
  await chrome.storage.local.set({ data });
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
  await chrome.storage.local.remove(["data", "status", "settings"]);
}
