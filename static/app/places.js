/**
 * What the API knows of the places on the map, and of the links between them.
 */

import { ROOT } from "./root.js";
import { language } from "./texts.js";

/** So many letters say what is meant. */
const LEAST_TYPED = 3;
/** Degrees that are shown around a place that was searched for. */
const AROUND = 5;
/** Answers that are kept for when the pointer comes back. */
const KEPT = 40;

/** How a place is called: `Birmingham, Royaume-Uni`. @param {{ names: string[], detail: string }} place */
export function placeName({ names, detail }) {
  const name = names.join(", ");
  return detail && detail !== name ? `${name}, ${detail}` : name;
}

/** Answers lately asked for, by their address. @type {Map<string, Promise<any>>} */
const kept = new Map();

/**
 * Around the foreign place that is likeliest meant by words; none where something else is.
 * @param {string} typed
 * @param {URLSearchParams} filters
 * @returns {Promise<number[] | null>}
 */
export async function meantBox(typed, filters) {
  if (typed.trim().length < LEAST_TYPED) return null;
  const query = new URLSearchParams(filters);
  query.set("q", typed);
  query.set("limit", "1");
  query.set("lang", language);
  const [meant] = (await keep(`${ROOT}/api/suggest?${query}`)).suggestions;
  if (meant?.kind === "country") return boxOfCountry(meant.id);
  if (meant?.kind === "partner_area") {
    const { features } = await keep(`${ROOT}/api/collections/partners/items?partner_area=${encodeURIComponent(meant.id)}&limit=100`);
    return around(features.flatMap((/** @type {GeoJSON.Feature<GeoJSON.Point>} */ { geometry }) => (geometry ? [geometry.coordinates] : [])));
  }
  if (meant?.kind !== "partner") return null;
  const { geometry, properties } = await keep(`${ROOT}/api/collections/partners/items/${encodeURIComponent(meant.id)}`);
  // what has no position is in its country all the same
  return geometry ? around([geometry.coordinates]) : boxOfCountry(properties.country_code);
}

/** A box with room around positions; none where there are none. @param {number[][]} positions */
function around(positions) {
  if (positions.length === 0) return null;
  const [lons, lats] = [0, 1].map((axis) => positions.map((position) => position[axis]));
  return [Math.max(-180, Math.min(...lons) - AROUND), Math.max(-89, Math.min(...lats) - AROUND), Math.min(180, Math.max(...lons) + AROUND), Math.min(89, Math.max(...lats) + AROUND)];
}

/** @param {string} alpha2 */
async function boxOfCountry(alpha2) {
  return boxOf((await keep(`${ROOT}/api/collections/countries/items/${alpha2}`)).geometry);
}

/** Around the largest part of a country. @param {GeoJSON.MultiPolygon} geometry */
function boxOf({ coordinates }) {
  const boxes = coordinates.map(([ring]) => {
    const [lons, lats] = [0, 1].map((axis) => ring.map((position) => position[axis]));
    return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
  });
  const size = (/** @type {number[]} */ [west, south, east, north]) => (east - west) * (north - south);
  return boxes.reduce((largest, box) => (size(box) > size(largest) ? box : largest));
}

/**
 * One partnership's link.
 * @param {string} id
 */
export async function fetchLink(id) {
  const feature = await keep(`${ROOT}/api/collections/links/items/${encodeURIComponent(id)}`);
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
