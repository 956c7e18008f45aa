//! Where each value of a partnership comes from.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};

use crate::{
    atlas::register::{document::history_json, history::History},
    domain::PartnershipId,
    http::{
        openapi::{
            parameters::OfNothing,
            responses::{Unavailable, UnchangedOrMissing},
        },
        web::{
            auth::ask_of,
            conditional, gone,
            params::{Params, Takes},
            problem::Problem,
            state::State,
        },
    },
    search::Snapshot,
};

/// Get the history of a partnership
///
/// Every version, newest first, with who made it, when and why; and for each value the change that
/// it comes from. Also of a partnership that was removed.
#[utoipa::path(
    get,
    path = "/api/partnerships/{id}/history",
    tag = "features",
    operation_id = "history",
    params(("id" = String, Path, description = "The id of the partnership.", example = "03h1o37rii3dkep7"), OfNothing),
    responses(
        (status = 200, description = "The versions, newest first.",
         body = ref("#/components/schemas/History"), content_type = "application/json"),
        UnchangedOrMissing,
        Unavailable,
    ),
)]
pub(crate) async fn history(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    Params::read(&request, Takes::Nothing)?;
    let snapshot = state.publisher.snapshot();
    let missing = || {
        Problem::missing([
            "il n'y a pas de partenariat de cet identifiant",
            "there is no partnership with this id",
        ])
    };
    let id = id.parse::<PartnershipId>().map_err(|_| missing())?;
    let history = of(&state, &snapshot, id).await?.ok_or_else(missing)?;
    Ok(conditional::respond(&snapshot, &request, |response| {
        // values and names of columns, as the tables of records have them
        response.insert_header(("Content-Language", "fr")).json(history_json(id, &history))
    }))
}

/// The history of a partnership of a snapshot, or of one that was removed.
pub(crate) async fn of(
    state: &web::Data<State>,
    snapshot: &Arc<Snapshot>,
    id: PartnershipId,
) -> Result<Option<History>, Problem> {
    let records = snapshot.every_record();
    let Some(record) = records.find(id) else {
        return gone::history(state, snapshot, id).await;
    };
    let Some((source, key)) = records.source_and_key(record) else { return Ok(None) };
    ask_of(&state.register, move |register| register.history(&source, &key)).await
}
