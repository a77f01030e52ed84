// The toolbar's shapes inside pages. They only repeat what words beside them say, so screen readers skip them.

import { drawIcon } from "../lib/icons.js";

/** @typedef {import("../lib/badge.js").Badge} Badge */

const PIXELS = 64;

/** @param {Badge} badge */
export function mark(badge) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = PIXELS;
  canvas.className = "icon";
  canvas.setAttribute("aria-hidden", "true");
  canvas.getContext("2d")?.putImageData(drawIcon(badge, PIXELS), 0, 0);
  return canvas;
}
