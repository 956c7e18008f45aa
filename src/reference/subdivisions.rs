//! Areas abroad: régions, Länder, provinces, gouvernorats, cercles. What ISO 3166-2 calls the
//! subdivisions of a country, on two levels.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;

use super::{names::NameIndex, packed_rows, position, vocabularies};
use crate::domain::{Bilingual, Language, Position, Term, text::fold};

/// Nobody writes a longer generic word: `gouvernorat de l ile autonome`.
const LONGEST_KIND: usize = 6;
/// What may stand between a generic word and a name, folded; the longest first.
const LINKS: [&str; 24] = [
    "de las ", "de los ", "della ", "of the ", "de la ", "dell ", "de l ", "del ", "des ", "dos ",
    "das ", "von ", "der ", "the ", "les ", "du ", "de ", "di ", "do ", "da ", "of ", "la ", "d ",
    "l ",
];

/// Kinds of areas that are parts of larger ones nearly everywhere.
const SMALL_KINDS: [&str; 7] =
    ["cercle", "district", "arrondissement", "comte", "canton", "delegation", "commune"];

/// Areas that the list lacks, below its own or older ones, that take in the town of their name:
/// the départements of Burkina Faso are parts of provinces, the raions of Ukraine were more.
const AROUND_THEIR_TOWN: [(&str, &str); 3] =
    [("BF", "departement"), ("CI", "departement"), ("UA", "district")];

/// An area of a country.
#[derive(Debug)]
pub struct Subdivision {
    /// ISO 3166-2, or its GeoNames id where that has none.
    pub code: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// 1 for those that a country is divided into, 2 for parts of these.
    pub level: u8,
    /// What it is, a term of `area_kinds`.
    pub kind: &'static Term,
    /// The area of which it is a part, by its place in the list.
    parent: Option<u32>,
    /// What it is called, with its kind where another area of the country bears the name.
    pub name: Bilingual,
    /// Its town of that name, else its largest one; none where no town in it is known.
    pub position: Option<Position>,
    /// The inhabitants of the towns in it that are known, to compare areas of one name.
    pub population: u32,
}

/// Areas that a text can mean.
#[derive(Debug, Default)]
pub struct NamedAreas {
    /// What the text says that it is.
    pub kind: Option<&'static Term>,
    /// Those of the name that are of the kind, or all of the name where no kind is said, or the
    /// country has none of the kind. By their places in the list.
    pub areas: Vec<u32>,
    /// Those of the name that are something else than the text says.
    pub others: Vec<u32>,
    /// What the text says without its generic word, folded, where an area of such a kind takes
    /// in the town of its name.
    pub town: Option<String>,
}

/// All areas, found by code or name.
#[derive(Debug)]
pub struct Subdivisions {
    list: Vec<Subdivision>,
    by_code: HashMap<String, u32>,
    names: NameIndex,
    /// The kinds that each country has on each level, by the ranks of their terms.
    kinds: HashMap<(String, u8), u64>,
}

#[derive(Deserialize)]
struct Row {
    code: String,
    country: String,
    level: u8,
    kind: String,
    parent: String,
    name: String,
    name_fr: String,
    name_en: String,
    other_names: String,
    lon: Option<f64>,
    lat: Option<f64>,
    population: u32,
}

impl Subdivisions {
    /// The list that the release carries; read on first use.
    pub fn bundled() -> &'static Self {
        static LIST: LazyLock<Subdivisions> = LazyLock::new(|| {
            Subdivisions::new(packed_rows(include_bytes!("../../import/reference/areas.csv.zst")))
        });
        &LIST
    }

    #[expect(clippy::expect_used, reason = "embedded at build time; a test reads the file")]
    fn new(rows: Vec<Row>) -> Self {
        let by_code: HashMap<String, u32> =
            rows.iter().map(|row| row.code.clone()).zip(0..).collect();
        let (mut names, mut kinds) = (Vec::new(), HashMap::<(String, u8), u64>::new());
        let mut list: Vec<Subdivision> = Vec::with_capacity(rows.len());
        for (number, row) in (0..).zip(rows) {
            let others = row.other_names.split('|');
            for name in others.chain([row.name.as_str(), &row.name_fr, &row.name_en]) {
                let folded = fold(name);
                let bare = folded.strip_prefix("l ").map(str::to_owned);
                for name in [Some(folded), bare].into_iter().flatten().filter(|n| !n.is_empty()) {
                    names.push((key(&row.country, &name), number));
                }
            }
            let or_local = |name: String| if name.is_empty() { row.name.clone() } else { name };
            let kind = vocabularies::area_kinds().by_code(&row.kind).expect("a kind of the list");
            *kinds.entry((row.country.clone(), row.level)).or_default() |= 1 << kind.rank;
            list.push(Subdivision {
                name: Bilingual { fr: or_local(row.name_fr), en: or_local(row.name_en) },
                code: row.code,
                country: row.country,
                level: row.level,
                kind,
                parent: by_code.get(&row.parent).copied(),
                position: position(row.lon, row.lat),
                population: row.population,
            });
        }
        tell_apart(&mut list);
        let names = NameIndex::new(names.iter().map(|(name, area)| (name.as_str(), *area)));
        Self { list, by_code, names, kinds }
    }

    /// All of them, by country, level and code.
    pub fn list(&self) -> &[Subdivision] {
        &self.list
    }

    /// The one at a place of the list.
    pub fn at(&self, place: u32) -> &Subdivision {
        &self.list[place as usize]
    }

    /// By its code, as the list writes it.
    pub fn by_code(&self, code: &str) -> Option<&Subdivision> {
        self.place(code).map(|place| self.at(place))
    }

    /// Where a code is in the list.
    pub fn place(&self, code: &str) -> Option<u32> {
        self.by_code.get(code).copied()
    }

    /// An area, and those of which it is a part.
    pub fn with_parents(&self, code: &str) -> impl Iterator<Item = &Subdivision> {
        let first = self.by_code(code);
        std::iter::successors(first, |area| area.parent.map(|parent| self.at(parent)))
    }

    /// Whether an area is another one or a part of it.
    pub(super) fn is_within(&self, part: u32, whole: u32) -> bool {
        let mut areas = std::iter::successors(Some(part), |area| self.at(*area).parent);
        areas.any(|area| area == whole)
    }

    /// The areas of a country that a text can mean, with a generic word in any usual language
    /// before or after the name, or without one.
    pub fn named(&self, country: &str, text: &str) -> NamedAreas {
        let folded = fold(text);
        let whole = self.of_name(country, &folded);
        let Some((kind, rests)) = split_kind(&folded) else {
            return NamedAreas { areas: whole, ..NamedAreas::default() };
        };
        let takes_in_town = AROUND_THEIR_TOWN.contains(&(country, &kind.code));
        let town = rests.last().filter(|_| takes_in_town).map(|rest| (*rest).to_owned());
        let mut found = whole;
        for rest in rests {
            found.extend(self.of_name(country, rest));
        }
        found.sort_unstable();
        found.dedup();
        let (of_kind, others): (Vec<u32>, Vec<u32>) =
            found.iter().partition(|area| self.at(**area).kind == kind);
        if !of_kind.is_empty() {
            return NamedAreas { kind: Some(kind), areas: of_kind, others, town };
        }
        let (mut areas, mut others): (Vec<u32>, Vec<u32>) =
            others.into_iter().partition(|area| self.may_be_called(self.at(*area), kind));
        // of an area and a part of it that bear one name, the area
        let highest = areas.iter().map(|area| self.at(*area).level).min();
        others.extend(areas.extract_if(.., |area| Some(self.at(*area).level) != highest));
        NamedAreas { kind: Some(kind), areas, others, town }
    }

    /// Whether an area may be meant by a generic word that is not its own: one of its neighbours'
    /// ("Province de Palerme"), or of another language or country where its own country has none
    /// such ("Région de Bavière"). A county is no state.
    fn may_be_called(&self, area: &Subdivision, kind: &Term) -> bool {
        let has = |level: u8| {
            let kinds = self.kinds.get(&(area.country.clone(), level));
            kinds.is_some_and(|kinds| kinds & (1 << kind.rank) != 0)
        };
        let is_small = |kind: &Term| SMALL_KINDS.contains(&kind.code.as_str());
        if has(area.level) {
            return is_small(kind) == is_small(area.kind) || area.kind.code == "ville";
        }
        (is_small(kind) && is_small(area.kind) && area.level > 1)
            || (!is_small(kind) && ![1, 2].into_iter().any(has))
    }

    fn of_name(&self, country: &str, folded: &str) -> Vec<u32> {
        self.names.find(&key(country, folded)).map(|place| place as u32).collect()
    }
}

impl Subdivision {
    /// What people may call it besides its name, to search by: `Région Mopti`, `Mopti Region`.
    pub fn searched(&self) -> [String; 2] {
        let kind = |language| self.kind.label.get(language);
        [
            format!("{} {}", kind(Language::French), self.name.fr),
            format!("{} {}", self.name.en, kind(Language::English)),
        ]
    }
}

fn key(country: &str, folded: &str) -> String {
    format!("{country} {folded}")
}

/// Adds the kind to names that several areas of one country bear, and the area around where
/// these are of one kind.
fn tell_apart(list: &mut [Subdivision]) {
    for language in Language::ALL {
        let (mut bearers, mut of_kind) = (HashMap::new(), HashMap::new());
        for area in &*list {
            let name = (area.country.clone(), fold(area.name.get(language)));
            *of_kind.entry((name.clone(), area.kind.rank)).or_insert(0) += 1;
            *bearers.entry(name).or_insert(0) += 1;
        }
        let told = |area: &Subdivision| {
            let name = area.name.get(language);
            let key = (area.country.clone(), fold(name));
            if area.level == 1 || bearers[&key] == 1 {
                return None;
            }
            let kind = area.kind.label.get(language).to_lowercase();
            let around = area.parent.filter(|_| of_kind[&(key, area.kind.rank)] > 1);
            let around = around.map(|around| list[around as usize].name.get(language));
            Some(around.map_or_else(
                || format!("{name} ({kind})"),
                |around| format!("{name} ({kind}, {around})"),
            ))
        };
        let told: Vec<Option<String>> = list.iter().map(told).collect();
        for (area, told) in list.iter_mut().zip(told) {
            let Some(told) = told else { continue };
            match language {
                Language::French => area.name.fr = told,
                Language::English => area.name.en = told,
            }
        }
    }
}

/// The kind that a folded name says, and what may be left of it: `region de mopti` → `mopti`.
fn split_kind(folded: &str) -> Option<(&'static Term, Vec<&str>)> {
    let spaces: Vec<usize> = folded.match_indices(' ').map(|(at, _)| at).collect();
    let kinds = vocabularies::area_kinds();
    for at in spaces.iter().take(LONGEST_KIND).rev() {
        if let Some(kind) = kinds.recognise(&folded[..*at]) {
            let rest = &folded[at + 1..];
            let mut rests = vec![rest];
            rests.extend(LINKS.iter().filter_map(|link| rest.strip_prefix(link)));
            return Some((kind, rests));
        }
    }
    let mut last = spaces.iter().rev().take(LONGEST_KIND).rev();
    last.find_map(|at| Some((kinds.recognise(&folded[at + 1..])?, vec![&folded[..*at]])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(country: &str, name: &str) -> Vec<&'static str> {
        let list = Subdivisions::bundled();
        list.named(country, name).areas.iter().map(|area| list.at(*area).code.as_str()).collect()
    }

    // long: a table
    #[test]
    fn areas_are_found_by_name_and_generic_word_in_any_language() {
        for (country, name, code) in [
            ("ML", "Région de Mopti", "ML-5"),
            ("ML", "Mopti Region", "ML-5"),
            ("ML", "RÉGION DE TOMBOUCTOU", "ML-6"),
            ("ML", "cercle de Yélimané", "8631403"),
            ("ML", "Cercle de Nioro du Sahel", "8261494"),
            ("DE", "Land de Sarre", "DE-SL"),
            ("DE", "Freistaat Bayern", "DE-BY"),
            ("DE", "Région de Bavière", "DE-BY"),
            ("DE", "Arrondissement de l'Ortenau", "DE-BW-ORTENAU"),
            ("DE", "Ortenaukreis", "DE-BW-ORTENAU"),
            ("DE", "Celle (district)", "DE-NI-CELLE"),
            ("DE", "Landkreis Kassel", "DE-HE-KASSEL"),
            ("DE", "Rhein-Neckar-Kreis", "DE-BW-RHEIN-NECKAR"),
            ("DE", "Märkischer Kreis", "DE-NW-MARKISCHER-KREIS"),
            ("DE", "Basse-Franconie", "2819564"),
            ("BE", "Région wallonne", "BE-WAL"),
            ("IT", "Province de Palerme", "IT-PA"),
            ("US", "Comté de Los Angeles", "5368381"),
            ("US", "Fairfax County", "4758041"),
            ("AT", "Bruck an der Leitha District", "2781372"),
            ("DE", "État libre de Saxe", "DE-SN"),
            ("ES", "Catalogne", "ES-CT"),
            ("ES", "Communauté autonome du Pays basque", "ES-PV"),
            ("ES", "Comunidad foral de Navarra", "ES-NC"),
            ("ES", "Provincia de La Rioja", "ES-LO"),
            ("GB", "Pays de Galles", "GB-WLS"),
            ("GB", "Comté de Durham", "GB-DUR"),
            ("BR", "Minas Gerais", "BR-MG"),
            ("BR", "État du Minas Gerais", "BR-MG"),
            ("BR", "Estado de São Paulo", "BR-SP"),
            ("BR", "État de l'Amapá", "BR-AP"),
            ("TN", "Gouvernorat de Médenine", "TN-82"),
            ("TN", "Médenine Governorate", "TN-82"),
            ("DZ", "Wilaya d'Oran", "DZ-31"),
            ("BE", "province du Hainaut", "BE-WHT"),
            ("BE", "Wallonie", "BE-WAL"),
            ("MG", "Région Diana", "7670842"),
            ("MG", "Province de Toamasina", "MG-A"),
            ("MG", "Région Haute Matsiatra", "7670905"),
            ("KM", "Gouvernorat de Ngazidja", "KM-G"),
            ("MA", "Région de l'Oriental", "MA-02"),
            ("TG", "Région Centrale", "TG-C"),
            ("BJ", "Département de l'Alibori", "BJ-AL"),
            ("CZ", "Région de Bohême-Centrale", "CZ-20"),
            ("PL", "Voïvodie de Petite-Pologne", "PL-12"),
            ("PL", "Województwo Śląskie", "PL-24"),
            ("HR", "Comitat de Split-Dalmatie", "HR-17"),
            ("JP", "Préfecture d'Osaka", "JP-27"),
            ("IT", "Regione Piemonte", "IT-21"),
            ("ZA", "Province du Cap-Occidental", "ZA-WC"),
            ("VN", "Province de Yên Bái", "1559978"),
            ("RO", "Județul Alba", "RO-AB"),
            ("HT", "Département de l'Artibonite", "HT-AR"),
        ] {
            assert_eq!(codes(country, name), [code], "{name}");
        }
        for (country, name) in [
            ("BJ", "Groupement intercommunal des Collines"),
            ("BJ", "Communauté des communes du Couffo"),
            ("SN", "Département de Nulle-Part"),
            ("SN", "Département de Dakar Plage"),
            ("ML", ""),
            ("ML", "Région"),
            // a county is no state, a district no province
            ("TH", "District de Chiang Mai"),
            ("SN", "Cercle de Dakar"),
        ] {
            assert_eq!(codes(country, name), [""; 0], "{name}");
        }
    }

    #[test]
    fn the_generic_word_tells_areas_of_one_name_apart() {
        let list = Subdivisions::bundled();
        let level = |name| list.at(list.named("SN", name).areas[0]).level;
        assert_eq!((level("Région de Matam"), level("Département de Matam")), (1, 2));
        assert_eq!(list.named("SN", "Matam").areas.len(), 2);
        // one of many, and never the State
        let washington = list.named("US", "Washington County");
        assert!(washington.areas.len() > 20);
        assert!(washington.areas.iter().all(|area| list.at(*area).level == 2));
        let parents: Vec<&str> =
            list.with_parents("8631403").map(|area| area.name.fr.as_str()).collect();
        assert_eq!(parents, ["Yélimané", "Kayes"]);
    }

    #[test]
    fn every_area_reads_and_has_a_parent_of_its_country() {
        let list = Subdivisions::bundled();
        assert!(list.list().len() > 7000);
        for area in list.list() {
            for parent in list.with_parents(&area.code) {
                assert_eq!(parent.country, area.country);
                assert!(parent.level <= area.level);
            }
        }
    }
}
