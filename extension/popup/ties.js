// Ties grouped by agency, each with who holds it, amounts, statements, sources and when it was verified.

import { formatMoney, locale } from "../lib/locale.js";
import { say, word } from "../lib/wording.js";
import { dotted, el, fold, link, phrase, when } from "../ui/dom.js";
import { correctionUrl } from "./footer.js";
import { reference, sourceLine, sourceList } from "./sources.js";

/** @typedef {import("../lib/types.js").Answer} Answer */
/** @typedef {import("../lib/types.js").Messages} Messages */
/** @typedef {import("../lib/types.js").Tie} Tie */

// So many ties are shown open; of longer lists the first agency's, so that the first screen stays short.
const OPEN = 3;
const TIE_MONTHS = 24;

/**
 * @param {Answer} answer
 * @param {Messages} messages
 */
export function tieSection(answer, messages) {
  if (answer.ties.length === 0) return null;
  /** @type {Map<string, Tie[]>} */
  const groups = new Map();
  for (const tie of answer.ties) groups.set(tie.agency.id, [...(groups.get(tie.agency.id) ?? []), tie]);
  const open = (/** @type {number} */ at) => at === 0 || answer.ties.length <= OPEN;
  const folds = [...groups.values()].map((ties, at) => agency(ties, open(at), answer, messages));
  return el("section", el("h2", say(messages, "label.ties")), ...folds);
}

/** @param {Tie[]} ties @param {boolean} open @param {Answer} answer @param {Messages} messages */
function agency(ties, open, answer, messages) {
  const { short_name, name } = /** @type {Tie} */ (ties[0]).agency;
  const count = el("span.count", say(messages, "popup.in_list", {}, ties.length));
  const heading = el("span.agency", el("strong", short_name), name === short_name ? null : el("span.long", name));
  const group = fold(el("span.row", heading, count), open, el("ul.ties", ...ties.map((tie) => item(tie, answer, messages))));
  group.classList.add("group");
  return group;
}

/** @param {Tie} tie @param {Answer} answer @param {Messages} messages */
function item(tie, answer, messages) {
  const box = el(
    "li.tie",
    el("h3", tie.title),
    tags(tie, messages),
    dotted("p.meta", word(messages, "kind", tie.kind), via(tie, messages), status(tie, messages)),
    holder(tie, answer, messages),
    amounts(tie, messages),
    ...tie.statements.map((statement) => said(statement, tie, messages)),
    sourceLine(tie.sources, messages),
    fold(detailsLine(tie, messages), false, ...details(tie, answer, messages)),
  );
  if (tie.status === "ended") box.classList.add("over");
  return box;
}

/** Marks, in words. @param {Tie} tie @param {Messages} messages */
function tags(tie, messages) {
  const marks = [];
  if (tie.evidence === "single_report") marks.push(el("span.tag.single", say(messages, "state.single_report")));
  if (tie.claim_status !== "published") {
    marks.push(el(`span.tag.${tie.claim_status}`, word(messages, "claim", tie.claim_status)));
  }
  return marks.length ? el("p.tags", ...marks) : null;
}

/** @param {Tie} tie @param {Messages} messages */
function via(tie, messages) {
  const key = tie.via_name === null ? `via.${tie.kind}_unnamed` : `via.${tie.kind}`;
  return key in messages ? say(messages, key, { via: tie.via_name ?? "" }) : null;
}

/** @param {Tie} tie @param {Messages} messages */
function status(tie, messages) {
  const date = (tie.status === "ended" && tie.valid_to) || tie.status_as_of;
  const key = `status.${tie.status}`;
  if (!(key in messages)) return el("span", word(messages, "status", tie.status), " ", when(date));
  return el("span", ...phrase(messages, key, { date: when(date) }));
}

/**
 * Who holds it, unless all are the company's own.
 * @param {Tie} tie
 * @param {Answer} answer
 * @param {Messages} messages
 */
function holder(tie, answer, messages) {
  if (answer.ties.every((other) => other.relation === "own")) return null;
  const key = tie.relation === "owner" ? "label.via_owner" : `label.${tie.relation}`;
  if (!(key in messages)) return el("p.holder", tie.held_by_name);
  return el(`p.holder.${tie.relation}`, say(messages, key, { holder: tie.held_by_name }));
}

/** The newest first, then the largest; a figure of two kinds stands once. @param {Tie} tie @param {Messages} messages */
function amounts(tie, messages) {
  if (tie.amounts.length === 0) return null;
  /** @type {Map<string, Tie["amounts"]>} */
  const figures = new Map();
  for (const amount of [...tie.amounts].sort((a, b) => newer(a.as_of, b.as_of) || Number(b.value) - Number(a.value))) {
    const figure = [amount.value, amount.currency, amount.as_of, amount.source].join(" ");
    figures.set(figure, [...(figures.get(figure) ?? []), amount]);
  }
  const lines = [...figures.values()].map((same) => {
    const [{ value, currency, as_of, source }] = /** @type {[Tie["amounts"][0]]} */ (same);
    const kind = same.map((each) => word(messages, "amount", each.kind)).reduce((a, b) => say(messages, "list.two", { a, b }));
    const money = el("strong", formatMoney(value, currency, locale()));
    const line = phrase(messages, "amount.line", { value: money, kind, date: when(as_of) });
    return el("li", ...line, "\u00a0", reference(tie.sources, source, messages));
  });
  return el("ul.amounts", ...lines);
}

/** @param {string} a @param {string} b */
const newer = (a, b) => Number(a < b) - Number(a > b);

/** @param {import("../lib/types.js").Statement} statement @param {Tie} tie @param {Messages} messages */
function said({ by_name, date, quote, source }, tie, messages) {
  const caption = phrase(messages, "label.statement", { by: by_name, date: when(date) });
  return el("figure", el("figcaption", ...caption, "\u00a0", reference(tie.sources, source, messages)), el("blockquote", quote));
}

/** @param {Tie} tie @param {Messages} messages */
function detailsLine(tie, messages) {
  const verified = phrase(messages, "label.verified", { date: when(tie.verified_at) });
  const date = el("span", ...verified, stale(tie.verified_at, TIE_MONTHS, messages));
  return el("span.row", el("span", say(messages, "popup.details")), date);
}

/**
 * What says that a verification is old, or nothing.
 * @param {string} date
 * @param {number} months after which it is
 * @param {Messages} messages
 */
export function stale(date, months, messages) {
  const [year = 0, month = 12, day] = date.split("-").map(Number);
  const last = day ?? new Date(Date.UTC(year, month, 0)).getUTCDate();
  const now = new Date();
  const age = (now.getUTCFullYear() - year) * 12 + now.getUTCMonth() + 1 - month - (now.getUTCDate() < last ? 1 : 0);
  return age >= months ? el("span.stale", ` (${say(messages, "label.stale", { months })})`) : null;
}

/** @param {Tie} tie @param {Answer} answer @param {Messages} messages */
function details(tie, answer, messages) {
  const since = tie.valid_from && el("span", ...phrase(messages, "since", { date: when(tie.valid_from) }));
  return [
    el("p", tie.summary),
    dotted("p.small", word(messages, "evidence", tie.evidence), since),
    tie.recipient && el("p.small", `${say(messages, "label.recipient")}: ${tie.recipient}`),
    ...tie.awards.map(({ key, url }) => el("p.small", `${say(messages, "label.award")}: `, link(url, key))),
    sourceList(tie.sources, messages),
    ...history(tie, messages),
    el("p.small", ...checked(tie, messages)),
    el("p.small", link(correctionUrl(answer.company?.id ?? tie.held_by, tie.id), say(messages, "label.correct_tie"))),
  ];
}

/** Who compared the tie with its sources, and whether a person has. @param {Tie} tie @param {Messages} messages */
function checked({ verified_at, verified_by: by, reviewed_by: reviewer }, messages) {
  const ours = by === "automated";
  const date = when(verified_at);
  const who = ours ? phrase(messages, "label.checked_automated", { date }) : phrase(messages, "label.checked_by", { by, date });
  const open = ours ? "label.unreviewed" : "label.unreviewed_second";
  const review = reviewer ? say(messages, "label.reviewed_by", { by: reviewer }) : say(messages, open);
  return [...who, ". ", review, "."];
}

/** @param {Tie} tie @param {Messages} messages */
function history(tie, messages) {
  if (tie.history.length === 0) return [];
  const lines = tie.history.map(({ date, note }) => el("li", when(date), `: ${note}`));
  return [el("h4", say(messages, "label.history")), el("ul", ...lines)];
}
