import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAge, formatDate, formatMoney, languageOf, localeOf } from "../lib/locale.js";

const plain = (/** @type {string} */ text) => text.replace(/\s/g, " ");

for (const [ui, lang, locale] of /** @type {[string, string, string][]} */ ([
  ["en", "en", "en"], ["en-GB", "en", "en-GB"], ["es", "es", "es"], ["es-419", "es", "es-419"], ["es-MX", "es", "es-MX"],
  ["de", "en", "en"], ["fr-CA", "en", "en"], ["est", "en", "en"], ["", "en", "en"],
])) {
  test(`language of ${ui}`, () => {
    assert.deepEqual([languageOf(ui), localeOf(ui)], [lang, locale]);
  });
}

for (const [date, locale, expected] of /** @type {[string, string, string][]} */ ([
  ["2018-01-24", "en-US", "Jan 24, 2018"], ["2018-01-24", "en-GB", "24 Jan 2018"], ["2018-01-24", "es", "24 ene 2018"],
  ["2018-01", "en-US", "January 2018"], ["2018-01", "es", "enero de 2018"], ["2018", "es", "2018"],
  ["2026-11-23T23:59:59Z", "en-US", "Nov 23, 2026"], ["2026-11-23T23:59:59.123Z", "en-US", "Nov 23, 2026"],
  ["2018-13-01", "en", "2018-13-01"], ["<b>", "en", "<b>"], ["", "en", ""], ["2018-1", "en", "2018-1"],
])) {
  test(`date ${date} in ${locale}`, () => {
    assert.equal(plain(formatDate(date, locale)), expected);
  });
}

for (const [value, currency, locale, expected] of /** @type {[string, string, string, string][]} */ ([
  ["19400000", "USD", "en-US", "USD 19,400,000"], ["19400000", "USD", "es", "19.400.000 USD"],
  ["11899.52", "USD", "en-US", "USD 11,899.52"], ["11899.50", "USD", "en-US", "USD 11,899.50"], ["100.00", "EUR", "en-US", "EUR 100"],
  ["90071992547409931.25", "USD", "en-US", "USD 90,071,992,547,409,931.25"], ["-5", "USD", "en-US", "-USD 5"],
  ["many", "USD", "en", "USD many"], ["5", "<b>", "en", "<b> 5"],
])) {
  test(`amount ${value} ${currency} in ${locale}`, () => {
    assert.equal(plain(formatMoney(value, currency, locale)), expected);
  });
}

test("ages", () => {
  const now = Date.parse("2026-11-25T12:00:00Z");
  const age = (/** @type {string} */ then, locale = "en") => formatAge(Date.parse(then), now, locale);
  assert.equal(age("2026-11-25T11:30:00Z"), "this hour");
  assert.equal(age("2026-11-25T07:00:00Z"), "5 hours ago");
  assert.equal(age("2026-11-24T11:00:00Z"), "yesterday");
  assert.equal(age("2026-11-20T12:00:00Z", "es"), "hace 5 días");
  assert.equal(age("whenever"), "");
});
