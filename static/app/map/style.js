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
import { FLOWS } from "./sources.js";

const FONT = ["Atlas Sans"];
/** An image of nothing, and its width in pixels. */
export const DOT = "dot";
export const DOT_SIZE = 16;
/** From this zoom on the names of countries give way to those of towns. */
const COUNTRIES_TO = 7;
/** France and what of it the basemap draws apart. */
const FRENCH = ["FR", "GF", "GP", "MQ", "RE", "YT", "PM", "NC", "PF", "WF", "BL", "MF", "TF"];

/** Up to this zoom the world is drawn from a coarse outline, which arrives and is cut up sooner. */
const FINE_FROM = 3.4;
/** Sources that come once the first picture stands, whatever it shows; so do all words. */
const LATER = ["regions", "departments", "labels", "links-on", "points-on"];
/** Of these, what weighs most and is seen only from nearer: it comes once the map is that near. */
export const FINE = { sources: ["countries", "regions", "departments"], from: FINE_FROM - 0.4 };

/** What shows links and places, and rests while areas are shaded. */
export const NETWORK = ["links", "homes", "partners", "partner-areas", "dots", "place-names"];

/** How strongly lines are drawn while none is lit. */
export const LINK_OPACITY = 0.9;
/** Partnerships of a dot and of a line, by their square root: of the smallest, and where they grow no more. */
const ROOTS = { least: 1, most: 60 };
/** Pixels of the smallest dot's radius, and of the largest. */
const RADIUS = { least: 3, most: 23 };
/** By zoom level: pixels that a dot's radius grows by for each step of the square root of its number. */
const GROWTH = /** @type {const} */ ([[1, 0.32], [3, 0.55], [5, 0.95], [8, 1.6]]);
/** Pixels of the radius from which a number has room in a dot. */
const NUMBERED = 8;

/**
 * A value by the zoom level and by the square root of the number of partnerships.
 * @param {(growth: number) => [least: number, most: number]} ends Of the value, where a dot grows so fast.
 * @returns {ExpressionSpecification}
 */
function bySize(ends) {
  const stops = GROWTH.flatMap(([zoom, growth]) => {
    const [least, most] = ends(growth);
    // the square root at which the largest is reached
    const full = Math.min(ROOTS.most, (RADIUS.most - RADIUS.least) / growth + ROOTS.least);
    return [zoom, ["interpolate", ["linear"], ["sqrt", ["get", "partnerships"]], ROOTS.least, least, full, most]];
  });
  return /** @type {ExpressionSpecification} */ (["interpolate", ["linear"], ["zoom"], ...stops]);
}

/** A dot's radius in some unit, and so much more. @param {number} unit Pixels. @param {number} [more] */
function radius(unit, more = 0) {
  return bySize((growth) => [
    (RADIUS.least + more) / unit,
    (Math.min(RADIUS.most, RADIUS.least + growth * (ROOTS.most - ROOTS.least)) + more) / unit,
  ]);
}

/** How fast dots grow at a zoom level. @param {number} zoom */
function growthAt(zoom) {
  const after = GROWTH.findIndex(([stop]) => stop > zoom);
  const [[from, low], [to, high]] = after > 0 ? [GROWTH[after - 1], GROWTH[after]] : [GROWTH[GROWTH.length - 2], GROWTH[GROWTH.length - 1]];
  return low + ((high - low) * (Math.min(zoom, to) - from)) / (to - from);
}

/** The number in a dot that is large enough. @returns {ExpressionSpecification} */
function numberInDot() {
  const number = ["number-format", ["get", "partnerships"], { locale: language }];
  const steps = Array.from({ length: GROWTH[GROWTH.length - 1][0] }, (_, at) => {
    const least = Math.ceil(((NUMBERED - RADIUS.least) / growthAt(at + 1) + ROOTS.least) ** 2);
    return [at + 1, ["case", [">=", ["get", "partnerships"], least], number, ""]];
  });
  const [[, first], ...rest] = steps;
  return /** @type {ExpressionSpecification} */ (/** @type {unknown} */ (["step", ["zoom"], first, ...rest.flat()]));
}

/**
 * A colour as strong as the server found a line to be among all that it drew.
 * @param {string} colour `#rrggbb`
 * @returns {ExpressionSpecification}
 */
function byStrength(colour) {
  return ["interpolate", ["linear"], ["coalesce", ["get", "strength"], 100], 0, `${colour}00`, 100, `${colour}ff`];
}

/** How wide a line is. @param {number} more Pixels. @returns {ExpressionSpecification} */
function lineWidth(more = 0) {
  const wide = (/** @type {number} */ one, /** @type {number} */ hundred, /** @type {number} */ most) =>
    // a line that is lit may be that of one partnership, which has no number
    ["interpolate", ["linear"], ["sqrt", ["coalesce", ["get", "partnerships"], 1]], 1, one + more, 10, hundred + more, 40, most + more];
  return /** @type {ExpressionSpecification} */ (/** @type {unknown} */ (["interpolate", ["linear"], ["zoom"], 1, wide(0.7, 3, 8), 4, wide(1, 4.5, 10), 8, wide(1.6, 6, 12)]));
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
  const dots = { "circle-sort-key": /** @type {ExpressionSpecification} */ (["-", ["get", "partnerships"]]) };
  return [
    {
      id: "links", type: "line", source: FLOWS, "source-layer": "flows",
      layout: { "line-cap": "round", "line-sort-key": ["get", "partnerships"] },
      paint: { "line-color": byStrength(colour.link), "line-opacity": LINK_OPACITY, "line-width": lineWidth() },
    },
    {
      // hidden while it has none: an empty layer of lines costs a tenth of a picture all the same
      id: "links-on", type: "line", source: "links-on", layout: { "line-cap": "round", visibility: "none" },
      paint: { "line-color": colour["link-on"], "line-opacity": 0.95, "line-width": lineWidth(1) },
    },
    {
      id: "homes", type: "circle", source: FLOWS, "source-layer": "nodes", filter: ["==", ["get", "side"], "home"], layout: dots,
      paint: {
        "circle-color": colour.home, "circle-opacity": 0.92, "circle-stroke-color": colour["partner-edge"],
        "circle-radius": radius(1), "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 1, 0.8, 6, 1.4],
      },
    },
    {
      id: "partners", type: "circle", source: FLOWS, "source-layer": "nodes", layout: dots,
      filter: ["all", ["==", ["get", "side"], "partner"], ["!", ["has", "area"]]],
      paint: {
        "circle-color": colour.partner, "circle-opacity": 0.92, "circle-stroke-color": colour["partner-edge"],
        "circle-radius": radius(1), "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 1, 0.8, 6, 1.4],
      },
    },
    {
      // a région, a Land: what has no point of its own is no dot
      id: "partner-areas", type: "circle", source: FLOWS, "source-layer": "nodes", layout: dots, filter: ["has", "area"],
      paint: {
        "circle-color": colour["partner-edge"], "circle-opacity": 0.85, "circle-stroke-color": colour.partner,
        "circle-radius": radius(1), "circle-stroke-width": 2.6,
      },
    },
    {
      id: "points-on", type: "circle", source: "points-on",
      paint: {
        "circle-color": ["match", ["get", "side"], "home", colour.home, colour["link-on"]],
        "circle-stroke-color": colour["partner-edge"], "circle-stroke-width": 1.5,
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 1, 3.8, 6, 6],
      },
    },
    placeNames(colour),
    countryNames(colour),
    {
      // placed before all names, which keep off the dots: an icon that is not seen, as large as each of them
      id: "dots", type: "symbol", source: FLOWS, "source-layer": "nodes",
      layout: {
        "icon-image": DOT, "icon-size": radius(DOT_SIZE / 2, 1), "icon-allow-overlap": true, "icon-padding": 0,
        "text-field": numberInDot(), "text-font": FONT, "text-size": 11, "text-optional": true, "text-padding": 0,
        "symbol-sort-key": ["-", ["get", "partnerships"]],
      },
      paint: { "text-color": ["case", ["has", "area"], colour["link-on"], colour["partner-edge"]] },
    },
  ];
}

/**
 * Names of towns and clusters, the most important first.
 * @param {Palette} colour
 * @returns {LayerSpecification}
 */
function placeNames(colour) {
  const others = ["case", [">", ["get", "places"], 1], ["concat", " +", ["to-string", ["-", ["get", "places"], 1]]], ""];
  const isShown = (/** @type {number} */ rank) => ["all", [">=", ["get", "rank"], rank], ["!=", ["get", "label"], ["coalesce", ["get", "country_name"], ""]]];
  return /** @type {LayerSpecification} */ (/** @type {unknown} */ ({
    id: "place-names", type: "symbol", source: FLOWS, "source-layer": "nodes", minzoom: 1,
    filter: ["step", ["zoom"], isShown(1000), 3, isShown(400), 4, isShown(0), COUNTRIES_TO, true],
    layout: {
      "text-field": ["format", ["get", "label"], {}, others, { "font-scale": 0.82 }],
      "text-font": FONT, "text-size": ["interpolate", ["linear"], ["get", "rank"], 200, 12, 2500, 14],
      "text-variable-anchor": ["left", "right", "top", "bottom", "top-left", "bottom-left", "top-right", "bottom-right"],
      "text-radial-offset": radius(12, 4.5), "text-padding": 1, "symbol-sort-key": ["-", ["get", "rank"]], "text-max-width": 9, "text-justify": "auto",
    },
    paint: {
      "text-color": ["case", ["==", ["get", "side"], "home"], colour.home, colour["link-on"]],
      "text-halo-color": colour.halo, "text-halo-width": 2,
    },
  }));
}

/**
 * Names of countries that are wide enough on the screen, larger where they are.
 * @param {Palette} colour
 * @returns {LayerSpecification}
 */
function countryNames(colour) {
  const size = (/** @type {number} */ small, /** @type {number} */ large) => ["interpolate", ["linear"], ["sqrt", ["get", "area"]], 1, small, 30, large];
  const from = (/** @type {number} */ area) => [">=", ["get", "area"], area];
  return /** @type {LayerSpecification} */ (/** @type {unknown} */ ({
    id: "country-names", type: "symbol", source: "labels", maxzoom: COUNTRIES_TO,
    filter: ["step", ["zoom"], from(100), 2.4, from(55), 3.2, from(25), 4, from(9), 5, from(2.5), 6, from(0)],
    layout: {
      "text-field": ["get", `name_${language}`], "text-font": FONT, "symbol-sort-key": ["-", ["get", "area"]], "text-max-width": 7, "text-padding": 4,
      "text-size": ["interpolate", ["linear"], ["zoom"], 1.5, size(9, 13), 4, size(10, 18), 6, size(11, 26)], "text-letter-spacing": 0.08,
    },
    paint: { "text-color": colour.label, "text-halo-color": colour.halo, "text-halo-width": 1.4, "text-halo-blur": 0.4 },
  }));
}
