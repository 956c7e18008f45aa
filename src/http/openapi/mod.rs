//! The description of the API (OpenAPI 3.0.3), written from the code that it describes.
//!
//! ```text
//! #[utoipa::path] on each handler ─┐
//! filters, vocabularies, limits ───┼→ document.rs → downgrade.rs → /api/openapi.json, atlas openapi
//! problem kinds, schemas.json ─────┘   (OpenAPI 3.1)  (3.0.3)
//! ```
//!
//! A new handler is annotated where it stands and named once, in [`Api`] below. Its query
//! parameters are those of [`Takes`](crate::http::web::params::Takes), by the types of [`parameters`]; its
//! problems and its 304 are types of [`responses`]; the schemas of what it answers are in
//! `schemas.json`. Tests hold the description to the route table and to a running server.

pub(crate) mod docs;
mod document;
mod downgrade;
mod expand;
mod import_request;
mod methods;
pub(crate) mod parameters;
mod problems;
pub(crate) mod responses;
pub(crate) mod schemas;

use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::OpenApi;

use crate::http::{
    api::{
        changes, collections,
        contributions::{self, proposals},
        dcat, dictionary, directory as of_directory, exports, facets, health, history,
        imports::{self, rows},
        items, landing, merges, metrics, queryables, schema,
        session::{self, me, memberships},
        suggest, tiles, tilesets, vocabularies,
    },
    web::{
        conditional,
        params::{Params, Takes},
        problem::Problem,
        state::State,
    },
};
pub(crate) use methods::methods;
use responses::Unchanged;

/// Media type of the description, as OGC API – Features Part 1, 9.1 names it.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.oai.openapi+json;version=3.0";

/// Every handler that is described.
#[derive(OpenApi)]
#[openapi(paths(
    landing::landing,
    landing::conformance,
    describe,
    docs::docs,
    collections::collections,
    collections::collection,
    queryables::queryables,
    schema::schema,
    schema::columns,
    items::items,
    items::item,
    exports::export,
    of_directory::items::items,
    of_directory::items::item,
    of_directory::files::export,
    of_directory::files::table_schema,
    of_directory::matches::matches,
    tilesets::tile_matrix_sets,
    tilesets::quad,
    tilesets::list,
    tilesets::tile_set,
    tiles::tile_of_set,
    tilesets::tile_json,
    tiles::tile,
    tilesets::flow_tile_json,
    tiles::flow_tile,
    facets::facets,
    vocabularies::vocabularies,
    suggest::suggest,
    dictionary::native,
    dictionary::as_json,
    dictionary::as_csv,
    dcat::dcat,
    changes::changes,
    history::history,
    imports::list,
    imports::create,
    imports::show,
    imports::watch,
    rows::issues,
    rows::issue_page,
    rows::rejected,
    imports::plan,
    imports::commit,
    imports::cancel,
    imports::revert,
    merges::proposals::list,
    merges::merge,
    merges::split,
    contributions::edit,
    contributions::verify,
    proposals::create,
    proposals::list,
    proposals::show,
    proposals::decide,
    proposals::withdraw,
    session::show,
    session::sign_in,
    session::sign_out,
    me::show,
    me::end_session,
    memberships::list,
    memberships::ask,
    memberships::decide,
    health::alive,
    health::ready,
    metrics::metrics,
))]
struct Api;

/// The description, for the command line: its server is the one it is asked of.
pub fn text() -> &'static str {
    document::text()
}

/// Get the description of the API
///
/// OpenAPI 3.0.3, in JSON.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    tag = "discover",
    operation_id = "openapi",
    params(parameters::OfNothing),
    responses(
        (status = 200, description = "The description of the API.",
         body = ref("#/components/schemas/Object"), content_type = "application/vnd.oai.openapi+json;version=3.0"),
        Unchanged,
    )
)]
pub(crate) async fn describe(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    Params::read(&request, Takes::Nothing)?;
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond(&snapshot, &request, |response| {
        response.content_type(MEDIA_TYPE).insert_header(("Content-Language", "en")).body(
            document::text_for(
                &crate::http::api::links::base(&request),
                state.about.contact.as_deref(),
            ),
        )
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::http::web::problem::KINDS;

    /// Calls a function with every object of a document.
    fn each_object(value: &Value, seen: &mut impl FnMut(&serde_json::Map<String, Value>)) {
        match value {
            Value::Array(list) => list.iter().for_each(|item| each_object(item, seen)),
            Value::Object(object) => {
                seen(object);
                object.values().for_each(|member| each_object(member, seen));
            }
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document::document();
        let mut references = 0;
        each_object(&document, &mut |object| {
            if let Some(Value::String(reference)) = object.get("$ref") {
                references += 1;
                let pointer = reference.trim_start_matches('#');
                assert!(document.pointer(pointer).is_some(), "{reference}");
            }
        });
        assert!(references > 200);
    }

    #[test]
    fn parameters_are_described_if_and_only_if_they_are_taken() {
        let all = parameters::all();
        for takes in Takes::ALL {
            let described: Vec<&str> = parameters::names(takes).collect();
            for name in all.keys().filter(|name| {
                !name.contains('_') || parameters::names(Takes::Filters).any(|own| own == *name)
            }) {
                let example = match &all[name]["example"] {
                    Value::Null => continue,
                    Value::Array(values) => {
                        values.iter().map(text_of).collect::<Vec<_>>().join(",")
                    }
                    value => text_of(value),
                };
                let query = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair(name, &example)
                    .finish();
                let taken = Params::parse(&query, takes);
                assert_eq!(taken.is_ok(), described.contains(&name.as_str()), "{takes:?} {query}");
            }
        }
    }

    fn text_of(value: &Value) -> String {
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    }

    #[test]
    fn every_kind_of_problem_is_listed() {
        let declared = include_str!("../web/problem/kinds.rs").matches(": ProblemKind =").count();
        assert_eq!(KINDS.len(), declared);
        let mut codes: Vec<&str> = KINDS.iter().map(|kind| kind.code()).collect();
        codes.dedup();
        assert_eq!(codes.len(), declared);
    }
}
