// Sources: one click away where a claim stands, whole in its details.

import { say, word } from "../lib/wording.js";
import { dotted, el, english, isHttps, link, spoken, when } from "../ui/dom.js";

/** @typedef {import("../lib/types.js").Messages} Messages */
/** @typedef {import("../lib/types.js").Source} Source */

/**
 * The short line of sources below a claim.
 * @param {Source[]} sources
 * @param {Messages} messages
 */
export function sourceLine(sources, messages) {
  if (sources.length === 0) return null;
  const label = el("span.label", say(messages, "label.sources"), ": ");
  const items = sources.map((source, at) => numbered(source, at + 1));
  return el("p.sources", label, dotted("span", ...items));
}

/** A source without https is named here; its address stands as text in the details. @param {Source} source @param {number} n */
function numbered(source, n) {
  const number = el("sup", String(n));
  number.setAttribute("aria-hidden", "true"); // "USAspending.gov1" is no name; figures are led here by references
  if (!isHttps(source.url)) return el("span", source.publisher, number);
  const title = source.title ? english(spoken(`: ${source.title}`)) : null;
  return link(source.url, source.publisher, title, number);
}

/**
 * The number of a source behind a figure or a quote, leading to it.
 * @param {Source[]} sources
 * @param {number} at
 * @param {Messages} messages
 */
export function reference(sources, at, messages) {
  const source = sources[at];
  if (source === undefined || !isHttps(source.url)) return null;
  const anchor = link(source.url, `[${at + 1}]`);
  anchor.classList.add("reference");
  anchor.setAttribute("aria-label", say(messages, "popup.source_number", { publisher: source.publisher, n: at + 1 }));
  return anchor;
}

/**
 * All that is known of each source.
 * @param {Source[]} sources
 * @param {Messages} messages
 */
export function sourceList(sources, messages) {
  return el("ol.source-list", ...sources.map((source) => whole(source, messages)));
}

/** @param {Source} source @param {Messages} messages */
function whole(source, messages) {
  const title = source.title ?? source.url;
  const { dataset, quote } = source;
  const place = source.locator && english(el("span", source.locator));
  return el(
    "li",
    english(isHttps(source.url) ? link(source.url, title) : el("span", title)),
    dotted("p.small", source.publisher, word(messages, "source", source.type), source.published_at && when(source.published_at), place),
    dataset && dotted("p.small", dataset.name, dataset.version, dataset.licence),
    quote && english(el("q", quote)),
    dotted("p.small", archive(source, messages), !isHttps(source.url) && notLinked(source, messages)),
  );
}

/** @param {Source} source @param {Messages} messages */
function archive({ archive_url: url }, messages) {
  if (url === null || !isHttps(url)) return say(messages, "label.no_archive");
  return link(url, say(messages, "label.archived"));
}

/** @param {Source} source @param {Messages} messages */
function notLinked(source, messages) {
  const address = source.title ? `${source.url} ` : "";
  return `${address}(${say(messages, "label.source_not_linked")})`;
}
