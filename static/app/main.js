/** The map's page, once the browser has it: wires up filters, list, map and address. */

import { readFragment } from "./address.js";
import { byId, element } from "./dom.js";
import { Explorer, fetchNetwork } from "./explorer.js";
import { enhanceFilters } from "./filters.js";
import { enhanceSheet, toList, toMap } from "./sheet.js";
import { language, loadTexts, text } from "./texts.js";

const explorer = new Explorer();
const texts = loadTexts();
// asked for at once, so that they arrive while the map's program is being read
const firstFilters = explorer.filters;
const firstNetwork = fetchNetwork(firstFilters);
firstNetwork.catch(() => undefined);
const world = fetch(new URL("../basemap/world.geojson", import.meta.url)).then((answer) => answer.json());
world.catch(() => undefined);

enhanceFilters((filters, { replace = false } = {}) => void explorer.show(filters, { history: replace ? "replace" : "push" }));
enhanceSheet();
enhanceList();
window.addEventListener("popstate", () => explorer.readAddress());
void startMap();

/** The list lights its lines up on the map and grows by its "next" link. */
function enhanceList() {
  const list = byId("list");
  const idOf = (/** @type {Event} */ event) =>
    event.target instanceof Element ? (event.target.closest("li[data-id]")?.getAttribute("data-id") ?? null) : null;
  list.addEventListener("pointerover", (event) => explorer.atlas?.lightPartnership(idOf(event)));
  list.addEventListener("focusin", (event) => explorer.atlas?.lightPartnership(idOf(event)));
  list.addEventListener("pointerleave", () => explorer.atlas?.lightPartnership(null));
  list.addEventListener("focusout", () => explorer.atlas?.lightPartnership(null));
  list.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("[data-locate]") : null;
    const id = button?.getAttribute("data-locate");
    if (!id) return;
    explorer.atlas?.locate(id);
    toMap();
  });
  byId("more").addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[rel=next]") : null;
    if (!(link instanceof HTMLAnchorElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void explorer.more(link);
  });
}

/** Loads MapLibre and draws; whatever fails, the list stays. */
async function startMap() {
  const container = byId("map");
  try {
    const { Globe, NoWebGl, wakeWorkers } = await import("./map/globe.js");
    wakeWorkers();
    const [{ Atlas, drawing }, network, outlines] = await Promise.all([import("./map/atlas.js"), firstNetwork, world, texts]);
    try {
      const globe = new Globe(container, {
        statics: container.dataset.static ?? "/static",
        title: text("map.canvas"),
        language,
        view: readFragment().view,
        data: { ...drawing(network), world: outlines },
      });
      const atlas = new Atlas(globe, network, {
        onPlace: (place) => {
          void explorer.show(explorer.filters, { place });
          if (place) toList();
        },
      });
      wireTools(globe, atlas);
      globe.gl.once("style.load", () => atlas.refresh());
      await globe.ready;
      container.dataset.state = "ready";
      container.dataset.usableAfter = String(Math.round(performance.now()));
      await explorer.attach(atlas, firstFilters);
    } catch (reason) {
      const isExpected = reason instanceof NoWebGl;
      showMapFailure(isExpected ? "map.no_webgl" : "map.failed");
      if (!isExpected) console.warn(reason);
    }
  } catch (reason) {
    showMapFailure("map.failed");
    console.warn(reason);
  }
}

/**
 * @param {import("./map/globe.js").Globe} globe
 * @param {import("./map/atlas.js").Atlas} atlas
 */
function wireTools(globe, atlas) {
  byId("zoom-in").addEventListener("click", () => globe.gl.zoomIn());
  byId("zoom-out").addEventListener("click", () => globe.gl.zoomOut());
  byId("zoom-home").addEventListener("click", () => globe.goHome());
  globe.gl.on("moveend", () => explorer.keepView());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    if (atlas.opened !== null) atlas.closeCard();
    else if (atlas.chosen !== null && !document.querySelector("details.pill[open]")) void explorer.show(explorer.filters);
  });
}

/** @param {"map.no_webgl" | "map.failed"} which */
function showMapFailure(which) {
  byId("map").dataset.state = "failed";
  const box = byId("map-message");
  box.replaceChildren(element("h2", {}, text(`${which}.title`)), element("p", {}, text(`${which}.body`)));
  if (which === "map.failed") {
    const retry = element("button", { type: "button", class: "button button-quiet" }, text("map.retry"));
    retry.addEventListener("click", () => location.reload());
    box.append(retry);
  }
  box.hidden = false;
}
