//! A partnership that the register does not have yet: declared, and made once a moderator agrees.

use std::collections::BTreeMap;

use super::{
    Checked, ContributionError, Contributions,
    correction::{Cells, columns, read_row, tidy},
    edit::plan_json,
    propose::{Submission, Submitted},
    secret,
};
use crate::{
    atlas::register::plan::{CellChange, Plan},
    domain::{Cause, Column, Partnership, Proposal, ProposedCell},
    formats::csv::cell,
    storage::{Change, Entry, Known, NewChangeset, Writer},
};

/// Who keeps the records that people declare.
pub const SOURCE: &str = "contributions";

impl Contributions {
    /// What a declaration comes to; nothing is kept.
    pub fn check_declaration(&self, cells: &Cells) -> Result<Checked, ContributionError> {
        read(SOURCE, "", &proposed(cells))
    }

    /// Proposes a partnership that the register does not have.
    pub fn declare(&self, submission: &Submission) -> Result<Submitted, ContributionError> {
        submission.measure()?;
        let cells = proposed(&submission.correction.cells);
        // no key of its own would be the same once more for another such partnership
        let key = secret::make()?;
        let checked = read(SOURCE, &key, &cells)?;
        let Some(record) = checked.after else {
            return Err(ContributionError::Invalid(checked.issues));
        };
        let (title, scopes) = (record.title.clone(), record.scopes());
        let source = SOURCE.to_owned();
        self.submit(submission, |_| {
            Ok(Proposal { source, key, title, scopes, cells, ..submission.begun() })
        })
    }
}

fn proposed(cells: &Cells) -> BTreeMap<Column, ProposedCell> {
    let cell = |column: Column| {
        let after = tidy(cells.get(&column)?);
        (!after.is_empty()).then(|| (column, ProposedCell { before: String::new(), after }))
    };
    columns().filter_map(cell).collect()
}

/// The record that cells declare; `before` is the same one.
pub(super) fn read(
    source: &str,
    key: &str,
    cells: &BTreeMap<Column, ProposedCell>,
) -> Result<Checked, ContributionError> {
    let row: Cells = cells.iter().map(|(column, cell)| (*column, cell.after.clone())).collect();
    let (record, issues) = read_row(source, key, &row)?;
    let Some(record) = record else { return Err(ContributionError::Invalid(issues)) };
    let filled = |column: &Column| {
        let after = cell(&record, *column);
        (!after.is_empty()).then(|| CellChange { column: *column, before: String::new(), after })
    };
    let shown = Column::native().iter().filter(|column| column.part().is_some());
    let changes = shown.filter_map(filled).collect();
    let parts = record.filled_parts();
    Ok(Checked {
        before: record.clone(),
        after: Some(record),
        issues,
        changes,
        collisions: Vec::new(),
        parts,
    })
}

/// Adds a declared record as one changeset.
pub(super) fn commit(
    writer: &mut Writer<'_>,
    record: &Partnership,
    known: Option<Known>,
    actor: &str,
) -> Result<i64, ContributionError> {
    let changeset = writer.begin(&NewChangeset {
        cause: Cause::Proposal,
        source: Some(record.source.clone()),
        actor: actor.to_owned(),
        undoes: None,
    })?;
    let entry = Entry { partnership: record, hash: record.content_hash(), line: None };
    let change = Change { known, before: None, after: Some(entry) };
    let mut plan = Plan::default();
    plan.note(&change);
    writer.change(&[change])?;
    writer.describe(0, plan_json(&plan))?;
    Ok(changeset)
}
