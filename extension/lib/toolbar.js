// Brings the toolbar icon in line with the data, the settings and the time.

import { BUILD } from "../config.js";
import { OUT_OF_DATE } from "./badge.js";
import { iconImages } from "./icons.js";
import { applyRules, planOutOfDate, planRules } from "./rules.js";
import { loadSettings } from "./settings.js";
import { isExpired } from "./shown.js";
import { loadData } from "./store.js";
import { showAllTabs } from "./tabs.js";

/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./store.js").Kept & {expiresAt?: string}} Kept */

/** Alarms: the work is to be taken up again; the data has expired. */
export const RULES = "rules";
export const EXPIRY = "expiry";

const MINUTE = 60_000;

/** Safe to repeat, and to break off: an alarm takes it up again. */
export async function showIcons() {
  await wake(RULES, Date.now() + MINUTE);
  const loading = Promise.all([loadData(), loadSettings()]);
  if (chrome.declarativeContent) await applyRules(loading.then(plans));
  const [data] = await loading;
  if (!chrome.declarativeContent) await showWithoutRules(data, Date.now());
  await wakeAtExpiry(data);
  await chrome.alarms.clear(RULES);
}

/** @param {[Kept | null, Settings]} known @returns {Promise<import("./rules.js").Plan[]>} */
async function plans([data, settings]) {
  if (data === null) return [];
  if (isExpired(data, Date.now())) return planOutOfDate(BUILD);
  const marks = await digest(`${data.sha256} ${JSON.stringify(settings)}`);
  return planRules(data.snapshot, `${BUILD}/${data.version}/${marks}`, settings);
}

/** @param {string} text @returns {Promise<string>} enough of its hash to tell it from others */
async function digest(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes.slice(0, 6))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Firefox: grey everywhere once the data has expired, else the plain icon of the manifest; the tabs' own icons if the
 * reader allowed that. Never done on Chromium, where an icon that was set once would hide those of all rules.
 * @param {Kept | null} data
 * @param {number} now
 */
async function showWithoutRules(data, now) {
  const imageData = data && isExpired(data, now) ? iconImages(OUT_OF_DATE) : null;
  await chrome.action.setIcon(/** @type {chrome.action.TabIconDetails} */ ({ imageData }));
  await showAllTabs();
}

/** @param {Kept | null} data */
async function wakeAtExpiry(data) {
  if (!data?.expiresAt || isExpired(data, Date.now())) await chrome.alarms.clear(EXPIRY);
  else await wake(EXPIRY, Date.parse(data.expiresAt));
}

/** @param {string} name @param {number} when in milliseconds */
async function wake(name, when) {
  await chrome.alarms.create(name, { when: Math.max(when, Date.now()) + 1 });
}
