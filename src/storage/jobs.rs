//! Imports that are prepared before they are committed: rows of `imports` that move from state to
//! state. Every move names the states that it may start from, so that of two who want to move the
//! same import one wins and the other is told.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods,
    OptionalExtension, QueryDsl, RunQueryDsl, TextExpressionMethods,
};

use super::{
    Database, StorageError, changesets,
    connection::AnyConnection,
    imports,
    schema::imports::{dsl, table},
};
use crate::domain::{ImportRecord, ImportState, Issue, Mode, Outcome};

/// A file that has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Who keeps the records, as far as is known.
    pub source: String,
    /// Name of the file, without folder.
    pub file: String,
    /// What becomes of absent records.
    pub mode: Mode,
    /// Who sent it.
    pub actor: String,
    /// What was asked, as JSON.
    pub request: String,
    /// Where the file is.
    pub upload: String,
}

/// An import with what it was prepared from.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// What is kept of every import.
    pub record: ImportRecord,
    /// What was asked, as JSON; none for those of the command line.
    pub request: Option<String>,
    /// What it changes, as JSON, once that is known.
    pub plan: Option<String>,
    /// Why it failed, as JSON.
    pub error: Option<String>,
    /// Where its file is, as long as that is kept.
    pub upload: Option<String>,
}

/// A move from one state to another.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// It waits to be planned anew: with this source, mode and request.
    Wait(&'a str, Mode, &'a str),
    /// Somebody is at it.
    Check,
    /// It is to be written: with this request.
    Commit(&'a str),
    /// It failed: why, as JSON.
    Fail(&'a str),
    /// Nobody wants it any more.
    Cancel,
}

/// What came of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// It is where it was to go.
    Yes,
    /// It is in a state from which there is no such move.
    No(ImportState),
    /// There is no such import.
    Unknown,
}

/// What planning has found.
#[derive(Debug)]
pub struct Planned<'a> {
    /// `Planned`, or `Committing` where nobody has to be asked.
    pub state: ImportState,
    /// Who keeps the records.
    pub source: &'a str,
    /// SHA-256 of the file.
    pub sha256: &'a str,
    /// How many of each.
    pub outcome: &'a Outcome,
    /// What was asked, as JSON.
    pub request: &'a str,
    /// What it changes, as JSON.
    pub plan: &'a str,
    /// The issues, in the order of the file.
    pub issues: &'a [Issue],
}

/// An import whose file is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptUpload {
    /// Which import.
    pub import: i64,
    /// How far it is.
    pub state: ImportState,
    /// Rows with an error, as far as is known.
    pub rejected: u64,
    /// When it ended, or began.
    pub since: DateTime<Utc>,
    /// Where the file is.
    pub upload: String,
}

/// How many imports there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportCounts {
    /// By the code of their state.
    pub states: Vec<(String, u64)>,
    /// When the oldest has come that waits for its turn.
    pub waiting_since: Option<DateTime<Utc>>,
}

#[derive(AsChangeset, Default)]
#[expect(clippy::option_option, reason = "left as it is, or else a text or nothing")]
#[diesel(table_name = super::schema::imports)]
struct Changes<'a> {
    state: &'a str,
    source: Option<&'a str>,
    mode: Option<&'a str>,
    finished_at: Option<NaiveDateTime>,
    request: Option<&'a str>,
    plan: Option<Option<&'a str>>,
    error: Option<Option<&'a str>>,
}

impl<'a> From<Step<'a>> for Changes<'a> {
    fn from(step: Step<'a>) -> Self {
        let now = changesets::stored(Utc::now());
        match step {
            Step::Wait(source, mode, request) => Self {
                state: ImportState::Waiting.code(),
                source: Some(source),
                mode: Some(mode.code()),
                request: Some(request),
                plan: Some(None),
                error: Some(None),
                ..Self::default()
            },
            Step::Check => Self { state: ImportState::Checking.code(), ..Self::default() },
            Step::Commit(request) => Self {
                state: ImportState::Committing.code(),
                request: Some(request),
                ..Self::default()
            },
            Step::Fail(error) => Self {
                state: ImportState::Failed.code(),
                error: Some(Some(error)),
                finished_at: Some(now),
                ..Self::default()
            },
            Step::Cancel => Self {
                state: ImportState::Cancelled.code(),
                finished_at: Some(now),
                ..Self::default()
            },
        }
    }
}

impl Database {
    /// Notes a file that has come; the number of its import. Waits for another writer, as
    /// [`Self::write`] does, because numbers are given by one at a time.
    pub fn add_job(&mut self, job: &NewJob) -> Result<i64, StorageError> {
        self.alone(|connection| imports::add_job(connection, job))
    }

    /// One import with everything about it.
    pub fn job(&mut self, id: i64) -> Result<Option<Job>, StorageError> {
        let Some(mut job) = self.brief_job(id)? else { return Ok(None) };
        job.plan = self.import_plan(id)?;
        Ok(Some(job))
    }

    /// The same without its plan, which may be long.
    pub fn brief_job(&mut self, id: i64) -> Result<Option<Job>, StorageError> {
        let Some(record) = self.import(id)? else { return Ok(None) };
        let columns = (dsl::request, dsl::error, dsl::upload);
        let row = self.statement("read the import", |connection| {
            table.find(id).select(columns).first(connection).optional()
        })?;
        // a changeset of another cause was asked nothing, and has no file
        let (request, error, upload) = row.unwrap_or_default();
        Ok(Some(Job { record, request, plan: None, error, upload }))
    }

    /// All imports, newest first, without their plans.
    pub fn jobs(&mut self) -> Result<Vec<Job>, StorageError> {
        type Columns = (i64, Option<String>, Option<String>, Option<String>);
        let rows: Vec<Columns> = self.statement("read the imports", |connection| {
            table.select((dsl::id, dsl::request, dsl::error, dsl::upload)).load(connection)
        })?;
        let mut about: HashMap<i64, _> = rows
            .into_iter()
            .map(|(id, request, error, upload)| (id, (request, error, upload)))
            .collect();
        let records = self.imports()?.into_iter();
        let jobs = records.map(|record| {
            let (request, error, upload) = about.remove(&record.id).unwrap_or_default();
            Job { record, request, plan: None, error, upload }
        });
        Ok(jobs.collect())
    }

    /// How many imports are in each state, and when the oldest of those that wait has come.
    pub fn import_counts(&mut self) -> Result<ImportCounts, StorageError> {
        let states: Vec<(String, i64)> = self.statement("count the imports", |connection| {
            table
                .group_by(dsl::state)
                .select((dsl::state, diesel::dsl::count_star()))
                .load(connection)
        })?;
        let oldest: Option<NaiveDateTime> = self.statement("count the imports", |connection| {
            table
                .filter(dsl::state.eq(ImportState::Waiting.code()))
                .select(diesel::dsl::min(dsl::started_at))
                .first(connection)
        })?;
        let states = states.into_iter().map(|(state, count)| (state, count as u64)).collect();
        Ok(ImportCounts { states, waiting_since: oldest.map(|moment| moment.and_utc()) })
    }

    /// The oldest import that is to be planned or committed and whose file is in this folder.
    pub fn next_job(&mut self, folder: &str) -> Result<Option<i64>, StorageError> {
        let [waiting, checking, committing] =
            [ImportState::Waiting, ImportState::Checking, ImportState::Committing]
                .map(ImportState::code);
        self.statement("look for imports to be done", |connection| {
            table
                .filter(dsl::upload.like(format!("{folder}/%")))
                .filter(
                    dsl::state
                        .eq(waiting)
                        .or(dsl::state.eq(checking))
                        .or(dsl::state.eq(committing)),
                )
                .order(dsl::id)
                .select(dsl::id)
                .first(connection)
                .optional()
        })
    }

    /// Keeps what is asked of an import that is being done.
    pub fn note_request(&mut self, id: i64, request: &str) -> Result<(), StorageError> {
        let [checking, committing] =
            [ImportState::Checking, ImportState::Committing].map(ImportState::code);
        self.statement("note the import", |connection| {
            let running = dsl::state.eq(checking).or(dsl::state.eq(committing));
            diesel::update(table.find(id).filter(running))
                .set(dsl::request.eq(request))
                .execute(connection)
        })
        .map(drop)
    }

    /// Moves an import, if it is in one of the states `from`.
    pub fn move_job(
        &mut self,
        id: i64,
        from: &[ImportState],
        step: Step<'_>,
    ) -> Result<Moved, StorageError> {
        loop {
            let Some(state) = self.import(id)?.map(|record| record.state) else {
                return Ok(Moved::Unknown);
            };
            if !from.contains(&state) {
                return Ok(Moved::No(state));
            }
            let moved = self.statement("move the import", |connection| {
                diesel::update(table.find(id).filter(dsl::state.eq(state.code())))
                    .set(Changes::from(step))
                    .execute(connection)
            })?;
            // else somebody was quicker: look again
            if moved > 0 {
                return Ok(Moved::Yes);
            }
        }
    }

    /// Keeps what planning has found; whether the import was still being checked.
    pub fn plan_job(&mut self, id: i64, planned: &Planned<'_>) -> Result<bool, StorageError> {
        self.alone(|connection| {
            let changes = Changes {
                state: planned.state.code(),
                source: Some(planned.source),
                request: Some(planned.request),
                plan: Some(Some(planned.plan)),
                error: Some(None),
                ..Changes::default()
            };
            let checking = dsl::state.eq(ImportState::Checking.code());
            let moved = diesel::update(table.find(id).filter(checking))
                .set((changes, dsl::sha256.eq(planned.sha256)))
                .execute(connection)
                .map_err(StorageError::when("keep the plan of the import"))?;
            if moved == 0 {
                return Ok(false);
            }
            imports::keep_outcome(connection, id, planned.outcome)?;
            imports::remove_issues(connection, id)?;
            imports::add_issues(connection, id, 0, planned.issues)?;
            Ok(true)
        })
    }

    /// The imports whose files are kept.
    pub fn kept_uploads(&mut self) -> Result<Vec<KeptUpload>, StorageError> {
        type Columns = (i64, String, i64, NaiveDateTime, Option<String>);
        let rows: Vec<Columns> = self.statement("read the imports", |connection| {
            table
                .filter(dsl::upload.is_not_null())
                .select((dsl::id, dsl::state, dsl::rejected, dsl::finished_at, dsl::upload))
                .load(connection)
        })?;
        let kept = rows.into_iter().filter_map(|(import, state, rejected, since, upload)| {
            let state = ImportState::from_code(&state)
                .ok_or(StorageError::UnknownTerm { vocabulary: "import state", code: state });
            let (rejected, since) = (rejected as u64, since.and_utc());
            let upload = upload?;
            Some(state.map(|state| KeptUpload { import, state, rejected, since, upload }))
        });
        kept.collect()
    }

    /// Notes that the file of an import is kept no longer.
    pub fn forget_upload(&mut self, id: i64) -> Result<(), StorageError> {
        self.statement("forget the file of the import", |connection| {
            diesel::update(table.find(id))
                .set(dsl::upload.eq(None::<String>))
                .execute(connection)
                .map(drop)
        })
    }
}

/// Where the files are of all imports that have one.
pub(super) fn uploads(connection: &mut AnyConnection) -> Result<Vec<String>, StorageError> {
    table
        .filter(dsl::upload.is_not_null())
        .order(dsl::id)
        .select(dsl::upload.assume_not_null())
        .load(connection)
        .map_err(StorageError::when("read the imports"))
}
