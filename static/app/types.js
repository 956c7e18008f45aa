/**
 * Shapes that several modules share; nothing here runs.
 *
 * @typedef {"home" | "partner"} Side The French side, or the partner's.
 *
 * @typedef {object} PlaceKey
 * @property {Side} side
 * @property {string} key Code of a French authority, id of a partner; with commas between them where several are at one place.
 *
 * @typedef {object} View Where the map looks.
 * @property {number} zoom
 * @property {number} lat
 * @property {number} lon
 *
 * @typedef {"country" | "region"} Area What is shaded by its number, in place of links.
 *
 * @typedef {{ kind: "partnership", id: string } | { kind: "flow", home: string, partner: string }} Chosen What was
 *   pressed and stays lit: one partnership, or what is between two dots (ids of the authorities where they stand).
 *
 * @typedef {object} Selection What the page shows.
 * @property {URLSearchParams} filters
 * @property {Area | null} by
 * @property {Chosen | null} chosen
 */

export {};
