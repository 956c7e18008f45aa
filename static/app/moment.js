/**
 * The globe of a French authority: its partners light up one by one, in the order in which they came.
 * Who wants nothing to move sees the last picture at once.
 *
 * @typedef {import("./map/arcs.js").Position} Position
 * @typedef {import("./map/globe.js").Globe} Globe
 * @typedef {{ item: HTMLElement, at: Position }} Step
 */

import { byId, element, isStill } from "./dom.js";
import { FINE, along, degreesBetween, greatCircle } from "./map/arcs.js";
import { placeNear } from "./map/tooltip.js";
import { language, loadTexts, text } from "./texts.js";

/** Milliseconds that each partner has, and that all of them have at most. */
const PACE = { step: 900, all: 24_000 };
/** How near the globe is at the beginning. */
const START_ZOOM = 4.5;
/** Degrees from the middle of the globe in which a place can be seen well. */
const SEEN = 60;

const frame = byId("moment");
const globeFrame = byId("moment-globe");
const button = /** @type {HTMLButtonElement} */ (byId("moment-play"));
const list = byId("moment-steps");
const home = position(list.dataset.home);
/** @type {Step[]} */
const steps = [.../** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("li"))].map((item) => ({ item, at: position(item.dataset.at) }));
/** @type {Promise<Globe> | null} */
let opened = null;
/** Counts plays: one that another has followed stops. */
let plays = 0;

/** @param {string | undefined} written @returns {Position} `lon,lat` */
function position(written) {
  const [lon, lat] = (written ?? "").split(",").map(Number);
  return [lon, lat];
}

/** The globe in place of the picture, looking at the authority. */
async function open() {
  const [{ Globe }] = await Promise.all([import("./map/globe.js"), loadTexts()]);
  frame.dataset.state = "loading";
  const container = element("div", { class: "map" });
  globeFrame.prepend(container);
  globeFrame.hidden = false;
  byId("moment-picture").hidden = true;
  const [lon, lat] = home;
  const globe = new Globe(container, {
    statics: globeFrame.dataset.static ?? "/static",
    title: globeFrame.getAttribute("aria-label") ?? "",
    language,
    interactive: false,
    view: { lon, lat, zoom: START_ZOOM },
  });
  await globe.finished;
  return globe;
}

/** Plays from the beginning. */
async function play() {
  const mine = (plays += 1);
  const isOver = () => mine !== plays;
  button.setAttribute("aria-busy", "true");
  list.hidden = false;
  try {
    opened ??= open();
    const globe = await opened;
    if (isOver()) return;
    frame.dataset.state = "playing";
    button.querySelector("span")?.replaceChildren(text("place.moment.again"));
    if (isStill()) drawAll(globe);
    else await drawEach(globe, isOver);
    if (isOver()) return;
    frame.dataset.state = "done";
  } catch (reason) {
    // without WebGL the picture of the server stands there again, beside the list
    globeFrame.hidden = true;
    byId("moment-picture").hidden = false;
    for (const { item } of steps) item.classList.remove("is-due");
    frame.dataset.state = "failed";
    console.info(reason);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** @param {Globe} globe */
function drawAll(globe) {
  for (const { item } of steps) item.classList.remove("is-due");
  light(globe, steps.length);
  globe.showBoxes([boxOf([home, ...steps.map(({ at }) => at)])]);
}

/**
 * @param {Globe} globe
 * @param {() => boolean} isOver
 */
async function drawEach(globe, isOver) {
  const label = byId("moment-label");
  const pace = Math.min(PACE.step, PACE.all / steps.length);
  for (const { item } of steps) item.classList.add("is-due");
  light(globe, 0);
  label.hidden = true;
  globe.showBoxes([boxOf([home, ...steps.map(({ at }) => at)])]);
  await globe.gl.once("moveend");
  for (const [at, step] of steps.entries()) {
    if (isOver()) return;
    await turnTo(globe, step.at);
    light(globe, at + 1);
    item(step);
    name(globe, step, label);
    await new Promise((done) => setTimeout(done, pace));
  }
  item(null);
  label.hidden = true;
}

/** Turns the globe where a partner cannot be seen. @param {Globe} globe @param {Position} at */
async function turnTo({ gl, view }, at) {
  if (degreesBetween([view.lon, view.lat], at) <= SEEN) return;
  const moved = gl.once("moveend");
  gl.easeTo({ center: along(home, at, 0.6), duration: 900, essential: true });
  await moved;
}

/** Marks the partner that has just come. @param {Step | null} current */
function item(current) {
  for (const { item } of steps) item.toggleAttribute("aria-current", item === current?.item);
  current?.item.classList.remove("is-due");
}

/**
 * Writes a partner's name and year beside it.
 * @param {Globe} globe
 * @param {Step} step
 * @param {HTMLElement} label
 */
function name(globe, { item, at }, label) {
  const words = [...item.querySelectorAll(".moment-year, a")].map((part) => element("span", {}, part.textContent ?? ""));
  label.replaceChildren(...words);
  label.hidden = false;
  placeNear(label, globe.gl.project(at), 8);
}

/** Draws the authority with its first partners. @param {Globe} globe @param {number} number */
function light(globe, number) {
  const shown = steps.slice(0, number);
  /** @param {Position} coordinates @param {import("./types.js").Side} side @returns {GeoJSON.Feature} */
  const point = (coordinates, side) => ({ type: "Feature", properties: { side }, geometry: { type: "Point", coordinates } });
  /** @param {Step} step @returns {GeoJSON.Feature} */
  const line = ({ at }) => ({ type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: greatCircle(home, at, FINE) } });
  globe.setData("links-on", { type: "FeatureCollection", features: shown.map(line) });
  globe.setData("points-on", { type: "FeatureCollection", features: [...shown.map(({ at }) => point(at, "partner")), point(home, "home")] });
}

/** @param {Position[]} positions @returns {number[]} West, south, east, north. */
function boxOf(positions) {
  const [lons, lats] = [positions.map(([lon]) => lon), positions.map(([, lat]) => lat)];
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

button.hidden = false;
button.addEventListener("click", () => void play());
if (location.hash === "#moment") void play();
