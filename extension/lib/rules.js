// From the snapshot to declarativeContent rules: the browser itself sets the icon, the extension never learns the URL.

import { entriesOf } from "./answer.js";
import { PLAIN, badgeKey, cardBadge } from "./badge.js";
import { iconImages } from "./icons.js";

/** @typedef {import("./badge.js").Badge} Badge */
/** @typedef {import("./types.js").Entry} Entry */
/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {{hostSuffix: string} | {hostEquals: string}} HostCondition */
/** @typedef {{id: string, priority: number, badge: Badge, hosts: HostCondition[]}} Plan a rule an icon and depth */

/**
 * The rules of a snapshot, as plain data. Where several match, the browser shows the icon of the highest priority, so
 * two steps a label make the longest name win; the odd step between is for a name that differs from those below it.
 * A name whose plain icon hides no other is left out: it would change nothing.
 * @param {Snapshot} snapshot
 * @param {string} prefix begins every rule's id
 * @returns {Plan[]}
 */
export function planRules(snapshot, prefix) {
  const entries = entriesOf(snapshot);
  const badges = new Map(snapshot.companies.map((card) => [card.id, cardBadge(snapshot, card)]));
  const badge = (/** @type {Entry} */ entry, /** @type {"apex" | "children"} */ depth) =>
    (entry[depth] === "company" && entry.company !== null && badges.get(entry.company)) || PLAIN;
  const plans = new Plans(prefix);
  for (const entry of entries.values()) {
    const [own, below, around] = [badge(entry, "apex"), badge(entry, "children"), inherited(entry.name, entries, badge)];
    const priority = 2 * entry.name.split(".").length;
    // In Chromium a suffix with a leading dot matches the name itself too, and never a name that only ends alike.
    if (badgeKey(below) !== badgeKey(around)) plans.add(below, priority, { hostSuffix: `.${entry.name}` });
    if (badgeKey(own) !== badgeKey(below)) plans.add(own, priority + 1, { hostEquals: entry.name });
  }
  return [...plans.found.values()];
}

/**
 * The badge that a name would get were it not in the release.
 * @param {string} name
 * @param {Map<string, Entry>} entries
 * @param {(entry: Entry, depth: "children") => Badge} badge
 */
function inherited(name, entries, badge) {
  for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
    const above = entries.get(name.slice(dot + 1));
    if (above) return badge(above, "children");
  }
  return PLAIN;
}

class Plans {
  /** @param {string} prefix */
  constructor(prefix) {
    this.prefix = prefix;
    /** @type {Map<string, Plan>} */
    this.found = new Map();
  }

  /** @param {Badge} badge @param {number} priority @param {HostCondition} host */
  add(badge, priority, host) {
    const id = `${this.prefix}/${badgeKey(badge)}/${priority}`;
    const plan = this.found.get(id) ?? { id, priority, badge, hosts: [] };
    plan.hosts.push(host);
    this.found.set(id, plan);
  }
}

/**
 * @param {Plan} plan
 * @returns {chrome.events.Rule}
 */
function rule({ id, priority, badge, hosts }) {
  const { PageStateMatcher, SetIcon } = chrome.declarativeContent;
  const conditions = hosts.map((host) => new PageStateMatcher({ pageUrl: { ...host, schemes: ["http", "https"] } }));
  return { id, priority, conditions, actions: [new SetIcon({ imageData: /** @type {any} */ (iconImages(badge)) })] };
}

/**
 * Makes the browser's rules those of the snapshot. Safe to repeat and to break off: ids carry the snapshot's name, new
 * rules are added before the old ones go, and what is there already is not added twice.
 * @param {Snapshot} snapshot
 * @param {string} name of this snapshot and this build
 */
export async function applyRules(snapshot, name) {
  const { onPageChanged } = chrome.declarativeContent;
  const there = new Set((await currentRules()).map((found) => found.id ?? ""));
  const plans = planRules(snapshot, name);
  const wanted = new Set(plans.map((plan) => plan.id));
  const missing = plans.filter((plan) => !there.has(plan.id)).map(rule);
  const stale = [...there].filter((id) => !wanted.has(id));
  if (missing.length) await settled((done) => onPageChanged.addRules(missing, done));
  if (stale.length) await settled((done) => onPageChanged.removeRules(stale, () => done(undefined)));
}

/** @returns {Promise<chrome.events.Rule[]>} */
function currentRules() {
  return settled((done) => chrome.declarativeContent.onPageChanged.getRules(done));
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
