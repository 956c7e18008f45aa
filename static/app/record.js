/** The small globe on a partnership's record. */

import { byId } from "./dom.js";
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

/** Draws it; without WebGL the record does without. */
async function start() {
  const frame = byId("mini-map");
  const homes = positions(frame.dataset.homes);
  const partners = positions(frame.dataset.partners);
  const container = document.createElement("div");
  container.className = "map";
  container.dataset.state = "loading";
  frame.append(container);
  const [{ Globe }, { Network }] = await Promise.all([import("./map/globe.js"), import("./map/network.js"), loadTexts()]);
  try {
    const network = new Network({
      version: 0,
      collectivities: homes.map(([lon, lat], at) => [String(at), "", lon, lat]),
      partners: partners.map(([lon, lat]) => ["", "", lon, lat]),
      links: homes.flatMap((_, home) => partners.map((__, partner) => /** @type {[string, number, number]} */ (["", home, partner]))),
      matched: 1,
      unplaced: 0,
    });
    const globe = new Globe(container, {
      statics: frame.dataset.static ?? "/static",
      title: text("record.map"),
      language,
      interactive: false,
      way: [homes[0] ?? partners[0], partners[0]],
      data: { "links-on": network.lines(), "points-on": network.points(network.endsOf(network.ties.keys())) },
    });
    await globe.ready;
    container.dataset.state = "ready";
  } catch {
    frame.hidden = true;
  }
}

void start();
