/**
 * The map's style: what is drawn, in which order, in which colours. No glyphs are named, so labels
 * are drawn from the page's own font and nobody is asked for anything.
 *
 * @typedef {import("./palette.js").Palette} Palette
 * @typedef {import("./sources.js").Data} Data
 * @typedef {import("../../vendor/maplibre-gl/maplibre-gl.mjs").StyleSpecification} StyleSpecification
 * @typedef {import("../../vendor/maplibre-gl/maplibre-gl.mjs").LayerSpecification} LayerSpecification
 */

import { LEVELS, sources } from "./sources.js";

const FONT = ["Atlas Sans"];
/** France and what of it the basemap draws apart. */
const FRENCH = ["FR", "GF", "GP", "MQ", "RE", "YT", "PM", "NC", "PF", "WF", "BL", "MF", "TF"];

/**
 * Faint where there are many.
 * @param {number} count Ties on the map.
 */
export function linkOpacity(count) {
  return Math.max(0.12, Math.min(0.6, 6 / Math.sqrt(Math.max(count, 1))));
}

/** Up to this zoom the world is drawn from a coarse outline, which arrives and is cut up sooner. */
const FINE_FROM = 3.4;
/** Sources that come once the first picture stands, whatever it shows; so do all words. */
const LATER = ["regions", "departments", "labels", "bundles-near", "links-on", "points-on"];

/**
 * The style of the first picture: what is seen at a zoom, without words and lights.
 * @param {Palette} palette
 * @param {string} statics Where `static/` is served.
 * @param {Data} data
 * @param {number} zoom
 * @returns {StyleSpecification}
 */
export function firstStyle(palette, statics, data, zoom) {
  const all = sources(statics, data);
  const seen = layers(palette).filter((layer) => {
    if (layer.type === "symbol" || LATER.includes(sourceOf(layer))) return false;
    return zoom >= (layer.minzoom ?? 0) && zoom < (layer.maxzoom ?? 24);
  });
  const needed = new Set(seen.map(sourceOf).filter(Boolean));
  return {
    version: 8,
    projection: { type: "globe" },
    sources: Object.fromEntries([...needed].map((name) => [name, all[name]])),
    layers: seen,
  };
}

/** @param {LayerSpecification} layer */
function sourceOf(layer) {
  return "source" in layer ? String(layer.source) : "";
}

/**
 * @param {Palette} colour
 * @returns {LayerSpecification[]}
 */
export function layers(colour) {
  return [...basemapLayers(colour), ...networkLayers(colour)];
}

/**
 * @param {Palette} colour
 * @returns {LayerSpecification[]}
 */
function basemapLayers(colour) {
  return [
    { id: "sea", type: "background", paint: { "background-color": colour.sea } },
    ...outlines("world", 0, FINE_FROM, colour),
    ...outlines("countries", FINE_FROM, 24, colour),
    {
      // finer than the countries' outlines, which it covers inside France
      id: "regions-land", type: "fill", source: "regions", minzoom: 4.4,
      paint: { "fill-color": colour["home-land"], "fill-antialias": false },
    },
    {
      id: "departments", type: "line", source: "departments", minzoom: 6.2,
      paint: { "line-color": colour.region, "line-width": 0.6, "line-opacity": ["interpolate", ["linear"], ["zoom"], 6.2, 0, 7, 0.55] },
    },
    {
      id: "regions", type: "line", source: "regions", minzoom: 3.8,
      paint: { "line-color": colour.region, "line-width": 0.9, "line-opacity": ["interpolate", ["linear"], ["zoom"], 3.8, 0, 4.8, 0.8] },
    },
  ];
}

/**
 * Land and borders from one of the two sources of outlines.
 * @param {string} source
 * @param {number} minzoom
 * @param {number} maxzoom
 * @param {Palette} colour
 * @returns {LayerSpecification[]}
 */
function outlines(source, minzoom, maxzoom, colour) {
  return [
    {
      id: `${source}-land`, type: "fill", source, minzoom, maxzoom,
      paint: { "fill-color": ["match", ["get", "alpha2"], FRENCH, colour["home-land"], colour.land], "fill-antialias": false },
    },
    {
      id: `${source}-borders`, type: "line", source, minzoom, maxzoom,
      paint: { "line-color": colour.border, "line-width": ["interpolate", ["linear"], ["zoom"], 1, 0.5, 5, 1.1] },
    },
  ];
}

/**
 * @param {Palette} colour
 * @returns {LayerSpecification[]}
 */
function networkLayers(colour) {
  return [
    {
      id: "links", type: "line", source: "links",
      paint: { "line-color": colour.link, "line-opacity": 0.2, "line-width": ["interpolate", ["linear"], ["zoom"], 1, 0.8, 4, 1.1, 8, 1.6] },
    },
    ...LEVELS.map(({ source, until }, at) => bundleLayer(source, at === 0 ? 0 : LEVELS[at - 1].until, until, colour)),
    ...countryLabels(colour),
    {
      id: "links-on", type: "line", source: "links-on", layout: { "line-cap": "round" },
      paint: { "line-color": colour["link-on"], "line-opacity": 0.9, "line-width": ["interpolate", ["linear"], ["zoom"], 1, 1.4, 5, 2, 9, 3] },
    },
    {
      id: "homes", type: "circle", source: "homes",
      paint: {
        "circle-color": colour.home,
        "circle-stroke-color": colour["partner-edge"],
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 1, 0.9, 4, 1.8, 6, ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 1, 3, 6, 6], 9, ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 1, 5, 6, 10]],
        "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 3.5, 0, 6, 1],
      },
    },
    {
      id: "partners", type: "circle", source: "partners",
      layout: { "circle-sort-key": ["-", ["get", "n"]] },
      paint: {
        "circle-color": colour.partner,
        "circle-opacity": ["case", ["has", "point_count"], 0.82, 0.95],
        "circle-stroke-color": colour["partner-edge"],
        "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 1, 0.8, 6, 1.4],
        "circle-radius": ["interpolate", ["linear"], ["zoom"],
          1, ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 1, 2.2, 10, 6.5, 40, 13],
          6, ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 1, 4.2, 10, 12, 40, 24]],
      },
    },
    {
      id: "cluster-counts", type: "symbol", source: "partners", filter: [">=", ["get", "n"], 200],
      layout: {
        "text-field": ["to-string", ["get", "n"]], "text-font": FONT, "text-size": 11, "text-allow-overlap": false, "text-padding": 0,
        "symbol-sort-key": ["-", ["get", "n"]],
      },
      paint: { "text-color": colour["partner-edge"] },
    },
    {
      id: "points-on", type: "circle", source: "points-on",
      paint: {
        "circle-color": ["match", ["get", "side"], "home", colour.home, colour["link-on"]],
        "circle-stroke-color": colour["partner-edge"], "circle-stroke-width": 1.5,
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 1, 3.8, 6, 6],
      },
    },
    placeNames("home-names", "homes", colour, colour.home),
    placeNames("partner-names", "partners", colour, colour["link-on"]),
    { ...placeNames("names-on", "points-on", colour, colour.label), minzoom: 0 },
  ];
}

/**
 * @param {string} source
 * @param {number} from
 * @param {number} until
 * @param {Palette} colour
 * @returns {LayerSpecification}
 */
function bundleLayer(source, from, until, colour) {
  return {
    id: source, type: "line", source, minzoom: from, maxzoom: until,
    paint: {
      "line-color": colour.link,
      "line-opacity": ["interpolate", ["linear"], ["sqrt", ["get", "weight"]], 1, from > 0 ? 0.1 : 0.13, 4, from > 0 ? 0.24 : 0.34, 12, from > 0 ? 0.4 : 0.62],
      "line-width": ["interpolate", ["linear"], ["sqrt", ["get", "weight"]], 1, 0.8, 4, 1.5, 16, from > 0 ? 3 : 4],
    },
  };
}

/**
 * @param {string} id
 * @param {string} source
 * @param {Palette} colour
 * @param {string} ink
 * @returns {import("../../vendor/maplibre-gl/maplibre-gl.mjs").SymbolLayerSpecification}
 */
function placeNames(id, source, colour, ink) {
  return {
    id, type: "symbol", source, minzoom: 5.7,
    layout: {
      "text-field": ["coalesce", ["get", "name"], ""], "text-font": FONT, "text-size": 12, "text-variable-anchor": ["left", "right", "top", "bottom"],
      "text-radial-offset": 0.7, "text-padding": 3, "symbol-sort-key": ["-", ["get", "n"]], "text-max-width": 9,
    },
    paint: { "text-color": ink, "text-halo-color": colour.halo, "text-halo-width": 1.6 },
  };
}

/**
 * Names of countries: large ones first, small ones when there is room.
 * @param {Palette} colour
 * @returns {LayerSpecification[]}
 */
function countryLabels(colour) {
  /** @type {[id: string, from: number, to: number, minzoom: number, maxzoom: number][]} */
  const tiers = [["large", 60, 1e9, 0, 7], ["middle", 8, 60, 2.5, 8], ["small", 0, 8, 3.8, 9]];
  return tiers.map(([id, from, to, minzoom, maxzoom]) => ({
    id: `names-${id}`, type: "symbol", source: "labels", minzoom, maxzoom,
    filter: ["all", [">=", ["get", "area"], from], ["<", ["get", "area"], to]],
    layout: {
      "text-field": ["get", "name"], "text-font": FONT, "symbol-sort-key": ["-", ["get", "area"]], "text-max-width": 7, "text-padding": 6,
      "text-size": ["interpolate", ["linear"], ["zoom"], 1.5, 11, 5, 14], "text-letter-spacing": 0.04,
    },
    paint: { "text-color": colour.label, "text-halo-color": colour.halo, "text-halo-width": 1.4, "text-halo-blur": 0.4 },
  }));
}
