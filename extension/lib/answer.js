// Rebuilds from the snapshot the very answer that the service gives for a host (app/lookup/service.py).

import { match } from "./match.js";

/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./types.js").CompanyRow} CompanyRow */
/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("./types.js").Parsed} Parsed */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Snapshot} Snapshot */

const SOURCE = ["url", "publisher", "type", "title", "published_at", "retrieved_at", "archive_url", "quote", "locator", "dataset"];
const HOP = ["company", "company_name", "owner", "owner_name", "kind", "valid_from", "valid_to", "claim_status", "verified_at"];
const TIE = [
  "id", "held_by", "held_by_name", "relation", "agency", "kind", "via", "via_name", "status", "status_as_of", "evidence",
  "claim_status", "title", "summary", "valid_from", "valid_to", "recipient", "uei", "cage",
];
const NOTE = ["id", "company", "company_name", "kind", "date", "text", "claim_status", "verified_at"];

/**
 * The answer about a host; `query` is its canonical name. The summary is left empty: lib/wording.js writes it.
 * @param {Snapshot} snapshot
 * @param {Parsed} parsed
 * @param {string} [query]
 * @returns {Answer}
 */
export function answerFor(snapshot, parsed, query = parsed.name) {
  if (parsed.reason !== null) return bare(snapshot, query, "not_applicable", { reason: parsed.reason });
  const found = match(parsed.name, entriesOf(snapshot));
  if (found === null) return bare(snapshot, query, "not_researched");
  const { entry, action } = found;
  if (action === "stop" || entry.company === null) return stopped(snapshot, query, entry);
  const card = snapshot.companies.find((row) => row.id === entry.company);
  if (card === undefined) throw new Error(`the snapshot has no company ${entry.company}`);
  return companyAnswer(snapshot, query, entry.name, card);
}

/** @type {WeakMap<Snapshot, Map<string, Entry>>} */
const indexes = new WeakMap();

/**
 * All names of the release, made once a snapshot.
 * @param {Snapshot} snapshot
 * @returns {Map<string, Entry>}
 */
export function entriesOf(snapshot) {
  let index = indexes.get(snapshot);
  if (index === undefined) {
    index = new Map(snapshot.names.map((name, at) => [name, entry(snapshot, name, snapshot.targets[at] ?? NaN)]));
    indexes.set(snapshot, index);
  }
  return index;
}

/** @param {Snapshot} snapshot @param {string} name @param {number} target @returns {Entry} */
function entry(snapshot, name, target) {
  /** @type {Row} */
  const site = { kind: "domain", apex: "company", children: "company", company: target };
  const stop = target < 0 ? at(snapshot.stops, -1 - target) : site;
  const { kind, apex, children, platform = null, platform_id = null } = stop;
  const company = stop.company === undefined ? null : at(snapshot.companies, stop.company).id;
  return { name, company, apex, children, kind, platform, platform_id };
}

/**
 * @template T
 * @param {T[]} table
 * @param {number} position
 * @returns {T}
 */
export function at(table, position) {
  const row = table[position];
  if (row === undefined) throw new Error(`the snapshot has no row ${position}`);
  return row;
}

/**
 * @param {Snapshot} snapshot
 * @param {string} query
 * @param {import("./types.js").State} state
 * @param {Partial<Answer>} [members]
 * @returns {Answer}
 */
function bare(snapshot, query, state, members = {}) {
  const { version, published_at } = snapshot;
  return {
    query, domain: null, state, reason: null, host: null, company: null, ownership: [], summary: "", ties: [], notes: [],
    searched: [], release: { version, published_at }, ...members,
  };
}

/** @param {Snapshot} snapshot @param {string} query @param {Entry} entry */
function stopped(snapshot, query, entry) {
  const { name, platform, platform_id } = entry;
  const reason = entry.kind === "domain" ? "hosted" : entry.kind;
  const host = reason === "hosted" ? { id: platform_id || name, name: platform || name } : null;
  return bare(snapshot, query, "not_applicable", { domain: name, reason, host });
}

/** @param {Snapshot} snapshot @param {string} query @param {string} domain @param {CompanyRow} card */
function companyAnswer(snapshot, query, domain, card) {
  const { id, name, state, ownership = [], ties = [], notes = [], searched = [] } = card;
  return bare(snapshot, query, state, {
    domain,
    company: { id, name, url: `/companies/${id}` },
    ownership: ownership.map((position) => /** @type {any} */ (sourced(snapshot, at(snapshot.ownership, position), HOP))),
    ties: ties.map(([position, relation]) => tie(snapshot, at(snapshot.ties, position), relation)),
    notes: notes.map((position) => /** @type {any} */ (sourced(snapshot, at(snapshot.notes, position), NOTE))),
    searched: searched.map(research),
  });
}

/** @param {Row} row @param {string[]} names @returns {Row} the row with these members, null where it has none */
function filled(row, names) {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}

/** @param {Snapshot} snapshot @param {Row} row @param {string[]} names */
function sourced(snapshot, row, names) {
  /** @type {number[]} */
  const positions = row.sources ?? [];
  return { ...filled(row, names), sources: positions.map((position) => filled(at(snapshot.sources, position), SOURCE)) };
}

/** @param {Snapshot} snapshot @param {Row} row @param {string} relation @returns {any} */
function tie(snapshot, row, relation) {
  const { amounts = [], awards = [], statements = [], history = [] } = row;
  return {
    ...sourced(snapshot, { ...row, relation }, TIE),
    agency: filled(at(snapshot.agencies, row.agency), ["id", "name", "short_name", "parent"]),
    amounts,
    awards: awards.map((/** @type {string} */ key) => ({ key, url: awardUrl(key) })),
    statements,
    history,
    ...filled(row, ["verified_at", "verified_by", "reviewed_by"]),
  };
}

/** @param {Row} row @returns {any} */
function research(row) {
  const places = row.searched ?? [];
  return {
    ...filled(row, ["company", "date"]),
    searched: places.map((/** @type {Row} */ place) => filled(place, ["where", "what", "url"])),
  };
}

/**
 * The permanent page of an award. Python's quote() also encodes the five characters that encodeURIComponent() leaves.
 * @param {string} key
 */
export function awardUrl(key) {
  const code = encodeURIComponent(key).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `https://www.usaspending.gov/award/${code}/`;
}
