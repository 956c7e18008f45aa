/**
 * The time line under the map: a handle over the bars that the server draws, and playing the
 * years one after the other. A year is a filter like any other.
 *
 * @typedef {import("./explorer.js").Explorer} Explorer
 */

import { byId } from "./dom.js";
import { counted, fill, text } from "./texts.js";

/** Milliseconds that a year stands while years are played. */
const A_YEAR = 400;

/** @returns {HTMLInputElement} */
const handle = () => /** @type {HTMLInputElement} */ (byId("timeline-year"));

/**
 * Wires the time line up.
 * @param {Explorer} explorer
 */
export function enhanceTimeline(explorer) {
  const play = byId("timeline-play");
  let isPlaying = false;
  let isSliding = false;

  const ask = async (/** @type {string | null} */ year, /** @type {"push" | "replace"} */ how) => {
    const filters = new URLSearchParams(explorer.filters);
    filters.delete("year");
    if (year !== null) filters.set("year", year);
    await explorer.show({ filters }, how);
  };
  const stop = () => {
    isPlaying = false;
    showPlaying(play, false);
  };

  const choose = (/** @type {"push" | "replace"} */ how) => {
    const { value } = handle();
    stop();
    byId("timeline-now").textContent = value;
    describe(value);
    void ask(value, how);
  };

  handle().addEventListener("input", () => {
    choose(isSliding ? "replace" : "push");
    isSliding = true;
  });
  handle().addEventListener("change", () => (isSliding = false));
  // two pixels a year are too few for a finger
  for (const [id, by] of /** @type {const} */ ([["timeline-earlier", -1], ["timeline-later", 1]])) {
    byId(id).addEventListener("click", () => {
      // the next press counts from here, though the answer is still to come
      handle().stepUp(by);
      choose("push");
    });
  }
  byId("timeline-all").addEventListener("click", () => {
    stop();
    handle().focus();
    void ask(null, "push");
  });
  play.addEventListener("click", async () => {
    if (isPlaying) return stop();
    isPlaying = true;
    showPlaying(play, true);
    const { min, max } = handle();
    const first = explorer.filters.has("year") && handle().value !== max ? Number(handle().value) + 1 : Number(min);
    for (let year = first; isPlaying && year <= Number(max); year += 1) {
      const begun = performance.now();
      await ask(String(year), year === first ? "push" : "replace");
      await new Promise((done) => setTimeout(done, Math.max(0, A_YEAR - (performance.now() - begun))));
    }
    stop();
  });
  showYear(explorer.filters);
}

/**
 * Makes the handle say what the filters say; tables and charts have none.
 * @param {URLSearchParams} filters
 */
export function showYear(filters) {
  if (!document.getElementById("timeline")) return;
  const year = filters.get("year");
  const isOne = year !== null && /^\d+$/.test(year) && filters.getAll("year").length === 1;
  handle().value = isOne ? year : handle().max;
  byId("timeline-all").hidden = year === null;
  for (const [id, last] of /** @type {const} */ ([["timeline-earlier", "min"], ["timeline-later", "max"]])) {
    const button = /** @type {HTMLButtonElement} */ (byId(id));
    button.hidden = !isOne;
    button.disabled = handle().value === handle()[last];
  }
  describe(isOne ? year : null);
}

/**
 * Says a year and its number to who points at the handle and to screen readers.
 * @param {string | null} year None: not one alone.
 */
function describe(year) {
  const index = Number(year) - Number(handle().min);
  const count = Number((byId("timeline-bars").dataset.counts ?? "").split(" ")[index] ?? 0);
  const said = year === null ? (byId("timeline-now").textContent ?? "") : fill("timeline.value", { year, count: counted("map.partnerships", count) });
  handle().setAttribute("aria-valuetext", said);
  handle().title = said;
}

/**
 * @param {HTMLElement} play
 * @param {boolean} isPlaying
 */
function showPlaying(play, isPlaying) {
  play.setAttribute("aria-pressed", String(isPlaying));
  const label = text(isPlaying ? "timeline.pause" : "timeline.play");
  play.setAttribute("aria-label", label);
  play.title = label;
}
