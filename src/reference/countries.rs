//! Countries by code and by any usual name.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;

use super::{rows, vocabularies};
use crate::domain::{Bilingual, NearNames, Term, text::fold};

/// Nobody misspells a longer name of a country, and comparing has its price.
const LONGEST_NAME: usize = 80;

/// A country or territory of ISO 3166-1 (and Kosovo, XK).
#[derive(Debug, PartialEq)]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub alpha2: String,
    /// ISO 3166-1 alpha-3.
    pub alpha3: String,
    /// Its usual short name.
    pub name: Bilingual,
    /// The part of the world that it lies in, a term of `zones`.
    pub zone: &'static Term,
    /// Whether it is France or a French territory overseas.
    pub french: bool,
}

/// All countries, found by code or name.
#[derive(Debug)]
pub struct Countries {
    pub(super) list: Vec<Country>,
    pub(super) by_name: HashMap<String, usize>,
    /// What other words in a cell of countries mean.
    pub(super) words: HashMap<String, CountryWord>,
    /// Those that are no codes.
    near_names: NearNames,
}

/// A word that is not the name of a country of today.
#[derive(Debug)]
pub(super) struct CountryWord {
    pub(super) meaning: Meaning,
    /// The countries of it, or the zones of a continent.
    pub(super) places: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Meaning {
    /// A state that has ended.
    Ended,
    /// A part of one or several countries.
    Region,
    /// A part of the world.
    Continent,
    /// The name of a country that a part of another bears too.
    Homonym,
    /// A noun that says nothing ("pays").
    Word,
}

#[derive(Deserialize)]
struct Row {
    alpha2: String,
    alpha3: String,
    name_fr: String,
    name_en: String,
    zone: String,
    french: u8,
    other_names: String,
}

/// A name in another language than French and English.
#[derive(Deserialize)]
struct NameRow {
    alpha2: String,
    name: String,
}

#[derive(Deserialize)]
struct WordRow {
    name: String,
    meaning: Meaning,
    places: String,
}

impl Countries {
    /// The list that the release carries.
    pub fn bundled() -> &'static Self {
        static LIST: LazyLock<Countries> = LazyLock::new(Countries::read);
        &LIST
    }

    #[expect(clippy::expect_used, reason = "embedded at build time; a test reads the files")]
    fn read() -> Self {
        let (mut list, mut by_name) = (Vec::new(), HashMap::new());
        for row in rows::<Row>(include_bytes!("../../import/reference/countries.csv")) {
            let index = list.len();
            let names = [&row.alpha2, &row.alpha3, &row.name_fr, &row.name_en];
            for name in names.into_iter().map(String::as_str).chain(row.other_names.split('|')) {
                by_name.entry(key(name)).or_insert(index);
            }
            list.push(Country {
                zone: vocabularies::zones().by_code(&row.zone).expect("a zone of the vocabulary"),
                alpha2: row.alpha2,
                alpha3: row.alpha3,
                name: Bilingual { fr: row.name_fr, en: row.name_en },
                french: row.french == 1,
            });
        }
        by_name.remove("");
        let named = by_name.iter().filter(|(name, _)| name.len() > 3);
        let near_names = NearNames::new(named.map(|(name, index)| (name.as_str(), *index)));
        let words =
            rows::<WordRow>(include_bytes!("../../import/reference/kept/country_words.csv"))
                .into_iter()
                .map(|WordRow { name, meaning, places }| {
                    let places = places.split('|').filter(|p| !p.is_empty()).map(str::to_owned);
                    (key(&name), CountryWord { meaning, places: places.collect() })
                });
        let mut countries = Self { list, by_name, words: words.collect(), near_names };
        for NameRow { alpha2, name } in
            rows(include_bytes!("../../import/reference/country_names.csv"))
        {
            let place = countries.place(&alpha2).expect("a country of the list");
            countries.by_name.entry(key(&name)).or_insert(place);
        }
        countries
    }

    /// All of them, by alpha-2.
    pub fn list(&self) -> &[Country] {
        &self.list
    }

    /// By ISO 3166-1 alpha-2, upper case.
    pub fn by_alpha2(&self, alpha2: &str) -> Option<&Country> {
        self.place(alpha2).map(|place| &self.list[place])
    }

    /// Where a country is in the list.
    pub fn place(&self, alpha2: &str) -> Option<usize> {
        self.list.binary_search_by(|country| country.alpha2.as_str().cmp(alpha2)).ok()
    }

    /// The one country that a misspelt name can mean: a single name is very near, and that of no
    /// other country is nearly as near ("Austrlia" is left to its author). People know how a
    /// country begins.
    pub fn corrected(&self, text: &str) -> Option<&Country> {
        let folded = fold(text);
        let limit = match folded.len() {
            0..5 => return None,
            5..9 => 1,
            9..=LONGEST_NAME => 2,
            _ => return None,
        };
        let alike = self
            .near_names
            .within(&folded, limit + 1)
            .filter(|(_, name, _)| name.as_bytes()[0] == folded.as_bytes()[0]);
        let mut nearest: Option<(usize, usize)> = None;
        for (edits, _, index) in alike {
            match nearest {
                Some((_, other)) if other != index => return None,
                Some((fewer, _)) if fewer <= edits => {}
                _ => nearest = Some((edits, index)),
            }
        }
        nearest.filter(|(edits, _)| *edits <= limit).map(|(_, index)| &self.list[index])
    }

    /// The country whose name is nearest to a misspelt one, to suggest; people know how a country
    /// begins.
    pub fn nearest(&self, text: &str) -> Option<&Country> {
        let folded = fold(text);
        if folded.len() > LONGEST_NAME {
            return None;
        }
        let near = self
            .near_names
            .within(&folded, 1 + folded.len() / 6)
            .filter(|(_, name, _)| name.as_bytes()[0] == folded.as_bytes()[0]);
        near.map(|(edits, _, index)| (edits, index)).min().map(|(_, index)| &self.list[index])
    }
}

/// How names are compared: folded, and initials as one word, with or without points ("U.S.A.").
pub(super) fn key(text: &str) -> String {
    let folded = fold(text);
    let initials = folded.len() > 1 && folded.split(' ').all(|word| word.len() == 1);
    if initials { folded.replace(' ', "") } else { folded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_known_by_any_usual_name() {
        let countries = Countries::bundled();
        for (text, alpha2) in [
            ("FR", "FR"),
            ("deu", "DE"),
            ("Allemagne", "DE"),
            ("SÉNÉGAL", "SN"),
            ("England, United Kingdom", "GB"),
            ("England", "GB"),
            ("Republic of Ireland", "IE"),
            ("Georgia (country)", "GE"),
            ("in Italy", "IT"),
            ("UNK", "XK"),
            ("Réunion, France", "RE"),
            ("Côte d’Ivoire", "CI"),
        ] {
            assert_eq!(
                countries.recognise(text).map(|c| c.alpha2.as_str()),
                Some(alpha2),
                "{text}"
            );
        }
        assert!(countries.recognise("Ruritanie").is_none());
        assert!(countries.recognise("").is_none());
        assert_eq!(countries.nearest("Madagaskar").map(|c| c.alpha2.as_str()), Some("MG"));
        for silly in ["Prussie", "Ruritanie", "Afriqua", ""] {
            assert!(countries.nearest(silly).is_none(), "{silly}");
        }
        assert!(countries.list().len() >= 249);
        for (text, alpha2) in [
            ("Madagaskar", Some("MG")),
            ("Kazakhstah", Some("KZ")),
            ("Burkina Fasso", Some("BF")),
            ("Allemange", Some("DE")),
            ("Portugual", Some("PT")),
            ("Nigera", None),
            ("Austrlia", None),
            ("Malt", None),
            ("Iram", None),
            ("Ruritanie", None),
        ] {
            let corrected = countries.corrected(text).map(|c| c.alpha2.as_str());
            assert_eq!(corrected, alpha2, "{text}");
        }
    }

    #[test]
    fn the_words_beside_countries_name_places_of_the_lists() {
        let countries = Countries::bundled();
        for (name, word) in &countries.words {
            for place in &word.places {
                let known = match word.meaning {
                    Meaning::Continent => vocabularies::zones().by_code(place).is_some(),
                    _ => countries.by_alpha2(place).is_some(),
                };
                assert!(known, "{name}: {place}");
            }
            let several = matches!(word.meaning, Meaning::Ended | Meaning::Region);
            assert!(!(several && word.places.is_empty()), "{name}");
        }
    }
}
