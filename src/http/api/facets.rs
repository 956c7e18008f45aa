//! How many records each value of each filter has.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use chrono::Utc;

use crate::http::{
    openapi::{parameters::OfLists, responses::Unchanged},
    web::{
        blocking, conditional,
        params::{Params, Takes},
        problem::Problem,
        state::State,
    },
};

/// Count the records of each filter value
///
/// A filter's own selection does not restrict its counts. `limit` applies to the two long lists,
/// `collectivity` and `partner` (by id); the others are complete.
#[utoipa::path(
    get,
    path = "/api/facets",
    tag = "search",
    operation_id = "facets",
    params(OfLists),
    responses(
        (status = 200, description = "The counts.",
         body = ref("#/components/schemas/Facets"), content_type = "application/json"),
        Unchanged,
    ),
)]
pub(crate) async fn facets(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let params = Params::read(&request, Takes::Lists)?;
    let snapshot = state.publisher.snapshot();
    if conditional::is_current(&snapshot, &request) {
        return Ok(conditional::respond(&snapshot, &request, HttpResponseBuilder::finish));
    }
    let (counted, filter) = (Arc::clone(&snapshot), params.filter);
    let facets = blocking::run_query(filter, move |query| {
        let today = Utc::now().date_naive();
        counted.facets(query, params.language, params.page.limit, today)
    });
    let facets = facets.await??;
    Ok(conditional::respond(&snapshot, &request, |response| response.json(facets)))
}
