/**
 * The map's style: what is drawn, in which order, in which colours. No glyphs are named, so labels
 * are drawn from the page's own font and nobody is asked for anything.
 *
 * @typedef {import("./palette.js").Palette} Palette
 * @typedef {import("../../vendor/maplibre-gl/maplibre-gl.mjs").StyleSpecification} StyleSpecification
 * @typedef {import("../../vendor/maplibre-gl/maplibre-gl.mjs").LayerSpecification} LayerSpecification
 * @typedef {import("../../vendor/maplibre-gl/maplibre-gl.mjs").SourceSpecification} SourceSpecification
 * @typedef {import("../../vendor/maplibre-gl/maplibre-gl.mjs").ExpressionSpecification} ExpressionSpecification
 */

import { language } from "../texts.js";

const FONT = ["Atlas Sans"];
/** France and what of it the basemap draws apart. */
const FRENCH = ["FR", "GF", "GP", "MQ", "RE", "YT", "PM", "NC", "PF", "WF", "BL", "MF", "TF"];

/** Up to this zoom the world is drawn from a coarse outline, which arrives and is cut up sooner. */
const FINE_FROM = 3.4;
/** Sources that come once the first picture stands, whatever it shows; so do all words. */
const LATER = ["regions", "departments", "labels", "links-on", "points-on"];
/** Of these, what weighs most and is seen only from nearer: it comes once the map is that near. */
export const FINE = { sources: ["countries", "regions", "departments"], from: FINE_FROM - 0.4 };

/** What shows links and places, and rests while areas are shaded. */
export const NETWORK = ["links", "links-few", "homes", "partners", "cluster-counts", "home-names", "partner-names"];

/** So many partnerships leave room for wide lines. */
const FEW = 150;

/**
 * How strongly each layer of lines is drawn: few wide ones, or many that are the fainter the more
 * there are. One number for all lines of a layer, because what depends on a feature makes MapLibre read
 * tiles once more, which must not meet the coming of new ones.
 * @param {number} matched Partnerships on the map.
 */
export function linkOpacities(matched) {
  return { links: matched > FEW ? Math.max(0.4, 12 / Math.sqrt(matched)) : 0, "links-few": matched > FEW ? 0 : 0.85 };
}

/**
 * A colour that is the stronger, the more a line stands for.
 * @param {string} colour `#rrggbb`
 * @param {number} [least] Its opacity for one.
 * @returns {ExpressionSpecification}
 */
function byCount(colour, least = 0.45) {
  const shade = (/** @type {number} */ share) => colour + Math.round(share * 255).toString(16).padStart(2, "0");
  return ["interpolate", ["linear"], ["sqrt", ["get", "count"]], 1, shade(least), 4, shade(Math.max(least, 0.7)), 16, shade(1)];
}

/**
 * The style of the first picture: what is seen at a zoom, without words and lights.
 * @param {Palette} palette
 * @param {Record<string, SourceSpecification>} all Every source.
 * @param {number} zoom
 * @returns {StyleSpecification}
 */
export function firstStyle(palette, all, zoom) {
  const seen = layers(palette, all).filter((layer) => {
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
 * Every layer whose source there is.
 * @param {Palette} colour
 * @param {Record<string, SourceSpecification>} all
 * @returns {LayerSpecification[]}
 */
export function layers(colour, all) {
  const ordered = [...basemapLayers(colour, "basemap" in all), ...networkLayers(colour)];
  return ordered.filter((layer) => !sourceOf(layer) || sourceOf(layer) in all);
}

/**
 * @param {Palette} colour
 * @param {boolean} hasTiles Whether a tile service draws land and sea.
 * @returns {LayerSpecification[]}
 */
function basemapLayers(colour, hasTiles) {
  const land = hasTiles ? 0 : 1;
  return [
    { id: "sea", type: "background", paint: { "background-color": colour.sea } },
    { id: "basemap", type: "raster", source: "basemap" },
    ...outlines("world", 0, FINE_FROM, colour, land),
    ...outlines("countries", FINE_FROM, 24, colour, land),
    {
      // finer than the countries' outlines, which it covers inside France
      id: "regions-land", type: "fill", source: "regions", minzoom: 4.4,
      paint: { "fill-color": colour["home-land"], "fill-antialias": false, "fill-opacity": land },
    },
    // filled by number where areas are shaded: see shades.js
    { id: "world-shades", type: "fill", source: "world", maxzoom: FINE_FROM, layout: { visibility: "none" } },
    { id: "countries-shades", type: "fill", source: "countries", minzoom: FINE_FROM, layout: { visibility: "none" } },
    { id: "regions-shades", type: "fill", source: "regions", layout: { visibility: "none" } },
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
 * @param {number} opacity
 * @returns {LayerSpecification[]}
 */
function outlines(source, minzoom, maxzoom, colour, opacity) {
  return [
    {
      id: `${source}-land`, type: "fill", source, minzoom, maxzoom,
      paint: {
        "fill-color": ["match", ["get", "alpha2"], FRENCH, colour["home-land"], colour.land], "fill-antialias": false, "fill-opacity": opacity,
      },
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
  const size = (/** @type {number} */ one, /** @type {number} */ hundred, /** @type {number} */ most) =>
    /** @type {ExpressionSpecification} */ (["interpolate", ["linear"], ["sqrt", ["get", "partnerships"]], 1, one, 10, hundred, 100, most]);
  const wide = (/** @type {number} */ one, /** @type {number} */ sixteen, /** @type {number} */ most) =>
    /** @type {ExpressionSpecification} */ (["interpolate", ["linear"], ["sqrt", ["get", "count"]], 1, one, 4, sixteen, 20, most]);
  const numberFrom = (/** @type {number} */ least) =>
    /** @type {ExpressionSpecification} */ (["case", [">=", ["get", "partnerships"], least], ["to-string", ["get", "partnerships"]], ""]);
  return [
    {
      id: "links", type: "line", source: "links", "source-layer": "links", layout: { "line-cap": "round" },
      paint: {
        "line-color": byCount(colour.link), "line-opacity": linkOpacities(1000).links,
        "line-width": ["interpolate", ["linear"], ["zoom"], 1, wide(0.8, 1.5, 4), 8, wide(1.6, 2.6, 6)],
      },
    },
    {
      // read from the same tiles at once, and drawn by the same program, since it differs in paint alone
      id: "links-few", type: "line", source: "links", "source-layer": "links", layout: { "line-cap": "round" },
      paint: {
        "line-color": byCount(colour.link, 1), "line-opacity": 0,
        "line-width": ["interpolate", ["linear"], ["zoom"], 1, wide(1.4, 2.8, 5), 8, wide(2.4, 4, 7)],
      },
    },
    ...countryLabels(colour),
    {
      // hidden while it has none: an empty layer of lines costs a tenth of a picture all the same
      id: "links-on", type: "line", source: "links-on", layout: { "line-cap": "round", visibility: "none" },
      paint: { "line-color": colour["link-on"], "line-opacity": 0.9, "line-width": ["interpolate", ["linear"], ["zoom"], 1, 1.4, 5, 2, 9, 3] },
    },
    {
      id: "homes", type: "circle", source: "collectivities", "source-layer": "collectivities",
      layout: { "circle-sort-key": ["-", ["get", "partnerships"]] },
      paint: {
        "circle-color": colour.home, "circle-opacity": 0.9,
        "circle-stroke-color": colour["partner-edge"],
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 1, size(1.8, 3, 7), 4, size(3, 5, 12), 7, size(5, 9, 20)],
        "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 1, 0.5, 6, 1.2],
      },
    },
    {
      id: "partners", type: "circle", source: "partners", "source-layer": "partners",
      layout: { "circle-sort-key": ["-", ["get", "partnerships"]] },
      paint: {
        "circle-color": colour.partner,
        "circle-opacity": 0.9,
        "circle-stroke-color": colour["partner-edge"],
        "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 1, 0.8, 6, 1.4],
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 1, size(2.6, 5.5, 18), 6, size(5.5, 10, 24)],
      },
    },
    {
      id: "cluster-counts", type: "symbol", source: "partners", "source-layer": "partners",
      layout: {
        // where the circle is wide enough
        "text-field": ["step", ["zoom"], numberFrom(3600), 4, numberFrom(1200), 6, numberFrom(300)], "text-font": FONT, "text-size": 11, "text-allow-overlap": false, "text-padding": 0,
        "symbol-sort-key": ["-", ["get", "partnerships"]],
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
    placeNames("home-names", "collectivities", colour, colour.home),
    placeNames("partner-names", "partners", colour, colour["link-on"]),
  ];
}

/**
 * @param {string} id
 * @param {string} source
 * @param {Palette} colour
 * @param {string} ink
 * @returns {LayerSpecification}
 */
function placeNames(id, source, colour, ink) {
  return {
    id, type: "symbol", source, "source-layer": source, minzoom: 5.7, filter: ["has", "name"],
    layout: {
      "text-field": ["get", "name"], "text-font": FONT, "text-size": 12, "text-variable-anchor": ["left", "right", "top", "bottom"],
      "text-radial-offset": 0.7, "text-padding": 3, "symbol-sort-key": ["-", ["get", "partnerships"]], "text-max-width": 9,
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
      "text-field": ["get", `name_${language}`], "text-font": FONT, "symbol-sort-key": ["-", ["get", "area"]], "text-max-width": 7, "text-padding": 6,
      "text-size": ["interpolate", ["linear"], ["zoom"], 1.5, 11, 5, 14], "text-letter-spacing": 0.04,
    },
    paint: { "text-color": colour.label, "text-halo-color": colour.halo, "text-halo-width": 1.4, "text-halo-blur": 0.4 },
  }));
}
