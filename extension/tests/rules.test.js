import assert from "node:assert/strict";
import { test } from "node:test";
import { answerFor, entriesOf } from "../lib/answer.js";
import { badgeKey, badgeOf } from "../lib/badge.js";
import { parseHost } from "../lib/match.js";
import { planRules } from "../lib/rules.js";
import { sample } from "./sample.js";

const SNAPSHOT = sample();
const PLANS = planRules(SNAPSHOT, "v");

/** The icon that Chromium shows: of the rules that match, the one of the highest priority. @param {string} host */
function shown(host) {
  const matching = PLANS.filter(({ hosts }) =>
    hosts.some((condition) =>
      "hostEquals" in condition ? condition.hostEquals === host : `.${host}`.endsWith(condition.hostSuffix),
    ),
  );
  const [best] = matching.sort((a, b) => b.priority - a.priority);
  return best ? badgeKey(best.badge) : "plain:0";
}

test("the browser's icon is the popup's, for every name, the names below and the look-alikes", () => {
  for (const name of entriesOf(SNAPSHOT).keys()) {
    for (const host of [name, `www.${name}`, `a.b.${name}`, `not${name}`]) {
      const parsed = parseHost(host);
      assert.ok(parsed);
      const { state, ties } = answerFor(SNAPSHOT, parsed);
      assert.equal(shown(host), badgeKey(badgeOf(state, ties)), host);
    }
  }
});

test("no two rules of one priority speak about one name", () => {
  const seen = new Set();
  for (const { priority, hosts } of PLANS) {
    for (const host of hosts) {
      const key = `${priority} ${JSON.stringify(host)}`;
      assert.ok(!seen.has(key), key);
      seen.add(key);
    }
  }
});

test("a stop that hides nothing needs no rule; one below a company's name does", () => {
  const named = JSON.stringify(PLANS);
  assert.ok(!named.includes("host.io") && !named.includes("someone.gov") && !named.includes("co.uk"));
  assert.ok(named.includes(".sites.big.com"));
});

test("rule ids tell snapshots apart and repeat for the same one", () => {
  const ids = (/** @type {string} */ prefix) => planRules(SNAPSHOT, prefix).map((plan) => plan.id);
  assert.deepEqual(ids("a"), ids("a"));
  assert.ok(ids("b").every((id) => !ids("a").includes(id)));
  assert.equal(new Set(ids("a")).size, ids("a").length);
});

const record = { status: "active", evidence: "record", relation: "own" };
const single = { status: "unknown", evidence: "single_report", relation: "own" };
const above = { status: "active", evidence: "record", relation: "owner" };
const past = { status: "ended", evidence: "record", relation: "own" };

for (const [why, state, ties, expected] of /** @type {[string, string, any[], string][]} */ ([
  ["a record", "documented", [record, past], "documented:1"],
  ["a record beside a single report", "documented", [record, single], "documented:2"],
  ["single reports alone", "documented", [single, single], "single_report:2"],
  ["an owner's records make no record of a single report", "documented", [single, above], "single_report:2"],
  ["an owner's", "via_owner", [above, past], "via_owner:1"],
  ["an owner's single report", "via_owner", [{ ...above, evidence: "single_report" }], "via_owner_single:1"],
  ["ended", "ended", [past], "ended:0"],
  ["none found", "none_found", [], "none_found:0"],
  ["not researched", "not_researched", [], "plain:0"],
  ["not applicable", "not_applicable", [], "plain:0"],
])) {
  test(`badge: ${why}`, () => {
    assert.equal(badgeKey(badgeOf(state, ties)), expected);
  });
}
