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
 * @property {(chosen: import("../types.js").Chosen | null, point: Pixel | null) => void} onChosen
 * @property {(name: "country" | "region", code: string) => void} onArea
 */

import { filtersAt, pathWith } from "../address.js";
import { byId } from "../dom.js";
import { fetchLink, meantBox, placeName } from "../places.js";
import { counted, fill, text } from "../texts.js";
import { hideCard, showCard, showRoute } from "./card.js";
import { showLegend, showLevel } from "./legend.js";
import { onSchemeChange, ramp, readPalette } from "./palette.js";
import { flowOf, watchPointer } from "./pointer.js";
import { LAYERS, fetchShades, fillColour } from "./shades.js";
import { FLOWS } from "./sources.js";
import { LINK_OPACITY, NETWORK } from "./style.js";
import { hideTooltip, showTooltip } from "./tooltip.js";

/** What is left of the other lines' opacity while some are lit. */
const DIMMED = 0.3;
/** Milliseconds that the pointer rests on a place before its links are asked for. */
const REST = 70;
/** The filter (CQL2) that finds what the map does not have. */
const UNPLACED = "geometry IS NULL";
/** Where the card of what is chosen stands. */
const CORNER = { x: 4, y: 4 };

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
    /** @type {((flow: GeoJSON.GeoJsonProperties) => boolean) | null} Which flows are lit, at any zoom level. */
    this.litFlows = null;
    /** The zoom level and the number of tiles that they were taken from. */
    this.litFrom = "";
    this.hasCard = false;
    watchPointer(globe, () => this.shown.by, () => this.drawn, {
      onHover: (target, point) => this.#hover(target, point),
      onChoose: (target, point) => this.#choose(target, point),
    });
    onSchemeChange(() => this.#shade());
    globe.onFine = () => this.#shade();
    globe.gl.on("idle", () => {
      this.#relight();
      const areas = globe.gl.getLayer("partner-areas") ? globe.gl.queryRenderedFeatures({ layers: ["partner-areas"] }) : [];
      showLevel(this.#level(), areas.length > 0);
    });
    void globe.finished.then(() => this.refresh());
  }

  /**
   * Draws what the page shows. The map is `aria-busy` until that stands.
   * @param {Selection} shown
   */
  draw(shown) {
    this.shown = shown;
    hideTooltip();
    this.globe.setQuery(this.#query());
    this.refresh();
    this.stop.abort();
    this.stop = new AbortController();
    this.drawn = this.#stand(this.stop.signal);
    this.choose(shown.chosen, null);
  }

  /**
   * Lights what is chosen and tells of it, until something else is chosen or it is closed.
   * @param {import("../types.js").Chosen | null} chosen
   * @param {Pixel | null} point Where it was pressed; null where it was not.
   */
  choose(chosen, point) {
    this.shown = { ...this.shown, chosen };
    this.hasCard = chosen !== null;
    if (!chosen) {
      hideCard();
      this.#lightNothing();
    } else if (chosen.kind === "partnership") this.#showPartnership(chosen.id, point ?? CORNER);
    else void this.#showFlow(chosen, point ?? CORNER);
  }

  /** @param {string} id @param {Pixel} point */
  #showPartnership(id, point) {
    void this.#light(`partnership:${id}`, () => fetchLink(id));
    void showCard({ ids: [id], count: 1 }, point, () => this.closeCard());
  }

  /**
   * @param {Extract<import("../types.js").Chosen, { kind: "flow" }>} chosen
   * @param {Pixel} point
   */
  async #showFlow({ home, partner }, point) {
    this.#lightFlows(`flow:${home}~${partner}`, (flow) => flow?.home === home && flow?.partner === partner);
    await this.drawn;
    await this.globe.finished;
    const { chosen } = this.shown;
    if (chosen?.kind !== "flow" || chosen.home !== home || chosen.partner !== partner) return;
    this.#relight();
    const [found] = this.#flows((flow) => flow?.home === home && flow?.partner === partner);
    if (!found) return hideCard();
    const flow = flowOf(found, [0, 0]);
    if (flow.collectivities && flow.partners) {
      const filters = filtersAt(this.shown.filters, { side: "home", key: flow.collectivities });
      void showCard({ query: filtersAt(filters, { side: "partner", key: flow.partners }), count: flow.partnerships }, point, () => this.closeCard());
    } else if (flow.id) void showCard({ ids: [flow.id], count: 1 }, point, () => this.closeCard());
    else showRoute(flow.homeName, flow.partnerName, flow.partnerships, point, () => this.closeCard());
  }

  /** @param {AbortSignal} signal Of a selection that another one has taken the place of. */
  async #stand(signal) {
    const { container } = this.globe;
    container.setAttribute("aria-busy", "true");
    if (this.shown.by) await this.#fetchShades(this.shown.by, signal);
    else this.#shade((this.shades = null));
    await this.globe.idle();
    if (signal.aborted) return;
    container.removeAttribute("aria-busy");
  }

  /**
   * Goes to the results of a filter that was chosen: of one by place where they are not well in
   * view, of any other where none is in view; not where somebody has moved the map since.
   * @param {number} since When it was chosen.
   * @param {boolean} isByPlace
   * @param {string | null} typed Words that are searched for now.
   */
  async follow(since, isByPlace, typed) {
    const { globe, shown } = this;
    const boxes = boxesOf(byId("results"));
    const isDue = () => globe.touched < since && shown === this.shown && boxes.length > 0;
    const meant = typed && isDue() ? await meantBox(typed, shown.filters).catch(() => null) : null;
    if (meant && isDue()) globe.bringIntoView([meant], false);
    else if (isByPlace && isDue()) globe.bringIntoView(boxes, this.#isAtPlace());
    await this.drawn;
    if (isDue() && !shown.by && !globe.shows(["partner", "home"])) globe.showBoxes(boxes);
  }

  /**
   * Lights one partnership of the list up; null puts the light out.
   * @param {string | null} id
   */
  lightPartnership(id) {
    if (id === null) this.#lightChosen();
    else void this.#light(`partnership:${id}`, () => fetchLink(id));
  }

  /**
   * Goes to where a partnership can be seen.
   * @param {string} id
   */
  async goToPartnership(id) {
    const { features } = await fetchLink(id).catch(() => ({ features: [] }));
    const line = lineOf(features[0]?.geometry);
    if (line.length > 0) this.globe.showWay(/** @type {[number, number]} */ (line[0]), /** @type {[number, number]} */ (line[line.length - 1]));
  }

  /** Closes what is chosen: its card and its light. */
  closeCard() {
    if (this.hasCard) this.actions.onChosen(null, null);
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
    if (target?.kind === "node") {
      const { side, id } = target;
      this.#lightAfterRest(`${side}:${id}`, (flow) => flow?.[side] === id);
    } else if (target?.kind === "flow") {
      const { home, partner } = target;
      this.#lightAfterRest(`flow:${home}~${partner}`, (flow) => flow?.home === home && flow?.partner === partner);
    } else this.#lightNothing();
  }

  /**
   * What is said of something pointed at; the first line is the heading.
   * @param {Target} target
   * @returns {string[]}
   */
  #tooltip(target) {
    switch (target.kind) {
      case "node": {
        const { name, country, places, partnerships, side } = target;
        const heading = placeName({ names: [name], detail: country });
        if (places === 1) return [heading, counted("map.partnerships", partnerships)];
        return [fill("map.node.others", { name: heading, others: counted(`map.node.${side}`, places - 1) }), counted("map.partnerships", partnerships), text("map.cluster_hint")];
      }
      case "flow":
        return [`${target.homeName} – ${target.partnerName}`, counted("map.partnerships", target.partnerships)];
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
    if (target?.kind === "node" && target.box) this.globe.open(target.box);
    else if (target?.kind === "node" && target.ids) this.actions.onPlace({ side: target.side, key: target.ids });
    else if (target?.kind === "area") {
      if (this.shades?.areas.has(target.code)) this.actions.onArea(target.by, target.code);
    } else if (target?.kind === "flow") {
      const { id, home, partner } = target;
      const chosen = id ? { kind: /** @type {const} */ ("partnership"), id } : { kind: /** @type {const} */ ("flow"), home, partner };
      this.actions.onChosen(chosen, point);
    } else this.closeCard();
  }

  /**
   * @param {string} key
   * @param {(flow: GeoJSON.GeoJsonProperties) => boolean} isLit
   */
  #lightAfterRest(key, isLit) {
    if (key === this.lit) return;
    clearTimeout(this.resting);
    this.resting = window.setTimeout(() => this.#lightFlows(key, isLit), REST);
  }

  /**
   * Lights the flows that are meant, as they are drawn now and at each zoom level that is come to.
   * @param {string} key
   * @param {(flow: GeoJSON.GeoJsonProperties) => boolean} isLit
   */
  #lightFlows(key, isLit) {
    if (key === this.lit) return;
    this.lit = key;
    this.litFlows = isLit;
    this.litFrom = "";
    this.#relight();
  }

  /** Draws the lit flows from the tiles that are there now. */
  #relight() {
    if (!this.litFlows) return;
    const features = this.#flows(this.litFlows);
    const from = `${this.#tileZoom()}/${features.length}`;
    if (from === this.litFrom) return;
    this.litFrom = from;
    this.#setLight({ type: "FeatureCollection", features }, false);
  }

  /**
   * The flows of the zoom level that is drawn, a part from each tile.
   * @param {(flow: GeoJSON.GeoJsonProperties) => boolean} isMeant
   * @returns {GeoJSON.Feature[]}
   */
  #flows(isMeant) {
    const { gl } = this.globe;
    if (!gl.getSource(FLOWS)) return [];
    const found = gl.querySourceFeatures(FLOWS, { sourceLayer: "flows" }).filter(({ properties }) => isMeant(properties));
    // copies, since what MapLibre gives away cannot be given back to it
    return found.map(({ geometry, properties }) => ({ type: /** @type {const} */ ("Feature"), geometry: structuredClone(geometry), properties: { ...properties } }));
  }

  #tileZoom() {
    return Math.min(14, Math.floor(this.globe.gl.getZoom()));
  }

  /** What the zoom level that is drawn has and leaves out. @returns {{ left_out: number, partnerships: number } | null} */
  #level() {
    const { gl } = this.globe;
    const found = !this.shown.by && gl.getSource(FLOWS) ? gl.querySourceFeatures(FLOWS, { sourceLayer: "level" }) : [];
    return /** @type {any} */ (found[0]?.properties) ?? null;
  }

  /**
   * Draws some links and their ends over everything else.
   * @param {string} key
   * @param {() => Promise<GeoJSON.FeatureCollection>} ask
   */
  async #light(key, ask) {
    if (key === this.lit) return;
    this.lit = key;
    this.litFlows = null;
    try {
      const links = await ask();
      if (key !== this.lit) return;
      this.#setLight(links, true);
    } catch {
      // only a light: the next one may come
      if (key === this.lit) this.lit = "";
    }
  }

  /** What is chosen is lit again once nothing else is. */
  #lightChosen() {
    const { chosen } = this.shown;
    if (chosen?.kind === "partnership") void this.#light(`partnership:${chosen.id}`, () => fetchLink(chosen.id));
    else if (chosen) {
      const { home, partner } = chosen;
      this.#lightFlows(`flow:${home}~${partner}`, (flow) => flow?.home === home && flow?.partner === partner);
    } else this.#lightNothing();
  }

  #lightNothing() {
    clearTimeout(this.resting);
    if (this.lit === "") return;
    this.lit = "";
    this.litFlows = null;
    this.#setLight({ type: "FeatureCollection", features: [] }, false);
  }

  /**
   * @param {GeoJSON.FeatureCollection} links
   * @param {boolean} hasEnds Whether it ends where no dot may be.
   */
  #setLight(links, hasEnds) {
    const drawn = { ...links, features: links.features.filter(({ geometry }) => geometry) };
    this.#dim(drawn.features.length > 0);
    this.globe.setData("links-on", drawn);
    this.globe.setData("points-on", hasEnds ? endsOf(drawn) : { type: "FeatureCollection", features: [] });
  }

  /** Lines step back while some are lit. @param {boolean} isDimmed */
  #dim(isDimmed) {
    const { gl } = this.globe;
    if (!gl.getLayer("links")) return;
    gl.setPaintProperty("links", "line-opacity", LINK_OPACITY * (isDimmed ? DIMMED : 1));
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
