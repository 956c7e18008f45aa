/**
 * A place chosen on the map: its name stands where the sentence was, and the list shows only its
 * partnerships.
 *
 * @typedef {import("./types.js").Place} Place
 */

import { announce, byId, element, icon } from "./dom.js";
import { placeName } from "./places.js";
import { counted, fill, text } from "./texts.js";

/**
 * Shows a place's heading.
 * @param {Place} place
 * @param {number} count Partnerships in its list.
 * @param {() => void} leave
 */
export function showPlace(place, count, leave) {
  const back = element("button", { type: "button", class: "place-back", id: "place-back" }, icon("M12 4l-6 6 6 6"), text("place.back"));
  back.addEventListener("click", leave);
  const counting = counted("map.partnerships", count);
  byId("place").replaceChildren(
    back,
    element("p", { class: "place-kind", "data-side": place.side }, text(`place.kind.${place.side}`)),
    element("h2", { class: "sentence" }, placeName(place)),
    element("p", { class: "place-count" }, counting, " · ", element("a", { href: place.path }, text("place.open"))),
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
