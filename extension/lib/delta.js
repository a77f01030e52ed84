// Turns the snapshot of one release into that of a later one (docs/snapshot.md). Nothing in a delta is believed for its
// own sake: the caller compares the hash of the result. So only what would lead astray before that is looked at here.

import { ReleaseError } from "./errors.js";
import { FORMAT, position, TABLES } from "./snapshot.js";

/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {import("./types.js").Table} Table */
/** @typedef {import("./types.js").TableName} TableName */

/**
 * @typedef {{format: number, from: number, to: number, published_at: string,
 *   names: {drop: string[], put: string[], targets: number[]}} & Partial<Record<TableName, {drop: string[], put: Table}>>} Delta
 */

/**
 * The later snapshot. Throws a ReleaseError (`format`) where the delta does not fit the old one.
 * @param {Snapshot} old
 * @param {any} delta
 * @returns {Snapshot}
 */
export function applyDelta(old, delta) {
  if (delta?.format !== FORMAT || delta.from !== old.version) throw unfit("another format or release");
  try {
    return applied(old, delta);
  } catch (error) {
    throw error instanceof ReleaseError ? error : unfit(String(error));
  }
}

/** @param {string} why */
function unfit(why) {
  return new ReleaseError("format", `the delta does not fit: ${why}`);
}

/** @param {Snapshot} old @param {Delta} delta @returns {Snapshot} */
function applied(old, delta) {
  const { format, to: version, published_at } = delta;
  const tables = /** @type {Record<TableName, Table>} */ (
    Object.fromEntries(TABLES.map((name) => [name, merged(old[name], delta[name])]))
  );
  const { names, targets } = named(old, tables, delta.names);
  return /** @type {Snapshot} */ ({ format, version, published_at, names, targets, ...tables });
}

/** @param {Table} old @param {{drop: string[], put: Table} | undefined} change @returns {Table} */
function merged(old, change) {
  if (change === undefined) return old;
  const { drop, put } = change;
  const columns = Object.keys(old);
  const fits = Object.keys(put).length === columns.length && columns.every((name) => put[name]?.length === put.id.length);
  if (!fits) throw unfit("other columns");
  const gone = new Set([...drop, ...put.id]);
  const kept = [...old.id.keys()].filter((at) => !gone.has(/** @type {string} */ (old.id[at])));
  const rows = [...kept.map((at) => ({ from: old, at })), ...put.id.map((_, at) => ({ from: put, at }))];
  rows.sort((a, b) => inOrder(a.from.id[a.at], b.from.id[b.at]));
  return /** @type {Table} */ (
    Object.fromEntries(columns.map((name) => [name, rows.map(({ from, at }) => from[name]?.[at])]))
  );
}

/** By code unit. @param {string | undefined} a @param {string | undefined} b */
function inOrder(a = "", b = "") {
  return a < b ? -1 : Number(a > b);
}

/** @param {Snapshot} old @param {Record<TableName, Table>} tables @param {Delta["names"]} change */
function named(old, { companies, stops }, { drop, put, targets }) {
  if (put.length !== targets.length) throw unfit("names without targets");
  const gone = new Set([...drop, ...put]);
  const company = old.companies.id.map((id) => position(companies, id));
  const stop = old.stops.id.map((id) => position(stops, id));
  /** @type {[string, number][]} */
  const rows = put.map((name, at) => [name, targets[at] ?? 0]);
  old.names.forEach((name, at) => {
    if (gone.has(name)) return;
    const target = old.targets[at] ?? 0;
    const moved = (target < 0 ? stop[-1 - target] : company[target]) ?? -1;
    if (moved < 0) throw unfit(`${name} points at nothing`);
    rows.push([name, target < 0 ? -1 - moved : moved]);
  });
  rows.sort(([a], [b]) => inOrder(a, b));
  return { names: rows.map(([name]) => name), targets: rows.map(([, target]) => target) };
}

/**
 * The snapshot as the service writes it, byte by byte.
 * @param {Snapshot} snapshot
 */
export function snapshotBytes(snapshot) {
  return new TextEncoder().encode(JSON.stringify(snapshot));
}
