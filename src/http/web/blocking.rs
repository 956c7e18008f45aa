//! Work beside the threads that answer, which ends soon after the client has gone.

use std::sync::Arc;

use actix_web::web;

use crate::{
    http::web::{params::Params, problem::Problem},
    search::{
        Collection, Filter, Snapshot,
        client::{Client, Waiting},
    },
};

/// Does something that may take long, for a client that may go.
pub(crate) async fn work<T: Send + 'static>(
    work: impl FnOnce(Client) -> T + Send + 'static,
) -> Result<T, Problem> {
    // dropped with this future: the server drops it when the connection is closed
    let waiting = Waiting::new();
    let client = waiting.client();
    let done = web::block(move || work(client)).await;
    done.map_err(|error| Problem::internal(&error.to_string()))
}

/// Does something with a filter: beside where properties must be looked at, which may take
/// seconds, else at once.
pub(crate) async fn filtered<T: Send + 'static>(
    filter: Filter,
    with: impl FnOnce(Filter) -> T + Send + 'static,
) -> Result<T, Problem> {
    if filter.has_expression() {
        work(move |client| with(filter.wanted_by(client))).await
    } else {
        Ok(with(filter))
    }
}

/// Makes the selection of a filter beside, where properties must be looked at. The snapshot keeps
/// it: what follows finds it.
pub(crate) async fn select(
    snapshot: &Arc<Snapshot>,
    params: &Params,
    collection: Collection,
) -> Result<(), Problem> {
    if params.filter.has_expression() {
        let snapshot = Arc::clone(snapshot);
        let select = move |filter: Filter| snapshot.select(&filter, collection).map(drop);
        filtered(params.filter.clone(), select).await??;
    }
    Ok(())
}
