//! `/partenariats`: the list of partnerships with its filters, a plain form.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::Utc;

use crate::http::{
    page::{
        checks,
        layout::Layout,
        query::PageQuery,
        reply::{self, Visit},
        selection::{query, with_query},
        site_page::SitePage,
    },
    site::{
        list::listing::{self, ListQuery},
        map::handler,
        partnerships::page::PartnershipsPage,
        share::handler::files,
    },
    web::{problem::Problem, state::State},
};
/// Partnerships of one part of the list.
const LIST_LENGTH: usize = 50;

/// `GET /partenariats` and `GET /en/partnerships`
pub(crate) async fn list(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    reply::page(&request, &state, page).await
}

fn page(visit: &Visit) -> Result<PartnershipsPage, Problem> {
    let (snapshot, language) = (&visit.snapshot, visit.language());
    let PageQuery { params, query: wanted, selection, filters, totals, sentence, .. } =
        PageQuery::read(&visit.query, snapshot, (&visit.cancellation, language))?;
    let facets = handler::facets(snapshot, &wanted, selection.items(), language)?;
    let order = ListQuery::read(&visit.query);
    let layout = visit.layout.clone();
    let query = query(filters.iter());
    let path = with_query(layout.list_path(), &query);
    let expression = filters.iter().find(|filter| filter.name == "filter");
    let expression = expression.map(|filter| filter.value.as_str());
    let undated = (totals.undated > 0).then(|| checks::undated_query(&filters)).flatten();
    Ok(PartnershipsPage {
        list: listing::list(snapshot, &selection, &order, (&layout, &path, LIST_LENGTH)),
        facets,
        sort: order.sort(),
        checks: checks::choices(&layout, Utc::now().date_naive(), expression),
        files: files(&layout, &query),
        undated_path: undated.map(|query| with_query(layout.list_path(), &query)),
        map_path: with_query(layout.home(), &query),
        layout: Layout {
            description: format!("{sentence}."),
            no_index: !params.filter.is_empty() || !order.is_usual(),
            feed: Some(with_query(layout.feed_path(), &query)),
            canonical: Some(path),
            ..layout.of(SitePage::Partnerships)
        },
        filters,
        totals,
        sentence,
    })
}
