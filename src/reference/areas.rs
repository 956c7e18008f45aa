//! The outlines that maps draw: countries (Natural Earth) and French régions.
//!
//! As RFC 7946 wants them: WGS 84 degrees, outer rings anticlockwise and inner ones clockwise,
//! nothing across the antimeridian; tests hold the files to it.

use std::sync::LazyLock;

use serde::Deserialize;

/// Closed rings, the outer one first; longitude before latitude.
pub type Polygon = Vec<Vec<[f64; 2]>>;

/// A country or a région, as it is drawn.
#[derive(Debug)]
pub struct Area {
    /// ISO 3166-1 alpha-2 of a country, INSEE code of a région.
    pub code: String,
    /// Its parts.
    pub polygons: Vec<Polygon>,
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    properties: Properties,
    geometry: Geometry,
}

#[derive(Deserialize)]
struct Properties {
    #[serde(alias = "alpha2")]
    code: String,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Polygon),
    MultiPolygon(Vec<Polygon>),
}

/// Countries and territories that have an outline, each once.
pub fn countries() -> &'static [Area] {
    static LIST: LazyLock<Vec<Area>> =
        LazyLock::new(|| read(include_bytes!("../../static/basemap/countries.geojson")));
    &LIST
}

/// Régions and collectivities overseas that have an outline, each once.
pub fn regions() -> &'static [Area] {
    static LIST: LazyLock<Vec<Area>> =
        LazyLock::new(|| read(include_bytes!("../../static/basemap/regions.geojson")));
    &LIST
}

#[expect(clippy::expect_used, reason = "embedded at build time; a test reads the files")]
fn read(geojson: &[u8]) -> Vec<Area> {
    let collection: Collection = serde_json::from_slice(geojson).expect("embedded outlines");
    let area = |Feature { properties, geometry }| {
        let polygons = match geometry {
            Geometry::Polygon(polygon) => vec![polygon],
            Geometry::MultiPolygon(polygons) => polygons,
        };
        Area { code: properties.code, polygons }
    };
    // land that two countries claim has no code: it is drawn, and belongs to nobody
    collection.features.into_iter().map(area).filter(|area| !area.code.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::reference::{Countries, territories};

    /// Twice the area of a ring; above 0 where it runs anticlockwise.
    fn turn(ring: &[[f64; 2]]) -> f64 {
        ring.windows(2).map(|side| side[0][0] * side[1][1] - side[1][0] * side[0][1]).sum()
    }

    #[test]
    fn outlines_are_as_rfc_7946_wants_them() {
        for area in countries().iter().chain(regions()) {
            assert!(!area.polygons.is_empty(), "{}", area.code);
            for (place, ring) in area.polygons.iter().flat_map(|polygon| polygon.iter().enumerate())
            {
                assert!(ring.len() >= 4 && ring.first() == ring.last(), "{}", area.code);
                assert_eq!(turn(ring) > 0.0, place == 0, "{}: the right-hand rule", area.code);
                for [lon, lat] in ring {
                    assert!(lon.abs() <= 180.0 && lat.abs() <= 90.0, "{}", area.code);
                    for degrees in [lon, lat] {
                        let micro = degrees * 1e6;
                        assert!((micro - micro.round()).abs() < 1e-3, "{}: {degrees}", area.code);
                    }
                }
                // around a pole the antimeridian is an edge; anywhere else nothing crosses it
                let jumps = ring.windows(2).filter(|side| (side[0][0] - side[1][0]).abs() > 180.0);
                assert!(jumps.count() == 0 || area.code == "AQ", "{}", area.code);
            }
        }
    }

    #[test]
    fn outlines_are_of_known_places_each_once() {
        let mut seen = HashSet::new();
        for area in countries() {
            assert!(seen.insert(&area.code), "{} twice", area.code);
            assert!(Countries::bundled().by_alpha2(&area.code).is_some(), "{}", area.code);
        }
        seen.clear();
        for area in regions() {
            assert!(seen.insert(&area.code), "{} twice", area.code);
            assert!(territories::regions().contains_key(&area.code), "{}", area.code);
        }
        assert!(countries().len() > 230 && regions().len() >= 23);
    }
}
