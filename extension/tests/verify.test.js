// tests/vectors/releases.json: every attack on a release, with the code of the check that stops it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { applyDelta, snapshotBytes } from "../lib/delta.js";
import { ReleaseError } from "../lib/errors.js";
import { checkBytes, checkManifest, checkSnapshot, parseJson } from "../lib/verify.js";
import { bytesOf, vectors } from "./vectors.js";

const CASES = vectors("releases.json");

/** @param {any} stored @returns {import("../lib/verify.js").Stored | null} */
function storedOf(stored) {
  if (stored === null) return null;
  const { key, version, sha256, issued_at: issuedAt, newest_issued_at: newestIssuedAt, domains } = stored;
  return { key, version, sha256, issuedAt, newestIssuedAt, domains };
}

/** What a reader does with the case. @param {any} given */
async function read(given) {
  const stored = storedOf(given.stored);
  const clock = Date.parse(given.now);
  const manifest = await checkManifest(bytesOf(given.manifest), given.signature, given.keys, stored, clock);
  if (given.file !== null) {
    const bytes = bytesOf(given.file);
    await checkBytes(bytes, manifest.snapshot);
    checkSnapshot(parseJson(bytes), manifest);
  }
  if (given.delta !== null) checkSnapshot(await made(given.delta, manifest), manifest);
}

/** @param {{base: string, file: string}} given @param {import("../lib/verify.js").Manifest} manifest */
async function made({ base, file }, { deltas, snapshot }) {
  const delta = bytesOf(file);
  assert.ok(deltas[0]);
  await checkBytes(delta, deltas[0]);
  const data = applyDelta(/** @type {any} */ (parseJson(bytesOf(base))), parseJson(delta));
  await checkBytes(snapshotBytes(data), snapshot);
  return data;
}

/** @param {any} given */
async function codeOf(given) {
  try {
    await read(given);
    return "ok";
  } catch (error) {
    if (error instanceof ReleaseError) return error.code;
    throw error;
  }
}

for (const given of CASES) {
  test(`${given.expect}: ${given.why}`, async () => {
    assert.equal(await codeOf(given), given.expect);
  });
}

test("every check is tried, and the right ones pass", () => {
  const codes = new Set(CASES.map((given) => given.expect));
  assert.deepEqual([...codes].sort(), ["clock", "expired", "format", "hash", "lifetime", "ok", "older", "shrunk", "signature", "size"]);
});

test("what was stored is never a reason to believe more", async () => {
  const given = CASES.find(({ why }) => why === "a newer release");
  const broken = { ...given, stored: { ...given.stored, newest_issued_at: "" } };
  assert.equal(await codeOf(broken), "expired", "a time that cannot be read");
});

test("a browser without Ed25519 does not take that for a wrong signature", async (t) => {
  t.mock.method(crypto.subtle, "importKey", async () => {
    throw new DOMException("no", "NotSupportedError");
  });
  await assert.rejects(codeOf(CASES[0]), { name: "NotSupportedError" });
});
