//! Who one is, what one may do, and where one is signed in.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use serde_json::{Value, json};

use crate::{
    domain::{Language, Role, SessionRecord},
    http::{
        api::{
            imports::fresh,
            session::{grant_json, memberships::membership_json},
        },
        openapi::responses::{Guarded, Missing, Unavailable},
        web::{
            auth::{self, ask_of},
            problem::Problem,
            state::State,
        },
    },
};

/// Get what you may do, and where you are signed in
///
/// Name and capabilities of whoever is signed in, by account or token, with the sessions of the account.
#[utoipa::path(
    get,
    path = "/api/me",
    tag = "session",
    operation_id = "me",
    responses(
        (status = 200, description = "Whoever asks.",
         body = ref("#/components/schemas/Me"), content_type = "application/json"),
        Guarded,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn show(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = auth::caller(&request, &state).await?;
    let current = auth::session(&request, &state).await?.map(|session| session.record.id);
    let asked = caller.clone();
    let (person, memberships, sessions) = ask_of(&state.accounts, move |accounts| {
        let person = accounts.person(&asked)?;
        Ok::<_, Problem>((person, accounts.memberships(&asked)?, accounts.sessions(&asked)?))
    })
    .await?;
    let email = person.as_ref().map(|person| person.email.as_str());
    let own = memberships.iter().filter(|membership| Some(&*membership.email) == email);
    let language = person.as_ref().map(|person| person.language);
    Ok(fresh(StatusCode::OK).json(json!({
        "name": caller.name,
        "role": caller.role().map(Role::code),
        "email": email,
        "language": language.map(Language::code),
        "grants": caller.grants.iter().map(grant_json).collect::<Value>(),
        "memberships": own.map(|membership| membership_json(membership, email)).collect::<Value>(),
        "sessions": sessions.iter().map(|one| session_json(one, current)).collect::<Value>(),
    })))
}

/// End one of your sessions
///
/// The browser that has it is signed out at once.
#[utoipa::path(
    delete,
    path = "/api/me/sessions/{id}",
    tag = "session",
    operation_id = "endSession",
    params(("id" = i64, Path, description = "The number of the session.", example = 1)),
    responses(
        (status = 204, description = "The session has ended."),
        Guarded,
        Missing,
        Unavailable,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn end_session(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = auth::caller(&request, &state).await?;
    let number = id.parse::<i64>().unwrap_or_default();
    let ended =
        ask_of(&state.accounts, move |accounts| accounts.end_session(&caller, number)).await?;
    if ended {
        return Ok(fresh(StatusCode::NO_CONTENT).finish());
    }
    Err(Problem::missing([
        "vous n'avez pas de telle session ; /api/me les énumère",
        "you have no such session; /api/me lists them",
    ]))
}

fn session_json(session: &SessionRecord, current: Option<i64>) -> Value {
    let SessionRecord { id, created_at, last_used_at, ends_at, browser } = session;
    json!({
        "id": id,
        "browser": browser,
        "created_at": created_at,
        "last_used_at": last_used_at,
        "ends_at": ends_at,
        "is_current": current == Some(*id),
    })
}
