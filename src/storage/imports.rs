//! What is kept of every import.

use std::cmp::Reverse;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper, dsl::max,
};

use super::{
    NewJob, StorageError,
    changesets::{self, Ties, next_id, stored},
    connection::AnyConnection,
    rows::NewIssue,
    schema::{import_issues, imports},
};
use crate::domain::{
    Cause, ImportRecord, ImportState, Issue, IssueCode, Mode, Outcome, draft::Column,
};

/// An import that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewImport {
    /// Who keeps the records.
    pub source: String,
    /// Name of the file, without folder.
    pub file: String,
    /// What it does with absent records.
    pub mode: Mode,
    /// Who runs it.
    pub actor: String,
    /// When it began; kept to the microsecond.
    pub started_at: DateTime<Utc>,
    /// The row that it has already, where it was prepared before.
    pub job: Option<i64>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = imports)]
struct ImportRow {
    id: i64,
    source: String,
    file: String,
    sha256: String,
    mode: String,
    actor: String,
    started_at: NaiveDateTime,
    finished_at: NaiveDateTime,
    state: String,
    rows_read: i64,
    created: i64,
    updated: i64,
    unchanged: i64,
    removed: i64,
    rejected: i64,
    repeated: i64,
    skipped: i64,
}

/// Writes the row that the changes refer to; what is known at the end only comes then.
pub(super) fn begin(
    connection: &mut AnyConnection,
    import: &NewImport,
) -> Result<i64, StorageError> {
    let failed = || StorageError::when("note the import");
    let NewImport { source, file, mode, actor, started_at, job } = import.clone();
    if let Some(job) = job {
        // whoever would cancel it waits for the end of the transaction from here on
        let committing = imports::state.eq(ImportState::Committing.code());
        let held = diesel::update(imports::table.find(job).filter(committing))
            .set(imports::error.eq(None::<String>))
            .execute(connection)
            .map_err(failed())?;
        if held == 0 {
            return Err(StorageError::NotCommitting { import: job });
        }
        // what was said of it while it was prepared is said again
        remove_issues(connection, job)?;
        return Ok(job);
    }
    let row = ImportRow {
        id: next_id(connection)?,
        source,
        file,
        sha256: String::new(),
        mode: mode.code().into(),
        actor,
        started_at: stored(started_at),
        finished_at: stored(started_at),
        state: ImportState::Committed.code().into(),
        rows_read: 0,
        created: 0,
        updated: 0,
        unchanged: 0,
        removed: 0,
        rejected: 0,
        repeated: 0,
        skipped: 0,
    };
    add(connection, row)
}

/// Writes the row of a file that has come.
pub(super) fn add_job(connection: &mut AnyConnection, job: &NewJob) -> Result<i64, StorageError> {
    let NewJob { source, file, mode, actor, request, upload } = job.clone();
    let now = stored(Utc::now());
    let row = ImportRow {
        id: next_id(connection)?,
        source,
        file,
        sha256: String::new(),
        mode: mode.code().into(),
        actor,
        started_at: now,
        finished_at: now,
        state: ImportState::Waiting.code().into(),
        rows_read: 0,
        created: 0,
        updated: 0,
        unchanged: 0,
        removed: 0,
        rejected: 0,
        repeated: 0,
        skipped: 0,
    };
    let id = add(connection, row)?;
    diesel::update(imports::table.find(id))
        .set((imports::request.eq(request), imports::upload.eq(upload)))
        .execute(connection)
        .map_err(StorageError::when("note the import"))?;
    Ok(id)
}

fn add(connection: &mut AnyConnection, row: ImportRow) -> Result<i64, StorageError> {
    let id = row.id;
    diesel::insert_into(imports::table)
        .values(row)
        .execute(connection)
        .map_err(StorageError::when("note the import"))?;
    Ok(id)
}

/// Writes what the import did, and that the changeset of its number is its own.
pub(super) fn finish(
    connection: &mut AnyConnection,
    id: i64,
    at: NaiveDateTime,
    outcome: &Outcome,
    (sha256, plan): (&str, &str),
) -> Result<(), StorageError> {
    keep_outcome(connection, id, outcome)?;
    diesel::update(imports::table.find(id))
        .set((
            imports::sha256.eq(sha256),
            imports::plan.eq(plan),
            imports::state.eq(ImportState::Committed.code()),
            imports::error.eq(None::<String>),
            imports::finished_at.eq(at),
            imports::changeset_id.eq(id),
        ))
        .execute(connection)
        .map(drop)
        .map_err(StorageError::when("note what the import did"))
}

/// Writes how many of each.
pub(super) fn keep_outcome(
    connection: &mut AnyConnection,
    id: i64,
    outcome: &Outcome,
) -> Result<(), StorageError> {
    let Outcome { rows, created, updated, unchanged, removed, rejected, repeated, skipped } =
        *outcome;
    diesel::update(imports::table.find(id))
        .set((
            imports::rows_read.eq(rows as i64),
            imports::created.eq(created as i64),
            imports::updated.eq(updated as i64),
            imports::unchanged.eq(unchanged as i64),
            imports::removed.eq(removed as i64),
            imports::rejected.eq(rejected as i64),
            imports::repeated.eq(repeated as i64),
            imports::skipped.eq(skipped as i64),
        ))
        .execute(connection)
        .map(drop)
        .map_err(StorageError::when("note what the import did"))
}

/// Forgets the issues of an import.
pub(super) fn remove_issues(connection: &mut AnyConnection, id: i64) -> Result<(), StorageError> {
    diesel::delete(import_issues::table.filter(import_issues::import_id.eq(id)))
        .execute(connection)
        .map(drop)
        .map_err(StorageError::when("forget earlier issues of the import"))
}

/// Keeps issues, in order, after those that are there already (`from` of them).
pub(super) fn add_issues(
    connection: &mut AnyConnection,
    import: i64,
    from: i32,
    issues: &[Issue],
) -> Result<(), StorageError> {
    let rows: Vec<NewIssue<'_>> = (from..)
        .zip(issues)
        .map(|(position, issue)| {
            let Issue { code, line, column, value, suggestion } = issue;
            NewIssue {
                import_id: import,
                position,
                line: *line as i64,
                column_name: *column,
                code: code.code(),
                severity: code.severity().code(),
                value: value.as_deref(),
                suggestion: suggestion.as_deref(),
            }
        })
        .collect();
    connection.insert(&rows, "keep the issues of the import")
}

/// All imports and the changesets of other causes, newest first.
pub(super) fn load(connection: &mut AnyConnection) -> Result<Vec<ImportRecord>, StorageError> {
    let rows: Vec<ImportRow> = imports::table
        .select(ImportRow::as_select())
        .load(connection)
        .map_err(StorageError::when("read the imports"))?;
    let ties = Ties::read(connection)?;
    let records = rows.into_iter().map(|row| row.into_domain(&ties));
    let mut records = records.collect::<Result<Vec<_>, _>>()?;
    let files = records.iter().filter_map(|record| Some((record.id, record.file.clone()?)));
    let others = changesets::load_records(connection, &ties, &files.collect())?;
    records.extend(others);
    records.sort_unstable_by_key(|record| Reverse(record.id));
    Ok(records)
}

/// One import, or a changeset of another cause.
pub(super) fn find(
    connection: &mut AnyConnection,
    id: i64,
) -> Result<Option<ImportRecord>, StorageError> {
    let row: Option<ImportRow> = imports::table
        .find(id)
        .select(ImportRow::as_select())
        .first(connection)
        .optional()
        .map_err(StorageError::when("read the import"))?;
    match row {
        Some(row) => row.into_domain(&Ties::read(connection)?).map(Some),
        None => changesets::find_record(connection, id),
    }
}

/// The newest committed import of a file, if its plan was kept.
pub(super) fn last_of(
    connection: &mut AnyConnection,
    sha256: &str,
) -> Result<Option<(ImportRecord, String)>, StorageError> {
    let found: Option<i64> = imports::table
        .filter(imports::sha256.eq(sha256))
        .filter(imports::state.eq(ImportState::Committed.code()))
        .select(max(imports::id))
        .first(connection)
        .map_err(StorageError::when("look for an import of the same file"))?;
    let Some(id) = found else { return Ok(None) };
    Ok(find(connection, id)?.zip(plan(connection, id)?))
}

/// What an import changed, as JSON.
pub(super) fn plan(
    connection: &mut AnyConnection,
    id: i64,
) -> Result<Option<String>, StorageError> {
    let plan = imports::table.find(id).select(imports::plan).first::<Option<String>>(connection);
    match plan.optional().map_err(StorageError::when("read the plan of the import"))? {
        Some(plan) => Ok(plan),
        None => changesets::plan(connection, id),
    }
}

/// The issues of an import, in the order in which they were kept.
pub(super) fn load_issues(
    connection: &mut AnyConnection,
    import: i64,
) -> Result<Vec<Issue>, StorageError> {
    let rows: Vec<IssueRow> = import_issues::table
        .filter(import_issues::import_id.eq(import))
        .order(import_issues::position)
        .select(IssueRow::as_select())
        .load(connection)
        .map_err(StorageError::when("read the issues of an import"))?;
    rows.into_iter().map(IssueRow::into_domain).collect()
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = import_issues)]
struct IssueRow {
    line: i64,
    column_name: Option<String>,
    code: String,
    value: Option<String>,
    suggestion: Option<String>,
}

impl IssueRow {
    fn into_domain(self) -> Result<Issue, StorageError> {
        let Self { line, column_name, code, value, suggestion } = self;
        let column = column_name.map(|name| {
            let column = Column::from_name(&name).map(Column::name);
            column.ok_or(StorageError::UnknownTerm { vocabulary: "column", code: name })
        });
        let known = IssueCode::ALL.iter().find(|known| known.code() == code);
        Ok(Issue {
            code: *known.ok_or(StorageError::UnknownTerm { vocabulary: "issue code", code })?,
            line: line as u64,
            column: column.transpose()?,
            value,
            suggestion,
        })
    }
}

impl ImportRow {
    fn into_domain(self, ties: &Ties) -> Result<ImportRecord, StorageError> {
        let state = ImportState::from_code(&self.state);
        Ok(ImportRecord {
            state: state.ok_or(StorageError::UnknownTerm {
                vocabulary: "import state",
                code: self.state,
            })?,
            cause: Cause::Import,
            reverts: None,
            reverted_by: ties.undone_by(self.id),
            id: self.id,
            source: self.source,
            file: Some(changesets::import_file(self.file, self.sha256, &self.mode)?),
            actor: self.actor,
            started_at: self.started_at.and_utc(),
            finished_at: self.finished_at.and_utc(),
            outcome: Outcome {
                rows: self.rows_read as u64,
                created: self.created as u64,
                updated: self.updated as u64,
                unchanged: self.unchanged as u64,
                removed: self.removed as u64,
                rejected: self.rejected as u64,
                repeated: self.repeated as u64,
                skipped: self.skipped as u64,
            },
        })
    }
}
