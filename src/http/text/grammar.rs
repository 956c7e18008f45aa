//! The articles that French puts before names of places, and lists in words.

use crate::{
    domain::Language,
    http::text::{format::number, texts::Texts},
};

/// Whether French elides before this name: `d'Auvergne`, `l'Inde`.
fn begins_with_vowel(name: &str) -> bool {
    name.chars()
        .next()
        .is_some_and(|first| "AEIOUYÂÀÉÈÊÎÏÔÛ".contains(first) && !name.starts_with("Yé"))
        && !name.starts_with("Yu")
}

/// A region with its "de": `d’Occitanie`, `du Grand Est`, `des Hauts-de-France`, `de La Réunion`.
pub fn of_region(name: &str) -> String {
    match name {
        "Grand Est" | "Centre-Val de Loire" => format!("du {name}"),
        "Hauts-de-France" | "Pays de la Loire" | "Terres australes et antarctiques françaises" => {
            format!("des {name}")
        }
        _ if begins_with_vowel(name) => format!("d’{name}"),
        _ => format!("de {name}"),
    }
}

/// Countries that French names without an article.
const BARE: &[&str] = &[
    "Andorre",
    "Aruba",
    "Bahreïn",
    "Cabo Verde",
    "Chypre",
    "Cuba",
    "Curaçao",
    "Djibouti",
    "Guam",
    "Haïti",
    "Hong Kong",
    "Israël",
    "Kiribati",
    "Macao",
    "Madagascar",
    "Malte",
    "Maurice",
    "Monaco",
    "Nauru",
    "Oman",
    "Palaos",
    "Porto Rico",
    "Samoa",
    "Sao Tomé-et-Principe",
    "Sao Tomé et Principe",
    "Singapour",
    "Taïwan",
    "Tonga",
    "Trinité-et-Tobago",
    "Tuvalu",
    "Vanuatu",
    "Antigua-et-Barbuda",
    "Gibraltar",
    "Guernesey",
    "Jersey",
    "Niue",
    "Anguilla",
    "Montserrat",
];

/// Masculine names in spite of their last letter.
const MASCULINE: &[&str] = &[
    "Mexique",
    "Cambodge",
    "Mozambique",
    "Zimbabwe",
    "Belize",
    "Bélize",
    "Suriname",
    "Royaume-Uni",
];

/// A country with its article: `le Mali`, `la Roumanie`, `l’Inde`, `les Pays-Bas`, `Cuba`.
pub fn with_article(name: &str) -> String {
    let first_word = name.split([' ', '-']).next().unwrap_or(name);
    if BARE.contains(&name) || first_word.starts_with("Saint") {
        name.to_owned()
    } else if matches!(
        first_word,
        "États"
            | "Pays"
            | "Philippines"
            | "Émirats"
            | "Seychelles"
            | "Maldives"
            | "Comores"
            | "Bahamas"
            | "Îles"
            | "Fidji"
            | "Bermudes"
            | "Territoires"
            | "Samoa"
    ) {
        format!("les {name}")
    } else if begins_with_vowel(name) {
        format!("l’{name}")
    } else if first_word.ends_with('e')
        && !MASCULINE.contains(&name)
        && !MASCULINE.contains(&first_word)
    {
        format!("la {name}")
    } else {
        format!("le {name}")
    }
}

/// A country as a sentence of the language names it: `le Mali`, `the United States`.
pub fn country(language: Language, name: &str) -> String {
    match language {
        Language::French => with_article(name),
        Language::English => {
            let the = name.starts_with("United ")
                || name.starts_with("State of ")
                || name.contains("Republic of ")
                || name.ends_with(" Islands")
                || name.ends_with(" Republic")
                || name.ends_with(" Emirates")
                || matches!(
                    name,
                    "Netherlands"
                        | "Philippines"
                        | "Gambia"
                        | "Bahamas"
                        | "Comoros"
                        | "Maldives"
                        | "Seychelles"
                );
            if the { format!("the {name}") } else { name.to_owned() }
        }
    }
}

/// Names without an article that are in, not at: `en Israël`, but `à Cuba`.
const IN: &[&str] = &["Andorre", "Haïti", "Israël"];

/// Islands that one is at, though their names have an article: `à la Barbade`.
const AT: &[&str] = &["Barbade", "Dominique", "Grenade"];

/// In a country: `au Mali`, `en Roumanie`, `aux Pays-Bas`, `à Cuba`, `in the Netherlands`.
pub fn in_country(language: Language, name: &str) -> String {
    let named = country(language, name);
    match (language, named.split_once([' ', '’'])) {
        (Language::English, _) => format!("in {named}"),
        (_, Some(("le", _))) => format!("au {name}"),
        (_, Some(("les", _))) => format!("aux {name}"),
        (_, Some(("la", _))) if AT.contains(&name) => format!("à {named}"),
        (_, Some(("la" | "l", _))) => format!("en {name}"),
        _ if IN.contains(&name) => format!("en {name}"),
        _ => format!("à {name}"),
    }
}

/// `a`, `a et b`, `a, b et c`; the last word is a key of the catalogue (`summary.and`, `summary.or`).
pub fn join(texts: &Texts, values: &[String], last: &str) -> String {
    match values {
        [] => String::new(),
        [one] => one.clone(),
        [all @ .., end] => format!("{} {} {end}", all.join(", "), texts.text(last)),
    }
}

/// Which form of a noun goes with a number, as the keys of the catalogue end: French counts none as one.
pub fn form(language: Language, count: u64) -> &'static str {
    let is_one = count == 1 || (count == 0 && language == Language::French);
    if is_one { "one" } else { "many" }
}

/// `{key}.one` or `{key}.many` with `{count}` filled: `3 partenariats`.
pub fn counted(language: Language, key: &str, count: u64) -> String {
    let key = format!("{key}.{}", form(language, count));
    Texts::of(language).fill(&key, &[("count", &number(language, count))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_take_their_own_article() {
        for (name, expected) in [
            ("Auvergne-Rhône-Alpes", "d’Auvergne-Rhône-Alpes"),
            ("Île-de-France", "d’Île-de-France"),
            ("Bretagne", "de Bretagne"),
            ("La Réunion", "de La Réunion"),
            ("Grand Est", "du Grand Est"),
            ("Pays de la Loire", "des Pays de la Loire"),
        ] {
            assert_eq!(of_region(name), expected);
        }
    }

    #[test]
    fn countries_take_their_own_article() {
        for (name, expected) in [
            ("Mali", "le Mali"),
            ("Roumanie", "la Roumanie"),
            ("Inde", "l’Inde"),
            ("Mexique", "le Mexique"),
            ("Pays-Bas", "les Pays-Bas"),
            ("États-Unis", "les États-Unis"),
            ("Cuba", "Cuba"),
            ("Yémen", "le Yémen"),
            ("Royaume-Uni", "le Royaume-Uni"),
            ("Saint-Marin", "Saint-Marin"),
            ("Haïti", "Haïti"),
            ("République tchèque", "la République tchèque"),
            ("Côte d’Ivoire", "la Côte d’Ivoire"),
            ("Territoires palestiniens", "les Territoires palestiniens"),
            ("Honduras", "le Honduras"),
        ] {
            assert_eq!(with_article(name), expected);
        }
        for (name, expected) in [
            ("Mali", "au Mali"),
            ("Inde", "en Inde"),
            ("Roumanie", "en Roumanie"),
            ("Pays-Bas", "aux Pays-Bas"),
            ("Cuba", "à Cuba"),
            ("Israël", "en Israël"),
            ("Sri Lanka", "au Sri Lanka"),
            ("Barbade", "à la Barbade"),
        ] {
            assert_eq!(in_country(Language::French, name), expected);
        }
        assert_eq!(in_country(Language::English, "United States"), "in the United States");
        for name in ["United States", "State of Palestine", "Democratic Republic of the Congo"] {
            assert_eq!(country(Language::English, name), format!("the {name}"));
        }
        assert_eq!(country(Language::English, "Mali"), "Mali");
    }
}
