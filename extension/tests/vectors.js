// Cases that server and extension both run (tests/vectors/).

import { readFileSync } from "node:fs";

/** @param {string} name @returns {any[]} */
export function vectors(name) {
  return JSON.parse(readFileSync(new URL(`../../tests/vectors/${name}`, import.meta.url), "utf-8"));
}

/** @param {string} text in base64 @returns {Uint8Array<ArrayBuffer>} */
export function bytesOf(text) {
  return new Uint8Array(Buffer.from(text, "base64"));
}
