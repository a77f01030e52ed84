// The popup that can say nothing about a site: why, and what can be done.

import { HIDDEN, OUT_OF_DATE, PLAIN } from "../lib/badge.js";
import { say } from "../lib/wording.js";
import { button, el, phrase, when } from "../ui/dom.js";
import { mark } from "../ui/mark.js";
import { errorText } from "../ui/page.js";

/** @typedef {import("../lib/badge.js").Badge} Badge */
/** @typedef {import("../lib/shown.js").Shown} Shown */
/** @typedef {import("../lib/store.js").Status} Status */
/** @typedef {import("../lib/types.js").Messages} Messages */
/** @typedef {import("../ui/dom.js").Child} Child */

/**
 * @param {string} text
 * @param {Child[]} more
 */
export function plainView(text, ...more) {
  return [el("header", mark(PLAIN), el("h1", "govties")), el("section.verdict.plain", el("p", text), ...more)];
}

/** @param {Status} status @param {Messages} messages @param {Child} retry */
export function noDataView(status, messages, retry) {
  return boxed(PLAIN, "no_data", messages, el("p", say(messages, "popup.no_data")), lastTry(status, messages), retry);
}

/**
 * @param {{expiresAt?: string}} data
 * @param {Status} status
 * @param {Messages} messages
 * @param {Child} retry
 */
export function outOfDateView({ expiresAt = "" }, status, messages, retry) {
  const text = phrase(messages, "popup.out_of_date", { date: when(expiresAt) });
  return boxed(OUT_OF_DATE, "out_of_date", messages, el("p", ...text), lastTry(status, messages), retry);
}

/** @param {Badge} badge @param {string} face @param {Messages} messages @param {Child[]} children */
function boxed(badge, face, messages, ...children) {
  const box = el(`section.verdict.${badge.shape}`, el("h2", say(messages, `state.${face}`)), ...children);
  box.dataset.state = face;
  return [el("header", mark(badge), el("h1", "govties")), box];
}

/** @param {Status} status @param {Messages} messages */
function lastTry(status, messages) {
  return status.error && el("p.small", say(messages, "popup.last_try", { error: errorText(messages, status.error) }));
}

/**
 * @param {Messages} messages
 * @param {() => Promise<void>} again
 */
export function retryButton(messages, again) {
  const retry = button(say(messages, "popup.retry"), async () => {
    retry.disabled = true;
    retry.textContent = say(messages, "popup.retrying");
    await again();
  });
  return retry;
}

/**
 * What stands in the place of a verdict that the reader does not want to see.
 * @param {Shown} shown
 * @param {Messages} messages
 * @param {import("./popup.js").Actions} actions
 */
export function hiddenBox({ answer, hidden, siteHidden }, messages, actions) {
  const domain = answer.domain ?? "";
  const why = siteHidden ? phrase(messages, "hidden.site", { domain }) : phrase(messages, "hidden.all", {}, hidden);
  const back = siteHidden
    ? button(say(messages, "hidden.show_site"), () => actions.hide(domain, false))
    : button(say(messages, "hidden.reveal"), actions.reveal);
  const settings = button(say(messages, "label.settings"), actions.settings);
  const box = el(`section.verdict.${HIDDEN.shape}`, el("h2", say(messages, "state.hidden")), el("p.sentence", ...why), el("p.buttons", back, settings));
  box.dataset.state = "hidden";
  return box;
}
