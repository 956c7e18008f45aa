import { language } from "./texts.js";
import { ROOT } from "./root.js";

/**
 * The address bar. The query holds the filters, under the API's own names; the fragment holds
 * where the map looks, what it shades and what was chosen on it:
 * `#2.10/30.00/8.00&by=country`, `#4.00/46.00/2.00&on=partnership:abc`, `&on=flow:35238~abc`.
 *
 * @typedef {import("./types.js").View} View
 * @typedef {import("./types.js").Area} Area
 * @typedef {import("./types.js").PlaceKey} PlaceKey
 * @typedef {import("./types.js").Chosen} Chosen
 */

/**
 * The page of a partnership, in the language of this one.
 * @param {string} id
 */
export function recordPath(id) {
  return `${ROOT}${language === "fr" ? "/partenariats" : "/en/partnerships"}/${encodeURIComponent(id)}`;
}

/** Parameters that say how results are shown and are no filter. */
const NOT_FILTERS = ["cursor", "limit", "sortby", "lang", "view", "chart", "embed"];

/**
 * The filters of a query string or form, without empty values and paging.
 * @param {string | URLSearchParams} query
 * @returns {URLSearchParams}
 */
export function filtersOf(query) {
  const filters = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(query)) {
    if (value.trim() && !NOT_FILTERS.includes(name)) filters.append(name, value.trim());
  }
  return filters;
}

/**
 * The filters that a form holds.
 * @param {HTMLFormElement} form
 */
export function filtersOfForm(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) query.append(name, String(value));
  return filtersOf(query);
}

/**
 * The page's path with other filters, shown as the page is.
 * @param {URLSearchParams} filters
 */
export function pathWith(filters) {
  const query = new URLSearchParams(filters);
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (["view", "chart", "sortby", "embed"].includes(name)) query.append(name, value);
  }
  const written = query.toString();
  return written ? `${location.pathname}?${written}` : location.pathname;
}

/**
 * The filters as any collection is asked for what they select of the partnerships.
 * @param {URLSearchParams | string} filters
 */
export function ofPartnerships(filters) {
  const query = new URLSearchParams(filters);
  // what they say of boxes and properties would be about the collection's own items
  if (query.toString()) query.set("filter-of", "partnerships");
  return query;
}

/** The filter by a place of one side. @param {import("./types.js").Side} side */
export function parameterOf(side) {
  return side === "home" ? "collectivity" : "partner";
}

/**
 * The filters, at one place.
 * @param {URLSearchParams} filters
 * @param {PlaceKey} place
 */
export function filtersAt(filters, { side, key }) {
  const name = parameterOf(side);
  const narrowed = new URLSearchParams(filters);
  narrowed.delete(name);
  for (const one of key.split(",")) narrowed.append(name, one);
  return narrowed;
}

/**
 * What the fragment says; places have become filters since it named one.
 * @returns {{ view: View | null, place: PlaceKey | null, by: Area | null, chosen: Chosen | null }}
 */
export function readFragment() {
  const [first, ...rest] = location.hash.slice(1).split("&");
  const numbers = first.split("/").map(Number);
  const [zoom, lat, lon] = numbers;
  const isView = numbers.length === 3 && numbers.every(Number.isFinite) && Math.abs(lat) <= 90;
  const said = new URLSearchParams((isView ? rest : [first, ...rest]).join("&"));
  const place = said.get("place")?.match(/^(home|partner):([\w,-]+)$/);
  const by = said.get("by");
  return {
    view: isView ? { zoom, lat, lon } : null,
    place: place ? { side: place[1] === "home" ? "home" : "partner", key: place[2] } : null,
    by: by === "country" || by === "region" ? by : null,
    chosen: chosenOf(said.get("on") ?? ""),
  };
}

/** @param {string} written @returns {Chosen | null} */
function chosenOf(written) {
  const one = written.match(/^partnership:(\w+)$/);
  if (one) return { kind: "partnership", id: one[1] };
  const flow = written.match(/^flow:(\w+)~(\w+)$/);
  return flow ? { kind: "flow", home: flow[1], partner: flow[2] } : null;
}

/**
 * The fragment for a view, what is shaded and what is chosen.
 * @param {View | null} view
 * @param {Area | null} by
 * @param {Chosen | null} chosen
 */
export function fragmentFor(view, by, chosen) {
  const parts = [];
  if (view) parts.push(`${view.zoom.toFixed(2)}/${view.lat.toFixed(3)}/${view.lon.toFixed(3)}`);
  if (by) parts.push(`by=${by}`);
  if (chosen) parts.push(chosen.kind === "flow" ? `on=flow:${chosen.home}~${chosen.partner}` : `on=partnership:${chosen.id}`);
  return parts.length > 0 ? `#${parts.join("&")}` : "";
}
