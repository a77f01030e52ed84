// From the snapshot to declarativeContent rules: the browser itself sets the icon, the extension never learns the URL.
//
// All rules have the same priority, and no two of them match one page. Priorities would be simpler (the longest name
// wins), but Chromium keeps an emptied place for the highest priority that a tab has ever seen and then shows the
// default icon there for good (ExtensionAction::GetDeclarativeIcon; seen in Chromium 156): after a visit to
// sites.google.com no site would get its icon in that tab. Where a name has another one below it that gets another
// icon, its rule therefore leaves that one out. Names with the plain icon need no rule: it is the default.

import { badgeKey, cardBadge, HIDDEN, OUT_OF_DATE, PLAIN } from "./badge.js";
import { iconImages } from "./icons.js";
import { labelNotIn } from "./patterns.js";
import { EVERYTHING, parentsOf, wanted } from "./settings.js";
import { agenciesOf, companyIds, entriesOf } from "./snapshot.js";

/** @typedef {import("./badge.js").Badge} Badge */
/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {{hostSuffix: string} | {hostEquals: string} | {originAndPathMatches: string} | {schemes: string[]}} Condition */
/** @typedef {{id: string, badge: Badge, conditions: Condition[]}} Plan a rule an icon */

/**
 * @typedef {object} Node a name that is in the release, or that has one below it
 * @property {Entry | null} entry
 * @property {Map<string, Node>} below by label
 */

const PRIORITY = 100;

/**
 * The rules of a snapshot, as plain data.
 * @param {Snapshot} snapshot
 * @param {string} prefix begins every rule's id
 * @param {Settings} [settings]
 * @returns {Plan[]}
 */
export function planRules(snapshot, prefix, settings = EVERYTHING) {
  const wants = wanted(settings, parentsOf(agenciesOf(snapshot)));
  const badges = new Map(companyIds(snapshot).map((id) => [id, cardBadge(snapshot, id, wants)]));
  const hiddenSites = new Set(settings.sites);
  const entries = entriesOf(snapshot);
  const plans = new Plans(prefix, (entry, depth) => {
    const badge = (entry[depth] === "company" && entry.company !== null && badges.get(entry.company)) || PLAIN;
    return badge.shape !== "plain" && hiddenSites.has(entry.name) ? HIDDEN : badge;
  });
  for (const [label, node] of tree(entries.values()).below) plans.cover(label, node, PLAIN);
  return [...plans.found.values()];
}

/** One rule for every page, for data past its expiry: it claims nothing, and is seen to. @param {string} prefix @returns {Plan[]} */
export function planOutOfDate(prefix) {
  return [{ id: `${prefix}/${badgeKey(OUT_OF_DATE)}`, badge: OUT_OF_DATE, conditions: [{ schemes: ["http", "https"] }] }];
}

/** All names by their labels, from the right. @param {Iterable<Entry>} entries @returns {Node} */
function tree(entries) {
  /** @type {Node} */
  const root = { entry: null, below: new Map() };
  for (const entry of entries) {
    let node = root;
    for (const label of entry.name.split(".").reverse()) {
      const next = node.below.get(label) ?? { entry: null, below: new Map() };
      node.below.set(label, next);
      node = next;
    }
    node.entry = entry;
  }
  return root;
}

class Plans {
  /** @param {string} prefix @param {(entry: Entry, depth: "apex" | "children") => Badge} badge */
  constructor(prefix, badge) {
    this.prefix = prefix;
    this.badge = badge;
    /** @type {Map<string, Plan>} */
    this.found = new Map();
  }

  /**
   * Conditions for a name and everything below it.
   * @param {string} name
   * @param {Node} node
   * @param {Badge} inherited the badge that the nearest name above it gives
   */
  cover(name, { entry, below }, inherited) {
    const own = entry ? this.badge(entry, "apex") : inherited;
    const children = entry ? this.badge(entry, "children") : inherited;
    if (below.size === 0 && badgeKey(own) === badgeKey(children)) {
      // A suffix with a leading dot matches the name itself too, and never a name that only ends alike.
      this.add(own, { hostSuffix: `.${name}` });
      return;
    }
    this.add(own, { hostEquals: name });
    if (children.shape !== "plain") this.add(children, { originAndPathMatches: belowPattern(name, [...below.keys()]) });
    for (const [label, node] of below) this.cover(`${label}.${name}`, node, children);
  }

  /** @param {Badge} badge @param {Condition} condition */
  add(badge, condition) {
    if (badge.shape === "plain") return;
    const id = `${this.prefix}/${badgeKey(badge)}`;
    const plan = this.found.get(id) ?? { id, badge, conditions: [] };
    plan.conditions.push(condition);
    this.found.set(id, plan);
  }
}

/**
 * A pattern for pages on names below `name`, except by way of the labels that have rules of their own.
 * @param {string} name
 * @param {string[]} labels
 */
function belowPattern(name, labels) {
  return `^https?://(?:[^/:]*\\.)?${labelNotIn(labels)}\\.${name.replaceAll(".", "\\.")}(?::[0-9]+)?/`;
}

/**
 * @param {Plan} plan
 * @returns {chrome.events.Rule}
 */
function rule({ id, badge, conditions }) {
  const { PageStateMatcher, SetIcon } = chrome.declarativeContent;
  const matchers = conditions.map((condition) => new PageStateMatcher({ pageUrl: condition }));
  const icon = new SetIcon({ imageData: /** @type {any} */ (iconImages(badge)) });
  return { id, priority: PRIORITY, conditions: matchers, actions: [icon] };
}

/**
 * Makes the browser's rules those of the plans. Safe to repeat and to break off: ids carry the name of the snapshot and
 * of the settings, new rules are added before the old ones go, and what is there already is not added twice.
 * @param {Promise<Plan[]>} planning the browser looks for its rules meanwhile
 */
export async function applyRules(planning) {
  const { onPageChanged } = chrome.declarativeContent;
  const [found, plans] = await Promise.all([currentRules(), planning]);
  const there = new Set(found.map(({ id = "" }) => id));
  const planned = new Set(plans.map((plan) => plan.id));
  const stale = [...there].filter((id) => !planned.has(id));
  const missing = plans.filter((plan) => !there.has(plan.id)).map(rule);
  // All at once: with every call the browser builds its index of all conditions anew.
  if (missing.length) await settled((done) => onPageChanged.addRules(missing, done));
  if (stale.length) await settled((done) => onPageChanged.removeRules(stale, () => done(undefined)));
}

/** @returns {Promise<chrome.events.Rule[]>} */
function currentRules() {
  const { onPageChanged } = chrome.declarativeContent;
  return settled((done) => onPageChanged.getRules(done));
}

/**
 * A call with a callback as a promise, with the browser's error as its rejection.
 * @template T
 * @param {(done: (result: T) => void) => void} call
 * @returns {Promise<T>}
 */
function settled(call) {
  return new Promise((resolve, reject) => {
    call((result) => {
      const error = chrome.runtime.lastError;
      if (error) reject(new Error(error.message));
      else resolve(result);
    });
  });
}
