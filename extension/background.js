// The worker: keeps the snapshot and the icons fresh. It sees no page and no address. Listeners are added at once, in
// the first turn of the script, or the browser would not wake the worker for them.

import { REFRESH, RULES, refresh, refreshIcons, refreshIfDue } from "./lib/refresh.js";

chrome.runtime.onInstalled.addListener(() => void refresh());
chrome.runtime.onStartup.addListener(() => void refreshIfDue());

chrome.alarms.onAlarm.addListener(({ name }) => {
  if (name === REFRESH) void refresh();
  if (name === RULES) void refreshIcons();
});

chrome.runtime.onMessage.addListener((message, sender, respond) => {
  if (sender.id !== chrome.runtime.id || message !== "refresh") return false;
  refresh().then(() => respond("done"), () => respond("failed"));
  return true; // the answer comes later
});
