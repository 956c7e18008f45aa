/**
 * What the pointer does on the map: names on hover, choices on click. All that is needed to answer
 * is in the tiles.
 *
 * @typedef {import("./globe.js").Globe} Globe
 * @typedef {import("../types.js").PlaceKey} PlaceKey
 * @typedef {import("../types.js").Area} Area
 * @typedef {import("../../vendor/maplibre-gl/maplibre-gl.mjs").MapMouseEvent} MapMouseEvent
 * @typedef {import("../../vendor/maplibre-gl/maplibre-gl.mjs").MapGeoJSONFeature} MapGeoJSONFeature
 *
 * @typedef {{ x: number, y: number }} Pixel From the map's corner.
 *
 * @typedef {{ kind: "node", side: import("../types.js").Side, id: string, ids: string | null, name: string, country: string, partnerships: number, places: number, box: number[] | null, center: [number, number] }
 *   | { kind: "flow", id: string | null, home: string, homeName: string, partner: string, partnerName: string, partnerships: number, collectivities: string | null, partners: string | null, center: [number, number] }
 *   | { kind: "area", by: Area, code: string }} Target
 *
 * @typedef {object} Actions
 * @property {(target: Target | null, point: Pixel) => void} onHover
 * @property {(target: Target | null, point: Pixel) => void} onChoose
 */

import { LAYERS } from "./shades.js";

/** Pixels from a place that a finger may be off. */
const FINGER = 20;
/** The layers of dots. */
const DOTS = ["partners", "partner-areas", "homes"];

/**
 * @param {Globe} globe
 * @param {() => Area | null} shaded What is shaded now.
 * @param {() => Promise<void>} drawn Until what is shown now is drawn.
 * @param {Actions} actions
 */
export function watchPointer(globe, shaded, drawn, actions) {
  const { gl } = globe;
  let frame = 0;
  gl.on("mousemove", (event) => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      if (gl.isMoving()) return;
      const target = targetAt(globe, shaded(), event, 5);
      gl.getCanvas().style.cursor = target ? "pointer" : "";
      actions.onHover(target, event.point);
    });
  });
  gl.on("mouseout", (event) => {
    cancelAnimationFrame(frame);
    actions.onHover(null, event.point);
  });
  gl.on("movestart", () => actions.onHover(null, { x: 0, y: 0 }));
  gl.on("click", async (event) => {
    // a press on an area whose shade is still to come is no less meant
    if (shaded()) await drawn();
    const isTouch = /** @type {PointerEvent} */ (event.originalEvent).pointerType === "touch";
    actions.onChoose(targetAt(globe, shaded(), event, isTouch ? FINGER : 6), event.point);
  });
}

/**
 * @param {Globe} globe
 * @param {Area | null} by
 * @param {MapMouseEvent} event
 * @param {number} reach Pixels.
 * @returns {Target | null}
 */
function targetAt({ gl }, by, { point, lngLat }, reach) {
  if (by) {
    const { ids, code } = LAYERS[by];
    const area = gl.queryRenderedFeatures([point.x, point.y], { layers: ids.filter((id) => gl.getLayer(id)) })[0];
    return area?.properties[code] ? { kind: "area", by, code: area.properties[code] } : null;
  }
  if (!gl.getLayer("partners")) return null;
  const points = gl.queryRenderedFeatures(around(point, reach), { layers: DOTS });
  if (points.length > 0) return nodeOf(nearest(gl, points, point));
  const lines = gl.queryRenderedFeatures(around(point, Math.min(reach, 4)), { layers: ["links"] });
  if (lines.length === 0) return null;
  const largest = lines.reduce((best, line) => (line.properties.partnerships > best.properties.partnerships ? line : best));
  return flowOf(largest, [lngLat.lng, lngLat.lat]);
}

/**
 * @param {Pixel} point
 * @param {number} reach
 * @returns {[[number, number], [number, number]]}
 */
function around({ x, y }, reach) {
  return [[x - reach, y - reach], [x + reach, y + reach]];
}

/** @param {MapGeoJSONFeature} feature @returns {[number, number]} */
function position(feature) {
  return /** @type {[number, number]} */ (/** @type {GeoJSON.Point} */ (feature.geometry).coordinates);
}

/**
 * Of points over each other, the one whose middle is nearest.
 * @param {Globe["gl"]} gl
 * @param {MapGeoJSONFeature[]} points
 * @param {Pixel} to
 */
function nearest(gl, points, to) {
  const away = (/** @type {MapGeoJSONFeature} */ found) => {
    const at = gl.project(position(found));
    return Math.hypot(at.x - to.x, at.y - to.y);
  };
  return points.reduce((best, found) => (away(found) < away(best) ? found : best));
}

/**
 * @param {MapGeoJSONFeature} feature
 * @returns {Target}
 */
function nodeOf(feature) {
  const { side, id, ids, name, country_name: country, partnerships, places, box } = feature.properties;
  return {
    kind: "node", side, id, ids: ids ?? null, name, country: country ?? "", partnerships, places,
    box: box ? String(box).split(",").map(Number) : null,
    center: position(feature),
  };
}

/**
 * @param {GeoJSON.Feature} feature
 * @param {[number, number]} center Where it was pointed at.
 * @returns {Extract<Target, { kind: "flow" }>}
 */
export function flowOf({ properties }, center) {
  const { id, home, home_name: homeName, partner, partner_name: partnerName, partnerships, collectivities, partners } = properties ?? {};
  return { kind: "flow", id: id ?? null, home, homeName, partner, partnerName, partnerships, collectivities: collectivities ?? null, partners: partners ?? null, center };
}
