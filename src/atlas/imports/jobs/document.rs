//! An import as JSON, for programs and pages. Lists are cut; `docs/imports.md` describes it.

use serde_json::{Map, Value, json};

use super::Request;
use crate::{
    atlas::imports::report,
    domain::{ImportState, Issue},
    storage::Job,
};

/// Issues that are listed; `issues.csv` has more.
const LISTED_ISSUES: usize = 1_000;

/// What was asked of an import. One of the command line was asked nothing.
pub(super) fn request(job: &Job) -> Request {
    let kept = job.request.as_deref();
    kept.and_then(|kept| serde_json::from_str(kept).ok()).unwrap_or_default()
}

/// What is kept of the plan of an import, once it has one.
pub(super) fn plan(job: &Job) -> Option<Value> {
    let kept = serde_json::from_str::<Value>(job.plan.as_deref()?).ok()?;
    kept["digest"].is_string().then_some(kept)
}

/// How far an import is. One that is committed and still being done is not published yet: who
/// is told that it is committed shall see it.
pub(super) fn state(job: &Job, progress: Option<&Value>) -> ImportState {
    match job.record.state {
        ImportState::Committed if progress.is_some() => ImportState::Committing,
        state => state,
    }
}

/// An import without columns, issues and plan.
pub(super) fn short(job: &Job, progress: Option<Value>) -> Value {
    let record = &job.record;
    let mut document = report::import_json(record);
    let state = state(job, progress.as_ref());
    document["state"] = state.code().into();
    let has_ended =
        matches!(state, ImportState::Committed | ImportState::Failed | ImportState::Cancelled);
    if !has_ended {
        document["finished_at"] = Value::Null;
    }
    if record.file.as_ref().is_some_and(|file| file.sha256.is_empty()) {
        document["sha256"] = Value::Null;
    }
    if record.source.is_empty() {
        document["source"] = Value::Null;
    }
    let error = job.error.as_deref().and_then(|kept| serde_json::from_str(kept).ok());
    document["error"] = error.unwrap_or(Value::Null);
    document["request"] = match &job.request {
        None => Value::Null,
        Some(_) => asked(&request(job)),
    };
    document["progress"] = progress.unwrap_or(Value::Null);
    document
}

fn asked(request: &Request) -> Value {
    let Request {
        dry_run,
        valid_rows_only,
        allow_mass_removal,
        encoding,
        profile,
        columns,
        values,
        sheet,
        only_source,
        // these are told of the import itself
        source: _,
        mode: _,
        agreed: _,
        tries: _,
    } = request;
    json!({
        "dry_run": dry_run,
        "valid_rows_only": valid_rows_only,
        "allow_mass_removal": allow_mass_removal,
        "encoding": encoding,
        "profile": profile,
        "columns": columns,
        "values": values,
        "sheet": sheet,
        "only_source": only_source,
    })
}

/// An import with everything.
pub(super) fn whole(job: &Job, issues: &[Issue], progress: Option<Value>) -> Value {
    let mut document = short(job, progress);
    let kept = job.plan.as_deref().and_then(|kept| serde_json::from_str(kept).ok());
    let mut kept: Map<String, Value> = kept.unwrap_or_default();
    for name in ["profile", "encoding", "sheet", "other_sheets", "columns", "issue_totals"] {
        document[name] = kept.remove(name).unwrap_or(Value::Null);
    }
    // by which the same file is known again, of no use to anybody else
    kept.remove("circumstances");
    // what was said of the file while it was planned before is out of date
    let is_planned = !matches!(job.record.state, ImportState::Waiting | ImportState::Checking);
    let issues = issues.iter().take(if is_planned { LISTED_ISSUES } else { 0 });
    document["issues"] = issues.map(report::issue_json).collect();
    document["plan"] = Value::Null;
    if kept.get("digest").is_some_and(Value::is_string) {
        kept.insert("written".into(), json!(document["state"] == ImportState::Committed.code()));
        document["plan"] = Value::Object(kept);
    }
    document
}
