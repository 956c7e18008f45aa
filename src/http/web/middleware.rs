//! The middleware around every handler: request ids, headers, CORS, compression, problem documents
//! for errors that no handler reports, metrics.

use std::{
    any::Any,
    panic::AssertUnwindSafe,
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use actix_web::{
    Error, HttpRequest, HttpResponse, ResponseError,
    body::{BodySize, BodyStream, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Method, StatusCode, Uri,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use bytes::Bytes;
use futures_util::{FutureExt, stream};

use crate::http::web::{
    address::{PublicAddress, prefix},
    compression::compress,
    content_coding::Coding,
    limits::in_flight,
    metrics,
    problem::{INVALID_BODY, INVALID_REQUEST, Problem, TOO_LARGE, UNAVAILABLE, URI_TOO_LONG},
    state::State,
};

/// The longest address, in bytes. Two hundred values of a filter fit in.
const MAX_URI_LENGTH: usize = 16 * 1024;
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

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
static PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// Around every handler.
pub(crate) async fn wrap_request(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    let begun = Instant::now();
    let id = request_id(request.headers());
    let response = answer(request, next, &id, begun).await?;
    let (request, response) = response.into_parts();
    let response = into_problem(&request, response, &id);
    let mut response = prefix::below(&PublicAddress::of(&request), response).await;
    add_headers(request.uri(), response.headers_mut(), &id);
    let coding = Coding::wanted(request.headers());
    let mut response = in_flight::count(compress(response, coding).await);
    if request.method() == Method::HEAD && response.body().size() == BodySize::Stream {
        // nobody reads it, so nothing of it is made
        response = response
            .set_body(BoxBody::new(BodyStream::new(stream::empty::<Result<Bytes, Error>>())));
    }
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    metrics::count(request.path(), status, took);
    let (method, path) = (request.method().as_str(), request.path());
    let (took, id) = (took.as_micros() as u64, id.to_str().unwrap_or_default());
    if status >= 500 {
        tracing::warn!(target: "access", id, status, took, "{method} {path}");
    } else {
        tracing::info!(target: "access", id, status, took, "{method} {path}");
    }
    Ok(ServiceResponse::new(request, response))
}

/// What the handler says, if it must be asked. An error is what it could not end to say.
async fn answer(
    request: ServiceRequest,
    next: Next<BoxBody>,
    id: &HeaderValue,
    begun: Instant,
) -> Result<ServiceResponse, Error> {
    if let Some(answer) = short_circuit(&request) {
        return Ok(request.into_response(answer));
    }
    if !is_operation(request.path()) && !in_flight::room().await {
        let texts = [
            "Trop de réponses attendent encore leurs lecteurs ; redemandez dans quelques secondes.",
            "Too many answers still wait for their readers; try again in a few seconds.",
        ];
        let full = Problem::new(&UNAVAILABLE, texts);
        return Ok(request.into_response(full.error_response()));
    }
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let answered = AssertUnwindSafe(async { next.call(request).await });
    let panicked = |panic: Box<dyn Any + Send>| after_panic((&method, &uri), id, begun, &*panic);
    answered.catch_unwind().await.unwrap_or_else(|panic| Err(panicked(panic)))
}

/// The id that a client or a proxy has given, if it is one that can be searched for; else a new
/// one, that no other request of this process and hardly one of another has.
fn request_id(headers: &HeaderMap) -> HeaderValue {
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

/// What no handler needs to be asked.
fn short_circuit(request: &ServiceRequest) -> Option<HttpResponse> {
    let long =
        request.uri().path_and_query().is_some_and(|uri| uri.as_str().len() > MAX_URI_LENGTH);
    if long {
        let problem = Problem::new(
            &URI_TOO_LONG,
            ["L'adresse a plus de 16 384 octets.", "The address has more than 16,384 bytes."],
        );
        return Some(problem.error_response());
    }
    if let Some(answer) = lead(request.request()) {
        return Some(answer);
    }
    let asks = request.method() == Method::OPTIONS;
    if !asks || !is_public(request.path()) {
        return None;
    }
    // RFC 9110, 9.3.7; for browsers the preflight of the Fetch Standard, 4.8
    let methods = methods(request.request())?;
    let mut answer = HttpResponse::NoContent();
    answer
        .insert_header((header::ALLOW, methods))
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, methods))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"));
    if let Some(headers) = request.headers().get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        answer.insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, headers.clone()));
    }
    Some(answer.finish())
}

/// The methods that the address of a request takes, if it is one of the API.
fn methods(request: &HttpRequest) -> Option<&'static str> {
    (request.app_data::<web::Data<State>>()?.methods)(request.path())
}

/// The way to a page in the language that is asked for, if this is not it.
fn lead(request: &HttpRequest) -> Option<HttpResponse> {
    (request.app_data::<web::Data<State>>()?.lead)(request)
}

/// What scripts of any site may read: all but imports, decisions and sessions.
fn is_public(path: &str) -> bool {
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

/// What whoever operates the server asks, which is answered whatever else is going on.
fn is_operation(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz" | "/metrics")
}

/// Whether it is the map for a frame of another site, `?embed=1`: all else is in nobody's frame.
fn is_embedded(uri: &Uri) -> bool {
    let query = uri.query().unwrap_or_default();
    matches!(uri.path(), "/" | "/en/") && query.split('&').any(|pair| pair == "embed=1")
}

/// Gives every error the form of a problem, and a fault of the program the id of its request.
fn into_problem(request: &HttpRequest, response: HttpResponse, id: &HeaderValue) -> HttpResponse {
    let status = response.status();
    if status.as_u16() < 400 {
        return response;
    }
    let wrong_method = matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED);
    if wrong_method
        && let Some(methods) = methods(request)
        && !methods.split(", ").any(|method| method == request.method().as_str())
    {
        let mut answer = Problem::method(request.method().as_str()).error_response();
        answer.headers_mut().insert(header::ALLOW, HeaderValue::from_static(methods));
        return answer;
    }
    let Some(error) = response.error() else { return response };
    match error.as_error::<Problem>() {
        Some(problem) if status.is_server_error() => problem.answer(id.to_str().ok()),
        Some(_) => response,
        None => from_actix_error(status, error).answer(id.to_str().ok()),
    }
}

/// The problem of an error that the server's library has told.
fn from_actix_error(status: StatusCode, error: &Error) -> Problem {
    let kind = match status {
        StatusCode::NOT_FOUND => {
            return Problem::missing([
                "il n'y a rien à cette adresse",
                "there is nothing at this address",
            ]);
        }
        StatusCode::PAYLOAD_TOO_LARGE => &TOO_LARGE,
        status if status.is_server_error() => return Problem::internal(&error.to_string()),
        StatusCode::BAD_REQUEST => &INVALID_REQUEST,
        _ => &INVALID_BODY,
    };
    let detail: String = error.to_string().chars().take(300).collect();
    Problem::new(kind, [&detail, &detail])
}

/// What a client is told in the place of a handler that has panicked. Its request is gone with it:
/// the answer goes to the client as an error of this layer.
fn after_panic(
    (method, uri): (&Method, &Uri),
    id: &HeaderValue,
    begun: Instant,
    panic: &(dyn Any + Send),
) -> Error {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    let id_text = id.to_str().unwrap_or_default();
    let problem =
        Problem::internal(&format!("{method} {} has panicked ({id_text}): {text}", uri.path()));
    let mut answer = problem.answer(Some(id_text));
    add_headers(uri, answer.headers_mut(), id);
    metrics::count(uri.path(), answer.status().as_u16(), begun.elapsed());
    InternalError::from_response(problem, answer).into()
}

fn add_headers(uri: &Uri, headers: &mut HeaderMap, id: &HeaderValue) {
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
    if is_public(uri.path()) {
        add(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        add(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            "ETag, Link, Content-Crs, Content-Disposition, Accept-Ranges, Content-Range, Content-Length, Retry-After, X-Request-Id",
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
    use std::{net::TcpListener, thread};

    use actix_web::{App, HttpServer, middleware::from_fn, rt::System};

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
    fn a_panic_is_a_problem_with_the_id_of_its_request() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/api", listener.local_addr().unwrap());
        thread::spawn(|| {
            let boom = async || -> HttpResponse { panic!("it was not to be") };
            let app =
                move || App::new().wrap(from_fn(wrap_request)).route("/api", web::get().to(boom));
            let server = HttpServer::new(app).workers(1).disable_signals();
            System::new().block_on(server.listen(listener).unwrap().run())
        });
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        // the thread that answers goes on
        for id in ["first", "second"] {
            let mut answer = agent.get(&url).header("X-Request-Id", id).call().unwrap();
            assert_eq!(answer.status(), 500);
            let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
            assert_eq!(header("content-type"), "application/problem+json");
            assert_eq!(
                (header("x-request-id"), header("x-content-type-options")),
                (id.into(), "nosniff".into())
            );
            let problem: serde_json::Value = answer.body_mut().read_json().unwrap();
            assert_eq!(
                (&problem["code"], &problem["request_id"]),
                (&"internal".into(), &id.into())
            );
            assert!(!problem.to_string().contains("it was not to be"));
        }
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
