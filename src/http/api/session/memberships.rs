//! Who speaks for an authority, or for what is done in a country: `docs/accounts.md` describes it.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, http::header, web};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    atlas::accounts::{
        memberships::{DecisionWish, MembershipError, MembershipNews, MembershipWish},
        scopes,
    },
    domain::{AccountMembership, Language, MembershipDecision},
    http::{
        api::imports::fresh,
        openapi::responses::{Body, Conflict, Guarded, Missing, TooMany},
        page::mails,
        web::{
            address::PublicAddress,
            auth::{self, ask_of},
            problem::Problem,
            state::State,
            upload,
        },
    },
};

/// List the memberships that you may see
///
/// Your own, those of what you speak for, and those that you decide about.
#[utoipa::path(
    get,
    path = "/api/memberships",
    tag = "session",
    operation_id = "memberships",
    responses(
        (status = 200, description = "The memberships, newest first.",
         body = ref("#/components/schemas/Memberships"), content_type = "application/json"),
        Guarded,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn list(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = auth::caller(&request, &state).await?;
    let (person, memberships) = ask_of(&state.accounts, move |accounts| {
        Ok::<_, Problem>((accounts.person(&caller)?, accounts.memberships(&caller)?))
    })
    .await?;
    let email = person.as_ref().map(|person| person.email.as_str());
    let all = memberships.iter().map(|membership| membership_json(membership, email));
    Ok(fresh(StatusCode::OK).json(json!({"memberships": all.collect::<Value>()})))
}

/// What somebody asks for.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct MembershipBody {
    scope: String,
    role: String,
    proof: String,
    email: Option<String>,
    until: Option<NaiveDate>,
}

/// Ask to speak for an authority or a country, or invite somebody to
///
/// A request waits for somebody who decides there; whoever speaks for it already invites at once.
#[utoipa::path(
    post,
    path = "/api/memberships",
    tag = "session",
    operation_id = "askMembership",
    request_body(content = ref("#/components/schemas/MembershipRequest"), content_type = "application/json"),
    responses(
        (status = 201, description = "It waits for those who decide, or for whoever is invited.",
         body = ref("#/components/schemas/Membership"), content_type = "application/json"),
        Guarded,
        Body,
        Conflict,
        TooMany,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn ask(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = auth::caller(&request, &state).await?;
    let MembershipBody { scope, role, proof, email, until } = upload::json(&request, body).await?;
    let scope = scope.parse().map_err(|_| MembershipError::Scope)?;
    if let Some(email) = &email {
        state.attempts.mail(&request, email)?;
    }
    let wish = MembershipWish { scope, email, role, proof, until };
    let write = letter(&request);
    let (person, membership) = ask_of(&state.accounts, move |accounts| {
        let id = accounts.ask_membership(&caller, &wish, write)?;
        let mut all = accounts.memberships(&caller)?.into_iter();
        let made = all.find(|one| one.id == id).ok_or(MembershipError::Unknown)?;
        Ok::<_, Problem>((accounts.person(&caller)?, made))
    })
    .await?;
    let email = person.as_ref().map(|person| person.email.as_str());
    Ok(fresh(StatusCode::CREATED)
        .insert_header((header::LOCATION, "/api/memberships"))
        .json(membership_json(&membership, email)))
}

/// What is decided.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct DecisionBody {
    decision: String,
    reason: Option<String>,
    until: Option<NaiveDate>,
}

/// Accept, refuse or revoke a membership
///
/// Allowed to whoever decides on memberships there, or speaks for the same.
#[utoipa::path(
    post,
    path = "/api/memberships/{id}/decision",
    tag = "session",
    operation_id = "decideMembership",
    request_body(content = ref("#/components/schemas/MembershipDecision"), content_type = "application/json"),
    params(("id" = i64, Path, description = "The number of the membership.", example = 1)),
    responses(
        (status = 200, description = "The membership as it is now.",
         body = ref("#/components/schemas/Membership"), content_type = "application/json"),
        Guarded,
        Missing,
        Body,
        Conflict,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn decide(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = auth::caller(&request, &state).await?;
    let id = id.parse::<i64>().map_err(|_| MembershipError::Unknown)?;
    let DecisionBody { decision, reason, until } = upload::json(&request, body).await?;
    let decision = MembershipDecision::from_code(&decision);
    let decision = decision.ok_or(MembershipError::Field("decision"))?;
    let wish = DecisionWish { decision, reason, until };
    let write = letter(&request);
    let (person, membership) = ask_of(&state.accounts, move |accounts| {
        let decided = accounts.decide_membership(&caller, id, &wish, write)?;
        Ok::<_, Problem>((accounts.person(&caller)?, decided))
    })
    .await?;
    let email = person.as_ref().map(|person| person.email.as_str());
    Ok(fresh(StatusCode::OK).json(membership_json(&membership, email)))
}

/// Writes the mail about a membership.
pub(crate) fn letter(
    request: &HttpRequest,
) -> impl FnOnce(&MembershipNews) -> crate::atlas::accounts::MailText + Send + use<> {
    let root = PublicAddress::of(request).root();
    move |news| mails::membership(&root, news)
}

/// A membership, for somebody with an address who may see it.
pub(crate) fn membership_json(membership: &AccountMembership, own: Option<&str>) -> Value {
    let AccountMembership {
        id,
        email,
        scope,
        state,
        role,
        proof,
        until,
        asked_at,
        asked_by,
        decided_at,
        decided_by,
        reason,
    } = membership;
    json!({
        "id": id,
        "email": email,
        "scope": scope.to_string(),
        "label": scopes::label(scope, Language::French),
        "state": state.code(),
        "role": role,
        "proof": proof,
        "until": until,
        "asked_at": asked_at,
        "asked_by": asked_by,
        "decided_at": decided_at,
        "decided_by": decided_by,
        "reason": reason,
        "is_own": own == Some(email),
    })
}
