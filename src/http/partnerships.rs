//! `/partenariats`: the list of partnerships with its filters, a plain form.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    State, explore,
    listing::{self, Wanted},
    pages::{
        Layout, PartnershipsPage,
        map::{Totals, query, with_query},
        summary,
    },
    share::formats,
    site,
};
use crate::search::{Collection, facets};

/// Partnerships of one part of the list.
const LIST_LENGTH: usize = 50;

/// `GET /partenariats` and `GET /en/partenariats`
pub(crate) async fn list(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let language = site::language_of(&request);
    let snapshot = state.publisher.snapshot();
    let asked = site::page_query(&request).and_then(|(params, _)| {
        let selection = snapshot.select(&params.filter, Collection::Partnerships)?;
        let facets = explore::facets(&snapshot, &params.filter, selection.items(), language)?;
        Ok((params, selection, facets))
    });
    let (params, selection, facets) = match asked {
        Ok(asked) => asked,
        Err(problem) => return site::refused(&request, language, &problem),
    };
    let wanted = Wanted::read(&request);
    let filters = site::active_filters(&params, &snapshot, language);
    let facets::Totals { partnerships, collectivities, partners, countries } =
        snapshot.totals(selection.items());
    let totals = Totals { partnerships, collectivities, partners, countries };
    let sentence = summary::sentence(language, totals, &filters);
    let layout = site::layout(&request, language);
    let query = query(filters.iter());
    let path = with_query(&layout.list_path(), &query);
    let page = PartnershipsPage {
        list: listing::list(&snapshot, &selection, &wanted, (&layout, &path, LIST_LENGTH)),
        facets,
        sort: wanted.sort(),
        formats: formats(&layout, &query),
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
