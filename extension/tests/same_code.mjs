// Compares the scripts of a packaged extension with those here, comments aside; prints how many there are.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const here = new URL("..", import.meta.url).pathname;
const packaged = process.argv[2] ?? "";

/** @param {string} path */
function code(path) {
  const options = { target: ts.ScriptTarget.ESNext, removeComments: true };
  return ts.transpileModule(readFileSync(path, "utf-8"), { compilerOptions: options }).outputText;
}

const scripts = readdirSync(packaged, { recursive: true, encoding: "utf-8" }).filter((name) => name.endsWith(".js") && name !== "config.js");
for (const name of scripts) {
  if (code(join(packaged, name)) === code(join(here, name))) continue;
  console.error(`${name} is other code`);
  process.exitCode = 1;
}
console.log(scripts.length);
