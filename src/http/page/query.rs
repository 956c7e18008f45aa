//! What the address of a page asks for: its filters, what they leave, and the sentence that says so.

use crate::{
    domain::Language,
    http::{
        page::{
            checks,
            selection::{ActiveFilter, SelectionTotals, only_country},
            summary,
        },
        text::format,
        web::{
            params::{Params, Takes},
            problem::Problem,
        },
    },
    search::{
        CancellationToken, Collection, Dimension, Filter, ParameterError, Query, Selection,
        Snapshot, facets,
    },
};

/// The partnerships that an address asks for.
pub(crate) struct PageQuery {
    pub(crate) params: Params,
    /// Its filter.
    pub(crate) query: Query,
    /// Where in the list the page begins.
    pub(crate) cursor: Option<String>,
    pub(crate) selection: Selection,
    /// The filters, one entry a value.
    pub(crate) filters: Vec<ActiveFilter>,
    pub(crate) totals: SelectionTotals,
    pub(crate) sentence: String,
}

impl PageQuery {
    /// Reads the query of an address and makes its selection.
    pub(crate) fn read(
        query: &str,
        snapshot: &Snapshot,
        (cancellation, language): (&CancellationToken, Language),
    ) -> Result<Self, Problem> {
        let (params, cursor) = page_query(query)?;
        let query = Query::new(params.filter.clone(), cancellation.clone());
        let selection = snapshot.select(&query, Collection::Partnerships)?;
        let filters = active_filters(&params, snapshot, language);
        let facets::Totals { partnerships, collectivities, partners, countries } =
            snapshot.totals(selection.items());
        let undated = undated(&query, snapshot)?;
        let only_country = only_country(snapshot, selection.items(), language);
        let totals = SelectionTotals {
            partnerships,
            collectivities,
            partners,
            countries,
            only_country,
            undated,
        };
        let sentence = summary::sentence(language, totals, &filters);
        Ok(Self { params, query, cursor, selection, filters, totals, sentence })
    }
}

/// How many partnerships a filter by year leaves out because they do not say when they began.
fn undated(query: &Query, snapshot: &Snapshot) -> Result<u64, ParameterError> {
    if query.years().is_empty() {
        return Ok(0);
    }
    let any_year = snapshot.select(&query.with(query.without_years()), Collection::Partnerships)?;
    Ok(snapshot.undated(any_year.items()))
}

/// Filters and cursor of a page's address. What a page does not know is left alone: links are
/// shared with all kinds of things appended.
fn page_query(text: &str) -> Result<(Params, Option<String>), Problem> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let mut cursor = None;
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
        if name == "cursor" {
            cursor = Some(value.into_owned());
        } else if !value.is_empty() && Filter::takes(&name) && name != "filter-of" {
            // a form sends its empty fields too, and all filters of a page are of partnerships
            query.append_pair(&name, &value);
        }
    }
    Ok((Params::parse(&query.finish(), Takes::Filters)?, cursor))
}

pub(crate) fn active_filters(
    params: &Params,
    snapshot: &Snapshot,
    language: Language,
) -> Vec<ActiveFilter> {
    let mut filters: Vec<ActiveFilter> = Vec::new();
    for (name, value) in &params.pairs {
        let dimension = Dimension::from_name(name);
        let values: Vec<&str> = if dimension.is_some() {
            value.split(',').map(str::trim).collect()
        } else {
            vec![value]
        };
        for value in values {
            let normal = dimension.and_then(|dimension| dimension.normalise(value));
            let value = normal.unwrap_or_else(|| value.to_owned());
            let label = match dimension {
                Some(Dimension::Collectivity) => {
                    snapshot.collectivity_name(&value).map(str::to_owned)
                }
                Some(dimension) => Some(dimension.label(&value, language)),
                None if name == "partner" => snapshot
                    .item(Collection::Partners, &value)
                    .map(|item| snapshot.partner(item).1.name.clone()),
                None if name == "filter" => checks::label(language, &value),
                None if name == "verified_since" => Some(format::date(language, &value)),
                None => None,
            };
            let filter = ActiveFilter {
                name: name.clone(),
                label: label.unwrap_or_else(|| value.clone()),
                value,
            };
            if !filters.contains(&filter) {
                filters.push(filter);
            }
        }
    }
    filters
}
