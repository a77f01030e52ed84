import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { download } from "../lib/download.js";
import { sample } from "./sample.js";
import { BACKEND, endless, file, hash, KEY, moment, next, release, serve, signed } from "./service.js";

const realFetch = globalThis.fetch;
const SNAPSHOT = sample();
const TEXT = JSON.stringify(SNAPSHOT);
const WHOLE = "/v1/releases/7/snapshot.json";
const { later, delta } = next(SNAPSHOT);
console.warn = () => {};

/** @param {object} [members] @returns {import("../lib/store.js").Kept} */
function kept(members) {
  const issuedAt = moment(-1);
  return {
    key: KEY, version: 7, sha256: hash(TEXT), publishedAt: SNAPSHOT.published_at, issuedAt, newestIssuedAt: issuedAt,
    expiresAt: moment(6), domains: 5, snapshot: sample(), ...members,
  };
}

/** @param {ReturnType<typeof kept> | null} copy */
const run = (copy) => download(BACKEND, [KEY], copy);

/** @param {[string, RequestInit][]} asked */
const paths = (asked) => asked.map(([path]) => path);

/** @param {string} code @param {ReturnType<typeof kept> | null} [copy] */
async function refused(code, copy = null) {
  await assert.rejects(run(copy), (/** @type {any} */ error) => error.code === code);
}

afterEach(() => {
  globalThis.fetch = realFetch;
});

test("a good release is taken, byte by byte; nothing is sent along", async () => {
  const asked = serve(release(SNAPSHOT));
  const { facts, bytes } = await run(null);
  assert.equal(new TextDecoder().decode(bytes ?? undefined), TEXT);
  const { issuedAt, expiresAt, ...rest } = facts;
  assert.deepEqual(rest, { key: KEY, version: 7, sha256: hash(TEXT), publishedAt: SNAPSHOT.published_at, newestIssuedAt: issuedAt, domains: 5 });
  assert.ok(expiresAt > issuedAt);
  assert.deepEqual(paths(asked), ["/v1/release", "/v1/release.sig", WHOLE]);
  for (const [, { cache, credentials, referrerPolicy, redirect, headers, method, body }] of asked) {
    assert.deepEqual([cache, credentials, referrerPolicy, redirect], ["no-cache", "omit", "no-referrer", "error"]);
    assert.deepEqual([headers, method, body], [undefined, undefined, undefined]);
  }
});

test("of the kept release only the times are taken", async () => {
  const asked = serve(release(SNAPSHOT));
  const { facts, bytes } = await run(kept());
  assert.equal(bytes, null);
  assert.ok(facts.expiresAt > kept().expiresAt);
  assert.equal(facts.newestIssuedAt, facts.issuedAt);
  assert.deepEqual(paths(asked), ["/v1/release", "/v1/release.sig"]);
});

test("a newer release comes as a delta, and is what the service has", async () => {
  const asked = serve(release(later, delta));
  const { facts, bytes } = await run(kept());
  assert.equal(new TextDecoder().decode(bytes ?? undefined), JSON.stringify(later));
  assert.equal(facts.version, 8);
  assert.deepEqual(paths(asked), ["/v1/release", "/v1/release.sig", "/v1/releases/8/from-7.json"]);
});

test("the latest time ever believed is kept, also where a newer release is issued earlier", async () => {
  const [issuedAt, newestIssuedAt] = [moment(-0.5), moment(-0.25)];
  serve(release(later, delta, { issued_at: issuedAt }));
  const { facts } = await run(kept({ newestIssuedAt }));
  assert.deepEqual([facts.issuedAt, facts.newestIssuedAt], [issuedAt, newestIssuedAt]);
});

/** Replies in the delta's place. @type {[string, () => import("./service.js").Reply][]} */
const BAD_DELTAS = [
  ["is not there", () => new Response("", { status: 404 })],
  ["is gone with a retraction", () => new Response("", { status: 410 })],
  ["cannot be reached", () => new TypeError("Failed to fetch")],
  ["is cut", () => JSON.stringify(delta).slice(0, -1)],
  ["never ends", () => endless().body],
  ["has a bit flipped", () => JSON.stringify(delta).replace("2", "3")],
];

for (const [why, reply] of BAD_DELTAS) {
  test(`where the delta ${why}, the whole is taken in the same run`, async () => {
    const asked = serve({ ...release(later, delta), "/v1/releases/8/from-7.json": reply() });
    const { bytes } = await run(kept());
    assert.equal(new TextDecoder().decode(bytes ?? undefined), JSON.stringify(later));
    assert.equal(paths(asked).at(-1), "/v1/releases/8/snapshot.json");
  });
}

for (const [why, wrong] of /** @type {[string, object][]} */ ([
  ["leads to another result", { ...delta, published_at: "2026-11-01T00:00:01Z" }],
  ["has unknown columns", { ...delta, stops: { drop: [], put: { ...delta, colour: [] } } }],
  ["is of another format", { ...delta, format: 3 }],
  ["drops what names point at", { ...delta, .../** @type {object} */ ({ companies: { .../** @type {any} */ (delta).companies, drop: ["big"] } }) }],
])) {
  test(`where a signed delta ${why}, the whole is taken in the same run`, async () => {
    const asked = serve(release(later, wrong));
    const { bytes } = await run(kept());
    assert.equal(new TextDecoder().decode(bytes ?? undefined), JSON.stringify(later));
    assert.equal(asked.length, 4);
  });
}

test("a kept copy from before the last deltas takes the whole, and so does one that was tampered with", async () => {
  const asked = serve(release(later, delta));
  await run(kept({ version: 6 }));
  assert.equal(paths(asked).at(-1), "/v1/releases/8/snapshot.json");
  const tampered = sample();
  tampered.companies.name = tampered.companies.name?.map(() => "Somebody else") ?? [];
  const { bytes } = await run(kept({ snapshot: tampered }));
  assert.equal(new TextDecoder().decode(bytes ?? undefined), JSON.stringify(later));
});

test("a delta that is larger than the whole is left alone", async () => {
  const asked = serve(release(later, { ...delta, pad: "x".repeat(TEXT.length) }));
  await run(kept());
  assert.equal(paths(asked).at(-1), "/v1/releases/8/snapshot.json");
});

test("manifest and signature of two releases: the pair is asked for once more", async () => {
  const [first, second] = [release(SNAPSHOT), release(later)];
  const pairs = { ...first, ...second };
  const asked = serve({
    ...pairs,
    "/v1/release": [first["/v1/release"] ?? "", second["/v1/release"] ?? ""],
    "/v1/release.sig": [second["/v1/release.sig"] ?? "", second["/v1/release.sig"] ?? ""],
  });
  assert.equal((await run(null)).facts.version, 8);
  assert.equal(asked.length, 5);
});

test("a wrong signature is asked for twice, not for ever, and no file with it", async () => {
  const asked = serve({ ...release(SNAPSHOT), "/v1/release.sig": signed("something else") });
  await refused("signature");
  assert.equal(asked.length, 4);
});

test("no other fault is asked for twice", async () => {
  const asked = serve(release(SNAPSHOT, null, { expires_at: moment(-1) }));
  await refused("expired");
  assert.equal(asked.length, 2);
});

test("files of two releases do not mix", async () => {
  serve({ ...release(later), "/v1/releases/8/snapshot.json": TEXT.replace('"version":7', '"version":9') });
  await refused("hash");
  serve({ ...release(later), "/v1/releases/8/snapshot.json": TEXT + " " });
  await refused("size");
});

test("files of another release under the right names are refused", async () => {
  serve(release(SNAPSHOT, null, { version: 9 }));
  await refused("format", kept());
});

test("a release with far fewer names is refused, unless it says so", async () => {
  serve(release(later));
  await refused("shrunk", kept({ domains: 7 }));
  serve(release(later, null, { shrunk: 8 }));
  assert.equal((await run(kept({ domains: 7 }))).facts.domains, 5);
  const asked = serve(release(later, delta));
  await refused("shrunk", kept({ domains: 7 }));
  assert.equal(asked.length, 2, "the manifest says so: no file is asked for");
});

for (const path of ["/v1/release", "/v1/release.sig", WHOLE]) {
  test(`${path}: a body that never ends is hung up on`, async () => {
    const { body, state } = endless();
    serve({ ...release(SNAPSHOT), [path]: body });
    await refused("size");
    assert.ok(state.hungUp);
    assert.ok(state.sent < 5, `${state.sent} pieces of 64 KiB were taken`);
  });

  test(`${path}: a gigabyte announced is not believed`, async () => {
    const headers = { "Content-Length": String(2 ** 30) };
    serve({ ...release(SNAPSHOT), [path]: new Response(endless().body, { headers }) });
    await refused("size");
  });

  test(`${path}: a body that breaks off`, async () => {
    serve({ ...release(SNAPSHOT), [path]: endless(0).body });
    await refused("unreachable");
  });

  test(`${path}: no network`, async () => {
    serve({ ...release(SNAPSHOT), [path]: new TypeError("Failed to fetch") });
    await refused("unreachable");
  });

  test(`${path}: an error says when to come back`, async () => {
    const busy = () => new Response("", { status: 503, headers: { "Retry-After": "120" } });
    serve({ ...release(SNAPSHOT), [path]: [busy(), busy()] });
    await assert.rejects(run(null), { code: "http", retryAfter: 120 });
  });
}

test("a snapshot too large to hold is not even asked for", async () => {
  const asked = serve(release(SNAPSHOT, null, { files: [{ ...file("snapshot", WHOLE, TEXT), size: 2 ** 30 }] }));
  await refused("size");
  assert.equal(asked.length, 2);
});

test("a time to come back that cannot be read is none", async () => {
  serve({ "/v1/release": new Response("", { status: 503, headers: { "Retry-After": "soon" } }) });
  await assert.rejects(run(null), { code: "http", retryAfter: null });
});
