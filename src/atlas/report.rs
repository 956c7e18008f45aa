//! The report of an import, for people, for programs and for spreadsheets.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use serde_json::{Value, json};

use super::{
    FileColumn, Report,
    history::{History, Origin, Step},
    plan::{CellChange, End, PlanDigest, PlannedChange},
    revert::{Conflicts, Reverted},
};
use crate::{
    domain::{Column, ImportRecord, Issue, IssueCode, Language, PartnershipId},
    formats::csv::{Sheets, inert},
};

impl Report {
    /// Everything, for programs.
    pub fn to_json(&self) -> Value {
        let Self {
            import,
            source,
            file,
            sha256,
            mode,
            dry_run,
            refused,
            removal_withheld,
            mass_removals,
            digest,
            changes,
            outcome,
            issues,
            totals,
            skipped_countries,
            ignored_columns,
            profile,
            encoding,
            sheets,
        } = self;
        json!({
            "digest": digest.to_string(),
            "mass_removals": mass_removals,
            "changes": changes.iter().map(change_json).collect::<Value>(),
            "import": import,
            "source": source,
            "file": file,
            "sha256": sha256,
            "mode": mode.code(),
            "dry_run": dry_run,
            "written": !dry_run && !refused,
            "removal_withheld": removal_withheld,
            "outcome": outcome,
            "issue_totals": totals_json(totals),
            "issues": issues.iter().map(issue_json).collect::<Value>(),
            "skipped_rows": skipped_rows(skipped_countries),
            "ignored_columns": ignored_columns,
            "profile": profile,
            "encoding": encoding,
            "sheet": sheets.as_ref().map(|sheets| &sheets.read),
            "other_sheets": other_sheets(sheets.as_ref()),
        })
    }

    /// What is kept of a plan with its import: the changes, and how the file was read.
    pub(super) fn plan_json(&self, digest: PlanDigest, changes: &[PlannedChange]) -> Value {
        json!({
            "digest": digest.to_string(),
            "refused": self.refused,
            "removal_withheld": self.removal_withheld,
            "mass_removals": self.mass_removals,
            "changes": changes.iter().map(change_json).collect::<Value>(),
            "issue_totals": totals_json(&self.totals),
            "skipped_rows": skipped_rows(&self.skipped_countries),
            "ignored_columns": self.ignored_columns,
            "profile": self.profile,
            "encoding": self.encoding,
            "sheet": self.sheets.as_ref().map(|sheets| &sheets.read),
            "other_sheets": other_sheets(self.sheets.as_ref()),
        })
    }

    /// The issues as a table: UTF-8 CSV with a header.
    pub fn write_csv(&self, output: impl Write) -> io::Result<()> {
        write_issues(&self.issues, output)
    }
}

/// Rows that are passed over, by reason and countries: `[{"reason", "countries", "rows"}]`, the
/// most first.
fn skipped_rows(skipped: &BTreeMap<String, u64>) -> Value {
    let mut skipped: Vec<(&String, &u64)> = skipped.iter().collect();
    skipped.sort_by_key(|(_, rows)| std::cmp::Reverse(**rows));
    let row = |(countries, rows): (&String, &u64)| {
        let countries: Vec<&str> = countries.split('-').collect();
        json!({"reason": "no-french-side", "countries": countries, "rows": rows})
    };
    skipped.into_iter().map(row).collect()
}

/// `[{"name", "hidden"}]`
fn other_sheets(sheets: Option<&Sheets>) -> Value {
    let others = sheets.map(|sheets| sheets.others.iter()).into_iter().flatten();
    others.map(|sheet| json!({"name": sheet.name, "hidden": sheet.is_hidden})).collect()
}

/// Issues as a table: UTF-8 CSV with a header.
pub fn write_issues(issues: &[Issue], output: impl Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(output);
    csv.write_record([
        "severity",
        "code",
        "line",
        "column",
        "value",
        "message_fr",
        "message_en",
        "suggestion",
    ])?;
    for issue in issues {
        csv.write_record([
            issue.code.severity().code(),
            issue.code.code(),
            &issue.line.to_string(),
            issue.column.unwrap_or_default(),
            &inert(issue.value.as_deref().unwrap_or_default()),
            &issue.message(Language::French),
            &issue.message(Language::English),
            &inert(issue.suggestion.as_deref().unwrap_or_default()),
        ])?;
    }
    csv.flush()
}

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
        let Step { revision, operation, import, file, line, at, reverts, cells } = step;
        json!({
            "revision": revision,
            "operation": operation.code(),
            "import": import,
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
    let Reverted { import, outcome, conflicts } = reverted;
    json!({"import": import, "outcome": outcome, "conflicts": conflicts_json(conflicts)})
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

fn totals_json(totals: &BTreeMap<IssueCode, u64>) -> Value {
    let totals = totals.iter().map(|(code, count)| (code.code().to_owned(), json!(count)));
    Value::Object(totals.collect())
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

/// An issue for programs, its message in both languages.
pub fn issue_json(issue: &Issue) -> Value {
    json!({
        "severity": issue.code.severity().code(),
        "code": issue.code.code(),
        "line": issue.line,
        "column": issue.column,
        "value": issue.value,
        "message": {
            "fr": issue.message(Language::French),
            "en": issue.message(Language::English),
        },
        "suggestion": issue.suggestion,
    })
}

/// A column of a file and what it is taken for, for programs.
pub fn column_json(column: &FileColumn) -> Value {
    let FileColumn { title, column, confidence, examples } = column;
    json!({
        "title": title,
        "column": column.map(Column::name),
        "confidence": confidence,
        "examples": examples,
    })
}

/// The record of an import, for programs.
pub fn import_json(record: &ImportRecord) -> Value {
    let ImportRecord {
        id,
        source,
        file,
        sha256,
        mode,
        actor,
        started_at,
        finished_at,
        state,
        reverts,
        reverted_by,
        outcome,
    } = record;
    json!({
        "id": id,
        "state": state.code(),
        "reverts": reverts,
        "reverted_by": reverted_by,
        "source": source,
        "file": file,
        "sha256": sha256,
        "mode": mode.code(),
        "actor": actor,
        "started_at": started_at,
        "finished_at": finished_at,
        "outcome": outcome,
    })
}
