//! Entity tags and conditional requests (RFC 9110, 8.8.3 and 13.1.2).

use std::hash::{DefaultHasher, Hash, Hasher};

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::header::{self, EntityTag, Header, IfNoneMatch},
};

use chrono::Utc;

use crate::search::Snapshot;

/// What a resource's representation depends on, as a strong entity tag.
fn tag(snapshot: &Snapshot, request: &HttpRequest) -> EntityTag {
    let mut hash = DefaultHasher::new();
    (env!("CARGO_PKG_VERSION"), snapshot.fingerprint(), request.uri().to_string()).hash(&mut hash);
    // what counts as stale, and the last of the years, change with the day
    Utc::now().date_naive().hash(&mut hash);
    // links are absolute: they depend on the host that was asked
    request.connection_info().host().hash(&mut hash);
    EntityTag::new_strong(format!("{}-{:016x}", snapshot.version(), hash.finish()))
}

/// Answers 304 if the client has the representation already, else what `body` makes.
pub(crate) fn respond(
    snapshot: &Snapshot,
    request: &HttpRequest,
    body: impl FnOnce(&mut HttpResponseBuilder) -> HttpResponse,
) -> HttpResponse {
    respond_tagged(&tag(snapshot, request), request, body)
}

/// The same for a representation with a tag of its own.
pub(crate) fn respond_tagged(
    tag: &EntityTag,
    request: &HttpRequest,
    body: impl FnOnce(&mut HttpResponseBuilder) -> HttpResponse,
) -> HttpResponse {
    let unchanged = match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    };
    let mut response = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::ETAG, tag.to_string()))
        // shared caches may keep it, and must ask whether it is still so
        .insert_header((header::CACHE_CONTROL, "public, no-cache"))
        .insert_header((header::VARY, "Accept-Encoding"));
    if unchanged { response.finish() } else { body(&mut response) }
}
