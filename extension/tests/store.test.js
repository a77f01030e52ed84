// The same on both shelves: IndexedDB on Chromium, storage.local on Firefox. Both stand-ins do only what is used here; the
// real ones are tried by tests/e2e.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { KEYS } from "../config.js";
import { eraseAll, loadData, loadStatus, saveData, saveFacts, saveStatus } from "../lib/store.js";
import { sample } from "./sample.js";

/** @type {Map<string, any>} */
const local = new Map();
/** @type {Map<string, any>} */
const records = new Map();
let full = false;
/** @type {unknown[]} */
let warned = [];

const storage = {
  get: async (/** @type {string} */ key) => (local.has(key) ? { [key]: local.get(key) } : {}),
  set: async (/** @type {object} */ items) => Object.entries(items).forEach(([key, value]) => local.set(key, value)),
  remove: async (/** @type {string} */ key) => void local.delete(key),
  clear: async () => local.clear(),
};

/** A database that takes what is written when the transaction is complete, or never. */
function database() {
  let made = records.has("made");
  return {
    createObjectStore: () => void records.set("made", (made = true)),
    close() {},
    transaction() {
      assert.ok(made, "the object store is made when the database is");
      /** @type {(() => void)[]} */
      const work = [];
      const transaction = { error: new Error("full"), oncomplete() {}, onabort() {}, objectStore: () => store };
      const request = { result: undefined };
      const later = (/** @type {() => any} */ act) => (work.push(() => (request.result = act())), request);
      const store = {
        get: (/** @type {string} */ key) => later(() => records.get(key)),
        put: (/** @type {any} */ value, /** @type {string} */ key) => later(() => void records.set(key, value)),
        clear: () => later(() => void records.delete("data")),
      };
      setTimeout(() => {
        if (full) return transaction.onabort();
        work.forEach((act) => act());
        transaction.oncomplete();
      });
      return transaction;
    },
  };
}

function open() {
  const request = { result: database(), onsuccess() {}, onupgradeneeded() {}, onerror() {} };
  setTimeout(() => {
    if (!records.has("made")) request.onupgradeneeded();
    request.onsuccess();
  });
  return request;
}

/** @param {string} scheme */
function browser(scheme) {
  const runtime = { getURL: (/** @type {string} */ path) => `${scheme}://0-0/${path}` };
  const indexedDB = scheme === "moz-extension" ? undefined : { open };
  Object.assign(globalThis, { chrome: { storage: { local: storage }, runtime }, indexedDB });
}

const SNAPSHOT = sample();
const BYTES = new TextEncoder().encode(JSON.stringify(SNAPSHOT));
const FACTS = {
  key: String(KEYS[1]), version: 7, sha256: "", publishedAt: "", issuedAt: "2026-11-01T00:00:00Z", expiresAt: "2026-11-08T00:00:00Z",
  newestIssuedAt: "2026-11-01T00:00:00Z", domains: 5,
};

beforeEach(() => {
  local.clear();
  records.clear();
  full = false;
  warned = [];
  console.warn = (...words) => warned.push(words);
});

for (const [name, scheme] of [["Chromium", "chrome-extension"], ["Firefox", "moz-extension"]]) {
  /** @param {string} what @param {() => Promise<void>} work */
  const on = (what, work) => test(`${name}: ${what}`, () => (browser(String(scheme)), work()));

  on("nothing is there at first, and that is no fault", async () => {
    assert.equal(await loadData(), null);
    assert.deepEqual(await loadStatus(), { checkedAt: null, error: null, failures: 0 });
    assert.deepEqual(warned, []);
  });

  on("what is kept comes back", async () => {
    await saveData(FACTS, BYTES);
    assert.deepEqual(await loadData(), { ...FACTS, snapshot: SNAPSHOT });
    assert.equal(local.has("data"), name === "Firefox");
  });

  on("new times leave the copy as it is", async () => {
    await saveData(FACTS, BYTES);
    await saveFacts({ ...FACTS, expiresAt: "2026-11-09T00:00:00Z" });
    assert.deepEqual(await loadData(), { ...FACTS, expiresAt: "2026-11-09T00:00:00Z", snapshot: SNAPSHOT });
  });

  on("new times bring nothing back that was erased meanwhile", async () => {
    await saveFacts(FACTS);
    assert.ok(!local.has("data") && !records.has("data"));
  });

  on("new times of one release are not put on another", async () => {
    await saveData(FACTS, BYTES);
    await saveFacts({ ...FACTS, version: 8 });
    assert.equal((await loadData())?.version, 7);
  });

  on("a copy that cannot be read counts as none", async () => {
    const others = [null, {}, "x", { version: 7, body: new Blob(["{"]) }, { version: 8, body: new Blob([BYTES]) }];
    const format1 = { version: 7, body: new Blob([JSON.stringify({ ...SNAPSHOT, format: 1 })]) };
    for (const broken of [...others, format1]) {
      await saveData(FACTS, BYTES);
      for (const shelf of [local, records]) if (shelf.has("data")) shelf.set("data", broken);
      assert.equal(await loadData(), null);
    }
  });

  on("a copy whose key is no longer trusted counts as none", async () => {
    await saveData({ ...FACTS, key: "stolen" }, BYTES);
    assert.equal(await loadData(), null);
  });

  on("erased is erased", async () => {
    await saveData(FACTS, BYTES);
    await saveStatus({ checkedAt: null, error: "hash", failures: 3 });
    await eraseAll();
    assert.equal(await loadData(), null);
    assert.deepEqual([local.size, records.has("data")], [0, false]);
  });
}

test("a disk that is full is a failure, and the old copy stays", async () => {
  browser("chrome-extension");
  await saveData(FACTS, BYTES);
  full = true;
  await assert.rejects(saveData({ ...FACTS, version: 8 }, BYTES), /full/);
  full = false;
  assert.equal((await loadData())?.version, 7);
});
