//! Where each value of a record comes from: its versions, each with changeset, file and line.

use std::collections::{HashMap, hash_map::Entry};

use chrono::{DateTime, Utc};

use super::plan::{CellChange, differences};
use crate::{
    domain::{Cause, Column, Operation, Partnership, PartnershipId, Version},
    formats::csv::cell,
    storage::{Database, Decision, StorageError},
};

/// One version of a record, and what it changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Counted from 1.
    pub revision: i32,
    /// What it did.
    pub operation: Operation,
    /// The changeset that made it.
    pub changeset: i64,
    /// Why.
    pub cause: Cause,
    /// Name of the file that it comes from, if there is one.
    pub file: Option<String>,
    /// The line that says it.
    pub line: Option<u64>,
    /// When the changeset was committed.
    pub at: DateTime<Utc>,
    /// The changeset that this one undoes.
    pub reverts: Option<i64>,
    /// The cells that it changed: all that say something, where the record came.
    pub cells: Vec<CellChange>,
}

/// What a person has decided about a record and another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionStep {
    /// The changeset.
    pub changeset: i64,
    /// Why: a decision, or its revert.
    pub cause: Cause,
    /// When it was committed.
    pub at: DateTime<Utc>,
    /// The other record.
    pub other: PartnershipId,
    /// Whether they are one partnership; none where that is not decided any more.
    pub same: Option<bool>,
}

/// A value of a record as it is now, and the version that it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The cell.
    pub column: Column,
    /// What it says, as the native CSV writes it.
    pub value: String,
    /// The version that first said so, and all later ones do.
    pub revision: i32,
}

/// The history of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Its versions, newest first.
    pub steps: Vec<Step>,
    /// Its values; none where it was removed.
    pub origins: Vec<Origin>,
    /// What people have decided about it and records of other sources, newest first.
    pub decisions: Vec<DecisionStep>,
}

/// The history of the record with this source and key; none where it never was.
pub fn history(
    database: &mut Database,
    source: &str,
    key: &str,
) -> Result<Option<History>, StorageError> {
    let versions = database.history(source, key)?;
    if versions.is_empty() {
        return Ok(None);
    }
    let mut changesets = HashMap::new();
    for version in &versions {
        if let Entry::Vacant(place) = changesets.entry(version.changeset) {
            place.insert(database.changeset(version.changeset)?);
        }
    }
    let mut steps = Vec::with_capacity(versions.len());
    let mut before: Option<&Partnership> = None;
    for Version { revision, changeset, line, record } in &versions {
        let about = changesets.get(changeset).and_then(Option::as_ref);
        if let (Some(about), Some(operation)) = (about, Operation::between(before, record.as_ref()))
        {
            steps.push(Step {
                revision: *revision,
                operation,
                changeset: *changeset,
                cause: about.cause,
                file: about.file.clone(),
                line: *line,
                at: about.at,
                reverts: about.undoes,
                cells: changed(before, record.as_ref()),
            });
        }
        before = record.as_ref();
    }
    steps.reverse();
    let decisions = decisions(database, source, key)?;
    Ok(Some(History { steps, origins: origins(&versions), decisions }))
}

fn decisions(
    database: &mut Database,
    source: &str,
    key: &str,
) -> Result<Vec<DecisionStep>, StorageError> {
    let own = PartnershipId::new(source, key);
    let all = database.view(|view| view.decided_about(source, key))?;
    let mut steps = Vec::with_capacity(all.len());
    for Decision { changeset, records: [one, other], same, .. } in all.into_iter().rev() {
        if let Some(about) = database.changeset(changeset)? {
            let other = if one == own { other } else { one };
            let (cause, at) = (about.cause, about.at);
            steps.push(DecisionStep { changeset, cause, at, other, same });
        }
    }
    Ok(steps)
}

fn changed(before: Option<&Partnership>, after: Option<&Partnership>) -> Vec<CellChange> {
    match (before, after) {
        (Some(before), Some(after)) => differences(before, after),
        (None, Some(record)) => filled(record)
            .map(|(column, after)| CellChange { column, before: String::new(), after })
            .collect(),
        (_, None) => Vec::new(),
    }
}

fn filled(record: &Partnership) -> impl Iterator<Item = (Column, String)> {
    let cells = Column::native().iter().map(|column| (*column, cell(record, *column)));
    cells.filter(|(_, text)| !text.is_empty())
}

/// For each value of the last version: the first of the unbroken run of versions that say it.
fn origins(versions: &[Version]) -> Vec<Origin> {
    let Some(record) = versions.last().and_then(|version| version.record.as_ref()) else {
        return Vec::new();
    };
    let origin = |(column, value): (Column, String)| {
        let says = |version: &&Version| {
            version.record.as_ref().is_some_and(|record| cell(record, column) == value)
        };
        let revision = versions.iter().rev().take_while(says).last().map_or(1, |v| v.revision);
        Origin { column, value, revision }
    };
    filled(record).map(origin).collect()
}
