//! Plans, histories and reverts as JSON, for programs and pages.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    decide::Judged,
    history::{DecisionStep, History, Origin, Step},
    plan::{CellChange, End, PlanDigest, PlannedChange},
    revert::{Conflicts, Reverted},
};
use crate::{
    domain::{PartnershipId, Sameness},
    search::{Snapshot, merging::MergeProposal},
};

/// What is kept of the plan of an import that undoes another.
pub(super) fn revert_json(
    digest: PlanDigest,
    changes: &[PlannedChange],
    decisions: Vec<Value>,
) -> Value {
    let mut plan = json!({
        "digest": digest.to_string(),
        "changes": changes.iter().map(change_json).collect::<Value>(),
    });
    if !decisions.is_empty() {
        plan["decisions"] = decisions.into();
    }
    plan
}

/// The history of a record, for programs: its versions, and for each value the version that it
/// comes from.
pub fn history_json(id: PartnershipId, history: &History) -> Value {
    let History { steps, origins, decisions } = history;
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
    let decision = |decision: &DecisionStep| {
        let DecisionStep { changeset, cause, at, other, same } = decision;
        json!({
            "import": changeset,
            "cause": cause.code(),
            "at": at,
            "record": other.to_string(),
            "same": same,
        })
    };
    json!({
        "id": id.to_string(),
        "versions": steps.iter().map(step).collect::<Value>(),
        "values": Value::Object(origins.iter().map(origin).collect()),
        "decisions": decisions.iter().map(decision).collect::<Value>(),
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
pub fn cell_json(cell: &CellChange) -> Value {
    json!({"column": cell.column.name(), "before": cell.before, "after": cell.after})
}

/// What was decided, for programs.
pub fn judged_json(decided: &Judged) -> Value {
    let Judged { changeset, decisions } = decided;
    let decision = |Sameness { records, same }: &Sameness| json!({"records": records.map(|record| record.to_string()), "same": same});
    json!({"import": changeset, "decisions": decisions.iter().map(decision).collect::<Value>()})
}

/// Two partnerships that may be one, for programs.
pub fn proposal_json(snapshot: &Arc<Snapshot>, proposal: &MergeProposal) -> Value {
    let MergeProposal { records, doubt } = proposal;
    let [one, other] = records.map(|record| snapshot.find(record));
    let at = |item: u32| snapshot.sides(item).1[0].position();
    let km = one.and_then(at).zip(other.and_then(at)).map(|(one, other)| one.distance_km(other));
    json!({
        "doubt": doubt.code(),
        "message": doubt.message(),
        "distance_km": km.map(|km| (km * 10.0).round() / 10.0),
        "partnerships": records.map(|record| partnership_json(snapshot, record)),
    })
}

/// What tells one partnership from another.
fn partnership_json(snapshot: &Arc<Snapshot>, lead: PartnershipId) -> Value {
    let all = snapshot.every_record();
    let of = |id: &PartnershipId| {
        let (source, key) = all.source_and_key(all.find(*id)?)?;
        Some(json!({"id": id.to_string(), "source": source, "key": key}))
    };
    let partnership = snapshot.find(lead).and_then(|item| snapshot.partnership(item));
    let Some(partnership) = partnership else { return Value::Null };
    let (start, end) = (partnership.period.start(), partnership.period.end());
    let names = partnership.collectivities.iter().map(|one| one.name.as_str());
    let partners = partnership.partners.iter().map(|partner| {
        json!({"name": partner.name, "country": partner.country, "region": partner.region})
    });
    json!({
        "id": lead.to_string(),
        "title": partnership.title,
        "kind": partnership.kind.code,
        "start": start.map(|date| date.to_string()),
        "end": end.map(|date| date.to_string()),
        "collectivities": names.collect::<Vec<_>>(),
        "partners": partners.collect::<Value>(),
        "records": snapshot.records_of(lead).iter().filter_map(of).collect::<Value>(),
    })
}
