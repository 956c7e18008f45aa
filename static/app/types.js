/**
 * Shapes that several modules share; nothing here runs.
 *
 * @typedef {object} MapData What `/map.json` answers.
 * @property {number} version The snapshot it comes from.
 * @property {[code: string, name: string, lon: number, lat: number][]} collectivities
 * @property {[name: string, country: string, lon: number, lat: number][]} partners
 * @property {[id: string, collectivity: number, partner: number][]} links
 * @property {number} matched Partnerships that match the filters.
 * @property {number} unplaced Those of them that have no place on the map.
 *
 * @typedef {"home" | "partner"} Side The French side, or the partner's.
 *
 * @typedef {object} Place A point of the map: one French authority, or the partners at one position.
 * @property {Side} side
 * @property {string} key `69123` (code) or `-1.9,52.48` (position): what the address bar holds.
 * @property {string[]} names
 * @property {string} country Alpha-2; empty on the French side.
 * @property {[lon: number, lat: number]} position
 * @property {number[]} ties Indexes of the ties that end here.
 * @property {number} count How many partnerships those are.
 *
 * @typedef {object} Tie Everything between two places: one line on the map.
 * @property {number} home Index of a place.
 * @property {number} partner Index of a place.
 * @property {string[]} ids The partnerships.
 *
 * @typedef {object} View Where the map looks.
 * @property {number} zoom
 * @property {number} lat
 * @property {number} lon
 *
 * @typedef {object} PlaceKey
 * @property {Side} side
 * @property {string} key
 */

export {};
