//! Imports over HTTP.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{
    State,
    auth::{self, ask},
    params::{Params, Takes},
    problem::Problem,
};
use crate::{
    atlas::{Jobs, report},
    domain::Role,
};

/// `GET /api/imports`
pub(crate) async fn list(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    auth::require(&request, &state, Role::Reader).await?;
    Params::read(&request, Takes::Nothing)?;
    let imports = ask(&state, Jobs::list).await?;
    let imports: Value = imports.iter().map(report::import_json).collect();
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({"imports": imports})))
}
