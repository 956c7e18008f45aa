//! Signing in and out: a browser keeps its session in a cookie that no script can read.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::header::{self, ContentType},
    web,
};
use serde_json::{Value, json};

use crate::{
    domain::{Account, Capability, Grant, Role},
    http::{
        openapi::responses::{Body, Foreign, Plain, Unavailable, Unknown},
        web::{
            auth,
            problem::{INVALID_BODY, Problem, UNAUTHORIZED},
            state::State,
            upload,
        },
    },
};

/// A token and its name fit in.
const BODY_LIMIT: usize = 4096;

/// Sign in
#[utoipa::path(
    post,
    path = "/api/session",
    tag = "session",
    operation_id = "signIn",
    request_body(content((ref("#/components/schemas/SignIn") = "application/json"), (ref("#/components/schemas/SignIn") = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "Signed in: the cookie is set.",
         body = ref("#/components/schemas/Caller"), content_type = "application/json"),
        Body,
        Unknown,
        Foreign,
        Unavailable,
        Plain,
    ),
)]
pub(crate) async fn sign_in(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    auth::refuse_foreign(&request)?;
    let body = upload::small_body(&request, body, BODY_LIMIT).await?;
    let body = body.ok().and_then(Result::ok).unwrap_or_default();
    let is_json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let token = if is_json {
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        body["token"].as_str().map(str::to_owned)
    } else {
        let mut fields = url::form_urlencoded::parse(&body);
        fields.find(|(name, _)| name == "token").map(|(_, token)| token.into_owned())
    };
    let Some(token) = token.map(|token| token.trim().to_owned()) else {
        return Err(Problem::new(
            &INVALID_BODY,
            [
                "Le champ « token » est attendu, en JSON ou dans un formulaire.",
                "The field “token” is expected, in JSON or in a form.",
            ],
        ));
    };
    match auth::sign_in(&request, &state, token).await? {
        Some(begun) => {
            let cookie = auth::cookie(&request, begun.secret);
            Ok(tell(HttpResponse::Ok().cookie(cookie), &begun.account))
        }
        None => Err(unknown()),
    }
}

/// Get the current session
#[utoipa::path(
    get,
    path = "/api/session",
    tag = "session",
    operation_id = "session",
    responses(
        (status = 200, description = "Who is signed in.",
         body = ref("#/components/schemas/Caller"), content_type = "application/json"),
        Unknown,
        Unavailable,
        Plain,
    ),
    security(("token" = []), ("session" = [])),
)]
pub(crate) async fn show(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = auth::who(&request, &state).await?.ok_or_else(unknown)?;
    Ok(tell(&mut HttpResponse::Ok(), &caller))
}

/// Sign out
#[utoipa::path(
    delete,
    path = "/api/session",
    tag = "session",
    operation_id = "signOut",
    responses(
        (status = 204, description = "Signed out: the session has ended."),
        Foreign,
        Unavailable,
        Plain,
    ),
)]
pub(crate) async fn sign_out(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let cookie = auth::sign_out(&request, &state).await?;
    Ok(HttpResponse::NoContent().cookie(cookie).finish())
}

fn tell(response: &mut HttpResponseBuilder, caller: &Account) -> HttpResponse {
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(ContentType::json())
        .json(json!({
            "name": caller.name,
            "role": caller.role().map(Role::code),
            "capabilities": caller.grants.capabilities().map(Capability::code).collect::<Value>(),
            "grants": caller.grants.iter().map(grant_json).collect::<Value>(),
        }))
}

/// A capability, and of what it holds.
fn grant_json(grant: &Grant) -> Value {
    json!({"capability": grant.capability.code(), "scope": grant.scope.to_string()})
}

fn unknown() -> Problem {
    Problem::new(
        &UNAUTHORIZED,
        ["Ce jeton n'est pas connu, ou a été révoqué.", "This token is not known, or was revoked."],
    )
}
