/**
 * The map's sources: the basemap's outlines, the register as vector tiles, and what is lit.
 *
 * @typedef {Record<string, GeoJSON.FeatureCollection>} Data What is in the sources that are no tiles, by name.
 * @typedef {import("../../vendor/maplibre-gl/maplibre-gl.mjs").SourceSpecification} SourceSpecification
 */

import { ofPartnerships } from "../address.js";

/** @returns {GeoJSON.FeatureCollection} */
const nothing = () => ({ type: "FeatureCollection", features: [] });

/** The collections that are drawn from tiles, and the zoom level beyond which theirs are enlarged. */
export const TILED = { links: 12, collectivities: 14, partners: 14 };

/**
 * The addresses of a collection's tiles.
 * @param {string} collection
 * @param {string} query The filters.
 */
export function tilesOf(collection, query) {
  const asked = ofPartnerships(query).toString();
  return [`${location.origin}/tiles/${collection}/{z}/{x}/{y}.mvt${asked ? `?${asked}` : ""}`];
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
  if (query !== undefined) {
    for (const [name, maxzoom] of Object.entries(TILED)) all[name] = { type: "vector", tiles: tilesOf(name, query), maxzoom };
  }
  return all;
}
