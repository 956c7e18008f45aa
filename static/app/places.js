/**
 * What the API knows of the places on the map, and of the links between them.
 *
 * @typedef {import("./types.js").PlaceKey} PlaceKey
 */

import { filtersAt, ofPartnerships } from "./address.js";

/** Links that are lit at once when a place is pointed at. */
const LIT_AT_ONCE = 300;
/** Answers that are kept for when the pointer comes back. */
const KEPT = 40;

/** How a place is called: `Birmingham, Royaume-Uni`. @param {{ names: string[], detail: string }} place */
export function placeName({ names, detail }) {
  const name = names.join(", ");
  return detail && detail !== name ? `${name}, ${detail}` : name;
}

/** Links lately asked for, by their address. @type {Map<string, Promise<GeoJSON.FeatureCollection>>} */
const kept = new Map();

/**
 * The links of a place among those that filters keep, as great circles from the French side.
 * @param {URLSearchParams} filters
 * @param {PlaceKey} place
 */
export function fetchLinks(filters, place) {
  const query = ofPartnerships(filtersAt(filters, place));
  query.set("limit", String(LIT_AT_ONCE));
  return keep(`/api/collections/links/items?${query}`);
}

/**
 * One partnership's link.
 * @param {string} id
 */
export async function fetchLink(id) {
  const feature = await keep(`/api/collections/links/items/${encodeURIComponent(id)}`);
  return /** @type {GeoJSON.FeatureCollection} */ ({ type: "FeatureCollection", features: [feature] });
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
function keep(path) {
  const known = kept.get(path);
  if (known) return known;
  const asked = fetch(path).then((answer) => {
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  });
  asked.catch(() => kept.delete(path));
  kept.set(path, asked);
  if (kept.size > KEPT) kept.delete(/** @type {string} */ (kept.keys().next().value));
  return asked;
}
