/** The map's colours, which live in `static/style/` with all others. */

const NAMES = /** @type {const} */ ([
  "sea", "land", "home-land", "border", "region", "label", "halo", "link", "link-on", "partner", "partner-edge", "home",
  "step-1", "step-2", "step-3", "step-4", "step-5",
]);

/** @typedef {Record<typeof NAMES[number], string>} Palette */

/** @returns {Palette} The colours of the scheme that is in force. */
export function readPalette() {
  const style = getComputedStyle(document.documentElement);
  return /** @type {Palette} */ (
    Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--map-${name}`).trim()]))
  );
}

/** The colours of shaded areas, from few to many. @param {Palette} palette */
export function ramp(palette) {
  return [palette["step-1"], palette["step-2"], palette["step-3"], palette["step-4"], palette["step-5"]];
}

/**
 * Calls back when the reader's system goes from light to dark or back.
 * @param {() => void} then
 */
export function onSchemeChange(then) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", then);
}
