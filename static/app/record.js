/** The small globe on a partnership's record. */

import { byId } from "./dom.js";
import { FINE, greatCircle } from "./map/arcs.js";
import { language, loadTexts, text } from "./texts.js";

/**
 * @param {string | undefined} written `lon,lat lon,lat`
 * @returns {[number, number][]}
 */
function positions(written) {
  return (written ?? "").split(" ").filter(Boolean).map((pair) => {
    const [lon, lat] = pair.split(",").map(Number);
    return [lon, lat];
  });
}

/**
 * @param {GeoJSON.Geometry[]} geometries
 * @param {GeoJSON.GeoJsonProperties} properties
 * @returns {GeoJSON.Feature[]}
 */
function features(geometries, properties = {}) {
  return geometries.map((geometry) => ({ type: "Feature", properties, geometry }));
}

/** Draws it; without WebGL the record does without. */
async function start() {
  const frame = byId("mini-map");
  const homes = positions(frame.dataset.homes);
  const partners = positions(frame.dataset.partners);
  const container = document.createElement("div");
  container.className = "map";
  container.dataset.state = "loading";
  frame.append(container);
  const [{ Globe }] = await Promise.all([import("./map/globe.js"), loadTexts()]);
  const ways = homes.flatMap((home) => partners.map((partner) => greatCircle(home, partner, FINE)));
  const lines = ways.map((coordinates) => /** @type {GeoJSON.Geometry} */ ({ type: "MultiLineString", coordinates }));
  const points = (/** @type {[number, number][]} */ places) =>
    places.map((coordinates) => /** @type {GeoJSON.Geometry} */ ({ type: "Point", coordinates }));
  try {
    const globe = new Globe(container, {
      statics: frame.dataset.static ?? "/static",
      title: text("record.map"),
      language,
      interactive: false,
      way: [homes[0] ?? partners[0], partners[0]],
      data: {
        "links-on": { type: "FeatureCollection", features: features(lines) },
        "points-on": {
          type: "FeatureCollection",
          features: [...features(points(homes), { side: "home" }), ...features(points(partners), { side: "partner" })],
        },
      },
    });
    await globe.ready;
    container.dataset.state = "ready";
  } catch {
    frame.hidden = true;
  }
}

void start();
