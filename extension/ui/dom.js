// Builds elements. Text is set as text, never as markup; links leave the extension only by https, or to its service.

import { formatDate, locale } from "../lib/locale.js";
import { say } from "../lib/wording.js";

/** @typedef {import("../lib/types.js").Messages} Messages */
/** @typedef {Node | string | null | false | undefined} Child what is no node and no text is left out */

/**
 * @param {string} tag with classes behind dots: `p.small`
 * @param {Child[]} children
 * @returns {HTMLElement}
 */
export function el(tag, ...children) {
  const [name = "div", ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  element.append(...kept(children));
  return element;
}

/** Mark text of the data, which is in English whatever the browser speaks. @template {HTMLElement} T @param {T} element */
export function english(element) {
  element.lang = "en";
  return element;
}

/** @param {Child[]} children @returns {(Node | string)[]} */
function kept(children) {
  return /** @type {(Node | string)[]} */ (children.filter((child) => child || child === ""));
}

/**
 * A message in parts, so that its values can be elements: a date, a link, a strong word.
 * @param {Messages} messages
 * @param {string} key
 * @param {Record<string, Node | string | number>} [values]
 * @param {number} [n] chooses the plural form
 * @returns {(Node | string)[]}
 */
export function phrase(messages, key, values = {}, n) {
  const text = say(messages, key, {}, n); // places without a value stay as they are
  return text.split(/\{(\w+)\}/).map((part, at) => {
    const value = at % 2 ? values[part] : part;
    return value instanceof Node ? value : String(value ?? `{${part}}`);
  });
}

/** A date in the browser's language, in one piece. @param {string} date */
export function when(date) {
  const time = document.createElement("time");
  time.dateTime = date;
  time.textContent = formatDate(date, locale());
  return time;
}

/**
 * A link in a new tab.
 * @param {string} href
 * @param {Child[]} children
 */
export function link(href, ...children) {
  const anchor = /** @type {HTMLAnchorElement} */ (el("a", ...children));
  anchor.href = href;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
  return anchor;
}

/** @param {string | null} url */
export function isHttps(url) {
  return url !== null && URL.canParse(url) && new URL(url).protocol === "https:";
}

/**
 * @param {Child} label
 * @param {() => unknown} act
 */
export function button(label, act) {
  const made = /** @type {HTMLButtonElement} */ (el("button", label));
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/**
 * A part that opens and closes.
 * @param {Child} summary
 * @param {boolean} open
 * @param {Child[]} children
 */
export function fold(summary, open, ...children) {
  const details = /** @type {HTMLDetailsElement} */ (el("details", el("summary", summary), ...children));
  details.open = open;
  return details;
}

/**
 * Items with a dot between them, which a screen reader does not read.
 * @param {string} tag
 * @param {Child[]} items
 */
export function dotted(tag, ...items) {
  const parts = kept(items).flatMap((item, at) => (at ? [" ", hidden("·"), " ", item] : [item]));
  return parts.length ? el(tag, ...parts) : null;
}

/** @param {string} text */
function hidden(text) {
  const span = el("span.dot", text);
  span.setAttribute("aria-hidden", "true");
  return span;
}

/** Text for screen readers alone. @param {string} text */
export function spoken(text) {
  return el("span.spoken", text);
}
