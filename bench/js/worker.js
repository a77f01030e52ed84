// Stands in the place of the extension's worker while it is measured (bench/browsers.py). The code that works is the
// extension's own; but here it works only when it is told to, and says how many milliseconds that took.

import { refresh, refreshIcons } from "./lib/refresh.js";
import { fillShelf, readShelf } from "./lib/shelf.js";
import { eraseAll, loadStatus } from "./lib/store.js";

const rules = chrome.declarativeContent?.onPageChanged;

/** @type {Record<string, number>} milliseconds by what was called, and `begun`: when the first of them was */
let spent = {};

for (const name of /** @type {const} */ (["getRules", "addRules", "removeRules"])) {
  if (rules) rules[name] = timed(name, /** @type {any} */ (rules)[name].bind(rules));
}

/**
 * The same call, of which `spent` says how long it blocked the worker (`….call`) and when it was answered.
 * @param {string} name
 * @param {(...args: any[]) => void} call whose last argument is called with the result
 */
function timed(name, call) {
  return (/** @type {any[]} */ ...args) => {
    const done = args.pop();
    const start = performance.now();
    if (spent.begun === undefined) spent.begun = start;
    if (name === "addRules") Object.assign(spent, { plan: start - spent.listed, ...sizes(args[0]) });
    call(...args, (/** @type {any[]} */ ...results) => {
      spent[name] = performance.now() - start;
      if (name === "getRules") spent.listed = performance.now();
      done(...results);
    });
    spent[`${name}.call`] = performance.now() - start;
  };
}

/** @param {chrome.events.Rule[]} added */
function sizes(added) {
  return { icons: added.length, conditions: added.reduce((count, { conditions }) => count + conditions.length, 0) };
}

/** A refresh as the extension makes it, until the copy is stored and the icon rules stand. */
async function measured() {
  spent = {};
  performance.clearResourceTimings();
  const start = performance.now();
  await refresh();
  const end = performance.now();
  const { error } = await loadStatus();
  if (error) throw new Error(`the refresh failed: ${error}`);
  const files = performance.getEntriesByType("resource");
  const copy = (spent.begun ?? end) - start;
  return { total: end - start, copy, network: sum(files), by: files.at(-1)?.name, rules: end - start - copy, ...spent };
}

/** @param {PerformanceEntry[]} entries */
function sum(entries) {
  return entries.reduce((total, { duration }) => total + duration, 0);
}

/** @type {any} */
let kept;

/** @type {Record<string, () => Promise<unknown>>} */
const WORK = {
  refresh: measured,
  /** What every start of the browser does while the copy is fresh. */
  async icons() {
    const start = performance.now();
    await refreshIcons();
    return { total: performance.now() - start };
  },
  /** Nothing is stored any more, and no rule stands. */
  async erase() {
    await eraseAll();
    if (rules) await new Promise((done) => rules.removeRules(undefined, () => done(undefined)));
    return {};
  },
  /** Remembers the copy that is stored, for `rewind`. */
  async keep() {
    kept = await readShelf();
    return {};
  },
  async rewind() {
    await fillShelf(kept);
    await refreshIcons();
    return {};
  },
};

chrome.runtime.onMessage.addListener((message, _, respond) => {
  WORK[message]?.().then(respond, (error) => respond({ error: String(error) }));
  return true; // the answer comes later
});
