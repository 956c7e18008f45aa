//! The history of a partnership: what changed when, and by which file.

use super::{Layout, format};
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
    /// Which file and line say so; none where an import was undone.
    pub origin: Option<String>,
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
    let number = import.to_string();
    let sentence = match (reverts, operation) {
        (Some(reverted), _) => {
            layout.fill("record.history.reverted", "import", reverted.to_string().as_str())
        }
        (None, Operation::Created) => layout.fill("record.history.created", "import", &number),
        (None, Operation::Updated) => layout.fill("record.history.updated", "import", &number),
        (None, Operation::Removed) => layout.fill("record.history.removed", "import", &number),
    };
    let origin = match (reverts, line) {
        (Some(_), _) => None,
        (None, Some(line)) => {
            let line = format::number(layout.language, *line);
            Some(layout.fill("record.history.line", "line", &line).replace("{file}", file))
        }
        (None, None) => Some(file.clone()),
    };
    // what a new record says is the page itself
    let told = if *operation == Operation::Updated { cells.as_slice() } else { &[] };
    let cells = told.iter().map(|cell| HistoryCell {
        column: layout.text(&format!("column.{}", cell.column.name())).to_owned(),
        before: cell.before.clone(),
        after: cell.after.clone(),
    });
    HistoryStep { at: at.to_rfc3339(), sentence, origin, cells: cells.collect() }
}
