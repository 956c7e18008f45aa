//! The part of an import's page that says what it changes, record by record.

use crate::{
    domain::ImportState,
    http::desk::import::{
        document::{CellChange, ImportChange},
        page::{ImportPage, ImportView},
    },
};

/// Changes that one page of the plan shows.
pub const CHANGES_SHOWN: usize = 50;

impl ImportPage {
    /// The page with changes of one operation.
    pub fn operation_path(&self, operation: &str) -> String {
        let view = ImportView { operation: operation.into(), from: 0, ..self.view.clone() };
        self.view_path(&view, "changes")
    }

    /// Each operation with its count, those there are.
    pub fn operations(&self) -> Vec<(&'static str, u64)> {
        let outcome = &self.import.outcome;
        let all = [
            ("created", outcome.created),
            ("updated", outcome.updated),
            ("removed", outcome.removed),
        ];
        all.into_iter().filter(|(_, count)| *count > 0).collect()
    }

    fn wanted_changes(&self) -> impl Iterator<Item = &ImportChange> {
        let changes = self.import.plan.iter().flat_map(|plan| &plan.changes);
        changes.filter(|change| {
            self.view.operation.is_empty() || change.operation == self.view.operation
        })
    }

    /// The changes that the page shows.
    pub fn changes(&self) -> Vec<&ImportChange> {
        self.wanted_changes().skip(self.view.from).take(CHANGES_SHOWN).collect()
    }

    /// The page with the changes that come next.
    pub fn next_changes_path(&self) -> Option<String> {
        let from = self.view.from + CHANGES_SHOWN;
        let has_more = self.wanted_changes().nth(from).is_some();
        has_more.then(|| self.view_path(&ImportView { from, ..self.view.clone() }, "changes"))
    }

    /// Changes of the plan that no map can show, because the partner's place is not known.
    pub fn unplaced(&self) -> u64 {
        let changes = self.import.plan.iter().flat_map(|plan| &plan.changes);
        changes.filter(|change| change.partner.position.is_none()).count() as u64
    }

    /// Changes that are not listed at all.
    pub fn unlisted(&self) -> u64 {
        let listed = self.import.plan.as_ref().map_or(0, |plan| plan.changes.len() as u64);
        self.import.outcome.changes().saturating_sub(listed)
    }

    /// The record of a change, where it is in the register.
    pub fn record_path(&self, change: &ImportChange) -> Option<String> {
        let is_there = match change.operation.as_str() {
            "created" => self.import.state == ImportState::Committed,
            "removed" => self.import.state == ImportState::Planned,
            _ => true,
        };
        (is_there && self.import.reverted_by.is_none())
            .then(|| self.layout.partnership_path(&change.id))
    }

    /// The text of a cell before or after.
    pub fn shown<'t>(&self, text: &'t Option<String>) -> &'t str {
        text.as_deref().unwrap_or_default()
    }

    /// What a change of a cell is about.
    pub fn cell_label(&self, cell: &CellChange) -> String {
        self.column_label(&cell.column)
    }
}
