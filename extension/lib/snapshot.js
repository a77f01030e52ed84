// Reads the snapshot (docs/snapshot.md). Tables stay the columns they came as: a popup that is opened for one site
// makes objects of a few rows only, and ids are found by halving, because the rows are sorted by them.

/** @typedef {import("./types.js").Agency} Agency */
/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("./types.js").Relation} Relation */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {import("./types.js").Table} Table */
/** @typedef {import("./types.js").TableName} TableName */

export const FORMAT = 2;

/** What each table must have. Others may be there: they are for readers that know them. */
const COLUMNS = /** @type {Record<TableName, string[]>} */ ({
  agencies: ["id", "name", "short_name", "parent"],
  companies: ["id", "name", "state", "owner", "ties", "holders", "without", "notes", "research"],
  notes: ["id", "company", "kind", "date", "text", "claim_status", "verified_at", "sources"],
  ownership: ["id", "company", "owner", "kind", "valid_from", "valid_to", "claim_status", "verified_at", "sources"],
  stops: ["id", "kind", "apex", "children", "platform", "platform_id", "company"],
  ties: [
    "id", "held_by", "agency", "kind", "via", "via_name", "status", "status_as_of", "evidence", "claim_status", "title",
    "summary", "valid_from", "valid_to", "recipient", "uei", "cage", "amounts", "awards", "statements", "history",
    "verified_at", "verified_by", "reviewed_by", "sources",
  ],
});

/** In the order in which they stand in the file. */
export const TABLES = /** @type {TableName[]} */ (Object.keys(COLUMNS));

/**
 * Whether it has the form of a snapshot: what is read later is there, and no id that needs a row lacks it.
 * @param {any} data
 * @returns {data is Snapshot}
 */
export function isSnapshot(data) {
  return (
    data?.format === FORMAT && Number.isSafeInteger(data.version) && typeof data.published_at === "string" &&
    isAscending(data.names) && Array.isArray(data.targets) && data.targets.length === data.names.length &&
    TABLES.every((name) => isTable(data[name], COLUMNS[name])) &&
    data.targets.every((/** @type {unknown} */ target) => isTarget(data, target)) && isConnected(data)
  );
}

/** @param {any} table @param {string[]} columns */
function isTable(table, columns) {
  if (typeof table !== "object" || table === null || !isAscending(table.id)) return false;
  const all = new Set([...columns, ...Object.keys(table)]);
  return [...all].every((name) => Array.isArray(table[name]) && table[name].length === table.id.length);
}

/** Texts in order, each once. @param {unknown} list */
function isAscending(list) {
  return Array.isArray(list) && list.every((text, at) => typeof text === "string" && (at === 0 || list[at - 1] < text));
}

/** @param {Snapshot} snapshot @param {unknown} target */
function isTarget({ companies, stops }, target) {
  if (!Number.isSafeInteger(target)) return false;
  const number = /** @type {number} */ (target);
  return number < 0 ? -1 - number < stops.id.length : number < companies.id.length;
}

/** @param {Snapshot} snapshot */
function isConnected({ agencies, companies, notes, ownership, ties }) {
  const lists = (/** @type {string} */ column) => companies[column].flatMap((ids) => ids ?? []);
  const has = (/** @type {Table} */ table) => (/** @type {string} */ id) => position(table, id) >= 0;
  return (
    lists("ties").every(has(ties)) && lists("notes").every(has(notes)) && lists("owner").every(has(ownership)) &&
    ties.agency.every(has(agencies))
  );
}

/** How many names are companies' domains. @param {Snapshot} snapshot */
export function countDomains({ targets }) {
  return targets.reduce((count, target) => count + Number(target >= 0), 0);
}

/** Where an id stands in its table, or -1. @param {Table} table @param {string} id */
export function position(table, id) {
  return search(table.id, id);
}

/** @param {string[]} list sorted @param {string} text */
function search(list, text) {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (/** @type {string} */ (list[middle]) < text) low = middle + 1;
    else high = middle;
  }
  return list[low] === text ? low : -1;
}

/** The row of an id as an object, or null. @param {Table} table @param {string} id @returns {Row | null} */
export function rowOf(table, id) {
  const at = position(table, id);
  return at < 0 ? null : rowAt(table, at);
}

/** @param {Table} table @param {number} at @returns {Row} */
function rowAt(table, at) {
  return Object.fromEntries(Object.entries(table).map(([name, column]) => [name, column[at]]));
}

/** One value of a row, or null. @param {Table} table @param {string} id @param {string} column @returns {any} */
export function valueOf(table, id, column) {
  return table[column]?.[position(table, id)] ?? null;
}

/**
 * All names of the release, like a Map of which no entry is made before it is asked for.
 * @param {Snapshot} snapshot
 */
export function entriesOf(snapshot) {
  const { names } = snapshot;
  return {
    size: names.length,
    /** @param {string} name */
    get(name) {
      const at = search(names, name);
      return at < 0 ? undefined : entryAt(snapshot, at);
    },
    keys: () => names.values(),
    *values() {
      for (const at of names.keys()) yield entryAt(snapshot, at);
    },
  };
}

/** @param {Snapshot} snapshot @param {number} at @returns {Entry} */
function entryAt({ names, targets, companies, stops }, at) {
  const name = /** @type {string} */ (names[at]);
  const target = /** @type {number} */ (targets[at]);
  if (target >= 0) {
    const company = /** @type {string} */ (companies.id[target]);
    return { name, company, apex: "company", children: "company", kind: "domain", platform: null, platform_id: null };
  }
  const { company, apex, children, kind, platform, platform_id } = rowAt(stops, -1 - target);
  return { name, company, apex, children, kind, platform, platform_id };
}

/** All agencies of the release. @param {Snapshot} snapshot @returns {Agency[]} */
export function agenciesOf({ agencies }) {
  return agencies.id.map((_, at) => /** @type {Agency} */ (rowAt(agencies, at)));
}

/** Ids of all companies of the release. @param {Snapshot} snapshot */
export function companyIds({ companies }) {
  return companies.id;
}

/** @param {Snapshot} snapshot @param {string} company @returns {import("./types.js").State} */
export function companyState({ companies }, company) {
  return valueOf(companies, company, "state") ?? "not_researched";
}

/**
 * The hops of a company's owner chain, nearest first.
 * @param {Snapshot} snapshot
 * @param {string} company
 * @returns {Row[]} rows of the table `ownership`
 */
export function ownerChain({ companies, ownership }, company) {
  const seen = new Set([company]);
  const chain = [];
  for (let hop = hopOf(company); hop && !seen.has(hop.owner); hop = hopOf(hop.owner)) {
    seen.add(hop.owner);
    chain.push(hop);
  }
  return chain;

  /** @param {string} owned */
  function hopOf(owned) {
    const id = valueOf(companies, owned, "owner");
    return id === null ? null : rowOf(ownership, id);
  }
}

/**
 * Ids of the ties that are shown with a company, in order, each with how it is related.
 * @param {Snapshot} snapshot
 * @param {string} company
 * @returns {[string, Relation][]}
 */
export function relatedTies(snapshot, company) {
  const { companies } = snapshot;
  /** @type {(id: string, column: string) => string[]} */
  const list = (id, column) => valueOf(companies, id, column) ?? [];
  const owners = new Set(ownerChain(snapshot, company).map((hop) => hop.owner));
  const without = new Set(list(company, "without"));
  const others = list(company, "holders").flatMap((holder) => {
    const relation = /** @type {Relation} */ (owners.has(holder) ? "owner" : "subsidiary");
    const shown = list(holder, "ties").filter((id) => !without.has(id));
    return shown.map((id) => /** @type {[string, Relation]} */ ([id, relation]));
  });
  return [...list(company, "ties").map((id) => /** @type {[string, Relation]} */ ([id, "own"])), ...others];
}

/**
 * What icons and settings need to know of the ties that are shown with a company.
 * @param {Snapshot} snapshot
 * @param {string} company
 */
export function tiesOf(snapshot, company) {
  const { ties } = snapshot;
  return relatedTies(snapshot, company).map(([id, relation]) => {
    const at = position(ties, id);
    /** @type {(column: string) => string} */
    const value = (column) => ties[column][at];
    return {
      relation,
      status: value("status"),
      evidence: value("evidence"),
      agency: value("agency"),
      kind: value("kind"),
      claim_status: value("claim_status"),
    };
  });
}
