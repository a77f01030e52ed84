// Keeps the snapshot fresh: when to ask next, and what to do when asking fails. Alarms outlive the worker, so a worker
// that is ended in mid-work is woken again.

import { BACKEND, KEYS } from "../config.js";
import { download } from "./download.js";
import { ReleaseError } from "./errors.js";
import { isExpired } from "./shown.js";
import { eraseAll, loadData, loadStatus, saveData, saveFacts, saveStatus } from "./store.js";
import { showIcons } from "./toolbar.js";

export const REFRESH = "refresh";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * How long to wait after so many failures in a row: from 15 minutes up to a day, spread by chance.
 * @param {number} failures
 * @param {number} random 0 to 1
 * @param {number | null} [retryAfter] seconds that the service asked for
 * @returns {number} milliseconds
 */
export function backOff(failures, random, retryAfter = null) {
  const wait = 2 ** (failures - 1) * 15 * MINUTE * (1 + random);
  return Math.min(Math.max(wait, (retryAfter ?? 0) * 1000), DAY);
}

/** Once a day, spread over four hours so that not all browsers ask at once. @param {number} random 0 to 1 */
export function nextCheck(random) {
  return DAY + (random - 0.5) * 4 * HOUR;
}

/** @type {Promise<unknown>} */
let queue = Promise.resolve();

/**
 * One piece of work at a time: two refreshes at once would download twice and trip over each other's rules.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
function inTurn(work) {
  const turn = queue.then(work, work);
  queue = turn.catch(() => {});
  return turn;
}

/** Asks the service now, keeps what is good, and says when to ask again. */
export function refresh() {
  return inTurn(async () => {
    const status = await loadStatus();
    const failures = status.failures + 1;
    await wake(REFRESH, backOff(failures, Math.random())); // stands if this worker is ended before it is done
    const kept = await loadData();
    if (!kept || isExpired(kept, Date.now())) await showIcons(); // no claim stands while the service is waited for
    try {
      const { facts, bytes } = await download(BACKEND, KEYS, kept);
      await (bytes ? saveData(facts, bytes) : saveFacts(facts));
      await saveStatus({ checkedAt: new Date().toISOString(), error: null, failures: 0 });
      await wake(REFRESH, nextCheck(Math.random()));
    } catch (error) {
      await failed(error, status, failures);
    }
    await showIcons();
  });
}

/** Forgets everything. In its turn, or a download under way would bring back what was to be forgotten. */
export function erase() {
  return inTurn(async () => {
    await eraseAll();
    await showIcons();
  });
}

/** @param {unknown} error @param {import("./store.js").Status} status @param {number} failures */
async function failed(error, status, failures) {
  const known = error instanceof ReleaseError;
  console.warn("govties: refresh failed:", error);
  await saveStatus({ ...status, error: known ? error.code : "internal", failures });
  await wake(REFRESH, backOff(failures, Math.random(), known ? error.retryAfter : null));
}

/** Asks the service unless it was asked in the last hours; a browser that starts ten times a day asks once. */
export async function refreshIfDue() {
  const { checkedAt, failures } = await loadStatus();
  const age = Date.now() - Date.parse(checkedAt ?? "1970-01-01");
  if (failures > 0 || age > 20 * HOUR || age < 0) return refresh();
  await inTurn(showIcons);
  if (!(await chrome.alarms.get(REFRESH))) await wake(REFRESH, nextCheck(Math.random()) - age);
}

/** Brings the icons in line with the kept snapshot. */
export function refreshIcons() {
  return inTurn(showIcons);
}

/** @param {string} name @param {number} delay in milliseconds */
function wake(name, delay) {
  return chrome.alarms.create(name, { when: Date.now() + Math.max(delay, MINUTE) });
}
