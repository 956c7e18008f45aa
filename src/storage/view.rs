//! What an import asks of the register before it changes it.

use std::collections::HashMap;

use super::{
    ConfirmedFields, Decision, DecisionChange, Known, StorageError, Touched, changesets, confirmed,
    connection::AnyConnection,
    decisions, history, identity, imports, known, records,
    twins::{self, Pair, Whose},
};
use crate::domain::{
    ById, Changeset, DataVersion, ImportRecord, Issue, Partnership, Sameness, Version,
};

/// The register as one transaction sees it: one moment of it, or what the transaction makes of it.
pub struct View<'c>(pub(super) &'c mut AnyConnection);

impl View<'_> {
    /// The same view, for somebody else for a while.
    pub fn again(&mut self) -> View<'_> {
        View(self.0)
    }

    /// The version of the data.
    pub fn version(&mut self) -> Result<DataVersion, StorageError> {
        identity::current(self.0)
    }

    /// Every record of a source, removed ones too, without what they say.
    pub fn known(&mut self, source: &str) -> Result<ById<Known>, StorageError> {
        known::load(self.0, source)
    }

    /// What records say, by row; removed ones are left out.
    pub fn records(&mut self, rows: &[i64]) -> Result<HashMap<i64, Partnership>, StorageError> {
        let mut all = HashMap::with_capacity(rows.len());
        for rows in rows.chunks(records::LISTED) {
            all.extend(records::load_rows(self.0, rows, false)?);
        }
        Ok(all)
    }

    /// What records said before they were removed, by row; those that are there are left out.
    pub fn removed_records(
        &mut self,
        rows: &[i64],
    ) -> Result<HashMap<i64, Partnership>, StorageError> {
        let mut all = HashMap::new();
        for rows in rows.chunks(records::LISTED) {
            all.extend(records::load_rows(self.0, rows, true)?);
        }
        Ok(all)
    }

    /// What is known of one record; none where it never was.
    pub fn known_record(&mut self, source: &str, key: &str) -> Result<Option<Known>, StorageError> {
        known::find(self.0, source, key)
    }

    /// The versions of a record, oldest first, the present one last.
    pub fn history(&mut self, source: &str, key: &str) -> Result<Vec<Version>, StorageError> {
        history::load(self.0, source, key)
    }

    /// What was confirmed of the records of a source.
    pub fn confirmed(&mut self, source: &str) -> Result<ConfirmedFields, StorageError> {
        confirmed::of_source(self.0, source)
    }

    /// What was confirmed of the records of some rows.
    pub fn confirmed_of(&mut self, rows: &[i64]) -> Result<ConfirmedFields, StorageError> {
        confirmed::of_rows(self.0, rows)
    }

    /// Calls `visit` with who works with whom.
    pub fn pairs(&mut self, whose: Whose<'_>, visit: impl FnMut(Pair)) -> Result<(), StorageError> {
        twins::visit(self.0, whose, visit)
    }

    /// One changeset.
    pub fn changeset(&mut self, id: i64) -> Result<Option<Changeset>, StorageError> {
        changesets::find(self.0, id)
    }

    /// One import, or a changeset of another cause.
    pub fn import(&mut self, id: i64) -> Result<Option<ImportRecord>, StorageError> {
        imports::find(self.0, id)
    }

    /// The newest import of a file of this SHA-256 that is committed, and its plan as JSON.
    pub fn last_import_of(
        &mut self,
        sha256: &str,
    ) -> Result<Option<(ImportRecord, String)>, StorageError> {
        imports::last_of(self.0, sha256)
    }

    /// The issues of an import, in the order of their file.
    pub fn import_issues(&mut self, import: i64) -> Result<Vec<Issue>, StorageError> {
        imports::load_issues(self.0, import)
    }

    /// What people have decided about records of several sources, as it holds, the newest first.
    pub fn decided(&mut self) -> Result<Vec<Sameness>, StorageError> {
        decisions::current(self.0)
    }

    /// What a changeset has decided about records.
    pub fn decided_by(&mut self, changeset: i64) -> Result<Vec<DecisionChange>, StorageError> {
        decisions::made_by(self.0, changeset)
    }

    /// Every decision about a record, oldest first.
    pub fn decided_about(
        &mut self,
        source: &str,
        key: &str,
    ) -> Result<Vec<Decision>, StorageError> {
        decisions::about(self.0, source, key)
    }

    /// The rows of records by source and key, in the same order, removed ones too; none for one
    /// that never was.
    pub fn rows_of(
        &mut self,
        records: &[(String, String)],
    ) -> Result<Vec<Option<i64>>, StorageError> {
        decisions::rows_of(self.0, records)
    }

    /// The next records after a row whose present version a changeset made, in the order of
    /// rows.
    pub fn made_by(
        &mut self,
        changeset: i64,
        after_row: i64,
    ) -> Result<Vec<Touched>, StorageError> {
        history::made_by(self.0, changeset, after_row)
    }

    /// The next records after a row of which a changeset made a version that others have
    /// replaced.
    pub fn made_earlier_by(
        &mut self,
        changeset: i64,
        after_row: i64,
    ) -> Result<Vec<Touched>, StorageError> {
        history::made_earlier_by(self.0, changeset, after_row)
    }
}
