//! Whether the process lives, and whether it can answer.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::http::{openapi::responses::Plain, web::state::State};

static DRAINING: AtomicBool = AtomicBool::new(false);

/// Has the server say that it is not ready, though it answers: it is about to stop.
pub fn drain() {
    DRAINING.store(true, Relaxed);
}

/// Whether the server is about to stop.
pub(crate) fn is_draining() -> bool {
    DRAINING.load(Relaxed)
}

/// Check that the process is alive
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operation",
    operation_id = "alive",
    responses(
        (status = 200, description = "The process answers.", body = String, content_type = "text/plain; charset=utf-8"),
        Plain,
    ),
)]
pub(crate) async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// Check that the server is ready
///
/// Where the database cannot be reached the last version is served, so that the server is ready all
/// the same: `database` and `stale_seconds` tell.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    operation_id = "ready",
    responses(
        (status = 200, description = "There is a snapshot to answer from.",
         body = ref("#/components/schemas/Ready"), content_type = "application/json"),
        (status = 503, description = "The server is about to stop: ask another one.",
         body = ref("#/components/schemas/Ready"), content_type = "application/json"),
        Plain,
    ),
)]
pub(crate) async fn ready(state: web::Data<State>) -> HttpResponse {
    let snapshot = state.publisher.snapshot();
    let is_reachable = state.publisher.is_register_reachable();
    let is_draining = is_draining();
    let mut response =
        if is_draining { HttpResponse::ServiceUnavailable() } else { HttpResponse::Ok() };
    response.insert_header(("Cache-Control", "no-store")).json(json!({
        "state": if is_draining { "draining" } else { "ready" },
        "version": snapshot.version(),
        "partnerships": snapshot.len(),
        "database": if is_reachable { "reachable" } else { "unreachable" },
        "stale_seconds": state.publisher.staleness().as_secs(),
        "disk_free_bytes": state.jobs.disk().map(|disk| disk.free),
    }))
}
