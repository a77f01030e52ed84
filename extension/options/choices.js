// Which agencies and which kinds of tie matter: all, or only those that are ticked.

import { toggled } from "../lib/settings.js";
import { say, word } from "../lib/wording.js";
import { el } from "../ui/dom.js";

/** @typedef {import("../lib/settings.js").Settings} Settings */
/** @typedef {import("../lib/types.js").Messages} Messages */
/** @typedef {import("../lib/types.js").Row} Row */
/** @typedef {import("./options.js").Save} Save */

/** The kinds that the data knows (app/seeding/record.py). */
export const KINDS = ["prime_contract", "subcontract", "reseller", "supplier_of_contractor", "grant", "other"];

/**
 * @param {Row[]} agencies
 * @param {Settings} settings
 * @param {Messages} messages
 * @param {Save} save
 */
export function agencyChoice(agencies, settings, messages, save) {
  const tick = (/** @type {string} */ id, /** @type {boolean} */ on) => keep(save, "agencies", (chosen) => toggled(chosen, id, on));
  const list = tree(agencies, settings.agencies ?? [], messages, tick);
  return choice("agencies", settings.agencies, list, messages, save);
}

/** @param {Settings} settings @param {Messages} messages @param {Save} save */
export function kindChoice(settings, messages, save) {
  const tick = (/** @type {string} */ kind, /** @type {boolean} */ on) => keep(save, "kinds", (chosen) => toggled(chosen, kind, on));
  const boxes = KINDS.map((kind) => {
    return el("li", box("checkbox", `kind-${kind}`, word(messages, "kind", kind), !!settings.kinds?.includes(kind), (on) => tick(kind, on)));
  });
  return choice("kinds", settings.kinds, el("ul.tree", ...boxes), messages, save);
}

/** @param {Save} save @param {"agencies" | "kinds"} what @param {(chosen: string[]) => string[] | null} change */
function keep(save, what, change) {
  return save((settings) => ({ ...settings, [what]: change(settings[what] ?? []) }));
}

/**
 * Two radio buttons, and below the second the list that it opens.
 * @param {"agencies" | "kinds"} what
 * @param {string[] | null} chosen
 * @param {HTMLElement} list
 * @param {Messages} messages
 * @param {Save} save
 */
function choice(what, chosen, list, messages, save) {
  const all = box("radio", `${what}-all`, say(messages, `options.${what}_all`), chosen === null, () => keep(save, what, () => null));
  const some = box("radio", `${what}-some`, say(messages, `options.${what}_some`), chosen !== null, () => keep(save, what, () => []));
  const legend = el("legend", el("h2", say(messages, `options.${what}`)));
  const warning = chosen?.length === 0 && el("p.warn", say(messages, "options.nothing_ticked"));
  return el("section", el("fieldset", legend, all, some, warning, chosen !== null && list));
}

/**
 * Agencies with those below them. A department stands for all its agencies, so ticking it settles theirs.
 * @param {Row[]} agencies
 * @param {string[]} chosen
 * @param {Messages} messages
 * @param {(id: string, on: boolean) => void} tick
 */
function tree(agencies, chosen, messages, tick) {
  if (agencies.length === 0) return el("p.small", say(messages, "options.no_agencies"));
  const ids = new Set(agencies.map(({ id }) => id));
  const sorted = [...agencies].sort((a, b) => String(a.name).localeCompare(String(b.name)));
  return level(sorted, (row) => !ids.has(row.parent), false, chosen, tick);
}

/**
 * @param {Row[]} rows
 * @param {(row: Row) => boolean} here which of them stand on this level
 * @param {boolean} settled whether a ticked agency above stands for them
 * @param {string[]} chosen
 * @param {(id: string, on: boolean) => void} tick
 * @returns {HTMLElement}
 */
function level(rows, here, settled, chosen, tick) {
  const left = rows.filter((row) => !here(row)); // a circle in the data ends here
  const items = rows.filter(here).map((row) => {
    const ticked = settled || chosen.includes(row.id);
    const name = row.short_name === row.name ? row.name : `${row.name} (${row.short_name})`;
    const own = box("checkbox", `agency-${row.id}`, name, ticked, (on) => tick(row.id, on), settled);
    const below = left.some(({ parent }) => parent === row.id);
    return el("li", own, below && level(left, ({ parent }) => parent === row.id, ticked, chosen, tick));
  });
  return el("ul.tree", ...items);
}

/**
 * @param {"radio" | "checkbox"} type
 * @param {string} id
 * @param {string} text
 * @param {boolean} checked
 * @param {(on: boolean) => unknown} changed
 * @param {boolean} [disabled]
 */
function box(type, id, text, checked, changed, disabled = false) {
  const input = document.createElement("input");
  Object.assign(input, { type, id, checked, disabled });
  if (type === "radio") input.name = id.split("-")[0] ?? "";
  input.addEventListener("change", () => changed(input.checked));
  return el("label", input, el("span", text));
}
