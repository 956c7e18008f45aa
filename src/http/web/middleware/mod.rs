//! The middleware around every handler: request ids, headers, CORS, compression, problem documents
//! for errors that no handler reports, limits, metrics and the log of requests.
//!
//! | file | holds |
//! |---|---|
//! | `headers.rs` | the headers that every answer has |
//! | `access_log.rs` | a line of the log for each request |

pub(crate) mod access_log;
pub(crate) mod headers;

use std::{any::Any, panic::AssertUnwindSafe, rc::Rc, time::Instant};

use actix_web::{
    Error, HttpRequest, HttpResponse, ResponseError,
    body::{BodySize, BodyStream, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Method, StatusCode, Uri,
        header::{self, HeaderValue},
    },
    middleware::Next,
    web,
};
use bytes::Bytes;
use futures_util::{FutureExt, stream};

use crate::http::web::{
    address::{PublicAddress, client_network, prefix},
    compression::compress,
    connections::Connection,
    content_coding::Coding,
    limits::{in_flight, rates::Allowed},
    metrics,
    problem::{
        INVALID_BODY, INVALID_REQUEST, Problem, TOO_LARGE, TOO_MANY_REQUESTS, UNAVAILABLE,
        URI_TOO_LONG,
    },
    state::State,
};
use access_log::AccessLine;
use headers::{is_public, request_id};

pub(crate) use headers::policy_with_tiles;

/// The longest address, in bytes. Two hundred values of a filter fit in.
const MAX_URI_LENGTH: usize = 16 * 1024;
/// Around every handler.
pub(crate) async fn wrap_request(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    let begun = Instant::now();
    let answering = request.conn_data::<Rc<Connection>>().map(Connection::begin_answer);
    let id = request_id(request.headers());
    let allowed = allow(&request);
    let response = answer(request, next, &id, (begun, allowed)).await?;
    let (request, response) = response.into_parts();
    let response = into_problem(&request, response, &id);
    let address = PublicAddress::of(&request);
    let mut response = prefix::below(&address, response).await;
    headers::add(request.uri(), Some(&address), response.headers_mut(), &id);
    if let Some(allowed) = allowed {
        allowed.add_headers(response.headers_mut());
    }
    let coding = Coding::wanted(request.headers());
    let mut response = in_flight::count(compress(response, coding).await);
    let is_head = request.method() == Method::HEAD;
    if is_head && response.body().size() == BodySize::Stream {
        // nobody reads it, so nothing of it is made
        response = response
            .set_body(BoxBody::new(BodyStream::new(stream::empty::<Result<Bytes, Error>>())));
    }
    metrics::count(request.path(), response.status().as_u16(), begun.elapsed());
    let line = AccessLine::of(&request, response.status().as_u16(), &id, begun);
    let response = match answering {
        Some(answering) if !is_head => answering.until_sent(response, line),
        _ => {
            line.write(0, true);
            response
        }
    };
    Ok(ServiceResponse::new(request, response))
}

/// Counts a request of a client; none where no rate is kept.
fn allow(request: &ServiceRequest) -> Option<Allowed> {
    let state = request.app_data::<web::Data<State>>()?;
    if is_operation(request.path()) {
        return None;
    }
    state.rates.count(client_network(request.request())?)
}

/// What the handler says, if it must be asked. An error is what it could not end to say.
async fn answer(
    request: ServiceRequest,
    next: Next<BoxBody>,
    id: &HeaderValue,
    (begun, allowed): (Instant, Option<Allowed>),
) -> Result<ServiceResponse, Error> {
    if allowed.is_some_and(Allowed::is_refused) {
        let texts = [
            "Trop de requêtes en peu de temps ; attendez le temps que dit Retry-After.",
            "Too many requests in a short time; wait as long as Retry-After says.",
        ];
        let refused = Problem::new(&TOO_MANY_REQUESTS, texts);
        return Ok(request.into_response(refused.error_response()));
    }
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

/// What whoever operates the server asks, which is answered whatever else is going on.
fn is_operation(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz" | "/metrics")
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
    let path = access_log::without_secret(uri.path());
    let problem = Problem::internal(&format!("{method} {path} has panicked ({id_text}): {text}"));
    let mut answer = problem.answer(Some(id_text));
    headers::add(uri, None, answer.headers_mut(), id);
    metrics::count(uri.path(), answer.status().as_u16(), begun.elapsed());
    InternalError::from_response(problem, answer).into()
}

#[cfg(test)]
mod tests {
    use std::{net::TcpListener, thread};

    use actix_web::{App, HttpServer, middleware::from_fn, rt::System};

    use super::*;

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
}
