/**
 * The map's sources: the basemap's outlines, the register as vector tiles, and what is lit.
 *
 * @typedef {Record<string, GeoJSON.FeatureCollection>} Data What is in the sources that are no tiles, by name.
 * @typedef {import("../../vendor/maplibre-gl/maplibre-gl.mjs").SourceSpecification} SourceSpecification
 */

import { language } from "../texts.js";
import { ROOT } from "../root.js";

/** @returns {GeoJSON.FeatureCollection} */
const nothing = () => ({ type: "FeatureCollection", features: [] });

/** The source of the register's tiles: clusters of places and what is between them. */
export const FLOWS = "flows";
/** The zoom level beyond which its tiles are enlarged. */
const LAST_ZOOM = 14;

/**
 * The addresses of the register's tiles.
 * @param {string} query The filters.
 */
export function tilesOf(query) {
  const asked = new URLSearchParams(query);
  // named, since what the browser prefers may be the other one
  asked.set("lang", language);
  return [`${location.origin}${ROOT}/tiles/${FLOWS}/{z}/{x}/{y}.mvt?${asked}`];
}

/**
 * Every source.
 * @param {{ statics: string, data: Data, query?: string, tiles?: string }} options `query`: the filters of the register's tiles, without which there are none; `tiles`: those of a basemap of one's own.
 * @returns {Record<string, SourceSpecification>}
 */
export function sources({ statics, data, query, tiles }) {
  const basemap = (/** @type {string} */ name) => new URL(`${statics}/basemap/${name}.geojson`, location.href).href;
  const outline = (/** @type {string} */ name) => ({ type: /** @type {const} */ ("geojson"), data: data[name] ?? basemap(name) });
  const own = (/** @type {string} */ name) => ({ type: /** @type {const} */ ("geojson"), data: data[name] ?? nothing() });
  /** @type {Record<string, SourceSpecification>} */
  const all = {
    world: { ...outline("world"), tolerance: 0.2, maxzoom: 4 },
    countries: { ...outline("countries"), tolerance: 0.4, maxzoom: 8 },
    regions: { type: "geojson", data: basemap("regions"), tolerance: 0.5, maxzoom: 9 },
    departments: { type: "geojson", data: basemap("departments"), tolerance: 0.5, maxzoom: 10 },
    labels: { type: "geojson", data: basemap("labels") },
    "links-on": { ...own("links-on"), tolerance: 0.1, maxzoom: 9 },
    "points-on": { ...own("points-on"), maxzoom: 12 },
  };
  if (tiles) all.basemap = { type: "raster", tiles: [tiles], tileSize: 256 };
  if (query !== undefined) all[FLOWS] = { type: "vector", tiles: tilesOf(query), maxzoom: LAST_ZOOM };
  return all;
}
