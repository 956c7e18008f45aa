/**
 * A place chosen on the map: its name stands where the sentence was, and the list shows only its
 * partnerships.
 *
 * @typedef {import("./types.js").Place} Place
 */

import { announce, byId, element, icon } from "./dom.js";
import { labelOf } from "./filters.js";
import { counted, fill, text } from "./texts.js";

/**
 * How a place is called: `Birmingham, Royaume-Uni`.
 * @param {Place} place
 */
export function placeName(place) {
  const names = place.names.slice(0, 3).join(", ");
  return place.country ? `${names}, ${labelOf("country", place.country)}` : names;
}

/**
 * Shows a place's heading.
 * @param {Place} place
 * @param {number} count Partnerships in its list.
 * @param {() => void} leave
 */
export function showPlace(place, count, leave) {
  const back = element("button", { type: "button", class: "place-back", id: "place-back" }, icon("M12 4l-6 6 6 6"), text("place.back"));
  back.addEventListener("click", leave);
  const kind = place.side === "home" ? text("place.kind.home") : text("place.kind.partner");
  const counting = counted("map.partnerships", count);
  byId("place").replaceChildren(
    back,
    element("p", { class: "place-kind", "data-side": place.side }, kind),
    element("h2", { class: "sentence" }, placeName(place)),
    element("p", { class: "place-count" }, counting),
  );
  byId("place").hidden = false;
  byId("overview").hidden = true;
  announce(fill("place.announce", { place: placeName(place), count: counting }));
}

/** Brings the sentence back. */
export function hidePlace() {
  if (byId("place").hidden) return;
  byId("place").replaceChildren();
  byId("place").hidden = true;
  byId("overview").hidden = false;
  announce(text("place.gone"));
}
