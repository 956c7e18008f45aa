/**
 * The map's sources: the basemap's outlines, and what is drawn on them.
 *
 * @typedef {Record<string, GeoJSON.FeatureCollection>} Data What is in the sources, by name.
 * @typedef {import("../../vendor/maplibre-gl/maplibre-gl.mjs").GeoJSONSourceSpecification} GeoJSONSourceSpecification
 */

/** @returns {GeoJSON.FeatureCollection} */
const nothing = () => ({ type: "FeatureCollection", features: [] });

/** Up to so many ties each is drawn; more are drawn as bundles, at two levels of detail. */
export const BUNDLE_OVER = 1500;
/** Lines of each level, and the zoom up to which it is drawn; beyond the last all ties are. */
export const LEVELS = [
  { source: "bundles-far", most: 600, until: 4 },
  { source: "bundles-near", most: 2400, until: 7 },
];

/**
 * Every source.
 * @param {string} statics
 * @param {Data} data
 * @returns {Record<string, GeoJSONSourceSpecification>}
 */
export function sources(statics, data) {
  const basemap = (/** @type {string} */ name) => new URL(`${statics}/basemap/${name}.geojson`, location.href).href;
  const outline = (/** @type {string} */ name) => ({ type: /** @type {const} */ ("geojson"), data: data[name] ?? basemap(name) });
  const own = (/** @type {string} */ name) => ({ type: /** @type {const} */ ("geojson"), data: data[name] ?? nothing() });
  return {
    world: { ...outline("world"), tolerance: 0.2, maxzoom: 4 },
    countries: { ...outline("countries"), tolerance: 0.4, maxzoom: 8 },
    regions: { type: "geojson", data: basemap("regions"), tolerance: 0.5, maxzoom: 9 },
    departments: { type: "geojson", data: basemap("departments"), tolerance: 0.5, maxzoom: 10 },
    labels: own("labels"),
    links: { ...own("links"), tolerance: 0.4, buffer: 8, maxzoom: 7 },
    "bundles-far": { ...own("bundles-far"), tolerance: 0.8, buffer: 8, maxzoom: 4 },
    "bundles-near": { ...own("bundles-near"), tolerance: 0.6, buffer: 8, maxzoom: 7 },
    "links-on": { ...own("links-on"), tolerance: 0.1, maxzoom: 9 },
    homes: { ...own("homes"), maxzoom: 12 },
    partners: {
      ...own("partners"), cluster: true, clusterRadius: 22, clusterMaxZoom: 7, maxzoom: 12, clusterProperties: { n: ["+", ["get", "n"]] },
    },
    "points-on": { ...own("points-on"), maxzoom: 12 },
  };
}
