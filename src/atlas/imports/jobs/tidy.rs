//! What becomes of files that nobody needs any more.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use chrono::{TimeDelta, Utc};

use super::{JobError, failure::Failure, shared::Shared};
use crate::{
    atlas::imports::uploads::Upload,
    domain::ImportState,
    storage::{Database, KeptUpload, Step},
};

/// How often it is looked.
const EVERY: Duration = Duration::from_hours(24);
/// How long a file is kept whose import has ended or waits for somebody.
const KEPT: TimeDelta = TimeDelta::days(30);
/// How long an import may wait for a server that has its file and is not there.
const AWAITED: TimeDelta = TimeDelta::days(1);

/// When it was last looked.
#[derive(Default)]
pub(super) struct Calendar(Option<Instant>);

impl Calendar {
    /// Tidies up at the start, and once a day.
    pub(super) fn tidy(&mut self, shared: &Shared, database: &mut Database, folder: &str) {
        if self.0.is_none_or(|last| last.elapsed() > EVERY) {
            self.0 = Some(Instant::now());
            if let Err(error) = tidy(shared, database, folder) {
                tracing::warn!("old files stay for another day: {error}");
            }
        }
    }
}

fn tidy(shared: &Shared, database: &mut Database, folder: &str) -> Result<(), JobError> {
    let mut named = HashSet::new();
    for kept in database.kept_uploads()? {
        if let Some(upload) = look_at(shared, database, folder, &kept)? {
            named.insert(upload);
        }
    }
    Ok(shared.uploads.sweep(&named)?)
}

/// The file of an import, if it is in this folder and stays.
fn look_at(
    shared: &Shared,
    database: &mut Database,
    folder: &str,
    kept: &KeptUpload,
) -> Result<Option<Upload>, JobError> {
    let KeptUpload { import, state, rejected, since, upload } = kept;
    let age = Utc::now() - *since;
    let is_waited_for =
        matches!(state, ImportState::Waiting | ImportState::Checking | ImportState::Committing);
    let upload = Upload::from_code(upload);
    let Some(upload) = upload.filter(|upload| upload.folder() == folder) else {
        if is_waited_for && age > AWAITED {
            let error = Failure::gone().to_json().to_string();
            database.move_job(*import, &[*state], Step::Fail(&error))?;
        }
        return Ok(None);
    };
    let is_done = matches!(state, ImportState::Committed | ImportState::Cancelled);
    let is_old = !is_waited_for && age > KEPT;
    if is_old && *state == ImportState::Planned {
        let error = Failure::expired().to_json().to_string();
        database.move_job(*import, &[ImportState::Planned], Step::Fail(&error))?;
    }
    if is_old || is_done && *rejected == 0 {
        shared.forget(database, *import, &upload)?;
        return Ok(None);
    }
    Ok(Some(upload))
}
