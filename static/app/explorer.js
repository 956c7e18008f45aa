/**
 * The state of the map's page: which filters, what is shaded, what is chosen. One way in (`show`), so
 * that list, map, sentence and address always say the same.
 *
 * @typedef {import("./types.js").Selection} Selection
 * @typedef {import("./types.js").Chosen} Chosen
 * @typedef {import("./map/atlas.js").Atlas} Atlas
 */

import { filtersAt, filtersOf, fragmentFor, pathWith, readFragment } from "./address.js";
import { announce, byId, element } from "./dom.js";
import { showFilters } from "./filters.js";
import { appendList, fetchPage, shareView, takeSelection } from "./page.js";
import { text } from "./texts.js";
import { showYear } from "./timeline.js";

/** The filters that say where. */
const PLACES = ["region", "department", "collectivity", "country", "zone", "partner", "q", "bbox"];

export class Explorer {
  constructor() {
    /** @type {Selection} The filters as the server read them from the address. */
    this.shown = { filters: filtersOf(byId("results").dataset.query ?? ""), by: readFragment().by, chosen: readFragment().chosen };
    /** @type {Atlas | null} The map; null before it is there, or where it cannot be. */
    this.atlas = null;
    this.stop = new AbortController();
  }

  /** The filters of the page. */
  get filters() {
    return this.shown.filters;
  }

  /**
   * The map has come: brings it to where the page is by now.
   * @param {Atlas} atlas
   */
  async attach(atlas) {
    this.atlas = atlas;
    this.#draw();
    shareView(this.#fragment());
    const { place, view } = readFragment();
    if (this.shown.chosen?.kind === "partnership" && !view) await atlas.goToPartnership(this.shown.chosen.id);
    // so chosen places were written before they were filters
    if (place) await this.show({ filters: filtersAt(this.filters, place) }, "replace");
  }

  /**
   * Shows the results of other filters, or shades areas by their number. What is not named stays.
   * @param {Partial<Selection>} wanted
   * @param {"push" | "replace" | "none"} [history]
   */
  async show(wanted, history = "push") {
    const before = this.shown;
    // what was chosen among other results is not among these
    const next = { ...before, chosen: null, ...wanted };
    const sameFilters = next.filters.toString() === before.filters.toString();
    if (sameFilters && next.by === before.by) return;
    const chosen = performance.now();
    this.stop.abort();
    const { signal } = (this.stop = new AbortController());
    this.shown = next;
    this.#write(history);
    showFilters(next.filters);
    this.#draw();
    document.body.classList.add("is-busy");
    try {
      if (!sameFilters) takeSelection(await fetchPage(pathWith(next.filters), signal));
      showFilters(next.filters);
      showYear(next.filters);
      this.atlas?.refresh();
      this.#fail(null);
      shareView(this.#fragment());
      if (sameFilters) return;
      announce(byId("sentence").textContent ?? "");
      // the address may say where to look itself
      if (history !== "none" || !readFragment().view) {
        const typed = next.filters.get("q");
        void this.atlas?.follow(chosen, saysWhere(before.filters) !== saysWhere(next.filters), typed === before.filters.get("q") ? null : typed);
      }
    } catch (reason) {
      if (signal.aborted) return;
      this.#fail(() => this.#again());
      console.warn(reason);
    } finally {
      if (!signal.aborted) document.body.classList.remove("is-busy");
    }
  }

  /**
   * Chooses something on the map, which stays lit, or nothing.
   * @param {Chosen | null} chosen
   * @param {import("./map/pointer.js").Pixel | null} [point] Where it was pressed.
   * @param {"push" | "none"} [history]
   */
  choose(chosen, point = null, history = "push") {
    const isSame = JSON.stringify(chosen) === JSON.stringify(this.shown.chosen);
    this.shown = { ...this.shown, chosen };
    if (!isSame) this.#write(history);
    this.atlas?.choose(chosen, point);
  }

  /**
   * Goes to a partnership and chooses it.
   * @param {string} id
   */
  async locate(id) {
    // links are not drawn over shaded areas
    if (this.shown.by) await this.show({ by: null }, "none");
    this.choose({ kind: "partnership", id });
    await this.atlas?.goToPartnership(id);
  }

  /** Adds the next page to the list. @param {HTMLAnchorElement} link */
  async more(link) {
    link.setAttribute("aria-busy", "true");
    try {
      appendList(await fetchPage(link.href, this.stop.signal))?.focus({ preventScroll: true });
    } catch (reason) {
      if (this.stop.signal.aborted) return;
      link.removeAttribute("aria-busy");
      this.#fail(() => this.more(link));
    }
  }

  /** Takes over what the address says, after back or forward. */
  readAddress() {
    const { view, by, chosen } = readFragment();
    void this.show({ filters: filtersOf(location.search), by, chosen }, "none");
    this.choose(chosen, null, "none");
    if (view) this.atlas?.globe.gl.jumpTo({ center: [view.lon, view.lat], zoom: view.zoom });
  }

  /** Writes where the map looks into the address, without a step in the history. */
  keepView() {
    if (this.atlas) this.#write("replace");
  }

  #draw() {
    this.atlas?.draw(this.shown);
  }

  #fragment() {
    return fragmentFor(this.atlas?.globe.view ?? readFragment().view, this.shown.by, this.shown.chosen);
  }

  /** @param {"push" | "replace" | "none"} how */
  #write(how) {
    if (how === "none") return;
    const fragment = this.#fragment();
    const path = pathWith(this.filters) + fragment;
    shareView(fragment);
    if (how === "push") history.pushState(null, "", path);
    else history.replaceState(null, "", path);
  }

  #again() {
    const wanted = this.shown;
    this.shown = { filters: new URLSearchParams({ "": "" }), by: null, chosen: wanted.chosen };
    void this.show(wanted, "none");
  }

  /** @param {(() => void) | null} retry */
  #fail(retry) {
    const box = byId("failure");
    box.hidden = !retry;
    if (!retry) return box.replaceChildren();
    const button = element("button", { type: "button", class: "button button-quiet" }, text("map.retry"));
    button.addEventListener("click", retry);
    box.replaceChildren(element("p", {}, text("results.failed")), button);
  }
}

/** What filters say of where. @param {URLSearchParams} filters */
function saysWhere(filters) {
  return PLACES.map((name) => filters.getAll(name)).join("&");
}
