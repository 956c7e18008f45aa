//! The part of an import's page that says what is wrong, row by row of the file.

use crate::{
    domain::{Column, IssueCode},
    http::desk::import::{
        document::{ImportIssue, ImportRows},
        page::{ImportPage, ImportView},
    },
};

/// Characters of a cell that are shown.
const CELL_SHOWN: usize = 160;
/// A file of no more columns is shown with all of them.
const FEW_COLUMNS: usize = 6;

/// A cell of the file as the page shows it.
#[derive(Debug, Clone, Default)]
pub struct CellView {
    /// Its text, cut where it is long.
    pub text: String,
    /// What is said of it.
    pub issues: Vec<ImportIssue>,
    /// Whether its column can be left out.
    pub is_extra: bool,
}

impl CellView {
    /// `error`, `warning` or nothing.
    pub fn mark(&self) -> &str {
        let severity = |wanted: &str| self.issues.iter().any(|issue| issue.severity == wanted);
        match () {
            () if severity("error") => "error",
            () if severity("warning") => "warning",
            () => "",
        }
    }
}

/// A row of the file as the page shows it.
#[derive(Debug, Clone, Default)]
pub struct RowView {
    /// Its line.
    pub line: u64,
    /// Its cells, as many as there are titles at least.
    pub cells: Vec<CellView>,
    /// What is said of the whole of it.
    pub issues: Vec<ImportIssue>,
}
impl ImportPage {
    /// Each kind of issue: code, label, count; the most frequent first, errors before warnings.
    pub fn kinds(&self) -> Vec<(String, String, u64)> {
        let mut kinds: Vec<(String, String, u64)> = self
            .import
            .issue_totals
            .iter()
            .map(|(code, count)| {
                let label = self.layout.text(&format!("issue.{code}")).to_owned();
                (severity_of(code).to_owned(), label, *count)
            })
            .collect();
        kinds.sort_by(|a, b| (&a.0, b.2).cmp(&(&b.0, a.2)));
        kinds
    }

    /// How many issues there are in all.
    pub fn issue_count(&self) -> u64 {
        self.import.issue_totals.values().sum()
    }

    /// The message of an issue in the page's language.
    pub fn message<'i>(&self, issue: &'i ImportIssue) -> &'i str {
        issue.message.get(self.layout.language)
    }

    /// The record that an issue points to, where it does.
    pub fn linked_record(&self, issue: &ImportIssue) -> Option<String> {
        let id = issue.suggestion.as_deref()?.strip_prefix("/partenariats/")?;
        let id = id.split(' ').next().unwrap_or_default();
        Some(self.layout.partnership_path(id))
    }

    /// The column and the text of a rejected cell, and what it may be read as instead: the
    /// suggestion, or the text itself to be mended.
    pub fn mendable<'i>(&self, issue: &'i ImportIssue) -> Option<(&'i str, &'i str, &'i str)> {
        let (column, from) = (issue.column.as_deref()?, issue.value.as_deref()?);
        // a position stands in two cells
        let is_one_cell = !["longitude", "latitude"].contains(&column);
        let is_open = self.can_mend() && issue.severity == "error" && is_one_cell;
        let to = issue.suggestion.as_deref().unwrap_or(from);
        (is_open && !from.is_empty()).then_some((column, from, to))
    }

    /// The titles of the rows, each with whether its column can be left out.
    pub fn header(&self) -> Vec<(String, bool)> {
        let Some(rows) = &self.rows else { return Vec::new() };
        let extra = self.extra_columns(rows);
        rows.header.iter().cloned().zip(extra).collect()
    }

    /// Columns without an issue that do not tell which row it is either.
    fn extra_columns(&self, rows: &ImportRows) -> Vec<bool> {
        let tells = |title: &String| {
            self.import.columns.iter().any(|column| {
                column.title == *title
                    && column.column.as_deref().is_some_and(|name| {
                        Column::REQUIRED.iter().any(|required| required.name() == name)
                    })
            })
        };
        let has_issue = |index: usize| {
            let mut issues = rows.rows.iter().flat_map(|row| &row.issues);
            issues.any(|issue| issue.cell == Some(index))
        };
        let titles = rows.header.iter().enumerate();
        titles
            .map(|(index, title)| {
                rows.header.len() > FEW_COLUMNS && !tells(title) && !has_issue(index)
            })
            .collect()
    }

    /// Whether some columns of the rows can be left out.
    pub fn has_extra_columns(&self) -> bool {
        self.header().iter().any(|(_, is_extra)| *is_extra)
    }

    /// The rows with what is said of each cell.
    pub fn row_views(&self) -> Vec<RowView> {
        let Some(rows) = &self.rows else { return Vec::new() };
        let extra = self.extra_columns(rows);
        let views = rows.rows.iter().map(|row| {
            let width = rows.header.len().max(row.cells.len());
            let cells = (0..width).map(|index| CellView {
                text: cut(row.cells.get(index).map_or("", String::as_str)),
                issues: row.issues.iter().filter(|i| i.cell == Some(index)).cloned().collect(),
                is_extra: extra.get(index).copied().unwrap_or(false),
            });
            let is_whole = |issue: &&ImportIssue| issue.cell.is_none_or(|cell| cell >= width);
            RowView {
                line: row.line,
                cells: cells.collect(),
                issues: row.issues.iter().filter(is_whole).cloned().collect(),
            }
        });
        views.collect()
    }
    /// The page with rows of one severity.
    pub fn severity_path(&self, severity: &str) -> String {
        let view = ImportView { severity: severity.into(), after: 0, ..self.view.clone() };
        self.view_path(&view, "rows")
    }

    /// The page with the rows that come next.
    pub fn next_rows_path(&self) -> Option<String> {
        let after = self.rows.as_ref()?.next?;
        Some(self.view_path(&ImportView { after, ..self.view.clone() }, "rows"))
    }
}

/// `error` or `warning`.
fn severity_of(code: &str) -> &'static str {
    let known = IssueCode::ALL.iter().find(|known| known.code() == code);
    known.map_or("error", |known| known.severity().code())
}

fn cut(text: &str) -> String {
    let mut shown: String = text.chars().take(CELL_SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
