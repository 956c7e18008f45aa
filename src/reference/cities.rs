//! The world's towns: where a partner named in a country is.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{names::NameIndex, packed_rows, position};
use crate::domain::{Position, text::fold};

/// A town of the gazetteer is taken among others of its name where it has this many times their
/// inhabitants: Birmingham is not one of the hamlets called so.
const DOMINANCE: u64 = 10;
/// Two positions of one town may be so far apart, in km.
const ONE_TOWN_KM: f64 = 10.0;

/// Towns of 1,000 inhabitants and more (GeoNames), by country and name.
#[derive(Debug)]
pub struct Cities {
    cities: Vec<City>,
    names: NameIndex,
}

#[derive(Debug)]
struct City {
    name: Box<str>,
    population: u64,
    position: Position,
}

/// A town, as the gazetteer has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Town<'c> {
    /// Its usual name in English, or in its own language.
    pub name: &'c str,
    /// Inhabitants.
    pub population: u64,
}

/// A town is meant by its name where it is so near to a position, in km.
const TOWN_REACH_KM: f64 = 30.0;

#[derive(Deserialize)]
struct Row {
    name: String,
    country: String,
    population: u64,
    lon: f64,
    lat: f64,
    other_names: String,
}

impl Cities {
    /// The gazetteer that the release carries; read on first use.
    pub fn bundled() -> &'static Self {
        static LIST: LazyLock<Cities> = LazyLock::new(|| {
            Cities::new(packed_rows(include_bytes!("../../import/reference/cities.csv.zst")))
        });
        &LIST
    }

    fn new(rows: Vec<Row>) -> Self {
        let mut cities = Vec::with_capacity(rows.len());
        let mut names = Vec::with_capacity(rows.len() * 2);
        for row in rows {
            let Some(position) = position(Some(row.lon), Some(row.lat)) else { continue };
            for name in row.other_names.split('|').chain([row.name.as_str()]) {
                names.push((key(&row.country, &fold(name)), cities.len() as u32));
            }
            cities.push(City { name: row.name.into(), population: row.population, position });
        }
        let names = NameIndex::new(names.iter().map(|(name, city)| (name.as_str(), *city)));
        Self { cities, names }
    }

    /// The one town of a country (alpha-2) that a name can mean, or none: a homonym that does
    /// not stand out by its size is not placed. Two names of one town ("Köln / Cologne",
    /// "Fès (Maroc)") must not lead to two towns.
    pub fn place(&self, country: &str, name: &str) -> Option<Position> {
        if let Some(position) = self.named(country, &fold(name)) {
            return Some(position);
        }
        let parts = name.split(['/', '(', ')']).flat_map(|part| part.split(" - "));
        let mut found: Option<Position> = None;
        for part in parts.map(fold).filter(|part| !part.is_empty()) {
            match (self.named(country, &part), found) {
                (Some(one), Some(other)) if one.distance_km(other) > ONE_TOWN_KM => return None,
                (one, other) => found = other.or(one),
            }
        }
        found
    }

    /// The largest town of a country that has a name and is where a position says.
    pub fn town(&self, country: &str, name: &str, at: Option<Position>) -> Option<Town<'_>> {
        let (at, folded) = (at?, fold(name));
        let named = |prefix: &str| {
            let found = self.names.find(&key(country, folded.strip_prefix(prefix)?));
            found
                .map(|index| &self.cities[index])
                .filter(|city| city.position.distance_km(at) < TOWN_REACH_KM)
                .max_by_key(|city| city.population)
        };
        let city = PREFIXES.into_iter().find_map(named)?;
        Some(Town { name: &city.name, population: city.population })
    }

    /// Whether some town of a country within so many km of a place bears a name of each list: then
    /// they are names of one town. Names are folded.
    pub fn bears_both(
        &self,
        country: &str,
        (one, other): (&[String], &[String]),
        (place, km): (Position, f64),
    ) -> bool {
        let towns = |names: &[String]| {
            let mut towns: Vec<usize> = Vec::new();
            for name in names {
                let named = self.names.find(&key(country, name));
                towns.extend(named.filter(|t| self.cities[*t].position.distance_km(place) <= km));
            }
            towns
        };
        let towns_of_one = towns(one);
        !towns_of_one.is_empty() && towns(other).iter().any(|town| towns_of_one.contains(town))
    }

    fn named(&self, country: &str, folded: &str) -> Option<Position> {
        PREFIXES.into_iter().find_map(|prefix| {
            let mut found: Vec<&City> = self
                .names
                .find(&key(country, folded.strip_prefix(prefix)?))
                .map(|index| &self.cities[index])
                .collect();
            found.sort_by_key(|city| std::cmp::Reverse(city.population));
            match found.as_slice() {
                [] => None,
                [only] => Some(only.position),
                // two entries for one town (a town and its seat) lie within a few kilometres
                [first, others @ ..] => others
                    .iter()
                    .all(|other| {
                        first.population >= DOMINANCE * other.population.max(1)
                            || first.position.distance_km(other.position) < ONE_TOWN_KM
                    })
                    .then_some(first.position),
            }
        })
    }
}

/// What may stand before a town's name, folded.
const PREFIXES: [&str; 24] = [
    "",
    "ville de ",
    "ville d ",
    "ville du ",
    "commune de ",
    "commune d ",
    "commune urbaine de ",
    "commune urbaine d ",
    "commune rurale de ",
    "commune rurale d ",
    "municipalite de ",
    "municipalite d ",
    "mairie de ",
    "mairie d ",
    "city of ",
    "town of ",
    "municipality of ",
    "stadt ",
    "gemeinde ",
    "comune di ",
    "ciudad de ",
    "ayuntamiento de ",
    "municipio de ",
    "prefeitura de ",
];

fn key(country: &str, folded: &str) -> String {
    format!("{country} {folded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn towns_are_placed_by_any_name_and_homonyms_are_not() {
        let cities = Cities::bundled();
        let near = |country, name, lon, lat| {
            let place = cities.place(country, name).unwrap_or_else(|| panic!("{name}"));
            assert!(place.distance_km(Position::new(lon, lat).unwrap()) < 20.0, "{name} {place}");
        };
        near("DE", "Cologne", 6.96, 50.94);
        near("DE", "Köln", 6.96, 50.94);
        near("GB", "Londres", -0.12, 51.5);
        near("GB", "Birmingham", -1.9, 52.48);
        near("SN", "Saint-Louis", -16.5, 16.02);
        near("BR", "Macapá", -51.06, 0.03);
        near("DE", "Köln / Cologne", 6.96, 50.94);
        near("MA", "Fès (Maroc)", -5.0, 34.03);
        near("ML", "Ville de Kayes", -11.44, 14.45);
        let perugia = Position::new(12.39, 43.11).ok();
        let town = cities.town("IT", "Pérouse", perugia).unwrap();
        assert_eq!(town.name, "Perugia");
        assert!(town.population > 100_000);
        assert_eq!(cities.town("FR", "Pérouse", perugia), None);
        assert_eq!(cities.place("DE", "Köln / München"), None);
        assert_eq!(cities.place("GB", "Newport Pagnell on the Moon"), None);
        assert_eq!(cities.place("US", "Springfield"), None);
        assert_eq!(cities.place("FR", "Cologne sur Rhin"), None);
    }
}
