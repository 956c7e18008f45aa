//! What kind of foreign authority a name announces: “Région de Kayes”, “Kent County”.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;

use super::{rows, vocabularies};
use crate::domain::{PartnerKind, Term, text::fold};

#[derive(Deserialize)]
struct Row {
    code: String,
    before_name: String,
    after_name: String,
}

/// The words of `import/vocabularies/partner_kinds.csv`, folded.
#[derive(Default)]
struct Words {
    before: HashMap<String, &'static Term>,
    after: HashMap<String, &'static Term>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words::default();
    let kinds = vocabularies::partner_kinds();
    for row in rows::<Row>(include_bytes!("../../import/vocabularies/partner_kinds.csv")) {
        let Some(term) = kinds.by_code(&row.code) else { continue };
        let folded = |list: &str| list.split('|').map(fold).collect::<Vec<_>>();
        words.before.extend(folded(&row.before_name).into_iter().map(|word| (word, term)));
        words.after.extend(folded(&row.after_name).into_iter().map(|word| (word, term)));
    }
    words
});

/// The kind that a name announces by the words before or after the place's own name; the longest
/// words count.
pub fn of_name(name: &str) -> Option<&'static Term> {
    // one word is the place's own
    if !name.contains(|c: char| !c.is_alphanumeric()) {
        return None;
    }
    let folded = fold(name);
    let gaps = || folded.match_indices(' ').map(|(at, _)| at);
    // a single letter is no place: “Land's”
    let before = gaps()
        .rev()
        .filter(|at| folded.len() > at + 2)
        .find_map(|at| Some((at, *WORDS.before.get(&folded[..at])?)));
    let after = gaps().find_map(|at| {
        let words = &folded[at + 1..];
        Some((words.len(), *WORDS.after.get(words)?))
    });
    before.into_iter().chain(after).max_by_key(|(length, _)| *length).map(|(_, term)| term)
}

/// The kind of a partner: what its record says, or else its name.
pub fn of_partner(given: Option<&'static Term>, name: &str) -> Option<PartnerKind> {
    let named = of_name(name);
    match given {
        Some(term) if named != Some(term) => Some(PartnerKind { term, given: true }),
        _ => named.map(|term| PartnerKind { term, given: false }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(name: &str) -> &'static str {
        of_name(name).map_or("", |term| term.code.as_str())
    }

    #[test]
    fn an_explicit_word_tells_the_kind() {
        for (name, kind) in [
            ("Région de Kayes", "region"),
            ("REGION DE L'ORIENTAL", "region"),
            ("Land de Thuringe", "region"),
            ("Freistaat Bayern", "region"),
            ("État du Minas Gerais", "region"),
            ("Gouvernorat de Jéricho", "region"),
            ("Województwo śląskie", "region"),
            ("Voïvodie de Silésie", "region"),
            ("Washington State", "region"),
            ("Sverdlovsk Oblast", "region"),
            ("Kayes (région)", "region"),
            ("District autonome d’Abidjan", "region"),
            ("Cercle de Yélimané", "departement"),
            ("Conseil de cercle de Kita", "departement"),
            ("District de Bamako", "departement"),
            ("Provincia di Torino", "departement"),
            ("Landkreis Mainz-Bingen", "departement"),
            ("Kent County", "departement"),
            ("County Cork", "departement"),
            ("Județul Cluj", "departement"),
            ("Commune de Ouidah", "commune"),
            ("Ville d'Haïphong", "commune"),
            ("City of Glasgow", "commune"),
            ("Gemeinde Wörth", "commune"),
            ("Communauté rurale de Ross Béthio", "commune"),
            ("Communauté de communes du Zou", "groupement"),
            ("Mancomunidad de la Sierra", "groupement"),
            ("Association des communes du Zou", "groupement"),
            ("Association Amitié Kayes", "association"),
            ("Comité de jumelage de Kita", "association"),
            ("Université de Thiès", "autre"),
        ] {
            assert_eq!(code(name), kind, "{name}");
        }
    }

    #[test]
    fn a_name_without_such_a_word_tells_nothing() {
        for name in [
            "Kayes",
            "Region",
            "Ville-Marie",
            "Landshut",
            "Land's",
            "Salt Lake City",
            "Cape Town",
            "Provincetown",
            "Sous-préfecture de Kita",
            "Spain",
            "College Station",
            "Port of Spain",
            "—",
            "",
        ] {
            assert_eq!(code(name), "", "{name}");
        }
    }

    #[test]
    fn words_mean_one_kind_each() {
        let mut seen: HashMap<(bool, String), String> = HashMap::new();
        for row in rows::<Row>(include_bytes!("../../import/vocabularies/partner_kinds.csv")) {
            for (before, list) in [(true, &row.before_name), (false, &row.after_name)] {
                for word in list.split('|') {
                    let other = seen.insert((before, fold(word)), row.code.clone());
                    assert!(!fold(word).is_empty(), "{word:?}");
                    assert!(other.is_none_or(|other| other == row.code), "{word}");
                }
            }
        }
    }

    #[test]
    fn a_record_says_it_before_its_name() {
        let term = |code| vocabularies::partner_kinds().by_code(code);
        let said = |given, name| of_partner(given, name).map(|kind| (&*kind.term.code, kind.given));
        assert_eq!(said(term("commune"), "Région de Kayes"), Some(("commune", true)));
        assert_eq!(said(term("region"), "Région de Kayes"), Some(("region", false)));
        assert_eq!(said(None, "Région de Kayes"), Some(("region", false)));
        assert_eq!(said(None, "Kayes"), None);
    }
}
