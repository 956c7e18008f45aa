/**
 * The card of one tie: who works with whom, on what terms and since when, with the way to the
 * record. Its details come from the API.
 *
 * @typedef {import("./network.js").Network} Network
 */

import { byId, element, icon } from "../dom.js";
import { placeName } from "../place.js";
import { counted, language, text } from "../texts.js";
import { placeNear } from "./tooltip.js";

/** More partnerships than this between two places are only counted. */
const SHOWN = 4;
/** What is being shown: an answer that comes too late belongs to an older one. */
let current = 0;

/**
 * Shows the card of a tie.
 * @param {Network} network
 * @param {number} index Of the tie.
 * @param {{ x: number, y: number }} point Pixels from the map's corner.
 * @param {() => void} onClose
 */
export async function showCard(network, index, point, onClose) {
  const mine = (current += 1);
  const tie = network.ties[index];
  const card = byId("card");
  const details = element("div", {});
  const close = element("button", { type: "button", class: "card-close", "aria-label": text("map.close") }, icon("M5 5l10 10M15 5 5 15"));
  close.addEventListener("click", onClose);
  card.replaceChildren(close, route(network, index), details);
  card.hidden = false;
  placeNear(card, point, 12);
  const records = await Promise.all(tie.ids.slice(0, SHOWN).map(fetchRecord));
  if (mine !== current) return;
  details.replaceChildren(...records.map((record, at) => summary(record, tie.ids[at])));
  if (tie.ids.length > SHOWN) details.append(element("p", {}, counted("map.partnerships", tie.ids.length)));
  placeNear(card, point, 12);
}

/** Takes the card away. */
export function hideCard() {
  current += 1;
  byId("card").hidden = true;
}

/**
 * @param {Network} network
 * @param {number} index
 */
function route(network, index) {
  const { home, partner } = network.ties[index];
  return element(
    "p",
    { class: "route" },
    element("span", { class: "stop stop-home" }, element("b", {}, placeName(network.places[home]))),
    element("span", { class: "stop stop-partner" }, element("b", {}, placeName(network.places[partner]))),
  );
}

/**
 * @param {Record<string, any> | null} record
 * @param {string} id
 */
function summary(record, id) {
  const folder = language === "fr" ? "/partenariats/" : "/en/partenariats/";
  const link = element("a", { href: folder + encodeURIComponent(id) }, text("map.open_record"));
  const years = [record?.start, record?.end].map((date) => (date ? String(date).split("-")[0] : ""));
  const when = years[0] && years[1] ? years.join(" – ") : years[0] || years[1];
  const words = record ? [record.kind_label, record.status === "inconnu" ? "" : record.status_label, when].filter(Boolean) : [text("map.card_failed")];
  return element(
    "div",
    {},
    element("p", { class: "meta" }, ...words.map((word) => element("span", {}, String(word)))),
    element("p", {}, link),
  );
}

/**
 * @param {string} id
 * @returns {Promise<Record<string, any> | null>} Its properties.
 */
async function fetchRecord(id) {
  try {
    const answer = await fetch(`/api/collections/partnerships/items/${encodeURIComponent(id)}?lang=${language}`);
    return answer.ok ? (await answer.json()).properties : null;
  } catch {
    return null;
  }
}
