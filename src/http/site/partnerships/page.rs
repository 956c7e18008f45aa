//! The list of partnerships, to be filtered by a plain form.

use askama::Template;

use crate::http::{
    page::{
        layout::Layout,
        selection::{ActiveFilter, Chip, SelectionTotals, query, with_query},
    },
    site::{list::view::RecordList, map::page::Facet, share::page::Files},
    text::texts::Texts,
};

/// `/partenariats` and `/en/partnerships`.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "site/partnerships/partnerships.html")]
pub struct PartnershipsPage {
    /// The frame.
    pub layout: Layout,
    /// Every filter of the address, one entry a value.
    pub filters: Vec<ActiveFilter>,
    /// The dimensions with their counts.
    pub facets: Vec<Facet>,
    /// What matches, counted.
    pub totals: SelectionTotals,
    /// The sentence of the view.
    pub sentence: String,
    /// The partnerships.
    pub list: RecordList,
    /// The order of the list, unless it is the usual one.
    pub sort: Option<&'static str>,
    /// This selection as data.
    pub files: Files,
    /// Expressions that find records to check: value, label, whether it is chosen.
    pub checks: Vec<(String, String, bool)>,
    /// The partnerships that a filter by year leaves out, if it does.
    pub undated_path: Option<String>,
    /// The map with this selection.
    pub map_path: String,
}

impl PartnershipsPage {
    /// The filters, each with the address that leaves it out.
    pub fn chips(&self) -> Vec<Chip> {
        let chip = |filter: &ActiveFilter| {
            let rest = query(self.filters.iter().filter(|other| *other != filter));
            Chip {
                dimension: self.facet_label(&filter.name),
                label: filter.label.clone(),
                remove_path: with_query(self.layout.list_path(), &rest),
            }
        };
        self.filters.iter().map(chip).collect()
    }

    /// The label of a dimension.
    pub fn facet_label(&self, name: &str) -> String {
        let texts = Texts::of(self.layout.language);
        texts.find(&format!("facet.{name}")).unwrap_or(name).to_owned()
    }

    /// The words searched for, if any.
    pub fn search_words(&self) -> &str {
        self.filters.iter().find(|filter| filter.name == "q").map_or("", |filter| &filter.value)
    }

    /// The filters that no control of the form holds: they travel as hidden fields.
    pub fn hidden_filters(&self) -> Vec<&ActiveFilter> {
        let in_form = |filter: &ActiveFilter| {
            matches!(filter.name.as_str(), "q" | "filter")
                || self.facets.iter().any(|facet| {
                    facet.name == filter.name
                        && facet.values.iter().any(|value| value.value == filter.value)
                })
        };
        self.filters.iter().filter(|filter| !in_form(filter)).collect()
    }
}
