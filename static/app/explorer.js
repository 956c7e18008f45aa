/**
 * The state of the map's page: which filters, which place, what is shaded. One way in (`show`), so
 * that list, map, sentence and address always say the same.
 *
 * @typedef {import("./types.js").PlaceKey} PlaceKey
 * @typedef {import("./types.js").Place} Place
 * @typedef {import("./types.js").Selection} Selection
 * @typedef {import("./map/atlas.js").Atlas} Atlas
 */

import { filtersAt, filtersOf, fragmentFor, pathWith, readFragment } from "./address.js";
import { announce, byId, element } from "./dom.js";
import { showFilters } from "./filters.js";
import { appendList, fetchPage, shareView, takeList, takeSelection } from "./page.js";
import { hidePlace, showPlace } from "./place.js";
import { fetchPlace } from "./places.js";
import { text } from "./texts.js";
import { showYear } from "./timeline.js";

/** The filters that say where. */
const PLACES = ["region", "department", "collectivity", "country", "zone", "partner", "q", "bbox"];

export class Explorer {
  constructor() {
    /** @type {Selection} The filters as the server read them from the address. */
    this.shown = { filters: filtersOf(byId("results").dataset.query ?? ""), place: null, by: readFragment().by };
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
    const { place } = readFragment();
    if (place) await this.show({ place }, "none");
  }

  /**
   * Shows the results of other filters, of one place within them, or shades areas by their number.
   * What is not named stays; other filters leave the place.
   * @param {Partial<Selection>} wanted
   * @param {"push" | "replace" | "none"} [history]
   */
  async show(wanted, history = "push") {
    const before = this.shown;
    const sameFilters = !wanted.filters || wanted.filters.toString() === before.filters.toString();
    const next = { ...before, ...(sameFilters ? {} : { place: null }), ...wanted };
    const samePlace = next.place?.key === before.place?.key;
    if (sameFilters && samePlace && next.by === before.by) return;
    const chosen = performance.now();
    this.stop.abort();
    const { signal } = (this.stop = new AbortController());
    this.shown = next;
    this.#write(history);
    showFilters(next.filters);
    this.#draw();
    document.body.classList.add("is-busy");
    try {
      if (!sameFilters || (before.place && !next.place)) takeSelection(await fetchPage(pathWith(next.filters), signal));
      showFilters(next.filters);
      showYear(next.filters);
      this.atlas?.refresh();
      this.#fail(null);
      if (!next.place) hidePlace();
      else if (!samePlace) await this.#showPlace(next.place, signal);
      shareView(this.#fragment());
      if (sameFilters) return;
      announce(byId("sentence").textContent ?? "");
      // the address may say where to look itself
      if (history !== "none" || !readFragment().view) void this.atlas?.follow(chosen, saysWhere(before.filters) !== saysWhere(next.filters));
    } catch (reason) {
      if (signal.aborted) return;
      this.#fail(() => this.#again());
      console.warn(reason);
    } finally {
      if (!signal.aborted) document.body.classList.remove("is-busy");
    }
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
    const { view, place, by } = readFragment();
    void this.show({ filters: filtersOf(location.search), place, by }, "none");
    if (view) this.atlas?.globe.gl.jumpTo({ center: [view.lon, view.lat], zoom: view.zoom });
  }

  /** Writes where the map looks into the address, without a step in the history. */
  keepView() {
    if (this.atlas) this.#write("replace");
  }

  /**
   * @param {PlaceKey} key
   * @param {AbortSignal} signal
   */
  async #showPlace(key, signal) {
    const [place, page] = await Promise.all([
      fetchPlace(key, signal),
      fetchPage(pathWith(filtersAt(this.filters, key)), signal),
    ]);
    if (!place) {
      this.shown = { ...this.shown, place: null };
      this.#write("replace");
      return this.#draw();
    }
    takeList(page);
    const results = byId("results");
    showPlace(place, Number(results.dataset.matched), () => void this.show({ place: null }));
    results.scrollTop = 0;
    this.atlas?.refresh();
    this.atlas?.lookAt(place);
  }

  #draw() {
    this.atlas?.draw(this.shown);
  }

  #fragment() {
    const { place, by } = this.shown;
    return fragmentFor(this.atlas?.globe.view ?? readFragment().view, place, by);
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
    this.shown = { filters: new URLSearchParams({ "": "" }), place: null, by: null };
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
