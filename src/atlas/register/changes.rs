//! What has changed since a version of the data, or a time: what a mirror follows.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{Register, RegisterError};
use crate::{
    domain::{PartnershipId, Since},
    search::{Block, PartnershipChange, Snapshot, WrittenRecord},
    storage::{LogRange, LoggedRecord},
};

/// More written records than this are not listed: who follows so far behind copies anew.
const MAX_WRITTEN: u64 = 50_000;

/// What has changed since a version of the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeList {
    /// The version that the reader knows.
    pub since: i64,
    /// The version that it knows afterwards.
    pub version: i64,
    /// In the order of versions, then of ids.
    pub changes: Vec<PartnershipChange>,
    committed: Vec<(i64, DateTime<Utc>)>,
}

impl ChangeList {
    /// When a version was committed.
    pub fn committed_at(&self, version: i64) -> Option<DateTime<Utc>> {
        let place = self.committed.binary_search_by_key(&version, |(version, _)| *version);
        place.ok().map(|place| self.committed[place].1)
    }
}

impl Register {
    /// What has changed between what a reader knows and a snapshot; none where that cannot be
    /// told, or where it is too much: then everything is to be copied anew.
    pub fn changes(
        &self,
        since: Since,
        snapshot: &Arc<Snapshot>,
    ) -> Result<Option<ChangeList>, RegisterError> {
        let version = snapshot.version();
        let mut written = Vec::new();
        let log = self.readers().take()?.change_log((since, version), MAX_WRITTEN, |record| {
            let LoggedRecord { id, source, version, was_there, past } = record;
            let past = past.iter().map(Block::of).collect();
            written.push(WrittenRecord { id, source, version, was_there, past });
        })?;
        let Some(LogRange { since, committed }) = log else { return Ok(None) };
        let changes = snapshot.touched_by(&written);
        Ok(Some(ChangeList { since, version, changes, committed }))
    }

    /// The records that were removed last, each with when; at most so many.
    pub fn last_removed(
        &self,
        most: i64,
    ) -> Result<Vec<(PartnershipId, DateTime<Utc>)>, RegisterError> {
        Ok(self.readers().take()?.last_removed(most)?)
    }
}
