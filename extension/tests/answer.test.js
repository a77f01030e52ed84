import assert from "node:assert/strict";
import { test } from "node:test";
import { answerFor, awardUrl } from "../lib/answer.js";
import { parseHost } from "../lib/match.js";
import { sample } from "./sample.js";

const SNAPSHOT = sample();

/** @param {string} host */
function answer(host) {
  const parsed = parseHost(host);
  assert.ok(parsed);
  return answerFor(SNAPSHOT, parsed);
}

test("a company's answer is whole, with nulls and empty lists put back", () => {
  const { ties, ...rest } = answer("www.small.com");
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
    summary: "", notes: [], searched: [], release: { version: 7, published_at: "2026-11-01T00:00:00Z" },
  });
  assert.deepEqual(ties.map((tie) => [tie.id, tie.relation, tie.agency.parent]), [["cloud", "owner", "us-dhs"], ["past", "owner", "us-dhs"]]);
  assert.deepEqual(ties[0]?.awards, [{ key: "CONT_AWD_(1)_7012", url: "https://www.usaspending.gov/award/CONT_AWD_%281%29_7012/" }]);
  assert.deepEqual(ties[1]?.amounts, []);
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
