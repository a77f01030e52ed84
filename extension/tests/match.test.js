// The twin of tests/domains/test_names.py and test_match.py: the same vectors, run by the extension's own code.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { match, parseHost, parseQuery, parseTab, parseUrl } from "../lib/match.js";

/** @typedef {import("../lib/match.js").Entry} Entry */
/** @typedef {{fn: "host" | "url" | "query", input: string, name?: string, reason?: string | null, error?: true}} HostRow */
/** @typedef {{host: string, domain: string | null, action: string | null, company: string | null, platform: string | null}} MatchRow */

/** @param {string} name @returns {any} */
const vectors = (name) => JSON.parse(readFileSync(new URL(`../../tests/vectors/${name}`, import.meta.url), "utf8"));

/** @type {HostRow[]} */
const hosts = vectors("hosts.json");
/** @type {{index: Entry[], rows: MatchRow[]}} */
const matches = vectors("matches.json");
const index = new Map(matches.index.map((entry) => [entry.name, entry]));
const parsers = { host: parseHost, url: parseUrl, query: parseQuery };

test("every vector of hosts.json", async (t) => {
  assert.ok(hosts.length >= 320);
  for (const { fn, input, name, reason, error } of hosts) {
    await t.test(`${fn} ${JSON.stringify(input).slice(0, 60)}`, () => {
      assert.deepEqual(parsers[fn](input), error ? null : { name, reason });
    });
  }
});

test("every vector of matches.json", async (t) => {
  assert.ok(matches.rows.length >= 40);
  for (const { host, domain, action, company, platform } of matches.rows) {
    await t.test(host || "(empty)", () => {
      const found = match(host, index);
      assert.equal(found?.entry.name ?? null, domain);
      assert.equal(found?.action ?? null, action);
      assert.equal(found?.action === "company" ? found.entry.company : null, company);
      assert.equal(found?.action === "stop" ? found.entry.platform : null, platform);
    });
  }
});

test("a canonical name is read as itself", () => {
  for (const { name, reason, error } of hosts) {
    if (!error && name !== undefined) assert.deepEqual(parseHost(name), { name, reason });
  }
});

test("half a surrogate pair is no host, and does no harm in a path", () => {
  assert.equal(parseHost("exam\ud800ple.com"), null);
  assert.equal(parseQuery("\udfff"), null);
  assert.deepEqual(parseUrl("https://example.com/\ud800"), { name: "example.com", reason: null });
});

test("a tab's address may be as long as the browser lets it be", () => {
  const long = `https://user@www.example.com:8443/${"x".repeat(100_000)}`;
  assert.equal(parseUrl(long), null);
  assert.deepEqual(parseTab(long), { name: "www.example.com", reason: null });
  assert.deepEqual(parseTab("http://[::1]:3000/"), { name: "[::1]", reason: "address" });
  for (const url of ["", "about:blank", "chrome://settings/", "file:///etc/passwd", "blob:https://example.com/x", "data:,x"]) {
    assert.equal(parseTab(url), null, url);
  }
});
