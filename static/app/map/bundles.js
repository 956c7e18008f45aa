/**
 * Bundles: where there are thousands of ties, those whose ends lie close together are drawn as one
 * line with their weight. From far away that says the same, reads better and draws much faster.
 *
 * @typedef {import("./network.js").Network} Network
 * @typedef {{ weight: number, lon: number, lat: number }} Knot The middle of the ends in a cell.
 */

import { COARSE, FINE, greatCircle } from "./arcs.js";

/** More than there are cells on the finest grid (1,200 columns of 1,024 numbers). */
const CELLS = 2048 * 1024;
/** @typedef {[home: number, partner: number][]} Grids Degrees of the cells of both sides, from fine to coarse. */

/** Seen from far away, both ends may be gathered alike. @type {Grids} */
export const FAR = [[0.5, 0.5], [1, 1], [2, 1.5], [3, 2], [4, 3], [6, 4], [9, 6], [14, 9], [30, 12], [90, 20]];
/** Seen from near, the French end stays where it is as long as possible. @type {Grids} */
export const NEAR = [[0.3, 0.5], [0.5, 1], [0.7, 2], [0.9, 4], [1.1, 7], [1.4, 12], [1.8, 20], [2.5, 30], [4, 45], [90, 60]];

/**
 * Lines for a network, on the finest grid that keeps them to a number.
 * @param {Network} network
 * @param {number} most
 * @param {Grids} grids
 * @returns {GeoJSON.FeatureCollection}
 */
export function bundle(network, most, grids) {
  const step = grids === FAR ? COARSE : FINE;
  let bundles = bundleOn(network, ...grids[0]);
  for (const [home, partner] of grids.slice(1)) {
    if (bundles.length <= most) break;
    bundles = bundleOn(network, home, partner);
  }
  return {
    type: "FeatureCollection",
    features: bundles.map(({ from, to, weight }) => ({
      type: "Feature",
      properties: { weight },
      geometry: { type: "MultiLineString", coordinates: greatCircle(middle(from), middle(to), step) },
    })),
  };
}

/**
 * @param {Network} network
 * @param {number} homeCell
 * @param {number} partnerCell
 */
function bundleOn(network, homeCell, partnerCell) {
  /** @type {Map<number, Knot>} */
  const homes = new Map();
  /** @type {Map<number, Knot>} */
  const partners = new Map();
  /** @type {Map<number, { from: Knot, to: Knot, weight: number }>} */
  const bundles = new Map();
  for (const { home, partner, ids } of network.ties) {
    const [here, there] = [network.places[home].position, network.places[partner].position];
    const [fromKey, toKey] = [cell(here, homeCell), cell(there, partnerCell)];
    const from = gather(homes, fromKey, here, ids.length);
    const to = gather(partners, toKey, there, ids.length);
    const key = fromKey * CELLS + toKey;
    const known = bundles.get(key);
    if (known) known.weight += ids.length;
    else bundles.set(key, { from, to, weight: ids.length });
  }
  return [...bundles.values()];
}

/**
 * The number of the cell that a position lies in, below CELLS.
 * @param {[number, number]} position
 * @param {number} size Degrees.
 */
function cell([lon, lat], size) {
  return Math.floor((lon + 180) / size) * 1024 + Math.floor((lat + 90) / size);
}

/**
 * @param {Map<number, Knot>} knots
 * @param {number} key
 * @param {[number, number]} position
 * @param {number} weight
 */
function gather(knots, key, [lon, lat], weight) {
  let knot = knots.get(key);
  if (!knot) knots.set(key, (knot = { weight: 0, lon: 0, lat: 0 }));
  knot.weight += weight;
  knot.lon += lon * weight;
  knot.lat += lat * weight;
  return knot;
}

/**
 * @param {Knot} knot
 * @returns {[number, number]}
 */
function middle({ weight, lon, lat }) {
  return [lon / weight, lat / weight];
}
