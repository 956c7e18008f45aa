//! The vocabularies: every code with its labels.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Map, Value, json};

use crate::{
    http::{
        openapi::{parameters::OfNothing, responses::Unchanged},
        web::{
            conditional,
            params::{Params, Takes},
            problem::Problem,
            state::State,
        },
    },
    reference::vocabularies,
};

/// List the vocabularies
///
/// Every code with its French and English label.
#[utoipa::path(
    get,
    path = "/api/vocabularies",
    tag = "discover",
    operation_id = "vocabularies",
    params(OfNothing),
    responses(
        (status = 200, description = "The vocabularies.",
         body = ref("#/components/schemas/Vocabularies"), content_type = "application/json"),
        Unchanged,
    ),
)]
pub(crate) async fn vocabularies(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    Params::read(&request, Takes::Nothing)?;
    let snapshot = state.publisher.snapshot();
    Ok(conditional::respond(&snapshot, &request, |response| {
        let lists = vocabularies::all().map(|vocabulary| {
            let terms = vocabulary.terms().iter();
            let term = |t: &crate::domain::Term| json!({"code": t.code, "fr": t.label.fr, "en": t.label.en});
            (vocabulary.name.to_owned(), terms.map(term).collect::<Value>())
        });
        response
            .insert_header(("Content-Language", "fr, en"))
            .json(Value::Object(Map::from_iter(lists)))
    }))
}
