//! Where a partner abroad is: a town, or an area, that its name means beyond doubt.
//!
//! A name is looked up as it is written. A generic word ("Région de Mopti", "Comté de Durham")
//! makes it an area; without one the town comes first. Where several places bear the name, the
//! area that the file gives decides, or one that has far more inhabitants than all others; else
//! the candidates are told, and nothing is placed.
//!
//! long: one rule, and the table of names that shows it

use super::{
    Cities, Countries, Subdivision, Subdivisions,
    cities::{NamedTown, ONE_TOWN_KM},
};
use crate::domain::{Language, Position};

/// A town is taken among others of its name where it has this many times their inhabitants:
/// Birmingham is not one of the hamlets called so.
const DOMINANCE: u32 = 10;
/// How many inhabitants a town may have that the gazetteer gives none for.
const UNKNOWN: u32 = 2_000;
/// Of smaller towns, and of those whose size it does not know, the gazetteer lacks so many that
/// the only one of a name need not be the one that is meant.
const SURE: u32 = 3_000;
/// Where ä, ö and ü are letters of their own, a name without them is another one, unless a town
/// of so many inhabitants is meant: Grafenberg is not Gräfenberg, Dusseldorf is Düsseldorf.
const UMLAUTS: [&str; 5] = ["AT", "CH", "DE", "LI", "LU"];
const WELL_KNOWN: u32 = 50_000;
/// A town and an area of its name belong together within so many km: Lima and the région Lima.
const AROUND_KM: f64 = 150.0;
/// A town of more inhabitants is meant before any area of its name.
const METROPOLIS: u32 = 1_000_000;
/// A town of a district lies within so many km of its seat.
const DISTRICT_KM: f64 = 40.0;
/// So few inhabitants may the towns of an area have that the gazetteer knows none of.
const SMALL_AREA: u32 = 5_000;
/// In the area that a file gives, a town needs to be so many times larger only.
const DOMINANCE_WITHIN: u32 = 4;
/// A given position and a town of the gazetteer are one place within so many km.
pub const NEAR_KM: f64 = 15.0;
/// The most candidates that are told.
const TOLD: usize = 5;

/// Towns and areas.
#[derive(Debug, Clone, Copy)]
pub struct Gazetteer {
    cities: &'static Cities,
    areas: &'static Subdivisions,
}

/// What a file says of a place.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sought<'a> {
    /// ISO 3166-1 alpha-2.
    pub country: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The name of the area in which it lies.
    pub region: Option<&'a str>,
    /// Its position.
    pub position: Option<Position>,
}

/// A place of the gazetteer.
#[derive(Debug, Clone, Copy)]
pub struct FoundPlace {
    /// Where it is.
    pub position: Position,
    /// The smallest known area in which it lies, or which it is.
    pub area: Option<&'static Subdivision>,
    /// Whether it is an area.
    pub is_area: bool,
}

/// Why a name leads to no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unplaced {
    /// No place is known by the name.
    Unknown,
    /// It may be one of several, or of one and others that are unknown.
    Doubtful(Vec<String>),
}

/// A place that may be meant.
#[derive(Debug, Clone, Copy)]
enum PlaceCandidate {
    Town(NamedTown),
    Area(u32),
}

impl Gazetteer {
    /// The lists that the release carries; read on first use.
    pub fn bundled() -> Self {
        Self { cities: Cities::bundled(), areas: Subdivisions::bundled() }
    }

    /// The one place that is meant. Two names of one place ("Köln / Cologne") must not lead to
    /// two; an area may stand in brackets or after a comma ("Rochester (Kent)").
    ///
    /// # Errors
    /// Where no place, or no single one, is meant beyond doubt.
    pub fn place(&self, sought: &Sought<'_>) -> Result<FoundPlace, Unplaced> {
        let within = self.areas_named(sought.country, sought.region);
        let whole = self.look_up(sought, sought.name, &within);
        if whole != Err(Unplaced::Unknown) {
            return whole;
        }
        // "Rochester (Kent)", "Fès, Maroc": what follows says where the place is
        if let Some((first, rest)) = sought.name.split_once(['(', ',']) {
            let qualifier = rest.trim_end_matches([')', ' ']).trim();
            let within_it = self.areas_named(sought.country, Some(qualifier));
            let is_country = Countries::bundled()
                .recognise(qualifier)
                .is_some_and(|country| country.alpha2 == sought.country);
            let found = match (within_it.is_empty(), is_country) {
                (false, _) => self.look_up(sought, first.trim(), &within_it),
                (true, true) => self.look_up(sought, first.trim(), &within),
                // or what it is called besides
                (true, false) => self.agreed(sought, [first, qualifier].into_iter(), &within, 2),
            };
            return found;
        }
        let names = sought.name.split('/').flat_map(|part| part.split(" - "));
        self.agreed(sought, names, &within, 1)
    }

    /// Whether a name means one place of a country beyond doubt.
    pub fn knows(&self, country: &str, name: &str) -> bool {
        self.place(&Sought { country, name, ..Sought::default() }).is_ok()
    }

    /// The one place that several names lead to; at least so many of them must be known.
    fn agreed<'n>(
        &self,
        sought: &Sought<'_>,
        names: impl Iterator<Item = &'n str>,
        within: &[u32],
        least: usize,
    ) -> Result<FoundPlace, Unplaced> {
        let (mut agreed, mut known): (Option<FoundPlace>, usize) = (None, 0);
        for name in names.map(str::trim).filter(|name| !name.is_empty()) {
            match (self.look_up(sought, name, within), agreed) {
                (Ok(one), Some(other))
                    if one.position.distance_km(other.position) > ONE_TOWN_KM =>
                {
                    return Err(Unplaced::Unknown);
                }
                (Ok(one), other) => (agreed, known) = (other.or(Some(one)), known + 1),
                (Err(doubtful @ Unplaced::Doubtful(_)), None) => return Err(doubtful),
                (Err(_), _) => {}
            }
        }
        agreed.filter(|_| known >= least).ok_or(Unplaced::Unknown)
    }

    /// The area that a file says something lies in, where that is one: New York is the State, not
    /// the county.
    pub fn area(&self, country: &str, region: &str) -> Option<&'static Subdivision> {
        let named = self.areas_named(country, Some(region));
        let level = |area: &u32| self.areas.at(*area).level;
        let highest = named.iter().map(level).min()?;
        let mut areas = named.iter().filter(|area| level(area) == highest);
        let only = areas.next().filter(|_| areas.next().is_none())?;
        Some(self.areas.at(*only))
    }

    fn areas_named(&self, country: &str, region: Option<&str>) -> Vec<u32> {
        region.map(|region| self.areas.named(country, region).areas).unwrap_or_default()
    }

    // long: the cases of one rule, in their order
    fn look_up(
        &self,
        sought: &Sought<'_>,
        name: &str,
        within: &[u32],
    ) -> Result<FoundPlace, Unplaced> {
        let lies_within = |area: u32| {
            within.is_empty() || within.iter().any(|whole| self.areas.is_within(area, *whole))
        };
        let named = self.areas.named(sought.country, name);
        let is_town_word = |kind: &str| matches!(kind, "ville" | "commune");
        let mut areas = named.areas;
        areas.retain(|area| lies_within(*area));
        let mut others = named.others;
        if named.kind.is_some_and(|kind| !is_town_word(&kind.code)) {
            let towns = self.cities.named(sought.country, name);
            if areas.is_empty() && others.is_empty() && !towns.is_empty() {
                return self.one_of_towns(sought, towns, within);
            }
            if let Some(town) = named.town.filter(|_| areas.is_empty() && others.is_empty()) {
                let towns = self.cities.named(sought.country, &town);
                return match towns.as_slice() {
                    [] => Err(Unplaced::Unknown),
                    _ => self.one_of_towns(sought, towns, within),
                };
            }
            return match *areas {
                [] if others.is_empty() => Err(Unplaced::Unknown),
                [] => Err(self.doubtful(name, others.drain(..).map(PlaceCandidate::Area))),
                _ => self.one_of_areas(sought, name, areas),
            };
        }
        let towns = self.cities.named(sought.country, name);
        if towns.is_empty() {
            // the parts of an area that bears the name too are not meant
            let highest = areas.iter().map(|area| self.areas.at(*area).level).min();
            areas.retain(|area| Some(self.areas.at(*area).level) == highest);
            return match *areas {
                [] => Err(Unplaced::Unknown),
                _ => self.one_of_areas(sought, name, areas),
            };
        }
        let town = match self.one_of_towns(sought, towns, within) {
            // a small town is certain where the municipality around it is named
            Err(Unplaced::Doubtful(_)) if named.kind.is_some() && areas.len() == 1 => {
                return self.one_of_areas(sought, name, areas);
            }
            town => town?,
        };
        // a large area that bears the name of a town elsewhere: Delaware in Ohio
        let elsewhere = |area: &u32| {
            let area = self.areas.at(*area);
            let inside = town.area.is_some_and(|one| {
                self.areas.with_parents(&one.code).any(|whole| whole.code == area.code)
            });
            let is_far = |at: Position| at.distance_km(town.position) > AROUND_KM;
            area.level == 1 && !inside && area.position.is_some_and(is_far)
        };
        let is_metropolis =
            self.cities.named(sought.country, name)[0].population > Some(METROPOLIS);
        if named.kind.is_none()
            && sought.position.is_none()
            && !is_metropolis
            && areas.iter().any(elsewhere)
        {
            let areas = areas.iter().copied().filter(|area| elsewhere(area));
            let town = town.area.map_or_else(
                || name.to_owned(),
                |area| format!("{name} ({})", area.name.get(Language::French)),
            );
            let Unplaced::Doubtful(mut told) = self.doubtful(name, areas.map(PlaceCandidate::Area))
            else {
                return Err(Unplaced::Unknown);
            };
            told.insert(0, town);
            return Err(Unplaced::Doubtful(told));
        }
        Ok(town)
    }

    /// The town that is meant among those of one name.
    fn one_of_towns(
        &self,
        sought: &Sought<'_>,
        towns: Vec<NamedTown>,
        within: &[u32],
    ) -> Result<FoundPlace, Unplaced> {
        let all = towns.clone();
        let mut towns = towns;
        if let Some(position) = sought.position {
            towns.retain(|town| town.position.distance_km(position) < NEAR_KM);
        } else if !within.is_empty() {
            towns.retain(|town| within.iter().any(|whole| self.lies_in(town, *whole)));
        }
        let found = match towns.as_slice() {
            [] => None,
            [only] => {
                let decided = sought.position.is_some() || !within.is_empty();
                // Phù Yên is not the seat of Phú Yên
                let is_spelt_so = only.exact || sought.name.is_ascii();
                let is_seat = || {
                    let areas = self.areas.named(sought.country, sought.name).areas;
                    areas.iter().any(|area| self.areas.at(*area).position == Some(only.position))
                };
                let is_sure = is_sure(sought.country, only) || is_spelt_so && is_seat();
                Some(only).filter(|_| decided || is_sure)
            }
            _ if within.is_empty() => dominant(&towns, DOMINANCE),
            _ => dominant(&towns, DOMINANCE_WITHIN),
        };
        if let Some(town) = found {
            return Ok(self.found_town(town));
        }
        let told = if towns.is_empty() { all } else { towns };
        Err(self.doubtful(sought.name, told.into_iter().map(PlaceCandidate::Town)))
    }

    /// Whether a town lies in an area; where only the larger area is known in which the town lies,
    /// whether it is near the one within that is meant.
    fn lies_in(&self, town: &NamedTown, whole: u32) -> bool {
        let is_near = || {
            let at = self.areas.at(whole).position;
            at.is_some_and(|at| at.distance_km(town.position) < DISTRICT_KM)
        };
        town.area.is_some_and(|area| {
            self.areas.is_within(area, whole) || self.areas.is_within(whole, area) && is_near()
        })
    }

    /// The area that is meant among those of one name: the one around the position that the file
    /// gives, else the only one, or one that has far more inhabitants than all others.
    fn one_of_areas(
        &self,
        sought: &Sought<'_>,
        name: &str,
        mut areas: Vec<u32>,
    ) -> Result<FoundPlace, Unplaced> {
        let at = |area: u32| self.areas.at(area);
        let km = |area: u32| Some(sought.position?.distance_km(at(area).position?));
        if areas.len() > 1 {
            let is_around = |area: &u32| km(*area).is_some_and(|km| km < AROUND_KM);
            let around: Vec<u32> = areas.iter().copied().filter(is_around).collect();
            let dominates = |area: &u32| {
                let others = areas.iter().filter(|other| *other != area);
                let most = at(*area).population / DOMINANCE;
                // of one in which no town is known, neither is its size
                others.map(|other| at(*other)).all(|other| {
                    other.position.is_some() && other.population.max(SMALL_AREA) <= most
                })
            };
            if around.len() == 1 {
                areas = around;
            } else if sought.position.is_none() {
                let meant = areas.iter().copied().find(dominates);
                areas = meant.map_or(areas, |area| vec![area]);
            }
        }
        match *areas {
            [area] => self.found_area(area).ok_or(Unplaced::Unknown),
            _ => Err(self.doubtful(name, areas.into_iter().map(PlaceCandidate::Area))),
        }
    }

    fn found_town(&self, town: &NamedTown) -> FoundPlace {
        let area = town.area.map(|area| self.areas.at(area));
        FoundPlace { position: town.position, area, is_area: false }
    }

    fn found_area(&self, area: u32) -> Option<FoundPlace> {
        let area = self.areas.at(area);
        Some(FoundPlace { position: area.position?, area: Some(area), is_area: true })
    }

    fn doubtful(&self, name: &str, candidates: impl Iterator<Item = PlaceCandidate>) -> Unplaced {
        let told = candidates.take(TOLD).map(|candidate| match candidate {
            PlaceCandidate::Town(NamedTown { area: Some(area), .. }) => {
                format!("{name} ({})", self.areas.at(area).name.get(Language::French))
            }
            PlaceCandidate::Town(NamedTown { position, .. }) => format!("{name} ({position})"),
            PlaceCandidate::Area(area) => {
                let area = self.areas.at(area);
                let name = area.name.get(Language::French);
                // a name that is told from others says its kind
                if name.ends_with(')') {
                    name.to_owned()
                } else {
                    format!("{} {name}", area.kind.label.get(Language::French))
                }
            }
        });
        let mut told: Vec<String> = told.collect();
        told.dedup();
        Unplaced::Doubtful(told)
    }
}

impl PartialEq for FoundPlace {
    fn eq(&self, other: &Self) -> bool {
        self.position == other.position && self.is_area == other.is_area
    }
}

/// Whether the only town of a name that the gazetteer has is the one that is meant.
fn is_sure(country: &str, town: &NamedTown) -> bool {
    let other_letters = !town.exact && UMLAUTS.contains(&country);
    town.population.is_some_and(|size| size >= if other_letters { WELL_KNOWN } else { SURE })
}

/// The town that is meant unless the file says otherwise: one that has far more inhabitants than
/// all others, or the only one whose usual name it is while no other is far larger.
fn dominant(towns: &[NamedTown], times: u32) -> Option<&NamedTown> {
    let people = |town: &NamedTown| town.population.unwrap_or(UNKNOWN);
    let beats = |one: &NamedTown, other: &NamedTown| {
        one.population.is_some_and(|size| size / times >= people(other))
    };
    let wins = |one: &&NamedTown| {
        towns
            .iter()
            .filter(|other| other.position != one.position)
            .all(|other| beats(one, other) || (one.usual && !other.usual && !beats(other, one)))
    };
    let mut winners = towns.iter().filter(wins);
    winners.next().filter(|_| winners.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(country: &str, name: &str) -> Result<FoundPlace, Unplaced> {
        Gazetteer::bundled().place(&Sought { country, name, ..Sought::default() })
    }

    #[test]
    fn towns_are_placed_by_any_name_and_homonyms_are_not() {
        let near = |country, name, lon, lat| {
            let found = place(country, name).unwrap_or_else(|why| panic!("{name}: {why:?}"));
            let at = Position::new(lon, lat).unwrap();
            assert!(found.position.distance_km(at) < 20.0, "{name} {}", found.position);
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
        near("DE", "Munster", 10.09, 52.99);
        near("US", "Springfield (Illinois)", -89.64, 39.8);
        near("US", "Rochester, New York", -77.61, 43.15);
        near("BJ", "Commune de Copargo", 1.55, 9.84);
        for (country, name) in [
            ("DE", "Köln / München"),
            ("GB", "Newport Pagnell on the Moon"),
            ("US", "Springfield"),
            ("US", "Rochester"),
            ("US", "Delaware"),
            ("DE", "Schenefeld"),
            ("DE", "Grafenberg"),
            // Câmpulung Moldovenesc is another town, and the size of Câmpulung is not known
            ("RO", "Câmpulung"),
            ("GB", "Stapleford"),
            ("VN", "Phú Yên"),
            ("FR", "Cologne sur Rhin"),
        ] {
            assert!(place(country, name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_bare_name_is_the_town_and_a_generic_word_makes_it_an_area() {
        let kind = |country, name| {
            let found = place(country, name).unwrap_or_else(|why| panic!("{name}: {why:?}"));
            (found.is_area, found.area.map(|area| area.code.as_str()))
        };
        assert_eq!(kind("ML", "Région de Mopti"), (true, Some("ML-5")));
        assert!(!kind("ML", "Mopti").0);
        assert_eq!(kind("ES", "Catalogne"), (true, Some("ES-CT")));
        assert_eq!(kind("IT", "Vallée d'Aoste"), (true, Some("IT-23")));
        for (country, capital) in
            [("PE", "Lima"), ("BG", "Sofia"), ("UA", "Kiev"), ("MX", "Mexico")]
        {
            assert!(!kind(country, capital).0, "{capital}");
        }
        // the seat of the cercle of its name, whose size is not known
        assert!(!kind("ML", "Yélimané").0);
        assert_eq!(kind("GB", "Devon"), (true, Some("GB-DEV")));
        assert!(!kind("CN", "Shanghai").0);
        assert!(place("BJ", "Groupement intercommunal des Collines").is_err());
        assert!(place("SN", "Département de Nulle-Part").is_err());
    }

    #[test]
    fn the_area_given_decides_between_homonyms() {
        let place = |name, region| {
            let sought = Sought { country: "US", name, region: Some(region), position: None };
            Gazetteer::bundled().place(&sought)
        };
        let rochester = place("Rochester", "Minnesota").unwrap();
        assert_eq!(rochester.area.map(|area| area.code.as_str()), Some("US-MN"));
        assert!(place("Augusta", "Georgia").is_ok());
        assert!(place("Augusta", "Montana State").is_err());
        assert!(
            matches!(place("Rochester", "Texas"), Err(Unplaced::Doubtful(told)) if told.len() > 1)
        );
        assert!(place("Rochester", "nowhere").is_err(), "as without an area");
        let area = |region| Gazetteer::bundled().area("US", region).map(|area| &*area.code);
        assert_eq!((area("New York"), area("Washington")), (Some("US-NY"), Some("US-WA")));
        assert_eq!(area("Madison County"), None);
    }

    /// Partners of a link file with their positions hidden: of those that are placed, 99 in 100
    /// are within 15 km of where the file has them.
    #[test]
    fn partners_of_link_files_are_placed_where_they_are() {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/links/wikidata_p190_france.tsv");
        let Ok(mut reader) = csv::ReaderBuilder::new().delimiter(b'\t').from_path(path) else {
            println!("skipped: {path} is not there");
            return;
        };
        let (mut right, mut wrong) = (0, Vec::new());
        for row in reader.records().map(Result::unwrap) {
            let country = Countries::bundled().recognise(&row[9]);
            let degrees = |column: usize| row[column].parse::<f64>().unwrap_or(f64::NAN);
            let (Some(country), Ok(at)) = (country, Position::new(degrees(7), degrees(6))) else {
                continue;
            };
            match place(&country.alpha2, &row[5]) {
                Ok(found) if found.is_area => {}
                Ok(found) if found.position.distance_km(at) <= 15.0 => right += 1,
                Ok(found) => wrong.push(format!("{} ({at}): {}", &row[5], found.position)),
                Err(_) => {}
            }
        }
        println!("{right} right, {} wrong: {wrong:#?}", wrong.len());
        assert!(right > 2900 && wrong.len() * 100 <= right, "{right} right, {wrong:#?}");
    }
}
