// What each shape of the icon means.

import { say } from "../lib/wording.js";
import { el } from "./dom.js";
import { mark } from "./mark.js";

/** @typedef {import("../lib/badge.js").Shape} Shape */
/** @typedef {import("../lib/types.js").Messages} Messages */

/** @type {[Shape, number][]} with a number as an example where the shape carries one */
const SHAPES = [
  ["documented", 3], ["single_report", 1], ["via_owner", 7], ["ended", 0], ["none_found", 0], ["plain", 0], ["hidden", 0],
  ["out_of_date", 0],
];

/** @param {Messages} messages */
export function legend(messages) {
  const items = SHAPES.map(([shape, count]) =>
    el("li", mark({ shape, count }), el("div", el("strong", say(messages, `shape.${shape}`)), el("p.small", say(messages, `legend.${shape}`)))),
  );
  return el("ul.legend", ...items);
}
