//! What pages say of a selection: its filters, how to take them off, how much matches.

use roaring::RoaringBitmap;

use crate::{
    domain::Language,
    http::page::layout::escape_query,
    reference::Countries,
    search::{Dimension, Snapshot},
};

/// One value of one filter of the address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActiveFilter {
    /// The parameter: `region`, `q`, `year`…
    pub name: String,
    /// Its value as in the address: `84`.
    pub value: String,
    /// What users read: `Auvergne-Rhône-Alpes`; the value itself where it has no label.
    pub label: String,
}

/// How much matches the filters.
#[derive(Debug, Clone, Copy, Default)]
pub struct SelectionTotals {
    /// Partnerships.
    pub partnerships: u64,
    /// French authorities in them.
    pub collectivities: u64,
    /// Foreign authorities in them.
    pub partners: u64,
    /// Countries of those.
    pub countries: u64,
    /// The name of the country where there is only one.
    pub only_country: Option<&'static str>,
    /// Partnerships that a filter by year leaves out because they do not say when they began.
    pub undated: u64,
}

/// A filter that can be taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// The dimension's label.
    pub dimension: String,
    /// The value's label.
    pub label: String,
    /// The page without it.
    pub remove_path: String,
}

/// Filters as a query string: `region=84&theme=sante`; empty without any.
pub(crate) fn query<'a>(filters: impl Iterator<Item = &'a ActiveFilter>) -> String {
    filters
        .map(|filter| format!("{}={}", escape_query(&filter.name), escape_query(&filter.value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// A path with a query, if there is one.
pub(crate) fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// The name of the country that some records have, if it is one alone.
pub(crate) fn only_country(
    snapshot: &Snapshot,
    records: &RoaringBitmap,
    language: Language,
) -> Option<&'static str> {
    match &*snapshot.counted(Dimension::Country, records, language) {
        [only] => Some(Countries::bundled().by_alpha2(&only.code)?.name.get(language)),
        _ => None,
    }
}
