/** The page of a selection, once the browser has it: wires up filters, list, map and address. */

import { filtersAt, readFragment } from "./address.js";
import { byId, element } from "./dom.js";
import { Explorer } from "./explorer.js";
import { enhanceFilters } from "./filters.js";
import { enhanceSheet, toMap } from "./sheet.js";
import { enhanceSearch } from "./suggest.js";
import { enhanceTerritory } from "./territory.js";
import { language, loadTexts, text } from "./texts.js";
import { enhanceTimeline } from "./timeline.js";

/** Around European France: west, south, east, north. */
const FRANCE = [-5.2, 41.3, 9.6, 51.1];

const explorer = new Explorer();
const texts = loadTexts();

enhanceFilters((filters, { replace = false } = {}) => void explorer.show({ filters }, replace ? "replace" : "push"));
enhanceSearch(explorer);
window.addEventListener("popstate", () => explorer.readAddress());
// tables and charts are pages of their own, without a map
if (document.getElementById("map")) {
  enhanceSheet();
  enhanceList();
  wireShades();
  enhanceTerritory(explorer);
  void texts.then(() => enhanceTimeline(explorer));
  void startMap();
}

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
    void explorer.locate(id);
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
  // asked for at once, so that it arrives while the map's program is being read
  const world = fetch(new URL("../basemap/world.geojson", import.meta.url)).then((answer) => answer.json());
  world.catch(() => undefined);
  try {
    const { Globe, NoWebGl, wakeWorkers } = await import("./map/globe.js");
    wakeWorkers();
    const [{ Atlas, boxesOf }, outlines] = await Promise.all([import("./map/atlas.js"), world, texts]);
    try {
      const { shown } = explorer;
      const globe = new Globe(container, {
        statics: container.dataset.static ?? "/static",
        tiles: container.dataset.tiles,
        title: text("map.canvas"),
        language,
        view: readFragment().view,
        boxes: boxesOf(byId("results")),
        covered: container.getBoundingClientRect().bottom - byId("timeline").getBoundingClientRect().top,
        query: shown.filters.toString(),
        data: { world: outlines },
      });
      const atlas = new Atlas(globe, shown, {
        onPlace: (place) => void explorer.show({ filters: filtersAt(explorer.filters, place) }),
        onArea: toggleArea,
        onChosen: (chosen, point) => explorer.choose(chosen, point),
      });
      // what is drawn can be asked from the browser's console, and by tests
      Object.assign(container, { atlas });
      wireTools(globe, atlas, () => globe.showBoxes(boxesOf(byId("results"))));
      await globe.ready;
      container.dataset.state = "ready";
      container.dataset.usableAfter = String(Math.round(performance.now()));
      await explorer.attach(atlas);
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
 * An area that is pressed becomes a filter, and is none any more when it is pressed again.
 * @param {string} name
 * @param {string} code
 */
function toggleArea(name, code) {
  const filters = new URLSearchParams(explorer.filters);
  if (filters.getAll(name).includes(code)) filters.delete(name, code);
  else filters.append(name, code);
  void explorer.show({ filters });
}

/** The choice between links and shaded areas. */
function wireShades() {
  const choices = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('input[name="by"]'));
  const tell = () => {
    for (const choice of choices) choice.checked = choice.value === (explorer.shown.by ?? "");
  };
  for (const choice of choices) {
    choice.addEventListener("change", () => {
      const by = choice.value === "country" || choice.value === "region" ? choice.value : null;
      void explorer.show({ by });
      if (by === "region") explorer.atlas?.globe.bringIntoView([FRANCE], false);
    });
  }
  window.addEventListener("popstate", tell);
  tell();
}

/**
 * @param {import("./map/globe.js").Globe} globe
 * @param {import("./map/atlas.js").Atlas} atlas
 * @param {() => void} showAll
 */
function wireTools(globe, atlas, showAll) {
  byId("zoom-in").addEventListener("click", () => globe.gl.zoomIn());
  byId("zoom-out").addEventListener("click", () => globe.gl.zoomOut());
  byId("zoom-home").addEventListener("click", showAll);
  globe.gl.on("moveend", () => explorer.keepView());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    atlas.closeCard();
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
