//! What a changeset changes: rows and history together, in the one writing transaction.

use std::thread::Scope;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods, RunQueryDsl};
use serde_json::json;

use super::{
    Audit, Known, NewChangeset, NewImport, StorageError, View, accounts,
    authorities::AuthorityRows,
    background::Background,
    changes,
    changesets::{self, ChangesetRow},
    connection::AnyConnection,
    identity, imports, postgres, record_writer,
    schema::dataset,
};
use crate::domain::{Cause, ContentHash, DataVersion, Issue, Operation, Outcome, Partnership};

/// The only one who changes the database, for the time of one transaction.
///
/// [`Self::begin`] comes first, then changes in slices of any size; the changeset is closed when
/// the transaction is committed. An import has [`Self::begin_import`], issues beside its changes,
/// and [`Self::finish_import`] last. A transaction has one changeset, and a record may be changed
/// once in it.
pub struct Writer<'c> {
    pub(super) background: Background<'c>,
    step: usize,
    open: Option<Open>,
    pub(super) authorities: AuthorityRows,
    pub(super) last_row: Option<i64>,
    changed: Option<changes::Rows>,
    /// The version that the transaction makes, once it is known.
    made: Option<DataVersion>,
}

/// The changeset that is being written.
pub(super) struct Open {
    pub(super) id: i64,
    changeset: NewChangeset,
    started_at: DateTime<Utc>,
    /// What it has changed so far.
    outcome: Outcome,
    plan: Option<String>,
    /// Where it is an import's.
    import: Option<OpenImport>,
}

#[derive(Default)]
struct OpenImport {
    /// How many are kept.
    issues: i32,
    /// When it was finished: nothing more is changed.
    finished_at: Option<NaiveDateTime>,
}

/// What a record is to say, and the line of the import's file that says it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The record.
    pub partnership: &'a Partnership,
    /// Its hash.
    pub hash: ContentHash,
    /// Counted from 1.
    pub line: Option<u64>,
}

/// A record from one state to the next.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// What the database knows of it; nothing where it never was.
    pub known: Option<Known>,
    /// What it says now; nothing where it is not there.
    pub before: Option<&'a Partnership>,
    /// What it is to say; nothing where it is to go.
    pub after: Option<Entry<'a>>,
}

impl<'c> Writer<'c> {
    pub(super) fn new<'s>(scope: &'s Scope<'s, '_>, connection: &'c mut AnyConnection) -> Self
    where
        'c: 's,
    {
        let step = match connection {
            AnyConnection::Sqlite(_) => 0,
            AnyConnection::Postgres(_) => record_writer::NEW,
        };
        Self {
            background: Background::new(scope, connection),
            step,
            open: None,
            authorities: AuthorityRows::default(),
            last_row: None,
            changed: None,
            made: None,
        }
    }

    /// The register as the changes so far make it.
    pub fn view(&mut self) -> View<'_> {
        View(self.connection())
    }

    /// How many changes are best made at once: PostgreSQL spends on each `COPY` what it spends on
    /// a thousand rows, SQLite likes them while they are fresh in the processor's cache.
    pub fn step(&self) -> usize {
        self.step
    }

    /// The connection, once everything that was to be written is.
    pub(super) fn connection(&mut self) -> &mut AnyConnection {
        self.background.connection()
    }

    /// Has rows written while others are prepared.
    pub(super) fn write(
        &mut self,
        batch: impl FnOnce(&mut AnyConnection) -> Result<(), StorageError> + Send + 'static,
    ) -> Result<(), StorageError> {
        self.background.write(Box::new(batch))
    }

    /// Waits until everything is written; why something was not.
    pub(super) fn written(&mut self) -> Result<(), StorageError> {
        self.background.finished()
    }

    /// Begins the changeset that the following changes belong to; returns its id.
    pub fn begin(&mut self, changeset: &NewChangeset) -> Result<i64, StorageError> {
        let id = changesets::next_id(self.connection())?;
        self.open(id, changeset.clone(), Utc::now(), None)
    }

    /// Begins the changeset of an import; returns the number of both.
    pub fn begin_import(&mut self, import: &NewImport) -> Result<i64, StorageError> {
        let id = imports::begin(self.connection(), import)?;
        let NewImport { source, actor, started_at, .. } = import.clone();
        let changeset =
            NewChangeset { cause: Cause::Import, source: Some(source), actor, undoes: None };
        self.open(id, changeset, started_at, Some(OpenImport::default()))
    }

    fn open(
        &mut self,
        id: i64,
        changeset: NewChangeset,
        started_at: DateTime<Utc>,
        import: Option<OpenImport>,
    ) -> Result<i64, StorageError> {
        if self.open.is_some() {
            return Err(StorageError::SecondChangeset);
        }
        let outcome = Outcome::default();
        self.open = Some(Open { id, changeset, started_at, outcome, plan: None, import });
        Ok(id)
    }

    /// Writes changes, and keeps what the records were before.
    pub fn change(&mut self, changes: &[Change<'_>]) -> Result<(), StorageError> {
        let (mut new, mut known) = (Vec::new(), Vec::new());
        let outcome = &mut self.changeset()?.outcome;
        for change in changes {
            let after = change.after.map(|entry| entry.partnership);
            match Operation::between(change.before, after) {
                Some(Operation::Created) => outcome.created += 1,
                Some(Operation::Updated) => outcome.updated += 1,
                Some(Operation::Removed) => outcome.removed += 1,
                None => {}
            }
            match (change.known, change.after) {
                (None, Some(entry)) => new.push(entry),
                (None, None) => {}
                (Some(before), _) => known.push((before, change)),
            }
        }
        // no small rest: while it is written, little is prepared
        let parts = (new.len() / record_writer::NEW).max(1);
        for entries in new.chunks(new.len().div_ceil(parts).max(1)) {
            self.add(entries)?;
        }
        for changes in known.chunks(record_writer::CHANGED) {
            self.replace(changes)?;
        }
        Ok(())
    }

    /// Keeps issues of the import, after those kept before.
    pub fn issues(&mut self, issues: &[Issue]) -> Result<(), StorageError> {
        let (id, import) = self.import()?;
        if issues.is_empty() {
            return Ok(());
        }
        let from = import.issues;
        import.issues += issues.len() as i32;
        imports::add_issues(self.connection(), id, from, issues)
    }

    /// The version of the data once the transaction is committed.
    pub fn version_to_be(&mut self) -> Result<DataVersion, StorageError> {
        let now = identity::current(self.connection())?;
        match self.made {
            _ if self.changed.is_none() => Ok(now),
            Some(made) => Ok(made),
            None => {
                let made = DataVersion { number: now.number + 1, id: identity::random()?, ..now };
                self.made = Some(made);
                Ok(made)
            }
        }
    }

    /// Notes how many records the changeset found as they were to be, and what it changed, as
    /// JSON: for one that is no import.
    pub fn describe(&mut self, unchanged: u64, plan: String) -> Result<(), StorageError> {
        let open = self.changeset()?;
        open.outcome.unchanged = unchanged;
        open.plan = Some(plan);
        Ok(())
    }

    /// Notes what the import did, and when; `sha256` is that of the file's bytes, in lower-case
    /// hexadecimal, `plan` what it changed, as JSON.
    pub fn finish_import(
        &mut self,
        outcome: &Outcome,
        sha256: &str,
        plan: &str,
    ) -> Result<(), StorageError> {
        let (id, import) = self.import()?;
        let now = changesets::stored(Utc::now());
        import.finished_at = Some(now);
        if let Some(open) = &mut self.open {
            open.outcome.unchanged = outcome.unchanged;
        }
        imports::finish(self.connection(), id, now, outcome, (sha256, plan))
    }

    /// Closes the changeset, and raises the version if a record was changed; the transaction can
    /// be committed then.
    pub(super) fn finish(mut self) -> Result<(), StorageError> {
        self.written()?;
        let Some(open) = self.open.take() else { return Ok(()) };
        let Open { id, changeset, started_at, outcome, plan, import } = open;
        let at = match import {
            Some(import) => import.finished_at.ok_or(StorageError::NoChangeset)?,
            None => changesets::stored(Utc::now()),
        };
        let mut raised = None;
        if self.changed.is_some() {
            let made = self.version_to_be()?;
            diesel::update(dataset::table)
                .set(dataset::version.eq(made.number))
                .execute(self.connection())
                .map_err(StorageError::when("raise the version"))?;
            raised = Some(made);
        }
        let NewChangeset { cause, source, actor, undoes } = changeset;
        let audit = Audit {
            actor: actor.clone(),
            action: cause.code(),
            object: format!("changeset {id}"),
            details: json!({
                "source": source, "undoes": undoes, "created": outcome.created,
                "updated": outcome.updated, "removed": outcome.removed,
            }),
        };
        accounts::append(self.connection(), &audit)?;
        let row = ChangesetRow {
            id,
            cause: cause.code().into(),
            source,
            actor,
            started_at: changesets::stored(started_at),
            at,
            version: raised.map(|made| made.number),
            version_id: raised.map(|made| made.id.0.to_vec()),
            undoes,
            created: outcome.created as i64,
            updated: outcome.updated as i64,
            unchanged: outcome.unchanged as i64,
            removed: outcome.removed as i64,
        };
        let has_changed = self.changed.is_some();
        let changed = self.changed.take().and_then(changes::Rows::into_bytes);
        changesets::add(self.connection(), row, changed, plan.as_deref())?;
        if let AnyConnection::Postgres(connection) = self.background.connection()
            && has_changed
        {
            let told = postgres::announce(connection);
            told.map_err(StorageError::when("tell other instances of the change"))?;
        }
        Ok(())
    }

    pub(super) fn note_changed(&mut self, rows: impl Iterator<Item = i64>) {
        let changed = self.changed.get_or_insert_default();
        rows.for_each(|row| changed.add(row));
    }

    /// The changeset that changes belong to.
    pub(super) fn changeset(&mut self) -> Result<&mut Open, StorageError> {
        let is_finished = |open: &Open| open.import.as_ref().is_some_and(OpenImport::is_finished);
        self.open.as_mut().filter(|open| !is_finished(open)).ok_or(StorageError::NoChangeset)
    }

    /// The import that is being written, and its number.
    fn import(&mut self) -> Result<(i64, &mut OpenImport), StorageError> {
        let Open { id, import, .. } = self.changeset()?;
        Ok((*id, import.as_mut().ok_or(StorageError::NoChangeset)?))
    }
}

impl OpenImport {
    fn is_finished(&self) -> bool {
        self.finished_at.is_some()
    }
}
