/**
 * The address bar. The query holds the filters, under the API's own names; the fragment holds
 * where the map looks and which place is chosen: `#2.10/30.00/8.00&place=home:69123`.
 *
 * @typedef {import("./types.js").View} View
 * @typedef {import("./types.js").PlaceKey} PlaceKey
 */

/** Parameters that page through results and are no filter. */
const NOT_FILTERS = ["cursor", "limit", "sortby", "lang"];

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
 * A path with filters.
 * @param {URLSearchParams} filters
 */
export function pathWith(filters) {
  const query = filters.toString();
  return query ? `${location.pathname}?${query}` : location.pathname;
}

/**
 * The filters and, as filters too, the chosen place.
 * @param {URLSearchParams} filters
 * @param {PlaceKey} place
 */
export function filtersAt(filters, place) {
  const narrowed = new URLSearchParams(filters);
  if (place.side === "home") {
    narrowed.set("collectivity", place.key);
  } else {
    const [lon, lat] = place.key.split(",").map(Number);
    const near = 0.00005;
    const box = [lon - near, lat - near, lon + near, lat + near].map((degrees) => degrees.toFixed(5));
    narrowed.set("bbox", box.join(","));
  }
  return narrowed;
}

/**
 * What the fragment says.
 * @returns {{ view: View | null, place: PlaceKey | null }}
 */
export function readFragment() {
  const [first, ...rest] = location.hash.slice(1).split("&");
  const numbers = first.split("/").map(Number);
  const [zoom, lat, lon] = numbers;
  const isView = numbers.length === 3 && numbers.every(Number.isFinite) && Math.abs(lat) <= 90;
  const chosen = decodeURIComponent(rest.join("&")).match(/^place=(home|partner):([\w,.-]+)$/);
  return {
    view: isView ? { zoom, lat, lon } : null,
    place: chosen ? { side: chosen[1] === "home" ? "home" : "partner", key: chosen[2] } : null,
  };
}

/**
 * The fragment for a view and a place.
 * @param {View | null} view
 * @param {PlaceKey | null} place
 */
export function fragmentFor(view, place) {
  if (!view && !place) return "";
  const where = view ? `${view.zoom.toFixed(2)}/${view.lat.toFixed(3)}/${view.lon.toFixed(3)}` : "";
  return `#${where}${place ? `&place=${place.side}:${place.key}` : ""}`;
}
