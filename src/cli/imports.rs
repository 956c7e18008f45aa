//! `atlas imports`: what was imported, and undoing it.

use std::{
    io::{self, BufWriter, Write},
    process::ExitCode,
};

use super::{
    Failure, actor, open,
    show::{show_changes, show_import, show_issue},
};
use crate::{
    atlas::{
        imports::report::{import_json, issue_json},
        register::{
            document::reverted_json,
            revert::{Revert, revert},
        },
    },
    config::{DatabaseOption, ImportsCommand},
};

pub(super) fn run(command: &ImportsCommand) -> Result<ExitCode, Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    match command {
        ImportsCommand::List { database, json } => list(&mut out, database, *json)?,
        ImportsCommand::Show { database, id, json } => show(&mut out, database, *id, *json)?,
        ImportsCommand::Revert { database, id, skip_conflicts, json } => {
            let wanted = Revert { changeset: *id, actor: actor(), skip_conflicts: *skip_conflicts };
            let reverted = revert(&mut open(database)?, &wanted)?;
            if *json {
                writeln!(out, "{:#}", reverted_json(&reverted))?;
            } else {
                let outcome = &reverted.outcome;
                writeln!(
                    out,
                    "Import {id} is undone by import {}: {} records came back, {} are as before, \
                     {} were removed, {} stay as they are.",
                    reverted.changeset,
                    outcome.created,
                    outcome.updated,
                    outcome.removed,
                    outcome.unchanged
                )?;
                for (id, title) in &reverted.conflicts.listed {
                    writeln!(out, "  {id} {title}: changed by a later import, left alone")?;
                }
            }
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn list(out: &mut impl Write, database: &DatabaseOption, json: bool) -> Result<(), Failure> {
    let records = open(database)?.imports()?;
    if json {
        let list: Vec<_> = records.iter().map(import_json).collect();
        writeln!(out, "{:#}", serde_json::Value::from(list))?;
        return Ok(());
    }
    if records.is_empty() {
        writeln!(out, "Nothing was imported yet.")?;
    }
    for record in &records {
        show_import(out, record)?;
    }
    Ok(())
}

fn show(
    out: &mut impl Write,
    database: &DatabaseOption,
    id: i64,
    json: bool,
) -> Result<(), Failure> {
    let mut database = open(database)?;
    let record = database.import(id)?.ok_or_else(|| {
        Failure::Usage(format!("there is no import {id}; atlas imports list shows those there are"))
    })?;
    let issues = database.import_issues(id)?;
    let plan = database.import_plan(id)?.and_then(|plan| serde_json::from_str(&plan).ok());
    let mut plan: serde_json::Value = plan.unwrap_or_default();
    if let Some(plan) = plan.as_object_mut() {
        // by which the same file is known again, of no use to anybody else
        plan.remove("circumstances");
    }
    let error = database.job(id)?.and_then(|job| job.error);
    let error = error.and_then(|error| serde_json::from_str(&error).ok());
    let error: serde_json::Value = error.unwrap_or_default();
    if json {
        let mut shown = import_json(&record);
        shown["issues"] = issues.iter().map(issue_json).collect();
        shown["plan"] = plan;
        shown["error"] = error;
        writeln!(out, "{shown:#}")?;
        return Ok(());
    }
    show_import(out, &record)?;
    if let Some(why) = error["message"]["en"].as_str() {
        writeln!(out, "{why}")?;
    }
    for issue in &issues {
        show_issue(out, issue)?;
    }
    show_changes(out, &plan["changes"])?;
    Ok(())
}
