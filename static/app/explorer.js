/**
 * The state of the map's page: which filters, which place. One way in (`show`), so that list,
 * map, sentence and address always say the same.
 *
 * @typedef {import("./types.js").PlaceKey} PlaceKey
 * @typedef {import("./map/atlas.js").Atlas} Atlas
 */

import { filtersAt, filtersOf, fragmentFor, pathWith, readFragment } from "./address.js";
import { announce, byId, element } from "./dom.js";
import { showFilters } from "./filters.js";
import { appendList, fetchPage, takeList, takeSelection } from "./page.js";
import { Network } from "./map/network.js";
import { hidePlace, showPlace } from "./place.js";
import { text } from "./texts.js";

export class Explorer {
  constructor() {
    /** As the server read them from the address. */
    this.filters = filtersOf(byId("results").dataset.query ?? "");
    /** @type {PlaceKey | null} */
    this.place = null;
    /** @type {Atlas | null} The map; null before it is there, or where it cannot be. */
    this.atlas = null;
    this.stop = new AbortController();
  }

  /**
   * The map has come, with what it drew first: brings it to where the page is by now.
   * @param {Atlas} atlas
   * @param {URLSearchParams} drawn The filters of what it drew.
   */
  async attach(atlas, drawn) {
    this.atlas = atlas;
    if (drawn.toString() !== this.filters.toString()) atlas.draw(await fetchNetwork(this.filters));
    const { place } = readFragment();
    if (place) await this.show(this.filters, { place, history: "none" });
  }

  /**
   * Shows the results of some filters, or of one place within them.
   * @param {URLSearchParams} filters
   * @param {{ place?: PlaceKey | null, history?: "push" | "replace" | "none" }} [options]
   */
  async show(filters, { place = null, history = "push" } = {}) {
    this.stop.abort();
    const { signal } = (this.stop = new AbortController());
    const sameFilters = filters.toString() === this.filters.toString();
    const samePlace = place?.key === this.place?.key;
    if (sameFilters && samePlace) return;
    this.filters = filters;
    this.place = place;
    this.#write(history);
    showFilters(filters);
    document.body.classList.add("is-busy");
    try {
      const [page, network] = await Promise.all([
        fetchPage(pathWith(filters), signal),
        sameFilters || !this.atlas ? null : fetchNetwork(filters, signal),
      ]);
      takeSelection(page);
      showFilters(filters);
      this.#fail(null);
      if (network) this.atlas?.draw(network);
      if (place) await this.#showPlace(place, signal);
      else this.#leavePlace();
      if (!sameFilters) announce(byId("sentence").textContent ?? "");
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
    void this.show(filtersOf(location.search), { place: readFragment().place, history: "none" });
  }

  /** Writes where the map looks into the address, without a step in the history. */
  keepView() {
    if (!this.atlas) return;
    const path = pathWith(this.filters) + fragmentFor(this.atlas.globe.view, this.place);
    history.replaceState(null, "", path);
  }

  /**
   * @param {PlaceKey} key
   * @param {AbortSignal} signal
   */
  async #showPlace(key, signal) {
    const place = this.atlas?.choosePlace(key, { move: !this.#isInView(key) });
    if (!place) return this.#leavePlace();
    const page = await fetchPage(pathWith(filtersAt(this.filters, key)), signal);
    takeList(page);
    const results = /** @type {HTMLElement | null} */ (page.getElementById("results"));
    showPlace(place, Number(results?.dataset.matched ?? place.count), () => void this.show(this.filters));
    byId("results").scrollTop = 0;
  }

  #leavePlace() {
    this.place = null;
    hidePlace();
    if (this.atlas?.chosen != null) this.atlas.choosePlace(null);
  }

  /** @param {PlaceKey} key */
  #isInView(key) {
    const { atlas } = this;
    const index = atlas?.network.find(key);
    return index !== undefined && Boolean(atlas?.globe.gl.getBounds().contains(atlas.network.places[index].position));
  }

  /** @param {"push" | "replace" | "none"} how */
  #write(how) {
    if (how === "none") return;
    const path = pathWith(this.filters) + fragmentFor(this.atlas?.globe.view ?? readFragment().view, this.place);
    if (how === "push") history.pushState(null, "", path);
    else history.replaceState(null, "", path);
  }

  #again() {
    const { filters, place } = this;
    this.filters = new URLSearchParams({ "": "" });
    void this.show(filters, { place, history: "none" });
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

/**
 * What the map draws for some filters.
 * @param {URLSearchParams} filters
 * @param {AbortSignal} [signal]
 */
export async function fetchNetwork(filters, signal) {
  const query = filters.toString();
  const answer = await fetch(query ? `/map.json?${query}` : "/map.json", { signal });
  if (!answer.ok) throw new Error(`map.json: ${answer.status}`);
  return new Network(await answer.json());
}
