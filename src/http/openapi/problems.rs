//! Problem documents, from the kinds of problems.

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use serde_json::{Map, Value, json};

use crate::http::{
    openapi::responses::name,
    web::problem::{KINDS, ProblemKind},
};

/// `components/responses`: of each status, the problems that have it; and the 304.
pub(crate) fn responses() -> Map<String, Value> {
    let mut statuses: BTreeMap<StatusCode, Vec<&ProblemKind>> = BTreeMap::new();
    for kind in KINDS {
        statuses.entry(kind.status()).or_default().push(kind);
    }
    let mut responses: Map<String, Value> =
        statuses.into_iter().map(|(status, kinds)| of_status(status, &kinds)).collect();
    responses.insert(
        name(304),
        json!({"description": "Not modified: a tag of `If-None-Match` matches the representation."}),
    );
    responses
}

fn of_status(status: StatusCode, kinds: &[&ProblemKind]) -> (String, Value) {
    let titles: Vec<String> =
        kinds.iter().map(|kind| format!("{} (`{}`).", kind.title(), kind.code())).collect();
    let mut headers = Map::new();
    for (header, _) in kinds.iter().filter_map(|kind| kind.header()) {
        headers
            .insert(header.to_owned(), json!({"$ref": format!("#/components/headers/{header}")}));
    }
    let codes: Vec<&str> = kinds.iter().map(|kind| kind.code()).collect();
    let response = json!({
        "description": titles.join(" "),
        "headers": headers,
        "content": {"application/problem+json": {"schema": {"allOf": [
            {"$ref": "#/components/schemas/Problem"},
            {"type": "object", "properties": {
                "status": {"type": "integer", "enum": [status.as_u16()]},
                "code": {"type": "string", "enum": codes},
            }},
        ]}}},
    });
    (name(status.as_u16()), response)
}

/// Every code of a problem, once.
pub(crate) fn codes() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.code()).collect()
}
