/** The map's colours, which live in `static/style/base.css` with all others. */

const NAMES = /** @type {const} */ ([
  "sea", "land", "home-land", "border", "region", "label", "halo", "link", "link-on", "partner", "partner-edge", "home",
]);

/** @typedef {Record<typeof NAMES[number], string>} Palette */

/** @returns {Palette} The colours of the scheme that is in force. */
export function readPalette() {
  const style = getComputedStyle(document.documentElement);
  return /** @type {Palette} */ (
    Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--map-${name}`).trim()]))
  );
}

/**
 * Calls back when the reader's system goes from light to dark or back.
 * @param {() => void} then
 */
export function onSchemeChange(then) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", then);
}
