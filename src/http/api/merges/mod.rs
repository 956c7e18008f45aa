//! Decisions of people about records of several sources: `docs/imports.md` describes them. What they
//! may decide is listed by [`proposals`].

pub mod proposals;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use serde::Deserialize;

use crate::{
    atlas::register::{
        decide::{DecideError, Judgement, MAX_RECORDS},
        document::judged_json,
    },
    domain::{Capability, PartnershipId},
    http::{
        api::imports::fresh,
        openapi::responses::{Body, Conflict, Guarded, Unprocessable},
        web::{
            auth::{self, ask_of},
            problem::{INVALID_BODY, Problem, UNKNOWN_RECORD},
            state::State,
            upload,
        },
    },
};

/// What is to be one partnership.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct MergeBody {
    records: Vec<String>,
}

/// Merge partnerships
///
/// The partnerships of these records are one from now on, whatever the rule says.
#[utoipa::path(
    post,
    path = "/api/merges",
    tag = "merges",
    operation_id = "merge",
    request_body(content = ref("#/components/schemas/MergeRequest"), content_type = "application/json"),
    responses(
        (status = 201, description = "They are one; the changeset can be reverted as an import can.",
         body = ref("#/components/schemas/Decided"), content_type = "application/json"),
        Body,
        Guarded,
        Conflict,
        Unprocessable,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn merge(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = auth::require(&request, &state, Capability::Moderate).await?;
    let MergeBody { records } = upload::json(&request, body).await?;
    decide(&state, Judgement::Merge(ids(&records)?), caller.name).await
}

/// What is not to be one partnership.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct SplitBody {
    record: String,
    from: Vec<String>,
}

/// Split a partnership
///
/// Without `from`, the record leaves the partnership that it is in. With it, the partnership of the record and
/// those of the others are told apart, and are proposed no more.
#[utoipa::path(
    post,
    path = "/api/splits",
    tag = "merges",
    operation_id = "split",
    request_body(content = ref("#/components/schemas/SplitRequest"), content_type = "application/json"),
    responses(
        (status = 201, description = "They are apart; the changeset can be reverted as an import can.",
         body = ref("#/components/schemas/Decided"), content_type = "application/json"),
        Body,
        Guarded,
        Conflict,
        Unprocessable,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn split(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = auth::require(&request, &state, Capability::Moderate).await?;
    let SplitBody { record, from } = upload::json(&request, body).await?;
    if record.is_empty() {
        let detail = ["Le champ « record » est attendu.", "The member “record” is expected."];
        return Err(Problem::new(&INVALID_BODY, detail));
    }
    let record = id(&record)?;
    decide(&state, Judgement::Split(record, ids(&from)?), caller.name).await
}

async fn decide(
    state: &State,
    judgement: Judgement,
    actor: String,
) -> Result<HttpResponse, Problem> {
    let decided =
        ask_of(&state.register, move |register| register.decide(&judgement, &actor)).await?;
    Ok(fresh(StatusCode::CREATED)
        .insert_header((header::LOCATION, format!("/api/imports/{}", decided.changeset)))
        .json(judged_json(&decided)))
}

fn ids(texts: &[String]) -> Result<Vec<PartnershipId>, Problem> {
    if texts.len() > MAX_RECORDS {
        return Err(DecideError::TooMany.into());
    }
    texts.iter().map(|text| id(text)).collect()
}

/// An id that no record can have is as unknown as any other.
fn id(text: &str) -> Result<PartnershipId, Problem> {
    text.parse().map_err(|_| {
        let text: String = text.chars().take(80).collect();
        let detail = [
            format!("Aucune fiche n'a l'identifiant « {text} »."),
            format!("There is no record “{text}”."),
        ];
        Problem::new(&UNKNOWN_RECORD, detail)
    })
}
