//! Plans, histories and reverts as JSON, for programs and pages.

use serde_json::{Value, json};

use super::{
    history::{History, Origin, Step},
    plan::{CellChange, End, PlanDigest, PlannedChange},
    revert::{Conflicts, Reverted},
};
use crate::domain::PartnershipId;

/// What is kept of the plan of an import that undoes another.
pub(super) fn revert_json(digest: PlanDigest, changes: &[PlannedChange]) -> Value {
    json!({
        "digest": digest.to_string(),
        "changes": changes.iter().map(change_json).collect::<Value>(),
    })
}

/// The history of a record, for programs: its versions, and for each value the version that it
/// comes from.
pub fn history_json(id: PartnershipId, history: &History) -> Value {
    let History { steps, origins } = history;
    let step = |step: &Step| {
        let Step { revision, operation, changeset, cause, file, line, at, reverts, cells } = step;
        json!({
            "revision": revision,
            "operation": operation.code(),
            "import": changeset,
            "cause": cause.code(),
            "reverts": reverts,
            "file": file,
            "line": line,
            "at": at,
            "cells": cells.iter().map(cell_json).collect::<Value>(),
        })
    };
    let origin = |origin: &Origin| {
        let Origin { column, value, revision } = origin;
        (column.name().to_owned(), json!({"value": value, "revision": revision}))
    };
    json!({
        "id": id.to_string(),
        "versions": steps.iter().map(step).collect::<Value>(),
        "values": Value::Object(origins.iter().map(origin).collect()),
    })
}

/// What undoing did, for programs.
pub fn reverted_json(reverted: &Reverted) -> Value {
    let Reverted { changeset, outcome, conflicts } = reverted;
    json!({"import": changeset, "outcome": outcome, "conflicts": conflicts_json(conflicts)})
}

/// Records that later imports have changed, for programs.
pub fn conflicts_json(conflicts: &Conflicts) -> Value {
    let record =
        |(id, title): &(PartnershipId, String)| json!({"id": id.to_string(), "title": title});
    json!({
        "total": conflicts.total,
        "records": conflicts.listed.iter().map(record).collect::<Value>(),
    })
}

/// A change of a plan, for programs.
pub fn change_json(change: &PlannedChange) -> Value {
    let PlannedChange { operation, id, line, title, collectivity, partner, country, cells } =
        change;
    let position = |end: &End| end.position.map(|position| [position.lon(), position.lat()]);
    json!({
        "operation": operation.code(),
        "id": id.to_string(),
        "line": line,
        "title": title,
        "collectivity": {"name": collectivity.name, "position": position(collectivity)},
        "partner": {"name": partner.name, "country": country, "position": position(partner)},
        "cells": cells.iter().map(cell_json).collect::<Value>(),
    })
}

/// A cell that changes, for programs.
pub(super) fn cell_json(cell: &CellChange) -> Value {
    json!({"column": cell.column.name(), "before": cell.before, "after": cell.after})
}
