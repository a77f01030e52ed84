// The foot of the popup: what the state means, where to go on, which release this is, and what was not sent.

import { BACKEND } from "../config.js";
import { formatAge, locale } from "../lib/locale.js";
import { say } from "../lib/wording.js";
import { button, dotted, el, fold, link, phrase, when } from "../ui/dom.js";
import { errorText } from "../ui/page.js";

/** @typedef {import("../lib/shown.js").Shown} Shown */
/** @typedef {import("../lib/store.js").Status} Status */
/** @typedef {import("../lib/types.js").Answer} Answer */
/** @typedef {import("../lib/types.js").Messages} Messages */
/** @typedef {import("./popup.js").Actions} Actions */

/**
 * @param {Shown} shown
 * @param {import("./popup.js").Kept} data
 * @param {Status} status
 * @param {Messages} messages
 * @param {Actions} actions
 */
export function footer(shown, data, status, messages, actions) {
  const { version, published_at } = shown.answer.release;
  const release = phrase(messages, "label.release", { version, date: when(published_at) });
  return el(
    "footer",
    shown.face !== "hidden" && fold(say(messages, "label.what_means"), false, ...meanings(shown, messages)),
    dotted("p", ...links(shown.answer, messages)),
    dotted("p", hideButton(shown, messages, actions), shown.face !== "hidden" && settingsButton(messages, actions)),
    dotted("p.small", el("span", ...release), checked(data, status, messages)),
    status.error && el("p.small.stale", say(messages, "popup.update_failed", { error: errorText(messages, status.error) })),
    el("p.small", say(messages, "popup.private")),
  );
}

/** @param {Shown} shown @param {Messages} messages */
function meanings({ answer, face, badge, hidden }, messages) {
  const keys = [`means.${face}`];
  if (face !== "single_report" && answer.ties.some((tie) => tie.evidence === "single_report")) keys.push("means.single_report");
  if (badge.count) keys.push("means.count");
  if (hidden) keys.push("means.some_hidden");
  return keys.map((key) => el("p", say(messages, key)));
}

/** Links to the service carry a company's id, never the site. @param {Answer} answer @param {Messages} messages */
function links(answer, messages) {
  const correction = say(messages, "label.correction");
  const { company } = answer;
  if (company === null) return [link(`${BACKEND}/corrections`, correction)];
  return [
    link(`${BACKEND}/companies/${encodeURIComponent(company.id)}`, say(messages, "label.company_page")),
    link(correctionUrl(company.id), correction),
  ];
}

/**
 * Where to ask for a correction. Nothing goes along but the company's id and, where one tie is meant, the tie's.
 * @param {string} company
 * @param {string} [tie]
 */
export function correctionUrl(company, tie) {
  const about = tie === undefined ? "" : `&tie=${encodeURIComponent(tie)}`;
  return `${BACKEND}/corrections?company=${encodeURIComponent(company)}${about}`;
}

/** @param {Shown} shown @param {Messages} messages @param {Actions} actions */
function hideButton({ answer, badge }, messages, actions) {
  const { domain } = answer;
  if (domain === null || badge.shape === "plain" || badge.shape === "hidden") return null;
  return quiet(say(messages, "hidden.hide_site"), () => actions.hide(domain, true));
}

/** @param {Messages} messages @param {Actions} actions */
function settingsButton(messages, actions) {
  return quiet(say(messages, "label.settings"), actions.settings);
}

/** A button that looks like a link, for what is seldom wanted. @param {string} label @param {() => unknown} act */
function quiet(label, act) {
  const made = button(label, act);
  made.classList.add("quiet");
  return made;
}

/** @param {import("./popup.js").Kept} data @param {Status} status @param {Messages} messages */
function checked({ issuedAt }, { checkedAt }, messages) {
  const last = checkedAt ?? issuedAt;
  const age = formatAge(Date.parse(last ?? ""), Date.now(), locale());
  return age && say(messages, "popup.checked", { age });
}
