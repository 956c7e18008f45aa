//! Runs blocking work off the async workers; cancelled when the client disconnects.

use std::{
    num::NonZeroUsize,
    sync::{Arc, LazyLock},
    thread,
    time::Duration,
};

use actix_web::{rt::time::timeout, web};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{
    http::web::problem::{Problem, UNAVAILABLE},
    search::{
        CancellationGuard, CancellationToken, Collection, Filter, Query, Selection, Snapshot,
    },
};

/// How long a task waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// The turn to run a task: as many run at a time as there are cores, so that the threads that answer
/// are not starved; the others wait, and are told to come back.
async fn turn() -> Result<SemaphorePermit<'static>, Problem> {
    static TURNS: LazyLock<Semaphore> = LazyLock::new(|| {
        Semaphore::new(thread::available_parallelism().map_or(1, NonZeroUsize::get))
    });
    let busy = || {
        Problem::new(
            &UNAVAILABLE,
            [
                "D'autres demandes coûteuses sont en cours ; redemandez dans quelques secondes.",
                "Other costly requests are being answered; try again in a few seconds.",
            ],
        )
    };
    let turn = timeout(PATIENCE, TURNS.acquire()).await;
    turn.ok().and_then(Result::ok).ok_or_else(busy)
}

/// Runs a task that may take long; its token is cancelled once the client has disconnected.
pub(crate) async fn run<T: Send + 'static>(
    task: impl FnOnce(CancellationToken) -> T + Send + 'static,
) -> Result<T, Problem> {
    let _turn = turn().await?;
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
