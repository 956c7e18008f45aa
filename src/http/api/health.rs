//! Whether the process lives, and whether it can answer.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::http::{openapi::responses::Plain, web::state::State};

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
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    operation_id = "ready",
    responses(
        (status = 200, description = "There is a snapshot to answer from.",
         body = ref("#/components/schemas/Ready"), content_type = "application/json"),
        Plain,
    ),
)]
pub(crate) async fn ready(state: web::Data<State>) -> HttpResponse {
    let snapshot = state.publisher.snapshot();
    let is_reachable = state.publisher.is_register_reachable();
    HttpResponse::Ok().json(json!({
        "version": snapshot.version(),
        "partnerships": snapshot.len(),
        "database": if is_reachable { "reachable" } else { "unreachable" },
    }))
}
