//! An import as `/api/imports/{id}` tells it, for the pages: one story for programs and people.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::domain::{Bilingual, ImportState, Outcome};

/// What is null is as good as what is not there.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    from: D,
) -> Result<T, D::Error> {
    Option::<T>::deserialize(from).map(Option::unwrap_or_default)
}

/// An import. What the address does not tell (in a list, while it runs) is empty.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ImportDocument {
    /// Its number.
    pub id: i64,
    /// How far it is.
    pub state: ImportState,
    /// Who keeps the records.
    pub source: Option<String>,
    /// Name of the file.
    #[serde(deserialize_with = "or_default")]
    pub file: String,
    /// Why data was changed: `import`, `edit` …
    pub cause: String,
    /// `upsert` or `sync`.
    #[serde(deserialize_with = "or_default")]
    pub mode: String,
    /// Who runs it.
    pub actor: String,
    /// An instant, ISO 8601.
    pub started_at: String,
    /// An instant; none until it ended.
    pub finished_at: Option<String>,
    /// What was asked for.
    #[serde(deserialize_with = "or_default")]
    pub request: ImportRequest,
    /// How many of each.
    pub outcome: Outcome,
    /// How much is done, while it runs.
    pub progress: Option<ImportProgress>,
    /// The profile that it is read by.
    pub profile: Option<String>,
    /// The file's encoding.
    pub encoding: Option<String>,
    /// Of a workbook, the sheet that was read.
    pub sheet: Option<String>,
    /// The others.
    #[serde(deserialize_with = "or_default")]
    pub other_sheets: Vec<ImportSheet>,
    /// The columns of the file.
    #[serde(deserialize_with = "or_default")]
    pub columns: Vec<ImportColumn>,
    /// How many issues of each code there are.
    #[serde(deserialize_with = "or_default")]
    pub issue_totals: BTreeMap<String, u64>,
    /// The first issues.
    pub issues: Vec<ImportIssue>,
    /// What it would change, or has changed.
    pub plan: Option<ImportPlan>,
    /// Why it failed.
    pub error: Option<ImportFailure>,
    /// The import that it takes back.
    pub reverts: Option<i64>,
    /// The import that has taken it back.
    pub reverted_by: Option<i64>,
}

/// What somebody asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ImportRequest {
    /// The encoding, where it was not to be recognised.
    pub encoding: Option<String>,
    /// The profile, where it was not to be recognised.
    pub profile: Option<String>,
    /// Of a workbook, the sheet, where it was not to be chosen.
    pub sheet: Option<String>,
}

/// A sheet of a workbook that was not read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ImportSheet {
    /// Its name.
    pub name: String,
    /// The workbook hides it.
    pub hidden: bool,
}

/// How much of a file is done.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub struct ImportProgress {
    /// Bytes read.
    pub bytes: u64,
    /// Bytes in all, where that is known.
    pub size: Option<u64>,
    /// Rows read.
    pub rows: u64,
}

/// A column of the file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ImportColumn {
    /// Its title.
    pub title: String,
    /// The native column that it is.
    pub column: Option<String>,
    /// From 0 to 1.
    pub confidence: Option<f64>,
    /// Some of its values.
    pub examples: Vec<String>,
}

/// What is said of a row.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ImportIssue {
    /// `error` or `warning`.
    pub severity: String,
    /// Kebab-case.
    pub code: String,
    /// Line of the file.
    pub line: u64,
    /// Native column.
    pub column: Option<String>,
    /// Text of the cell.
    pub value: Option<String>,
    /// The sentence.
    pub message: Bilingual,
    /// What was probably meant.
    pub suggestion: Option<String>,
    /// The cell of the row, where rows are shown.
    pub cell: Option<usize>,
}

/// What an import changes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ImportPlan {
    /// What a commit must name.
    pub digest: String,
    /// Rows were rejected, so nothing may be written unless without them.
    #[serde(deserialize_with = "or_default")]
    pub refused: bool,
    /// Rejected rows may be what `sync` would remove, so nothing is.
    #[serde(deserialize_with = "or_default")]
    pub removal_withheld: bool,
    /// Sources of which more would go than goes without being asked.
    #[serde(deserialize_with = "or_default")]
    pub mass_removals: Vec<MassRemoval>,
    /// The first changes.
    pub changes: Vec<ImportChange>,
}

/// How much of a source would go.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct MassRemoval {
    /// Who keeps them.
    pub source: String,
    /// Records that would go.
    pub removed: u64,
    /// Of so many.
    pub of: u64,
}

/// One record that changes.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ImportChange {
    /// `created`, `updated` or `removed`.
    pub operation: String,
    /// The record.
    pub id: String,
    /// Line of the file.
    pub line: Option<u64>,
    /// Its title.
    pub title: String,
    /// The French side.
    pub collectivity: ImportPlace,
    /// The foreign side.
    pub partner: ImportPlace,
    /// What changes of it.
    pub cells: Vec<CellChange>,
}

/// A side of a partnership.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ImportPlace {
    /// Its name.
    pub name: String,
    /// Name or code of its country.
    pub country: Option<String>,
    /// Degrees east and north, where they are known.
    pub position: Option<[f64; 2]>,
}

/// A cell of the native CSV, before and after.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct CellChange {
    /// Native column.
    pub column: String,
    /// Its text before; empty where there was none.
    pub before: Option<String>,
    /// Its text after.
    pub after: Option<String>,
}

/// Why an import failed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ImportFailure {
    /// Kebab-case.
    pub code: String,
    /// The sentence.
    pub message: Bilingual,
}

/// Rows of the file with what is said of them (`/api/imports/{id}/rows`).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ImportRows {
    /// Titles of the columns.
    pub header: Vec<String>,
    /// The rows.
    pub rows: Vec<ImportRow>,
    /// The line after which there are more.
    pub next: Option<u64>,
}

/// A row of the file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ImportRow {
    /// Its line.
    pub line: u64,
    /// Its cells.
    pub cells: Vec<String>,
    /// What is said of it.
    pub issues: Vec<ImportIssue>,
}
