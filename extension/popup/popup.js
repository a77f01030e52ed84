// Shows the answer for the active tab, from the copy on this machine. Opening the popup asks nobody anything.

import { answerFor } from "../lib/answer.js";
import { badgeOf } from "../lib/badge.js";
import { iconImages } from "../lib/icons.js";
import { parseTab } from "../lib/match.js";
import { loadData, loadStatus } from "../lib/store.js";
import { say, withSummary } from "../lib/wording.js";
import { el } from "./dom.js";
import { answerView, plainView } from "./view.js";

/** @typedef {import("../lib/types.js").Messages} Messages */
/** @typedef {import("./dom.js").Child} Child */

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const lang = chrome.i18n.getUILanguage().startsWith("es") ? "es" : "en";
document.documentElement.lang = lang;

/** @returns {Promise<Messages>} */
async function loadMessages() {
  const response = await fetch(chrome.runtime.getURL(`messages/${lang}.json`));
  return response.json();
}

/** The tab this popup is about: the active one, or for tests the one named in the address. */
async function currentTab() {
  const id = new URLSearchParams(location.search).get("tab");
  if (id !== null) return chrome.tabs.get(Number(id));
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  return tab;
}

// Counts the renderings: one that was overtaken by a newer one must not land.
let turn = 0;

/** @param {Messages} messages @param {boolean} moved whether the tab has gone elsewhere since the popup was opened */
async function show(messages, moved) {
  const mine = ++turn;
  const parts = await view(messages, moved);
  if (mine !== turn) return;
  main.replaceChildren(.../** @type {Node[]} */ (parts.filter(Boolean)));
  main.setAttribute("aria-busy", "false");
}

/** @param {Messages} messages @param {boolean} moved @returns {Promise<Child[]>} */
async function view(messages, moved) {
  const [tab, data, status] = await Promise.all([currentTab(), loadData(), loadStatus()]);
  if (data === null) return noData(status, messages);
  if (moved && tab?.url === undefined) return plainView(say(messages, "popup.moved_on"));
  const parsed = parseTab(tab?.url ?? "");
  if (parsed === null) return plainView(say(messages, "popup.no_page"));
  try {
    const answer = withSummary(answerFor(data.snapshot, parsed), messages);
    await showIcon(tab?.id, answer);
    return answerView(answer, status, messages);
  } catch (error) {
    console.error("govties:", error);
    return plainView(say(messages, "popup.broken"), retryButton(messages));
  }
}

/** @param {import("../lib/store.js").Status} status @param {Messages} messages */
function noData(status, messages) {
  const error = status.error && el("p.small", say(messages, "popup.last_try", { error: say(messages, `error.${status.error}`) }));
  return plainView(say(messages, "popup.no_data"), error, retryButton(messages));
}

/** @param {Messages} messages */
function retryButton(messages) {
  const button = /** @type {HTMLButtonElement} */ (el("button", say(messages, "popup.retry")));
  button.addEventListener("click", async () => {
    button.disabled = true;
    button.textContent = say(messages, "popup.retrying");
    await chrome.runtime.sendMessage("refresh");
    await show(messages, false);
  });
  return button;
}

/**
 * Where the browser has no rules by host (Firefox), the icon of this tab is set now that it was asked about.
 * @param {number | undefined} tabId
 * @param {import("../lib/types.js").Answer} answer
 */
async function showIcon(tabId, answer) {
  if (chrome.declarativeContent || tabId === undefined) return;
  await chrome.action.setIcon({ tabId, imageData: iconImages(badgeOf(answer.state, answer.ties)) });
}

const [messages, opened] = await Promise.all([loadMessages(), currentTab()]);
chrome.tabs.onUpdated.addListener((id, change) => {
  if (id === opened?.id && change.status === "loading") void show(messages, true);
});
await show(messages, false);
