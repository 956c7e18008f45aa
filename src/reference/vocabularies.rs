//! The vocabularies of `import/vocabularies`, embedded.

use std::sync::LazyLock;

use serde::Deserialize;

use super::rows;
use crate::domain::{Bilingual, Term, Vocabulary};

#[derive(Deserialize)]
struct Row {
    code: String,
    fr: String,
    en: String,
    #[serde(default)]
    aliases: String,
}

macro_rules! vocabularies {
    ($($name:ident $singular:literal $file:literal $doc:literal;)*) => {
        $(
            #[doc = $doc]
            pub fn $name() -> &'static Vocabulary {
                static LIST: LazyLock<Vocabulary> = LazyLock::new(|| {
                    read($singular, include_bytes!(concat!("../../import/vocabularies/", $file)))
                });
                &LIST
            }
        )*

        /// All vocabularies, in the order of the documentation.
        pub fn all() -> [&'static Vocabulary; [$($singular,)*].len()] {
            [$($name(),)*]
        }
    };
}

vocabularies! {
    kinds "kind" "kinds.csv" "Kinds of link (`type_lien`).";
    statuses "status" "statuses.csv" "Statuses of a partnership (`statut`).";
    themes "theme" "themes.csv" "What a partnership is about.";
    sdgs "sdg" "sdgs.csv" "The Sustainable Development Goals, 1 to 17.";
    zones "zone" "zones.csv" "Parts of the world, by the partner's country.";
    collectivity_kinds "collectivity_kind" "collectivity_kinds.csv" "Kinds of French authority.";
    partner_kinds "partner_kind" "partner_kinds.csv" "Kinds of foreign authority.";
}

/// The generic words of areas abroad: région, Land, wilaya. No column has them.
pub fn area_kinds() -> &'static Vocabulary {
    static LIST: LazyLock<Vocabulary> = LazyLock::new(|| {
        read("area_kind", include_bytes!("../../import/vocabularies/area_kinds.csv"))
    });
    &LIST
}

/// What sources that everybody meets are called; others go by their own names.
pub fn source_names() -> &'static Vocabulary {
    static LIST: LazyLock<Vocabulary> = LazyLock::new(|| {
        read("source_name", include_bytes!("../../import/vocabularies/source_names.csv"))
    });
    &LIST
}

/// The term `autre` or `inconnu` that stands for an empty cell.
pub fn fallback(vocabulary: &'static Vocabulary) -> &'static Term {
    let terms = vocabulary.terms();
    terms.iter().find(|term| term.code == "inconnu").unwrap_or(&terms[terms.len() - 1])
}

fn read(name: &'static str, csv: &[u8]) -> Vocabulary {
    let entries = rows(csv).into_iter().map(|Row { code, fr, en, aliases }| {
        let aliases = aliases.split('|').filter(|a| !a.is_empty()).map(str::to_owned).collect();
        (code, Bilingual { fr, en }, aliases)
    });
    Vocabulary::new(name, entries.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vocabulary_reads_and_knows_its_own_labels() {
        for vocabulary in all() {
            assert!(vocabulary.terms().len() >= 5, "{}", vocabulary.name);
            for term in vocabulary.terms() {
                for text in [&term.code, &term.label.fr, &term.label.en] {
                    assert_eq!(vocabulary.recognise(text).map(|t| &t.code), Some(&term.code));
                }
            }
        }
        assert_eq!(kinds().recognise("JUMELAGE").map(|t| t.code.as_str()), Some("jumelage"));
        assert_eq!(fallback(kinds()).code, "autre");
        assert_eq!(fallback(statuses()).code, "inconnu");
    }
}
