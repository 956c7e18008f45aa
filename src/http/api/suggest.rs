//! What somebody who has begun to type may mean.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use serde_json::json;

use crate::{
    http::{
        openapi::{parameters::OfLists, responses::Unchanged},
        web::{
            blocking, conditional,
            negotiation::language_of,
            params::{Params, Takes},
            problem::Problem,
            state::State,
        },
    },
    search::{ParameterError, suggest::SuggestRequest},
};

/// The most suggestions of one answer.
const MAX_SUGGESTIONS: usize = 50;
/// The longest text that is read, in characters; the first words of it count.
const MAX_TEXT_LENGTH: usize = 2_000;

/// Suggest completions for a text
///
/// Places, themes and partnerships. `q` is the text typed so far: word prefixes in any order,
/// ignoring accents and case; one typo is tolerated where nothing matches without. The other
/// filters restrict the partnerships that are counted; values without any are not suggested. At
/// most 50.
#[utoipa::path(
    get,
    path = "/api/suggest",
    tag = "search",
    operation_id = "suggest",
    params(OfLists),
    responses(
        (status = 200, description = "The suggestions, best match first.",
         body = ref("#/components/schemas/Suggestions"), content_type = "application/json"),
        Unchanged,
    ),
)]
pub(crate) async fn suggest(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let mut typed = String::new();
    let mut others = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        if name == "q" {
            typed = value.into_owned();
        } else {
            others.append_pair(&name, &value);
        }
    }
    if typed.chars().count() > MAX_TEXT_LENGTH {
        return Err(ParameterError::too_long("q").into());
    }
    let params = Params::parse_in(language_of(&request), &others.finish(), Takes::Lists)?;
    let snapshot = state.publisher.snapshot();
    if conditional::is_current(&snapshot, &request) {
        return Ok(conditional::respond(&snapshot, &request, HttpResponseBuilder::finish));
    }
    let (searched, text) = (Arc::clone(&snapshot), typed.clone());
    let (language, limit) = (params.language, params.page.limit.min(MAX_SUGGESTIONS));
    let suggestions = blocking::run_query(params.filter, move |filter| {
        searched.suggest(SuggestRequest { typed: &text, filter, language, limit })
    });
    let suggestions = suggestions.await??;
    Ok(conditional::respond(&snapshot, &request, |response| {
        response.json(json!({
            "version": snapshot.version(),
            "q": typed,
            "suggestions": suggestions,
        }))
    }))
}
