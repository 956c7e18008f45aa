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
 * @typedef {{ kind: "place", place: PlaceKey, names: string[], detail: string, partnerships: number }
 *   | { kind: "cluster", side: import("../types.js").Side, places: number, partnerships: number, center: [number, number] }
 *   | { kind: "tie", id: string | null, home: { code: string, name: string } | null, partner: { id: string, name: string } | null, country: string, count: number, center: [number, number] }
 *   | { kind: "area", by: Area, code: string }} Target
 *
 * @typedef {object} Actions
 * @property {(target: Target | null, point: Pixel) => void} onHover
 * @property {(target: Target | null, point: Pixel) => void} onChoose
 */

import { LAYERS } from "./shades.js";

/** Below this zoom French authorities are too near each other to be meant one by one. */
const HOMES_FROM = 4;
/** Pixels from a place that a finger may be off. */
const FINGER = 20;
/** From this zoom places that are one feature are at one place: coming nearer does not part them. */
const PARTED_FROM = 14;

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
  const points = gl.queryRenderedFeatures(around(point, reach), { layers: gl.getZoom() >= HOMES_FROM ? ["partners", "homes"] : ["partners"] });
  if (points.length > 0) return placeOf(gl.getZoom(), nearest(gl, points, point));
  const line = gl.queryRenderedFeatures(around(point, Math.min(reach, 4)), { layers: ["links"] })[0];
  return line ? tieOf(line, [lngLat.lng, lngLat.lat]) : null;
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
 * @param {number} zoom
 * @param {MapGeoJSONFeature} feature
 * @returns {Target}
 */
function placeOf(zoom, feature) {
  const { id, ids, name, count, partnerships, country_name: country } = feature.properties;
  const side = feature.sourceLayer === "partners" ? "partner" : "home";
  const key = id ?? (zoom >= PARTED_FROM ? ids : null);
  if (!key) return { kind: "cluster", side, places: count, partnerships, center: position(feature) };
  return { kind: "place", place: { side, key }, names: name ? [name] : [], detail: country ?? "", partnerships };
}

/**
 * @param {MapGeoJSONFeature} feature
 * @param {[number, number]} center Where it was pointed at.
 * @returns {Target}
 */
function tieOf({ properties }, center) {
  const { id, count, collectivity_code: code, collectivity_name: home, partner_id: partnerId, partner_name: partner, country_name: country } = properties;
  return {
    kind: "tie",
    id: id ?? null,
    home: code ? { code, name: home } : null,
    partner: partnerId ? { id: partnerId, name: partner } : null,
    country: country ?? "",
    count,
    center,
  };
}
