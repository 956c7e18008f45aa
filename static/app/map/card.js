/**
 * The card of one line: who works with whom, on what terms and since when, with the way to the
 * record. All of it comes from the API.
 *
 * @typedef {{ ids: string[], count: number } | { query: URLSearchParams, count: number }} Wanted
 *   Partnerships by id, or those of a query.
 */

import { recordPath } from "../address.js";
import { byId, element, icon } from "../dom.js";
import { counted, language, text } from "../texts.js";
import { placeNear } from "./tooltip.js";
import { ROOT } from "../root.js";

/** More partnerships than this between two places are only counted. */
const SHOWN = 4;
/** What is being shown: an answer that comes too late belongs to an older one. */
let current = 0;

/**
 * Shows a card.
 * @param {Wanted} wanted
 * @param {{ x: number, y: number }} point Pixels from the map's corner.
 * @param {() => void} onClose
 */
export async function showCard(wanted, point, onClose) {
  const mine = (current += 1);
  const card = open(onClose);
  const details = element("div", { "aria-live": "polite" });
  card.append(details);
  placeNear(card, point, 12);
  const records = await fetchRecords(wanted);
  if (mine !== current) return;
  if (records.length === 0) details.append(element("p", {}, text("map.card_failed")));
  else details.append(route(records[0].properties), ...records.map(summary));
  if (wanted.count > records.length) details.append(element("p", {}, counted("map.partnerships", wanted.count)));
  placeNear(card, point, 12);
}

/**
 * Shows the card of what is between two clusters.
 * @param {string} home
 * @param {string} partner
 * @param {number} partnerships
 * @param {{ x: number, y: number }} point
 * @param {() => void} onClose
 */
export function showRoute(home, partner, partnerships, point, onClose) {
  current += 1;
  const card = open(onClose);
  const [name, ...country] = partner.split(/, (?=[^,]*$)/);
  const details = route({ collectivity_name: home, partner_name: name, country_name: country.join("") });
  card.append(element("div", { "aria-live": "polite" }, details, element("p", {}, counted("map.partnerships", partnerships)), element("p", { class: "meta" }, text("map.flow_hint"))));
  placeNear(card, point, 12);
}

/** An empty card with its button. @param {() => void} onClose */
function open(onClose) {
  const card = byId("card");
  const close = element("button", { type: "button", class: "card-close", "aria-label": text("map.close") }, icon("M5 5l10 10M15 5 5 15"));
  close.addEventListener("click", onClose);
  card.replaceChildren(close);
  card.hidden = false;
  return card;
}

/** Takes the card away. */
export function hideCard() {
  current += 1;
  byId("card").hidden = true;
}

/** @param {GeoJSON.GeoJsonProperties} properties */
function route(properties) {
  const stop = (/** @type {string} */ side, /** @type {string} */ name, /** @type {string} */ detail) =>
    element("span", { class: `stop stop-${side}` }, element("b", {}, name), " ", element("small", {}, detail === name ? "" : detail));
  return element(
    "p",
    { class: "route" },
    stop("home", properties?.collectivity_name, properties?.region_name ?? ""),
    stop("partner", properties?.partner_name, properties?.country_name ?? ""),
  );
}

/** @param {GeoJSON.Feature} record */
function summary({ id, properties: record }) {
  const link = element("a", { href: recordPath(String(id)) }, text("map.open_record"));
  const years = [record?.start, record?.end].map((date) => (date ? String(date).split("-")[0] : ""));
  const when = years[0] && years[1] ? years.join(" – ") : years[0] || years[1];
  const words = [record?.kind_label, record?.status === "inconnu" ? "" : record?.status_label, when].filter(Boolean);
  const themes = (record?.theme_labels ?? []).map((/** @type {string} */ theme) => element("span", {}, theme));
  return element(
    "div",
    {},
    element("p", { class: "meta" }, ...words.map((word) => element("span", {}, String(word)))),
    ...(themes.length > 0 ? [element("p", { class: "themes" }, ...themes)] : []),
    element("p", { class: "card-link" }, link),
  );
}

/**
 * @param {Wanted} wanted
 * @returns {Promise<GeoJSON.Feature[]>}
 */
async function fetchRecords(wanted) {
  const items = `${ROOT}/api/collections/partnerships/items`;
  try {
    if ("query" in wanted) {
      const query = new URLSearchParams(wanted.query);
      query.set("lang", language);
      query.set("limit", String(SHOWN));
      const answer = await fetch(`${items}?${query}`);
      return answer.ok ? (await answer.json()).features : [];
    }
    const answers = await Promise.all(wanted.ids.map((id) => fetch(`${items}/${encodeURIComponent(id)}?lang=${language}`)));
    return await Promise.all(answers.filter((answer) => answer.ok).map((answer) => answer.json()));
  } catch {
    return [];
  }
}
