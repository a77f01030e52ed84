import assert from "node:assert/strict";
import { test } from "node:test";
import { applyDelta, snapshotBytes } from "../lib/delta.js";
import { isSnapshot } from "../lib/snapshot.js";
import { vectors } from "./vectors.js";

for (const { why, old, delta, new: expected } of vectors("deltas.json")) {
  const apply = () => applyDelta(JSON.parse(old), JSON.parse(delta));
  test(`delta: ${why}`, () => {
    if (expected === null) assert.throws(apply, { code: "format" });
    else assert.equal(new TextDecoder().decode(snapshotBytes(apply())), expected);
  });
}

test("what a delta makes is a snapshot, and the old one is as it was", () => {
  const [first] = vectors("deltas.json");
  const old = JSON.parse(first.old);
  const before = JSON.stringify(old);
  assert.ok(isSnapshot(applyDelta(old, JSON.parse(first.delta))));
  assert.equal(JSON.stringify(old), before);
});

for (const delta of [null, [], "x", 7, {}, { format: 2, from: 11 }, { format: 2, from: 11, names: null }]) {
  test(`a delta that is ${JSON.stringify(delta)} is refused`, () => {
    const old = JSON.parse(vectors("deltas.json")[0].old);
    assert.throws(() => applyDelta(old, delta), { code: "format" });
  });
}
