//! Records that were removed: their ids lead to what is left of them, which is their history.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    atlas::register::{Register, history::History},
    domain::{ById, DataVersion, PartnershipId},
    http::web::{auth::ask_of, problem::Problem, state::State},
    search::Snapshot,
};

/// Source and key of every removed record, by its id.
type Removed = ById<(String, String)>;

/// The removed records of the version that was last asked for one: ids that never were cost a look
/// at the database once for each version.
#[derive(Default)]
pub(crate) struct Gone(Mutex<Option<(DataVersion, Arc<Removed>)>>);

impl Gone {
    fn of(&self, version: DataVersion) -> Option<Arc<Removed>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(of, _)| *of == version).map(|(_, removed)| Arc::clone(removed))
    }

    fn keep(&self, version: DataVersion, removed: Removed) -> Arc<Removed> {
        let removed = Arc::new(removed);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((version, Arc::clone(&removed)));
        removed
    }
}

/// Source and key of a record that was removed; none of one that never was.
pub(crate) async fn find(
    state: &State,
    snapshot: &Snapshot,
    id: PartnershipId,
) -> Result<Option<(String, String)>, Problem> {
    let version = snapshot.data_version();
    let removed = match state.gone.of(version) {
        Some(removed) => removed,
        None => state.gone.keep(version, ask_of(&state.register, Register::removed).await?),
    };
    Ok(removed.get(&id).cloned())
}

/// The history of a record that was removed.
pub(crate) async fn history(
    state: &State,
    snapshot: &Snapshot,
    id: PartnershipId,
) -> Result<Option<History>, Problem> {
    let Some((source, key)) = find(state, snapshot, id).await? else { return Ok(None) };
    ask_of(&state.register, move |register| register.history(&source, &key)).await
}

/// The problem of an id: that of a record that was removed, or of none.
pub(crate) async fn problem(
    state: &State,
    snapshot: &Snapshot,
    id: &str,
    missing: Problem,
) -> Problem {
    let Ok(id) = id.parse::<PartnershipId>() else { return missing };
    match find(state, snapshot, id).await {
        Ok(Some(_)) => Problem::removed(id),
        Ok(None) => missing,
        Err(problem) => problem,
    }
}
