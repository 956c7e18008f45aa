/**
 * Shapes that several modules share; nothing here runs.
 *
 * @typedef {"home" | "partner"} Side The French side, or the partner's.
 *
 * @typedef {object} PlaceKey
 * @property {Side} side
 * @property {string} key Code of a French authority, id of a partner; with commas between them where several are at one place.
 *
 * @typedef {object} PlaceDetails What the API knows of a place.
 * @property {string[]} names
 * @property {string} detail Its département or country.
 * @property {[lon: number, lat: number] | null} position
 * @property {string} path Its page.
 *
 * @typedef {PlaceKey & PlaceDetails} Place
 *
 * @typedef {object} View Where the map looks.
 * @property {number} zoom
 * @property {number} lat
 * @property {number} lon
 *
 * @typedef {"country" | "region"} Area What is shaded by its number, in place of links.
 *
 * @typedef {object} Selection What the page shows.
 * @property {URLSearchParams} filters
 * @property {PlaceKey | null} place One place within them.
 * @property {Area | null} by
 */

export {};
