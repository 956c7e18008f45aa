//! What is kept of every import.

use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};
use diesel::{
    ExpressionMethods, Insertable, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
    dsl::max,
};

use super::{
    StorageError,
    connection::AnyConnection,
    rows::NewIssue,
    schema::{import_issues, imports},
};
use crate::domain::{ImportRecord, Issue, IssueCode, Mode, Outcome, draft::Column};

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
}

#[derive(Insertable, Queryable)]
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

/// Both databases keep microseconds.
fn stored(time: DateTime<Utc>) -> NaiveDateTime {
    time.naive_utc().trunc_subsecs(6)
}

/// Writes the row that the changes refer to; what is known at the end only comes then.
pub(super) fn begin(
    connection: &mut AnyConnection,
    import: &NewImport,
) -> Result<i64, StorageError> {
    let failed = || StorageError::when("note the import");
    let NewImport { source, file, mode, actor, started_at } = import.clone();
    let last: Option<i64> =
        imports::table.select(max(imports::id)).first(connection).map_err(failed())?;
    let id = last.unwrap_or(0) + 1;
    let row = ImportRow {
        id,
        source,
        file,
        sha256: String::new(),
        mode: mode.code().into(),
        actor,
        started_at: stored(started_at),
        finished_at: stored(started_at),
        state: "committed".into(),
        rows_read: 0,
        created: 0,
        updated: 0,
        unchanged: 0,
        removed: 0,
        rejected: 0,
        repeated: 0,
        skipped: 0,
    };
    diesel::insert_into(imports::table).values(row).execute(connection).map_err(failed())?;
    Ok(id)
}

/// Writes what the import did; the time of its changes is now.
pub(super) fn finish(
    connection: &mut AnyConnection,
    id: i64,
    outcome: &Outcome,
    sha256: &str,
) -> Result<(), StorageError> {
    let Outcome { rows, created, updated, unchanged, removed, rejected, repeated, skipped } =
        *outcome;
    diesel::update(imports::table.find(id))
        .set((
            imports::sha256.eq(sha256),
            imports::finished_at.eq(stored(Utc::now())),
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

/// All imports, newest first.
pub(super) fn load(connection: &mut AnyConnection) -> Result<Vec<ImportRecord>, StorageError> {
    let rows: Vec<ImportRow> = imports::table
        .order(imports::id.desc())
        .load(connection)
        .map_err(StorageError::when("read the imports"))?;
    rows.into_iter().map(ImportRow::into_domain).collect()
}

/// When each import was committed.
pub(super) fn times(
    connection: &mut AnyConnection,
) -> Result<impl Iterator<Item = (i64, DateTime<Utc>)> + use<>, StorageError> {
    let rows: Vec<(i64, NaiveDateTime)> = imports::table
        .select((imports::id, imports::finished_at))
        .load(connection)
        .map_err(StorageError::when("read the imports"))?;
    Ok(rows.into_iter().map(|(id, time)| (id, time.and_utc())))
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
    fn into_domain(self) -> Result<ImportRecord, StorageError> {
        let mode = Mode::from_code(&self.mode);
        Ok(ImportRecord {
            id: self.id,
            mode: mode
                .ok_or(StorageError::UnknownTerm { vocabulary: "import mode", code: self.mode })?,
            source: self.source,
            file: self.file,
            sha256: self.sha256,
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
