// The worker: keeps the snapshot and the icons fresh. On Chromium it sees no page and no address. Listeners are added
// at once, in the first turn of the script, or the browser would not wake the worker for them.

import { erase, REFRESH, refresh, refreshIcons, refreshIfDue } from "./lib/refresh.js";
import { forgetTab, showAllTabs, showTab } from "./lib/tabs.js";
import { EXPIRY, RULES } from "./lib/toolbar.js";

chrome.runtime.onInstalled.addListener(({ reason }) => {
  if (reason === "install") void chrome.tabs.create({ url: chrome.runtime.getURL("welcome/welcome.html") });
  void refresh();
});
chrome.runtime.onStartup.addListener(() => void refreshIfDue());

chrome.alarms.onAlarm.addListener(({ name }) => {
  if (name === REFRESH) void refresh();
  if (name === RULES || name === EXPIRY) void refreshIcons();
});

/** @type {Partial<Record<string, () => Promise<unknown>>>} */
const WORK = { refresh, erase, icons: refreshIcons };

chrome.runtime.onMessage.addListener((message, sender, respond) => {
  const work = typeof message === "string" && Object.hasOwn(WORK, message) ? WORK[message] : undefined;
  if (work === undefined || !isOurs(sender)) return false;
  work().then(() => respond("done"), () => respond("failed"));
  return true; // the answer comes later
});

/** Only the extension's own pages are heard. @param {chrome.runtime.MessageSender} sender */
function isOurs(sender) {
  return sender.id === chrome.runtime.id && !!sender.url?.startsWith(chrome.runtime.getURL(""));
}

// Chromium has rules for this. Without the permission, Firefox tells no address here.
if (!chrome.declarativeContent) {
  chrome.tabs.onUpdated.addListener((id, { status }, { url }) => {
    if (status === "loading" && url !== undefined) void showTab(id, url);
  });
  chrome.tabs.onRemoved.addListener(forgetTab);
  chrome.permissions.onAdded.addListener(() => void showAllTabs());
  chrome.permissions.onRemoved.addListener(() => void showAllTabs());
}
