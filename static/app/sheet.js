/** On a phone: the button that goes from the map to the list and back. */

import { byId } from "./dom.js";

/** Shows the button and keeps it saying where it leads. */
export function enhanceSheet() {
  const button = byId("view-switch");
  const results = byId("results");
  button.hidden = false;
  const showsList = () => results.getBoundingClientRect().top < window.innerHeight * 0.45;
  const update = () => button.classList.toggle("shows-list", showsList());
  document.addEventListener("scroll", update, { passive: true });
  button.addEventListener("click", () => {
    if (showsList()) toMap();
    else toList();
  });
  update();
}

/** Scrolls the list up over the map, where the layout is a phone's. */
export function toList() {
  const top = byId("results").getBoundingClientRect().top + window.scrollY;
  window.scrollTo({ top: top - 12, behavior: "smooth" });
}

/** Scrolls back to the map. */
export function toMap() {
  window.scrollTo({ top: 0, behavior: "smooth" });
}
