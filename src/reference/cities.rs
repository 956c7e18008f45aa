//! The world's towns, by country and name.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    io::{Cursor, Read},
    sync::{LazyLock, OnceLock},
};

use zip::ZipArchive;

use super::{Subdivisions, position};
use crate::domain::{Position, text::fold};

/// Two positions of one town may be so far apart, in km.
pub(super) const ONE_TOWN_KM: f64 = 10.0;
/// In `City::area`: of no area.
const NONE: u32 = u32::MAX;

/// Towns of 500 inhabitants and more (GeoNames), by country and name. Those of a country are read
/// when they are asked for first: a register has partners in few of 246.
#[derive(Debug)]
pub struct Cities {
    archive: Archive,
    countries: HashMap<Box<str>, OnceLock<CountryTowns>>,
}

/// A table for each country.
type Archive = ZipArchive<Cursor<&'static [u8]>>;

#[derive(Debug, Default)]
struct CountryTowns {
    cities: Vec<City>,
    names: Vec<Name>,
}

#[derive(Debug)]
struct City {
    name: Box<str>,
    population: u32,
    position: Position,
    area: u32,
}

/// A name of a town, sorted by the hash of its folded form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    folded: u64,
    /// The hash of the name with its accents.
    exact: u32,
    city: u32,
    usual: bool,
}

/// A town, as the gazetteer has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Town<'c> {
    /// Its usual name in English, or in its own language.
    pub name: &'c str,
    /// Inhabitants; 0 where unknown.
    pub population: u64,
}

/// A town is meant by its name where it is so near to a position, in km.
const TOWN_REACH_KM: f64 = 30.0;

/// A town that bears a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NamedTown {
    /// Inhabitants, where they are known.
    pub population: Option<u32>,
    /// Where it is.
    pub position: Position,
    /// The smallest area in which it lies, by its place in [`Subdivisions`].
    pub area: Option<u32>,
    /// Whether the name is its usual one.
    pub usual: bool,
    /// Whether it is written so, accents included.
    pub exact: bool,
}

impl Cities {
    /// The gazetteer that the release carries.
    #[expect(clippy::expect_used, reason = "embedded at build time; a test reads all of it")]
    pub fn bundled() -> &'static Self {
        static LIST: LazyLock<Cities> = LazyLock::new(|| {
            let file: &[u8] = include_bytes!("../../import/reference/cities.zip");
            let archive = ZipArchive::new(Cursor::new(file)).expect("an archive");
            let countries = archive
                .file_names()
                .map(|name| {
                    let name = name.expect("a plain name");
                    (name.trim_end_matches(".csv").into(), OnceLock::new())
                })
                .collect();
            Cities { archive, countries }
        });
        &LIST
    }

    /// The towns of a country; none where it is no country of the list.
    #[expect(clippy::expect_used, reason = "embedded at build time; a test reads all of it")]
    fn of(&self, country: &str) -> &CountryTowns {
        static NONE: CountryTowns = CountryTowns { cities: Vec::new(), names: Vec::new() };
        let Some(towns) = self.countries.get(country) else { return &NONE };
        towns.get_or_init(|| {
            let mut archive = self.archive.clone();
            let table = archive.by_name(&format!("{country}.csv")).expect("the country's table");
            CountryTowns::read(table)
        })
    }

    /// The towns of a country (alpha-2) that bear a name, with or without a word for town before
    /// or behind it, the most populous first; where some are written exactly so, these alone: Munster is
    /// not Münster. Entries of one place are one.
    pub fn named(&self, country: &str, name: &str) -> Vec<NamedTown> {
        let list = self.of(country);
        let folded = fold(name);
        let spelling = spelt(name);
        // capitals often lack their accents
        let has_small = name.chars().any(char::is_lowercase);
        let before = PREFIXES.into_iter().filter_map(|prefix| {
            let words = prefix.matches(' ').count();
            let exact = spelling.splitn(words + 1, ' ').last().unwrap_or_default();
            Some((folded.strip_prefix(prefix)?, exact))
        });
        let behind = SUFFIXES.into_iter().filter_map(|suffix| {
            let exact = spelling.rsplit_once(' ').map_or("", |(name, _)| name);
            Some((folded.strip_suffix(suffix)?, exact))
        });
        for (rest, exact) in before.chain(behind) {
            let mut towns = list.find(rest, exact);
            if has_small && towns.iter().any(|town| town.exact) {
                towns.retain(|town| town.exact);
            }
            if !towns.is_empty() {
                return apart(towns);
            }
        }
        Vec::new()
    }

    /// The largest town of a country that has a name and is where a position says.
    pub fn town(&self, country: &str, name: &str, at: Option<Position>) -> Option<Town<'_>> {
        let (at, folded) = (at?, fold(name));
        let towns = self.of(country);
        let named = |prefix: &str| {
            let found = towns.of_name(folded.strip_prefix(prefix)?);
            found
                .map(|name| &towns.cities[name.city as usize])
                .filter(|city| city.position.distance_km(at) < TOWN_REACH_KM)
                .max_by_key(|city| city.population)
        };
        let city = PREFIXES.into_iter().find_map(named)?;
        Some(Town { name: &city.name, population: city.population.into() })
    }

    /// Whether some town of a country within so many km of a place bears a name of each list: then
    /// they are names of one town. Names are folded.
    pub fn bears_both(
        &self,
        country: &str,
        (one, other): (&[String], &[String]),
        (place, km): (Position, f64),
    ) -> bool {
        let list = self.of(country);
        let is_near = |town: &u32| list.cities[*town as usize].position.distance_km(place) <= km;
        let towns = |names: &[String]| {
            let named = names.iter().flat_map(|name| list.of_name(name)).map(|name| name.city);
            named.filter(is_near).collect::<Vec<u32>>()
        };
        let towns_of_one = towns(one);
        !towns_of_one.is_empty() && towns(other).iter().any(|town| towns_of_one.contains(town))
    }
}

impl CountryTowns {
    /// Row by row: the table is never in memory as a text. Its columns are
    /// `name,area,population,lon,lat,other_names`.
    #[expect(clippy::expect_used, reason = "embedded at build time; a test reads all of it")]
    fn read(csv: impl Read) -> Self {
        let areas = Subdivisions::bundled();
        let (mut cities, mut names) = (Vec::new(), Vec::new());
        let mut reader = csv::Reader::from_reader(csv);
        let mut row = csv::StringRecord::new();
        // columns by their numbers: decoding each row by its header takes twice as long
        while reader.read_record(&mut row).expect("a row of the list") {
            let number = |column: usize| row[column].parse::<f64>().ok();
            let Some(position) = position(number(3), number(4)) else { continue };
            let (name, city) = (&row[0], cities.len() as u32);
            let others = row[5].split('|').filter(|name| !name.is_empty());
            for (name, usual) in others.map(|name| (name, false)).chain([(name, true)]) {
                let folded = fold(name);
                // without accents both forms are one
                let exact = if name.is_ascii() { hash(&folded) } else { hash(&spelt(name)) };
                names.push(Name { folded: hash(&folded), exact: exact as u32, city, usual });
            }
            let area = areas.place(&row[1]).unwrap_or(NONE);
            let population = row[2].parse().expect("a number of the list");
            cities.push(City { name: name.into(), population, position, area });
        }
        names.sort_unstable();
        names.shrink_to_fit();
        cities.shrink_to_fit();
        Self { cities, names }
    }

    /// The entries of a folded name.
    fn of_name(&self, folded: &str) -> impl Iterator<Item = &Name> + use<'_> {
        let wanted = hash(folded);
        let first = self.names.partition_point(|name| name.folded < wanted);
        self.names[first..].iter().take_while(move |name| name.folded == wanted)
    }

    fn find(&self, folded: &str, spelling: &str) -> Vec<NamedTown> {
        let exact = hash(spelling) as u32;
        let found = self.of_name(folded);
        let town = |name: &Name| {
            let City { population, position, area, .. } = self.cities[name.city as usize];
            NamedTown {
                population: (population > 0).then_some(population),
                position,
                area: (area != NONE).then_some(area),
                usual: name.usual,
                exact: name.exact == exact,
            }
        };
        found.map(town).collect()
    }
}

/// The towns without those that are another entry of a more populous one.
fn apart(mut towns: Vec<NamedTown>) -> Vec<NamedTown> {
    towns.sort_by_key(|town| (std::cmp::Reverse((town.population, town.usual)), town.position));
    let mut apart: Vec<NamedTown> = Vec::with_capacity(towns.len());
    for town in towns {
        match apart.iter_mut().find(|one| one.position.distance_km(town.position) < ONE_TOWN_KM) {
            Some(same) => same.usual |= town.usual,
            None => apart.push(town),
        }
    }
    apart
}

/// A name in small letters, its accents kept: words are apart by one space.
fn spelt(name: &str) -> String {
    let small = name.to_lowercase();
    let words = small.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

/// What may stand before a town's name, folded.
const PREFIXES: [&str; 29] = [
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
    "gemeente ",
    "gmina ",
    "concelho de ",
    "concello de ",
    "obshtina ",
];

/// The same behind it.
const SUFFIXES: [&str; 8] = [
    " municipality",
    " municipio",
    " kommun",
    " kommune",
    " gemeente",
    " gmina",
    " obshtina",
    " belediyesi",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Countries;

    #[test]
    fn every_table_is_read_and_of_a_country() {
        let cities = Cities::bundled();
        let of_country = |country: &str| cities.of(country).cities.len();
        assert!(cities.countries.keys().all(|code| Countries::bundled().by_alpha2(code).is_some()));
        assert!(cities.countries.keys().map(|code| of_country(code)).sum::<usize>() > 230_000);
        assert_eq!(of_country("XX"), 0);
    }

    #[test]
    fn exact_spelling_beats_folded() {
        let cities = Cities::bundled();
        let towns = |name| cities.named("DE", name);
        assert!(towns("Munster").iter().all(|town| town.exact && town.population < Some(50_000)));
        assert!(towns("Münster")[0].population > Some(200_000));
        assert!(towns("MUNSTER")[0].population > Some(200_000));
        assert!(towns("Ville de Munster").iter().all(|town| town.population < Some(50_000)));
        assert_eq!(towns("Nirgendwo im Nichts"), []);
        let perugia = Position::new(12.39, 43.11).ok();
        let town = cities.town("IT", "Pérouse", perugia).unwrap();
        assert_eq!(town.name, "Perugia");
        assert!(town.population > 100_000);
        assert_eq!(cities.town("FR", "Pérouse", perugia), None);
    }
}
