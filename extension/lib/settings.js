// What the reader wants to see. Kept on this machine only, under one key. It says nothing about where they have been,
// except for the sites that they hid themselves.

/** @typedef {import("./types.js").Row} Row */
/** @typedef {ReadonlyMap<string, string | null>} Parents the agency above each, by id */

/**
 * @typedef {object} Settings null stands for all, also those that later releases bring
 * @property {string[] | null} agencies ids; each stands for the agencies below it too
 * @property {string[] | null} kinds of tie
 * @property {string[]} sites that are hidden, as the release names them
 */

/** @type {Settings} */
export const EVERYTHING = { agencies: null, kinds: null, sites: [] };

/**
 * Settings from what the storage holds; what cannot be read counts as never set.
 * @param {any} stored
 * @returns {Settings}
 */
export function readSettings(stored) {
  return { agencies: texts(stored?.agencies), kinds: texts(stored?.kinds), sites: texts(stored?.sites) ?? [] };
}

/** @param {unknown} value @returns {string[] | null} */
function texts(value) {
  return Array.isArray(value) && value.every((each) => typeof each === "string") ? value : null;
}

/** @returns {Promise<Settings>} */
export async function loadSettings() {
  const { settings } = await chrome.storage.local.get("settings");
  return readSettings(settings);
}

/**
 * Changes what is stored now, so that two open pages do not undo each other's work.
 * @param {(settings: Settings) => Settings} change
 */
export async function changeSettings(change) {
  const settings = change(await loadSettings());
  await chrome.storage.local.set({ settings });
  return settings;
}

/**
 * The list with or without a value, in order.
 * @param {string[]} list
 * @param {string} value
 * @param {boolean} on
 */
export function toggled(list, value, on) {
  const others = list.filter((each) => each !== value);
  return on ? [...others, value].sort() : others;
}

/** @param {Row[]} agencies @returns {Parents} */
export function parentsOf(agencies) {
  return new Map(agencies.map(({ id, parent = null }) => [id, parent]));
}

/**
 * Whether a tie of this kind with this agency is to be seen.
 * @param {Settings} settings
 * @param {Parents} parents
 * @returns {(kind: string, agency: string) => boolean}
 */
export function wanted({ agencies, kinds }, parents) {
  const chosen = agencies && new Set(agencies);
  return (kind, agency) => (kinds === null || kinds.includes(kind)) && (chosen === null || isBelow(agency, chosen, parents));
}

/** @param {string} agency @param {Set<string>} chosen @param {Parents} parents @returns {boolean} */
function isBelow(agency, chosen, parents) {
  const seen = new Set();
  for (let id = /** @type {string | null} */ (agency); id !== null && !seen.has(id); id = parents.get(id) ?? null) {
    if (chosen.has(id)) return true;
    seen.add(id); // a circle in the data must not hang the browser
  }
  return false;
}
