/** The small label beside the pointer. */

import { byId, element } from "../dom.js";

/**
 * Shows lines of text near a point of the map; the first is the heading.
 * @param {string[]} lines
 * @param {{ x: number, y: number }} point Pixels from the map's corner.
 */
export function showTooltip([heading, ...rest], point) {
  const box = byId("tooltip");
  box.replaceChildren(element("b", {}, heading), ...rest.map((line) => element("span", {}, line)));
  box.hidden = false;
  placeNear(box, point, 14);
}

/** Takes it away. */
export function hideTooltip() {
  byId("tooltip").hidden = true;
}

/**
 * Puts a box beside a point, inside its parent.
 * @param {HTMLElement} box
 * @param {{ x: number, y: number }} point
 * @param {number} gap
 */
export function placeNear(box, point, gap) {
  const room = /** @type {HTMLElement} */ (box.offsetParent ?? box.parentElement);
  const right = point.x + gap + box.offsetWidth <= room.clientWidth - 8;
  const below = point.y + gap + box.offsetHeight <= room.clientHeight - 8;
  const x = right ? point.x + gap : Math.max(8, point.x - gap - box.offsetWidth);
  const y = below ? point.y + gap : Math.max(8, point.y - gap - box.offsetHeight);
  box.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
}
