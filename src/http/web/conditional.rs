//! Entity tags and conditional requests (RFC 9110, 8.8.3 and 13.1.2).

use std::hash::{DefaultHasher, Hash, Hasher};

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError,
    http::{
        StatusCode,
        header::{self, EntityTag, Header, IfNoneMatch},
    },
    web,
};

use chrono::Utc;

use crate::{
    http::web::{
        address::PublicAddress,
        content_coding::Coding,
        negotiation::{self, Representation},
        problem::Problem,
        state::State,
    },
    search::Snapshot,
};

/// What a resource's representation depends on, as a strong entity tag.
pub(crate) fn tag(
    snapshot: &Snapshot,
    request: &HttpRequest,
    representation: Representation,
) -> EntityTag {
    let mut hash = DefaultHasher::new();
    (env!("CARGO_PKG_VERSION"), snapshot.fingerprint(), request.uri()).hash(&mut hash);
    // answers say when their snapshot was built
    (representation, snapshot.built_at().timestamp_millis()).hash(&mut hash);
    // the address may leave the language open
    let language = negotiation::is_negotiated(request).then(|| negotiation::language_of(request));
    language.hash(&mut hash);
    // what counts as stale, and the last of the years, change with the day
    Utc::now().date_naive().hash(&mut hash);
    // what is open changes with every deadline
    let state = request.app_data::<web::Data<State>>();
    let directory = state.map(|state| &state.directory);
    directory.map(|one| (one.period(Utc::now()), &one.tag)).hash(&mut hash);
    // links are absolute: they depend on the address that was asked
    PublicAddress::of(request).root().hash(&mut hash);
    EntityTag::new_strong(format!("{}-{:016x}", snapshot.version(), hash.finish()))
}

/// Answers 304 if the client has the representation already, else what `body` makes.
pub(crate) fn respond(
    snapshot: &Snapshot,
    request: &HttpRequest,
    body: impl FnOnce(&mut HttpResponseBuilder) -> HttpResponse,
) -> HttpResponse {
    respond_tagged(&tag(snapshot, request, Representation::Json), request, body)
}

/// The same for a resource with several representations.
pub(crate) fn respond_as(
    representation: Representation,
    snapshot: &Snapshot,
    request: &HttpRequest,
    body: impl FnOnce(&mut HttpResponseBuilder) -> HttpResponse,
) -> HttpResponse {
    vary_by("Accept", respond_tagged(&tag(snapshot, request, representation), request, body))
}

/// The same where there may be a problem in place of a representation with this tag.
pub(crate) fn attempt_as(
    tag: &EntityTag,
    request: &HttpRequest,
    body: impl FnOnce(&mut HttpResponseBuilder) -> Result<HttpResponse, Problem>,
) -> HttpResponse {
    let answer = respond_tagged(tag, request, |response| {
        body(response).unwrap_or_else(|problem| problem.error_response())
    });
    vary_by("Accept", answer)
}

/// Says that the answer depends on more headers of the request.
pub(crate) fn vary_by(names: &str, mut response: HttpResponse) -> HttpResponse {
    let known = response.headers().get(header::VARY).and_then(|vary| vary.to_str().ok());
    let vary = known.map_or_else(|| names.to_owned(), |known| format!("{names}, {known}"));
    if let Ok(vary) = header::HeaderValue::from_str(&vary) {
        response.headers_mut().insert(header::VARY, vary);
    }
    response
}

/// The same where there may be a problem in place of a representation.
pub(crate) fn attempt(
    snapshot: &Snapshot,
    request: &HttpRequest,
    body: impl FnOnce(&mut HttpResponseBuilder) -> Result<HttpResponse, Problem>,
) -> HttpResponse {
    respond(snapshot, request, |response| {
        body(response).unwrap_or_else(|problem| problem.error_response())
    })
}

/// Whether the client has the representation already: [`respond`] will answer 304.
pub(crate) fn is_current(snapshot: &Snapshot, request: &HttpRequest) -> bool {
    known(&tag(snapshot, request, Representation::Json), request).is_some()
}

/// The same for a representation with a tag of its own.
pub(crate) fn respond_tagged(
    tag: &EntityTag,
    request: &HttpRequest,
    body: impl FnOnce(&mut HttpResponseBuilder) -> HttpResponse,
) -> HttpResponse {
    let known = known(tag, request);
    let unchanged = known.is_some();
    let tag = known.unwrap_or_else(|| tag.to_string());
    let mut response = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::ETAG, tag))
        // shared caches may keep it, and must ask whether it is still so
        .insert_header((header::CACHE_CONTROL, "public, no-cache"))
        .insert_header((header::VARY, "Accept-Encoding"));
    let mut answer = if unchanged { response.finish() } else { body(&mut response) };
    if answer.status() == StatusCode::OK && !answer.headers().contains_key(header::CONTENT_LANGUAGE)
    {
        let language = negotiation::language_of(request).code();
        let language = header::HeaderValue::from_static(language);
        answer.headers_mut().insert(header::CONTENT_LANGUAGE, language);
    }
    if negotiation::is_negotiated(request) { vary_by("Accept-Language", answer) } else { answer }
}

/// The tag of a representation that the client has and could be given again: that of the plain
/// bytes, or of the coding that it wants.
fn known(tag: &EntityTag, request: &HttpRequest) -> Option<String> {
    let wanted = Coding::wanted(request.headers());
    let fits = |known: &EntityTag| {
        let (plain, coding) = Coding::split(known.tag());
        known.tag() == tag.tag() || plain == tag.tag() && coding == wanted
    };
    match IfNoneMatch::parse(request).ok()? {
        IfNoneMatch::Any => Some(tag.to_string()),
        IfNoneMatch::Items(tags) => {
            let known = tags.into_iter().find(fits)?;
            Some(EntityTag::new_strong(known.tag().to_owned()).to_string())
        }
    }
}
