// Builds elements. Text is set as text, never as markup; links leave the extension only by https.

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
  element.append(...kept(children).flatMap((child) => (typeof child === "string" ? dated(child) : [child])));
  return element;
}

/** Text with its dates as elements, so that no line breaks inside one. @param {string} text @returns {(Node | string)[]} */
function dated(text) {
  return text.split(/(\b\d{4}-\d\d(?:-\d\d)?\b)/).map((part, at) => {
    if (at % 2 === 0) return part;
    const time = document.createElement("time");
    time.textContent = time.dateTime = part;
    return time;
  });
}

/** @param {Child[]} children @returns {(Node | string)[]} */
function kept(children) {
  return /** @type {(Node | string)[]} */ (children.filter((child) => child || child === ""));
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
  const parts = kept(items).flatMap((item, at) => (at ? [hidden(" · "), item] : [item]));
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
