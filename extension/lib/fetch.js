// Fetches a file of the service: the same for everyone, without cookies, identifier or referrer.

import { ReleaseError } from "./errors.js";

const TIMEOUT_MS = 60_000;

/**
 * The body of an answer, given up as soon as it is longer than `limit`.
 * @param {string} url
 * @param {number} limit in bytes
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function fetchBytes(url, limit) {
  const response = await ask(url);
  if (!response.ok) throw new ReleaseError("http", `status ${response.status}`, retryAfter(response));
  const chunks = [];
  let size = 0;
  try {
    for await (const chunk of parts(response)) {
      size += chunk.byteLength;
      if (size > limit) throw new ReleaseError("size", `more than ${limit} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof ReleaseError ? error : new ReleaseError("unreachable", String(error));
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** @param {string} url */
async function ask(url) {
  try {
    return await fetch(url, {
      cache: "no-cache",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw new ReleaseError("unreachable", String(error));
  }
}

/** Leaving the loop early hangs up. @param {Response} response */
async function* parts(response) {
  const reader = response.body?.getReader();
  if (!reader) return;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** @param {Response} response @returns {number | null} seconds */
function retryAfter(response) {
  const text = response.headers.get("Retry-After");
  if (text === null) return null;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}
