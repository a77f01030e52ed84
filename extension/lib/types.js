// Shapes shared by the modules; types only, never loaded at run time. The answer is the public JSON (app/lookup/answer.py),
// the snapshot what app/releases/snapshot.py writes.

/** @typedef {"not_applicable" | "not_researched" | "documented" | "via_owner" | "ended" | "none_found"} State */
/** @typedef {"own" | "subsidiary" | "owner"} Relation */
/** @typedef {{name: string, reason: string | null}} Parsed */

/**
 * @typedef {object} Entry
 * @property {string} name
 * @property {string | null} company
 * @property {"company" | "stop"} apex
 * @property {"company" | "stop"} children
 * @property {"domain" | "hosted" | "government" | "suffix"} kind
 * @property {string | null} platform
 * @property {string | null} platform_id
 */

/**
 * @typedef {object} Source
 * @property {string} url
 * @property {string} publisher
 * @property {string} type
 * @property {string | null} title
 * @property {string | null} published_at
 * @property {string | null} retrieved_at
 * @property {string | null} archive_url
 * @property {string | null} quote
 * @property {string | null} locator
 * @property {{name: string, version: string, licence: string} | null} dataset
 */

/**
 * @typedef {object} Hop
 * @property {string} company
 * @property {string} company_name
 * @property {string} owner
 * @property {string} owner_name
 * @property {string} kind
 * @property {string | null} valid_from
 * @property {string | null} valid_to
 * @property {string} claim_status
 * @property {string} verified_at
 * @property {Source[]} sources
 */

/** @typedef {{id: string, name: string, short_name: string, parent: string | null}} Agency */
/** @typedef {{kind: string, value: string, currency: string, as_of: string, source: number}} Amount */
/** @typedef {{by: string, by_name: string, date: string, quote: string, source: number}} Statement */
/** @typedef {{date: string, status: string, note: string}} Change */

/**
 * @typedef {object} Tie
 * @property {string} id
 * @property {string} held_by
 * @property {string} held_by_name
 * @property {Relation} relation
 * @property {Agency} agency
 * @property {string} kind
 * @property {string | null} via
 * @property {string | null} via_name
 * @property {string} status
 * @property {string} status_as_of
 * @property {string} evidence
 * @property {string} claim_status
 * @property {string} title
 * @property {string} summary
 * @property {string | null} valid_from
 * @property {string | null} valid_to
 * @property {string | null} recipient
 * @property {string | null} uei
 * @property {string | null} cage
 * @property {Amount[]} amounts
 * @property {{key: string, url: string}[]} awards
 * @property {Statement[]} statements
 * @property {Change[]} history
 * @property {string} verified_at
 * @property {string} verified_by
 * @property {string | null} reviewed_by
 * @property {Source[]} sources
 */

/**
 * @typedef {object} Note
 * @property {string} id
 * @property {string} company
 * @property {string} company_name
 * @property {string} kind
 * @property {string} date
 * @property {string} text
 * @property {string} claim_status
 * @property {string} verified_at
 * @property {Source[]} sources
 */

/** @typedef {{where: string, what: string, url: string | null}} Place */
/** @typedef {{company: string, date: string, searched: Place[]}} Research */

/**
 * @typedef {object} Answer
 * @property {string} query
 * @property {string | null} domain
 * @property {State} state
 * @property {string | null} reason
 * @property {{id: string, name: string} | null} host
 * @property {{id: string, name: string, url: string} | null} company
 * @property {Hop[]} ownership
 * @property {string} summary
 * @property {Tie[]} ties
 * @property {Note[]} notes
 * @property {Research[]} searched
 * @property {{version: number, published_at: string}} release
 */

/** @typedef {Record<string, any>} Row a row of a table as an object; in the objects within it nulls and empty lists are left out */
/** @typedef {{id: string[], [column: string]: any[]}} Table columns of one length, rows sorted by `id`; missing values are null */
/** @typedef {"agencies" | "companies" | "notes" | "ownership" | "stops" | "ties"} TableName */

/**
 * @typedef {object} SnapshotHead
 * @property {2} format
 * @property {number} version
 * @property {string} published_at
 * @property {string[]} names in order
 * @property {number[]} targets of each name: a position in `companies`, or -1 minus a position in `stops`
 */

/** @typedef {SnapshotHead & Record<TableName, Table>} Snapshot docs/snapshot.md */

/** @typedef {Record<string, string | {one: string, other: string}>} Messages */

export {};
