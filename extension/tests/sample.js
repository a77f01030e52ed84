// A small made-up snapshot, in the form that app/releases/snapshot.py writes.

/** @typedef {import("../lib/types.js").Snapshot} Snapshot */

const CHECKED = { verified_at: "2026-01-02", verified_by: "automated", claim_status: "published" };

/** @param {string} id @param {string} status @param {string} evidence */
function tie(id, status, evidence) {
  return {
    id, held_by: "big", held_by_name: "Big", agency: 0, kind: "prime_contract", status, status_as_of: "2020", evidence,
    title: id, summary: id, sources: [0], ...CHECKED,
  };
}

/** @returns {Snapshot} */
export function sample() {
  return {
    format: 1,
    version: 7,
    published_at: "2026-11-01T00:00:00Z",
    names: ["big.com", "blog.big.com", "co.uk", "host.io", "old.com", "searched.com", "shop.blog.big.com", "sites.big.com", "small.com", "someone.gov"],
    targets: [0, -1, -2, -3, 2, 3, 1, -4, 1, -5],
    stops: [
      { kind: "hosted", apex: "company", children: "stop", platform: "Big Blogs", platform_id: "big-blogs", company: 0 },
      { kind: "suffix", apex: "stop", children: "stop" },
      { kind: "hosted", apex: "stop", children: "stop", platform: "Host" },
      { kind: "hosted", apex: "stop", children: "stop", platform: "Big Sites", platform_id: "big-sites", company: 0 },
      { kind: "government", apex: "stop", children: "stop" },
    ],
    companies: [
      { id: "big", name: "Big", state: "documented", ties: [[0, "own"], [1, "own"], [2, "own"]], notes: [0] },
      { id: "small", name: "Small", state: "via_owner", ownership: [0], ties: [[0, "owner"], [2, "owner"]] },
      { id: "old", name: "Old", state: "ended", ties: [[2, "own"]] },
      { id: "searched", name: "Searched", state: "none_found", searched: [{ company: "searched", date: "2026-10", searched: [{ where: "USAspending", what: "Searched", url: null }] }] },
    ],
    ownership: [{ company: "small", company_name: "Small", owner: "big", owner_name: "Big", kind: "subsidiary", valid_from: "2015", sources: [0], ...CHECKED }],
    ties: [
      { ...tie("cloud", "active", "record"), awards: ["CONT_AWD_(1)_7012"] },
      tie("rumour", "active", "single_report"),
      tie("past", "ended", "record"),
    ],
    notes: [{ id: "pitch", company: "big", company_name: "Big", kind: "pitch", date: "2018-06", text: "A pitch.", sources: [0], ...CHECKED }],
    agencies: [{ id: "us-ice", name: "Immigration and Customs Enforcement", short_name: "ICE", parent: "us-dhs" }],
    sources: [{ url: "https://paper.example/story", publisher: "The Paper", type: "press" }],
  };
}
