import assert from "node:assert/strict";
import { test } from "node:test";
import { answerFor } from "../lib/answer.js";
import { badgeKey, badgeOf } from "../lib/badge.js";
import { parseHost } from "../lib/match.js";
import { labelNotIn } from "../lib/patterns.js";
import { planOutOfDate, planRules } from "../lib/rules.js";
import { EVERYTHING } from "../lib/settings.js";
import { shownOf } from "../lib/shown.js";
import { agenciesOf, entriesOf } from "../lib/snapshot.js";
import { sample } from "./sample.js";

const SNAPSHOT = sample();
const PLANS = planRules(SNAPSHOT, "v");

/** @param {import("../lib/rules.js").Condition} condition @param {string} host */
function matches(condition, host) {
  if ("hostEquals" in condition) return condition.hostEquals === host;
  if ("hostSuffix" in condition) return `.${host}`.endsWith(condition.hostSuffix);
  if ("schemes" in condition) return true;
  const pattern = new RegExp(condition.originAndPathMatches);
  const found = ["http://HOST/", "https://HOST/a/b", "http://HOST:8080/"].map((url) => pattern.test(url.replace("HOST", host)));
  assert.equal(new Set(found).size, 1, `${host}: the rest of the address matters`);
  return found[0] === true;
}

/** The icon that the browser shows: that of the one rule that matches. @param {string} host @param {import("../lib/rules.js").Plan[]} plans */
function shown(host, plans = PLANS) {
  const matching = plans.filter(({ conditions }) => conditions.some((condition) => matches(condition, host)));
  assert.ok(matching.length < 2, `${host}: ${matching.map((plan) => plan.id)}`);
  return matching[0] ? badgeKey(matching[0].badge) : "plain:0";
}

/** Names, names below them, and names that look alike. @param {string} name */
function around(name) {
  const [label = "", ...rest] = name.split(".");
  const alike = [label.slice(1), label.slice(0, -1), `${label}x`, `x${label}`, `${label}-`, `-${label}`].filter(Boolean);
  return [
    name, `www.${name}`, `a.b.${name}`, `com.${name}`, `${name}.${name}`, `${name}.evil.net`,
    ...alike.flatMap((other) => [[other, ...rest].join("."), ["a", other, ...rest].join(".")]),
  ];
}

test("the browser's icon is the popup's, for every name, the names below and the look-alikes", () => {
  for (const host of [...entriesOf(SNAPSHOT).keys()].flatMap(around)) {
    const parsed = parseHost(host);
    assert.ok(parsed, host);
    const { state, ties } = answerFor(SNAPSHOT, parsed);
    assert.equal(shown(host), badgeKey(badgeOf(state, ties)), host);
  }
});

/** @type {[string, Partial<import("../lib/settings.js").Settings>][]} */
const CHOICES = [
  ["one agency", { agencies: ["us-ice"] }],
  ["no agency", { agencies: [] }],
  ["an agency that has nothing here", { agencies: ["us-nasa"] }],
  ["one kind", { kinds: ["prime_contract"] }],
  ["another kind", { kinds: ["grant"] }],
  ["a hidden site", { sites: ["big.com"] }],
  ["a hidden site with others below and beside it", { sites: ["shop.blog.big.com", "small.com", "sites.big.com", "unknown.com"] }],
];

for (const [why, choice] of CHOICES) {
  test(`under settings too the browser's icon is the popup's: ${why}`, () => {
    const settings = { ...EVERYTHING, ...choice };
    const plans = planRules(SNAPSHOT, "v", settings);
    for (const host of [...entriesOf(SNAPSHOT).keys()].flatMap(around)) {
      const parsed = parseHost(host);
      assert.ok(parsed, host);
      const { badge } = shownOf(answerFor(SNAPSHOT, parsed), settings, agenciesOf(SNAPSHOT));
      assert.equal(shown(host, plans), badgeKey(badge), host);
    }
  });
}

test("settings change icons: a hidden site is hidden below its name too, and the rest stays as it is", () => {
  const plans = planRules(SNAPSHOT, "v", { ...EVERYTHING, sites: ["big.com"] });
  assert.equal(shown("big.com", plans), "hidden:0");
  assert.equal(shown("www.big.com", plans), "hidden:0");
  assert.equal(shown("small.com", plans), "via_owner:1");
  assert.equal(shown("big.com"), "documented:2");
  assert.equal(shown("big.com", planRules(SNAPSHOT, "v", { ...EVERYTHING, kinds: ["grant"] })), "hidden:0");
});

test("past the expiry one rule makes every page grey", () => {
  for (const host of ["big.com", "unknown.com", "127.0.0.1"]) assert.equal(shown(host, planOutOfDate("v")), "out_of_date:0");
});

test("a name without others below it needs no pattern, a stop no rule", () => {
  const conditions = PLANS.flatMap((plan) => plan.conditions);
  assert.ok(conditions.some((condition) => "hostSuffix" in condition && condition.hostSuffix === ".small.com"));
  assert.ok(!JSON.stringify(conditions).match(/host\.io|someone\.gov|co\.uk/));
});

test("a label that is not one of these", () => {
  const words = ["ab", "abc", "b", "a-b", "-x", "sites"];
  const pattern = new RegExp(`^${labelNotIn(words)}$`);
  for (const word of words) assert.ok(!pattern.test(word), word);
  for (const word of ["a", "abcd", "ac", "bb", "-", "a-", "a-bc", "site", "sitess", "x", "0", "_"]) assert.ok(pattern.test(word), word);
  for (const word of ["", "a.b", "a/b", "a:1"]) assert.ok(!pattern.test(word), word);
  assert.ok(new RegExp(`^${labelNotIn([])}$`).test("anything"));
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
