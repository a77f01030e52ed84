import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { beforeEach, test } from "node:test";
import { backOff, nextCheck, refresh, refreshIfDue } from "../lib/refresh.js";
import { sample } from "./sample.js";

const HOUR = 3_600_000;

/** @type {Map<string, any>} */
const stored = new Map();
/** @type {Map<string, number>} */
const alarms = new Map();
let asked = 0;
let up = true;

const local = {
  get: async (/** @type {string} */ key) => (stored.has(key) ? { [key]: structuredClone(stored.get(key)) } : {}),
  set: async (/** @type {object} */ items) => Object.entries(items).forEach(([key, value]) => stored.set(key, structuredClone(value))),
};
const clock = {
  create: async (/** @type {string} */ name, /** @type {{when: number}} */ { when }) => void alarms.set(name, when - Date.now()),
  get: async (/** @type {string} */ name) => (alarms.has(name) ? { name } : undefined),
  clear: async (/** @type {string} */ name) => alarms.delete(name),
};
const icons = { action: { setIcon: async () => {} }, tabs: { query: async () => [] }, permissions: { contains: async () => false } };
Object.assign(globalThis, { chrome: { storage: { local }, alarms: clock, ...icons } }); // as in Firefox: no declarativeContent
console.warn = () => {};

const BYTES = Buffer.from(JSON.stringify(sample()));
const sha256 = createHash("sha256").update(BYTES).digest("hex");
const MANIFEST = { version: 7, files: [{ role: "snapshot", url: "/s", size: BYTES.length, sha256 }] };

beforeEach(() => {
  stored.clear();
  alarms.clear();
  [asked, up] = [0, true];
  const fake = async (/** @type {string} */ url) => {
    asked += 1;
    if (!up) throw new TypeError("Failed to fetch");
    return new Response(url.endsWith("/v1/release") ? JSON.stringify(MANIFEST) : new Uint8Array(BYTES));
  };
  globalThis.fetch = /** @type {typeof fetch} */ (fake);
});

test("a refresh keeps the snapshot and comes back in a day", async () => {
  await refresh();
  assert.equal(stored.get("data").version, 7);
  assert.deepEqual({ ...stored.get("status"), checkedAt: null }, { checkedAt: null, error: null, failures: 0 });
  const next = alarms.get("refresh") ?? 0;
  assert.ok(next > 21.9 * HOUR && next < 26.1 * HOUR, String(next));
});

test("a failure keeps the last good copy, is noted, and comes back sooner", async () => {
  await refresh();
  const { checkedAt } = stored.get("status");
  up = false;
  await refresh();
  assert.equal(stored.get("data").version, 7);
  assert.deepEqual(stored.get("status"), { checkedAt, error: "unreachable", failures: 1 });
  const next = alarms.get("refresh") ?? 0;
  assert.ok(next > 0.24 * HOUR && next < 0.51 * HOUR, String(next));
  await refresh();
  assert.equal(stored.get("status").failures, 2);
  up = true;
  await refresh();
  assert.equal(stored.get("status").error, null);
});

test("two refreshes at once download one after the other", async () => {
  await Promise.all([refresh(), refresh()]);
  assert.equal(asked, 3, "manifest and file, then the manifest alone");
});

test("a browser that starts again soon asks nobody", async () => {
  await refreshIfDue();
  assert.equal(asked, 2);
  await refreshIfDue();
  assert.equal(asked, 2);
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
