// What is shown of an answer under the reader's settings, and which icon belongs to a page.

import { answerFor } from "./answer.js";
import { badgeOf, HIDDEN, narrowed, OUT_OF_DATE, PLAIN } from "./badge.js";
import { parseTab } from "./match.js";
import { parentsOf, wanted } from "./settings.js";
import { agenciesOf } from "./snapshot.js";

/** @typedef {import("./badge.js").Badge} Badge */
/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./types.js").Row} Row */
/** @typedef {import("./types.js").Snapshot} Snapshot */

/** @typedef {import("./types.js").State | "hidden" | "single_report" | "hosted"} Face what stands as the heading */

/**
 * @typedef {object} Shown
 * @property {Answer} answer with the ties that are to be seen, and the state that they make
 * @property {Face} face
 * @property {Badge} badge
 * @property {number} hidden how many ties the settings leave out
 * @property {boolean} siteHidden whether this site was hidden as a whole
 */

/**
 * @param {Answer} answer
 * @param {Settings} settings
 * @param {Row[]} agencies of the release
 * @returns {Shown}
 */
export function shownOf(answer, settings, agencies) {
  const siteHidden = isHidden(answer, settings);
  const wants = wanted(settings, parentsOf(agencies));
  const { state, ties, hidden } = narrowed(answer.state, answer.ties, (tie) => wants(tie.kind, tie.agency.id));
  if (siteHidden || state === "hidden") {
    const left = siteHidden ? answer.ties.length : hidden;
    return { answer: { ...answer, ties: [] }, face: "hidden", badge: HIDDEN, hidden: left, siteHidden };
  }
  const badge = badgeOf(state, ties);
  const seen = { ...answer, ties, state: /** @type {import("./types.js").State} */ (state) };
  return { answer: seen, face: faceOf(seen, badge), badge, hidden, siteHidden };
}

/** A site whose icon says nothing has nothing to hide. @param {Answer} answer @param {Settings} settings */
function isHidden(answer, settings) {
  const listed = answer.domain !== null && settings.sites.includes(answer.domain);
  return listed && badgeOf(answer.state, answer.ties).shape !== "plain";
}

/** @param {Answer} answer @param {Badge} badge @returns {Face} */
function faceOf(answer, badge) {
  if (answer.reason === "hosted") return "hosted";
  return badge.shape === "single_report" ? "single_report" : answer.state;
}

/**
 * Whether the data may no longer be believed. Data without an end of its validity has none.
 * @param {{expiresAt?: string}} data
 * @param {number} now in milliseconds
 */
export function isExpired({ expiresAt }, now) {
  return expiresAt !== undefined && !(now < Date.parse(expiresAt));
}

/**
 * The icon of a page, where the extension may know its address.
 * @param {{snapshot: Snapshot, expiresAt?: string} | null} data
 * @param {Settings} settings
 * @param {string} url
 * @param {number} now in milliseconds
 * @returns {Badge}
 */
export function pageBadge(data, settings, url, now) {
  const host = parseTab(url);
  if (data === null || host === null) return PLAIN;
  if (isExpired(data, now)) return OUT_OF_DATE;
  return shownOf(answerFor(data.snapshot, host), settings, agenciesOf(data.snapshot)).badge;
}
