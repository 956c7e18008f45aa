//! The report of an import, for people, for programs and for spreadsheets.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use serde_json::{Value, json};

use super::{FileColumn, Report};
use crate::{
    atlas::register::{
        document::change_json,
        plan::{PlanDigest, PlannedChange},
    },
    domain::{Column, ImportRecord, Issue, IssueCode, Language},
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

fn totals_json(totals: &BTreeMap<IssueCode, u64>) -> Value {
    let totals = totals.iter().map(|(code, count)| (code.code().to_owned(), json!(count)));
    Value::Object(totals.collect())
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
        cause,
        source,
        file,
        actor,
        started_at,
        finished_at,
        state,
        reverts,
        reverted_by,
        outcome,
    } = record;
    let file = file.as_ref();
    json!({
        "id": id,
        "cause": cause.code(),
        "state": state.code(),
        "reverts": reverts,
        "reverted_by": reverted_by,
        "source": source,
        "file": file.map(|file| &file.name),
        "sha256": file.map(|file| &file.sha256),
        "mode": file.map(|file| file.mode.code()),
        "actor": actor,
        "started_at": started_at,
        "finished_at": finished_at,
        "outcome": outcome,
    })
}
