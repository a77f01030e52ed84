import assert from "node:assert/strict";
import { test } from "node:test";
import { answerFor, awardUrl } from "../lib/answer.js";
import { parseHost } from "../lib/match.js";
import { agenciesOf, companyIds, companyState, countDomains, entriesOf, isSnapshot, tiesOf } from "../lib/snapshot.js";
import { sample } from "./sample.js";

const SNAPSHOT = sample();

/** @param {string} host */
function answer(host) {
  const parsed = parseHost(host);
  assert.ok(parsed);
  return answerFor(SNAPSHOT, parsed);
}

test("a company's answer is whole, with nulls and empty lists put back", () => {
  const { ties, notes: _, ...rest } = answer("www.small.com");
  assert.deepEqual(rest, {
    query: "www.small.com", domain: "small.com", state: "via_owner", reason: null, host: null,
    company: { id: "small", name: "Small", url: "/companies/small" },
    ownership: [
      {
        company: "small", company_name: "Small", owner: "big", owner_name: "Big", kind: "subsidiary", valid_from: "2015", valid_to: null,
        claim_status: "published", verified_at: "2026-01-02",
        sources: [
          {
            url: "https://paper.example/story", publisher: "The Paper", type: "press", title: null, published_at: null,
            retrieved_at: null, archive_url: null, quote: null, locator: null, dataset: null,
          },
        ],
      },
    ],
    summary: "", searched: [], release: { version: 7, published_at: "2026-11-01T00:00:00Z" },
  });
  assert.deepEqual(ties.map((tie) => [tie.id, tie.relation, tie.agency.parent]), [["cloud", "owner", "us-dhs"], ["past", "owner", "us-dhs"]]);
  assert.deepEqual(ties[0], {
    id: "cloud", held_by: "big", held_by_name: "Big", relation: "owner",
    agency: { id: "us-ice", name: "Immigration and Customs Enforcement", short_name: "ICE", parent: "us-dhs" },
    kind: "prime_contract", via: "small", via_name: "Small", status: "active", status_as_of: "2020", evidence: "record",
    claim_status: "published", title: "cloud", summary: "cloud", valid_from: null, valid_to: null, recipient: null, uei: null,
    cage: null, amounts: [{ kind: "ceiling", value: "1.50", currency: "USD", as_of: "2020", source: 0 }],
    awards: [{ key: "CONT_AWD_(1)_7012", url: "https://www.usaspending.gov/award/CONT_AWD_%281%29_7012/" }],
    statements: [{ by: "small", by_name: "Small", date: "2020", quote: "Yes.", source: 0 }],
    history: [{ date: "2021", status: "corrected", note: "Mended." }], verified_at: "2026-01-02", verified_by: "automated",
    reviewed_by: null, sources: rest.ownership[0]?.sources,
  });
  assert.deepEqual([ties[1]?.amounts, ties[1]?.via_name], [[], "Small by its old name"]);
});

test("the badge reads of a tie what the answer says of it", () => {
  for (const id of companyIds(SNAPSHOT)) {
    const name = SNAPSHOT.names.find((each) => entriesOf(SNAPSHOT).get(each)?.company === id);
    if (name === undefined) continue;
    const { state, ties } = answer(name);
    assert.equal(companyState(SNAPSHOT, id), state);
    const seen = ties.map(({ relation, status, evidence, agency, kind, claim_status }) => {
      return { relation, status, evidence, agency: agency.id, kind, claim_status };
    });
    assert.deepEqual(tiesOf(SNAPSHOT, id), seen);
  }
  assert.deepEqual(tiesOf(SNAPSHOT, "small").map(({ relation }) => relation), ["owner", "owner"]);
});

test("a subsidiary's ties are shown as its", () => {
  const snapshot = sample();
  snapshot.companies.holders = [["old"], null, null, null, null];
  assert.deepEqual(tiesOf(snapshot, "big").map(({ relation }) => relation), ["own", "own", "own", "subsidiary"]);
});

test("an owner without a row is named by its id, and so is a seller", () => {
  const { ownership, ties } = answer("old.com");
  assert.deepEqual(ownership.map((hop) => [hop.owner, hop.owner_name]), [["vanished", "vanished"]]);
  assert.deepEqual([ties[0]?.via, ties[0]?.via_name], ["vanished", "vanished"]);
});

test("a chain that comes back to itself ends, and what was searched is told for all of it", () => {
  const { ownership, searched, notes } = answer("searched.com");
  assert.deepEqual(ownership.map((hop) => hop.owner), ["upper"]);
  assert.deepEqual(searched, [
    { company: "searched", date: "2026-10", searched: [{ where: "USAspending", what: "Searched", url: null }] },
    { company: "upper", date: "2026-11", searched: [] },
  ]);
  assert.deepEqual(notes, []);
});

test("so does one that comes back to an owner", () => {
  const snapshot = sample();
  snapshot.ownership.owner = ["searched", "upper", "big", "searched"];
  const parsed = parseHost("old.com");
  assert.ok(parsed);
  assert.deepEqual(answerFor(snapshot, parsed).ownership.map((hop) => hop.owner), ["searched", "upper"]);
});

test("an owner's notes are told too, but not what was searched where something was found", () => {
  assert.deepEqual(answer("small.com").notes.map((note) => [note.id, note.company, note.company_name]), [["pitch", "big", "Big"]]);
  assert.deepEqual(answer("big.com").searched, []);
});

test("the sample is a snapshot; agencies are rows", () => {
  assert.ok(isSnapshot(SNAPSHOT));
  assert.equal(countDomains(SNAPSHOT), 5);
  assert.deepEqual(agenciesOf(SNAPSHOT).map((agency) => [agency.id, agency.parent]), [["us-ice", "us-dhs"]]);
});

test("names are found by halving as they are by looking through", () => {
  for (const count of [0, 1, 2, 3, 8, 33]) {
    const names = Array.from({ length: count }, (_, at) => `n${String(at).padStart(2, "0")}.com`);
    const entries = entriesOf({ ...SNAPSHOT, names, targets: names.map(() => 0) });
    assert.deepEqual([...entries.keys()].map((name) => entries.get(name)?.name), names);
    assert.deepEqual([...entries.values()].map((entry) => entry.name), names);
    for (const other of ["a.com", "n00", "n00.con", "n05.coma", "z.com", ""]) assert.equal(entries.get(other), undefined, other);
  }
});

for (const [host, expected] of /** @type {[string, any][]} */ ([
  ["big.com", ["documented", null, "big.com", "big"]],
  ["BIG.com.", ["documented", null, "big.com", "big"]],
  ["a.b.big.com", ["documented", null, "big.com", "big"]],
  ["notbig.com", ["not_researched", null, null, undefined]],
  ["blog.big.com", ["documented", null, "blog.big.com", "big"]],
  ["someone.blog.big.com", ["not_applicable", "hosted", "blog.big.com", undefined]],
  ["shop.blog.big.com", ["via_owner", null, "shop.blog.big.com", "small"]],
  ["sites.big.com", ["not_applicable", "hosted", "sites.big.com", undefined]],
  ["host.io", ["not_applicable", "hosted", "host.io", undefined]],
  ["co.uk", ["not_applicable", "suffix", "co.uk", undefined]],
  ["foo.co.uk", ["not_researched", null, null, undefined]],
  ["www.someone.gov", ["not_applicable", "government", "someone.gov", undefined]],
  ["localhost", ["not_applicable", "local", null, undefined]],
  ["127.1", ["not_applicable", "address", null, undefined]],
])) {
  test(`${host} is ${expected[0]}`, () => {
    const { state, reason, domain, company, ties } = answer(host);
    assert.deepEqual([state, reason, domain, company?.id], expected);
    if (!company) assert.deepEqual(ties, []);
  });
}

test("hosted content names the platform and no company", () => {
  assert.deepEqual(answer("x.sites.big.com").host, { id: "big-sites", name: "Big Sites" });
  assert.deepEqual(answer("x.host.io").host, { id: "host.io", name: "Host" });
});

test("award addresses are encoded as the service encodes them", () => {
  assert.equal(awardUrl("A/B c'!*é"), "https://www.usaspending.gov/award/A%2FB%20c%27%21%2A%C3%A9/");
});
