// What the toolbar icon says: a shape a state and the number of ties that have not ended.

import { companyState, tiesOf } from "./snapshot.js";

/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {"documented" | "single_report" | "via_owner" | "via_owner_single" | "ended" | "none_found" | "plain"} Shape */
/** @typedef {{shape: Shape, count: number}} Badge */
/** @typedef {{status: string, evidence: string, relation: string}} Seen */

/** @type {Badge} */
export const PLAIN = { shape: "plain", count: 0 };

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
 * The badge of a company in the snapshot.
 * @param {Snapshot} snapshot
 * @param {string} company
 * @returns {Badge}
 */
export function cardBadge(snapshot, company) {
  return badgeOf(companyState(snapshot, company), tiesOf(snapshot, company));
}

/** @param {Badge} badge */
export function badgeKey({ shape, count }) {
  return `${shape}:${count}`;
}
