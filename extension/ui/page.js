// What every page of the extension does first, and how it speaks to the worker.

import { language, loadMessages } from "../lib/locale.js";
import { say } from "../lib/wording.js";
import { el } from "./dom.js";

/** @typedef {import("../lib/types.js").Messages} Messages */

/** Sets the page's language and loads its words. @returns {Promise<Messages>} */
export async function begin() {
  document.documentElement.lang = language();
  document.body.append(voice);
  return loadMessages();
}

const voice = el("p.spoken");
voice.setAttribute("role", "status");

/** Has a screen reader say what has just changed. @param {string} text */
export function announce(text) {
  voice.textContent = text;
}

/** Asks the worker; a worker that cannot answer is a failure and no exception. @param {"refresh" | "icons" | "erase"} message */
export async function ask(message) {
  try {
    return await chrome.runtime.sendMessage(message);
  } catch (error) {
    console.warn("govties:", error);
    return "failed";
  }
}

/** @param {Messages} messages @param {string} code of an error, which newer code may have and these words may not */
export function errorText(messages, code) {
  const key = `error.${code}`;
  return key in messages ? say(messages, key) : code;
}
