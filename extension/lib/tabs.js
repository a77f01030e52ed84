// Icons tab by tab, for browsers without rules by host (Firefox). Without the optional permission `tabs` no address
// arrives here, and nothing is shown before the reader clicks.

import { badgeKey, PLAIN } from "./badge.js";
import { iconImages } from "./icons.js";
import { loadMessages } from "./locale.js";
import { loadSettings } from "./settings.js";
import { pageBadge } from "./shown.js";
import { loadData } from "./store.js";
import { say } from "./wording.js";

/** @typedef {import("./badge.js").Badge} Badge */

export const TABS = /** @type {const} */ ({ permissions: ["tabs"] });

/** Whether the reader allowed the automatic badge. */
export function isAllowed() {
  return chrome.permissions.contains(/** @type {any} */ (TABS));
}

// What a wave of tabs needs is read once; showAllTabs() begins anew.
/** @type {Promise<[Awaited<ReturnType<typeof loadData>>, Awaited<ReturnType<typeof loadSettings>>]> | null} */
let known = null;

/** @type {Map<number, number>} how often each tab was asked about: a late answer must not land on a newer page */
const turns = new Map();

/**
 * The icon of a tab that has gone to `url`.
 * @param {number} tabId
 * @param {string} url
 */
export async function showTab(tabId, url) {
  const mine = (turns.get(tabId) ?? 0) + 1;
  turns.set(tabId, mine);
  if (!(await isAllowed())) return;
  known ??= Promise.all([loadData(), loadSettings()]);
  const badge = pageBadge(...(await known), url, Date.now());
  if (turns.get(tabId) === mine) await dress(tabId, badge);
}

/** @param {number} tabId */
export function forgetTab(tabId) {
  turns.delete(tabId);
}

/** The icons of all tabs, after a change of data, settings or permission. */
export async function showAllTabs() {
  known = null;
  const [tabs, allowed] = await Promise.all([chrome.tabs.query({}), isAllowed()]);
  for (const { id, url } of tabs) {
    if (id === undefined) continue;
    if (!allowed) await undress(id);
    else if (url !== undefined) await showTab(id, url);
  }
}

/**
 * Icon and spoken name of a tab's button. The tab may have been closed meanwhile, which is no fault.
 * @param {number} tabId
 * @param {Badge} badge
 */
export async function dress(tabId, badge) {
  const title = await titleOf(badge);
  await Promise.allSettled([
    chrome.action.setIcon({ tabId, imageData: iconImages(badge) }),
    chrome.action.setTitle({ tabId, title }),
  ]);
}

/** @param {number} tabId */
async function undress(tabId) {
  turns.set(tabId, (turns.get(tabId) ?? 0) + 1);
  const nothing = /** @type {any} */ (null);
  await Promise.allSettled([
    chrome.action.setIcon({ tabId, imageData: nothing }),
    chrome.action.setTitle({ tabId, title: nothing }),
  ]);
}

/** @param {Badge} badge */
async function titleOf(badge) {
  if (badgeKey(badge) === badgeKey(PLAIN)) return "govties";
  const messages = await loadMessages();
  const state = say(messages, `shape.${badge.shape}`);
  return badge.count ? `govties: ${state} (${say(messages, "popup.not_ended", {}, badge.count)})` : `govties: ${state}`;
}
