//! What records can be filtered and counted by.

use crate::{
    domain::{Bilingual, Collectivity, Language, Partner, Vocabulary, partnership::beside_name},
    reference::{Collectivities, Countries, Subdivisions, territories, vocabularies},
    search::directory::funder,
};

macro_rules! dimensions {
    ($($variant:ident $name:literal $text:literal $example:literal;)*) => {
        /// A property with a limited set of values; each value has a bitmap in the snapshot.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Dimension {
            $(#[doc = $text] $variant,)*
        }

        impl Dimension {
            /// All of them, in the order in which facets list them.
            pub const ALL: [Self; [$($name,)*].len()] = [$(Self::$variant,)*];

            /// The name of the query parameter; the texts `facet.…` and `data.filter.…` tell of it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What the values are, and one of them.
            pub fn described(self) -> (&'static str, &'static str) {
                match self { $(Self::$variant => ($text, $example),)* }
            }
        }
    };
}

dimensions! {
    Region "region" "INSEE code of a French region." "84";
    Department "department" "INSEE code of a French department." "69";
    Collectivity "collectivity" "INSEE code or SIREN of a French authority." "69123";
    CollectivityKind "collectivity_kind" "Kind of French authority." "commune";
    Country "country" "Country of a partner, ISO 3166-1 alpha-2." "DE";
    PartnerKind "partner_kind" "Kind of foreign authority." "region";
    PartnerArea "partner_area" "Area that a partner is or lies in: ISO 3166-2 code, or GeoNames id." "ML-1";
    Zone "zone" "Part of the world of a partner." "europe";
    Theme "theme" "Theme." "sante";
    Sdg "sdg" "Sustainable Development Goal, by its number." "6";
    Kind "kind" "Kind of link." "jumelage";
    Status "status" "Status." "en_cours";
    Source "source" "Who keeps the record." "echantillon";
    Funder "funder" "Who paid: code or name of an actor of the directory, or the name that records write." "afd";
}

/// Bytes behind the country in a code of an area: those of ISO 3166-2 have three, those of
/// districts that it does not list have their name.
const MAX_AREA_CODE_LENGTH: usize = 60;

/// The name of an authority's département, unless it has the same itself.
pub fn department_beside(one: &Collectivity, language: Language) -> Option<String> {
    let name = Dimension::Department.label(one.department.as_deref()?, language);
    (name != one.name).then_some(name)
}

/// What is told of a partner beside its name: codes by their labels.
pub fn told_beside(partner: &Partner, language: Language) -> impl Iterator<Item = String> {
    beside_name().filter_map(move |(field, _)| {
        let value = field.of(partner)?.to_string();
        let dimension = field.dimension.and_then(Dimension::from_name);
        let label = dimension.map(|dimension| dimension.label(&value, language));
        Some(label.unwrap_or(value)).filter(|text| !text.is_empty())
    })
}

impl Dimension {
    /// The dimension of a query parameter.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dimension| dimension.name() == name)
    }

    /// The closed list of its values, which has its name.
    pub(super) fn vocabulary(self) -> Option<&'static Vocabulary> {
        vocabularies::all().into_iter().find(|vocabulary| vocabulary.name == self.name())
    }

    /// The value that a query means, in the form that the bitmaps use; none where it is malformed
    /// or no value of a closed list.
    pub fn normalise(self, text: &str) -> Option<String> {
        if let Some(vocabulary) = self.vocabulary() {
            return vocabulary.by_code(text).map(|term| term.code.clone());
        }
        let upper = text.to_ascii_uppercase();
        let known = match self {
            Self::Region => territories::regions().contains_key(&upper),
            Self::Department => territories::departments().contains_key(&upper),
            Self::Country => Countries::bundled().by_alpha2(&upper).is_some(),
            Self::PartnerArea => {
                let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
                match upper.split_once('-') {
                    Some((country, part)) => {
                        country.len() == 2
                            && country.bytes().all(|b| b.is_ascii_uppercase())
                            && matches!(part.len(), 1..=MAX_AREA_CODE_LENGTH)
                            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                    }
                    None => matches!(upper.len(), 4..=9) && is_number(&upper),
                }
            }
            Self::Collectivity => {
                let characters = upper.bytes().all(|b| b.is_ascii_alphanumeric());
                let siren = upper.len() == 9 && upper.bytes().all(|b| b.is_ascii_digit());
                // a commune may be named by its SIREN too
                if siren && let Some(found) = Collectivities::bundled().by_code(&upper, None) {
                    return Some(found.collectivity.code.clone());
                }
                siren || (matches!(upper.len(), 3 | 5) && characters)
            }
            Self::Funder => return funder::value(text),
            _ => return (!text.is_empty()).then(|| text.to_owned()),
        };
        known.then_some(upper)
    }

    /// Every value, where there is a closed list of them, in its order.
    pub fn codes(self) -> Option<Vec<&'static str>> {
        let codes = match self {
            Self::Region => territories::regions().keys().map(String::as_str).collect(),
            Self::Department => territories::departments().keys().map(String::as_str).collect(),
            Self::Country => {
                let countries = Countries::bundled().list().iter();
                countries.map(|country| country.alpha2.as_str()).collect()
            }
            _ => self.vocabulary()?.terms().iter().map(|term| term.code.as_str()).collect(),
        };
        Some(codes)
    }

    /// What a value is called; the value itself where no list names it.
    pub fn label(self, value: &str, language: Language) -> String {
        let bilingual = |label: &Bilingual| label.get(language).to_owned();
        let label = match self {
            Self::Region => territories::regions().get(value).map(|t| t.name.clone()),
            Self::Department => territories::departments().get(value).map(|t| t.name.clone()),
            Self::Country => Countries::bundled().by_alpha2(value).map(|c| bilingual(&c.name)),
            Self::PartnerArea => {
                Subdivisions::bundled().by_code(value).map(|area| bilingual(&area.name))
            }
            Self::Funder => funder::name(value, language),
            Self::Source => {
                vocabularies::source_names().by_code(value).map(|term| bilingual(&term.label))
            }
            _ => self
                .vocabulary()
                .and_then(|vocabulary| vocabulary.by_code(value))
                .map(|term| bilingual(&term.label)),
        };
        label.unwrap_or_else(|| value.to_owned())
    }
}
