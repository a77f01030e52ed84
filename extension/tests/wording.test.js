import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { join, say, summarise } from "../lib/wording.js";

/** @param {string} path */
const read = (path) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), "utf-8"));
const MESSAGES = { en: read("app/messages/en.json"), es: read("app/messages/es.json") };
const EMPTY = {
  reason: null, domain: null, platform: null, company: null, chain: [], holders: [], disputed: 0, places: 0, searched_on: null,
};

/** @param {any} row @returns {import("../lib/wording.js").Params} */
function params(row) {
  const given = { ...EMPTY, ...row.params };
  return { ...given, holders: given.holders.map((/** @type {any} */ holder) => ({ through: [], ...holder })) };
}

for (const row of read("tests/vectors/sentences.json")) {
  for (const lang of /** @type {const} */ (["en", "es"])) {
    test(`${lang}: ${row.why}`, () => {
      assert.equal(summarise(params(row), MESSAGES[lang]), row[lang]);
    });
  }
}

test("a list reads like one", () => {
  const lists = [[], ["a"], ["a", "b"], ["a", "b", "c"]].map((items) => join(MESSAGES.en, items));
  assert.deepEqual(lists, ["", "a", "a and b", "a, b and c"]);
});

test("a missing message is an error, not an empty place", () => {
  assert.throws(() => say(MESSAGES.en, "no.such"), /no\.such/);
});

test("every message that the extension names is there in both languages", () => {
  const scripts = ["lib", "options", "popup", "ui", "welcome"].flatMap((folder) =>
    readdirSync(new URL(`../${folder}`, import.meta.url)).filter((name) => name.endsWith(".js")).map((name) => `${folder}/${name}`),
  );
  const families = "automatic|does|erase|hidden|label|legend|list|means|never|options|pin|popup|state|summary|ties|agencies|via|evidence|welcome";
  const named = scripts
    .map((path) => readFileSync(new URL(`../${path}`, import.meta.url), "utf-8"))
    .flatMap((text) => [...text.matchAll(new RegExp(`"((?:${families})\\.[a-z_]+)"`, "g"))])
    .filter(([, key]) => key !== "welcome.js");
  assert.ok(named.length > 90);
  for (const [, key] of named) {
    assert.ok(String(key) in MESSAGES.en, key);
    assert.ok(String(key) in MESSAGES.es, key);
  }
});

test("every shape of the icon has a name and an explanation", () => {
  const drawn = [...readFileSync(new URL("../lib/icons.js", import.meta.url), "utf-8").matchAll(/^ {2}(\w+): \(pen/gm)].map(([, shape]) => shape);
  assert.ok(drawn.length > 8);
  for (const shape of drawn) {
    assert.ok(`shape.${shape}` in MESSAGES.en, shape);
    if (shape !== "via_owner_single") assert.ok(`legend.${shape}` in MESSAGES.en, shape);
  }
});
