//! The outlines of countries: whether a position can be where a record says it is.

use std::{collections::HashMap, sync::LazyLock};

use super::areas::{self, Area};
use crate::domain::Position;

/// How far out of its outline a place may lie, in km: outlines are simplified, islands left out.
const SLACK_KM: f64 = 25.0;
/// Where another country's outline is drawn than the one that a record may name: west, south,
/// east, north of Crimea.
const DISPUTED: [(&str, [f64; 4]); 1] = [("UA", [32.4, 44.3, 36.7, 46.3])];
/// Kilometres of a degree of latitude.
const DEGREE_KM: f64 = 111.2;

/// The outlines that the map draws (Natural Earth), by country.
#[derive(Debug)]
pub struct Outlines(HashMap<String, Outline>);

#[derive(Debug, Default)]
struct Outline {
    /// Outer and inner rings alike, longitude first: a point is inside when an odd number of
    /// them is around it.
    rings: Vec<Ring>,
}

#[derive(Debug)]
struct Ring {
    points: Vec<[f64; 2]>,
    /// West, south, east, north.
    bounds: [f64; 4],
}

impl Outlines {
    /// The outlines that the release carries; read on first use.
    pub fn bundled() -> &'static Self {
        static LIST: LazyLock<Outlines> = LazyLock::new(|| {
            let outline = |area: &Area| {
                let rings = area.polygons.iter().flatten().cloned().map(Ring::new).collect();
                (area.code.clone(), Outline { rings })
            };
            Outlines(areas::countries().iter().map(outline).collect())
        });
        &LIST
    }

    /// Whether a position may be in a country (alpha-2), coasts and islands allowed for; none
    /// where the country has no outline.
    pub fn allows(&self, country: &str, position: Position) -> Option<bool> {
        Some(disputed(position) == Some(country) || self.0.get(country)?.is_near(position))
    }

    /// The country whose outline a position is in, where nobody disputes it.
    pub fn country_at(&self, position: Position) -> Option<&str> {
        if disputed(position).is_some() {
            return None;
        }
        let point = [position.lon(), position.lat()];
        let mut countries = self.0.iter();
        countries.find(|(_, outline)| outline.holds(point)).map(|(country, _)| country.as_str())
    }
}

/// The country that a record may name although the outline of another is drawn there.
fn disputed(position: Position) -> Option<&'static str> {
    let within = |[west, south, east, north]: &[f64; 4]| {
        (*west..=*east).contains(&position.lon()) && (*south..=*north).contains(&position.lat())
    };
    DISPUTED.iter().find(|(_, bounds)| within(bounds)).map(|(country, _)| *country)
}

impl Outline {
    fn holds(&self, point: [f64; 2]) -> bool {
        self.rings.iter().filter(|ring| ring.surrounds(point)).count() % 2 == 1
    }

    fn is_near(&self, position: Position) -> bool {
        let point = [position.lon(), position.lat()];
        if self.holds(point) {
            return true;
        }
        // what lies across the antimeridian is near too
        let around = [0.0, 360.0, -360.0].map(|turn| [point[0] + turn, point[1]]);
        self.rings.iter().any(|ring| around.iter().any(|point| ring.is_near(*point)))
    }
}

impl Ring {
    fn new(points: Vec<[f64; 2]>) -> Self {
        let mut bounds = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        for [lon, lat] in &points {
            bounds = [
                bounds[0].min(*lon),
                bounds[1].min(*lat),
                bounds[2].max(*lon),
                bounds[3].max(*lat),
            ];
        }
        Self { points, bounds }
    }

    /// The even-odd rule, along a parallel.
    fn surrounds(&self, [lon, lat]: [f64; 2]) -> bool {
        let [west, south, east, north] = self.bounds;
        if lon < west || lon > east || lat < south || lat > north {
            return false;
        }
        let crossed = self.points.windows(2).filter(|side| {
            let [[lon_a, lat_a], [lon_b, lat_b]] = [side[0], side[1]];
            (lat_a > lat) != (lat_b > lat)
                && lon < lon_a + (lat - lat_a) / (lat_b - lat_a) * (lon_b - lon_a)
        });
        crossed.count() % 2 == 1
    }

    /// Whether a side is within the slack, on a plane that touches the Earth at the point.
    fn is_near(&self, [lon, lat]: [f64; 2]) -> bool {
        let (km_lon, km_lat) = (DEGREE_KM * lat.to_radians().cos().max(0.01), DEGREE_KM);
        let [west, south, east, north] = self.bounds;
        let (wide, high) = (SLACK_KM / km_lon, SLACK_KM / km_lat);
        if lon < west - wide || lon > east + wide || lat < south - high || lat > north + high {
            return false;
        }
        let local = |point: [f64; 2]| ((point[0] - lon) * km_lon, (point[1] - lat) * km_lat);
        self.points.windows(2).any(|side| {
            let ((ax, ay), (bx, by)) = (local(side[0]), local(side[1]));
            let (dx, dy) = (bx - ax, by - ay);
            let length = dx * dx + dy * dy;
            let along =
                if length > 0.0 { (-(ax * dx + ay * dy) / length).clamp(0.0, 1.0) } else { 0.0 };
            let (x, y) = (ax + along * dx, ay + along * dy);
            x * x + y * y <= SLACK_KM * SLACK_KM
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_in_their_countries_and_not_in_others() {
        let outlines = Outlines::bundled();
        let at = |lon, lat| Position::new(lon, lat).unwrap();
        for (country, lon, lat, allowed) in [
            ("SN", -17.45, 14.69, true),
            ("SN", -7.98, 12.65, false),
            ("BR", -51.06, 0.03, true),
            ("UA", 34.1, 44.95, true),
            ("GB", -1.9, 52.48, true),
            ("GB", 52.48, -1.9, false),
            ("FJ", 179.99, -16.8, true),
            ("US", -66.1, 18.4, false),
            ("DE", 7.58, 47.56, true),
        ] {
            assert_eq!(outlines.allows(country, at(lon, lat)), Some(allowed), "{country} {lon}");
        }
        assert_eq!(outlines.allows("ZZ", at(0.0, 0.0)), None);
        assert_eq!(outlines.country_at(at(-7.98, 12.65)), Some("ML"));
        assert_eq!(outlines.country_at(at(-30.0, 0.0)), None);
    }
}
