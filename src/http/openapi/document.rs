//! Puts the description together: annotations, parameters, problems, headers, schemas.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::http::openapi::{
    Api, downgrade::downgrade, expand::expand, parameters, problems, schemas,
};

/// The server of the written document, relative to where it was found.
const SERVER: &str = r#""servers":[{"url":"/api"}]"#;
/// Where the document begins to say what it is about.
const INFO: &str = r#""info":{"#;
/// The server of what is beside the API, as its path items name it.
const ORIGIN: &str = r#""servers":[{"url":"/"}]"#;

const ABOUT: &str = "\
The register of what French local authorities do abroad: decentralised cooperation, twinnings, one-off actions.\n\n\
Everything that is public can be read without a key, from any site. The collections are those of an OGC API – \
Features; the same filters hold on collections, facets, tiles and exports: several values of one filter mean any of \
them, different filters mean all of them. What changes the register needs a token.\n\n\
Errors are problem documents (RFC 9457). Answers have a strong `ETag`; asked again with `If-None-Match`, what is \
unchanged is not sent again. Every answer has an `X-Request-Id`.";

/// What a header that answers have is for.
const HEADERS: [(&str, &str, &str); 8] = [
    (
        "X-Request-Id",
        "Identifies the request in the server's log; the client's own id if it sent one.",
        "string",
    ),
    ("ETag", "Strong validator of exactly these bytes (RFC 9110, 8.8.3).", "string"),
    ("Vary", "The request headers that the response depends on.", "string"),
    ("Cache-Control", "How caches may store the response.", "string"),
    ("Retry-After", "Seconds after which to try again.", "integer"),
    ("WWW-Authenticate", "How to authenticate.", "string"),
    ("Location", "Location of the import or changeset.", "string"),
    ("Content-Disposition", "Suggested file name.", "string"),
];

/// The description, with a server relative to where it is.
pub(crate) fn text() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| document().to_string());
    &TEXT
}

/// The description of a server with whoever answers for it; its API is at `base`, for example `http://127.0.0.1:8080/api`.
pub(crate) fn text_for(base: &str, contact: Option<&str>) -> String {
    let contact = contact.map(|email| format!(r#""contact":{},"#, json!({"email": email})));
    let servers = |url: &str| format!(r#""servers":{}"#, json!([{"url": url}]));
    text()
        .replacen(INFO, &format!("{INFO}{}", contact.unwrap_or_default()), 1)
        .replacen(SERVER, &servers(base), 1)
        .replace(ORIGIN, &servers(base.strip_suffix("/api").unwrap_or(base)))
}

/// The description, as OpenAPI 3.0.3: its server is the API's landing page, so that a client finds
/// `/collections/{id}/items` where OGC API – Features has it.
pub(crate) fn document() -> Value {
    let mut document = described();
    document["servers"] = json!([{"url": "/api"}]);
    if let Some(paths) = document["paths"].as_object_mut() {
        *paths = std::mem::take(paths).into_iter().map(below_server).collect();
    }
    document
}

/// A path below the server of the API; what is not there names its own.
fn below_server((path, mut item): (String, Value)) -> (String, Value) {
    match path.strip_prefix("/api") {
        Some("") => ("/".to_owned(), item),
        Some(below) => (below.to_owned(), item),
        None => {
            item["servers"] = json!([{"url": "/"}]);
            (path, item)
        }
    }
}

/// The description with whole paths.
pub(super) fn described() -> Value {
    let mut document = serde_json::to_value(Api::openapi()).unwrap_or_default();
    document["info"] = json!({
        "title": "Atlas AECT",
        "version": env!("CARGO_PKG_VERSION"),
        "description": ABOUT,
        "license": {"name": "MIT OR Apache-2.0"},
    });
    document["tags"] = tags();
    let (all, schemas) = (parameters::all(), schemas::all());
    if let Some(paths) = document["paths"].as_object_mut() {
        expand(paths);
    }
    for operation in operations(&mut document) {
        share_parameters(operation, &all);
        require_body(operation, &schemas);
        add_headers(operation);
        // what names no way to sign in needs none
        if operation.get("security").is_none() {
            operation["security"] = json!([]);
        }
    }
    document["components"] = json!({
        "schemas": schemas,
        "parameters": all,
        "headers": headers(),
        "responses": with_request_id(problems::responses()),
        "securitySchemes": {
            "token": {
                "type": "http", "scheme": "bearer",
                "description": "A token created by `atlas token create`.",
            },
            "session": {
                "type": "apiKey", "in": "cookie", "name": "atlas_session",
                "description": "The session cookie, for pages of this server only.",
            },
        },
    });
    downgrade(&mut document);
    document
}

fn tags() -> Value {
    let tag = |(name, description)| json!({"name": name, "description": description});
    [
        ("discover", "Resources and their descriptions."),
        ("features", "Collections, their features, and where each value comes from."),
        ("partnerships", "Partnerships, at the places of their foreign partners."),
        ("links", "Partnerships as lines from the lead authority to the partners."),
        ("collectivities", "French authorities, with counts."),
        ("partners", "Foreign authorities, with counts."),
        ("countries", "Countries, with counts."),
        ("regions", "French regions, with counts."),
        ("directory", "Actors, funding schemes and their calls, and which schemes fit."),
        ("search", "Facet counts and suggestions."),
        ("tiles", "Vector tiles of points and lines."),
        ("export", "Whole selections as files."),
        ("imports", "Upload files, review the planned changes, commit, revert."),
        ("merges", "Decide which records of several sources are one partnership."),
        ("contributions", "Correct, propose, decide, confirm."),
        ("session", "Sign in and out, what one may do, who speaks for whom."),
        ("operation", "For operators of the server."),
    ]
    .map(tag)
    .into_iter()
    .collect()
}

/// Every operation of every path.
fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut().into_iter();
    paths
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
        .flat_map(Map::values_mut)
        .filter(|operation| operation["responses"].is_object())
}

/// Puts references in the place of what an annotation has only named.
fn share_parameters(operation: &mut Value, all: &Map<String, Value>) {
    let Some(list) = operation.get_mut("parameters").and_then(Value::as_array_mut) else { return };
    let mut is_page = false;
    for parameter in list {
        let Some(name) = parameter["name"].as_str().map(str::to_owned) else { continue };
        let is_named_only = parameter["in"] == "query" && parameter.get("schema").is_none();
        if !is_named_only || !all.contains_key(&name) {
            continue;
        }
        is_page |= name == parameters::F_OF_PAGES;
        *parameter = json!({"$ref": format!("#/components/parameters/{name}")});
    }
    if is_page {
        operation["responses"]["200"]["content"]["text/html"] =
            json!({"schema": {"type": "string"}});
    }
}

/// A body must be there if whatever may be in it must be.
fn require_body(operation: &mut Value, schemas: &Map<String, Value>) {
    let Some(kinds) = operation["requestBody"]["content"].as_object() else { return };
    let is_required = |kind: &Value| {
        let name = kind["schema"]["$ref"].as_str().and_then(|name| name.rsplit('/').next());
        name.is_some_and(|name| needs_a_member(&schemas[name]))
    };
    if kinds.values().all(is_required) {
        operation["requestBody"]["required"] = true.into();
    }
}

/// Whether no empty object is of a schema: it has required members, or each of its alternatives has.
fn needs_a_member(schema: &Value) -> bool {
    let alternatives = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array());
    schema.get("required").is_some()
        || alternatives.is_some_and(|all| all.iter().all(needs_a_member))
}

/// The headers that follow from what else an operation answers.
fn add_headers(operation: &mut Value) {
    let is_conditional = operation["responses"].get("304").is_some();
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
        return;
    };
    for (status, response) in responses {
        if response.get("$ref").is_some() {
            continue;
        }
        // one that an annotation names is that of all
        let named = response.get_mut("headers").and_then(Value::as_object_mut);
        for (name, header) in named.into_iter().flatten() {
            if HEADERS.iter().any(|(own, ..)| own == name) {
                *header = json!({"$ref": format!("#/components/headers/{name}")});
            }
        }
        let kept: &[&str] = if status == "200" && is_conditional {
            &["ETag", "Vary", "Cache-Control"]
        } else {
            &[]
        };
        let created: &[&str] =
            if matches!(status.as_str(), "201" | "202") { &["Location"] } else { &[] };
        for name in ["X-Request-Id"].iter().chain(kept).chain(created) {
            response["headers"][name] = json!({"$ref": format!("#/components/headers/{name}")});
        }
    }
}

fn with_request_id(mut responses: Map<String, Value>) -> Map<String, Value> {
    for (name, response) in &mut responses {
        let kept: &[&str] =
            if name == "NotModified" { &["ETag", "Vary", "Cache-Control"] } else { &[] };
        for header in ["X-Request-Id"].iter().chain(kept) {
            response["headers"][header] = json!({"$ref": format!("#/components/headers/{header}")});
        }
    }
    responses
}

fn headers() -> Map<String, Value> {
    let header = |(name, text, kind): (&str, &str, &str)| {
        (name.to_owned(), json!({"description": text, "required": true, "schema": {"type": kind}}))
    };
    HEADERS.map(header).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Operations that an empty body is enough for: an import may be any bytes, the others have defaults.
    const FREE: [&str; 4] =
        ["/imports", "/imports/{id}/commit", "/imports/{id}/plan", "/proposals/{id}/decision"];

    #[test]
    fn a_body_is_required_unless_an_empty_one_is_enough() {
        let document = document();
        let mut free = Vec::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for operation in item.as_object().into_iter().flat_map(Map::values) {
                if operation["requestBody"].is_object()
                    && operation["requestBody"]["required"] != json!(true)
                {
                    free.push(path.as_str());
                }
            }
        }
        free.sort_unstable();
        assert_eq!(free, FREE);
    }
}
