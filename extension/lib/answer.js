// Rebuilds from the snapshot the very answer that the service gives for a host (app/lookup/answer.py).

import { match } from "./match.js";
import { entriesOf, ownerChain, relatedTies, rowOf, valueOf } from "./snapshot.js";

/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("./types.js").Parsed} Parsed */
/** @typedef {import("./types.js").Relation} Relation */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Snapshot} Snapshot */

const HOP = ["company", "company_name", "owner", "owner_name", "kind", "valid_from", "valid_to", "claim_status", "verified_at"];
const NOTE = ["id", "company", "company_name", "kind", "date", "text", "claim_status", "verified_at"];
const TIE = [
  "id", "held_by", "held_by_name", "relation", "agency", "kind", "via", "via_name", "status", "status_as_of", "evidence",
  "claim_status", "title", "summary", "valid_from", "valid_to", "recipient", "uei", "cage", "verified_at", "verified_by",
  "reviewed_by",
];
const AGENCY = ["id", "name", "short_name", "parent"];
const SOURCE = ["url", "publisher", "type", "title", "published_at", "retrieved_at", "archive_url", "quote", "locator", "dataset"];
const AMOUNT = ["kind", "value", "currency", "as_of", "source"];
const STATEMENT = ["by", "by_name", "date", "quote", "source"];
const CHANGE = ["date", "status", "note"];
const PLACE = ["where", "what", "url"];

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
  return companyAnswer(snapshot, query, entry.name, entry.company);
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

/** @param {Snapshot} snapshot @param {string} query @param {string} domain @param {string} company */
function companyAnswer(snapshot, query, domain, company) {
  const { name, state } = row(snapshot, "companies", company);
  const chain = ownerChain(snapshot, company);
  const group = [company, ...chain.map((hop) => hop.owner)];
  return bare(snapshot, query, state, {
    domain,
    company: { id: company, name, url: `/companies/${company}` },
    ownership: chain.map((hop) => ownership(snapshot, hop)),
    ties: relatedTies(snapshot, company).map(([id, relation]) => tie(snapshot, id, relation)),
    notes: group.flatMap((member) => notes(snapshot, member)),
    searched: state === "none_found" ? group.flatMap((member) => research(snapshot, member)) : [],
  });
}

/** @param {Snapshot} snapshot @param {import("./types.js").TableName} table @param {string} id */
function row(snapshot, table, id) {
  const found = rowOf(snapshot[table], id);
  if (found === null) throw new Error(`the snapshot has no ${id} in ${table}`);
  return found;
}

/** @param {Snapshot} snapshot @param {string} company */
function nameOf(snapshot, company) {
  return valueOf(snapshot.companies, company, "name") ?? company;
}

/** @param {Row} from @param {string[]} members @returns {any} the row with these members, null where it has none */
function filled(from, members) {
  return Object.fromEntries(members.map((name) => [name, from[name] ?? null]));
}

/** @param {Row[] | null} list @param {string[]} members @returns {any[]} */
function allFilled(list, members) {
  return (list ?? []).map((item) => filled(item, members));
}

/** @param {Snapshot} snapshot @param {Row} hop @returns {import("./types.js").Hop} */
function ownership(snapshot, hop) {
  const names = { company_name: nameOf(snapshot, hop.company), owner_name: nameOf(snapshot, hop.owner) };
  return { ...filled({ ...hop, ...names }, HOP), sources: allFilled(hop.sources, SOURCE) };
}

/** @param {Snapshot} snapshot @param {string} id @param {Relation} relation @returns {import("./types.js").Tie} */
function tie(snapshot, id, relation) {
  const found = row(snapshot, "ties", id);
  const { held_by, via, amounts, awards, statements, history, sources } = found;
  const via_name = found.via_name ?? (via && nameOf(snapshot, via));
  const said = (statements ?? []).map((/** @type {Row} */ each) => ({ ...each, by_name: nameOf(snapshot, each.by) }));
  return {
    ...filled({ ...found, relation, via_name, held_by_name: nameOf(snapshot, held_by) }, TIE),
    agency: filled(row(snapshot, "agencies", found.agency), AGENCY),
    amounts: allFilled(amounts, AMOUNT),
    awards: (awards ?? []).map((/** @type {string} */ key) => ({ key, url: awardUrl(key) })),
    statements: allFilled(said, STATEMENT),
    history: allFilled(history, CHANGE),
    sources: allFilled(sources, SOURCE),
  };
}

/** @param {Snapshot} snapshot @param {string} company @returns {import("./types.js").Note[]} */
function notes(snapshot, company) {
  /** @type {string[]} */
  const ids = valueOf(snapshot.companies, company, "notes") ?? [];
  return ids.map((id) => {
    const found = row(snapshot, "notes", id);
    const company_name = nameOf(snapshot, found.company);
    return { ...filled({ ...found, company_name }, NOTE), sources: allFilled(found.sources, SOURCE) };
  });
}

/** @param {Snapshot} snapshot @param {string} company @returns {import("./types.js").Research[]} */
function research(snapshot, company) {
  /** @type {Row[]} */
  const entries = valueOf(snapshot.companies, company, "research") ?? [];
  return entries.map(({ date, searched }) => ({ company, date, searched: allFilled(searched, PLACE) }));
}

/**
 * The permanent page of an award. Python's quote() also encodes the five characters that encodeURIComponent() leaves.
 * @param {string} key
 */
export function awardUrl(key) {
  const code = encodeURIComponent(key).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `https://www.usaspending.gov/award/${code}/`;
}
