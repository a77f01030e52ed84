// The sentences: the twin of app/render/wording.py, made from the same messages. tests/vectors/sentences.json holds
// parameters and their text in both languages, and both sides run it. Whoever edits one edits the other.

/** @typedef {import("./types.js").Answer} Answer */
/** @typedef {import("./types.js").Messages} Messages */
/** @typedef {import("./types.js").Tie} Tie */
/** @typedef {Record<string, string | number>} Values */

/**
 * @typedef {object} Holder one company with ties in the answer
 * @property {string} name
 * @property {"own" | "subsidiary" | "owner"} relation
 * @property {string[]} through the companies between it and the one asked about, from the latter on
 * @property {number} live ties that have not ended
 * @property {number} single single reports among those
 * @property {number} ended
 * @property {string[]} agencies
 */

/**
 * @typedef {object} Params everything that a summary depends on
 * @property {string} state
 * @property {string | null} reason
 * @property {string} query
 * @property {string | null} domain
 * @property {string | null} platform
 * @property {string | null} company
 * @property {string[]} chain
 * @property {Holder[]} holders
 * @property {number} disputed
 * @property {number} places
 * @property {string | null} searched_on
 */

// A sentence names so many; the rest are counted, and all of them stand in the list below it.
const AGENCIES_NAMED = 3;
const SUBSIDIARIES_NAMED = 2;

/**
 * The message `key` with its values filled in; `n` chooses the plural form (one, other).
 * @param {Messages} messages
 * @param {string} key
 * @param {Values} [values]
 * @param {number} [n]
 */
export function say(messages, key, values = {}, n) {
  const message = messages[key];
  if (message === undefined) throw new Error(`no message ${key}`);
  const text = typeof message === "string" ? message : message[n === 1 ? "one" : "other"];
  /** @type {Map<string, string | number>} */
  const filled = new Map(Object.entries(n === undefined ? values : { ...values, n }));
  return text.replace(/\{(\w+)\}/g, (place, name) => String(filled.get(name) ?? place));
}

/**
 * The word for a value that newer data may hold and these messages may not know yet: then the value as it stands.
 * @param {Messages} messages
 * @param {string} family such as `kind` or `status`
 * @param {string} value
 * @param {Values} [values]
 */
export function word(messages, family, value, values) {
  const key = `${family}.${value}`;
  return key in messages ? say(messages, key, values) : value.replaceAll("_", " ");
}

/**
 * `a`, `a and b`, `a, b and c`.
 * @param {Messages} messages
 * @param {string[]} items
 */
export function join(messages, items) {
  const last = items.at(-1);
  if (last === undefined || items.length === 1) return last ?? "";
  const head = items.slice(0, -1).join(say(messages, "list.comma"));
  return say(messages, "list.two", { a: head, b: last });
}

/**
 * What the summary of this answer depends on.
 * @param {Answer} answer
 * @returns {Params}
 */
export function summaryParams(answer) {
  const dates = answer.searched.map((entry) => entry.date).sort();
  return {
    state: answer.state,
    reason: answer.reason,
    query: answer.query,
    domain: answer.domain,
    platform: answer.host && answer.host.name,
    company: answer.company && answer.company.name,
    chain: answer.ownership.map((hop) => hop.owner_name),
    holders: holders(answer),
    disputed: told(answer).filter((tie) => tie.claim_status === "disputed").length,
    places: answer.searched.reduce((sum, entry) => sum + entry.searched.length, 0),
    searched_on: dates.at(-1) ?? null,
  };
}

/** The ties that the summary counts: the live ones, or all where none is live. @param {Answer} answer */
function told(answer) {
  const live = answer.ties.filter((tie) => tie.status !== "ended");
  return live.length ? live : answer.ties;
}

/** @param {Answer} answer @returns {Holder[]} */
function holders(answer) {
  /** @type {Map<string, Tie[]>} */
  const groups = new Map();
  for (const tie of answer.ties) groups.set(tie.held_by, [...(groups.get(tie.held_by) ?? []), tie]);
  return [...groups.values()].flatMap((ties) => (ties[0] ? [holder(answer, ties, ties[0])] : []));
}

/** @param {Answer} answer @param {Tie[]} ties @param {Tie} first @returns {Holder} */
function holder(answer, ties, first) {
  const live = ties.filter((tie) => tie.status !== "ended");
  const shown = live.length ? live : ties;
  return {
    name: first.held_by_name,
    relation: first.relation,
    through: through(answer, first),
    live: live.length,
    single: shown.filter((tie) => tie.evidence === "single_report").length,
    ended: ties.length - live.length,
    agencies: [...new Set(shown.map((tie) => tie.agency.short_name))],
  };
}

/** @param {Answer} answer @param {Tie} tie */
function through(answer, tie) {
  if (tie.relation !== "owner") return [];
  const at = answer.ownership.findIndex((hop) => hop.owner === tie.held_by);
  return answer.ownership.slice(0, at).map((hop) => hop.owner_name);
}

/**
 * The summary: one to a few sentences, without adjectives.
 * @param {Params} params
 * @param {Messages} messages
 */
export function summarise(params, messages) {
  if (params.state === "not_applicable") return notApplicable(params, messages);
  const { company, query, disputed } = params;
  if (company === null) return say(messages, "summary.not_researched", { query });
  if (params.state === "none_found") {
    return say(messages, "summary.none_found", { company, date: params.searched_on ?? "" }, params.places);
  }
  if (params.state === "not_researched") {
    return [...owned(params, messages), say(messages, "summary.not_researched_company", { company })].join(" ");
  }
  const sentences = params.state === "ended" ? ended(params, messages) : live(params, company, messages);
  const mixed = params.holders.filter((holder) => holder.single < (holder.live || holder.ended));
  const single = mixed.reduce((sum, holder) => sum + holder.single, 0);
  if (single) sentences.push(say(messages, "summary.single", {}, single));
  if (disputed) sentences.push(say(messages, "summary.disputed", {}, disputed));
  return sentences.join(" ");
}

/** @param {Params} params @param {Messages} messages */
function notApplicable(params, messages) {
  const { query, domain, platform } = params;
  return say(messages, `summary.${params.reason}`, { query, domain: domain || query, platform: platform ?? "" });
}

/** @param {Params} params @param {Messages} messages @returns {string[]} */
function owned(params, messages) {
  const holder = params.chain.at(-1);
  if (holder === undefined) return [];
  const through = params.chain.slice(0, -1);
  const key = through.length ? "summary.owned_through" : "summary.owned";
  return [say(messages, key, { company: params.company ?? "", holder, through: join(messages, through) })];
}

/** @param {Params} params @param {Messages} messages */
function ended(params, messages) {
  const above = params.holders.some((holder) => holder.relation === "owner");
  const sentences = params.holders.flatMap((holder) => {
    const named = { company: params.company ?? "", holder: holder.name, agencies: agencies(holder, messages) };
    const key = holder.single === holder.ended ? "summary.ended_single" : "summary.ended";
    const owns = holder.relation === "subsidiary" ? [say(messages, "summary.ended_subsidiary", named)] : [];
    return [...owns, say(messages, key, named, holder.ended)];
  });
  return [...(above ? owned(params, messages) : []), ...sentences];
}

/** @param {Params} params @param {string} company @param {Messages} messages */
function live(params, company, messages) {
  const by = (/** @type {string} */ relation) => params.holders.filter((h) => h.live && h.relation === relation);
  const below = by("subsidiary");
  const tell = (/** @type {Holder} */ holder) => holding(company, holder, messages);
  const sentences = [...by("own"), ...below.slice(0, SUBSIDIARIES_NAMED)].map(tell);
  if (below.length > SUBSIDIARIES_NAMED) {
    sentences.push(say(messages, "summary.more_subsidiaries", {}, below.length - SUBSIDIARIES_NAMED));
  }
  return [...sentences, ...by("owner").map(tell)];
}

/** @param {string} company @param {Holder} holder @param {Messages} messages */
function holding(company, holder, messages) {
  const key = `summary.${holder.relation}${holder.through.length ? "_through" : ""}`;
  const through = join(messages, holder.through);
  return say(messages, key, { company, holder: holder.name, through, ties: ties(holder, messages) });
}

/** @param {Holder} holder @param {Messages} messages */
function ties(holder, messages) {
  const key = holder.single === holder.live ? "ties.single_report" : "ties.documented";
  return say(messages, key, { agencies: agencies(holder, messages) }, holder.live);
}

/** @param {Holder} holder @param {Messages} messages */
function agencies(holder, messages) {
  const named = holder.agencies.slice(0, AGENCIES_NAMED);
  const rest = holder.agencies.slice(AGENCIES_NAMED);
  if (rest.length === 1) named.push(...rest);
  else if (rest.length) named.push(say(messages, "agencies.more", {}, rest.length));
  return join(messages, named);
}

/**
 * The answer with its summary written.
 * @param {Answer} answer
 * @param {Messages} messages
 * @returns {Answer}
 */
export function withSummary(answer, messages) {
  return { ...answer, summary: summarise(summaryParams(answer), messages) };
}
