//! What the address of a page asks for: its filters, what they leave, and the sentence that says so.

use std::sync::Arc;

use actix_web::HttpRequest;

use super::{
    beside,
    pages::{ActiveFilter, Totals, checks, format, summary},
    params::{Params, Takes},
    problem::Problem,
};
use crate::{
    domain::Language,
    search::{Collection, Dimension, Filter, Selection, Snapshot, facets},
};

/// The partnerships that an address asks for.
pub(super) struct Asked {
    pub(super) params: Params,
    /// Where in the list the page begins.
    pub(super) cursor: Option<String>,
    pub(super) selection: Selection,
    /// The filters, one entry a value.
    pub(super) filters: Vec<ActiveFilter>,
    pub(super) totals: Totals,
    pub(super) sentence: String,
}

/// Reads an address and makes its selection.
pub(super) async fn asked(
    request: &HttpRequest,
    snapshot: &Arc<Snapshot>,
    language: Language,
) -> Result<Asked, Problem> {
    let (params, cursor) = page_query(request)?;
    beside::select(snapshot, &params, Collection::Partnerships).await?;
    let selection = snapshot.select(&params.filter, Collection::Partnerships)?;
    let filters = active_filters(&params, snapshot, language);
    let facets::Totals { partnerships, collectivities, partners, countries } =
        snapshot.totals(selection.items());
    let totals = Totals { partnerships, collectivities, partners, countries };
    let sentence = summary::sentence(language, totals, &filters);
    Ok(Asked { params, cursor, selection, filters, totals, sentence })
}

/// Filters and cursor of a page's address. What a page does not know is left alone: links are
/// shared with all kinds of things appended.
fn page_query(request: &HttpRequest) -> Result<(Params, Option<String>), Problem> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let mut cursor = None;
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        if name == "cursor" {
            cursor = Some(value.into_owned());
        } else if !value.is_empty() && Filter::takes(&name) {
            // a form sends its empty fields too
            query.append_pair(&name, &value);
        }
    }
    Ok((Params::parse(&query.finish(), Takes::Filters)?, cursor))
}

pub(super) fn active_filters(
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
