//! What is kept of every change of data.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper, dsl::max,
};

use super::{
    StorageError,
    connection::AnyConnection,
    schema::{changesets, imports},
};
use crate::domain::{Cause, Changeset, ImportFile, ImportRecord, ImportState, Mode, Outcome};

/// A change that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChangeset {
    /// Why.
    pub cause: Cause,
    /// Who keeps the records; none where they are of several sources.
    pub source: Option<String>,
    /// Who changes them.
    pub actor: String,
    /// The changeset that it undoes: that of a [`Cause::Revert`], and of no other.
    pub undoes: Option<i64>,
}

/// A row of `changesets`, but for the rows that it wrote.
#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = changesets, treat_none_as_default_value = false)]
pub(super) struct ChangesetRow {
    pub(super) id: i64,
    pub(super) cause: String,
    pub(super) source: Option<String>,
    pub(super) actor: String,
    pub(super) started_at: NaiveDateTime,
    pub(super) at: NaiveDateTime,
    pub(super) version: Option<i64>,
    pub(super) version_id: Option<Vec<u8>>,
    pub(super) undoes: Option<i64>,
    pub(super) created: i64,
    pub(super) updated: i64,
    pub(super) unchanged: i64,
    pub(super) removed: i64,
}

/// Both databases keep microseconds.
pub(super) fn stored(time: DateTime<Utc>) -> NaiveDateTime {
    time.naive_utc().trunc_subsecs(6)
}

/// The number of the next import or changeset; numbers are given inside the one writing
/// transaction.
pub(super) fn next_id(connection: &mut AnyConnection) -> Result<i64, StorageError> {
    let failed = || StorageError::when("number the change");
    let changeset = changesets::table.select(max(changesets::id)).first::<Option<i64>>(connection);
    let import = imports::table.select(max(imports::id)).first::<Option<i64>>(connection);
    let last = changeset.map_err(failed())?.max(import.map_err(failed())?);
    Ok(last.unwrap_or(0) + 1)
}

/// Writes a changeset: its row, the rows of records that it wrote, and its plan as JSON.
pub(super) fn add(
    connection: &mut AnyConnection,
    row: ChangesetRow,
    changed: Option<Vec<u8>>,
    plan: Option<&str>,
) -> Result<(), StorageError> {
    diesel::insert_into(changesets::table)
        .values((row, changesets::changed.eq(changed), changesets::plan.eq(plan)))
        .execute(connection)
        .map(drop)
        .map_err(StorageError::when("note the change"))
}

/// When each changeset was committed.
pub(super) fn times(
    connection: &mut AnyConnection,
) -> Result<impl Iterator<Item = (i64, DateTime<Utc>)> + use<>, StorageError> {
    let rows: Vec<(i64, NaiveDateTime)> = changesets::table
        .select((changesets::id, changesets::at))
        .load(connection)
        .map_err(StorageError::when("read the changesets"))?;
    Ok(rows.into_iter().map(|(id, time)| (id, time.and_utc())))
}

/// One changeset.
pub(super) fn find(
    connection: &mut AnyConnection,
    id: i64,
) -> Result<Option<Changeset>, StorageError> {
    let Some(row) = row(connection, id)? else { return Ok(None) };
    let ties = Ties::read(connection)?;
    let file = ties.file(connection, id)?;
    row.into_domain(&ties, file).map(Some)
}

/// A changeset without import, as the list of imports has it.
pub(super) fn find_record(
    connection: &mut AnyConnection,
    id: i64,
) -> Result<Option<ImportRecord>, StorageError> {
    let Some(row) = row(connection, id)? else { return Ok(None) };
    let ties = Ties::read(connection)?;
    let file = ties.file(connection, id)?;
    row.into_record(&ties, file).map(Some)
}

/// The changesets without import, as the list of imports has them; `files` are those of imports.
pub(super) fn load_records(
    connection: &mut AnyConnection,
    ties: &Ties,
    files: &HashMap<i64, ImportFile>,
) -> Result<Vec<ImportRecord>, StorageError> {
    let rows: Vec<ChangesetRow> = changesets::table
        .filter(changesets::cause.ne(Cause::Import.code()))
        .select(ChangesetRow::as_select())
        .load(connection)
        .map_err(StorageError::when("read the changesets"))?;
    let record = |row: ChangesetRow| {
        let file = files.get(&ties.origin(row.id)).cloned();
        row.into_record(ties, file)
    };
    rows.into_iter().map(record).collect()
}

/// What a changeset without import changed, as JSON.
pub(super) fn plan(
    connection: &mut AnyConnection,
    id: i64,
) -> Result<Option<String>, StorageError> {
    let plan =
        changesets::table.find(id).select(changesets::plan).first::<Option<String>>(connection);
    let plan = plan.optional().map_err(StorageError::when("read the plan of the change"))?;
    Ok(plan.flatten())
}

fn row(connection: &mut AnyConnection, id: i64) -> Result<Option<ChangesetRow>, StorageError> {
    changesets::table
        .find(id)
        .select(ChangesetRow::as_select())
        .first(connection)
        .optional()
        .map_err(StorageError::when("read the changeset"))
}

/// Which changeset undoes which.
pub(super) struct Ties {
    undoes: HashMap<i64, i64>,
    /// Without those that were undone themselves.
    undone_by: HashMap<i64, i64>,
}

impl Ties {
    pub(super) fn read(connection: &mut AnyConnection) -> Result<Self, StorageError> {
        let ties: Vec<(i64, Option<i64>)> = changesets::table
            .filter(changesets::undoes.is_not_null())
            .order(changesets::id.desc())
            .select((changesets::id, changesets::undoes))
            .load(connection)
            .map_err(StorageError::when("read the changesets"))?;
        let newest_first = ties.into_iter().filter_map(|(id, undoes)| Some((id, undoes?)));
        Ok(Self::of(newest_first))
    }

    fn of(newest_first: impl Iterator<Item = (i64, i64)>) -> Self {
        let (mut undoes, mut undone_by) = (HashMap::new(), HashMap::new());
        for (id, undone) in newest_first {
            undoes.insert(id, undone);
            // one that was undone itself undoes nothing
            if !undone_by.contains_key(&id) {
                undone_by.insert(undone, id);
            }
        }
        Self { undoes, undone_by }
    }

    pub(super) fn undone_by(&self, id: i64) -> Option<i64> {
        self.undone_by.get(&id).copied()
    }

    /// The changeset that a chain of reverts begins with: what they undo and bring back.
    pub(super) fn origin(&self, id: i64) -> i64 {
        std::iter::successors(Some(id), |id| {
            self.undoes.get(id).filter(|undone| *undone < id).copied()
        })
        .last()
        .unwrap_or(id)
    }

    /// The file that the change comes from.
    fn file(
        &self,
        connection: &mut AnyConnection,
        id: i64,
    ) -> Result<Option<ImportFile>, StorageError> {
        let file = imports::table
            .filter(imports::changeset_id.eq(self.origin(id)))
            .select((imports::file, imports::sha256, imports::mode))
            .first::<(String, String, String)>(connection)
            .optional()
            .map_err(StorageError::when("read the import"))?;
        file.map(|(name, sha256, mode)| import_file(name, sha256, &mode)).transpose()
    }
}

/// The file of an import, from its columns.
pub(super) fn import_file(
    name: String,
    sha256: String,
    mode: &str,
) -> Result<ImportFile, StorageError> {
    let unknown = || StorageError::UnknownTerm { vocabulary: "import mode", code: mode.to_owned() };
    Ok(ImportFile { name, sha256, mode: Mode::from_code(mode).ok_or_else(unknown)? })
}

impl ChangesetRow {
    fn cause(&self) -> Result<Cause, StorageError> {
        let unknown =
            || StorageError::UnknownTerm { vocabulary: "cause", code: self.cause.clone() };
        Cause::from_code(&self.cause).ok_or_else(unknown)
    }

    fn into_domain(self, ties: &Ties, file: Option<ImportFile>) -> Result<Changeset, StorageError> {
        Ok(Changeset {
            id: self.id,
            cause: self.cause()?,
            source: self.source,
            actor: self.actor,
            at: self.at.and_utc(),
            file: file.map(|file| file.name),
            undoes: self.undoes,
            undone_by: ties.undone_by(self.id),
        })
    }

    fn into_record(
        self,
        ties: &Ties,
        file: Option<ImportFile>,
    ) -> Result<ImportRecord, StorageError> {
        Ok(ImportRecord {
            id: self.id,
            cause: self.cause()?,
            source: self.source.unwrap_or_default(),
            file,
            actor: self.actor,
            started_at: self.started_at.and_utc(),
            finished_at: self.at.and_utc(),
            state: ImportState::Committed,
            reverts: self.undoes,
            reverted_by: ties.undone_by(self.id),
            outcome: Outcome {
                created: self.created as u64,
                updated: self.updated as u64,
                unchanged: self.unchanged as u64,
                removed: self.removed as u64,
                ..Outcome::default()
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_of_reverts_ends_at_its_import() {
        // 2 undoes 1, 3 brings it back, 5 undoes 4
        let ties = Ties::of([(5, 4), (3, 2), (2, 1)].into_iter());
        assert_eq!([1, 2, 3, 4, 5].map(|id| ties.origin(id)), [1, 1, 1, 4, 4]);
        let undone = [1, 2, 3, 4, 5].map(|id| ties.undone_by(id));
        assert_eq!(undone, [None, Some(3), None, Some(5), None]);
    }
}
