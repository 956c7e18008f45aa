/**
 * The plan on a globe: new records as circles, changed ones as diamonds, removed ones as crosses,
 * each in a colour of its own. The table beside it says the same.
 *
 * @typedef {"created" | "updated" | "removed"} Operation
 * @typedef {[lon: number, lat: number]} Position
 * @typedef {{ operation: Operation, title: string, collectivity: { position: Position | null }, partner: { position: Position | null } }} Change
 */

import { text, language } from "../texts.js";
import { FINE, greatCircle } from "../map/arcs.js";
import { Globe } from "../map/globe.js";
import { onSchemeChange, readPalette } from "../map/palette.js";
import { ROOT } from "../root.js";

/** @type {Operation[]} Drawn in this order: what is removed is seen above what stays. */
const OPERATIONS = ["created", "updated", "removed"];
/** Pixels of a sign, drawn twice as large for fine screens. */
const SIGN = 18;

/**
 * Draws the plan of the import that a frame names; without a place or WebGL the frame goes.
 * @param {HTMLElement} frame
 * @param {string} statics Where `static/` is served.
 */
export async function drawPlan(frame, statics) {
  const container = document.createElement("div");
  container.className = "map";
  container.dataset.state = "loading";
  frame.append(container);
  try {
    const answer = await fetch(`${ROOT}/api/imports/${encodeURIComponent(frame.dataset.import ?? "")}`);
    const { plan } = await answer.json();
    /** @type {Change[]} */
    const changes = (plan?.changes ?? []).filter((/** @type {Change} */ change) => change.partner.position);
    if (changes.length === 0) throw new Error("nothing of it has a place");
    const globe = new Globe(container, { statics, title: text("import.map.label"), language });
    await globe.ready;
    addSigns(globe, changes);
    fit(globe, changes);
    container.dataset.state = "ready";
    container.dataset.changes = String(changes.length);
  } catch {
    container.dataset.state = "failed";
    frame.hidden = true;
  }
}

/**
 * @param {Globe} globe
 * @param {Change[]} changes
 */
function addSigns(globe, changes) {
  const { gl } = globe;
  for (const operation of OPERATIONS) {
    const own = changes.filter((change) => change.operation === operation);
    gl.addImage(operation, sign(operation), { pixelRatio: 2 });
    gl.addSource(`plan-${operation}`, { type: "geojson", data: { type: "FeatureCollection", features: own.map(point) } });
    gl.addSource(`way-${operation}`, { type: "geojson", data: { type: "FeatureCollection", features: own.flatMap(way) } });
    gl.addLayer({
      id: `way-${operation}`, type: "line", source: `way-${operation}`,
      paint: {
        "line-color": colour(operation), "line-width": 1.4, "line-opacity": 0.55,
        ...(operation === "removed" ? { "line-dasharray": [2, 2] } : {}),
      },
    });
  }
  gl.addSource("plan-homes", { type: "geojson", data: { type: "FeatureCollection", features: changes.flatMap(home) } });
  gl.addLayer({
    id: "plan-homes", type: "circle", source: "plan-homes",
    paint: { "circle-color": mapColour("home"), "circle-radius": 3, "circle-stroke-color": mapColour("partner-edge"), "circle-stroke-width": 1 },
  });
  for (const operation of OPERATIONS) {
    gl.addLayer({
      id: `plan-${operation}`, type: "symbol", source: `plan-${operation}`,
      layout: { "icon-image": operation, "icon-allow-overlap": true, "icon-ignore-placement": true },
    });
  }
  onSchemeChange(() => {
    for (const operation of OPERATIONS) {
      gl.updateImage(operation, sign(operation));
      gl.setPaintProperty(`way-${operation}`, "line-color", colour(operation));
    }
    gl.setPaintProperty("plan-homes", "circle-color", mapColour("home"));
  });
}

/**
 * @param {Change} change
 * @returns {GeoJSON.Feature}
 */
function point(change) {
  return { type: "Feature", properties: { title: change.title }, geometry: { type: "Point", coordinates: change.partner.position ?? [0, 0] } };
}

/**
 * @param {Change} change
 * @returns {GeoJSON.Feature[]}
 */
function way({ collectivity, partner }) {
  if (!collectivity.position || !partner.position) return [];
  return [{
    type: "Feature", properties: {},
    geometry: { type: "MultiLineString", coordinates: greatCircle(collectivity.position, partner.position, FINE) },
  }];
}

/**
 * @param {Change} change
 * @returns {GeoJSON.Feature[]}
 */
function home({ collectivity: { position } }) {
  return position ? [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: position } }] : [];
}

/** @param {keyof import("../map/palette.js").Palette} name */
function mapColour(name) {
  return readPalette()[name];
}

/** @param {Operation} operation */
function colour(operation) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--plan-${operation}`).trim();
}

/**
 * A sign with an edge in the colour of the ground, so that it stands out on land and sea.
 * @param {Operation} operation
 * @returns {ImageData}
 */
function sign(operation) {
  const size = SIGN * 2;
  const canvas = document.createElement("canvas");
  canvas.width = size;
  canvas.height = size;
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  const edge = getComputedStyle(document.documentElement).getPropertyValue("--surface").trim();
  const middle = size / 2;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  pen.beginPath();
  if (operation === "created") {
    pen.arc(middle, middle, size * 0.3, 0, 2 * Math.PI);
  } else if (operation === "updated") {
    const reach = size * 0.38;
    pen.moveTo(middle, middle - reach);
    pen.lineTo(middle + reach, middle);
    pen.lineTo(middle, middle + reach);
    pen.lineTo(middle - reach, middle);
    pen.closePath();
  } else {
    const reach = size * 0.25;
    pen.moveTo(middle - reach, middle - reach);
    pen.lineTo(middle + reach, middle + reach);
    pen.moveTo(middle + reach, middle - reach);
    pen.lineTo(middle - reach, middle + reach);
  }
  const isCross = operation === "removed";
  pen.strokeStyle = edge;
  pen.lineWidth = isCross ? 11 : 5;
  pen.stroke();
  if (isCross) {
    pen.strokeStyle = colour(operation);
    pen.lineWidth = 6;
    pen.stroke();
  } else {
    pen.fillStyle = colour(operation);
    pen.fill();
  }
  return pen.getImageData(0, 0, size, size);
}

/**
 * Looks at where the changes are, both ends of them.
 * @param {Globe} globe
 * @param {Change[]} changes
 */
function fit(globe, changes) {
  const places = changes.flatMap(({ collectivity, partner }) => [collectivity.position, partner.position]).filter((place) => place !== null);
  const lons = places.map(([lon]) => lon);
  const lats = places.map(([, lat]) => lat);
  const [west, east] = [Math.min(...lons), Math.max(...lons)];
  if (east - west > 150) return;
  globe.gl.fitBounds([[west, Math.min(...lats)], [east, Math.max(...lats)]], { padding: 60, maxZoom: 6, animate: false });
}
