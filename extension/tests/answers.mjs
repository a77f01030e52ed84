// Reads {"snapshot": path, "hosts": [...]} on standard input and prints, a JSON line a host, the answer that the
// extension gives, with its summary in English. A Python test compares them with the service's.

import { readFileSync } from "node:fs";
import { answerFor } from "../lib/answer.js";
import { parseHost } from "../lib/match.js";
import { withSummary } from "../lib/wording.js";

const read = (/** @type {string | URL | number} */ path) => JSON.parse(readFileSync(path, "utf-8"));
const messages = read(new URL("../../app/messages/en.json", import.meta.url));
const given = read(0);
const snapshot = read(given.snapshot);

for (const host of given.hosts) {
  const parsed = parseHost(host);
  const answer = parsed && withSummary(answerFor(snapshot, parsed), messages);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
