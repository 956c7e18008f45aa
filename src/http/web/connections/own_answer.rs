//! What the HTTP library answers by itself, to what is no request or never comes whole: a status and
//! nothing else. A problem with the headers of every other answer goes out in its place.

use std::{net::IpAddr, time::Duration};

use actix_web::{
    body::MessageBody,
    http::{StatusCode, Uri},
};
use bytes::{Bytes, BytesMut};

use crate::http::web::{
    metrics,
    middleware::{access_log, headers},
    problem::{INVALID_REQUEST, Problem, ProblemKind, TIMEOUT},
};

static HEADERS_TOO_LARGE: ProblemKind = ProblemKind::new(
    "headers-too-large",
    StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
    ["Les en-têtes de la requête sont trop longs", "The headers of the request are too long"],
);

/// The answer in place of one that is the library's own; none for any other bytes.
pub(super) fn replace(bytes: &[u8], peer: Option<IpAddr>) -> Option<Bytes> {
    if !bytes.starts_with(b"HTTP/1.1 4") || !bytes.ends_with(b"\r\n\r\n") {
        return None;
    }
    let head = std::str::from_utf8(bytes).ok()?.strip_suffix("\r\n\r\n")?.to_ascii_lowercase();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok();
    let status = StatusCode::from_u16(status?).ok()?;
    let fields: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(": ")).collect();
    let field = |wanted| fields.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
    // the middleware gives every answer an id; and what has a body is of a handler
    if field("x-request-id").is_some() || field("content-length").is_some_and(|size| size != "0") {
        return None;
    }
    let id = headers::request_id(&actix_web::http::header::HeaderMap::new());
    let mut answer = problem(status).answer(id.to_str().ok());
    headers::add(&Uri::from_static("/"), None, answer.headers_mut(), &id);
    metrics::count("", status.as_u16(), Duration::ZERO);
    let (answer, body) = answer.into_parts();
    let body = body.try_into_bytes().ok()?;
    access_log::malformed(status.as_u16(), body.len(), &id, peer);

    let mut text = BytesMut::from(bytes.split(|byte| *byte == b'\r').next()?);
    let mut add = |name: &[u8], value: &[u8]| {
        for part in [b"\r\n", name, b": ", value] {
            text.extend_from_slice(part);
        }
    };
    add(b"content-length", body.len().to_string().as_bytes());
    add(b"connection", b"close");
    if let Some(at) = head.find("\r\ndate: ") {
        let date = &bytes[at + "\r\ndate: ".len()..];
        add(b"date", date.split(|byte| *byte == b'\r').next().unwrap_or_default());
    }
    for (name, value) in answer.headers() {
        add(name.as_str().as_bytes(), value.as_bytes());
    }
    text.extend_from_slice(b"\r\n\r\n");
    text.extend_from_slice(&body);
    Some(text.freeze())
}

fn problem(status: StatusCode) -> Problem {
    match status {
        StatusCode::REQUEST_TIMEOUT => Problem::new(
            &TIMEOUT,
            [
                "La requête n'est pas arrivée à temps ; recommencez.",
                "The request did not come in time; try again.",
            ],
        ),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Problem::new(
            &HEADERS_TOO_LARGE,
            [
                "Envoyez des en-têtes plus courts, ou moins de témoins de connexion (cookies).",
                "Send shorter headers, or fewer cookies.",
            ],
        ),
        _ => Problem::new(
            &INVALID_REQUEST,
            ["Ce n'est pas une requête HTTP valable.", "This is not a valid HTTP request."],
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_library_s_own_answers_are_replaced() {
        let of = |text: &str| replace(text.as_bytes(), None);
        let own = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\
                   date: Tue, 01 Dec 2026 01:00:00 GMT\r\n\r\n";
        let replaced = String::from_utf8(of(own).unwrap().to_vec()).unwrap();
        let (head, body) = replaced.split_once("\r\n\r\n").unwrap();
        for line in [
            "HTTP/1.1 400 Bad Request",
            "connection: close",
            "date: Tue, 01 Dec 2026 01:00:00 GMT",
            "content-type: application/problem+json",
            "x-content-type-options: nosniff",
            "x-frame-options: DENY",
            &format!("content-length: {}", body.len()),
        ] {
            assert!(head.split("\r\n").any(|one| one == line), "{line} in {head}");
        }
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((&body["code"], &body["status"]), (&"invalid-request".into(), &400.into()));
        for other in [
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nx-request-id: a\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 9\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 4\r\nx-request-id: a\r\n\r\n\r\n\r\n",
            "HTTP/1.1 4",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
