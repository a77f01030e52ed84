// A made-up service for tests: signed releases, and every fault that a network has.

import { createHash, generateKeyPairSync, sign } from "node:crypto";

/** @typedef {import("../lib/types.js").Snapshot} Snapshot */
/** @typedef {string | Uint8Array<ArrayBuffer> | ReadableStream | Error | Response} Reply */

export const BACKEND = "http://127.0.0.1:8000";

/** A public key as the extension has it, and what signs a text with its private half. */
export function newKey() {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const key = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url").toString("base64");
  return { key, signed: (/** @type {string} */ text) => sign(null, Buffer.from(text), privateKey).toString("base64") };
}

/** The service's own. */
export const { key: KEY, signed } = newKey();

/** @param {string | Uint8Array} data */
export const hash = (data) => createHash("sha256").update(data).digest("hex");

/** @param {number} days from now, to the second */
export function moment(days) {
  return new Date(Math.floor(Date.now() / 1000 + days * 86_400) * 1000).toISOString().replace(".000Z", "Z");
}

/** @param {string} role @param {string} url @param {string} data @param {object} [members] */
export function file(role, url, data, members) {
  return { role, ...members, url, size: Buffer.byteLength(data), sha256: hash(data) };
}

/**
 * The files of a release by their paths.
 * @param {Snapshot} snapshot
 * @param {object | null} [delta]
 * @param {object} [members] of the manifest, in place of the right ones
 * @returns {Record<string, string>}
 */
export function release(snapshot, delta = null, members = {}) {
  const { version, published_at, targets } = snapshot;
  const [path, body] = [`/v1/releases/${version}/snapshot.json`, JSON.stringify(snapshot)];
  /** @type {Record<string, string>} */
  const served = { [path]: body };
  const files = [file("snapshot", path, body)];
  if (delta) {
    const step = { path: `/v1/releases/${version}/from-7.json`, body: JSON.stringify(delta) };
    served[step.path] = step.body;
    files.push(file("delta", step.path, step.body, { from: 7 }));
  }
  const manifest = {
    version, published_at, issued_at: moment(0), expires_at: moment(7), shrunk: null, files,
    counts: { domains: targets.filter((target) => target >= 0).length }, ...members,
  };
  const text = JSON.stringify(manifest);
  return { "/v1/release": text, "/v1/release.sig": signed(text), ...served };
}

/** The release after `snapshot`, in which only its number differs, and the delta to it. @param {Snapshot} snapshot */
export function next(snapshot) {
  const later = { ...snapshot, version: snapshot.version + 1 };
  const tables = ["agencies", "companies", "notes", "ownership", "stops", "ties"];
  const columns = (/** @type {string} */ name) => Object.keys(/** @type {any} */ (snapshot)[name]);
  const nothing = (/** @type {string} */ name) => Object.fromEntries(columns(name).map((column) => [column, []]));
  const delta = {
    format: 2, from: snapshot.version, to: later.version, published_at: later.published_at,
    names: { drop: [], put: [], targets: [] },
    ...Object.fromEntries(tables.map((name) => [name, { drop: [], put: nothing(name) }])),
  };
  return { later, delta };
}

/**
 * Puts these files in the network's place; returns the list of what is asked for. A list of replies is given one a time.
 * @param {Record<string, Reply | Reply[]>} files
 * @returns {[string, RequestInit][]}
 */
export function serve(files) {
  /** @type {[string, RequestInit][]} */
  const asked = [];
  const fake = async (/** @type {string} */ url, /** @type {RequestInit} */ options) => {
    const path = url.slice(BACKEND.length);
    asked.push([path, options]);
    const reply = files[path];
    const now = Array.isArray(reply) ? reply.shift() : reply;
    if (now === undefined) return new Response("", { status: 404 });
    if (now instanceof Error) throw now;
    return now instanceof Response ? now : new Response(now);
  };
  globalThis.fetch = /** @type {typeof fetch} */ (fake);
  return asked;
}

/** A body that comes in pieces of 64 KiB, without end unless it has a number of them. @param {number} [pieces] */
export function endless(pieces = Infinity) {
  const state = { sent: 0, hungUp: false };
  const body = new ReadableStream({
    pull(controller) {
      if (state.sent++ >= pieces) controller.error(new TypeError("network error"));
      else controller.enqueue(new Uint8Array(65_536).fill(0x20));
    },
    cancel() {
      state.hungUp = true;
    },
  });
  return { body, state };
}
