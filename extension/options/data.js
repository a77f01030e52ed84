// The data on this machine: which release, how old, until when, what went wrong last, and where it comes from.

import { BACKEND } from "../config.js";
import { formatAge, locale } from "../lib/locale.js";
import { isExpired } from "../lib/shown.js";
import { say } from "../lib/wording.js";
import { button, el, link, phrase, when } from "../ui/dom.js";
import { announce, ask, errorText } from "../ui/page.js";

/** @typedef {import("../lib/store.js").Kept & {issuedAt?: string, expiresAt?: string}} Kept */
/** @typedef {import("../lib/store.js").Status} Status */
/** @typedef {import("../lib/types.js").Messages} Messages */

/**
 * @param {Kept | null} data
 * @param {Status} status
 * @param {Messages} messages
 * @param {() => Promise<void>} show
 */
export function dataSection(data, status, messages, show) {
  return el(
    "section",
    el("h2", say(messages, "options.data")),
    data && isExpired(data, Date.now()) && el("p.warn", say(messages, "options.expired")),
    el("p", say(messages, "options.data_from"), " ", link(BACKEND, BACKEND)),
    el("dl", ...facts(data, status, messages).flatMap(([key, ...value]) => [el("dt", say(messages, `options.${key}`)), el("dd", ...value)])),
    el("p.buttons", updateButton(messages, show)),
  );
}

/** @param {Kept | null} data @param {Status} status @param {Messages} messages @returns {[string, ...(Node | string)[]][]} */
function facts(data, { checkedAt, error, failures }, messages) {
  const none = say(messages, "options.none");
  const failed = error && say(messages, "options.failed", { error: errorText(messages, error) }, failures);
  return [
    ["release", ...(data ? phrase(messages, "options.release_of", { version: data.version, date: when(data.snapshot.published_at) }) : [none])],
    ["checked", ...(checkedAt ? moment(checkedAt) : [none])],
    ...(data?.expiresAt ? [/** @type {[string, Node]} */ (["expires", when(data.expiresAt)])] : []),
    ["last_error", failed || none],
  ];
}

/** A moment and how long ago it was. @param {string} text */
function moment(text) {
  const age = formatAge(Date.parse(text), Date.now(), locale());
  return age ? [when(text), ` (${age})`] : [when(text)];
}

/** @param {Messages} messages @param {() => Promise<void>} show */
function updateButton(messages, show) {
  const update = button(say(messages, "options.update"), async () => {
    update.disabled = true;
    update.textContent = say(messages, "options.updating");
    const answer = await ask("refresh");
    await show();
    announce(say(messages, answer === "done" ? "options.updated" : "options.not_updated"));
    document.getElementById("update")?.focus();
  });
  update.id = "update";
  return update;
}
