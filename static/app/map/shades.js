/**
 * Countries or régions shaded by their number of partnerships, in five steps of one colour, each
 * reaching to the same multiple of the one before: few have many. The limits are in the legend.
 *
 * @typedef {import("../types.js").Area} Area
 * @typedef {import("./palette.js").Palette} Palette
 * @typedef {import("../../vendor/maplibre-gl/maplibre-gl.mjs").ExpressionSpecification} ExpressionSpecification
 *
 * @typedef {object} Shades
 * @property {Area} by
 * @property {Map<string, { name: string, count: number }>} areas By code.
 * @property {number[]} limits The least number of each step, the first step's first.
 */

import { ofPartnerships } from "../address.js";
import { language } from "../texts.js";
import { ROOT } from "../root.js";

/** Steps of the colour. */
export const STEPS = 5;
/** The layers of each kind of area, and the property that has its code. */
export const LAYERS = {
  country: { ids: ["world-shades", "countries-shades"], code: "alpha2" },
  region: { ids: ["regions-shades"], code: "code" },
};

/**
 * The numbers of a selection.
 * @param {Area} by
 * @param {string} query
 * @param {AbortSignal} signal
 * @returns {Promise<Shades>}
 */
export async function fetchShades(by, query, signal) {
  const collection = by === "country" ? "countries" : "regions";
  const asked = ofPartnerships(query);
  asked.set("lang", language);
  asked.set("limit", "1000");
  const answer = await fetch(`${ROOT}/api/collections/${collection}/items?${asked}`, { signal });
  if (!answer.ok) throw new Error(`${collection}: ${answer.status}`);
  /** @type {Shades["areas"]} */
  const areas = new Map();
  for (const { id, properties } of (await answer.json()).features) {
    areas.set(String(id), { name: properties.name, count: properties.partnerships });
  }
  const most = Math.max(0, ...[...areas.values()].map(({ count }) => count));
  return { by, areas, limits: most > 0 ? limitsUpTo(most) : [] };
}

/**
 * The least number of each of at most five steps.
 * @param {number} most
 */
function limitsUpTo(most) {
  const firsts = Array.from({ length: STEPS }, (_, step) => Math.max(1, Math.round((most + 1) ** (step / STEPS))));
  return [...new Set(firsts)];
}

/**
 * The colour of each area.
 * @param {Shades} shades
 * @param {string[]} ramp The colours of the steps.
 * @returns {ExpressionSpecification | string}
 */
export function fillColour({ by, areas, limits }, ramp) {
  const none = "rgba(0, 0, 0, 0)";
  if (areas.size === 0) return none;
  const step = (/** @type {number} */ count) => limits.findLastIndex((limit) => count >= limit);
  const pairs = [...areas].flatMap(([code, { count }]) => [code, ramp[step(count)]]);
  return /** @type {ExpressionSpecification} */ (/** @type {unknown} */ (["match", ["get", LAYERS[by].code], ...pairs, none]));
}
