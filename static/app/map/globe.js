/**
 * The map itself: MapLibre with our style, the basemap that comes later, and moving the camera.
 *
 * @typedef {import("../types.js").View} View
 * @typedef {import("../../vendor/maplibre-gl/maplibre-gl.mjs").GeoJSONSource} GeoJSONSource
 * @typedef {import("../../vendor/maplibre-gl/maplibre-gl.mjs").VectorTileSource} VectorTileSource
 */

import { Map as GlMap, prewarm } from "../../vendor/maplibre-gl/maplibre-gl.mjs";
import { isStill } from "../dom.js";
import { along, circleAround, degreesBetween } from "./arcs.js";
import { onSchemeChange, readPalette } from "./palette.js";
import { FLOWS, sources, tilesOf } from "./sources.js";
import { DOT, DOT_SIZE, FINE, firstStyle, layers } from "./style.js";

/** Where a first visit looks: France and Africa, Europe on top, both Americas at the edge. */
const HOME = { lon: 8, lat: 28 };
/** How much of the smaller side of the map the globe fills. */
const GLOBE_SHARE = 0.9;
/** How much of it the way between two places fills. */
const WAY_SHARE = 0.6;
/** How much of it results fill, how much they must to be left there, and what of the globe can be seen at once. */
const RESULTS = { share: 0.8, least: 0.55, degrees: 130 };
/**
 * Into how many parts what is drawn in a tile is cut so that it bends with the globe: at level 0, half
 * as many at each next one, and at least. MapLibre's own 512 and 128 made a picture of half a million
 * triangles, for what nobody sees. What covers a tile is the globe's round edge; what masks it (`stencil`)
 * must not be cut finer than what is filled.
 */
const CUTS = {
  line: { _baseZoomGranularity: 32, _minGranularity: 8 },
  fill: { _baseZoomGranularity: 32, _minGranularity: 8 },
  tile: { _baseZoomGranularity: 64, _minGranularity: 8 },
  stencil: { _baseZoomGranularity: 32, _minGranularity: 1 },
};
/** Milliseconds that a picture of half the new tiles is put off, which would only delay the whole one. */
const HOLD = 300;

/** Starts what works beside the page before there is a map for it to work on. */
export function wakeWorkers() {
  prewarm();
}

/** There is no WebGL 2 here, or it broke down. */
export class NoWebGl extends Error {}

export class Globe {
  /**
   * @param {HTMLElement} container
   * @param {{ statics: string, title: string, language: string, view?: View | null, way?: [[number, number], [number, number]], boxes?: number[][], interactive?: boolean, covered?: number, data?: import("./sources.js").Data, query?: string, tiles?: string }} options
   *   `boxes`: what to show, the first that can be seen at once; `covered`: pixels at the bottom that something lies over; `query`: the filters of the register's tiles, without which none are drawn; `tiles`: a tile service under it all.
   */
  constructor(container, options) {
    this.container = container;
    this.options = options;
    /** Called when outlines seen from near have come. */
    this.onFine = () => {};
    /** What is in the sources, by name. */
    this.data = { ...options.data };
    const start = options.view ?? (options.way ? this.#viewOfWay(...options.way) : this.#viewOfBoxes(options.boxes ?? []));
    try {
      this.gl = new GlMap({
        container,
        style: firstStyle(readPalette(), this.#sources(), start.zoom),
        center: [start.lon, start.lat],
        zoom: start.zoom,
        minZoom: 0.3,
        maxZoom: 15,
        maxPitch: 0,
        dragRotate: false,
        touchPitch: false,
        attributionControl: false,
        interactive: options.interactive ?? true,
        fadeDuration: 0,
        renderWorldCopies: false,
        locale: { "Map.Title": options.title },
      });
    } catch (reason) {
      throw new NoWebGl(String(reason));
    }
    // there is no weather here: both would shade every pixel, for nothing, by programs that take long to build
    Object.assign(/** @type {any} */ (this.gl).painter.drawFunctions, { sky() {}, atmosphere() {} });
    /** Until when no picture is drawn but a whole one of what was asked for last. */
    this.held = 0;
    const repaint = this.gl.triggerRepaint.bind(this.gl);
    this.gl.triggerRepaint = () => {
      if (!this.#isHeld()) repaint();
    };
    this.gl.setPadding({ bottom: this.#covered() });
    this.gl.once("style.load", () => {
      this.gl.addImage(DOT, { width: DOT_SIZE, height: DOT_SIZE, data: new Uint8Array(DOT_SIZE * DOT_SIZE * 4) });
      this.#keepLevel();
      const granularity = /** @type {any} */ (this.gl.style.projection)._verticalPerspectiveProjection.subdivisionGranularity;
      for (const [what, cuts] of Object.entries(CUTS)) Object.assign(granularity[what], cuts);
    });
    /** When somebody last moved the map. */
    this.touched = 0;
    this.gl.on("movestart", ({ originalEvent }) => originalEvent && (this.touched = performance.now()));
    this.gl.touchZoomRotate?.disableRotation();
    this.gl.keyboard?.disableRotation();
    onSchemeChange(() => this.#repaint());
    /** @type {Promise<void>} The first picture stands. */
    this.ready = new Promise((done) => this.gl.once("idle", () => done()));
    /** Everything else has come too. */
    this.finished = this.ready.then(() => this.#finish());
  }

  /** @returns {View} */
  get view() {
    const { lng, lat } = this.gl.getCenter();
    return { zoom: this.gl.getZoom(), lat, lon: lng };
  }

  /**
   * Replaces the data of a source, which may still have to come.
   * @param {string} source
   * @param {GeoJSON.FeatureCollection} data
   */
  setData(source, data) {
    this.data[source] = data;
    /** @type {GeoJSONSource | undefined} */ (this.gl.getSource(source))?.setData(data);
    this.#showLit();
  }

  /**
   * Draws the register with other filters. What is there stays until the new tiles have come.
   * @param {string} query
   */
  setQuery(query) {
    if (query === this.options.query) return;
    this.options.query = query;
    this.held = performance.now() + HOLD;
    setTimeout(() => this.gl.triggerRepaint(), HOLD + 1);
    /** @type {VectorTileSource} */ (this.gl.getSource(FLOWS))?.setTiles(tilesOf(query));
  }

  /** Whether tiles are still to come for the next picture, and not for long. */
  #isHeld() {
    return performance.now() < this.held && !this.gl.isMoving() && !(!this.gl.getSource(FLOWS) || this.gl.isSourceLoaded(FLOWS));
  }

  /**
   * @param {string[]} names
   * @param {boolean} visible
   */
  setVisible(names, visible) {
    const wanted = visible ? "visible" : "none";
    for (const name of names) {
      const isSo = !this.gl.getLayer(name) || (this.gl.getLayoutProperty(name, "visibility") ?? "visible") === wanted;
      // what is set makes MapLibre read the layer's tiles once more, even where nothing changes
      if (!isSo) this.gl.setLayoutProperty(name, "visibility", wanted);
    }
  }

  /** Waits until everything that was asked for is drawn and the camera rests. */
  async idle() {
    const idle = this.gl.once("idle");
    this.gl.triggerRepaint();
    await idle;
  }

  /**
   * Shows the first of some boxes that can be seen at once, else the whole globe as a first visit does.
   * @param {number[][]} boxes
   */
  showBoxes(boxes) {
    this.#goToView(this.#viewOfBoxes(boxes));
  }

  /**
   * Shows the first of some boxes that can be seen at once, if there is one and it is not well in view.
   * @param {number[][]} boxes
   * @param {boolean} orGlobe Whether the whole globe is shown where there is none.
   */
  bringIntoView(boxes, orGlobe) {
    const circle = seenAtOnce(boxes);
    if (!circle) return orGlobe ? this.showBoxes([]) : undefined;
    const { lon, lat, zoom } = this.view;
    const seen = Math.min(this.#degreesAt(zoom, lat), RESULTS.degrees);
    const isWhole = degreesBetween([lon, lat], circle.center) + circle.degrees / 2 <= seen / 2;
    const view = this.#viewOfBoxes(boxes);
    if (!isWhole || zoom < view.zoom + Math.log2(RESULTS.least)) this.#goToView(view);
  }

  /** Whether any dot of some sides is in view. @param {import("../types.js").Side[]} sides */
  shows(sides) {
    const { gl, view, container } = this;
    const isInView = (/** @type {[number, number]} */ position) => {
      const { x, y } = gl.project(position);
      const isInside = x >= 0 && x <= container.clientWidth && y >= 0 && y <= container.clientHeight - this.#covered();
      return isInside && degreesBetween([view.lon, view.lat], position) <= RESULTS.degrees / 2;
    };
    const points = gl.querySourceFeatures(FLOWS, { sourceLayer: "nodes" });
    return points.some(({ geometry, properties }) => geometry.type === "Point" && sides.includes(properties.side) && isInView(/** @type {[number, number]} */ (geometry.coordinates)));
  }

  /** @param {View} view */
  #goToView({ lon, lat, zoom }) {
    this.goTo([lon, lat], zoom);
  }

  /**
   * @param {[number, number]} center
   * @param {number} zoom
   */
  goTo(center, zoom) {
    if (isStill()) this.gl.jumpTo({ center, zoom });
    else this.gl.flyTo({ center, zoom, duration: 900, essential: true });
  }

  /**
   * Goes near enough to see what is in a box.
   * @param {number[]} box West, south, east, north.
   */
  open(box) {
    const { lon, lat, zoom } = this.#viewOfBoxes([box]);
    this.goTo([lon, lat], Math.max(zoom, this.gl.getZoom() + 1));
  }

  /**
   * Shows two positions and the way between them.
   * @param {[number, number]} from
   * @param {[number, number]} to
   */
  showWay(from, to) {
    this.#goToView(this.#viewOfWay(from, to));
  }

  /**
   * @param {[number, number]} from
   * @param {[number, number]} to
   * @returns {View}
   */
  #viewOfWay(from, to) {
    return this.#viewOf({ center: along(from, to, 0.5), degrees: degreesBetween(from, to) }, WAY_SHARE);
  }

  /** @param {number[][]} boxes @returns {View} */
  #viewOfBoxes(boxes) {
    const circle = seenAtOnce(boxes);
    return circle ? this.#viewOf(circle, RESULTS.share) : this.#wholeGlobe();
  }

  /**
   * @param {{ center: [number, number], degrees: number }} circle
   * @param {number} share How much of the map it fills.
   * @returns {View}
   */
  #viewOf({ center: [lon, lat], degrees }, share) {
    const zoom = Math.log2((this.#degreesAt(0, lat) * share) / Math.max(degrees, 0.3));
    return { lon, lat, zoom: Math.max(this.#wholeZoom(lat), Math.min(zoom, 8)) };
  }

  /**
   * How many degrees the smaller side of the map has at its middle.
   * @param {number} zoom
   * @param {number} lat
   */
  #degreesAt(zoom, lat) {
    const room = Math.min(this.container.clientWidth, this.container.clientHeight - this.#covered()) || 300;
    return (room * 360 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom);
  }

  /** @returns {View} */
  #wholeGlobe() {
    return { ...HOME, zoom: this.#wholeZoom(HOME.lat) };
  }

  /**
   * The zoom at which the globe fills its share of the map, seen from above a latitude.
   * @param {number} lat
   */
  #wholeZoom(lat) {
    const { clientWidth, clientHeight } = this.container;
    const seen = (Math.min(clientWidth, clientHeight - this.#covered()) || 400) * GLOBE_SHARE * 0.5;
    // the eye is 1.5 heights above the surface, so the horizon hides the globe's full width
    const eye = (clientHeight || 400) * 1.5;
    const radius = seen ** 2 / eye + Math.hypot(seen ** 2 / eye, seen);
    return Math.max(0.3, Math.log2((2 * Math.PI * radius * Math.cos((lat * Math.PI) / 180)) / 512));
  }

  /** Adds the outlines that are seen from near, if they are not there yet. */
  addFine() {
    this.#add(FINE.sources);
    this.onFine();
  }

  /** Adds what the first picture could do without: names, lights, and what is seen from nearer. */
  #finish() {
    this.#add(Object.keys(this.#sources()).filter((name) => !FINE.sources.includes(name)));
    const comeNear = () => {
      if (this.gl.getZoom() < FINE.from) return;
      this.gl.off("zoom", comeNear);
      this.addFine();
    };
    this.gl.on("zoom", comeNear);
    comeNear();
  }

  /**
   * Adds sources, and the layers that draw them, each at its place among the others.
   * @param {string[]} names
   */
  #add(names) {
    const { gl } = this;
    const all = this.#sources();
    for (const name of names) {
      if (!gl.getSource(name)) gl.addSource(name, all[name]);
    }
    let above;
    for (const layer of layers(readPalette(), all).reverse()) {
      const isDue = !("source" in layer) || gl.getSource(String(layer.source));
      if (isDue && !gl.getLayer(layer.id)) gl.addLayer(layer, above);
      if (isDue) above = layer.id;
    }
    this.#showLit();
  }

  /** A node is drawn by its zoom level: beside each other there must be no tiles of two. */
  #keepLevel() {
    const source = /** @type {any} */ (this.gl.getSource(FLOWS));
    if (source) source.calculateTileZoom = (/** @type {number} */ zoom) => zoom;
  }

  #showLit() {
    this.setVisible(["links-on"], (this.data["links-on"]?.features.length ?? 0) > 0);
  }

  #covered() {
    return this.options.covered ?? 0;
  }

  #sources() {
    const { statics, query, tiles } = this.options;
    return sources({ statics, data: this.data, query, tiles });
  }

  /** Takes over the colours of the scheme that is in force now. */
  #repaint() {
    for (const layer of layers(readPalette(), this.#sources()).filter(({ id }) => this.gl.getLayer(id))) {
      for (const [name, value] of Object.entries(layer.paint ?? {})) {
        if (/color/.test(name)) this.gl.setPaintProperty(layer.id, /** @type {any} */ (name), value);
      }
    }
  }
}

/** A circle around the first of some boxes that is not larger than what one sees of a globe. @param {number[][]} boxes */
function seenAtOnce(boxes) {
  return boxes.map(circleAround).find(({ degrees }) => degrees <= RESULTS.degrees);
}
