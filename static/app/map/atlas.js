/**
 * The map with the register on it: draws a network, lights up what is pointed at or chosen, and
 * tells the page which place was chosen.
 *
 * @typedef {import("../types.js").PlaceKey} PlaceKey
 * @typedef {import("../types.js").Place} Place
 * @typedef {import("./globe.js").Globe} Globe
 * @typedef {import("./network.js").Network} Network
 * @typedef {import("./pointer.js").Target} Target
 */

import { byId } from "../dom.js";
import { placeName } from "../place.js";
import { counted, fill, text } from "../texts.js";
import { FAR, NEAR, bundle } from "./bundles.js";
import { hideCard, showCard } from "./card.js";
import { openCluster, watchPointer } from "./pointer.js";
import { BUNDLE_OVER, LEVELS } from "./sources.js";
import { linkOpacity } from "./style.js";
import { hideTooltip, showTooltip } from "./tooltip.js";

const EVERYTHING = ["links", "bundles-far", "bundles-near", "homes", "partners", "cluster-counts", "home-names", "partner-names"];
/** What is left of the other lines' opacity while some are lit. */
const DIMMED = 0.4;
/** Lines that light up at once when a place is pointed at. */
const LIT_AT_ONCE = 400;

/**
 * What a network puts into the map's sources at first: each tie as a line or, where they are many,
 * as many bundles as the eye can tell apart from far away.
 * @param {Network} network
 * @returns {import("./sources.js").Data}
 */
export function drawing(network) {
  const isBundled = network.ties.length > BUNDLE_OVER;
  const none = network.lines([]);
  return {
    homes: network.points("home"),
    partners: network.points("partner"),
    links: isBundled ? none : network.lines(),
    "bundles-far": isBundled ? bundle(network, LEVELS[0].most, FAR) : none,
    "bundles-near": none,
  };
}

export class Atlas {
  /**
   * @param {Globe} globe Drawn from {@link drawing} of the network.
   * @param {Network} network
   * @param {{ onPlace: (place: PlaceKey | null) => void }} actions
   */
  constructor(globe, network, { onPlace }) {
    this.globe = globe;
    this.onPlace = onPlace;
    this.network = network;
    /** @type {number | null} Index of the chosen place. */
    this.chosen = null;
    /** @type {number | null} Index of the tie whose card is open. */
    this.opened = null;
    this.lit = "";
    /** How many levels of detail are in the sources already. */
    this.detail = 0;
    globe.gl.on("zoom", () => this.#addDetail());
    watchPointer(globe, {
      onHover: (target, point) => this.#hover(target, point),
      onChoose: (target, point) => this.#choose(target, point),
    });
  }

  /**
   * Draws another network.
   * @param {Network} network
   */
  draw(network) {
    this.network = network;
    this.chosen = null;
    this.closeCard();
    for (const [source, data] of Object.entries(drawing(network))) this.globe.setData(source, data);
    this.refresh();
  }

  /** Bundles have finer levels; they are made when the map comes close enough to need them. */
  #addDetail() {
    const { network, globe } = this;
    if (network.ties.length <= BUNDLE_OVER) return;
    while (this.detail < LEVELS.length && globe.gl.getZoom() > LEVELS[this.detail].until - 0.4) {
      this.detail += 1;
      const finer = LEVELS[this.detail];
      globe.setData(finer?.source ?? "links", finer ? bundle(network, finer.most, NEAR) : network.lines());
    }
  }

  /** Brings what depends on the network, but is no data, up to date. */
  refresh() {
    const { gl } = this.globe;
    const count = this.network.ties.length;
    this.detail = 0;
    this.#addDetail();
    gl.setLayerZoomRange("links", count > BUNDLE_OVER ? LEVELS[LEVELS.length - 1].until : 0, 24);
    this.globe.setVisible(EVERYTHING, this.chosen === null);
    this.lit = "unknown";
    this.#light(this.#rest());
    this.#report();
  }

  /**
   * Shows only one place's ties; null shows everything again.
   * @param {PlaceKey | null} key
   * @param {{ move?: boolean }} [options] Whether the camera goes there.
   * @returns {Place | null} The place, if the network has it.
   */
  choosePlace(key, { move = false } = {}) {
    const index = key ? this.network.find(key) : undefined;
    this.chosen = index ?? null;
    this.closeCard();
    hideTooltip();
    this.globe.setVisible(EVERYTHING, this.chosen === null);
    this.#light(this.#chosenTies());
    this.#report();
    if (index === undefined) return null;
    const place = this.network.places[index];
    if (move) this.globe.goTo(place.position, Math.max(this.globe.gl.getZoom(), place.side === "home" ? 3 : 4));
    return place;
  }

  /**
   * Lights one partnership of the list up; null puts the light out.
   * @param {string | null} id
   */
  lightPartnership(id) {
    const tie = id === null ? undefined : this.network.tieById.get(id);
    this.#light(tie === undefined ? this.#rest() : [tie]);
  }

  /**
   * Goes to a partnership of the list and opens its card.
   * @param {string} id
   */
  locate(id) {
    const index = this.network.tieById.get(id);
    if (index === undefined) return;
    const tie = this.network.ties[index];
    const [home, partner] = [this.network.places[tie.home], this.network.places[tie.partner]];
    this.opened = index;
    this.#light([index]);
    this.globe.showWay(home.position, partner.position);
    this.#openCard(index, { x: 4, y: 4 });
  }

  /** Takes the card away and its line's light. */
  closeCard() {
    if (this.opened === null) return;
    this.opened = null;
    hideCard();
    this.#light(this.#rest());
  }

  /**
   * @param {Target | null} target
   * @param {{ x: number, y: number }} point
   */
  #hover(target, point) {
    if (!target) {
      hideTooltip();
      this.#light(this.#rest());
    } else if (target.kind === "cluster") {
      const places = fill("map.cluster", { places: target.points });
      showTooltip([places, counted("map.partnerships", target.n), text("map.cluster_hint")], point);
      this.#light(this.#rest());
    } else if (target.kind === "place") {
      const place = this.network.places[target.index];
      if (target.index === this.chosen) hideTooltip();
      else showTooltip([placeName(place), counted("map.partnerships", place.count)], point);
      if (this.chosen === null) this.#light(place.ties.slice(0, LIT_AT_ONCE));
    } else {
      const { home, partner, ids } = this.network.ties[target.index];
      const [from, to] = [this.network.places[home], this.network.places[partner]];
      showTooltip([placeName(from), placeName(to), counted("map.partnerships", ids.length)], point);
      if (this.chosen === null) this.#light([target.index]);
    }
  }

  /**
   * @param {Target | null} target
   * @param {{ x: number, y: number }} point
   */
  #choose(target, point) {
    hideTooltip();
    if (target?.kind === "cluster") void openCluster(this.globe, target);
    else if (target?.kind === "place") {
      const { side, key } = this.network.places[target.index];
      if (target.index !== this.chosen) this.onPlace({ side, key });
    } else if (target?.kind === "tie") {
      this.opened = target.index;
      this.#light([target.index]);
      this.#openCard(target.index, point);
    } else if (this.opened !== null) this.closeCard();
    else if (this.chosen !== null) this.onPlace(null);
  }

  /**
   * @param {number} tie
   * @param {{ x: number, y: number }} point
   */
  #openCard(tie, point) {
    void showCard(this.network, tie, point, () => this.closeCard());
  }

  #chosenTies() {
    return this.chosen === null ? [] : this.network.places[this.chosen].ties;
  }

  /** What is lit when nothing is pointed at. */
  #rest() {
    return this.opened === null ? this.#chosenTies() : [this.opened];
  }

  /**
   * Draws some ties and their ends over everything else.
   * @param {number[]} ties
   */
  #light(ties) {
    const key = ties.join();
    if (key === this.lit) return;
    this.lit = key;
    const opacity = linkOpacity(this.network.ties.length) * (ties.length > 0 ? DIMMED : 1);
    this.globe.gl.setPaintProperty("links", "line-opacity", opacity);
    this.globe.setData("links-on", this.network.lines(ties));
    this.globe.setData("points-on", this.network.points(this.network.endsOf(ties)));
  }

  /** Says on the map's element what it shows, for tests and for styles. */
  #report() {
    const { dataset } = this.globe.container;
    const shown = this.chosen === null ? this.network.drawn : new Set(this.#chosenTies().flatMap((tie) => this.network.ties[tie].ids)).size;
    dataset.links = String(shown);
    dataset.matched = String(this.network.matched);
    dataset.unplaced = String(this.network.unplaced);
    const note = byId("unplaced");
    note.hidden = this.network.unplaced === 0 || this.chosen !== null;
    note.textContent = counted("map.unplaced", this.network.unplaced);
  }
}
