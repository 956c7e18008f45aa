/** The legend: of links and places, or of the shades and their limits. */

import { byId, element } from "../dom.js";
import { counted, fill, text } from "../texts.js";
import { STEPS } from "./shades.js";

/**
 * Says what the zoom level that is drawn leaves out, and what rings are where there are some.
 * @param {{ left_out: number } | null} level
 * @param {boolean} hasAreas
 */
export function showLevel(level, hasAreas) {
  byId("legend-area").hidden = !hasAreas;
  const note = byId("legend-left-out");
  note.hidden = !level?.left_out;
  if (level?.left_out) note.textContent = counted("map.left_out", level.left_out);
}

/**
 * Shows what the colours mean.
 * @param {import("./shades.js").Shades | null} shades What is shaded; null where links are drawn.
 */
export function showLegend(shades) {
  byId("legend-links").hidden = shades !== null;
  const box = byId("legend-shades");
  box.hidden = shades === null;
  if (!shades) return box.replaceChildren();
  const { limits, areas } = shades;
  const most = Math.max(0, ...[...areas.values()].map(({ count }) => count));
  const keys = limits.map((least, at) => {
    const last = at + 1 < limits.length ? limits[at + 1] - 1 : most;
    const label = last > least ? fill("map.step", { from: least, to: last }) : fill("map.step.one", { from: least });
    // with fewer steps than colours the darkest stay out
    return element("li", { class: "step", "data-step": String(Math.min(at + 1, STEPS)) }, label);
  });
  box.replaceChildren(element("span", {}, text(`map.shaded.${shades.by}`)), element("ul", {}, ...keys));
}
