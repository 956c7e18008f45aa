//! Where each value of a partnership comes from.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    State,
    auth::ask,
    conditional,
    params::{Params, Takes},
    problem::Problem,
};
use crate::{
    atlas::{history::History, report},
    domain::PartnershipId,
    search::Snapshot,
};

/// `GET /api/partnerships/{id}/history`
pub(crate) async fn history(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    Params::read(&request, Takes::Nothing)?;
    let snapshot = state.publisher.snapshot();
    let missing = || Problem::missing("there is no partnership with this id");
    let id = id.parse::<PartnershipId>().map_err(|_| missing())?;
    let history = of(&state, &snapshot, id).await?.ok_or_else(missing)?;
    Ok(conditional::respond(&snapshot, &request, |response| {
        response.json(report::history_json(id, &history))
    }))
}

/// The history of a partnership of a snapshot.
pub(super) async fn of(
    state: &web::Data<State>,
    snapshot: &Snapshot,
    id: PartnershipId,
) -> Result<Option<History>, Problem> {
    let Some(record) = snapshot.find(id) else { return Ok(None) };
    let Some((source, key)) = snapshot.source_and_key(record) else { return Ok(None) };
    ask(state, move |jobs| jobs.history(&source, &key)).await
}
