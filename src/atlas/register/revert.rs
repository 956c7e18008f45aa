//! A changeset undone: a new one, which leaves the records as they were before it.

use serde_json::Value;

use super::{decide::decision_json, plan::Plan};
use crate::{
    domain::{
        Cause, Changeset, Column, Columns, ImportState, Operation, Outcome, Partnership,
        PartnershipId,
    },
    storage::{
        After, Change, Database, DecisionChange, Entry, Known, NewChangeset, StorageError, Touched,
        Writer,
    },
};

/// Conflicts that are listed; the others are counted.
pub const LISTED_CONFLICTS: usize = 1_000;

/// What to undo.
#[derive(Debug, Clone)]
pub struct Revert {
    /// The changeset: that of an import has the import's number.
    pub changeset: i64,
    /// Who wants it.
    pub actor: String,
    /// Leaves the records alone that later imports have changed, and undoes the others.
    pub skip_conflicts: bool,
}

/// What undoing did.
#[derive(Debug, Clone, PartialEq)]
pub struct Reverted {
    /// The changeset that undoes.
    pub changeset: i64,
    /// What it changed; `unchanged` are the records that were as before already, or that stay as
    /// later imports have made them.
    pub outcome: Outcome,
    /// The records that stay as they are, because later imports have changed them.
    pub conflicts: Conflicts,
}

/// Records that later imports have changed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conflicts {
    /// How many there are.
    pub total: u64,
    /// The first of them: id and title.
    pub listed: Vec<(PartnershipId, String)>,
}

impl Conflicts {
    /// The titles of the first three.
    fn first(&self) -> String {
        let titles: Vec<&str> =
            self.listed.iter().take(3).map(|(_, title)| title.as_str()).collect();
        let more = if self.total > 3 { ", …" } else { "" };
        format!("{}{more}", titles.join(", "))
    }
}

/// Why an import was not undone. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum RevertError {
    /// No such import.
    #[error("there is no import {0}; atlas imports list shows those there are")]
    Unknown(i64),
    /// It changed nothing, so that there is nothing to undo.
    #[error("import {} was never committed: it is {}", .0, .1.code())]
    NotCommitted(i64, ImportState),
    /// Done already.
    #[error("import {0} was undone by import {1} already; undo that one to have it back")]
    Already(i64, i64),
    /// Later imports.
    #[error(
        "{} of the records of import {} were changed by later imports ({}); nothing was written. \
         Undo those imports first, or leave these records as they are with --skip-conflicts",
        .1.total, .0, .1.first()
    )]
    Conflicts(i64, Conflicts),
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Undoes an import, all of it or nothing.
pub fn revert(database: &mut Database, wanted: &Revert) -> Result<Reverted, RevertError> {
    database.write(|writer| {
        let id = wanted.changeset;
        let Some(undone) = writer.view().changeset(id)? else {
            let import = writer.view().import(id)?.ok_or(RevertError::Unknown(id))?;
            return Err(RevertError::NotCommitted(id, import.state));
        };
        if let Some(by) = undone.undone_by {
            return Err(RevertError::Already(id, by));
        }
        Reverting::begin(writer, undone, wanted)?.run()
    })
}

struct Reverting<'w, 'c> {
    writer: &'w mut Writer<'c>,
    wanted: &'w Revert,
    reverted: Reverted,
    plan: Plan,
    /// Whether what is undone is a person's, who says nothing of the parts that they left alone; a
    /// file says all of its columns.
    of_person: bool,
}

/// What becomes of a record.
enum Step {
    /// It goes back to this state.
    To(Option<Box<Partnership>>),
    /// It is in that state already.
    Nothing,
    /// Somebody else has changed it.
    Conflict,
}

impl<'w, 'c> Reverting<'w, 'c> {
    fn begin(
        writer: &'w mut Writer<'c>,
        undone: Changeset,
        wanted: &'w Revert,
    ) -> Result<Self, StorageError> {
        let of_person = matches!(undone.cause, Cause::Edit | Cause::Proposal | Cause::Verification);
        let changeset = writer.begin(&NewChangeset {
            cause: Cause::Revert,
            source: undone.source,
            actor: wanted.actor.clone(),
            undoes: Some(undone.id),
        })?;
        let (outcome, conflicts) = (Outcome::default(), Conflicts::default());
        let reverted = Reverted { changeset, outcome, conflicts };
        Ok(Self { writer, wanted, reverted, plan: Plan::default(), of_person })
    }

    fn run(mut self) -> Result<Reverted, RevertError> {
        // first those that others have changed since, while `made_by` still names its own
        let mut row = 0;
        loop {
            let touched = self.writer.view().made_earlier_by(self.wanted.changeset, row)?;
            let Some(last) = touched.last() else { break };
            row = last.known.row_id;
            self.undo(touched)?;
        }
        let mut row = 0;
        loop {
            let touched = self.writer.view().made_by(self.wanted.changeset, row)?;
            let Some(last) = touched.last() else { break };
            row = last.known.row_id;
            self.undo(touched)?;
        }
        let decisions = self.undo_decisions()?;
        if self.reverted.conflicts.total > 0 && !self.wanted.skip_conflicts {
            return Err(RevertError::Conflicts(self.wanted.changeset, self.reverted.conflicts));
        }
        let changes = self.plan.listed();
        let plan = super::document::revert_json(self.plan.digest(), changes, decisions);
        self.writer.describe(self.reverted.outcome.unchanged, plan.to_string())?;
        Ok(self.reverted)
    }

    fn undo(&mut self, touched: Vec<Touched>) -> Result<(), StorageError> {
        let rows: Vec<i64> = touched.iter().map(|touched| touched.known.row_id).collect();
        let present = self.writer.view().records(&rows)?;
        let confirmed = self.writer.view().confirmed_of(&rows)?;
        let mut steps = Vec::with_capacity(touched.len());
        for Touched { known, before, after } in touched {
            let step = match after {
                After::Present => Step::To(before),
                After::Past(_) if is(known, before.as_deref()) => Step::Nothing,
                After::Past(after) if is(known, after.as_deref()) => Step::To(before),
                After::Past(after) => {
                    let (states, now) =
                        ((before.as_deref(), after.as_deref()), present.get(&known.row_id));
                    without(states, now, confirmed.parts(known.row_id), self.of_person)
                }
            };
            steps.push((known, step));
        }
        let mut changes = Vec::with_capacity(steps.len());
        for (known, step) in &steps {
            let before = present.get(&known.row_id);
            let after = match step {
                Step::To(state) => state.as_deref(),
                Step::Nothing => {
                    self.reverted.outcome.unchanged += 1;
                    continue;
                }
                Step::Conflict => {
                    self.conflict(before);
                    continue;
                }
            };
            let outcome = &mut self.reverted.outcome;
            match Operation::between(before, after) {
                Some(Operation::Created) => outcome.created += 1,
                Some(Operation::Updated) => outcome.updated += 1,
                Some(Operation::Removed) => outcome.removed += 1,
                None => {
                    outcome.unchanged += 1;
                    continue;
                }
            }
            let entry = |partnership| Entry {
                partnership,
                hash: Partnership::content_hash(partnership),
                line: None,
            };
            changes.push(Change { known: Some(*known), before, after: after.map(entry) });
        }
        for change in &changes {
            self.plan.note(change);
        }
        self.writer.change(&changes)
    }

    /// Takes back what the changeset has decided about records; what that changes, as JSON.
    fn undo_decisions(&mut self) -> Result<Vec<Value>, StorageError> {
        let mut undone = Vec::new();
        for change in self.writer.view().decided_by(self.wanted.changeset)? {
            let DecisionChange { decision, before, now, is_superseded } = change;
            if now == before {
                self.reverted.outcome.unchanged += 1;
            } else if is_superseded && now != decision.same {
                let row = decision.rows[0];
                let present = self.writer.view().records(&[row])?;
                self.conflict(present.get(&row));
            } else {
                self.writer.decide(decision.rows, before)?;
                undone.push(decision_json(decision.records, now, before));
            }
        }
        Ok(undone)
    }

    fn conflict(&mut self, present: Option<&Partnership>) {
        self.reverted.outcome.unchanged += 1;
        let Conflicts { total, listed } = &mut self.reverted.conflicts;
        *total += 1;
        if let Some(record) = present.filter(|_| listed.len() < LISTED_CONFLICTS) {
            listed.push((record.id(), record.title.clone()));
        }
    }
}

/// What becomes of a record of which a changeset made something, and later ones something else.
/// A part stays as it is where it was confirmed since, and goes back to what it was where only the
/// changeset has changed it; one that others have changed as well is a conflict.
fn without(
    (before, after): (Option<&Partnership>, Option<&Partnership>),
    now: Option<&Partnership>,
    confirmed: Columns,
    of_person: bool,
) -> Step {
    let (Some(before), Some(after), Some(now)) = (before, after, now) else {
        return Step::Conflict;
    };
    let (made, later) = (before.differing_parts(after), after.differing_parts(now));
    let changed = before.differing_parts(now);
    let stays = |part: Column| {
        let is_others = if of_person { !made.contains(part) } else { confirmed.contains(part) };
        is_others || (made.contains(part) && !changed.contains(part))
    };
    if !later.iter().all(stays) {
        return Step::Conflict;
    }
    let back: Columns = made.iter().filter(|part| !later.contains(*part)).collect();
    if back.is_empty() {
        return Step::Nothing;
    }
    let mut merged = now.clone();
    match merged.take_parts(before, back) {
        Ok(()) => Step::To(Some(Box::new(merged))),
        // it would end before it begins
        Err(_) => Step::Conflict,
    }
}

/// Whether a record is in this state now.
fn is(known: Known, state: Option<&Partnership>) -> bool {
    match state {
        Some(record) => !known.removed && known.hash == record.content_hash(),
        None => known.removed,
    }
}
