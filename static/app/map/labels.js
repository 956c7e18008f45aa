/** Where the names of countries stand, from the basemap's own label points. */

/**
 * One point for each country that has a name, with how large it is on the map.
 * @param {GeoJSON.FeatureCollection} countries
 * @param {string} language
 * @returns {GeoJSON.FeatureCollection}
 */
export function countryLabels(countries, language) {
  /** @type {GeoJSON.Feature[]} */
  const features = [];
  for (const { properties, geometry } of countries.features) {
    const name = properties?.[`name_${language}`];
    if (!name || properties.alpha2 === "AQ") continue;
    features.push({
      type: "Feature",
      properties: { name, area: areaOf(geometry) },
      geometry: { type: "Point", coordinates: [properties.label_lon, properties.label_lat] },
    });
  }
  return { type: "FeatureCollection", features };
}

/**
 * Square degrees of a polygon's outer rings, as wide as they are at their latitude.
 * @param {GeoJSON.Geometry} geometry
 */
function areaOf(geometry) {
  const polygons =
    geometry.type === "Polygon" ? [geometry.coordinates] : geometry.type === "MultiPolygon" ? geometry.coordinates : [];
  let total = 0;
  for (const [ring] of polygons) {
    let area = 0;
    for (let at = 1; at < ring.length; at += 1) {
      area += ring[at - 1][0] * ring[at][1] - ring[at][0] * ring[at - 1][1];
    }
    total += Math.abs(area / 2) * Math.cos((ring[0][1] * Math.PI) / 180);
  }
  return Math.round(total * 100) / 100;
}
