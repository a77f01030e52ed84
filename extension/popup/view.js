// What the popup shows, in this order: site, company, owners; one sentence; ties; what was searched; notes.

import { formatDate, locale } from "../lib/locale.js";
import { say, summarise, summaryParams, word } from "../lib/wording.js";
import { button, dotted, el, english, fold, isHttps, link, phrase, spoken, when } from "../ui/dom.js";
import { mark } from "../ui/mark.js";
import { hiddenBox } from "./plain.js";
import { sourceLine } from "./sources.js";
import { stale, tieSection } from "./ties.js";

/** @typedef {import("../lib/shown.js").Shown} Shown */
/** @typedef {import("../lib/types.js").Answer} Answer */
/** @typedef {import("../lib/types.js").Hop} Hop */
/** @typedef {import("../lib/types.js").Messages} Messages */
/** @typedef {import("../ui/dom.js").Child} Child */
/** @typedef {import("./popup.js").Actions} Actions */

const OWNERSHIP_MONTHS = 12;

/**
 * All that is said about a site, without the foot.
 * @param {Shown} shown
 * @param {Messages} messages
 * @param {Actions} actions
 * @returns {Child[]}
 */
export function answerView(shown, messages, actions) {
  const { answer, face, siteHidden } = shown;
  if (face === "hidden") return [header(shown, messages), hiddenBox(shown, messages, actions), !siteHidden && noteSection(answer, messages)];
  return [
    header(shown, messages),
    verdict(shown, messages, actions),
    tieSection(answer, messages),
    searchedSection(answer, messages),
    noteSection(answer, messages),
  ];
}

/** @param {Shown} shown @param {Messages} messages */
function header({ answer, badge, siteHidden }, messages) {
  return el("header", mark(badge), el("div", el("h1", answer.query), !siteHidden && chain(answer, messages)));
}

/** @param {Answer} answer @param {Messages} messages */
function chain(answer, messages) {
  const { company, host } = answer;
  if (host) return el("p.operator", say(messages, "popup.hosted_on", { platform: host.name }));
  if (company === null) return null;
  const first = el("li", spoken(`${say(messages, "popup.company")}: `), el("strong", company.name));
  const list = el("ol.chain", first, ...answer.ownership.map((hop) => owner(hop, messages)));
  list.setAttribute("aria-label", say(messages, "label.owner_chain"));
  return list;
}

/** @param {Hop} hop @param {Messages} messages */
function owner(hop, messages) {
  const names = { company: hop.company_name, owner: hop.owner_name };
  const key = `ownership.${hop.kind}`;
  const text = key in messages ? say(messages, key, names) : `${names.company} · ${names.owner}`;
  const since = hop.valid_from ? el("span.since", " ", ...phrase(messages, "since", { date: when(hop.valid_from) })) : null;
  const tag = hop.claim_status === "published" ? null : el("span.tag", word(messages, "claim", hop.claim_status));
  return el("li", text, since, " ", tag, stale(hop.verified_at, OWNERSHIP_MONTHS, messages), sourceLine(hop.sources, messages));
}

/** @param {Shown} shown @param {Messages} messages @param {Actions} actions */
function verdict(shown, messages, actions) {
  const { answer, face, badge } = shown;
  const label = el("h2", say(messages, `state.${face}`));
  const number = badge.count ? el("span.count", say(messages, "popup.not_ended", {}, badge.count)) : null;
  const box = el(
    `section.verdict.${badge.shape}`,
    el("div.row", label, number),
    tags(shown, messages),
    el("p.sentence", sentence(answer, messages)),
    left(shown, messages, actions),
  );
  box.dataset.state = face;
  return box;
}

/** The summary, with its date as the browser's language writes it. @param {Answer} answer @param {Messages} messages */
function sentence(answer, messages) {
  const params = summaryParams(answer);
  const searched_on = params.searched_on && formatDate(params.searched_on, locale());
  return summarise({ ...params, searched_on }, messages);
}

/** @param {Shown} shown @param {Messages} messages */
function tags({ answer, badge }, messages) {
  const single = badge.shape === "via_owner_single" && el("span.tag.single", say(messages, "state.single_report"));
  const live = answer.ties.filter((tie) => tie.status !== "ended");
  const told = live.length ? live : answer.ties;
  const disputed = told.some((tie) => tie.claim_status === "disputed");
  return single || disputed ? el("p.tags", single, disputed && el("span.tag.disputed", say(messages, "claim.disputed"))) : null;
}

/** Says that the settings leave something out. @param {Shown} shown @param {Messages} messages @param {Actions} actions */
function left({ hidden }, messages, actions) {
  if (hidden === 0) return null;
  return el("p.small.left", say(messages, "hidden.some", {}, hidden), " ", button(say(messages, "hidden.reveal"), actions.reveal));
}

/** @param {Answer} answer @param {Messages} messages */
function searchedSection(answer, messages) {
  if (answer.searched.length === 0) return null;
  const places = answer.searched.flatMap((entry) =>
    entry.searched.map(({ where, what, url }) => {
      const name = url !== null && isHttps(url) ? link(url, where) : el("strong", where);
      return el("li", english(el("span", name)), english(el("span.what", what)), dotted("span.since", when(entry.date)));
    }),
  );
  return el("section", el("h2", say(messages, "label.searched")), el("ul.places", ...places));
}

/** @param {Answer} answer @param {Messages} messages */
function noteSection(answer, messages) {
  if (answer.notes.length === 0) return null;
  const several = answer.notes.some((note) => note.company !== answer.company?.id);
  const notes = answer.notes.map((note) =>
    el(
      "li.note",
      dotted("p.meta", el("strong", word(messages, "note", note.kind)), several && note.company_name, when(note.date)),
      note.claim_status === "published" ? null : el("p.tags", el("span.tag", word(messages, "claim", note.claim_status))),
      english(el("p", note.text)),
      sourceLine(note.sources, messages),
    ),
  );
  const why = el("p.small", say(messages, "label.notes_why"));
  const heading = el("span.row", el("h2", say(messages, "label.notes")));
  return el("section", fold(heading, answer.ties.length === 0, why, el("ul.ties", ...notes)));
}
