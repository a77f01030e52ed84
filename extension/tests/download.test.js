import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { afterEach, test } from "node:test";
import { download } from "../lib/download.js";
import { sample } from "./sample.js";

const BACKEND = "http://127.0.0.1:8000";
const BYTES = Buffer.from(JSON.stringify(sample()));
const realFetch = globalThis.fetch;

/** @param {Buffer} bytes */
const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** @param {object} [file] @param {object} [members] */
function manifest(file, members) {
  const snapshot = { role: "snapshot", url: "/v1/releases/7/snapshot.json", size: BYTES.length, sha256: hash(BYTES), ...file };
  return { version: 7, files: [{ role: "delta", url: "/x", size: 1, sha256: "0" }, snapshot], ...members };
}

/** @type {[string, RequestInit][]} */
let asked = [];

/**
 * A service that answers with this manifest and file.
 * @param {unknown} body
 * @param {Buffer} [file]
 * @param {ResponseInit} [init]
 */
function serve(body, file = BYTES, init = {}) {
  asked = [];
  const fake = async (/** @type {string} */ url, /** @type {RequestInit} */ options) => {
    asked.push([url, options]);
    return new Response(url.endsWith("/v1/release") ? JSON.stringify(body) : new Uint8Array(file), init);
  };
  globalThis.fetch = /** @type {typeof fetch} */ (fake);
}

afterEach(() => {
  globalThis.fetch = realFetch;
});

/** @param {string} code @param {any} [kept] */
async function refused(code, kept = null) {
  await assert.rejects(download(BACKEND, kept), (/** @type {any} */ error) => error.code === code);
}

test("a good release is kept with its version and hash; nothing else is sent along", async () => {
  serve(manifest());
  const kept = await download(BACKEND, null);
  assert.deepEqual(kept, { version: 7, sha256: hash(BYTES), snapshot: sample() });
  assert.deepEqual(asked.map(([url]) => url), [`${BACKEND}/v1/release`, `${BACKEND}/v1/releases/7/snapshot.json`]);
  for (const [, options] of asked) {
    const { credentials, referrerPolicy, redirect, headers, method, body } = options;
    assert.deepEqual([credentials, referrerPolicy, redirect], ["omit", "no-referrer", "error"]);
    assert.deepEqual([headers, method, body], [undefined, undefined, undefined]);
  }
});

test("the kept release is not downloaded again", async () => {
  serve(manifest());
  const kept = await download(BACKEND, null);
  serve(manifest());
  assert.equal(await download(BACKEND, kept), null);
  assert.equal(asked.length, 1);
});

test("an older release is refused", async () => {
  serve(manifest({}, { version: 6 }));
  await refused("older", { version: 7, sha256: "", snapshot: sample() });
});

test("a bit flipped on the way is refused", async () => {
  const flipped = Buffer.from(BYTES);
  flipped.writeUInt8(flipped.readUInt8(100) ^ 1, 100);
  serve(manifest(), flipped);
  await refused("hash");
});

test("a cut file is refused", async () => {
  serve(manifest(), BYTES.subarray(0, 100));
  await refused("size");
});

test("a file that goes on and on is given up", async () => {
  serve(manifest(), Buffer.concat([BYTES, Buffer.alloc(10)]));
  await refused("size");
});

test("a snapshot too large to hold is not even asked for", async () => {
  serve(manifest({ size: 1e9 }));
  await refused("size");
  assert.equal(asked.length, 1);
});

test("a manifest longer than any manifest is given up", async () => {
  serve({ ...manifest(), more: "x".repeat(70_000) });
  await refused("size");
});

for (const url of ["https://elsewhere.example/x", "//elsewhere.example/x", "/\\elsewhere.example/x", "x.json", "data:,x"]) {
  test(`a file at ${url} is not asked for`, async () => {
    serve(manifest({ url }));
    await refused("format");
    assert.equal(asked.length, 1);
  });
}

for (const [why, body] of /** @type {[string, unknown][]} */ ([
  ["null", null],
  ["a list", []],
  ["no files", { version: 7 }],
  ["files of the wrong kind", { version: 7, files: { role: "snapshot" } }],
  ["no version", manifest({}, { version: undefined })],
  ["a version that is no number", manifest({}, { version: "8" })],
  ["a hash that is none", manifest({ sha256: "abc" })],
  ["a size that is none", manifest({ size: "12" })],
])) {
  test(`a manifest with ${why} is refused`, async () => {
    serve(body);
    await refused("format");
  });
}

for (const [why, change] of /** @type {[string, object][]} */ ([
  ["another format", { format: 2 }],
  ["another version than the manifest's", { version: 8 }],
  ["a table missing", { ties: undefined }],
  ["names without targets", { targets: [] }],
])) {
  test(`a snapshot with ${why} is refused`, async () => {
    const bytes = Buffer.from(JSON.stringify({ ...sample(), ...change }));
    serve(manifest({ size: bytes.length, sha256: hash(bytes) }), bytes);
    await refused("format");
  });
}

test("an error says when to come back", async () => {
  serve(manifest(), BYTES, { status: 503, headers: { "Retry-After": "120" } });
  await assert.rejects(download(BACKEND, null), { code: "http", retryAfter: 120 });
  serve(manifest(), BYTES, { status: 503, headers: { "Retry-After": "soon" } });
  await assert.rejects(download(BACKEND, null), { code: "http", retryAfter: null });
});

test("no network is a code of its own", async () => {
  globalThis.fetch = async () => {
    throw new TypeError("Failed to fetch");
  };
  await refused("unreachable");
});
