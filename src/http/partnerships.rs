//! `/partenariats`: the list of partnerships with its filters, a plain form.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::Utc;

use super::{
    State,
    asked::{Asked, asked},
    explore,
    listing::{self, Wanted},
    pages::{
        Layout, PartnershipsPage, checks,
        map::{query, with_query},
    },
    share::{formats, lines},
    site,
};
/// Partnerships of one part of the list.
const LIST_LENGTH: usize = 50;

/// `GET /partenariats` and `GET /en/partenariats`
pub(crate) async fn list(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let language = site::language_of(&request);
    let snapshot = state.publisher.snapshot();
    let asked = asked(&request, &snapshot, language).await.and_then(|asked| {
        let selected = asked.selection.items();
        let facets = explore::facets(&snapshot, &asked.params.filter, selected, language)?;
        Ok((asked, facets))
    });
    let (Asked { params, selection, filters, totals, sentence, .. }, facets) = match asked {
        Ok(asked) => asked,
        Err(problem) => return site::refused(&request, language, &problem),
    };
    let wanted = Wanted::read(&request);
    let layout = site::layout(&request, language);
    let query = query(filters.iter());
    let path = with_query(&layout.list_path(), &query);
    let expression = filters.iter().find(|filter| filter.name == "filter");
    let expression = expression.map(|filter| filter.value.as_str());
    let page = PartnershipsPage {
        list: listing::list(&snapshot, &selection, &wanted, (&layout, &path, LIST_LENGTH)),
        facets,
        sort: wanted.sort(),
        formats: formats(&layout, &query),
        checks: checks::choices(&layout, Utc::now().date_naive(), expression),
        lines: lines(&layout, &query),
        map_path: with_query(layout.home(), &query),
        layout: Layout {
            title: layout.text("listing.title").to_owned(),
            description: format!("{sentence}."),
            no_index: !params.filter.is_empty() || !wanted.is_usual(),
            feed: Some(with_query(layout.feed_path(), &query)),
            canonical: Some(path),
            ..layout
        },
        filters,
        totals,
        sentence,
    };
    site::respond(&snapshot, &request, &page)
}
