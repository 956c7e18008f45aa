//! The headers that every answer has: what browsers may do with it, who may read it, its id.

use std::sync::{
    LazyLock,
    atomic::{AtomicU64, Ordering},
};

use actix_web::http::{
    Uri,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};

use crate::http::web::address::PublicAddress;

/// A page may load what this server has, and nothing else; no other site may frame it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; worker-src 'self'; font-src 'self'; \
     manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The policy of a page whose map loads tiles from another origin.
pub(crate) fn policy_with_tiles(tiles: &str) -> String {
    // the scheme, the host and its port: what stands before the third slash
    let origin = tiles.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    ["img-src 'self'", "connect-src 'self'"]
        .iter()
        .fold(CONTENT_SECURITY_POLICY.to_owned(), |policy, from| {
            policy.replace(from, &format!("{from} {origin}"))
        })
}

pub(super) static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
static PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// The id that a client or a proxy has given, if it is one that can be searched for; else a new
/// one, that no other request of this process and hardly one of another has.
pub(crate) fn request_id(headers: &HeaderMap) -> HeaderValue {
    static START: LazyLock<u64> =
        LazyLock::new(|| getrandom::u64().unwrap_or_else(|_| u64::from(std::process::id()) << 32));
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let is_fit = |id: &&HeaderValue| {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':');
        (1..=128).contains(&id.len()) && id.as_bytes().iter().copied().all(allowed)
    };
    if let Some(id) = headers.get(&REQUEST_ID).filter(is_fit) {
        return id.clone();
    }
    let number = START.wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed));
    HeaderValue::from_str(&format!("{number:016x}")).unwrap_or(HeaderValue::from_static("0"))
}

/// What scripts of any site may read: all but imports, decisions and sessions.
pub(super) fn is_public(path: &str) -> bool {
    let below = |root: &str| {
        path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let private = [
        "/api/imports",
        "/api/merges",
        "/api/splits",
        "/api/session",
        "/api/proposals",
        "/api/verifications",
    ];
    // the record itself is corrected there; what is told of it is for everybody
    let record = path.strip_prefix("/api/partnerships/").map(|rest| rest.trim_end_matches('/'));
    let is_private = private.into_iter().any(below) || record.is_some_and(|id| !id.contains('/'));
    (below("/api") && !is_private) || below("/tiles")
}

/// Whether it is the map for a frame of another site, `?embed=1`: all else is in nobody's frame.
fn is_embedded(uri: &Uri) -> bool {
    let query = uri.query().unwrap_or_default();
    matches!(uri.path(), "/" | "/en/") && query.split('&').any(|pair| pair == "embed=1")
}

/// Adds them to an answer, which `address` was asked for.
pub(crate) fn add(
    uri: &Uri,
    address: Option<&PublicAddress>,
    headers: &mut HeaderMap,
    id: &HeaderValue,
) {
    // what an answer says of itself holds
    let mut add = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    add(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    if !is_embedded(uri) {
        add(header::X_FRAME_OPTIONS, "DENY");
    }
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(header::REFERRER_POLICY, "same-origin");
    add(PERMISSIONS_POLICY.clone(), "geolocation=(self), camera=(), microphone=()");
    if address.is_some_and(PublicAddress::is_secure) {
        add(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if is_public(uri.path()) {
        add(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        add(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            "ETag, Link, Content-Crs, Content-Disposition, Accept-Ranges, Content-Range, Content-Length, \
             Retry-After, RateLimit, RateLimit-Policy, X-Request-Id",
        );
    }
    headers.insert(REQUEST_ID.clone(), id.clone());
    if is_embedded(uri)
        && let Some(policy) = headers.get(header::CONTENT_SECURITY_POLICY)
        && let Ok(policy) = policy.to_str()
        && let Ok(policy) =
            HeaderValue::from_str(&policy.replace("frame-ancestors 'none'", "frame-ancestors *"))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kept_if_they_are_sane() {
        let given = |id: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID.clone(), HeaderValue::from_bytes(id.as_bytes()).unwrap());
            request_id(&headers)
        };
        assert_eq!(given("a-1:b_2.c"), "a-1:b_2.c");
        for insane in ["", "a b", "é", "<x>", &"a".repeat(129)] {
            assert_ne!(given(insane), insane);
        }
        assert_ne!(request_id(&HeaderMap::new()), request_id(&HeaderMap::new()));
    }

    #[test]
    fn imports_and_sessions_are_for_no_other_site() {
        for path in ["/api", "/api/", "/api/collections", "/tiles/links/0/0/0.mvt", "/api/importsx"]
        {
            assert!(is_public(path), "{path}");
        }
        for path in [
            "/",
            "/api/imports",
            "/api/imports/1",
            "/api/merges",
            "/api/splits",
            "/api/session",
            "/api/proposals/1",
            "/api/verifications",
            "/api/partnerships/03h1o37rii3dkep7",
            "/apix",
            "/metrics",
        ] {
            assert!(!is_public(path), "{path}");
        }
    }
}
