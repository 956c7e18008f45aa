//! Who a request is from, and what they may do.
//!
//! A program shows its token in `Authorization: Bearer`; a browser the session that signing in has
//! begun in a cookie, and then only from this server's own pages.

use std::time::Duration;

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite},
    http::header,
    rt::time::sleep,
    web,
};

use crate::{
    atlas::{
        accounts::{LinkError, MailText, NewSession, Session, SignInLink, email},
        imports::jobs::{JobError, Jobs},
    },
    domain::{Account, Capability, Language, Scope},
    http::web::{
        address::PublicAddress,
        middleware::access_log,
        problem::{CROSS_ORIGIN, INVALID_BODY, Problem, ROLE, UNAUTHORIZED, UNAVAILABLE},
        state::State,
    },
};

/// The cookie that holds the session of a browser.
const COOKIE: &str = "atlas_session";
/// No token and no session is as long.
const LONGEST_SECRET: usize = 200;
/// What a wrong token costs. Guessing one is hopeless; trying should not be cheap either.
const WRONG_TOKEN: Duration = Duration::from_millis(300);

/// What a request shows.
enum Shown {
    Token(String),
    Session(String),
}

/// Who a request is from; nobody where it shows no valid token and no session.
pub(crate) async fn who(request: &HttpRequest, state: &State) -> Result<Option<Account>, Problem> {
    let account = find(request, state).await?;
    if let Some(account) = &account {
        access_log::name(request, account);
    }
    Ok(account)
}

async fn find(request: &HttpRequest, state: &State) -> Result<Option<Account>, Problem> {
    match shown(request) {
        Some(Shown::Token(token)) if token.len() <= LONGEST_SECRET => {
            let known = ask_of(&state.accounts, move |accounts| accounts.bearer(&token)).await?;
            slow_down(request, state, known).await
        }
        Some(Shown::Token(_)) => slow_down(request, state, None).await,
        _ => Ok(session(request, state).await?.map(|session| session.account)),
    }
}

/// The session of the browser that a request is from; none where it has ended.
pub(crate) async fn session(
    request: &HttpRequest,
    state: &State,
) -> Result<Option<Session>, Problem> {
    match shown(request) {
        Some(Shown::Session(secret)) if secret.len() <= LONGEST_SECRET => {
            ask_of(&state.accounts, move |accounts| accounts.session(&secret)).await
        }
        _ => Ok(None),
    }
}

/// Who a request is from. What changes something must come from this server's own pages where a
/// cookie is shown, which browsers send along by themselves.
pub(crate) async fn caller(request: &HttpRequest, state: &State) -> Result<Account, Problem> {
    let by_cookie = matches!(shown(request), Some(Shown::Session(_)));
    if by_cookie && !request.method().is_safe() && is_own(request) != Some(true) {
        return Err(cross_origin());
    }
    let unknown = || {
        Problem::new(
            &UNAUTHORIZED,
            [
                "Montrez un jeton valable : « Authorization: Bearer JETON », ou connectez-vous.",
                "Show a valid token: “Authorization: Bearer TOKEN”, or sign in.",
            ],
        )
    };
    who(request, state).await?.ok_or_else(unknown)
}

/// Who a request is from, if they may do something, and of everything.
pub(crate) async fn require(
    request: &HttpRequest,
    state: &State,
    capability: Capability,
) -> Result<Account, Problem> {
    require_on(request, state, capability, &[]).await
}

/// Who a request is from, if they may do something of what has one of these in common.
pub(crate) async fn require_on(
    request: &HttpRequest,
    state: &State,
    capability: Capability,
    on: &[Scope],
) -> Result<Account, Problem> {
    let caller = caller(request, state).await?;
    permit(&caller, capability, on)?;
    Ok(caller)
}

/// An error unless somebody may do something of what has one of these in common.
pub(crate) fn permit(
    caller: &Account,
    capability: Capability,
    on: &[Scope],
) -> Result<(), Problem> {
    if caller.grants.allow(capability, on) {
        return Ok(());
    }
    let needed = capability.code();
    let detail = match caller.role() {
        // what is allowed elsewhere is not allowed here
        _ if caller.grants.has(capability) => [
            format!("Vous pouvez « {needed} », mais pas ici : ce n'est pas de votre ressort."),
            format!("You may “{needed}”, but not here: it is outside of your scope."),
        ],
        Some(role) => [
            format!("Ce jeton a le rôle {}, qui ne permet pas « {needed} ».", role.code()),
            format!("This token has the role {}, which does not allow “{needed}”.", role.code()),
        ],
        None => [
            format!("Votre compte ne permet pas « {needed} »."),
            format!("Your account does not allow “{needed}”."),
        ],
    };
    Err(Problem::new(&ROLE, detail))
}

/// Signs in by a token; nobody where it is not valid, which takes a moment.
pub(crate) async fn sign_in(
    request: &HttpRequest,
    state: &State,
    token: String,
) -> Result<Option<NewSession>, Problem> {
    if token.len() > LONGEST_SECRET {
        return slow_down(request, state, None).await;
    }
    let agent = agent(request);
    let begun = ask_of(&state.accounts, move |accounts| accounts.sign_in(&token, &agent)).await?;
    slow_down(request, state, begun).await
}

/// Has a link to sign in sent to an address, if it is one; the answer tells nothing of it. `write`
/// writes the mail, in a language and with the link's secret.
pub(crate) async fn send_link(
    request: &HttpRequest,
    state: &State,
    (address, language): (&str, Language),
    write: impl FnOnce(Language, &str) -> MailText + Send + 'static,
) -> Result<(), Problem> {
    let Some(address) = email::parse(address) else {
        return Err(Problem::new(
            &INVALID_BODY,
            [
                "Ce n'est pas une adresse : on attend par exemple nom@ville.fr.",
                "This is no mail address: one such as name@town.fr is expected.",
            ],
        ));
    };
    if !PublicAddress::is_for_mails(request) {
        return Err(Problem::new(
            &UNAVAILABLE,
            [
                "Ce serveur n'envoie pas de lien : son adresse ne lui a pas été dite (--public-url).",
                "This server sends no links: it was not told its address (--public-url).",
            ],
        ));
    }
    state.attempts.mail(request, &address)?;
    ask_of(&state.accounts, move |accounts| accounts.send_link(&address, language, write)).await
}

/// Whose a link is that can be used; none where it cannot, which is counted.
pub(crate) async fn link(
    request: &HttpRequest,
    state: &State,
    secret: String,
) -> Result<Option<SignInLink>, Problem> {
    if secret.len() > LONGEST_SECRET {
        return slow_down(request, state, None).await;
    }
    let found = ask_of(&state.accounts, move |accounts| accounts.link(&secret)).await?;
    slow_down(request, state, found).await
}

/// Signs in by a link, under a name where the address has no account yet.
pub(crate) async fn sign_in_by_link(
    request: &HttpRequest,
    state: &State,
    secret: String,
    (name, language): (String, Language),
) -> Result<NewSession, Problem> {
    if link(request, state, secret.clone()).await?.is_none() {
        return Err(LinkError::Gone.into());
    }
    let agent = agent(request);
    ask_of(&state.accounts, move |accounts| {
        accounts.sign_in_by_link(&secret, (&name, language), &agent)
    })
    .await
}

/// Ends the session of a request, if it shows one; the cookie that takes its cookie away.
pub(crate) async fn sign_out(
    request: &HttpRequest,
    state: &State,
) -> Result<Cookie<'static>, Problem> {
    refuse_foreign(request)?;
    if let Some(Shown::Session(secret)) = shown(request)
        && secret.len() <= LONGEST_SECRET
    {
        ask_of(&state.accounts, move |accounts| accounts.sign_out(&secret)).await?;
    }
    let mut cookie = cookie(request, String::new());
    cookie.make_removal();
    Ok(cookie)
}

/// What a browser says of itself.
pub(crate) fn agent(request: &HttpRequest) -> String {
    let agent = request.headers().get(header::USER_AGENT);
    agent.and_then(|agent| agent.to_str().ok()).unwrap_or_default().to_owned()
}

/// What was found; what was not is counted, and takes a moment.
async fn slow_down<T>(
    request: &HttpRequest,
    state: &State,
    known: Option<T>,
) -> Result<Option<T>, Problem> {
    if known.is_none() {
        state.attempts.wrong_secret(request)?;
        sleep(WRONG_TOKEN).await;
    }
    Ok(known)
}

/// Refuses what a browser says that it comes from another site. Programs say nothing.
pub(crate) fn refuse_foreign(request: &HttpRequest) -> Result<(), Problem> {
    if is_own(request) == Some(false) { Err(cross_origin()) } else { Ok(()) }
}

/// The cookie of a session; it goes when the browser is closed. It is sent by links from elsewhere,
/// as those of mails are, and by nothing else of other sites.
pub(crate) fn cookie(request: &HttpRequest, secret: String) -> Cookie<'static> {
    let address = PublicAddress::of(request);
    let path = if address.prefix().is_empty() { "/" } else { address.prefix() };
    Cookie::build(COOKIE, secret)
        .path(path.to_owned())
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(address.is_secure())
        .finish()
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
        return is_bearer.then(|| Shown::Token(token.trim().to_owned()));
    }
    request.cookie(COOKIE).map(|cookie| Shown::Session(cookie.value().to_owned()))
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
