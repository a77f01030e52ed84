// Firefox: the badge that changes by itself needs the permission `tabs`. It is asked for on a click and at no other
// time, and given back on another.

import { isAllowed, TABS } from "../lib/tabs.js";
import { say } from "../lib/wording.js";
import { button, el } from "./dom.js";
import { announce } from "./page.js";

/** @typedef {import("../lib/types.js").Messages} Messages */

/** Whether this browser leaves the icon to us; Chromium sets it by rules and needs no permission. */
export const isOffered = () => !chrome.declarativeContent;

/** @param {Messages} messages */
export async function automaticSection(messages) {
  const section = el("section.automatic");
  section.setAttribute("aria-labelledby", "automatic");
  const fill = async () => section.replaceChildren(...content(messages, await isAllowed(), clicked));
  // Only what the reader did here is said aloud: a permission that went otherwise would talk over whoever took it.
  const clicked = async () => {
    await fill();
    announce(section.querySelector(".now")?.textContent ?? "");
  };
  for (const changed of [chrome.permissions.onAdded, chrome.permissions.onRemoved]) changed.addListener(fill);
  await fill();
  return section;
}

/** @param {Messages} messages @param {boolean} allowed @param {() => Promise<void>} clicked when the browser has answered */
function content(messages, allowed, clicked) {
  const heading = el("h2", say(messages, "automatic.title"));
  heading.id = "automatic";
  // The browser asks only straight after a click: nothing may be awaited before.
  const act = () => (allowed ? chrome.permissions.remove : chrome.permissions.request)(/** @type {any} */ (TABS)).then(clicked);
  return [
    heading,
    el("p", say(messages, "automatic.why")),
    el("p.now", say(messages, allowed ? "automatic.is_on" : "automatic.is_off")),
    el("p.buttons", button(say(messages, allowed ? "automatic.turn_off" : "automatic.turn_on"), act)),
  ];
}
