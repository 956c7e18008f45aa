//! What somebody who has begun to type may mean.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use crate::{
    http::{
        openapi::{parameters::OfLists, responses::Unchanged},
        web::{
            blocking, conditional,
            params::{Params, Takes},
            problem::Problem,
            state::State,
        },
    },
    search::{Collection, ParameterError, suggest::SuggestRequest},
};

/// The most suggestions of one answer.
const MOST: usize = 50;
/// The longest text that is read, in characters; the first words of it count.
const LONGEST: usize = 2_000;

/// What somebody who has begun to type may mean.
///
/// Places, themes and partnerships. `q` is what was typed: beginnings of words in any order,
/// without accents or case; one typo is forgiven where nothing fits without. The other filters
/// restrict the partnerships that are counted; what none of them has is not suggested. At most 50.
#[utoipa::path(
    get,
    path = "/api/suggest",
    tag = "search",
    operation_id = "suggest",
    params(OfLists),
    responses(
        (status = 200, description = "The suggestions, the likeliest first.",
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
    if typed.chars().count() > LONGEST {
        return Err(ParameterError::too_long("q").into());
    }
    let params = Params::parse(&others.finish(), Takes::Lists)?;
    let snapshot = state.publisher.snapshot();
    blocking::select(&snapshot, &params, Collection::Partnerships).await?;
    Ok(conditional::attempt(&snapshot, &request, |response| {
        let suggestions = snapshot.suggest(SuggestRequest {
            typed: &typed,
            filter: &params.filter,
            language: params.language,
            limit: params.page.limit.min(MOST),
        })?;
        Ok(response.json(json!({
            "version": snapshot.version(),
            "q": typed,
            "suggestions": suggestions,
        })))
    }))
}
