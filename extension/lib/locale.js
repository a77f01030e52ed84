// The browser's language: which messages, and how dates, amounts and ages are written.

/** @typedef {import("./types.js").Messages} Messages */
/** @typedef {"en" | "es"} Lang */

/** The language of the messages: Spanish where the browser speaks any Spanish, else English. @param {string} ui @returns {Lang} */
export function languageOf(ui) {
  return /^es\b/i.test(ui) ? "es" : "en";
}

/**
 * The locale of dates and amounts: the browser's own where its words are in that language too, so that no French date
 * stands in an English sentence.
 * @param {string} ui
 */
export function localeOf(ui) {
  const lang = languageOf(ui);
  return new RegExp(`^${lang}\\b`, "i").test(ui) && Intl.DateTimeFormat.supportedLocalesOf(ui).length ? ui : lang;
}

export const language = () => languageOf(chrome.i18n.getUILanguage());
export const locale = () => localeOf(chrome.i18n.getUILanguage());

/** @returns {Promise<Messages>} */
export async function loadMessages() {
  const response = await fetch(chrome.runtime.getURL(`messages/${language()}.json`));
  return response.json();
}

/** @type {Intl.DateTimeFormatOptions[]} for a year, a month, a day: nobody knows more than is written */
const PRECISION = [{ year: "numeric" }, { year: "numeric", month: "long" }, { dateStyle: "medium" }];

/**
 * `2018`, `2018-01`, `2018-01-24` or a moment; any other text stands as it is.
 * @param {string} text
 * @param {string} locale
 */
export function formatDate(text, locale) {
  const parts = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T[\d:.]+Z)?$/.exec(text);
  const date = new Date(parts ? text : NaN);
  if (parts === null || Number.isNaN(date.getTime())) return text;
  const known = parts.slice(1).filter(Boolean).length;
  return new Intl.DateTimeFormat(locale, { ...PRECISION[known - 1], timeZone: "UTC" }).format(date);
}

/**
 * `USD 19,400,000`, with cents only where there are any. A decimal string never becomes a binary number.
 * @param {string} value
 * @param {string} currency
 * @param {string} locale
 */
export function formatMoney(value, currency, locale) {
  if (!/^-?\d+(\.\d+)?$/.test(value) || !/^[A-Z]{3}$/.test(currency)) return `${currency} ${value}`;
  const style = { style: "currency", currency, currencyDisplay: "code", trailingZeroDisplay: "stripIfInteger" };
  const format = new Intl.NumberFormat(locale, /** @type {Intl.NumberFormatOptions} */ (style));
  return format.format(/** @type {any} */ (value));
}

const HOUR = 3_600_000;

/**
 * How long ago, in hours or days: `3 days ago`; nothing of a moment that is none.
 * @param {number} then in milliseconds
 * @param {number} now
 * @param {string} locale
 */
export function formatAge(then, now, locale) {
  const hours = Math.trunc((then - now) / HOUR);
  if (!Number.isFinite(hours)) return "";
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  return Math.abs(hours) < 24 ? format.format(hours, "hour") : format.format(Math.trunc(hours / 24), "day");
}
