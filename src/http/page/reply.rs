//! What handlers of pages share: the frame, the answer, errors.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, http::header, web};
use askama::Template;

use crate::{
    domain::Language,
    http::{
        page::{addresses::in_other_language, error::ErrorPage, layout::Layout},
        text::texts::Texts,
        web::{address::PublicAddress, blocking, conditional, problem::Problem, state::State},
    },
    search::{CancellationToken, Snapshot},
};

pub(crate) use crate::http::web::negotiation::language_of;

/// Any other address.
pub(crate) async fn not_found(request: HttpRequest) -> HttpResponse {
    missing(&request)
}

/// A page that is not there.
pub(crate) fn missing(request: &HttpRequest) -> HttpResponse {
    error(request, language_of(request), StatusCode::NOT_FOUND, None)
}

/// A text of the catalogue.
pub(crate) fn text(language: Language, key: &'static str) -> &'static str {
    Texts::of(language).text(key)
}

pub(crate) fn html(page: &impl Template) -> (StatusCode, String) {
    match page.render() {
        Ok(text) => (StatusCode::OK, text),
        Err(reason) => {
            tracing::error!("a page could not be written: {reason}");
            (StatusCode::INTERNAL_SERVER_ERROR, String::new())
        }
    }
}

pub(crate) fn error(
    request: &HttpRequest,
    language: Language,
    status: StatusCode,
    detail: Option<String>,
) -> HttpResponse {
    let layout = Layout { no_index: true, ..layout(request, language) };
    error_page(ErrorPage { status: status.as_u16(), detail, ..ErrorPage::new(layout) })
}

/// The page of a problem.
pub(crate) fn refused(
    request: &HttpRequest,
    language: Language,
    problem: &Problem,
) -> HttpResponse {
    error(request, language, problem.status(), Some(problem.message().get(language).to_owned()))
}

pub(crate) fn error_page(mut page: ErrorPage) -> HttpResponse {
    page.layout.title = page.message("title").to_owned();
    let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(html(&page).1)
}

pub(crate) fn respond(
    snapshot: &Snapshot,
    request: &HttpRequest,
    page: &impl Template,
) -> HttpResponse {
    conditional::respond(snapshot, request, |response| {
        let (status, text) = html(page);
        response.status(status).content_type("text/html; charset=utf-8").body(text)
    })
}

/// What a page is made from, beside the threads that answer: a large register takes its time.
pub(crate) struct Visit {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) state: web::Data<State>,
    /// The frame of the page, yet without title.
    pub(crate) layout: Layout,
    /// The query of the address.
    pub(crate) query: String,
    /// What cancels the work on it.
    pub(crate) cancellation: CancellationToken,
}

impl Visit {
    pub(crate) fn language(&self) -> Language {
        self.layout.language
    }
}

/// The visit that a request is, once it is known what cancels its work.
pub(crate) fn visit(
    request: &HttpRequest,
    state: &web::Data<State>,
    snapshot: &Arc<Snapshot>,
) -> impl FnOnce(CancellationToken) -> Visit + Send + use<> {
    let (snapshot, state) = (Arc::clone(snapshot), state.clone());
    let layout = layout(request, language_of(request));
    let query = request.query_string().to_owned();
    move |cancellation| Visit { snapshot, state, layout, query, cancellation }
}

/// A page of the register.
pub(crate) async fn page<P: Template>(
    request: &HttpRequest,
    state: &web::Data<State>,
    make: impl FnOnce(&Visit) -> Result<P, Problem> + Send + 'static,
) -> HttpResponse {
    let write = |visit: &Visit| {
        make(visit)?.render().map_err(|reason| Problem::internal(&reason.to_string()))
    };
    written(request, state, "text/html; charset=utf-8", write).await
}

/// A text of the register, unless the client has it already.
pub(crate) async fn written(
    request: &HttpRequest,
    state: &web::Data<State>,
    kind: &'static str,
    write: impl FnOnce(&Visit) -> Result<String, Problem> + Send + 'static,
) -> HttpResponse {
    let snapshot = state.publisher.snapshot();
    let language = language_of(request);
    let text = if conditional::is_current(&snapshot, request) {
        Ok(String::new())
    } else {
        let visit = visit(request, state, &snapshot);
        blocking::run(move |cancellation| write(&visit(cancellation))).await.and_then(|text| text)
    };
    match text {
        Ok(text) => conditional::respond(&snapshot, request, |response| {
            response.content_type(kind).body(text)
        }),
        Err(problem) => refused(request, language, &problem),
    }
}

pub(crate) fn layout(request: &HttpRequest, language: Language) -> Layout {
    let uri = request.uri();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let alternate_path = in_other_language(language, path);
    let state = request.app_data::<web::Data<State>>();
    Layout {
        contact: state.and_then(|state| state.about.contact.clone()),
        language,
        title: String::new(),
        description: String::new(),
        origin: PublicAddress::of(request).root(),
        path: path.to_owned(),
        alternate_path,
        static_base: "/static".to_owned(),
        no_index: false,
        ..Layout::default()
    }
}
