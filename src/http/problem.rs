//! Errors as problem documents (RFC 9457).

use std::fmt;

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode};
use serde_json::json;

use crate::search::ParameterError;

/// What went wrong with a request, for whoever sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    status: StatusCode,
    /// Stable, kebab-case.
    code: &'static str,
    title: &'static str,
    detail: String,
    /// The parameters that are wrong, where some are.
    errors: Vec<ParameterError>,
}

impl Problem {
    /// A parameter that cannot be used as it stands.
    pub(crate) fn parameter(error: ParameterError) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code: "invalid-parameter",
            title: "A parameter is not valid",
            detail: error.to_string(),
            errors: vec![error],
        }
    }

    /// Nothing is there.
    pub(crate) fn missing(detail: impl Into<String>) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            code: "not-found",
            title: "Not found",
            detail: detail.into(),
            errors: Vec::new(),
        }
    }

    /// There, but not for this method.
    fn method(method: &str) -> Self {
        Self {
            status: StatusCode::METHOD_NOT_ALLOWED,
            code: "method-not-allowed",
            title: "Method not allowed",
            detail: format!("{method} is not possible here; GET and HEAD are"),
            errors: Vec::new(),
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }
}

impl From<ParameterError> for Problem {
    fn from(error: ParameterError) -> Self {
        Self::parameter(error)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let Self { status, code, title, detail, errors } = self;
        let mut body = json!({
            "type": format!("about:blank#{code}"),
            "title": title,
            "status": status.as_u16(),
            "detail": detail,
            "code": code,
        });
        if !errors.is_empty() {
            let error = |e: &ParameterError| json!({"parameter": e.name, "detail": e.reason});
            body["errors"] = errors.iter().map(error).collect();
        }
        HttpResponse::build(*status)
            .insert_header(("Cache-Control", "no-store"))
            .content_type("application/problem+json")
            .body(body.to_string())
    }
}

/// An address of the API that does not exist, or not for the method.
pub(crate) async fn not_found(request: HttpRequest) -> Result<HttpResponse, Problem> {
    if request.method().is_safe() {
        let path: String = request.path().chars().take(200).collect();
        Err(Problem::missing(format!("there is nothing at {path}; /api lists what there is")))
    } else {
        Err(Problem::method(request.method().as_str()))
    }
}
