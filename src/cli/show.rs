//! What a command says: reports, issues and imports, in words and as files.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
};

use serde_json::Value;

use super::{Failure, extension, write_whole};
use crate::{
    atlas::{imports::Report, register::document::change_json},
    domain::{ImportRecord, ImportState, Issue, Language, Outcome, Severity},
    formats::csv::{Profile, Sheets},
};

/// Issues that are shown on a terminal; a report has them all.
const SHOWN_ISSUES: usize = 20;
/// Pairs of countries that are shown on a terminal; `--json` prints all.
const SHOWN_COUNTRIES: usize = 10;
/// Changes that are shown on a terminal; `--json` prints more.
const SHOWN_CHANGES: usize = 20;

pub(super) fn write_report(report: &Report, path: &Path) -> Result<(), Failure> {
    write_whole(("write the report", path), |output| {
        if extension(path) == "csv" {
            report.write_csv(output)
        } else {
            writeln!(output, "{:#}", report.to_json())
        }
    })
}

// long: one part of a report after another
pub(super) fn show_report(report: &Report, report_file: Option<&Path>) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for issue in report.issues.iter().take(SHOWN_ISSUES) {
        show_issue(&mut out, issue)?;
    }
    let all: u64 = report.totals.values().sum();
    if all > SHOWN_ISSUES as u64 {
        let hint =
            if report_file.is_some() { "in the report" } else { "--report FILE.csv lists them" };
        writeln!(out, "… and {} more: {hint}", all - SHOWN_ISSUES as u64)?;
    }
    for (code, count) in &report.totals {
        writeln!(out, "{:>9}  {:<8} {}", count, code.severity().code(), code.code())?;
    }
    if report.profile != Profile::native().name {
        writeln!(out, "Read by the profile {}.", report.profile)?;
    }
    if report.encoding != "UTF-8" {
        writeln!(out, "The file is in {}.", report.encoding)?;
    }
    if !report.skipped_countries.is_empty() {
        let mut skipped: Vec<_> = report.skipped_countries.iter().collect();
        skipped.sort_by_key(|(_, rows)| std::cmp::Reverse(**rows));
        let most = skipped.iter().take(SHOWN_COUNTRIES);
        let most: Vec<String> = most
            .map(|(countries, rows)| format!("{} {rows}", countries.replace('-', "–")))
            .collect();
        let more = if skipped.len() > SHOWN_COUNTRIES { ", …" } else { "" };
        writeln!(out, "Skipped, since neither side is French: {}{more}", most.join(", "))?;
    }
    if let Some(Sheets { read, others }) = &report.sheets {
        write!(out, "The sheet “{read}” is read")?;
        let others = others.iter().map(|sheet| {
            let hidden = if sheet.is_hidden { " (hidden)" } else { "" };
            format!("“{}”{hidden}", sheet.name)
        });
        let others: Vec<String> = others.collect();
        if !others.is_empty() {
            write!(out, "; not read: {}. --sheet NAME reads another", others.join(", "))?;
        }
        writeln!(out, ".")?;
    }
    if !report.ignored_columns.is_empty() {
        writeln!(out, "Columns that are not read: {}", report.ignored_columns.join(", "))?;
    }
    let Outcome { rows, created, updated, unchanged, removed, rejected, repeated, skipped } =
        report.outcome;
    writeln!(
        out,
        "{}: {rows} rows: {created} created, {updated} updated, {unchanged} unchanged, {removed} removed, \
         {rejected} rejected, {repeated} repeated, {skipped} skipped",
        report.file
    )?;
    if report.removal_withheld {
        writeln!(
            out,
            "Nothing was removed, because a rejected row may be a record that is still wanted."
        )?;
    }
    if report.outcome.rows == 0 {
        writeln!(out, "The file has a header and no rows.")?;
    }
    for mass in report.mass_removals.iter().filter(|_| report.dry_run) {
        writeln!(
            out,
            "The file lacks {} of the {} records of {}: only --allow-mass-removal lets them go.",
            mass.removed, mass.of, mass.source
        )?;
    }
    if report.dry_run {
        let changes: Vec<_> = report.changes.iter().map(change_json).collect();
        show_changes(&mut out, &changes.into())?;
    }
    match report.import {
        _ if report.refused => writeln!(
            out,
            "Nothing was written. Correct the rejected rows, or take the others with --valid-rows-only."
        )?,
        Some(import) => writeln!(out, "Import {import} of source {}.", report.source)?,
        None => writeln!(out, "Dry run: nothing was written.")?,
    }
    out.flush()
}

/// Changes of a plan as they are kept with it, cell by cell.
pub(super) fn show_changes(out: &mut impl Write, changes: &Value) -> io::Result<()> {
    let changes = changes.as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for change in changes.iter().take(SHOWN_CHANGES) {
        let (operation, title) = (text(&change["operation"]), text(&change["title"]));
        let line = change["line"].as_u64().map(|line| format!("line {line}: "));
        writeln!(out, "{}{operation} {title}", line.unwrap_or_default())?;
        for cell in change["cells"].as_array().into_iter().flatten() {
            let (column, before) = (text(&cell["column"]), text(&cell["before"]));
            writeln!(out, "    {column}: “{before}” → “{}”", text(&cell["after"]))?;
        }
    }
    if changes.len() > SHOWN_CHANGES {
        writeln!(out, "… and more: --json lists 1,000 of each kind")?;
    }
    Ok(())
}

pub(super) fn show_issue(out: &mut impl Write, issue: &Issue) -> io::Result<()> {
    let language = system_language();
    let severity = match (issue.code.severity(), language) {
        (Severity::Error, Language::French) => "erreur",
        (Severity::Error, Language::English) => "error",
        (Severity::Warning, Language::French) => "avertissement",
        (Severity::Warning, Language::English) => "warning",
    };
    let column = issue.column.map(|column| format!(", {column}")).unwrap_or_default();
    let line = match language {
        Language::French => "ligne",
        Language::English => "line",
    };
    write!(
        out,
        "{line} {}{column}: {severity} [{}] {}",
        issue.line,
        issue.code.code(),
        issue.message(language)
    )?;
    match issue.hint(language) {
        Some(hint) => writeln!(out, " {hint}"),
        None => writeln!(out),
    }
}

/// The language of the system, as POSIX names it: LC_ALL, LC_MESSAGES, LANG.
fn system_language() -> Language {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    if set.is_some_and(|locale| locale.starts_with("fr")) {
        Language::French
    } else {
        Language::English
    }
}

pub(super) fn show_import(out: &mut impl Write, record: &ImportRecord) -> io::Result<()> {
    let outcome = &record.outcome;
    // what has no file is told by its cause
    let file = record.file.as_ref();
    writeln!(
        out,
        "{:>5}  {}  {:<20} {}  {} created, {} updated, {} unchanged, {} removed, {} rejected ({}, {}{})",
        record.id,
        record.finished_at.format("%Y-%m-%d %H:%M:%S UTC"),
        record.source,
        file.map_or("-", |file| file.name.as_str()),
        outcome.created,
        outcome.updated,
        outcome.unchanged,
        outcome.removed,
        outcome.rejected,
        file.map_or(record.cause.code(), |file| file.mode.code()),
        record.actor,
        standing(record),
    )
}

/// What else is to be said of an import: how far it is, what it undoes, what undid it.
fn standing(record: &ImportRecord) -> String {
    let mut words = String::new();
    if record.state != ImportState::Committed {
        words = format!(", {}", record.state.code());
    }
    if let Some(undone) = record.reverts {
        words = format!("{words}, undoes {undone}");
    }
    if let Some(by) = record.reverted_by {
        words = format!("{words}, undone by {by}");
    }
    words
}
