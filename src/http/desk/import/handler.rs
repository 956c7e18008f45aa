//! The pages of importers: forms in, pages and redirects out. Everything that a script does for
//! a reader, these do without one.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};

use crate::{
    atlas::imports::{Jobs, issue_rows::WantedRows},
    domain::{Account, Capability, Language, Role, Severity},
    formats::csv::Profile,
    http::{
        desk::import::{
            document::ImportDocument,
            forms::{document, done, field, form, submit},
            list::{ImportListPage, Notice, SignInPage, Visitor},
            page::{ImportPage, ImportView, ROWS_SHOWN},
        },
        desk::reply::{notice_of, respond, see_other},
        page::{
            layout::Layout,
            reply::{html, language_of, layout},
            site_page::SitePage,
        },
        web::{
            auth::{self, ask},
            problem::Problem,
            sources,
            state::State,
        },
    },
};

/// `GET /import`
pub(crate) async fn list(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    match sources::require_some(&request, &state, Capability::ReadPrivate).await {
        Ok(caller) => list_page(&request, &state, &caller, None).await,
        Err(problem) => stranger(&request, &problem),
    }
}

/// `POST /import/session`
pub(crate) async fn sign_in(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> HttpResponse {
    let language = language_of(&request);
    let fields = form(body).await;
    let to = own_path(field(&fields, "to"), language);
    let known = match auth::refuse_foreign(&request) {
        Ok(()) => {
            let token = field(&fields, "token").trim().to_owned();
            auth::sign_in(&request, &state, token).await
        }
        Err(problem) => Err(problem),
    };
    match known {
        Ok(Some(begun)) => {
            let mut response = see_other(&to);
            // a header of a name and a value that are ours
            let _ = response.add_cookie(&auth::cookie(&request, begun.secret));
            response
        }
        Ok(None) => {
            let layout = frame(&request);
            let notice = Notice {
                title: layout.text("import.sign_in.failed").to_owned(),
                body: layout.text("import.sign_in.failed.body").to_owned(),
            };
            sign_in_page(&request, StatusCode::UNAUTHORIZED, to, Some(notice))
        }
        Err(problem) => {
            let notice = notice_of(&frame(&request), &problem);
            sign_in_page(&request, problem.status(), to, Some(notice))
        }
    }
}

/// `POST /import/sign-out`
pub(crate) async fn sign_out(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    match auth::sign_out(&request, &state).await {
        Ok(cookie) => {
            let mut response = see_other(SitePage::Import.path(language_of(&request)));
            let _ = response.add_cookie(&cookie);
            response
        }
        Err(problem) => stranger(&request, &problem),
    }
}

/// `POST /import`
pub(crate) async fn create(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> HttpResponse {
    let caller = match sources::require_some(&request, &state, Capability::Import).await {
        Ok(caller) => caller,
        Err(problem) => return refused(&request, &state, &problem).await,
    };
    match submit(&request, body, &state, &caller).await {
        Ok(id) => see_other(&format!("{}/{id}", SitePage::Import.path(language_of(&request)))),
        Err(problem) => list_page(&request, &state, &caller, Some(&problem)).await,
    }
}

/// `GET /import/{id}`
pub(crate) async fn show(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> HttpResponse {
    let number = id.parse().unwrap_or_default();
    match sources::require(&request, &state, (Capability::ReadPrivate, number)).await {
        Ok(caller) => import_page(&request, &state, (&caller, &id), None).await,
        Err(problem) => refused(&request, &state, &problem).await,
    }
}

/// `POST /import/{id}/{action}`: `plan`, `commit`, `cancel` or `revert`.
pub(crate) async fn act(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    body: web::Payload,
    state: web::Data<State>,
) -> HttpResponse {
    let (id, action) = path.into_inner();
    let number = id.parse().unwrap_or_default();
    let caller = match sources::require(&request, &state, (Capability::Import, number)).await {
        Ok(caller) => caller,
        Err(problem) => return refused(&request, &state, &problem).await,
    };
    let fields = form(body).await;
    let Ok(number) = id.parse::<i64>() else {
        return import_page(&request, &state, (&caller, &id), None).await;
    };
    let actor = caller.name.clone();
    let done = ask(&state, move |jobs| done(jobs, number, &action, &fields, actor)).await;
    match done {
        Ok(number) => {
            see_other(&format!("{}/{number}", SitePage::Import.path(language_of(&request))))
        }
        Err(problem) => import_page(&request, &state, (&caller, &id), Some(&problem)).await,
    }
}

async fn list_page(
    request: &HttpRequest,
    state: &State,
    caller: &Account,
    problem: Option<&Problem>,
) -> HttpResponse {
    let layout = frame(request);
    let (mut imports, problem) = match ask(state, Jobs::list).await {
        Ok(imports) => (imports, problem.cloned()),
        Err(other) => (Vec::new(), Some(problem.cloned().unwrap_or(other))),
    };
    imports.retain(|import| sources::may(caller, Capability::ReadPrivate, import));
    let page = ImportListPage {
        notice: problem.as_ref().map(|problem| notice_of(&layout, problem)),
        layout,
        visitor: visitor(caller),
        limit: state.jobs.upload_limit(),
        profiles: Profile::names().map(str::to_owned).collect(),
        imports: imports.iter().map(document).collect(),
    };
    respond(problem.map_or(StatusCode::OK, |problem| problem.status())).body(html(&page).1)
}

async fn import_page(
    request: &HttpRequest,
    state: &State,
    (caller, id): (&Account, &str),
    problem: Option<&Problem>,
) -> HttpResponse {
    let Ok(number) = id.parse::<i64>() else {
        let problem = Problem::missing([
            format!("il n'y a pas d'import « {id} »"),
            format!("there is no import “{id}”"),
        ]);
        return list_page(request, state, caller, Some(&problem)).await;
    };
    let view = view(request);
    let wanted = WantedRows {
        severity: [Severity::Error, Severity::Warning]
            .into_iter()
            .find(|severity| severity.code() == view.severity),
        after: view.after,
        limit: ROWS_SHOWN,
    };
    let asked = ask(state, move |jobs| {
        let document = jobs.get(number)?;
        // the file of an import without a plan may be no table
        let rows = document["plan"].is_object().then(|| jobs.issue_rows(number, wanted));
        Ok((document, rows.and_then(Result::ok).map(|rows| rows.to_json())))
    });
    let (value, rows) = match asked.await {
        Ok(asked) => asked,
        Err(missing) => {
            let problem = problem.cloned().unwrap_or(missing);
            return list_page(request, state, caller, Some(&problem)).await;
        }
    };
    let import: ImportDocument = document(&value);
    let layout = frame(request);
    let layout = Layout { title: format!("{} · {}", import.file, layout.title), ..layout };
    let conflicts = problem.and_then(Problem::conflicts).map(|all| &all["records"]);
    let page = ImportPage {
        notice: problem.map(|problem| notice_of(&layout, problem)),
        layout,
        visitor: visitor(caller),
        rows: rows.filter(|_| !import.issue_totals.is_empty()).map(|rows| document(&rows)),
        conflicts: conflicts.map(document).unwrap_or_default(),
        import,
        view,
    };
    let mut response = respond(problem.map_or(StatusCode::OK, Problem::status));
    response.body(html(&page).1)
}

/// Somebody who may not do what they asked for: to sign in, or to be told.
async fn refused(request: &HttpRequest, state: &State, problem: &Problem) -> HttpResponse {
    match auth::who(request, state).await {
        Ok(Some(caller)) => list_page(request, state, &caller, Some(problem)).await,
        _ => stranger(request, problem),
    }
}

/// The page to sign in, in place of one that needs it.
fn stranger(request: &HttpRequest, problem: &Problem) -> HttpResponse {
    let language = language_of(request);
    let to = own_path(request.path(), language);
    // who has not signed in yet has done nothing wrong
    let is_new = problem.status() == StatusCode::UNAUTHORIZED && request.method().is_safe();
    let notice = (!is_new).then(|| notice_of(&frame(request), problem));
    sign_in_page(request, problem.status(), to, notice)
}

fn sign_in_page(
    request: &HttpRequest,
    status: StatusCode,
    to: String,
    notice: Option<Notice>,
) -> HttpResponse {
    let page = SignInPage { layout: frame(request), notice, to };
    // a page to sign in is no failure; its form's refusal is
    let status = if request.method().is_safe() { StatusCode::OK } else { status };
    respond(status).body(html(&page).1)
}

/// The frame of these pages. Their address in the other language is that of the page itself: a
/// form's answer has none of its own.
fn frame(request: &HttpRequest) -> Layout {
    let language = language_of(request);
    let mut layout = layout(request, language);
    if !request.method().is_safe() {
        let path = own_path(page_of(request.path()), language);
        layout.alternate_path = match language {
            Language::French => format!("/en{path}"),
            Language::English => path.trim_start_matches("/en").to_owned(),
        };
        layout.path = path;
    }
    Layout {
        title: layout.text("import.title").to_owned(),
        description: layout.text("import.description").to_owned(),
        no_index: true,
        ..layout
    }
}

/// The page that an action's address belongs to.
fn page_of(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some((page, "plan" | "commit" | "cancel" | "revert" | "session" | "sign-out")) => page,
        _ => path,
    }
}

/// A path of these pages, and of nobody else's.
fn own_path(path: &str, language: Language) -> String {
    let begin = SitePage::Import.path(language);
    let rest = page_of(path).strip_prefix(begin).and_then(|rest| rest.strip_prefix('/'));
    match rest {
        Some(id) if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{begin}/{id}")
        }
        _ => begin.to_owned(),
    }
}

fn view(request: &HttpRequest) -> ImportView {
    let mut view = ImportView::default();
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        match (&*name, &*value) {
            ("severity", "error" | "warning") => view.severity = value.into_owned(),
            ("after", line) => view.after = line.parse().unwrap_or(0),
            ("operation", "created" | "updated" | "removed") => view.operation = value.into_owned(),
            ("from", number) => view.from = number.parse().unwrap_or(0),
            _ => {}
        }
    }
    view
}

fn visitor(caller: &Account) -> Visitor {
    Visitor {
        name: caller.name.clone(),
        role: caller.role().map_or("person", Role::code).to_owned(),
        can_import: caller.grants.has(Capability::Import),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere_after_signing_in() {
        let own = |path| own_path(path, Language::French);
        assert_eq!(own("/import/12"), "/import/12");
        assert_eq!(own("/import/12/commit"), "/import/12");
        for path in ["", "/", "//evil.example", "/import/../x", "/import//evil", "/en/import/12"] {
            assert_eq!(own(path), "/import", "{path}");
        }
        assert_eq!(own_path("/en/import/3", Language::English), "/en/import/3");
    }
}
