//! The history of a partnership: what changed when; the API also tells by which file.

use std::cmp::Reverse;

use crate::{
    atlas::register::history::{DecisionStep, History, Step},
    domain::{Cause, Operation},
    http::page::layout::Layout,
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
    let versions = history.steps.iter().map(|one| (one.at, step(layout, one)));
    let decisions = history.decisions.iter().map(|one| (one.at, decision(layout, one)));
    let mut steps: Vec<_> = versions.chain(decisions).collect();
    steps.sort_by_key(|(at, _)| Reverse(*at));
    steps.into_iter().take(SHOWN).map(|(_, step)| step).collect()
}

fn decision(layout: &Layout, decision: &DecisionStep) -> HistoryStep {
    let DecisionStep { at, other, same, .. } = decision;
    let key = match same {
        Some(true) => "record.history.merged",
        Some(false) => "record.history.split",
        None => "record.history.undecided",
    };
    let sentence = layout.fill(key, "id", &other.to_string());
    HistoryStep { at: at.to_rfc3339(), sentence, cells: Vec::new() }
}

fn step(layout: &Layout, step: &Step) -> HistoryStep {
    let Step { operation, at, reverts, cells, cause, .. } = step;
    let key = match (reverts, cause, operation) {
        (Some(_), ..) => "record.history.reverted",
        (None, Cause::Edit, _) => "record.history.corrected",
        (None, Cause::Proposal, Operation::Created) => "record.history.declared",
        (None, Cause::Proposal, _) => "record.history.proposed",
        (None, Cause::Verification, _) => "record.history.verified",
        (None, _, Operation::Created) => "record.history.created",
        (None, _, Operation::Updated) => "record.history.updated",
        (None, _, Operation::Removed) => "record.history.removed",
    };
    // what a new record says is the page itself
    let told = if *operation == Operation::Updated { cells.as_slice() } else { &[] };
    let cells = told.iter().map(|cell| HistoryCell {
        column: cell.column.label(layout.language).to_owned(),
        before: cell.before.clone(),
        after: cell.after.clone(),
    });
    let sentence = layout.text(key).to_owned();
    HistoryStep { at: at.to_rfc3339(), sentence, cells: cells.collect() }
}
