//! `/api/docs`: the description as a page.

mod page;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::http::{
    openapi::{parameters::OfNothing, responses::Unchanged},
    page::{layout::Layout, reply},
    web::{
        conditional,
        params::{Params, Takes},
        problem::Problem,
        state::State,
    },
};
use page::DocsPage;

/// Browse the description of the API
///
/// Every operation, with a form that sends requests to this server. Loads nothing from other hosts.
#[utoipa::path(
    get,
    path = "/api/docs",
    tag = "discover",
    operation_id = "docs",
    params(OfNothing),
    responses(
        (status = 200, description = "The page.", body = String, content_type = "text/html; charset=utf-8"),
        Unchanged,
    ),
)]
pub(crate) async fn docs(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let params = Params::read(&request, Takes::Nothing)?;
    let snapshot = state.publisher.snapshot();
    let frame = reply::layout(&request, params.language);
    let other = frame.other_language().code();
    let mut page =
        DocsPage { layout: Layout { alternate_path: format!("/api/docs?lang={other}"), ..frame } };
    page.layout.title = page.layout.text("docs.title").to_owned();
    page.layout.description = page.layout.text("docs.about").to_owned();
    let text = page.render().map_err(|error| Problem::internal(&error.to_string()))?;
    Ok(conditional::respond(&snapshot, &request, |response| {
        response.content_type("text/html; charset=utf-8").body(text)
    }))
}
