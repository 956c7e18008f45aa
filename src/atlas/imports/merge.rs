//! What a record keeps whatever a file says: a column that the file lacks leaves values alone (an
//! empty cell clears them), and what somebody has confirmed stays, which is told.

use std::{collections::BTreeMap, sync::LazyLock};

use super::read::Resolved;
use crate::{
    domain::{
        Column, Columns, Issue, IssueCode, Partnership,
        partnership::{FIELDS, Field},
    },
    storage::{ConfirmedFields, StorageError, View},
};

/// The fields whose values a file without their columns leaves alone; the others say which record
/// a row is about.
fn merged() -> impl Iterator<Item = (Column, &'static Field)> {
    let kept = FIELDS.iter().filter(|field| field.is_kept());
    kept.filter_map(|field| Some((field.csv?.column, field)))
}

/// Whether a file without these columns leaves a value alone.
pub(super) fn merges_any(absent: Columns) -> bool {
    static KEPT: LazyLock<Columns> = LazyLock::new(|| merged().map(|(column, _)| column).collect());
    absent.intersects(*KEPT)
}

/// Gives a record, read from a row of a file without these columns, what the register has in them.
pub(super) fn merge_absent(
    record: &mut Partnership,
    stored: &Partnership,
    absent: Columns,
    line: u64,
) -> Result<(), Issue> {
    for (_, field) in merged().filter(|(column, _)| absent.contains(*column)) {
        field.keep(record, stored).map_err(|_| {
            let said = if absent.contains(Column::End) { stored } else { &*record };
            let end = said.period.end().map(|end| end.to_string()).unwrap_or_default();
            Issue::new(IssueCode::PeriodReversed, line).at(Column::End.name(), end)
        })?;
    }
    Ok(())
}

/// What is confirmed of the records of the sources that a file names.
#[derive(Default)]
pub(super) struct ConfirmedValues(BTreeMap<String, ConfirmedFields>);

impl ConfirmedValues {
    /// Reads what is confirmed of the records of these sources.
    pub(super) fn learn(
        &mut self,
        records: &[Resolved],
        view: &mut View<'_>,
    ) -> Result<(), StorageError> {
        for Resolved { partnership, .. } in records {
            if !self.0.contains_key(&partnership.source) {
                let confirmed = view.confirmed(&partnership.source)?;
                self.0.insert(partnership.source.clone(), confirmed);
            }
        }
        Ok(())
    }

    /// Whether what is confirmed of the sources of these records was read.
    pub(super) fn know(&self, records: &[Resolved]) -> bool {
        records.iter().all(|record| self.0.contains_key(&record.partnership.source))
    }

    /// Whether anything is confirmed of a record.
    pub(super) fn has(&self, source: &str, row: i64) -> bool {
        self.0.get(source).is_some_and(|fields| !fields.parts(row).is_empty())
    }

    /// Gives a record, read from a file, what was confirmed of it; what is told of that.
    pub(super) fn keep(&self, record: &mut Resolved, row: i64, stored: &Partnership) -> Vec<Issue> {
        let Some(fields) = self.0.get(&record.partnership.source) else { return Vec::new() };
        let confirmed = fields.parts(row);
        if confirmed.is_empty() {
            return Vec::new();
        }
        let said = &record.partnership;
        // a later check than the one that is known confirms nothing less
        let is_later = said.verified_on > stored.verified_on;
        let stays =
            |part: &Column| confirmed.contains(*part) && !(*part == Column::VerifiedOn && is_later);
        let parts: Columns = said.differing_parts(stored).iter().filter(stays).collect();
        if !is_later {
            record.partnership.verified_by = stored.verified_by;
            record.hash = record.partnership.content_hash();
        }
        if parts.is_empty() {
            return Vec::new();
        }
        let said = &record.partnership;
        let told = parts.iter().filter(|part| *part != Column::VerifiedOn);
        let issues = told.filter_map(|part| {
            let differs = |column: &Column| said.typed_cell(*column) != stored.typed_cell(*column);
            let column = part.members().find(differs)?;
            let (by, at) = fields.by(row, part)?;
            let kept = stored.typed_cell(column);
            let kept = format!("{kept} ({}, {by})", at.date_naive());
            let issue = Issue::new(IssueCode::ValueConfirmed, record.line);
            Some(issue.at(column.name(), said.typed_cell(column)).suggest(kept))
        });
        let issues = issues.collect();
        if record.partnership.take_parts(stored, parts).is_err() {
            // one end of the period would be before the other: all of it stays
            let period = [Column::Start, Column::End];
            let parts: Columns = parts.iter().chain(period).collect();
            // what the register has is a period
            let _ = record.partnership.take_parts(stored, parts);
        }
        record.hash = record.partnership.content_hash();
        issues
    }
}
