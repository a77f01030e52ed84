/**
 * From an address to the name in the release that speaks for it, without asking anybody.
 *
 * The twin of app/domains/names.py and app/domains/match.py, which say why each limit is what it is;
 * tests/vectors/hosts.json and matches.json are run by both sides.
 */

/**
 * A host as a browser names it: ASCII, lower case, no final dot, IPv6 in brackets. `reason` says why the name can never
 * be a company's site.
 * @typedef {{name: string, reason: "address" | "local" | "onion" | "single_label" | null}} Host
 */

/** @typedef {"company" | "stop"} Action */

/** @typedef {import("./types.js").Entry} Entry a name in the release: what it is itself (`apex`) and below (`children`) */

const MAX_TEXT = 4096;
const MAX_NAME = 253;
const MAX_LABEL = 63;

const WEB_SCHEMES = new Set(["http:", "https:", "ws:", "wss:", "ftp:"]);
const LOCAL_SUFFIXES = new Set(["alt", "example", "internal", "invalid", "local", "localhost", "test"]);
const HOME_NETWORK = "home.arpa";

/** Characters that browsers treat differently in a host; no site is named so. */
const UNALIKE = /["*%]/;
const C0_OR_SPACE_AROUND = /^[\0-\x20]+|[\0-\x20]+$/g;
const TAB_OR_NEWLINE = /[\t\n\r]/g;
const NOT_IN_A_HOST = /[\0-\x20\x7f/\\?#@]/;
const WEB_SCHEME = /^(?:https?|wss?|ftp):/i;
const SCHEME_AND_SLASHES = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * The host of a whole web address; null for what is no web page: another scheme, or nothing a browser would open.
 * @param {string} url
 * @returns {Host | null}
 */
export function parseUrl(url) {
  const text = trimmed(url);
  const parsed = text && parsedUrl(text);
  return parsed && WEB_SCHEMES.has(parsed.protocol) ? named(parsed.hostname) : null;
}

/**
 * The host of a page that is open in a tab. Browsers open longer addresses than `parseUrl` reads; the part behind the
 * host is left away first, so that a long link is never taken for no page at all.
 * @param {string} url
 * @returns {Host | null}
 */
export function parseTab(url) {
  const parsed = parsedUrl(url);
  return parsed && parseUrl(`${parsed.protocol}//${parsed.hostname}/`);
}

/**
 * The host that a bare host name or address stands for; null for anything else.
 * @param {string} text
 * @returns {Host | null}
 */
export function parseHost(text) {
  if (!bounded(text) || NOT_IN_A_HOST.test(text)) return null;
  if (text.includes(":") && !(text.startsWith("[") && text.endsWith("]"))) return null;
  const parsed = parsedUrl(`http://${text}/`);
  return parsed && named(parsed.hostname);
}

/**
 * The host of what a person typed: a host, with port, path or user if need be, or a whole web address.
 * @param {string} text
 * @returns {Host | null}
 */
export function parseQuery(text) {
  const query = trimmed(text);
  if (!query || WEB_SCHEME.test(query)) return parseUrl(query);
  if (SCHEME_AND_SLASHES.test(query)) return null;
  const parsed = parsedUrl(`http://${query}`);
  return parsed && named(parsed.hostname);
}

/**
 * The first entry on the way up from `name`, a canonical host name, label by label, and what it says of that name; null
 * if there is none.
 * @param {string} name
 * @param {{get: (name: string) => Entry | undefined}} index
 * @returns {{entry: Entry, action: Action} | null}
 */
export function match(name, index) {
  const own = index.get(name);
  if (own) return { entry: own, action: atApex(own) };
  for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
    const entry = index.get(name.slice(dot + 1));
    if (entry) return below(entry);
  }
  return null;
}

/**
 * @param {Entry} entry
 * @returns {Action}
 */
function atApex(entry) {
  return entry.kind === "suffix" || entry.kind === "government" ? "stop" : entry.apex;
}

/**
 * A public suffix says nothing of the names that others registered under it, a government's of all of them.
 * @param {Entry} entry
 * @returns {{entry: Entry, action: Action} | null}
 */
function below(entry) {
  if (entry.kind === "suffix") return null;
  return { entry, action: entry.kind === "government" ? "stop" : entry.children };
}

/**
 * @param {string} text
 * @returns {boolean} whether the text is neither empty nor too long, in code points as Python counts
 */
function bounded(text) {
  return text !== "" && text.length <= 2 * MAX_TEXT && Array.from(text).length <= MAX_TEXT;
}

/**
 * The text without what browsers drop from an address before they read it; empty if it is out of bounds.
 * @param {string} text
 */
function trimmed(text) {
  return bounded(text) ? text.replace(C0_OR_SPACE_AROUND, "").replace(TAB_OR_NEWLINE, "") : "";
}

/**
 * @param {string} url
 * @returns {URL | null}
 */
function parsedUrl(url) {
  try {
    return new URL(url);
  } catch {
    return null;
  }
}

/**
 * @param {string} hostname as the browser's parser gives it
 * @returns {Host | null}
 */
function named(hostname) {
  const name = hostname.endsWith(".") ? hostname.slice(0, -1) : hostname;
  const labels = name.split(".");
  const legal = labels.every((label) => label !== "" && label.length <= MAX_LABEL);
  if (!legal || name.length > MAX_NAME || UNALIKE.test(name)) return null;
  return { name, reason: reasonOf(name, labels) };
}

/**
 * @param {string} name
 * @param {string[]} labels
 * @returns {Host["reason"]}
 */
function reasonOf(name, labels) {
  const last = labels[labels.length - 1] ?? "";
  if (name.startsWith("[") || /^[0-9]+$/.test(last)) return "address";
  if (last === "onion") return "onion";
  if (LOCAL_SUFFIXES.has(last) || name === HOME_NETWORK || name.endsWith(`.${HOME_NETWORK}`)) return "local";
  return labels.length === 1 ? "single_label" : null;
}
