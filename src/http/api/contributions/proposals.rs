//! Corrections that somebody proposes, with or without an account, and a moderator decides about.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use serde::Deserialize;

use super::{id, named};
use crate::{
    atlas::contributions::{
        ContributionError, Correction,
        decide::Ruling,
        document::{checked_json, proposal_json, queue_json, ruled_json, submitted_json},
        propose::{PAGE, Reader, Submission},
    },
    domain::{Column, ProposalState, Refusal},
    http::{
        api::imports::fresh,
        openapi::responses::{
            Body, Conflict, Guarded, GuardedImport, Invalid, Refused, TooManyWait, Unprocessable,
        },
        web::{
            address::client,
            auth::{self, ask_of},
            problem::{INVALID_BODY, Problem},
            state::State,
            upload,
        },
    },
    search::ParameterError,
};

/// What an author shows to follow a proposal; a header, so that no log has it.
const SECRET: &str = "X-Proposal-Secret";
/// A page of the queue has no more.
const MAX_LIMIT: usize = 500;

/// What is proposed.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct ProposalBody {
    record: Option<String>,
    base: Option<i32>,
    cells: BTreeMap<String, String>,
    reason: String,
    proof: String,
    dry_run: bool,
}

/// Propose a correction, or a partnership
///
/// Anybody may, also without a token: a moderator decides. Without `record` it is a partnership that the register
/// does not have. The secret of the answer lets its author follow it, and is told once.
#[utoipa::path(
    post,
    path = "/api/proposals",
    tag = "contributions",
    operation_id = "propose",
    request_body(content = ref("#/components/schemas/ProposalRequest"), content_type = "application/json"),
    responses(
        (status = 200, description = "What it would change, with `dry_run`.",
         body = ref("#/components/schemas/Corrected"), content_type = "application/json"),
        (status = 201, description = "The proposal waits for a moderator.",
         body = ref("#/components/schemas/Proposed"), content_type = "application/json"),
        Body,
        Refused,
        Conflict,
        Unprocessable,
        TooManyWait,
    ),
)]
pub(crate) async fn create(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    auth::refuse_foreign(&request)?;
    let author = auth::who(&request, &state).await?;
    let ProposalBody { record, base, cells, reason, proof, dry_run } =
        upload::json(&request, body).await?;
    let record = record.map(|text| id(&text)).transpose()?;
    let correction = Correction { base, cells: named(cells)? };
    if dry_run {
        let checked = ask_of(&state.contributions, move |door| match record {
            Some(id) => door.check(id, &correction),
            None => door.check_declaration(&correction.cells),
        });
        return Ok(fresh(StatusCode::OK).json(checked_json(&checked.await?)));
    }
    let client = client(&request);
    let submission = Submission { correction, reason, proof, author, client };
    let submitted = ask_of(&state.contributions, move |door| match record {
        Some(id) => door.propose(id, &submission),
        None => door.declare(&submission),
    });
    let submitted = submitted.await?;
    Ok(fresh(StatusCode::CREATED)
        .insert_header((header::LOCATION, format!("/api/proposals/{}", submitted.id)))
        .json(submitted_json(&submitted)))
}

/// List proposals
///
/// Those about which the caller may decide, the oldest first.
#[utoipa::path(
    get,
    path = "/api/proposals",
    tag = "contributions",
    operation_id = "proposals",
    params(
        ("state" = Option<String>, Query, pattern = "^(open|waiting|asked|accepted|partly|refused|withdrawn|outdated)$", description = "Only proposals in this state; `open` is those that wait for an answer.", example = "waiting"),
        ("after" = Option<i64>, Query, description = "Only proposals with a greater number.", minimum = 0, example = 0),
        ("limit" = Option<u32>, Query, description = "How many to list.", minimum = 1, maximum = 500, example = 50),
    ),
    responses(
        (status = 200, description = "The proposals.",
         body = ref("#/components/schemas/Proposals"), content_type = "application/json"),
        Invalid,
        Guarded,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn list(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = auth::caller(&request, &state).await?;
    let (mut states, mut after, mut limit) = (Vec::new(), 0, PAGE);
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        let wrong = |fr: &str, en: &str| ParameterError::new(&name, [fr, en]);
        match &*name {
            "state" => {
                states = self::states(&value).ok_or_else(|| {
                    wrong("un état de proposition est attendu", "a state of proposals is expected")
                })?;
            }
            "after" => {
                after = value.parse().ok().filter(|number| *number >= 0).ok_or_else(|| {
                    wrong("un nombre à partir de 0 est attendu", "a number from 0 is expected")
                })?;
            }
            "limit" => {
                let number = value.parse().ok().filter(|number| (1..=MAX_LIMIT).contains(number));
                limit = number.ok_or_else(|| {
                    wrong("un nombre de 1 à 500 est attendu", "a number from 1 to 500 is expected")
                })?;
            }
            _ => return Err(ParameterError::unknown(&name).into()),
        }
    }
    let queue =
        ask_of(&state.contributions, move |door| door.queue(&caller, &states, (after, limit)));
    Ok(fresh(StatusCode::OK).json(queue_json(&queue.await?)))
}

/// The states that a name means.
pub(crate) fn states(name: &str) -> Option<Vec<ProposalState>> {
    if name == "open" {
        return Some(ProposalState::ALL.into_iter().filter(|state| state.is_open()).collect());
    }
    ProposalState::from_code(name).map(|state| vec![state])
}

/// Get a proposal
///
/// For those who may decide about it, and for its author, who shows the secret in `X-Proposal-Secret`.
#[utoipa::path(
    get,
    path = "/api/proposals/{id}",
    tag = "contributions",
    operation_id = "proposal",
    params(
        ("id" = i64, Path, description = "The number of the proposal.", example = 1),
        ("X-Proposal-Secret" = Option<String>, Header, description = "What its author was given."),
    ),
    responses(
        (status = 200, description = "The proposal.",
         body = ref("#/components/schemas/Proposal"), content_type = "application/json"),
        GuardedImport,
    ),
    security(("token" = []), ("session" = []), ()),
)]
pub(crate) async fn show(
    request: HttpRequest,
    number: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let number = self::number(&number)?;
    let proposal = if let Some(secret) = secret(&request) {
        ask_of(&state.contributions, move |door| door.proposal(number, Reader::Author(&secret)))
            .await?
    } else {
        let caller = auth::caller(&request, &state).await?;
        ask_of(&state.contributions, move |door| door.proposal(number, Reader::Moderator(&caller)))
            .await?
    };
    Ok(fresh(StatusCode::OK).json(proposal_json(&proposal)))
}

/// What is decided.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct RulingBody {
    refused: BTreeMap<String, String>,
    note: String,
    ask: bool,
}

/// Decide about a proposal
///
/// What is not refused is taken, as one changeset. Nobody decides about what they have proposed themselves.
#[utoipa::path(
    post,
    path = "/api/proposals/{id}/decision",
    tag = "contributions",
    operation_id = "decide",
    params(("id" = i64, Path, description = "The number of the proposal.", example = 1)),
    request_body(content = ref("#/components/schemas/RulingRequest"), content_type = "application/json"),
    responses(
        (status = 200, description = "What became of it.",
         body = ref("#/components/schemas/Ruled"), content_type = "application/json"),
        Body,
        GuardedImport,
        Conflict,
        Unprocessable,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn decide(
    request: HttpRequest,
    number: web::Path<String>,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = auth::caller(&request, &state).await?;
    let RulingBody { refused, note, ask } = upload::json(&request, body).await?;
    let number = self::number(&number)?;
    let refused = refused.iter().map(|(part, code)| {
        let part = Column::from_name(part).filter(|column| column.is_part());
        Some((part?, Refusal::from_code(code)?))
    });
    let refused: Option<BTreeMap<Column, Refusal>> = refused.collect();
    let refused = refused.ok_or_else(|| {
        let detail = [
            "« refused » attend, pour chaque colonne, le code d’un motif.",
            "“refused” takes, for each column, the code of a reason.",
        ];
        Problem::new(&INVALID_BODY, detail)
    })?;
    let ruling = Ruling { refused, note, ask };
    let ruled = ask_of(&state.contributions, move |door| door.decide(number, &ruling, &caller));
    Ok(fresh(StatusCode::OK).json(ruled_json(&ruled.await?)))
}

/// Withdraw a proposal
///
/// For its author, who shows the secret in `X-Proposal-Secret`.
#[utoipa::path(
    post,
    path = "/api/proposals/{id}/withdrawal",
    tag = "contributions",
    operation_id = "withdraw",
    params(
        ("id" = i64, Path, description = "The number of the proposal.", example = 1),
        ("X-Proposal-Secret" = Option<String>, Header, description = "What its author was given."),
    ),
    responses(
        (status = 204, description = "It is withdrawn."),
        GuardedImport,
        Conflict,
    ),
)]
pub(crate) async fn withdraw(
    request: HttpRequest,
    number: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    auth::refuse_foreign(&request)?;
    let number = self::number(&number)?;
    let secret = secret(&request).unwrap_or_default();
    ask_of(&state.contributions, move |door| door.withdraw(number, &secret)).await?;
    Ok(fresh(StatusCode::NO_CONTENT).finish())
}

fn secret(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(SECRET)?.to_str().ok()?;
    Some(value.chars().take(100).collect())
}

fn number(text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| ContributionError::UnknownProposal.into())
}
