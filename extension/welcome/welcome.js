// Opened once, after installing: what it does, what it never does, where to find it.

import { BACKEND } from "../config.js";
import { say } from "../lib/wording.js";
import { automaticSection, isOffered } from "../ui/automatic.js";
import { button, dotted, el, link } from "../ui/dom.js";
import { legend } from "../ui/legend.js";
import { mark } from "../ui/mark.js";
import { begin } from "../ui/page.js";

const DOES = ["badge", "popup", "sources", "states"];
const NEVER = ["visits", "history", "pages", "accounts", "judges"];

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const messages = await begin();
document.title = say(messages, "welcome.title");

/** @param {string} title @param {...(Node | string)} children */
function section(title, ...children) {
  return el("section", el("h2", say(messages, title)), ...children);
}

/** @param {string} family @param {string[]} names */
function list(family, names) {
  return el("ul", ...names.map((name) => el("li", say(messages, `${family}.${name}`))));
}

function pin() {
  const browser = chrome.declarativeContent ? "chromium" : "firefox";
  return section("pin.title", el("p", say(messages, `pin.${browser}`)));
}

main.replaceChildren(
  el("h1", mark({ shape: "documented", count: 3 }), say(messages, "welcome.title")),
  el("p.lead", say(messages, "welcome.lead")),
  ...(isOffered() ? [await automaticSection(messages)] : []),
  section("does.title", list("does", DOES)),
  section("never.title", list("never", NEVER), el("p", link(`${BACKEND}/privacy`, say(messages, "label.privacy")))),
  pin(),
  section("legend.title", legend(messages)),
  el("footer", dotted("p", button(say(messages, "welcome.settings"), () => chrome.runtime.openOptionsPage()), link(BACKEND, say(messages, "welcome.service")))),
);
main.setAttribute("aria-busy", "false");
