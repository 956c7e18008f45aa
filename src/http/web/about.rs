//! Whose data this is and what may be done with it.

use crate::domain::{Bilingual, Language};

/// What whoever runs the register says of it.
#[derive(Debug, Clone)]
pub struct About {
    /// Who publishes the data.
    pub publisher: String,
    /// What may be done with the data.
    pub licence: Licence,
    /// The mail address of whoever corrects records.
    pub contact: Option<String>,
    /// The tile service under the map, if not the bundled outlines.
    pub basemap: Option<Basemap>,
}

impl Default for About {
    fn default() -> Self {
        Self {
            publisher: "Atlas AECT".to_owned(),
            licence: Licence::of("etalab-2.0"),
            contact: None,
            basemap: None,
        }
    }
}

/// A tile service of one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basemap {
    /// The address of its tiles, with `{z}`, `{x}` and `{y}`.
    pub tiles: String,
    /// Whom it says thanks to.
    pub attribution: String,
}

/// A licence of the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    /// Its text.
    pub url: String,
    /// Its name; of one that is not known, its address.
    name: Bilingual,
}

/// Identifier (SPDX), address, name in French and in English.
const KNOWN: [[&str; 4]; 5] = [
    [
        "etalab-2.0",
        "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
        "Licence Ouverte 2.0",
        "Open Licence 2.0",
    ],
    [
        "ODbL-1.0",
        "https://opendatacommons.org/licenses/odbl/1-0/",
        "Open Database License 1.0",
        "Open Database License 1.0",
    ],
    [
        "CC-BY-4.0",
        "https://creativecommons.org/licenses/by/4.0/",
        "Creative Commons Attribution 4.0",
        "Creative Commons Attribution 4.0",
    ],
    [
        "CC-BY-SA-4.0",
        "https://creativecommons.org/licenses/by-sa/4.0/",
        "Creative Commons Attribution – Partage dans les mêmes conditions 4.0",
        "Creative Commons Attribution-ShareAlike 4.0",
    ],
    [
        "CC0-1.0",
        "https://creativecommons.org/publicdomain/zero/1.0/",
        "Creative Commons Zéro 1.0",
        "Creative Commons Zero 1.0",
    ],
];

impl Licence {
    /// By its SPDX identifier, or by the address of its text.
    pub fn of(text: &str) -> Self {
        let known =
            KNOWN.iter().find(|[id, url, ..]| id.eq_ignore_ascii_case(text) || *url == text);
        let [url, fr, en] = known.map_or([text; 3], |[_, url, fr, en]| [url, fr, en]);
        Self { url: url.to_owned(), name: [fr, en].into() }
    }

    /// Whether a text says which licence is meant.
    pub fn is_one(text: &str) -> bool {
        KNOWN.iter().any(|[id, ..]| id.eq_ignore_ascii_case(text))
            || text.starts_with("https://")
            || text.starts_with("http://")
    }

    /// What it is called.
    pub fn name(&self, language: Language) -> &str {
        self.name.get(language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_known_by_its_identifier_or_its_address() {
        let licence = Licence::of("ETALAB-2.0");
        assert_eq!(licence.name(Language::French), "Licence Ouverte 2.0");
        assert_eq!(Licence::of(&licence.url), licence);
        assert_eq!(Licence::of("https://example.org/terms").url, "https://example.org/terms");
        assert!(Licence::is_one("CC0-1.0") && !Licence::is_one("free"));
    }
}
