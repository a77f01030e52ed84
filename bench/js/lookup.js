// node --expose-gc bench/js/lookup.js SNAPSHOT DELTA HOSTS: what the extension's reader takes in Node, as JSON.
// HOSTS holds a list of hosts, the first of which has ties. Milliseconds of a core, but for
// answers: microseconds. What else runs on the machine does not count.

import { readFileSync } from "node:fs";
import { answerFor } from "../../extension/lib/answer.js";
import { applyDelta, snapshotBytes } from "../../extension/lib/delta.js";
import { match, parseHost } from "../../extension/lib/match.js";
import { entriesOf, isSnapshot } from "../../extension/lib/snapshot.js";

const [snapshotPath = "", deltaPath = "", hostsPath = ""] = process.argv.slice(2);
const WARM = 2;
const TURNS = 5;
const SCANNED = 200;
const REDUCTIONS = 3;

/** @template T @param {() => T} work @returns {[T, number]} */
function timed(work) {
  const start = process.cpuUsage();
  const result = work();
  const { user, system } = process.cpuUsage(start);
  return [result, (user + system) / 1000];
}

/** @param {string} path */
function read(path) {
  const text = readFileSync(path, "utf-8");
  return timed(() => JSON.parse(text));
}

function heap() {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** Microseconds of one call. @param {string[]} hosts @param {(host: string) => unknown} work @param {number} [times] */
function each(hosts, work, times = 1) {
  const [, spent] = timed(() => {
    for (let turn = 0; turn < times; turn += 1) hosts.forEach((host) => work(host));
  });
  return (spent * 1000) / (hosts.length * times);
}

/** @type {string[]} */
const hosts = JSON.parse(readFileSync(hostsPath, "utf-8"));
const before = heap();
const [snapshot, parse] = read(snapshotPath);
const used = heap() - before;
const parsed = (/** @type {string} */ host) => /** @type {import("../../extension/lib/match.js").Host} */ (parseHost(host));
const answer = (/** @type {string} */ host) => answerFor(snapshot, parsed(host));
const lookup = (/** @type {string} */ host) => match(parsed(host).name, entriesOf(snapshot));

const [, first] = timed(() => answer(hosts[0] ?? ""));
const [whole, check] = timed(() => isSnapshot(snapshot));
if (!whole) throw new Error("this is no snapshot");
each(hosts, answer, WARM);
const later = each(hosts, answer, TURNS);
each(hosts, lookup, WARM);
const ours = each(hosts, lookup, TURNS);

// What ToS;DR's extension does: an array with an object an entry, whose addresses stand in one text with commas
// between them; it is gone through for the host, then for the host without its first label, and so on.
/** @type {{id: number, url: string, rating: string}[]} */
const array = snapshot.names.map((/** @type {string} */ url, /** @type {number} */ id) => ({ id, url, rating: "B" }));

/** @param {(entry: {url: string}, name: string) => boolean} is @returns {(host: string) => unknown} */
function scan(is) {
  return (host) => {
    let name = host.replace(/^www\./, "");
    for (let tries = 0; tries <= REDUCTIONS; tries += 1) {
      const found = array.find((entry) => is(entry, name));
      const labels = name.split(".");
      if (found || labels.length <= 2) return found ?? null;
      name = labels.slice(1).join(".");
    }
    return null;
  };
}

const theirs = scan((entry, name) => entry.url.split(",").includes(name));
const plain = scan((entry, name) => entry.url === name);
const few = hosts.slice(0, SCANNED);
for (const host of few) {
  if ((lookup(host)?.entry.name ?? null) !== (/** @type {any} */ (plain(host))?.url ?? null)) throw new Error(`${host}: they differ`);
}
each(few.slice(0, 20), theirs);

const [delta, deltaParse] = read(deltaPath);
const [next, apply] = timed(() => applyDelta(snapshot, delta));
const [bytes, write] = timed(() => snapshotBytes(next));

const result = {
  parse, check, first, heap: used, later, ours, theirs: each(few, theirs), plain: each(few, plain), delta: deltaParse + apply,
  write, bytes: bytes.byteLength,
};
process.stdout.write(JSON.stringify(result));
