// A small made-up snapshot, in the form that app/releases/snapshot.py writes.

/** @typedef {import("../lib/types.js").Row} Row */
/** @typedef {import("../lib/types.js").Snapshot} Snapshot */
/** @typedef {import("../lib/types.js").Table} Table */

const SOURCES = [{ url: "https://paper.example/story", publisher: "The Paper", type: "press" }];
const CHECKED = { verified_at: "2026-01-02", verified_by: "automated", claim_status: "published", sources: SOURCES };

/** Columns of these rows, null where a row says nothing. @param {string} columns @param {Row[]} rows @returns {Table} */
function table(columns, ...rows) {
  const names = columns.split(" ");
  return /** @type {Table} */ (Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)])));
}

/** @param {string} id @param {string} status @param {string} evidence */
function tie(id, status, evidence) {
  return {
    id, held_by: "big", agency: "us-ice", kind: "prime_contract", status, status_as_of: "2020", evidence, title: id,
    summary: id, ...CHECKED,
  };
}

/** @returns {Snapshot} */
export function sample() {
  return {
    format: 2,
    version: 7,
    published_at: "2026-11-01T00:00:00Z",
    names: ["big.com", "blog.big.com", "co.uk", "host.io", "old.com", "searched.com", "shop.blog.big.com", "sites.big.com", "small.com", "someone.gov"],
    targets: [0, -1, -2, -3, 1, 2, 3, -4, 3, -5],
    agencies: table(
      "id name short_name parent",
      { id: "us-ice", name: "Immigration and Customs Enforcement", short_name: "ICE", parent: "us-dhs" },
    ),
    companies: table(
      "id name state owner ties holders without notes research",
      { id: "big", name: "Big", state: "documented", ties: ["cloud", "rumour", "past"], notes: ["pitch"], research: [{ date: "2026-09", searched: [] }] },
      { id: "old", name: "Old", state: "ended", owner: "old-vanished", ties: ["alone"] },
      { id: "searched", name: "Searched", state: "none_found", owner: "searched-upper", research: [{ date: "2026-10", searched: [{ where: "USAspending", what: "Searched" }] }] },
      { id: "small", name: "Small", state: "via_owner", owner: "small-big", holders: ["big"], without: ["rumour"] },
      { id: "upper", name: "Upper", state: "none_found", owner: "upper-searched", research: [{ date: "2026-11", searched: [] }] },
    ),
    notes: table(
      "id company kind date text claim_status verified_at sources",
      { id: "pitch", company: "big", kind: "pitch", date: "2018-06", text: "A pitch.", ...CHECKED },
    ),
    ownership: table(
      "id company owner kind valid_from valid_to claim_status verified_at sources",
      { id: "old-vanished", company: "old", owner: "vanished", kind: "brand", ...CHECKED },
      { id: "searched-upper", company: "searched", owner: "upper", kind: "brand", ...CHECKED },
      { id: "small-big", company: "small", owner: "big", kind: "subsidiary", valid_from: "2015", ...CHECKED },
      { id: "upper-searched", company: "upper", owner: "searched", kind: "brand", ...CHECKED }, // a circle
    ),
    stops: table(
      "id kind apex children platform platform_id company",
      { id: "blog.big.com", kind: "hosted", apex: "company", children: "stop", platform: "Big Blogs", platform_id: "big-blogs", company: "big" },
      { id: "co.uk", kind: "suffix", apex: "stop", children: "stop" },
      { id: "host.io", kind: "hosted", apex: "stop", children: "stop", platform: "Host" },
      { id: "sites.big.com", kind: "hosted", apex: "stop", children: "stop", platform: "Big Sites", platform_id: "big-sites", company: "big" },
      { id: "someone.gov", kind: "government", apex: "stop", children: "stop" },
    ),
    ties: table(
      "id held_by agency kind via via_name status status_as_of evidence claim_status title summary valid_from valid_to " +
        "recipient uei cage amounts awards statements history verified_at verified_by reviewed_by sources",
      { ...tie("alone", "ended", "record"), held_by: "old", via: "vanished" },
      {
        ...tie("cloud", "active", "record"), awards: ["CONT_AWD_(1)_7012"], via: "small",
        amounts: [{ kind: "ceiling", value: "1.50", currency: "USD", as_of: "2020", source: 0 }],
        statements: [{ by: "small", date: "2020", quote: "Yes.", source: 0 }],
        history: [{ date: "2021", status: "corrected", note: "Mended." }],
      },
      { ...tie("past", "ended", "record"), via: "small", via_name: "Small by its old name" },
      tie("rumour", "active", "single_report"),
    ),
  };
}
