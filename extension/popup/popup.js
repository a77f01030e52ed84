// Shows the answer for the active tab, from the copy on this machine. Opening the popup asks nobody anything.

import { answerFor } from "../lib/answer.js";
import { OUT_OF_DATE, PLAIN } from "../lib/badge.js";
import { parseTab } from "../lib/match.js";
import { changeSettings, EVERYTHING, loadSettings, toggled } from "../lib/settings.js";
import { isExpired, shownOf } from "../lib/shown.js";
import { agenciesOf } from "../lib/snapshot.js";
import { loadData, loadStatus } from "../lib/store.js";
import { dress } from "../lib/tabs.js";
import { say } from "../lib/wording.js";
import { announce, ask, begin } from "../ui/page.js";
import { footer } from "./footer.js";
import { noDataView, outOfDateView, plainView, retryButton } from "./plain.js";
import { answerView } from "./view.js";

/** @typedef {import("../lib/badge.js").Badge} Badge */
/** @typedef {import("../lib/settings.js").Settings} Settings */
/** @typedef {import("../lib/store.js").Kept & {issuedAt?: string, expiresAt?: string}} Kept */
/** @typedef {import("../ui/dom.js").Child} Child */
/** @typedef {{parts: Child[], title: string, badge: Badge | null}} View */
/** @typedef {[Kept | null, import("../lib/store.js").Status, Settings]} Known what the answer is made of */
/** @typedef {{moved?: boolean, reveal?: boolean}} How `moved`: the tab has gone elsewhere; `reveal`: filters are off */

const main = /** @type {HTMLElement} */ (document.getElementById("main"));

/** The tab this popup is about: the active one, or for tests the one named in the address. */
async function currentTab() {
  const id = new URLSearchParams(location.search).get("tab");
  if (id !== null) return chrome.tabs.get(Number(id));
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  return tab;
}

// Counts the renderings: one that was overtaken by a newer one must not land.
let turn = 0;

/** @param {How} [how] @param {Promise<Known>} [loading] */
async function show(how = {}, loading = known()) {
  const mine = ++turn;
  const [tab, found] = await Promise.all([currentTab(), loading]);
  const { parts, title, badge } = view(found, tab?.url, how);
  if (mine !== turn) return;
  main.replaceChildren(.../** @type {Node[]} */ (parts.filter(Boolean)));
  main.setAttribute("aria-busy", "false");
  document.title = title;
  if (badge && tab?.id !== undefined && !chrome.declarativeContent) await dress(tab.id, badge);
}

/** @returns {Promise<Known>} */
function known() {
  return Promise.all([loadData(), loadStatus(), loadSettings()]);
}

/** @param {Known} known @param {string | undefined} url @param {How} how @returns {View} */
function view([data, status, settings], url, how) {
  const retry = () => retryButton(messages, again);
  if (data === null) return plain(noDataView(status, messages, retry()));
  if (isExpired(data, Date.now())) return plain(outOfDateView(data, status, messages, retry()), OUT_OF_DATE);
  if (how.moved && url === undefined) return plain(plainView(say(messages, "popup.moved_on")));
  const host = parseTab(url ?? "");
  if (host === null) return plain(plainView(say(messages, "popup.no_page")));
  try {
    return answered(data, status, answerFor(data.snapshot, host), how.reveal ? EVERYTHING : settings);
  } catch (error) {
    console.error("govties:", error);
    return plain(plainView(say(messages, "popup.broken"), retry()));
  }
}

/** @param {Child[]} parts @param {Badge | null} [badge] @returns {View} */
function plain(parts, badge = PLAIN) {
  return { parts, title: "govties", badge };
}

/**
 * @param {Kept} data
 * @param {import("../lib/store.js").Status} status
 * @param {import("../lib/types.js").Answer} answer
 * @param {Settings} settings
 * @returns {View}
 */
function answered(data, status, answer, settings) {
  const shown = shownOf(answer, settings, agenciesOf(data.snapshot));
  const title = `${answer.query}: ${say(messages, `state.${shown.face}`)}`;
  const parts = [...answerView(shown, messages, actions), footer(shown, data, status, messages, actions)];
  return { parts, title, badge: shown.badge };
}

/** What a reader can do here. */
const actions = {
  reveal: () => show({ reveal: true }),
  settings: () => chrome.runtime.openOptionsPage(),
  /** @param {string} site @param {boolean} on */
  async hide(site, on) {
    await changeSettings((settings) => ({ ...settings, sites: toggled(settings.sites, site, on) }));
    await show();
    announce(document.title);
    await ask("icons");
  },
};

/** @typedef {typeof actions} Actions */

async function again() {
  await ask("refresh");
  await show();
  announce(main.textContent ?? "");
}

const first = known(); // read while the words are loaded
const [messages, opened] = await Promise.all([begin(), currentTab()]);
chrome.tabs.onUpdated.addListener((id, change) => {
  if (id === opened?.id && change.status === "loading") void show({ moved: true });
});
await show({}, first);
