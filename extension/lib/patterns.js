// Regular expressions of the kind that browsers' rules know (RE2: nothing that looks ahead).

const OTHER = "[^./:]";

/**
 * A pattern for every label of a host name but these. RE2 cannot say "not", so it spells out where a label may differ:
 * for `ab` that is another first letter, or `a` and the end, or `a` and another second letter, or `ab` and more.
 * @param {string[]} words labels: letters, digits, hyphens and underscores
 * @returns {string}
 */
export function labelNotIn(words) {
  return differs([...new Set(words)], false);
}

/** @param {string[]} words @param {boolean} mayEnd whether nothing at all differs from all of them @returns {string} */
function differs(words, mayEnd) {
  const heads = [...new Set(words.filter((word) => word !== "").map((word) => word.charAt(0)))];
  const branches = heads.map((head) => {
    const tails = words.filter((word) => word.startsWith(head)).map((word) => word.slice(1));
    return head + differs(tails, !tails.includes(""));
  });
  const elsewhere = heads.length ? `[^./:${heads.map((head) => (head === "-" ? "\\-" : head)).join("")}]` : OTHER;
  const more = `${elsewhere}${OTHER}*`;
  return `(?:${[more, ...branches, ...(mayEnd ? [""] : [])].join("|")})`;
}
