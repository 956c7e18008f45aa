//! Signing in and out: a browser keeps its session in a cookie that no script can read. [`me`] and [`memberships`] tell
//! what one may do, and for whom.

pub mod me;
pub mod memberships;

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{self, ContentType},
    },
    web,
};
use serde_json::{Value, json};

use crate::{
    domain::{Account, Capability, Grant, Role},
    http::{
        api::imports::fresh,
        openapi::responses::{Body, Conflict, Foreign, Gone, Plain, TooMany, Unavailable, Unknown},
        page::mails,
        web::{
            address::PublicAddress,
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
///
/// By a token, or by the link of a mail: `email` has one sent, and `link` uses it. Whether an address
/// has an account is not told: the account is made when the link is used, with a `name`.
#[utoipa::path(
    post,
    path = "/api/session",
    tag = "session",
    operation_id = "signIn",
    request_body(content((ref("#/components/schemas/SignIn") = "application/json"), (ref("#/components/schemas/SignIn") = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "Signed in: the cookie is set.",
         body = ref("#/components/schemas/Caller"), content_type = "application/json"),
        (status = 202, description = "A mail with a link is on its way.",
         body = ref("#/components/schemas/Object"), content_type = "application/json"),
        Body,
        Unknown,
        Foreign,
        Gone,
        Conflict,
        TooMany,
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
    let fields = fields(&request, body).await?;
    let text = |name: &str| fields.get(name).map(|text| text.trim().to_owned());
    let language = text("language").and_then(|code| code.parse().ok()).unwrap_or_default();
    let begun = if let Some(token) = text("token") {
        auth::sign_in(&request, &state, token).await?.ok_or_else(unknown)?
    } else if let Some(secret) = text("link") {
        let name = text("name").unwrap_or_default();
        auth::sign_in_by_link(&request, &state, secret, (name, language)).await?
    } else if let Some(email) = text("email") {
        let root = PublicAddress::of(&request).root();
        let write = move |language, secret: &str| mails::sign_in(&root, language, secret);
        auth::send_link(&request, &state, (&email, language), write).await?;
        let sent = json!({"sent": true});
        return Ok(fresh(StatusCode::ACCEPTED).json(sent));
    } else {
        return Err(Problem::new(
            &INVALID_BODY,
            [
                "Le champ « token », « email » ou « link » est attendu, en JSON ou dans un formulaire.",
                "The field “token”, “email” or “link” is expected, in JSON or in a form.",
            ],
        ));
    };
    let cookie = auth::cookie(&request, begun.secret);
    Ok(tell(HttpResponse::Ok().cookie(cookie), &begun.account))
}

/// The texts of a small body, in JSON or of a form.
async fn fields(
    request: &HttpRequest,
    body: web::Payload,
) -> Result<BTreeMap<String, String>, Problem> {
    let body = upload::small_body(request, body, BODY_LIMIT).await?;
    let body = body.ok().and_then(Result::ok).unwrap_or_default();
    let is_json = request
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !is_json {
        return Ok(url::form_urlencoded::parse(&body).into_owned().collect());
    }
    let body: BTreeMap<String, Value> = serde_json::from_slice(&body).unwrap_or_default();
    let text = |(name, value): (String, Value)| Some((name, value.as_str()?.to_owned()));
    Ok(body.into_iter().filter_map(text).collect())
}

/// Get the current session
///
/// Who is signed in, by cookie or token, with their capabilities.
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
///
/// Ends the session of the cookie on the server, and removes the cookie.
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
pub(crate) fn grant_json(grant: &Grant) -> Value {
    json!({"capability": grant.capability.code(), "scope": grant.scope.to_string()})
}

fn unknown() -> Problem {
    Problem::new(
        &UNAUTHORIZED,
        ["Ce jeton n'est pas connu, ou a été révoqué.", "This token is not known, or was revoked."],
    )
}
