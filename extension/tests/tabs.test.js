import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { KEYS } from "../config.js";
import { EVERYTHING } from "../lib/settings.js";
import { showAllTabs, showTab } from "../lib/tabs.js";
import { sample } from "./sample.js";

/** @type {[number, string][]} the icons that were set, by tab and title */
let titles = [];
let allowed = true;
/** @type {any[]} */
let open = [];
/** @type {Promise<unknown>} what the storage waits for */
let gate = Promise.resolve();
/** @type {any} */
let settings = EVERYTHING;

const local = {
  get: async (/** @type {string} */ key) => {
    await gate;
    const body = new Blob([JSON.stringify(sample())]);
    return { [key]: { data: { key: KEYS[0], version: 7, sha256: "", body }, settings }[key] };
  },
};
const action = {
  setIcon: async () => {},
  setTitle: async (/** @type {{tabId: number, title: string}} */ { tabId, title }) => void titles.push([tabId, title]),
};
const chrome = {
  action,
  i18n: { getUILanguage: () => "en" },
  permissions: { contains: async () => allowed },
  runtime: { getURL: (/** @type {string} */ path) => `moz-extension://0-0/${path}` },
  storage: { local },
  tabs: { query: async () => open },
};
class OffscreenCanvas {
  getContext() {
    return new Proxy({}, { get: () => () => ({}), set: () => true });
  }
}
Object.assign(globalThis, { chrome, OffscreenCanvas });
const words = { "shape.documented": "Documented ties", "popup.not_ended": "{n} not ended", "shape.hidden": "Hidden" };
globalThis.fetch = async () => new Response(JSON.stringify(words));

beforeEach(async () => {
  [titles, allowed, open, gate, settings] = [[], true, [], Promise.resolve(), EVERYTHING];
  await showAllTabs();
});

test("a tab gets the icon of its page", async () => {
  await showTab(1, "https://www.big.com/");
  await showTab(1, "https://unknown.com/");
  assert.deepEqual(titles, [[1, "govties: Documented ties (2 not ended)"], [1, "govties"]]);
});

test("without the permission nothing is shown, even where an address is known", async () => {
  allowed = false;
  await showTab(1, "https://big.com/");
  assert.deepEqual(titles, []);
});

test("a stale answer does not land on a newer page", async () => {
  /** @type {(value: unknown) => void} */
  let release = () => {};
  gate = new Promise((resolve) => { release = resolve; });
  const first = showTab(1, "https://big.com/");
  const second = showTab(1, "https://unknown.com/");
  release(null);
  await Promise.all([first, second]);
  assert.deepEqual(titles, [[1, "govties"]]);
});

test("a change of settings reaches the open tabs", async () => {
  await showTab(1, "https://big.com/");
  open = [{ id: 1, url: "https://big.com/" }, { id: 2 }];
  settings = { ...EVERYTHING, sites: ["big.com"] };
  await showAllTabs();
  assert.deepEqual(titles.at(-1), [1, "govties: Hidden"]);
});

test("a permission that was taken back takes the icons with it, and answers on their way", async () => {
  open = [{ id: 1 }];
  const late = showTab(1, "https://big.com/");
  allowed = false;
  await showAllTabs();
  await late;
  assert.deepEqual(titles.at(-1), [1, null]);
});
