// Draws the toolbar icon. Each state has a shape of its own; colour only repeats it. Every shape is a dark tone beside
// white, with a white rim, so that it reads on light and on dark toolbars alike.

/** @typedef {import("./badge.js").Badge} Badge */
/** @typedef {import("./badge.js").Shape} Shape */
/** @typedef {OffscreenCanvasRenderingContext2D} Pen */
/** @typedef {[number, number][]} Corners in units of a 16 × 16 grid */

/** The sizes that a toolbar asks for, in pixels: plain and high density. */
export const SIZES = /** @type {const} */ ([16, 32]);

const INK = { record: "#9a3412", report: "#92400e", owner: "#4338ca", past: "#475569", none: "#0f766e", plain: "#64748b" };

const FACES = '"DejaVu Sans Condensed", "Arial Narrow", "Helvetica Neue", Arial, sans-serif';

/** @type {Corners} */
const SQUARE = [[1, 1], [15, 1], [15, 15], [1, 15]];
/** @type {Corners} */
const DIAMOND = [[8, 0], [16, 8], [8, 16], [0, 8]];
/** @type {Corners} */
const ARROW = [[8, 0], [16, 6], [14, 6], [14, 15], [2, 15], [2, 6], [0, 6]];

/** @type {Record<Shape, (pen: Pen, count: number) => void>} */
const DRAW = {
  documented: (pen, count) => numbered(pen, SQUARE, INK.record, true, count, 8.4),
  single_report: (pen, count) => numbered(pen, DIAMOND, INK.report, false, count, 8.4),
  via_owner: (pen, count) => numbered(pen, ARROW, INK.owner, true, count, 9.4),
  via_owner_single: (pen, count) => numbered(pen, ARROW, INK.owner, false, count, 9.4),
  ended: (pen) => {
    polygon(pen, SQUARE, INK.past, false);
    bar(pen, INK.past);
  },
  none_found: (pen) => ring(pen, INK.none),
  hidden: (pen) => closedEye(pen, INK.plain),
  out_of_date: (pen) => clock(pen, INK.plain),
  plain: (pen) => mark(pen),
};

/**
 * The icon of a badge in one size.
 * @param {Badge} badge
 * @param {number} size in pixels
 * @returns {ImageData}
 */
export function drawIcon({ shape, count }, size) {
  const pen = new OffscreenCanvas(size, size).getContext("2d", { willReadFrequently: true });
  if (pen === null) throw new Error("no 2d canvas");
  pen.scale(size / 16, size / 16);
  pen.lineJoin = "round";
  pen.lineCap = "round";
  DRAW[shape](pen, count);
  return pen.getImageData(0, 0, size, size);
}

/**
 * The icon in all sizes, as chrome.action.setIcon() and SetIcon take it.
 * @param {Badge} badge
 * @returns {Record<string, ImageData>}
 */
export function iconImages(badge) {
  return Object.fromEntries(SIZES.map((size) => [String(size), drawIcon(badge, size)]));
}

/** @param {Pen} pen @param {Corners} corners */
function path(pen, corners) {
  pen.beginPath();
  for (const [x, y] of corners) pen.lineTo(x, y);
  pen.closePath();
}

/** @param {Pen} pen @param {Corners} corners @param {string} ink @param {boolean} filled */
function polygon(pen, corners, ink, filled) {
  path(pen, corners);
  pen.strokeStyle = "#fff";
  pen.lineWidth = 2;
  pen.stroke();
  pen.fillStyle = filled ? ink : "#fff";
  pen.fill();
  pen.save();
  pen.clip(); // the inner half of the line alone, so that straight edges fall on whole pixels
  pen.strokeStyle = ink;
  pen.lineWidth = 3;
  pen.stroke();
  pen.restore();
}

/**
 * @param {Pen} pen @param {Corners} corners @param {string} ink @param {boolean} filled @param {number} count
 * @param {number} middle where the number stands, from the top
 */
function numbered(pen, corners, ink, filled, count, middle) {
  polygon(pen, corners, ink, filled);
  const text = String(Math.min(count, 99));
  const size = corners === DIAMOND ? 8 : 9.6;
  pen.font = `bold ${text.length > 1 ? size - 1 : size + 1}px ${FACES}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = filled ? "#fff" : ink;
  pen.fillText(text, 8, middle, corners === DIAMOND ? 9.4 : 12);
}

/** @param {Pen} pen @param {string} ink */
function bar(pen, ink) {
  pen.beginPath();
  pen.moveTo(4.4, 8);
  pen.lineTo(11.6, 8);
  pen.strokeStyle = ink;
  pen.lineWidth = 2;
  pen.stroke();
}

/** @param {Pen} pen @param {string} ink */
function ring(pen, ink) {
  pen.beginPath();
  pen.arc(8, 8, 5.8, 0, 2 * Math.PI);
  pen.strokeStyle = "#fff";
  pen.lineWidth = 4;
  pen.stroke();
  pen.strokeStyle = ink;
  pen.lineWidth = 2.4;
  pen.stroke();
}

/** An eye that is shut. @param {Pen} pen @param {string} ink */
function closedEye(pen, ink) {
  for (const [colour, width] of /** @type {[string, number][]} */ ([["#fff", 4.4], [ink, 2.1]])) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.beginPath();
    pen.moveTo(1.8, 5.6);
    pen.quadraticCurveTo(8, 13, 14.2, 5.6);
    for (const [from, to] of [[3.9, 2.6], [8, 8], [12.1, 13.4]]) {
      pen.moveTo(from ?? 0, from === 8 ? 9.4 : 8);
      pen.lineTo(to ?? 0, from === 8 ? 13.2 : 11.4);
    }
    pen.stroke();
  }
}

/** A clock, without a number: what it would say has expired. @param {Pen} pen @param {string} ink */
function clock(pen, ink) {
  pen.fillStyle = "#fff";
  pen.beginPath();
  pen.arc(8, 8, 8, 0, 2 * Math.PI);
  pen.fill();
  pen.fillStyle = ink;
  pen.beginPath();
  pen.arc(8, 8, 7, 0, 2 * Math.PI);
  pen.fill();
  pen.strokeStyle = "#fff";
  pen.lineWidth = 1.8;
  pen.beginPath();
  pen.moveTo(8, 3.6);
  pen.lineTo(8, 8.4);
  pen.lineTo(11.4, 10.4);
  pen.stroke();
}

/** The plain icon, which claims nothing: two dots and the line between them. @param {Pen} pen */
function mark(pen) {
  for (const [ink, width, radius] of /** @type {[string, number, number][]} */ ([["#fff", 4, 4.2], [INK.plain, 1.8, 3.1]])) {
    pen.strokeStyle = pen.fillStyle = ink;
    pen.lineWidth = width;
    pen.beginPath();
    pen.moveTo(4.4, 11.6);
    pen.lineTo(11.6, 4.4);
    pen.stroke();
    for (const [x, y] of [[4.4, 11.6], [11.6, 4.4]]) {
      pen.beginPath();
      pen.arc(x ?? 0, y ?? 0, radius, 0, 2 * Math.PI);
      pen.fill();
    }
  }
}
