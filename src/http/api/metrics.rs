//! What the server has done and what it serves, for Prometheus.

use std::{fmt::Write, time::Duration};

use actix_web::{HttpResponse, rt::time::timeout, web};

use crate::{
    atlas::imports::Jobs,
    http::{
        openapi::responses::Plain,
        web::{auth::ask, limits::in_flight, metrics::requests, state::State},
    },
};

/// How long the register is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Get the metrics
///
/// In the text format of Prometheus. A duration ends when the response starts.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operation",
    operation_id = "metrics",
    responses(
        (status = 200, description = "The metrics.", body = String, content_type = "text/plain; version=0.0.4; charset=utf-8"),
        Plain,
    ),
)]
pub(crate) async fn metrics(state: web::Data<State>) -> HttpResponse {
    // what a register that does not answer would say is left out: the rest is wanted all the more
    let imports = timeout(PATIENCE, ask(&state, Jobs::list)).await.ok().and_then(Result::ok);
    let snapshot = state.publisher.snapshot();
    let mut text = requests();
    let mut gauge = |name: &str, help: &str, value: u64| {
        // a text takes every write, here and below
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}");
    };
    gauge(
        "atlas_snapshot_version",
        "Version of the register that is served.",
        snapshot.version() as u64,
    );
    gauge(
        "atlas_snapshot_divergences",
        "How often the register did not hold what was served, and all of it was read again.",
        state.publisher.divergences(),
    );
    gauge(
        "atlas_answer_bytes",
        "Bytes of large answers that clients have not taken yet.",
        in_flight::bytes(),
    );
    gauge(
        "atlas_answers_refused",
        "Requests that were told to come back because too much was on its way.",
        in_flight::refused(),
    );
    gauge(
        "atlas_register_reachable",
        "Whether the register could be read when it was last looked at; 0 means that what is served may be old.",
        u64::from(state.publisher.is_register_reachable()),
    );
    gauge("atlas_snapshot_partnerships", "Partnerships in it.", snapshot.len() as u64);
    text.push_str("# HELP atlas_imports Imports by state.\n# TYPE atlas_imports gauge\n");
    let mut states: Vec<&str> =
        imports.iter().flatten().filter_map(|import| import["state"].as_str()).collect();
    states.sort_unstable();
    for same in states.chunk_by(|a, b| a == b) {
        let _ = writeln!(text, "atlas_imports{{state=\"{}\"}} {}", same[0], same.len());
    }
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .insert_header(("Cache-Control", "no-store"))
        .body(text)
}
