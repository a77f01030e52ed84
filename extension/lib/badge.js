// What the toolbar icon says: a shape a state and the number of ties that have not ended.

import { companyState, tiesOf } from "./snapshot.js";

/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {"documented" | "single_report" | "via_owner" | "via_owner_single" | "ended" | "none_found"} Claim */
/** @typedef {Claim | "plain" | "hidden" | "out_of_date"} Shape */
/** @typedef {{shape: Shape, count: number}} Badge */
/** @typedef {{status: string, evidence: string, relation: string}} Seen */
/** @typedef {(kind: string, agency: string) => boolean} Wants whether a tie is to be seen (lib/settings.js) */

/** @type {Badge} */
export const PLAIN = { shape: "plain", count: 0 };
/** @type {Badge} */
export const HIDDEN = { shape: "hidden", count: 0 };
/** @type {Badge} */
export const OUT_OF_DATE = { shape: "out_of_date", count: 0 };

/**
 * The badge of an answer. A tie that only one source reports never gets the shape of a record: where all ties that
 * make the state are single reports, the shape is an outline.
 * @param {string} state
 * @param {Seen[]} ties
 * @returns {Badge}
 */
export function badgeOf(state, ties) {
  const live = ties.filter((tie) => tie.status !== "ended");
  const count = live.length;
  const single = isSingle(state, live);
  switch (state) {
    case "documented":
      return { shape: single ? "single_report" : "documented", count };
    case "via_owner":
      return { shape: single ? "via_owner_single" : "via_owner", count };
    case "ended":
    case "none_found":
      return { shape: state, count: 0 };
    case "hidden":
      return HIDDEN;
    default:
      return PLAIN;
  }
}

/** @param {string} state @param {Seen[]} live */
function isSingle(state, live) {
  const deciding = state === "documented" ? live.filter((tie) => tie.relation !== "owner") : live;
  return deciding.every((tie) => tie.evidence === "single_report");
}

/**
 * What is left of a state when the reader does not want to see all ties. Where none is left it is hidden, never ended
 * and never none: leaving a tie out does not make it untrue.
 * @template {Seen} T
 * @param {string} state
 * @param {T[]} ties
 * @param {(tie: T) => boolean} wants
 * @returns {{state: string, ties: T[], hidden: number}}
 */
export function narrowed(state, ties, wants) {
  const kept = ties.filter(wants);
  const hidden = ties.length - kept.length;
  if (hidden === 0) return { state, ties, hidden };
  return { state: kept.length ? stateOf(kept) : "hidden", ties: kept, hidden };
}

/** The precedence of states (app/lookup/answer.py) among ties alone. @param {Seen[]} ties */
function stateOf(ties) {
  const live = ties.filter((tie) => tie.status !== "ended");
  if (live.some((tie) => tie.relation !== "owner")) return "documented";
  return live.length ? "via_owner" : "ended";
}

/**
 * The badge of a company in the snapshot, as far as its ties are wanted.
 * @param {Snapshot} snapshot
 * @param {string} company
 * @param {Wants} [wants]
 * @returns {Badge}
 */
export function cardBadge(snapshot, company, wants = () => true) {
  const left = narrowed(companyState(snapshot, company), tiesOf(snapshot, company), ({ kind, agency }) => wants(kind, agency));
  return badgeOf(left.state, left.ties);
}

/** @param {Badge} badge */
export function badgeKey({ shape, count }) {
  return `${shape}:${count}`;
}
