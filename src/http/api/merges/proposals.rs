//! The partnerships that may be one, for people to decide.

use std::ops::RangeInclusive;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde_json::{Value, json};

use crate::{
    atlas::register::document::proposal_json,
    domain::Capability,
    http::{
        api::imports::fresh,
        openapi::responses::{Guarded, Invalid},
        web::{auth, blocking, problem::Problem, state::State},
    },
    search::ParameterError,
};

/// Proposals that an answer has, unless told otherwise.
const DEFAULT_LIMIT: usize = 100;
/// An answer has no more.
const MAX_LIMIT: usize = 1_000;
/// Nobody reads further.
const MAX_OFFSET: usize = 1_000_000;

/// List the partnerships that may be one
///
/// Pairs that are alike but not certainly the same, the nearest to certain first. A pair leaves the list when
/// it is decided.
#[utoipa::path(
    get,
    path = "/api/merges/proposals",
    tag = "merges",
    operation_id = "mergeProposals",
    params(
        ("limit" = Option<u32>, Query, description = "How many to list.", minimum = 1, maximum = 1000, example = 100),
        ("offset" = Option<u32>, Query, description = "How many to pass over.", maximum = 1_000_000, example = 0),
    ),
    responses(
        (status = 200, description = "The proposals.",
         body = ref("#/components/schemas/MergeProposals"), content_type = "application/json"),
        Invalid,
        Guarded,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn list(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    auth::require(&request, &state, Capability::ReadPrivate).await?;
    let (mut limit, mut offset) = (DEFAULT_LIMIT, 0);
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        match &*name {
            "limit" => limit = number(&name, &value, 1..=MAX_LIMIT)?,
            "offset" => offset = number(&name, &value, 0..=MAX_OFFSET)?,
            _ => return Err(ParameterError::unknown(&name).into()),
        }
    }
    let snapshot = state.publisher.snapshot();
    let document = blocking::run(move |_| {
        let all = snapshot.merge_proposals();
        let listed = all.iter().skip(offset).take(limit);
        json!({
            "total": all.len(),
            "proposals": listed.map(|one| proposal_json(&snapshot, one)).collect::<Value>(),
        })
    });
    Ok(fresh(StatusCode::OK).json(document.await?))
}

fn number(name: &str, value: &str, range: RangeInclusive<usize>) -> Result<usize, ParameterError> {
    value.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
        let (from, to) = (range.start(), range.end());
        let reason = [
            format!("un nombre de {from} à {to} est attendu"),
            format!("a number from {from} to {to} is expected"),
        ];
        ParameterError::new(name, reason)
    })
}
