//! What somebody who comes for the first time reads: what this is, and three findings of the data,
//! other ones each day.

use chrono::{Datelike, NaiveDate};

use crate::{
    http::{
        page::layout::PageLink,
        site::map::page::{Facet, MapPage},
        text::{format::number, texts::Texts},
    },
    search::Dimension,
};

/// Dimensions whose most frequent value is a finding.
const FINDINGS: [&str; 6] = ["country", "theme", "region", "zone", "kind", "sdg"];
/// The source of the sample that comes with the program.
const SAMPLE: &str = "echantillon";
/// Findings of a day.
const SHOWN: usize = 3;

impl MapPage {
    /// Whether the page is the first one: the map of everything, as the site's address gives it.
    pub fn is_welcome(&self) -> bool {
        self.has_map()
            && self.filters.is_empty()
            && !self.is_continued
            && !self.is_embedded
            && self.totals.partnerships > 0
    }

    /// Whether some of what is shown is the sample that comes with the program.
    pub fn has_sample(&self) -> bool {
        let source = self.facets.iter().find(|facet| facet.name == Dimension::Source.name());
        source.is_some_and(|facet| {
            facet.values.iter().any(|value| value.value == SAMPLE && value.count > 0)
        })
    }

    /// Three of the findings, each with the page that shows it.
    pub fn findings(&self) -> Vec<PageLink> {
        let known: Vec<PageLink> = FINDINGS
            .into_iter()
            .filter_map(|name| self.facets.iter().find(|facet| facet.name == name))
            .filter_map(|facet| self.finding(facet))
            .collect();
        of_day(&known, self.today)
    }

    /// `Premier pays partenaire : Allemagne (1 176)`
    fn finding(&self, facet: &Facet) -> Option<PageLink> {
        let first = facet.values.first().filter(|first| first.count > 0)?;
        let count = number(self.layout.language, first.count);
        let values = [("name", first.label.as_str()), ("count", &count)];
        let label =
            Texts::of(self.layout.language).fill(&format!("welcome.first.{}", facet.name), &values);
        Some(PageLink { label, path: self.path_adding(&facet.name, &first.value) })
    }
}

/// The part of the findings that a day shows: each day begins one further.
fn of_day(known: &[PageLink], day: NaiveDate) -> Vec<PageLink> {
    let start = day.num_days_from_ce().unsigned_abs() as usize % known.len().max(1);
    known.iter().cycle().skip(start).take(SHOWN.min(known.len())).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_has_its_days() {
        let finding = |at: usize| PageLink { label: at.to_string(), path: String::new() };
        let known: Vec<PageLink> = (0..5).map(finding).collect();
        let first = NaiveDate::from_ymd_opt(2026, 11, 30).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for day in first.iter_days().take(5) {
            let shown = of_day(&known, day);
            assert_eq!(shown.len(), SHOWN);
            seen.extend(shown.into_iter().map(|one| one.label));
        }
        assert_eq!(seen.len(), 5);
        assert_eq!(of_day(&known[..2], first).len(), 2);
        assert!(of_day(&[], first).is_empty());
    }
}
