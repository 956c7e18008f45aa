//! What of a file goes back to its owner: the rows that something is said of.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::report::issue_json;
use crate::{
    domain::{Issue, Severity},
    formats::csv::{CsvError, Input, Original, Profile},
};

/// Which rows are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WantedRows {
    /// Rows with an issue of this severity; of any without it.
    pub severity: Option<Severity>,
    /// Rows that begin below this line of the file.
    pub after: u64,
    /// At most so many.
    pub limit: usize,
}

/// Some rows of a file as they stand in it, each with what is said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct IssueRows {
    /// What the file calls its columns.
    pub header: Vec<String>,
    /// The rows, in the order of the file.
    pub rows: Vec<IssueRow>,
    /// The last line that was given, where there are more rows below it.
    pub next: Option<u64>,
}

/// A row that something is said of.
#[derive(Debug, Clone, PartialEq)]
pub struct IssueRow {
    /// Line of the file, counted from 1.
    pub line: u64,
    /// Its cells; more or fewer than the header has, where that is what is wrong.
    pub cells: Vec<String>,
    /// Everything that is said of it.
    pub issues: Vec<CellIssue>,
}

/// An issue and the cell that it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct CellIssue {
    /// What is said.
    pub issue: Issue,
    /// Index of the cell; none where it is the whole row, or a column that the file lacks.
    pub cell: Option<usize>,
}

/// Finds the rows that issues are about in the file that they came from, read by the profile
/// that it was imported by.
pub fn issue_rows<'a>(
    input: impl Into<Input<'a>>,
    profile: &Profile,
    issues: &[Issue],
    wanted: WantedRows,
) -> Result<IssueRows, CsvError> {
    let WantedRows { severity, after, limit } = wanted;
    let mut lines: BTreeMap<u64, Vec<&Issue>> = BTreeMap::new();
    for issue in issues.iter().filter(|issue| issue.line > after) {
        lines.entry(issue.line).or_default().push(issue);
    }
    let is_wanted = |issue: &&Issue| severity.is_none_or(|wanted| issue.code.severity() == wanted);
    lines.retain(|_, issues| issues.iter().any(is_wanted));
    let has_more = lines.len() > limit;
    let mut original = Original::new(input, profile)?;
    let mut rows = Vec::new();
    for (line, issues) in lines.into_iter().take(limit) {
        let Some(cells) = original.row(line)? else { continue };
        let issues = issues.into_iter().map(|issue| CellIssue {
            issue: issue.clone(),
            cell: issue.column.and_then(|column| original.cell_of(column)),
        });
        rows.push(IssueRow { line, cells, issues: issues.collect() });
    }
    let next = rows.last().map(|row| row.line).filter(|_| has_more);
    Ok(IssueRows { header: original.titles().to_vec(), rows, next })
}

impl IssueRows {
    /// The same for programs.
    pub fn to_json(&self) -> Value {
        let Self { header, rows, next } = self;
        let rows = rows.iter().map(|IssueRow { line, cells, issues }| {
            let issues = issues.iter().map(|CellIssue { issue, cell }| {
                let mut shown = issue_json(issue);
                shown["cell"] = json!(cell);
                shown
            });
            json!({"line": line, "cells": cells, "issues": issues.collect::<Value>()})
        });
        json!({"header": header, "rows": rows.collect::<Value>(), "next": next})
    }
}
