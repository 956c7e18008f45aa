//! The history of a partnership: what changed when, and by which file.

use super::{Layout, Texts, format};
use crate::{
    atlas::history::{History, Step},
    domain::Operation,
};

/// Versions that a page shows; the API has them all.
const SHOWN: usize = 20;

/// One version of the record.
#[derive(Debug, Clone, Default)]
pub struct HistoryStep {
    /// ISO instant.
    pub at: String,
    /// What happened, as a sentence.
    pub sentence: String,
    /// Which import of which file says so, and in which line.
    pub origin: String,
    /// The cells that changed.
    pub cells: Vec<HistoryCell>,
}

/// A cell that changed.
#[derive(Debug, Clone, Default)]
pub struct HistoryCell {
    /// Name of the column in the page's language.
    pub column: String,
    /// What it said; empty where nothing.
    pub before: String,
    /// What it says.
    pub after: String,
}

/// The newest versions, newest first.
pub fn steps(layout: &Layout, history: &History) -> Vec<HistoryStep> {
    history.steps.iter().take(SHOWN).map(|one| step(layout, one)).collect()
}

fn step(layout: &Layout, step: &Step) -> HistoryStep {
    let Step { operation, import, file, line, at, reverts, cells, .. } = step;
    let texts = Texts::of(layout.language);
    let key = match (reverts, operation) {
        (Some(_), _) => "record.history.reverted",
        (None, Operation::Created) => "record.history.created",
        (None, Operation::Updated) => "record.history.updated",
        (None, Operation::Removed) => "record.history.removed",
    };
    let number = reverts.unwrap_or(*import).to_string();
    let line = line.map(|line| format::number(layout.language, line)).unwrap_or_default();
    let origin = match (reverts, line.is_empty()) {
        (Some(_), _) => "record.history.before",
        (None, true) => "record.history.file",
        (None, false) => "record.history.line",
    };
    let values = [("import", number.as_str()), ("file", file), ("line", &line)];
    let origin = texts.fill(origin, &values);
    // what a new record says is the page itself
    let told = if *operation == Operation::Updated { cells.as_slice() } else { &[] };
    let cells = told.iter().map(|cell| HistoryCell {
        column: layout.text(&format!("column.{}", cell.column.name())).to_owned(),
        before: cell.before.clone(),
        after: cell.after.clone(),
    });
    let sentence = texts.text(key).to_owned();
    HistoryStep { at: at.to_rfc3339(), sentence, origin, cells: cells.collect() }
}
