//! The report of an import, for people, for programs and for spreadsheets.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::Report;
use crate::domain::{ImportRecord, Issue, Language};

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
            outcome,
            issues,
            totals,
            ignored_columns,
            profile,
            encoding,
        } = self;
        let totals = totals.iter().map(|(code, count)| (code.code().to_owned(), json!(count)));
        json!({
            "import": import,
            "source": source,
            "file": file,
            "sha256": sha256,
            "mode": mode.code(),
            "dry_run": dry_run,
            "written": !dry_run && !refused,
            "removal_withheld": removal_withheld,
            "outcome": outcome,
            "issue_totals": Value::Object(totals.collect()),
            "issues": issues.iter().map(issue_json).collect::<Value>(),
            "ignored_columns": ignored_columns,
            "profile": profile,
            "encoding": encoding,
        })
    }

    /// The issues as a table: UTF-8 CSV with a header.
    pub fn write_csv(&self, output: impl Write) -> io::Result<()> {
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
        for issue in &self.issues {
            csv.write_record([
                issue.code.severity().code(),
                issue.code.code(),
                &issue.line.to_string(),
                issue.column.unwrap_or_default(),
                issue.value.as_deref().unwrap_or_default(),
                &issue.message(Language::French),
                &issue.message(Language::English),
                issue.suggestion.as_deref().unwrap_or_default(),
            ])?;
        }
        csv.flush()
    }
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

/// The record of an import, for programs.
pub fn import_json(record: &ImportRecord) -> Value {
    let ImportRecord { id, source, file, sha256, mode, actor, started_at, finished_at, outcome } =
        record;
    json!({
        "id": id,
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
