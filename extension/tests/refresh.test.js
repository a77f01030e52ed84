import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { KEYS as REAL_KEYS } from "../config.js";
import { backOff, erase, nextCheck, refresh, refreshIfDue } from "../lib/refresh.js";
import { loadData, loadStatus } from "../lib/store.js";
import { sample } from "./sample.js";
import { KEY, moment, newKey, next, release, serve, signed } from "./service.js";

const HOUR = 3_600_000;

/** @type {Map<string, any>} */
const stored = new Map();
/** @type {Map<string, number>} */
const alarms = new Map();
/** @type {[string, RequestInit][]} */
let asked = [];

const SNAPSHOT = sample();
const { later, delta } = next(SNAPSHOT);
const DOWN = { "/v1/release": new TypeError("Failed to fetch") };

const local = {
  get: async (/** @type {string} */ key) => (stored.has(key) ? { [key]: structuredClone(stored.get(key)) } : {}),
  set: async (/** @type {object} */ items) => Object.entries(items).forEach(([key, value]) => stored.set(key, structuredClone(value))),
  remove: async (/** @type {string} */ key) => stored.delete(key),
  clear: async () => stored.clear(),
};
const clock = {
  create: async (/** @type {string} */ name, /** @type {{when: number}} */ { when }) => void alarms.set(name, when - Date.now()),
  get: async (/** @type {string} */ name) => (alarms.has(name) ? { name } : undefined),
  clear: async (/** @type {string} */ name) => alarms.delete(name),
};
// As in Firefox: no declarativeContent, and the copy lies in storage.local.
const runtime = { getURL: (/** @type {string} */ path) => `moz-extension://0-0/${path}` };
const icons = { action: { setIcon: async () => {} }, tabs: { query: async () => [] }, permissions: { contains: async () => false } };
Object.assign(globalThis, { chrome: { storage: { local }, alarms: clock, runtime, ...icons } });
console.warn = () => {};

/** The real key is written in when the extension is built. */
const KEYS = /** @type {string[]} */ (REAL_KEYS);

beforeEach(() => {
  stored.clear();
  alarms.clear();
  KEYS.splice(0, Infinity, KEY);
  asked = serve(release(SNAPSHOT));
});

test("a refresh keeps the snapshot and comes back in a day", async () => {
  await refresh();
  const data = await loadData();
  assert.deepEqual(data?.snapshot, SNAPSHOT);
  assert.equal(data?.version, 7);
  assert.deepEqual({ ...(await loadStatus()), checkedAt: null }, { checkedAt: null, error: null, failures: 0 });
  const wait = alarms.get("refresh") ?? 0;
  assert.ok(wait > 21.9 * HOUR && wait < 26.1 * HOUR, String(wait));
});

test("the next release takes the place of the last, by way of its delta", async () => {
  await refresh();
  asked = serve(release(later, delta));
  await refresh();
  assert.deepEqual((await loadData())?.snapshot, later);
  assert.equal(asked.at(-1)?.[0], "/v1/releases/8/from-7.json");
});

test("the same release issued later lives longer", async () => {
  await refresh();
  const before = await loadData();
  asked = serve(release(SNAPSHOT, null, { expires_at: moment(8) }));
  await refresh();
  const after = await loadData();
  assert.ok(before && after && after.expiresAt > before.expiresAt);
  assert.deepEqual(after.snapshot, SNAPSHOT);
  assert.equal(asked.length, 2);
});

test("what is erased while a download is under way stays erased", async () => {
  await Promise.all([refresh(), erase()]);
  assert.deepEqual([...stored.keys()], []);
});

test("a failure keeps the last good copy, is noted, and comes back sooner", async () => {
  await refresh();
  const { checkedAt } = await loadStatus();
  serve(DOWN);
  await refresh();
  assert.equal((await loadData())?.version, 7);
  assert.deepEqual(await loadStatus(), { checkedAt, error: "unreachable", failures: 1 });
  const wait = alarms.get("refresh") ?? 0;
  assert.ok(wait > 0.24 * HOUR && wait < 0.51 * HOUR, String(wait));
  await refresh();
  assert.equal((await loadStatus()).failures, 2);
  serve(release(SNAPSHOT));
  await refresh();
  assert.equal((await loadStatus()).error, null);
});

for (const [code, files] of /** @type {[string, Record<string, string>][]} */ ([
  ["signature", { ...release(later), "/v1/release.sig": signed("x") }],
  ["older", release({ ...SNAPSHOT, version: 6 })],
  ["older", release(SNAPSHOT, null, { issued_at: moment(-1) })],
  ["expired", release(later, null, { expires_at: moment(-1) })],
  ["clock", release(later, null, { issued_at: moment(2) })],
  ["lifetime", release(later, null, { expires_at: moment(3650) })],
  ["hash", { ...release(later), "/v1/releases/8/snapshot.json": JSON.stringify(later).replace("Big", "Bog") }],
  ["shrunk", release({ ...later, names: ["big.com"], targets: [0] })],
])) {
  test(`an attack leaves the last good copy and its code: ${code}`, async () => {
    await refresh();
    const before = await loadData();
    serve(files);
    await refresh();
    assert.deepEqual(await loadData(), before);
    assert.equal((await loadStatus()).error, code);
  });
}

test("a release of a stolen key is forgotten with the key, and the honest ones are believed again", async () => {
  const stolen = newKey();
  KEYS.push(stolen.key);
  const forged = release({ ...SNAPSHOT, version: Number.MAX_SAFE_INTEGER }, null, { issued_at: moment(0.9) });
  serve({ ...forged, "/v1/release.sig": stolen.signed(String(forged["/v1/release"])) });
  await refresh();
  assert.equal((await loadData())?.version, Number.MAX_SAFE_INTEGER);
  serve(release(SNAPSHOT));
  await refresh();
  assert.equal((await loadStatus()).error, "older", "as long as the key is trusted");
  KEYS.pop(); // as an update of the extension does
  assert.equal(await loadData(), null, "no claim of the thief's is shown while the service is waited for");
  const came = /** @type {string[]} */ ([]);
  icons.action.setIcon = async () => void came.push("icon");
  asked = serve(release(SNAPSHOT));
  const { fetch } = globalThis;
  globalThis.fetch = (...request) => (came.push("question"), fetch(...request));
  await refresh();
  assert.equal(came[0], "icon", "nor does its badge stand");
  assert.equal((await loadData())?.version, SNAPSHOT.version);
});

test("a worker that is ended before the swap leaves the old copy and a time to come back", async () => {
  await refresh();
  const before = await loadData();
  const { set } = local;
  let end = () => {};
  const stuck = new Promise((reached) => {
    local.set = async (items) => {
      if (!("data" in items)) return set(items);
      reached(null);
      return new Promise((_, reject) => (end = () => reject(new Error("the test is over"))));
    };
  });
  serve(release(later));
  const cut = refresh();
  await stuck;
  assert.deepEqual(await loadData(), before);
  assert.ok((alarms.get("refresh") ?? Infinity) < 0.51 * HOUR);
  local.set = set;
  end();
  await cut;
});

test("two refreshes at once download one after the other", async () => {
  await Promise.all([refresh(), refresh()]);
  assert.equal(asked.length, 5, "manifest, signature and file, then the first two alone");
});

test("a browser that starts again soon asks nobody", async () => {
  await refreshIfDue();
  assert.equal(asked.length, 3);
  await refreshIfDue();
  assert.equal(asked.length, 3);
});

test("a lost alarm is set again at the start", async () => {
  await refresh();
  alarms.clear();
  await refreshIfDue();
  assert.ok(alarms.has("refresh"));
});

test("the back-off doubles up to a day and honours the service's wish", () => {
  const minutes = (/** @type {number} */ n, /** @type {number} */ r) => backOff(n, r) / 60_000;
  assert.deepEqual([minutes(1, 0), minutes(2, 0), minutes(3, 0.5)], [15, 30, 90]);
  assert.equal(minutes(40, 1), 24 * 60);
  assert.equal(backOff(1, 0, 7200), 2 * HOUR);
  assert.equal(backOff(1, 0, 1e9), 24 * HOUR);
});

test("daily checks are spread over four hours", () => {
  assert.deepEqual([nextCheck(0), nextCheck(1)], [22 * HOUR, 26 * HOUR]);
});
