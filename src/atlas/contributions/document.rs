//! Corrections and proposals as JSON, for programs.

use serde_json::{Map, Value, json};

use super::{
    Checked, Edited,
    correction::Collision,
    decide::RulingOutcome,
    propose::{Queue, Submitted},
};
use crate::{
    atlas::{imports::report::issue_json, register::document::cell_json},
    domain::{Column, PartVerdict, Proposal},
};

/// What a correction comes to.
pub fn checked_json(checked: &Checked) -> Value {
    let Checked { issues, changes, collisions, after, .. } = checked;
    json!({
        "valid": after.is_some(),
        "changes": changes.iter().map(cell_json).collect::<Value>(),
        "issues": issues.iter().map(issue_json).collect::<Value>(),
        "collisions": collisions_json(collisions),
    })
}

/// What was corrected.
pub fn edited_json(edited: &Edited) -> Value {
    let mut document = checked_json(&edited.checked);
    document["changeset"] = edited.changeset.into();
    document
}

/// Parts that others have changed in between.
pub fn collisions_json(collisions: &[Collision]) -> Value {
    let one = |one: &Collision| json!({"column": one.part.name(), "now": one.now});
    collisions.iter().map(one).collect()
}

/// What was proposed, for its author alone.
pub fn submitted_json(submitted: &Submitted) -> Value {
    let Submitted { id, secret } = submitted;
    json!({"id": id, "secret": secret})
}

/// What became of a proposal.
pub fn ruled_json(ruled: &RulingOutcome) -> Value {
    let RulingOutcome { state, verdicts, changeset } = ruled;
    json!({
        "state": state.code(),
        "verdicts": verdicts_json(verdicts.iter()),
        "changeset": changeset,
    })
}

fn verdicts_json<'v>(verdicts: impl Iterator<Item = (&'v Column, &'v PartVerdict)>) -> Value {
    let one =
        |(part, verdict): (&Column, &PartVerdict)| (part.name().to_owned(), verdict.code().into());
    Value::Object(verdicts.map(one).collect())
}

/// A proposal, for those who may see it.
pub fn proposal_json(proposal: &Proposal) -> Value {
    let cells: Map<String, Value> = proposal
        .cells
        .iter()
        .map(|(column, cell)| {
            (column.name().to_owned(), json!({"before": cell.before, "after": cell.after}))
        })
        .collect();
    json!({
        "id": proposal.id,
        "record": proposal.record().to_string(),
        "new": proposal.is_new(),
        "base": proposal.base,
        "title": proposal.title,
        "state": proposal.state.code(),
        "cells": cells,
        "reason": proposal.reason,
        "proof": proposal.proof,
        "author": proposal.author,
        "created_at": proposal.created_at,
        "ended_at": proposal.ended_at,
        "verdicts": verdicts_json(proposal.verdicts.iter()),
        "note": proposal.note,
        "changeset": proposal.changeset,
    })
}

/// Some proposals of the queue.
pub fn queue_json(queue: &Queue) -> Value {
    let Queue { proposals, next, counts } = queue;
    let counts = counts.iter().map(|(state, count)| (state.code().to_owned(), json!(count)));
    json!({
        "proposals": proposals.iter().map(proposal_json).collect::<Value>(),
        "next": next,
        "counts": counts.collect::<Map<_, _>>(),
    })
}
