//! Puts what pages link to below the prefix that a proxy serves the site under.
//!
//! Pages, redirects and scripts write paths from the root of the site. Only where there is a prefix
//! the attributes of a finished page that begin with such a path get it, in this one place: within
//! a page a quotation mark that came from data is escaped, so `="/` is always of an attribute.

use actix_web::{
    HttpResponse,
    body::{BoxBody, to_bytes},
    http::header::{self, HeaderValue},
};
use memchr::memmem;

use crate::http::web::address::PublicAddress;

/// The answer with its links below the prefix, if there is one.
pub(crate) async fn below(address: &PublicAddress, response: HttpResponse) -> HttpResponse {
    let prefix = address.prefix();
    if prefix.is_empty() {
        return response;
    }
    let mut response = response;
    if let Some(to) = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok())
        && is_path(to.as_bytes())
        && let Ok(to) = HeaderValue::from_str(&format!("{prefix}{to}"))
    {
        response.headers_mut().insert(header::LOCATION, to);
    }
    let kind = response.headers().get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        return response;
    }
    let (response, body) = response.into_parts();
    match to_bytes(body).await {
        Ok(page) => response.set_body(BoxBody::new(rooted(&page, prefix))),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

/// A page with its paths below a prefix.
fn rooted(page: &[u8], prefix: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(page.len() + page.len() / 16);
    let mut done = 0;
    for found in memmem::find_iter(page, b"=\"/") {
        let path = found + 2;
        if is_path(&page[path..]) {
            out.extend_from_slice(&page[done..path]);
            out.extend_from_slice(prefix.as_bytes());
            done = path;
        }
    }
    out.extend_from_slice(&page[done..]);
    out
}

/// Whether an address is a path of this site, and not `//host/`.
fn is_path(address: &[u8]) -> bool {
    address.first() == Some(&b'/') && address.get(1) != Some(&b'/')
}

#[cfg(test)]
mod tests {
    use super::rooted;

    #[test]
    fn attributes_that_are_paths_get_the_prefix() {
        let page = br#"<a href="/pays/ML" title="a /b"><img src="/"><a href="//x"><a href="https://y/"> =&quot;/"#;
        let below = br#"<a href="/atlas/pays/ML" title="a /b"><img src="/atlas/"><a href="//x"><a href="https://y/"> =&quot;/"#;
        assert_eq!(rooted(page, "/atlas"), below);
    }
}
