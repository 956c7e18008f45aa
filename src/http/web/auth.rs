//! Who a request is from, and what they may do.
//!
//! A program shows its token in `Authorization: Bearer`; a browser in the cookie that signing in
//! has set, and then only from this server's own pages.

use std::time::Duration;

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite},
    http::header,
    rt::time::sleep,
    web,
};

use crate::{
    atlas::imports::jobs::{JobError, Jobs},
    domain::{Account, Capability},
    http::web::{
        address::PublicAddress,
        problem::{CROSS_ORIGIN, Problem, ROLE, UNAUTHORIZED},
        state::State,
    },
};

/// The cookie that holds the token of a browser.
const COOKIE: &str = "atlas_token";
/// No token is as long.
const LONGEST_TOKEN: usize = 200;
/// What a wrong token costs. Guessing one is hopeless; trying should not be cheap either.
const WRONG_TOKEN: Duration = Duration::from_millis(300);

/// Where a request has its token.
enum Shown {
    InHeader(String),
    InCookie(String),
}

/// Who a request is from; nobody where it shows no valid token.
pub(crate) async fn who(request: &HttpRequest, state: &State) -> Result<Option<Account>, Problem> {
    match shown(request) {
        Some(Shown::InHeader(token) | Shown::InCookie(token)) => verify(state, token).await,
        None => Ok(None),
    }
}

/// Who a request is from, if they may do something, and of everything. What changes something must come from
/// this server's own pages where a cookie is shown, which browsers send along by themselves.
pub(crate) async fn require(
    request: &HttpRequest,
    state: &State,
    capability: Capability,
) -> Result<Account, Problem> {
    let by_cookie = matches!(shown(request), Some(Shown::InCookie(_)));
    if by_cookie && !request.method().is_safe() && is_own(request) != Some(true) {
        return Err(cross_origin());
    }
    let Some(caller) = who(request, state).await? else {
        return Err(Problem::new(
            &UNAUTHORIZED,
            [
                "Montrez un jeton valable : « Authorization: Bearer JETON », ou connectez-vous.",
                "Show a valid token: “Authorization: Bearer TOKEN”, or sign in.",
            ],
        ));
    };
    if !caller.grants.allow(capability, &[]) {
        let (role, needed) = (caller.role.code(), capability.code());
        return Err(Problem::new(
            &ROLE,
            [
                format!("Ce jeton a le rôle {role}, qui ne permet pas « {needed} »."),
                format!("This token has the role {role}, which does not allow “{needed}”."),
            ],
        ));
    }
    Ok(caller)
}

/// Who shows this token, for instance to sign in; nobody where it is not valid, which takes a
/// moment.
pub(crate) async fn verify(state: &State, token: String) -> Result<Option<Account>, Problem> {
    let known = if token.len() > LONGEST_TOKEN {
        None
    } else {
        ask_of(&state.accounts, move |accounts| accounts.bearer(&token)).await?
    };
    if known.is_none() {
        sleep(WRONG_TOKEN).await;
    }
    Ok(known)
}

/// Refuses what a browser says that it comes from another site. Programs say nothing.
pub(crate) fn refuse_foreign(request: &HttpRequest) -> Result<(), Problem> {
    if is_own(request) == Some(false) { Err(cross_origin()) } else { Ok(()) }
}

/// The cookie of a browser that has signed in with this token; it goes with the browser's session.
pub(crate) fn cookie(request: &HttpRequest, token: String) -> Cookie<'static> {
    let address = PublicAddress::of(request);
    let path = if address.prefix().is_empty() { "/" } else { address.prefix() };
    Cookie::build(COOKIE, token)
        .path(path.to_owned())
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(address.is_secure())
        .finish()
}

/// The cookie that takes that one away.
pub(crate) fn no_cookie(request: &HttpRequest) -> Cookie<'static> {
    let mut cookie = cookie(request, String::new());
    cookie.make_removal();
    cookie
}

/// Asks about imports on a thread that may wait.
pub(crate) async fn ask<T: Send + 'static>(
    state: &State,
    question: impl FnOnce(&Jobs) -> Result<T, JobError> + Send + 'static,
) -> Result<T, Problem> {
    ask_of(&state.jobs, question).await
}

/// Asks at one of the doors on a thread that may wait.
pub(crate) async fn ask_of<D, T, E>(
    door: &D,
    question: impl FnOnce(&D) -> Result<T, E> + Send + 'static,
) -> Result<T, Problem>
where
    D: Clone + Send + 'static,
    T: Send + 'static,
    E: Into<Problem> + Send + 'static,
{
    let door = door.clone();
    match web::block(move || question(&door)).await {
        Ok(answer) => answer.map_err(Into::into),
        Err(_) => Err(Problem::internal("a thread that asks the register is gone")),
    }
}

fn shown(request: &HttpRequest) -> Option<Shown> {
    if let Some(value) = request.headers().get(header::AUTHORIZATION) {
        // RFC 9110, 11.1: the scheme is written in any case
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        let is_bearer = scheme.eq_ignore_ascii_case("Bearer");
        return is_bearer.then(|| Shown::InHeader(token.trim().to_owned()));
    }
    request.cookie(COOKIE).map(|cookie| Shown::InCookie(cookie.value().to_owned()))
}

/// Whether a browser says that a request comes from a page of this server; none where there is
/// no word of it. `Sec-Fetch-Site` is sent over TLS and from this machine, `Origin` always.
fn is_own(request: &HttpRequest) -> Option<bool> {
    let value = |name: &str| request.headers().get(name).map(header::HeaderValue::as_bytes);
    if let Some(site) = value("Sec-Fetch-Site") {
        return Some(matches!(site, b"same-origin" | b"none"));
    }
    // a browser that has come by another way has sent the host that it has come to
    let own = [PublicAddress::of(request), PublicAddress::own(request)];
    value("Origin").map(|origin| own.iter().any(|own| origin == own.origin().as_bytes()))
}

fn cross_origin() -> Problem {
    Problem::new(
        &CROSS_ORIGIN,
        [
            "Une page d'un autre site ne peut pas agir ici en votre nom.",
            "A page of another site cannot act here in your name.",
        ],
    )
}
