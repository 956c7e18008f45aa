//! The sentence that says what is shown: "412 partenariats d'Auvergne-Rhône-Alpes, sur l'eau et
//! l'assainissement, dans 38 pays".

use crate::{
    domain::Language,
    http::{
        page::selection::{ActiveFilter, SelectionTotals},
        text::{format::number, grammar, texts::Texts},
    },
};

/// How many values of a dimension are named before they are only counted.
const MAX_NAMED_VALUES: usize = 2;

/// The sentence for the totals of a selection, without a full stop.
pub fn sentence(language: Language, totals: SelectionTotals, filters: &[ActiveFilter]) -> String {
    let builder = SummaryBuilder { language, texts: Texts::of(language), totals, filters };
    let head = builder.head();
    let tail = [builder.themes(), builder.countries(), builder.search(), builder.years()];
    let mut tail: Vec<String> = tail.into_iter().flatten().collect();
    // "579 partenariats dans 95 pays" needs no comma; "d'Auvergne-Rhône-Alpes, dans" does, and
    // so does "579 partenariats, département : Ain"
    let has_region = !builder.values("region").is_empty();
    let comma = if has_region || tail.is_empty() { ", " } else { " " };
    tail.extend(builder.others());
    let tail = tail.join(", ");
    if tail.is_empty() { head } else { format!("{head}{comma}{tail}") }
}

/// So many of a kind: `11 jumelages`, `1 one-off action`.
pub fn of_kind(language: Language, kind: &str, count: u64) -> String {
    let form = grammar::form(language, count);
    let noun = Texts::of(language).find(&format!("summary.noun.{kind}.{form}"));
    format!("{} {}", number(language, count), noun.unwrap_or(kind))
}

struct SummaryBuilder<'a> {
    language: Language,
    texts: &'static Texts,
    totals: SelectionTotals,
    filters: &'a [ActiveFilter],
}

impl SummaryBuilder<'_> {
    fn values(&self, name: &str) -> Vec<&ActiveFilter> {
        self.filters.iter().filter(|filter| filter.name == name).collect()
    }

    fn number(&self, count: usize) -> String {
        number(self.language, count as u64)
    }

    /// The only kind asked for, if the catalogue has a noun for it.
    fn kind(&self) -> Option<&str> {
        match self.values("kind").as_slice() {
            [one] => self
                .texts
                .find(&format!("summary.noun.{}.one", one.value))
                .map(|_| one.value.as_str()),
            _ => None,
        }
    }

    fn status(&self) -> Option<&str> {
        match self.values("status").as_slice() {
            [one] => self
                .texts
                .find(&format!("summary.status.{}.m.one", one.value))
                .map(|_| one.value.as_str()),
            _ => None,
        }
    }

    /// "412 jumelages en cours d'Auvergne-Rhône-Alpes".
    fn head(&self) -> String {
        let count = self.totals.partnerships;
        let kind = self.kind().unwrap_or("any");
        let gender = self.texts.find(&format!("summary.noun.{kind}.gender")).unwrap_or("m");
        let form = grammar::form(self.language, count);
        let noun = self.texts.find(&format!("summary.noun.{kind}.{form}")).unwrap_or_default();
        let status = self
            .status()
            .and_then(|status| self.texts.find(&format!("summary.status.{status}.{gender}.{form}")))
            .unwrap_or_default();
        let key =
            if count == 0 { format!("summary.none.{gender}") } else { "summary.main".to_owned() };
        let text = self.texts.fill(
            &key,
            &[("count", &number(self.language, count)), ("noun", noun), ("status", status)],
        );
        let mut words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        let regions = self.regions();
        words.extend(regions.as_deref());
        words.join(" ")
    }

    fn regions(&self) -> Option<String> {
        let regions = self.values("region");
        if regions.is_empty() {
            return None;
        }
        if regions.len() > MAX_NAMED_VALUES {
            return Some(
                self.texts.fill("summary.regions", &[("count", &self.number(regions.len()))]),
            );
        }
        let names: Vec<String> = regions
            .iter()
            .map(|region| match self.language {
                Language::French => grammar::of_region(&region.label),
                Language::English => region.label.clone(),
            })
            .collect();
        let joined = grammar::join(self.texts, &names, "summary.and");
        Some(self.texts.fill("summary.of", &[("region", &joined)]))
    }

    fn themes(&self) -> Option<String> {
        let themes = self.values("theme");
        match themes.len() {
            0 => None,
            count if count > MAX_NAMED_VALUES => {
                Some(self.texts.fill("summary.themes_many", &[("count", &self.number(count))]))
            }
            _ => {
                let names: Vec<String> = themes
                    .iter()
                    .map(|theme| {
                        let key = format!("summary.theme.{}", theme.value);
                        self.texts.find(&key).unwrap_or(&theme.label).to_owned()
                    })
                    .collect();
                let joined = grammar::join(self.texts, &names, "summary.or");
                Some(self.texts.fill("summary.themes", &[("themes", &joined)]))
            }
        }
    }

    /// The countries asked for by name, else how many there are.
    fn countries(&self) -> Option<String> {
        let countries = self.values("country");
        if (1..=MAX_NAMED_VALUES).contains(&countries.len()) {
            let names: Vec<String> = countries
                .iter()
                .map(|country| grammar::country(self.language, &country.label))
                .collect();
            let joined = grammar::join(self.texts, &names, "summary.or");
            return Some(self.texts.fill("summary.with", &[("countries", &joined)]));
        }
        if let Some(name) = self.totals.only_country {
            return Some(grammar::in_country(self.language, name));
        }
        let count = self.totals.countries;
        (count > 0).then(|| grammar::counted(self.language, "summary.in_countries", count))
    }

    fn search(&self) -> Option<String> {
        let words = self.values("q").first()?.value.clone();
        Some(self.texts.fill("summary.search", &[("words", &words)]))
    }

    /// The year asked for, and how many might have held in it but do not say when they began.
    fn years(&self) -> Option<String> {
        let values = self.values("year");
        values.first()?;
        let years: Vec<String> = values
            .iter()
            .flat_map(|filter| filter.value.split(','))
            .map(|year| year.trim().to_owned())
            .collect();
        let years = grammar::join(self.texts, &years, "summary.or");
        let held = self.texts.fill("summary.years", &[("years", &years)]);
        let count = number(self.language, self.totals.undated);
        Some(match self.totals.undated {
            0 => held,
            _ => format!("{held}, {}", self.texts.fill("summary.undated", &[("count", &count)])),
        })
    }

    /// Expressions: those that have words say them, others stand as they are.
    fn conditions(&self) -> String {
        let expressions = self.values("filter");
        let is_own = |filter: &&&ActiveFilter| filter.label == filter.value;
        let own: Vec<String> =
            expressions.iter().filter(is_own).map(|one| one.label.clone()).collect();
        let said =
            expressions.iter().filter(|one| one.label != one.value).map(|one| one.label.clone());
        let own = (!own.is_empty())
            .then(|| self.texts.fill("summary.condition", &[("values", &own.join(" ; "))]));
        said.chain(own).collect::<Vec<_>>().join(", ")
    }

    /// What has no words of its own: "département : Ain, Rhône".
    fn others(&self) -> Vec<String> {
        let mut names: Vec<&str> = Vec::new();
        for filter in self.filters {
            let said = match filter.name.as_str() {
                "region" | "theme" | "country" | "q" | "year" => true,
                "kind" => self.kind().is_some(),
                "status" => self.status().is_some(),
                _ => false,
            };
            if !said && !names.contains(&filter.name.as_str()) {
                names.push(&filter.name);
            }
        }
        names
            .into_iter()
            .map(|name| {
                if name == "filter" {
                    return self.conditions();
                }
                let labels: Vec<String> = self
                    .values(name)
                    .iter()
                    .map(|filter| filter.label.to_lowercase_first(name))
                    .collect();
                let values = if labels.len() > MAX_NAMED_VALUES {
                    self.texts.fill("summary.values_many", &[("count", &self.number(labels.len()))])
                } else {
                    grammar::join(self.texts, &labels, "summary.or")
                };
                let dimension =
                    self.texts.find(&format!("facet.{name}")).unwrap_or(name).to_lowercase();
                self.texts.fill("summary.other", &[("dimension", &dimension), ("values", &values)])
            })
            .collect()
    }
}

/// Common nouns lose their capital inside a sentence, proper names keep it.
trait LowercaseFirst {
    fn to_lowercase_first(&self, dimension: &str) -> String;
}

impl LowercaseFirst for String {
    fn to_lowercase_first(&self, dimension: &str) -> String {
        let mut letters = self.chars();
        match (dimension, letters.next()) {
            ("kind" | "status" | "collectivity_kind" | "partner_kind", Some(first)) => {
                first.to_lowercase().chain(letters).collect()
            }
            _ => self.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(name: &str, value: &str, label: &str) -> ActiveFilter {
        ActiveFilter { name: name.into(), value: value.into(), label: label.into() }
    }

    fn totals(partnerships: u64, countries: u64) -> SelectionTotals {
        SelectionTotals { partnerships, countries, ..SelectionTotals::default() }
    }

    fn both(totals: SelectionTotals, filters: &[ActiveFilter]) -> [String; 2] {
        Language::ALL.map(|language| sentence(language, totals, filters))
    }

    #[test]
    fn the_sentence_names_few_and_counts_many() {
        let region = filter("region", "84", "Auvergne-Rhône-Alpes");
        let water = filter("theme", "eau-assainissement", "Eau et assainissement");
        assert_eq!(
            both(totals(412, 38), &[region.clone(), water]),
            [
                "412 partenariats d’Auvergne-Rhône-Alpes, sur l’eau et l’assainissement, dans 38 pays",
                "412 partnerships of Auvergne-Rhône-Alpes, on water and sanitation, in 38 countries"
            ]
        );
        let brittany = filter("region", "53", "Bretagne");
        let mali = filter("country", "ML", "Mali");
        assert_eq!(
            sentence(Language::French, totals(1, 1), &[brittany.clone(), region.clone(), mali]),
            "1 partenariat de Bretagne et d’Auvergne-Rhône-Alpes, avec le Mali"
        );
        let third = filter("region", "11", "Île-de-France");
        assert_eq!(
            both(totals(12_725, 1), &[brittany, region, third])[0],
            "12\u{202f}725 partenariats de 3 régions, dans 1 pays"
        );
    }

    #[test]
    fn the_only_country_is_named() {
        let totals = SelectionTotals { only_country: Some("Mali"), ..totals(3, 1) };
        assert_eq!(both(totals, &[]), ["3 partenariats au Mali", "3 partnerships in Mali"]);
    }

    #[test]
    fn every_kind_is_counted_by_its_noun() {
        for kind in crate::reference::vocabularies::kinds().terms() {
            for language in Language::ALL {
                assert_ne!(of_kind(language, &kind.code, 2), format!("2 {}", kind.code));
            }
        }
    }

    #[test]
    fn a_year_says_how_many_do_not_say_when() {
        let year = filter("year", "2015", "2015");
        let totals = SelectionTotals { undated: 1_491, ..totals(78, 34) };
        assert_eq!(
            both(totals, std::slice::from_ref(&year)),
            [
                "78 partenariats dans 34 pays, en 2015, sans compter 1\u{202f}491 de date inconnue",
                "78 partnerships in 34 countries, in 2015, not counting 1,491 of unknown date"
            ]
        );
        let none = SelectionTotals { undated: 0, partnerships: 0, countries: 0, ..totals };
        assert_eq!(both(none, &[year])[0], "Aucun partenariat en 2015");
    }

    #[test]
    fn kind_and_status_agree() {
        let cooperation = filter("kind", "cooperation", "Coopération décentralisée");
        let ended = filter("status", "termine", "Terminé");
        assert_eq!(
            both(totals(3, 2), &[cooperation.clone(), ended.clone()]),
            [
                "3 coopérations décentralisées terminées dans 2 pays",
                "3 ended decentralised cooperations in 2 countries"
            ]
        );
        assert_eq!(
            both(totals(0, 0), &[cooperation, ended]),
            ["Aucune coopération décentralisée terminée", "No ended decentralised cooperations"]
        );
    }

    #[test]
    fn what_has_no_words_of_its_own_is_said_by_its_label() {
        assert_eq!(
            sentence(
                Language::French,
                totals(2, 2),
                &[filter("q", "pont d'or", "pont d'or"), filter("department", "69", "Rhône")]
            ),
            "2 partenariats dans 2 pays, pour «\u{a0}pont d'or\u{a0}», département\u{a0}: Rhône"
        );
    }
}
