/**
 * "My territory": what authorities of the département around the reader do. Where the reader is, is
 * asked for at a press of the button, and leaves the browser only as a box half a degree wide.
 *
 * @typedef {import("./explorer.js").Explorer} Explorer
 */

import { announce, byId } from "./dom.js";
import { text } from "./texts.js";

/** Degrees around the reader in which an authority is looked for, one after the other. */
const REACHES = [0.25, 1];

/**
 * Wires the button up; without geolocation there is none.
 * @param {Explorer} explorer
 */
export function enhanceTerritory(explorer) {
  const button = /** @type {HTMLButtonElement} */ (byId("my-territory"));
  if (!("geolocation" in navigator)) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.setAttribute("aria-busy", "true");
    try {
      const { coords } = await new Promise(
        (/** @type {(found: GeolocationPosition) => void} */ found, fail) =>
          navigator.geolocation.getCurrentPosition(found, fail, { maximumAge: 600_000, timeout: 20_000 }),
      );
      const department = await departmentAt(coords.longitude, coords.latitude);
      if (!department) return say("territory.none");
      const filters = new URLSearchParams(explorer.filters);
      for (const name of ["region", "department", "collectivity"]) filters.delete(name);
      filters.set("department", department);
      await explorer.show({ filters });
      explorer.atlas?.globe.goTo([coords.longitude, coords.latitude], 6);
      say(null);
    } catch {
      say("territory.failed");
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
}

/**
 * The département of the authority of the register that is nearest to a position.
 * @param {number} lon
 * @param {number} lat
 * @returns {Promise<string | null>}
 */
async function departmentAt(lon, lat) {
  for (const reach of REACHES) {
    const box = [lon - reach, lat - reach, lon + reach, lat + reach].map((degrees) => degrees.toFixed(2)).join(",");
    const answer = await fetch(`/api/collections/collectivities/items?limit=500&bbox=${box}`);
    if (!answer.ok) throw new Error(String(answer.status));
    const near = /** @type {GeoJSON.FeatureCollection} */ (await answer.json()).features.flatMap(({ geometry, properties }) => {
      const code = properties?.department_code;
      if (!code || geometry?.type !== "Point") return [];
      const [x, y] = geometry.coordinates;
      return [{ code, away: Math.hypot((x - lon) * Math.cos((lat * Math.PI) / 180), y - lat) }];
    });
    if (near.length > 0) return near.reduce((best, one) => (one.away < best.away ? one : best)).code;
  }
  return null;
}

/** @param {"territory.none" | "territory.failed" | null} key */
function say(key) {
  const note = byId("map-note");
  note.hidden = key === null;
  note.textContent = key ? text(key) : "";
  if (key) announce(text(key));
}
