/**
 * The network that the map draws: places and the ties between them, from `/map.json`.
 *
 * @typedef {import("../types.js").MapData} MapData
 * @typedef {import("../types.js").Place} Place
 * @typedef {import("../types.js").PlaceKey} PlaceKey
 * @typedef {import("../types.js").Tie} Tie
 */

import { FINE, greatCircle } from "./arcs.js";

export class Network {
  /** @param {MapData} data */
  constructor(data) {
    this.matched = data.matched;
    this.unplaced = data.unplaced;
    /** How many partnerships are drawn. */
    this.drawn = 0;
    /** @type {Place[]} */
    this.places = [];
    /** @type {Tie[]} */
    this.ties = [];
    /** @type {Map<string, number>} */
    this.placeByKey = new Map();
    /** @type {Map<string, number>} The tie of a partnership; its first one. */
    this.tieById = new Map();
    this.#build(data);
  }

  /** @param {MapData} data */
  #build(data) {
    const homes = data.collectivities.map(([code, name, lon, lat]) =>
      this.#place({ side: "home", key: code }, name, "", [lon, lat]),
    );
    const partners = data.partners.map(([name, country, lon, lat]) =>
      this.#place({ side: "partner", key: `${lon},${lat}` }, name, country, [lon, lat]),
    );
    /** @type {Map<number, number>} */
    const tieByEnds = new Map();
    const seen = new Set();
    for (const [id, homeIndex, partnerIndex] of data.links) {
      const [home, partner] = [homes[homeIndex], partners[partnerIndex]];
      const ends = home * 1e6 + partner;
      let tie = tieByEnds.get(ends);
      if (tie === undefined) {
        tie = this.ties.length;
        tieByEnds.set(ends, tie);
        this.ties.push({ home, partner, ids: [] });
        this.places[home].ties.push(tie);
        this.places[partner].ties.push(tie);
      }
      this.ties[tie].ids.push(id);
      this.places[home].count += 1;
      this.places[partner].count += 1;
      if (!this.tieById.has(id)) this.tieById.set(id, tie);
      seen.add(id);
    }
    this.drawn = seen.size;
  }

  /**
   * The index of a place, made where it is new; partners at one position share a place.
   * @param {PlaceKey} key
   * @param {string} name
   * @param {string} country
   * @param {[number, number]} position
   */
  #place(key, name, country, position) {
    const written = `${key.side}:${key.key}`;
    const known = this.placeByKey.get(written);
    if (known !== undefined) {
      if (!this.places[known].names.includes(name)) this.places[known].names.push(name);
      return known;
    }
    this.placeByKey.set(written, this.places.length);
    this.places.push({ ...key, names: [name], country, position, ties: [], count: 0 });
    return this.places.length - 1;
  }

  /**
   * The index of a place that the address names, if these filters have it.
   * @param {PlaceKey} key
   */
  find(key) {
    return this.placeByKey.get(`${key.side}:${key.key}`);
  }

  /**
   * Lines of some ties, or of all.
   * @param {Iterable<number>} [indexes]
   * @returns {GeoJSON.FeatureCollection}
   */
  lines(indexes = this.ties.keys()) {
    /** @type {GeoJSON.Feature[]} */
    const features = [];
    for (const index of indexes) {
      const tie = this.ties[index];
      const parts = greatCircle(this.places[tie.home].position, this.places[tie.partner].position, FINE);
      features.push({
        type: "Feature",
        id: index,
        properties: { tie: index },
        geometry:
          parts.length === 1
            ? { type: "LineString", coordinates: parts[0] }
            : { type: "MultiLineString", coordinates: parts },
      });
    }
    return { type: "FeatureCollection", features };
  }

  /**
   * Points of one side, or of some places.
   * @param {import("../types.js").Side | Iterable<number>} which
   * @returns {GeoJSON.FeatureCollection}
   */
  points(which) {
    /** @type {GeoJSON.Feature[]} */
    const features = [];
    const indexes = typeof which === "string" ? this.places.keys() : which;
    for (const index of indexes) {
      const place = this.places[index];
      if ((typeof which === "string" && place.side !== which) || place.ties.length === 0) continue;
      features.push({
        type: "Feature",
        id: index,
        properties: { place: index, n: place.count, name: place.names[0], side: place.side },
        geometry: { type: "Point", coordinates: place.position },
      });
    }
    return { type: "FeatureCollection", features };
  }

  /**
   * Both ends of some ties.
   * @param {Iterable<number>} ties
   */
  endsOf(ties) {
    const ends = new Set();
    for (const tie of ties) ends.add(this.ties[tie].home).add(this.ties[tie].partner);
    return ends;
  }
}
