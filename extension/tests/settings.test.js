import assert from "node:assert/strict";
import { test } from "node:test";
import { answerFor } from "../lib/answer.js";
import { badgeKey } from "../lib/badge.js";
import { parseHost } from "../lib/match.js";
import { EVERYTHING, parentsOf, readSettings, toggled, wanted } from "../lib/settings.js";
import { isExpired, pageBadge, shownOf } from "../lib/shown.js";
import { agenciesOf } from "../lib/snapshot.js";
import { sample } from "./sample.js";

const SNAPSHOT = sample();
const PARENTS = parentsOf([
  { id: "us-dhs" }, { id: "us-ice", parent: "us-dhs" }, { id: "us-dod" }, { id: "a", parent: "b" }, { id: "b", parent: "a" },
]);

/** @param {string} host @param {Partial<import("../lib/settings.js").Settings>} [choice] */
function shown(host, choice = {}) {
  const parsed = parseHost(host);
  assert.ok(parsed);
  return shownOf(answerFor(SNAPSHOT, parsed), { ...EVERYTHING, ...choice }, agenciesOf(SNAPSHOT));
}

for (const [why, agencies, kinds, kind, agency, expected] of /** @type {[string, string[] | null, string[] | null, string, string, boolean][]} */ ([
  ["everything by default", null, null, "grant", "us-ice", true],
  ["a chosen agency", ["us-ice"], null, "grant", "us-ice", true],
  ["another agency", ["us-ice"], null, "grant", "us-dod", false],
  ["a department stands for its agencies", ["us-dhs"], null, "grant", "us-ice", true],
  ["an agency does not stand for its department", ["us-ice"], null, "grant", "us-dhs", false],
  ["an agency that the release does not list", ["us-dhs"], null, "grant", "us-new", false],
  ["a circle of agencies ends", ["us-dhs"], null, "grant", "a", false],
  ["nothing chosen is nothing wanted", [], null, "grant", "us-ice", false],
  ["a chosen kind", null, ["grant"], "grant", "us-ice", true],
  ["another kind", null, ["grant"], "reseller", "us-ice", false],
  ["both must fit", ["us-ice"], ["grant"], "grant", "us-dod", false],
])) {
  test(`wanted: ${why}`, () => {
    assert.equal(wanted({ agencies, kinds, sites: [] }, PARENTS)(kind, agency), expected);
  });
}

for (const [why, stored] of /** @type {[string, any][]} */ ([
  ["nothing", undefined], ["a text", "x"], ["another shape", { agencies: "us-ice", kinds: [1], sites: {} }], ["null", null],
])) {
  test(`settings that cannot be read count as never set: ${why}`, () => {
    assert.deepEqual(readSettings(stored), EVERYTHING);
  });
}

test("settings are read back as they were", () => {
  const settings = { agencies: ["us-ice"], kinds: [], sites: ["a.com"] };
  assert.deepEqual(readSettings(structuredClone(settings)), settings);
});

test("a value goes in once, in order, and out", () => {
  assert.deepEqual(toggled(["b"], "a", true), ["a", "b"]);
  assert.deepEqual(toggled(["a", "b"], "a", true), ["a", "b"]);
  assert.deepEqual(toggled(["a", "b"], "a", false), ["b"]);
});

test("a filter that leaves nothing is hidden, never none and never ended", () => {
  const { face, badge, hidden, answer } = shown("big.com", { kinds: ["grant"] });
  assert.deepEqual([face, badgeKey(badge), hidden, answer.ties], ["hidden", "hidden:0", 3, []]);
});

test("a hidden site says nothing, and an unknown site on the list has nothing to hide", () => {
  const { face, siteHidden, hidden, answer } = shown("www.big.com", { sites: ["big.com"] });
  assert.deepEqual([face, siteHidden, hidden, answer.ties], ["hidden", true, 3, []]);
  assert.equal(shown("unknown.com", { sites: ["unknown.com"] }).face, "not_researched");
  assert.equal(shown("x.sites.big.com", { sites: ["sites.big.com"] }).face, "hosted");
});

test("none found stays none found whatever is filtered: it never had a tie", () => {
  assert.equal(shown("searched.com", { agencies: [], kinds: [] }).face, "none_found");
});

test("what is left makes the state", () => {
  const other = structuredClone(SNAPSHOT);
  for (const [column, value] of Object.entries({ id: "us-va", name: "Veterans Affairs", short_name: "VA", parent: null })) {
    other.agencies[column].push(value);
  }
  for (const id of ["cloud", "rumour"]) other.ties.agency[other.ties.id.indexOf(id)] = "us-va";
  const parsed = parseHost("big.com");
  assert.ok(parsed);
  const seen = (/** @type {string} */ agency) => shownOf(answerFor(other, parsed), { ...EVERYTHING, agencies: [agency] }, agenciesOf(other));
  assert.deepEqual([seen("us-va").face, seen("us-va").badge.count, seen("us-va").hidden], ["documented", 2, 1]);
  assert.deepEqual([seen("us-ice").face, seen("us-ice").badge.count, seen("us-ice").hidden], ["ended", 0, 2]);
});

const NOW = Date.parse("2026-11-25T12:00:00Z");

test("data expires at its moment, and unreadable times count as past", () => {
  assert.equal(isExpired({}, NOW), false);
  assert.equal(isExpired({ expiresAt: "2026-11-25T12:00:01Z" }, NOW), false);
  assert.equal(isExpired({ expiresAt: "2026-11-25T12:00:00Z" }, NOW), true);
  assert.equal(isExpired({ expiresAt: "whenever" }, NOW), true);
});

test("the icon of a page", () => {
  const data = { snapshot: SNAPSHOT, expiresAt: "2026-11-26T00:00:00Z" };
  const icon = (/** @type {any} */ given, /** @type {string} */ url, now = NOW) => badgeKey(pageBadge(given, EVERYTHING, url, now));
  assert.equal(icon(data, "https://www.big.com/x"), "documented:2");
  assert.equal(icon(data, "https://unknown.com/"), "plain:0");
  assert.equal(icon(data, "about:blank"), "plain:0");
  assert.equal(icon(null, "https://www.big.com/"), "plain:0");
  assert.equal(icon(data, "https://www.big.com/", NOW + 86_400_000), "out_of_date:0");
  assert.equal(icon(data, "https://unknown.com/", NOW + 86_400_000), "out_of_date:0");
});
