/** On a phone the list slides over the map; a button leads back to it. */

import { byId, isStill } from "./dom.js";

/** Shows the button while the list covers the map. */
export function enhanceSheet() {
  const button = byId("view-switch");
  const results = byId("results");
  const update = () => {
    button.hidden = results.getBoundingClientRect().top > window.innerHeight * 0.45;
  };
  document.addEventListener("scroll", update, { passive: true });
  button.addEventListener("click", () => {
    toMap();
    // the button goes, and what follows in the keyboard's order is the map
    byId("map-region").focus({ preventScroll: true });
  });
  update();
}

/** Scrolls back to the map. */
export function toMap() {
  window.scrollTo({ top: 0, behavior: isStill() ? "auto" : "smooth" });
}
