/**
 * The map with the register on it: draws what the page shows, lights up what is pointed at, and
 * tells the page what was chosen.
 *
 * @typedef {import("../types.js").PlaceKey} PlaceKey
 * @typedef {import("../types.js").Selection} Selection
 * @typedef {import("./globe.js").Globe} Globe
 * @typedef {import("./pointer.js").Target} Target
 * @typedef {import("./pointer.js").Pixel} Pixel
 *
 * @typedef {object} Actions
 * @property {(place: PlaceKey) => void} onPlace
 * @property {(name: "country" | "region", code: string) => void} onArea
 */

import { filtersAt, parameterOf, pathWith } from "../address.js";
import { byId } from "../dom.js";
import { fetchLink, fetchLinks, placeName } from "../places.js";
import { counted, fill, text } from "../texts.js";
import { hideCard, showCard } from "./card.js";
import { showLegend } from "./legend.js";
import { onSchemeChange, ramp, readPalette } from "./palette.js";
import { watchPointer } from "./pointer.js";
import { LAYERS, fetchShades, fillColour } from "./shades.js";
import { NETWORK, linkOpacities } from "./style.js";
import { hideTooltip, showTooltip } from "./tooltip.js";

/** What is left of the other lines' opacity while some are lit. */
const DIMMED = 0.35;
/** Milliseconds that the pointer rests on a place before its links are asked for. */
const REST = 70;
/** The filter (CQL2) that finds what the map does not have. */
const UNPLACED = "geometry IS NULL";
/** The names of partners stand from here on, where there are many. */
const NAMES_FROM = 5.7;

export class Atlas {
  /**
   * @param {Globe} globe
   * @param {Selection} shown What it drew first.
   * @param {Actions} actions
   */
  constructor(globe, shown, actions) {
    this.globe = globe;
    this.shown = shown;
    this.actions = actions;
    /** @type {import("./shades.js").Shades | null} What is shaded, once its numbers have come. */
    this.shades = null;
    this.stop = new AbortController();
    /** @type {Promise<void>} What the page shows is drawn. */
    this.drawn = globe.finished;
    this.resting = 0;
    /** What is lit or about to be; an answer that comes for something else is too late. */
    this.lit = "";
    this.hasCard = false;
    watchPointer(globe, () => this.shown.by, () => this.drawn, {
      onHover: (target, point) => this.#hover(target, point),
      onChoose: (target, point) => this.#choose(target, point),
    });
    onSchemeChange(() => this.#shade());
    globe.onFine = () => this.#shade();
    void globe.finished.then(() => this.refresh());
  }

  /**
   * Draws what the page shows. The map is `aria-busy` until that stands.
   * @param {Selection} shown
   */
  draw(shown) {
    this.shown = shown;
    this.closeCard();
    hideTooltip();
    this.#lightNothing();
    this.globe.setQuery(this.#query());
    this.refresh();
    this.stop.abort();
    this.stop = new AbortController();
    this.drawn = this.#stand(this.stop.signal);
  }

  /** @param {AbortSignal} signal Of a selection that another one has taken the place of. */
  async #stand(signal) {
    const { container } = this.globe;
    container.setAttribute("aria-busy", "true");
    if (this.shown.by) await this.#fetchShades(this.shown.by, signal);
    else this.#shade((this.shades = null));
    await this.globe.idle();
    if (signal.aborted) return;
    // tiles that are on their way must not be read once more meanwhile
    this.#nameMore();
    container.removeAttribute("aria-busy");
  }

  /**
   * Goes to the results of a filter that was chosen: of one by place where they are not well in
   * view, of any other where none is in view; not where somebody has moved the map since.
   * @param {number} since When it was chosen.
   * @param {boolean} isByPlace
   */
  async follow(since, isByPlace) {
    const { globe, shown } = this;
    const boxes = boxesOf(byId("results"));
    const isDue = () => globe.touched < since && shown === this.shown && boxes.length > 0;
    if (isByPlace && isDue()) globe.bringIntoView(boxes, this.#isAtPlace());
    await this.drawn;
    if (isDue() && !shown.by && !globe.shows(["partners", "collectivities"])) globe.showBoxes(boxes);
  }

  /**
   * Lights one partnership of the list up; null puts the light out.
   * @param {string | null} id
   */
  lightPartnership(id) {
    if (id === null) this.#lightNothing();
    else void this.#light(`partnership:${id}`, () => fetchLink(id));
  }

  /**
   * Goes to a partnership of the list and opens its card.
   * @param {string} id
   */
  async locate(id) {
    await this.#light(`partnership:${id}`, () => fetchLink(id));
    const line = lineOf((await fetchLink(id)).features[0]?.geometry);
    if (line.length > 0) this.globe.showWay(/** @type {[number, number]} */ (line[0]), /** @type {[number, number]} */ (line[line.length - 1]));
    this.#openCard({ ids: [id], count: 1 }, { x: 4, y: 4 });
  }

  /** Takes the card away and its line's light. */
  closeCard() {
    if (!this.hasCard) return;
    this.hasCard = false;
    hideCard();
    this.#lightNothing();
  }

  /** The filters of the tiles. */
  #query() {
    return this.shown.filters.toString();
  }

  /** Brings what depends on the selection, but is no tile, up to date. */
  refresh() {
    const { container } = this.globe;
    const { dataset } = byId("results");
    const { by } = this.shown;
    this.#dim(this.lit !== "");
    this.globe.setVisible(NETWORK, !by);
    container.dataset.query = this.#query();
    const unplaced = Number(dataset.unplaced);
    const note = /** @type {HTMLAnchorElement} */ (byId("unplaced"));
    note.hidden = unplaced === 0 || by !== null;
    note.textContent = counted("map.unplaced", unplaced);
    const filters = new URLSearchParams(this.shown.filters);
    const known = filters.get("filter");
    if (known !== UNPLACED) filters.set("filter", known ? `(${known}) AND ${UNPLACED}` : UNPLACED);
    note.href = pathWith(filters);
  }

  #isAtPlace() {
    return ["collectivity", "partner"].some((name) => this.shown.filters.has(name));
  }

  /** The partners of a place are few: their names have room sooner. */
  #nameMore() {
    const { gl } = this.globe;
    if (gl.getLayer("partner-names")) gl.setLayerZoomRange("partner-names", this.#isAtPlace() ? 2 : NAMES_FROM, 24);
  }

  /**
   * @param {import("../types.js").Area} by
   * @param {AbortSignal} signal
   */
  async #fetchShades(by, signal) {
    try {
      this.shades = await fetchShades(by, this.#query(), signal);
      await this.globe.finished;
      if (by === "region") this.globe.addFine();
      if (!signal.aborted) this.#shade();
    } catch (reason) {
      if (!signal.aborted) console.warn(reason);
    }
  }

  /** Paints the areas, or takes the paint away. */
  #shade(shades = this.shades) {
    const colours = ramp(readPalette());
    for (const [by, { ids }] of Object.entries(LAYERS)) {
      const isShaded = shades?.by === by;
      this.globe.setVisible(ids, isShaded);
      for (const id of ids) {
        if (isShaded && this.globe.gl.getLayer(id)) this.globe.gl.setPaintProperty(id, "fill-color", fillColour(shades, colours));
      }
    }
    this.globe.container.dataset.by = shades?.by ?? "";
    showLegend(shades);
  }

  /**
   * @param {Target | null} target
   * @param {Pixel} point
   */
  #hover(target, point) {
    // a card says more, and is not to be covered
    const lines = target && !this.hasCard ? this.#tooltip(target) : [];
    if (lines.length > 0) showTooltip(lines, point);
    else hideTooltip();
    if (this.hasCard) return;
    // where a place of this side is chosen, its links alone are shown
    if (target?.kind === "place" && !this.shown.filters.has(parameterOf(target.place.side))) {
      const { place } = target;
      this.#lightAfterRest(`${place.side}:${place.key}`, () => fetchLinks(this.shown.filters, place));
    } else if (target?.kind === "tie" && target.id) {
      const { id } = target;
      this.#lightAfterRest(`partnership:${id}`, () => fetchLink(id));
    } else this.#lightNothing();
  }

  /**
   * What is said of something pointed at; the first line is the heading.
   * @param {Target} target
   * @returns {string[]}
   */
  #tooltip(target) {
    switch (target.kind) {
      case "cluster": {
        const places = fill(`map.cluster.${target.side}`, { places: target.places });
        return [places, counted("map.partnerships", target.partnerships), text("map.cluster_hint")];
      }
      case "place": {
        const several = target.place.key.split(",").length;
        const name = target.names.length > 0 ? placeName(target) : fill(`map.cluster.${target.place.side}`, { places: several });
        return [name, counted("map.partnerships", target.partnerships)];
      }
      case "tie": {
        const partner = target.partner ? placeName({ names: [target.partner.name], detail: target.country }) : target.country;
        return [target.home?.name ?? "", partner, counted("map.partnerships", target.count)].filter(Boolean);
      }
      case "area": {
        const area = this.shades?.areas.get(target.code);
        return area ? [area.name, counted("map.partnerships", area.count)] : [];
      }
    }
  }

  /**
   * @param {Target | null} target
   * @param {Pixel} point
   */
  #choose(target, point) {
    hideTooltip();
    if (target?.kind === "cluster") this.#comeNearer(target.center);
    else if (target?.kind === "place") this.actions.onPlace(target.place);
    else if (target?.kind === "area") {
      if (this.shades?.areas.has(target.code)) this.actions.onArea(target.by, target.code);
    } else if (target?.kind === "tie") this.#chooseTie(target, point);
    else this.closeCard();
  }

  /**
   * A line of one pair of places says what it stands for; one of several comes nearer.
   * @param {Extract<Target, { kind: "tie" }>} tie
   * @param {Pixel} point
   */
  #chooseTie({ id, home, partner, count, center }, point) {
    if (id) {
      void this.#light(`partnership:${id}`, () => fetchLink(id));
      this.#openCard({ ids: [id], count }, point);
    } else if (home && partner) {
      const filters = filtersAt(this.shown.filters, { side: "home", key: home.code });
      this.#openCard({ query: filtersAt(filters, { side: "partner", key: partner.id }), count }, point);
    } else this.#comeNearer(center);
  }

  /** Two levels show a cluster's cells as four by four. @param {[number, number]} center */
  #comeNearer(center) {
    this.globe.goTo(center, this.globe.gl.getZoom() + 2);
  }

  /**
   * @param {import("./card.js").Wanted} wanted
   * @param {Pixel} point
   */
  #openCard(wanted, point) {
    this.hasCard = true;
    void showCard(wanted, point, () => this.closeCard());
  }

  /**
   * @param {string} key
   * @param {() => Promise<GeoJSON.FeatureCollection>} ask
   */
  #lightAfterRest(key, ask) {
    if (key === this.lit) return;
    clearTimeout(this.resting);
    this.resting = window.setTimeout(() => void this.#light(key, ask), REST);
  }

  /**
   * Draws some links and their ends over everything else.
   * @param {string} key
   * @param {() => Promise<GeoJSON.FeatureCollection>} ask
   */
  async #light(key, ask) {
    if (key === this.lit) return;
    this.lit = key;
    try {
      const links = await ask();
      if (key !== this.lit) return;
      this.#setLight(links);
    } catch {
      // only a light: the next one may come
    }
  }

  #lightNothing() {
    clearTimeout(this.resting);
    if (this.lit === "") return;
    this.lit = "";
    this.#setLight({ type: "FeatureCollection", features: [] });
  }

  /** @param {GeoJSON.FeatureCollection} links */
  #setLight(links) {
    const drawn = { ...links, features: links.features.filter(({ geometry }) => geometry) };
    this.#dim(drawn.features.length > 0);
    this.globe.setData("links-on", drawn);
    this.globe.setData("points-on", endsOf(drawn));
  }

  /** Lines step back while some are lit. @param {boolean} isDimmed */
  #dim(isDimmed) {
    const { gl } = this.globe;
    for (const [id, opacity] of Object.entries(linkOpacities(Number(byId("results").dataset.matched)))) {
      if (gl.getLayer(id)) gl.setPaintProperty(id, "line-opacity", opacity * (isDimmed ? DIMMED : 1));
    }
  }
}

/**
 * Where results are: around both sides, and around the partners alone.
 * @param {HTMLElement} results
 */
export function boxesOf({ dataset }) {
  return [dataset.extent, dataset.partners].flatMap((box) => (box ? [box.split(",").map(Number)] : []));
}

/** A link's positions in one row. @param {GeoJSON.Geometry | null | undefined} geometry */
function lineOf(geometry) {
  if (geometry?.type === "LineString") return geometry.coordinates;
  return geometry?.type === "MultiLineString" ? geometry.coordinates.flat() : [];
}

/**
 * Both ends of links; what only leaves the map at its edge ends elsewhere.
 * @param {GeoJSON.FeatureCollection} links
 * @returns {GeoJSON.FeatureCollection}
 */
function endsOf({ features }) {
  /** @type {Map<string, GeoJSON.Feature>} */
  const ends = new Map();
  const add = (/** @type {number[]} */ coordinates, /** @type {import("../types.js").Side} */ side) => {
    if (Math.abs(coordinates[0]) === 180) return;
    ends.set(`${side}${coordinates}`, { type: "Feature", properties: { side }, geometry: { type: "Point", coordinates } });
  };
  for (const { geometry } of features) {
    const parts = geometry.type === "LineString" ? [geometry.coordinates] : geometry.type === "MultiLineString" ? geometry.coordinates : [];
    for (const part of parts) {
      add(part[part.length - 1], "partner");
    }
    if (parts[0]) add(parts[0][0], "home");
  }
  return { type: "FeatureCollection", features: [...ends.values()] };
}
