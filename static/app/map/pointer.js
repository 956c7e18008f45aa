/**
 * What the pointer does on the map: names on hover, choices on click. Hovering reads what is
 * drawn and never touches the data of the map.
 *
 * @typedef {import("./globe.js").Globe} Globe
 * @typedef {import("../../vendor/maplibre-gl/maplibre-gl.mjs").MapMouseEvent} MapMouseEvent
 * @typedef {import("../../vendor/maplibre-gl/maplibre-gl.mjs").GeoJSONSource} GeoJSONSource
 *
 * @typedef {{ kind: "place", index: number } | { kind: "tie", index: number }
 *   | { kind: "cluster", cluster: number, points: number, n: number, center: [number, number] }} Target
 *
 * @typedef {object} Actions
 * @property {(target: Target | null, point: { x: number, y: number }) => void} onHover
 * @property {(target: Target | null, point: { x: number, y: number }) => void} onChoose
 */


/**
 * @param {Globe} globe
 * @param {Actions} actions
 */
export function watchPointer(globe, actions) {
  const { gl } = globe;
  let frame = 0;
  gl.on("mousemove", (event) => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      if (gl.isMoving()) return;
      const target = targetAt(globe, event.point, 5);
      gl.getCanvas().style.cursor = target ? "pointer" : "";
      actions.onHover(target, event.point);
    });
  });
  gl.on("mouseout", (event) => {
    cancelAnimationFrame(frame);
    actions.onHover(null, event.point);
  });
  gl.on("movestart", () => actions.onHover(null, { x: 0, y: 0 }));
  gl.on("click", (event) => {
    const isTouch = /** @type {PointerEvent} */ (event.originalEvent).pointerType === "touch";
    actions.onChoose(targetAt(globe, event.point, isTouch ? 14 : 6), event.point);
  });
}

/**
 * Opens a cluster: as near as it takes to see its points apart.
 * @param {Globe} globe
 * @param {{ cluster: number, center: [number, number] }} target
 */
export async function openCluster(globe, { cluster, center }) {
  const source = /** @type {GeoJSONSource} */ (globe.gl.getSource("partners"));
  const zoom = await source.getClusterExpansionZoom(cluster);
  globe.goTo(center, Math.max(zoom + 0.2, globe.gl.getZoom() + 1));
}

/**
 * @param {Globe} globe
 * @param {{ x: number, y: number }} point
 * @param {number} reach Pixels.
 * @returns {Target | null}
 */
function targetAt({ gl }, { x, y }, reach) {
  if (!gl.getLayer("partners")) return null;
  /** @type {[[number, number], [number, number]]} */
  const around = [[x - reach, y - reach], [x + reach, y + reach]];
  const zoom = gl.getZoom();
  const points = gl.queryRenderedFeatures(around, { layers: zoom >= 4 ? ["points-on", "partners", "homes"] : ["points-on", "partners"] });
  if (points.length > 0) {
    // overlapping points: the one whose middle is nearest
    const away = (/** @type {typeof points[number]} */ found) => {
      const at = gl.project(/** @type {[number, number]} */ (/** @type {GeoJSON.Point} */ (found.geometry).coordinates));
      return Math.hypot(at.x - x, at.y - y);
    };
    const nearest = points.reduce((best, found) => (away(found) < away(best) ? found : best));
    const { properties, geometry } = nearest;
    if (properties.cluster) {
      const center = /** @type {[number, number]} */ (/** @type {GeoJSON.Point} */ (geometry).coordinates);
      return { kind: "cluster", cluster: properties.cluster_id, points: properties.point_count, n: properties.n, center };
    }
    return { kind: "place", index: properties.place };
  }
  const tight = Math.min(reach, 4);
  const tie = gl.queryRenderedFeatures(
    [[x - tight, y - tight], [x + tight, y + tight]],
    { layers: ["links-on", "links"] },
  )[0];
  return tie ? { kind: "tie", index: tie.properties.tie } : null;
}
