/** The catalogue of texts (`static/text/`) in the page's language. */

/** @type {Record<string, string>} */
let catalogue = {};

export const language = document.documentElement.lang === "en" ? "en" : "fr";
const numbers = new Intl.NumberFormat(language);
const plurals = new Intl.PluralRules(language);

/** Loads the catalogue; without it every text is its key. */
export async function loadTexts() {
  try {
    const answer = await fetch(new URL(`../text/${language}.json`, import.meta.url));
    if (answer.ok) catalogue = await answer.json();
  } catch {
    // The page still works; only what scripts add is unnamed.
  }
}

/**
 * The text of a key.
 * @param {string} key
 */
export function text(key) {
  return catalogue[key] ?? key;
}

/**
 * The text of a key with each `{name}` replaced.
 * @param {string} key
 * @param {Record<string, string | number>} values
 */
export function fill(key, values) {
  return text(key).replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? numbers.format(value) : value;
  });
}

/**
 * `{key}.one` or `{key}.many`, with `{count}` filled.
 * @param {string} key
 * @param {number} count
 */
export function counted(key, count) {
  return fill(`${key}.${plurals.select(count) === "one" ? "one" : "many"}`, { count });
}
