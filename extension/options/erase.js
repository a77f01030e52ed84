// Forgets everything, after asking once more.

import { eraseAll } from "../lib/store.js";
import { isAllowed, TABS } from "../lib/tabs.js";
import { say } from "../lib/wording.js";
import { button, el } from "../ui/dom.js";
import { announce, ask } from "../ui/page.js";

/** @typedef {import("../lib/types.js").Messages} Messages */

/** @param {Messages} messages @param {() => Promise<void>} show */
export function eraseSection(messages, show) {
  const dialog = /** @type {HTMLDialogElement} */ (el("dialog"));
  const title = el("h2", say(messages, "erase.sure"));
  title.id = "erase-title";
  dialog.setAttribute("aria-labelledby", title.id);
  const cancel = button(say(messages, "erase.cancel"), () => dialog.close());
  const confirm = button(say(messages, "erase.confirm"), () => erase(dialog, messages, show));
  confirm.classList.add("danger");
  dialog.append(title, el("p", say(messages, "erase.what")), el("p.buttons", cancel, confirm));
  const open = button(say(messages, "erase.open"), () => dialog.showModal());
  open.id = "erase";
  open.classList.add("danger");
  return el("section", el("h2", say(messages, "erase.title")), el("p", say(messages, "erase.what")), el("p.buttons", open), dialog);
}

/** @param {HTMLDialogElement} dialog @param {Messages} messages @param {() => Promise<void>} show */
async function erase(dialog, messages, show) {
  if ((await ask("erase")) === "failed") await eraseAll();
  if (!chrome.declarativeContent && (await isAllowed())) await chrome.permissions.remove(/** @type {any} */ (TABS));
  dialog.close();
  await show();
  announce(say(messages, "erase.done"));
}
