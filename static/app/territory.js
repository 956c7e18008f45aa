/**
 * "My territory": what authorities of the département around the reader do. Where the reader is, is
 * asked for at a press of the button, and never leaves the browser: the register is asked what is around
 * the nearest point of a fixed grid, and the map goes to the authority that was found, not to the reader.
 *
 * @typedef {import("./explorer.js").Explorer} Explorer
 */

import { announce, byId } from "./dom.js";
import { text } from "./texts.js";
import { ROOT } from "./root.js";

/** The grid's step in degrees. */
const STEP = 0.5;
/** Degrees around the nearest point of the grid in which an authority is looked for, one after the other. */
const REACHES = [0.5, 1.5];
/** So many authorities are asked for: more than there are in the widest box. */
const MOST = 10_000;

/**
 * Wires the button up; without geolocation, and in a frame of another site, there is none.
 * @param {Explorer} explorer
 */
export function enhanceTerritory(explorer) {
  const button = document.getElementById("my-territory");
  if (!button || !("geolocation" in navigator)) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.setAttribute("aria-busy", "true");
    try {
      const { coords } = await new Promise(
        (/** @type {(found: GeolocationPosition) => void} */ found, fail) =>
          navigator.geolocation.getCurrentPosition(found, fail, { maximumAge: 600_000, timeout: 20_000 }),
      );
      const nearest = await nearestTo(coords.longitude, coords.latitude);
      if (!nearest) return say("territory.none");
      const filters = new URLSearchParams(explorer.filters);
      for (const name of ["region", "department", "collectivity"]) filters.delete(name);
      filters.set("department", nearest.department);
      await explorer.show({ filters });
      explorer.atlas?.globe.goTo(nearest.position, 6);
      say(null);
    } catch {
      say("territory.failed");
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}

/**
 * The authority of the register that is nearest to a position: its département and where it is.
 * @param {number} lon
 * @param {number} lat
 * @returns {Promise<{ department: string, position: [number, number] } | null>}
 */
async function nearestTo(lon, lat) {
  const squeeze = Math.cos((lat * Math.PI) / 180);
  let best = null;
  const [x0, y0] = [lon, lat].map((degrees) => Math.round(degrees / STEP) * STEP);
  for (const reach of REACHES) {
    const box = [x0 - reach, y0 - reach, x0 + reach, y0 + reach].join(",");
    const answer = await fetch(`${ROOT}/api/collections/collectivities/items?limit=${MOST}&bbox=${box}`);
    if (!answer.ok) throw new Error(String(answer.status));
    const near = /** @type {GeoJSON.FeatureCollection} */ (await answer.json()).features.flatMap(({ geometry, properties }) => {
      const department = properties?.department_code;
      if (!department || geometry?.type !== "Point") return [];
      const [x, y] = geometry.coordinates;
      const away = Math.hypot((x - lon) * squeeze, y - lat);
      return [{ department, position: /** @type {[number, number]} */ ([x, y]), away }];
    });
    best = near.reduce((/** @type {typeof near[0] | null} */ least, one) => (least && least.away <= one.away ? least : one), null);
    // nothing outside of the box is as near as this
    if (best && best.away <= (reach - STEP / 2) * squeeze) break;
  }
  return best;
}

/** @param {"territory.none" | "territory.failed" | null} key */
function say(key) {
  const note = byId("map-note");
  note.hidden = key === null;
  note.textContent = key ? text(key) : "";
  if (key) announce(text(key));
}
