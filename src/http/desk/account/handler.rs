//! The pages of an account: forms in, pages and redirects out, all without a script.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};

use crate::{
    atlas::accounts::{
        NewSession, SignInLink,
        memberships::{DecisionWish, MembershipError, MembershipWish},
        scopes,
    },
    domain::{Account, Language, MembershipDecision, Scope},
    http::{
        api::session::memberships::letter,
        desk::{
            account::page::{AccountPage, AccountSignInPage, AskedMembership, LinkPage},
            import::{
                forms::{Fields, field, form},
                list::Notice,
            },
            reply::{respond, see_other},
        },
        page::{
            layout::Layout,
            mails,
            reply::{html, language_of, layout},
            site_page::SitePage,
        },
        web::{
            address::PublicAddress,
            auth::{self, ask_of},
            middleware::access_log::BEFORE_SECRET,
            problem::{INVALID_BODY, LINK_GONE, Problem},
            state::State,
        },
    },
};

/// `GET /compte`
pub(crate) async fn show(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    match auth::who(&request, &state).await {
        Ok(Some(caller)) => account_page(&request, &state, caller, None).await,
        Ok(None) => sign_in_page(&request, StatusCode::OK, None, false),
        Err(problem) => stranger(&request, &problem),
    }
}

/// `POST /compte/session`: by a token, or for a mail with a link.
pub(crate) async fn sign_in(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> HttpResponse {
    if let Err(problem) = auth::refuse_foreign(&request) {
        return stranger(&request, &problem);
    }
    let language = language_of(&request);
    let fields = form(body).await;
    let token = field(&fields, "token").trim().to_owned();
    if token.is_empty() {
        let root = PublicAddress::of(&request).root();
        let write = move |language, secret: &str| mails::sign_in(&root, language, secret);
        let wanted = (field(&fields, "email"), language);
        return match auth::send_link(&request, &state, wanted, write).await {
            Ok(()) => sign_in_page(&request, StatusCode::OK, None, true),
            Err(problem) => stranger(&request, &problem),
        };
    }
    match auth::sign_in(&request, &state, token).await {
        Ok(Some(begun)) => signed_in(&request, begun),
        Ok(None) => {
            let layout = frame(&request);
            let notice = Notice {
                title: layout.text("import.sign_in.failed").to_owned(),
                body: layout.text("import.sign_in.failed.body").to_owned(),
            };
            sign_in_page(&request, StatusCode::UNAUTHORIZED, Some(notice), false)
        }
        Err(problem) => stranger(&request, &problem),
    }
}

/// `GET /compte/link/{secret}`: a button, since programs that check mails follow links.
pub(crate) async fn link(
    request: HttpRequest,
    secret: web::Path<String>,
    state: web::Data<State>,
) -> HttpResponse {
    match auth::link(&request, &state, secret.into_inner()).await {
        Ok(Some(link)) => link_page(&request, StatusCode::OK, (link, String::new()), None),
        Ok(None) => stranger(&request, &gone()),
        Err(problem) => stranger(&request, &problem),
    }
}

/// `POST /compte/link/{secret}`
pub(crate) async fn use_link(
    request: HttpRequest,
    secret: web::Path<String>,
    body: web::Payload,
    state: web::Data<State>,
) -> HttpResponse {
    if let Err(problem) = auth::refuse_foreign(&request) {
        return stranger(&request, &problem);
    }
    let fields = form(body).await;
    let name = field(&fields, "name").trim().to_owned();
    let wanted = (name.clone(), language_of(&request));
    let problem = match auth::sign_in_by_link(&request, &state, secret.clone(), wanted).await {
        Ok(begun) => return signed_in(&request, begun),
        Err(problem) => problem,
    };
    // a name that cannot be taken leaves the link as it is
    match auth::link(&request, &state, secret.into_inner()).await {
        Ok(Some(link)) => link_page(&request, problem.status(), (link, name), Some(&problem)),
        _ => stranger(&request, &problem),
    }
}

/// `POST /compte/sign-out`
pub(crate) async fn sign_out(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    match auth::sign_out(&request, &state).await {
        Ok(cookie) => {
            let mut response = see_other(SitePage::Account.path(language_of(&request)));
            let _ = response.add_cookie(&cookie);
            response
        }
        Err(problem) => stranger(&request, &problem),
    }
}

/// `POST /compte/sessions/{id}`: ends it.
pub(crate) async fn end_session(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> HttpResponse {
    let caller = match auth::caller(&request, &state).await {
        Ok(caller) => caller,
        Err(problem) => return stranger(&request, &problem),
    };
    let number = id.parse::<i64>().unwrap_or_default();
    let ended = ask_of(&state.accounts, move |accounts| accounts.end_session(&caller, number));
    match ended.await {
        // what has ended already is as it was to be
        Ok(_) => see_other(SitePage::Account.path(language_of(&request))),
        Err(problem) => stranger(&request, &problem),
    }
}

/// `POST /compte/memberships`: asks for one, or invites somebody to one.
pub(crate) async fn ask(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> HttpResponse {
    let caller = match auth::caller(&request, &state).await {
        Ok(caller) => caller,
        Err(problem) => return stranger(&request, &problem),
    };
    let fields = form(body).await;
    let asked = AskedMembership {
        kind: field(&fields, "kind").to_owned(),
        place: field(&fields, "place").to_owned(),
        role: field(&fields, "role").to_owned(),
        proof: field(&fields, "proof").to_owned(),
        email: field(&fields, "email").to_owned(),
        until: field(&fields, "until").to_owned(),
    };
    let wish = match wish(&request, &state, &asked) {
        Ok(wish) => wish,
        Err(problem) => {
            return account_page(&request, &state, caller, Some((&problem, asked))).await;
        }
    };
    let (by, write) = (caller.clone(), letter(&request));
    let added =
        ask_of(&state.accounts, move |accounts| accounts.ask_membership(&by, &wish, write)).await;
    match added {
        Ok(_) => see_other(SitePage::Account.path(language_of(&request))),
        Err(problem) => account_page(&request, &state, caller, Some((&problem, asked))).await,
    }
}

/// What the form asks for.
fn wish(
    request: &HttpRequest,
    state: &State,
    asked: &AskedMembership,
) -> Result<MembershipWish, Problem> {
    let email = Some(asked.email.trim().to_owned()).filter(|email| !email.is_empty());
    if let Some(email) = &email {
        state.attempts.mail(request, email)?;
    }
    let until = match asked.until.trim() {
        "" => None,
        day => Some(day.parse().map_err(|_| MembershipError::Field("until"))?),
    };
    Ok(MembershipWish {
        scope: place(&asked.kind, &asked.place)?,
        email,
        role: asked.role.clone(),
        proof: asked.proof.clone(),
        until,
    })
}

/// The place that a form names.
fn place(kind: &str, text: &str) -> Result<Scope, Problem> {
    let text: String = text.trim().chars().take(120).collect();
    let unknown = |meant: &[String]| {
        let list = meant.join(", ");
        let or = |one: &str, other: String| if meant.is_empty() { one.to_owned() } else { other };
        Problem::new(
            &INVALID_BODY,
            [
                or(
                    "Aucun lieu ne porte ce nom. Essayez son code : INSEE d'une commune, SIREN des autres.",
                    format!(
                        "Plusieurs lieux sont possibles ; écrivez le code de l'un d'eux : {list}."
                    ),
                ),
                or(
                    "No place has this name. Try its code: INSEE of a commune, SIREN of the others.",
                    format!("Several places are possible; write the code of one of them: {list}."),
                ),
            ],
        )
    };
    if kind == "country" {
        return scopes::country(&text).ok_or_else(|| unknown(&[]));
    }
    scopes::authority(&text).map_err(|meant| unknown(&meant))
}

/// `POST /compte/memberships/{id}`: decides about one.
pub(crate) async fn decide(
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Payload,
    state: web::Data<State>,
) -> HttpResponse {
    let caller = match auth::caller(&request, &state).await {
        Ok(caller) => caller,
        Err(problem) => return stranger(&request, &problem),
    };
    let fields = form(body).await;
    let (by, write) = (caller.clone(), letter(&request));
    let decided = match decision(&id, &fields) {
        Ok((id, wish)) => {
            ask_of(&state.accounts, move |accounts| {
                accounts.decide_membership(&by, id, &wish, write).map(drop)
            })
            .await
        }
        Err(error) => Err(error.into()),
    };
    match decided {
        Ok(()) => see_other(SitePage::Account.path(language_of(&request))),
        Err(problem) => {
            let asked = AskedMembership::default();
            account_page(&request, &state, caller, Some((&problem, asked))).await
        }
    }
}

fn decision(id: &str, fields: &Fields) -> Result<(i64, DecisionWish), MembershipError> {
    let id = id.parse().map_err(|_| MembershipError::Unknown)?;
    let decision = MembershipDecision::from_code(field(fields, "decision"));
    let decision = decision.ok_or(MembershipError::Field("decision"))?;
    let reason = field(fields, "reason").trim();
    let reason = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
    Ok((id, DecisionWish { decision, reason, until: None }))
}

async fn account_page(
    request: &HttpRequest,
    state: &State,
    account: Account,
    refused: Option<(&Problem, AskedMembership)>,
) -> HttpResponse {
    let asked = account.clone();
    let known = ask_of(&state.accounts, move |accounts| {
        let person = accounts.person(&asked)?;
        Ok::<_, Problem>((person, accounts.memberships(&asked)?, accounts.sessions(&asked)?))
    });
    let (person, memberships, sessions) = match known.await {
        Ok(known) => known,
        Err(problem) => return stranger(request, &problem),
    };
    let current = match auth::session(request, state).await {
        Ok(session) => session.map(|session| session.record.id),
        Err(problem) => return stranger(request, &problem),
    };
    let layout = frame(request);
    let status = refused.as_ref().map_or(StatusCode::OK, |(problem, _)| problem.status());
    let page = AccountPage {
        notice: refused.as_ref().map(|(problem, _)| notice(&layout, problem)),
        layout,
        account,
        person,
        current,
        sessions,
        memberships,
        asked: refused.map(|(_, asked)| asked).unwrap_or_default(),
    };
    respond(status).body(html(&page).1)
}

fn link_page(
    request: &HttpRequest,
    status: StatusCode,
    (link, name): (SignInLink, String),
    problem: Option<&Problem>,
) -> HttpResponse {
    let layout = frame(request);
    let page =
        LinkPage { notice: problem.map(|problem| notice(&layout, problem)), layout, link, name };
    respond(status).body(html(&page).1)
}

fn sign_in_page(
    request: &HttpRequest,
    status: StatusCode,
    notice: Option<Notice>,
    is_sent: bool,
) -> HttpResponse {
    let page = AccountSignInPage { layout: frame(request), notice, is_sent };
    respond(status).body(html(&page).1)
}

/// The page to sign in, with what is wrong.
fn stranger(request: &HttpRequest, problem: &Problem) -> HttpResponse {
    let notice = notice(&frame(request), problem);
    sign_in_page(request, problem.status(), Some(notice), false)
}

fn gone() -> Problem {
    Problem::new(
        &LINK_GONE,
        [
            "Un lien sert une fois, pendant un quart d'heure. Demandez-en un autre ci-dessous.",
            "A link works once, for a quarter of an hour. Ask for another one below.",
        ],
    )
}

/// To the account, with the cookie of the session.
fn signed_in(request: &HttpRequest, begun: NewSession) -> HttpResponse {
    let mut response = see_other(SitePage::Account.path(language_of(request)));
    // a header of a name and a value that are ours
    let _ = response.add_cookie(&auth::cookie(request, begun.secret));
    response
}

fn notice(layout: &Layout, problem: &Problem) -> Notice {
    let title = problem.title().get(layout.language).to_owned();
    Notice { title, body: problem.message().get(layout.language).to_owned() }
}

/// The frame of these pages: they are those of one address, whatever form they answer.
fn frame(request: &HttpRequest) -> Layout {
    let language = language_of(request);
    let other = match language {
        Language::French => Language::English,
        Language::English => Language::French,
    };
    let base = layout(request, language);
    let link = request.path().rsplit_once(BEFORE_SECRET).map(|(_, secret)| secret);
    let path = |language| match link {
        Some(secret) => mails::link_path(language, secret),
        None => SitePage::Account.path(language).to_owned(),
    };
    Layout {
        title: base.text("account.title").to_owned(),
        description: base.text("account.description").to_owned(),
        path: path(language),
        alternate_path: path(other),
        no_index: true,
        ..base
    }
}
