// What the popup shows, in this order: site, company, owners; one sentence; ties; notes; where it comes from.

import { BACKEND } from "../config.js";
import { badgeOf } from "../lib/badge.js";
import { drawIcon } from "../lib/icons.js";
import { say, word } from "../lib/wording.js";
import { dotted, el, fold, isHttps, link, spoken } from "./dom.js";
import { sourceLine } from "./sources.js";
import { stale, tieSection } from "./ties.js";

/** @typedef {import("../lib/types.js").Answer} Answer */
/** @typedef {import("../lib/types.js").Hop} Hop */
/** @typedef {import("../lib/types.js").Messages} Messages */
/** @typedef {import("../lib/store.js").Status} Status */

const OWNERSHIP_MONTHS = 12;

/**
 * The whole popup for an answer.
 * @param {Answer} answer
 * @param {Status} status
 * @param {Messages} messages
 */
export function answerView(answer, status, messages) {
  return [
    header(answer, messages),
    verdict(answer, messages),
    tieSection(answer, messages),
    searchedSection(answer, messages),
    noteSection(answer, messages),
    footer(answer, status, messages),
  ];
}

/**
 * A popup that can say nothing about a site: why, and what can be done.
 * @param {string} text
 * @param {import("./dom.js").Child[]} more
 */
export function plainView(text, ...more) {
  const icon = iconOf({ shape: "plain", count: 0 });
  return [el("header", icon, el("h1", "govties")), el("section.verdict.plain", el("p", text), ...more)];
}

/** @param {Answer} answer @param {Messages} messages */
function header(answer, messages) {
  const icon = iconOf(badgeOf(answer.state, answer.ties));
  return el("header", icon, el("div", el("h1", answer.query), chain(answer, messages)));
}

/** @param {import("../lib/badge.js").Badge} badge */
function iconOf(badge) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 64;
  canvas.className = "icon";
  canvas.setAttribute("aria-hidden", "true");
  canvas.getContext("2d")?.putImageData(drawIcon(badge, 64), 0, 0);
  return canvas;
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
  const text = say(messages, `ownership.${hop.kind}`, { company: hop.company_name, owner: hop.owner_name });
  const since = hop.valid_from ? el("span.since", ` ${say(messages, "since", { date: hop.valid_from })}`) : null;
  const mark = hop.claim_status === "published" ? null : el("span.tag", word(messages, "claim", hop.claim_status));
  return el("li", text, since, " ", mark, stale(hop.verified_at, OWNERSHIP_MONTHS, messages), sourceLine(hop.sources, messages));
}

/** @param {Answer} answer @param {Messages} messages */
function verdict(answer, messages) {
  const { shape, count } = badgeOf(answer.state, answer.ties);
  const label = el("h2", say(messages, stateKey(answer)));
  const number = count ? el("span.count", say(messages, "popup.not_ended", {}, count)) : null;
  const single = shape === "via_owner_single" ? el("p.tags", el("span.tag.single", say(messages, "state.single_report"))) : null;
  const box = el(`section.verdict.${shape}`, el("div.row", label, number), single, el("p.sentence", answer.summary));
  box.dataset.state = answer.state;
  return box;
}

/** @param {Answer} answer */
function stateKey(answer) {
  if (answer.reason === "hosted") return "state.hosted";
  const { shape } = badgeOf(answer.state, answer.ties);
  return shape === "single_report" ? "state.single_report" : `state.${answer.state}`;
}

/** @param {Answer} answer @param {Messages} messages */
function searchedSection(answer, messages) {
  if (answer.searched.length === 0) return null;
  const places = answer.searched.flatMap((entry) =>
    entry.searched.map(({ where, what, url }) => {
      const name = url !== null && isHttps(url) ? link(url, where) : el("span", where);
      return el("li", name, `: ${what} `, el("span.since", entry.date));
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
      dotted("p.meta", el("strong", word(messages, "note", note.kind)), several && note.company_name, note.date),
      note.claim_status === "published" ? null : el("p.tags", el("span.tag", word(messages, "claim", note.claim_status))),
      el("p", note.text),
      sourceLine(note.sources, messages),
    ),
  );
  const why = el("p.small", say(messages, "label.notes_why"));
  const heading = el("span.row", el("h2", say(messages, "label.notes")));
  return el("section", fold(heading, answer.ties.length === 0, why, el("ul.ties", ...notes)));
}

/** @param {Answer} answer @param {Status} status @param {Messages} messages */
function footer(answer, status, messages) {
  const { version, published_at } = answer.release;
  const error = status.error && say(messages, `error.${status.error}`);
  return el(
    "footer",
    fold(say(messages, "label.what_means"), false, ...meanings(answer, messages)),
    dotted("p", ...links(answer, messages)),
    el("p.small", say(messages, "label.release", { version, date: published_at.slice(0, 10) })),
    error && el("p.small.stale", say(messages, "popup.update_failed", { error })),
    el("p.small", say(messages, "popup.private")),
  );
}

/** @param {Answer} answer @param {Messages} messages */
function meanings(answer, messages) {
  const { shape } = badgeOf(answer.state, answer.ties);
  const single = answer.ties.some((tie) => tie.evidence === "single_report");
  const keys = shape === "single_report" ? [] : [`means.${answer.state}`];
  if (single) keys.push("means.single_report");
  return keys.map((key) => el("p", say(messages, key)));
}

/** Links to the service carry a company's id, never the site. @param {Answer} answer @param {Messages} messages */
function links(answer, messages) {
  const correction = say(messages, "label.correction");
  const id = answer.company && encodeURIComponent(answer.company.id);
  if (id === null) return [link(`${BACKEND}/corrections`, correction)];
  return [
    link(`${BACKEND}/companies/${id}`, say(messages, "label.company_page")),
    link(`${BACKEND}/corrections?company=${id}`, correction),
  ];
}
