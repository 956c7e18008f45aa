//! Runs blocking work off the async workers; cancelled when the client disconnects.

use std::sync::Arc;

use actix_web::web;

use crate::{
    http::web::problem::Problem,
    search::{
        CancellationGuard, CancellationToken, Collection, Filter, Query, Selection, Snapshot,
    },
};

/// Runs a task that may take long; its token is cancelled once the client has disconnected.
pub(crate) async fn run<T: Send + 'static>(
    task: impl FnOnce(CancellationToken) -> T + Send + 'static,
) -> Result<T, Problem> {
    // dropped with this future: the server drops it when the connection is closed
    let guard = CancellationGuard::default();
    let token = guard.token();
    let done = web::block(move || task(token)).await;
    done.map_err(|error| Problem::internal(&error.to_string()))
}

/// Runs a task with a filter: off the async workers where properties must be evaluated, which may
/// take seconds, else at once.
pub(crate) async fn run_query<T: Send + 'static>(
    filter: Filter,
    task: impl FnOnce(&Query) -> T + Send + 'static,
) -> Result<T, Problem> {
    if filter.has_expression() {
        run(move |token| task(&Query::new(filter, token))).await
    } else {
        Ok(task(&filter.into()))
    }
}

/// Selects what a filter wants of a collection.
pub(crate) async fn select(
    snapshot: &Arc<Snapshot>,
    filter: Filter,
    collection: Collection,
) -> Result<Selection, Problem> {
    let snapshot = Arc::clone(snapshot);
    Ok(run_query(filter, move |query| snapshot.select(query, collection)).await??)
}

/// The selection of a filter where making it takes long; none where it is fast enough to be made
/// when it is needed.
pub(crate) async fn select_ahead(
    snapshot: &Arc<Snapshot>,
    filter: &Filter,
    collection: Collection,
) -> Result<Option<Selection>, Problem> {
    if !filter.has_expression() {
        return Ok(None);
    }
    select(snapshot, filter.clone(), collection).await.map(Some)
}
