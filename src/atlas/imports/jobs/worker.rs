//! The thread that does the jobs, one after another.

use std::{fs::File, sync::Arc, thread, time::Duration};

use super::{
    JobError, Request, document,
    failure::Failure,
    shared::{Running, Shared},
    tidy,
};
use crate::{
    atlas::imports::{Import, ImportError, Report, import::Progress},
    domain::ImportState,
    storage::{Database, Job, Moved, Planned, Step, StorageError},
};

/// How often a job is begun whose process did not come to its end: it may be the job that kills it.
const MAX_TRIES: u8 = 2;
/// How long the thread waits for a call before it looks for itself.
const REST: Duration = Duration::from_secs(1);
/// How long it lets be what it could not do: twice as long each time, to a limit.
const REST_AFTER_ERROR: [Duration; 2] = [Duration::from_secs(5), Duration::from_mins(5)];

/// The states from which an import can still end without a trace.
pub(super) const UNCOMMITTED: [ImportState; 5] = [
    ImportState::Waiting,
    ImportState::Checking,
    ImportState::Planned,
    ImportState::Committing,
    ImportState::Failed,
];

/// Does jobs until it is to stop.
pub(super) fn run(shared: &Shared) {
    if shared.register.is_read_only() {
        return;
    }
    let mut tidying = tidy::Calendar::default();
    let [least, most] = REST_AFTER_ERROR;
    let mut rest = least;
    while !shared.is_stopping() {
        match next(shared, &mut tidying) {
            Ok(is_done) => {
                rest = least;
                if !is_done {
                    shared.rest(REST);
                }
            }
            Err(error) => {
                tracing::warn!("imports wait: {error}");
                shared.rest(rest);
                rest = most.min(rest * 2);
            }
        }
    }
}

/// Does one job; whether there was one.
fn next(shared: &Shared, tidying: &mut tidy::Calendar) -> Result<bool, JobError> {
    let Some(folder) = shared.uploads.held()? else { return Ok(false) };
    let mut database = shared.writers().take()?;
    tidying.tidy(shared, &mut database, &folder);
    let Some(id) = database.next_job(&folder)? else { return Ok(false) };
    if let Some(job) = database.brief_job(id)? {
        work(shared, &mut database, &job)?;
    }
    Ok(true)
}

/// Does a job, and keeps what came of it. An error is one that may pass: the job stays as it is.
fn work(shared: &Shared, database: &mut Database, job: &Job) -> Result<(), JobError> {
    let id = job.record.id;
    if job.record.state != ImportState::Committing {
        let from = [ImportState::Waiting, ImportState::Checking];
        if database.move_job(id, &from, Step::Check)? != Moved::Yes {
            return Ok(());
        }
    }
    let mut request = document::request(job);
    request.tries = request.tries.saturating_add(1);
    let tried = request.tries;
    // a process that ends in the midst of it leaves the count behind
    database.note_request(id, &request.to_json())?;
    if tried > MAX_TRIES {
        return Ok(fail(database, id, &Failure::killed())?);
    }
    request.tries = 0;
    let done = attempt(shared, database, job, &request);
    let kept = keep(shared, database, job, &request, done);
    *shared.running() = None;
    kept
}

/// Reads the file of a job, and writes it where that was agreed to.
fn attempt(
    shared: &Shared,
    database: &mut Database,
    job: &Job,
    request: &Request,
) -> Result<Report, Failed> {
    let id = job.record.id;
    let upload = shared.own(job.upload.as_deref()).ok_or(Failed::For(Failure::gone()))?;
    let file = shared.uploads.open(&upload).map_err(|error| Failed::For((&error).into()))?;
    let profile = request.profile().map_err(|error| Failed::For((&error).into()))?;
    let size = file.metadata().map_or(0, |about| about.len());
    let progress = Arc::new(Progress::default());
    let running = Running { id, progress: Arc::clone(&progress), size, cancelled: false };
    *shared.running() = Some(running);
    // `stop` may have come just before there was something to stop
    if shared.is_stopping() {
        return Err(Failed::Stopped);
    }
    let is_committing = job.record.state == ImportState::Committing;
    let import = Import {
        profile,
        source: request.source.clone(),
        only_source: request.only_source.clone(),
        file: job.record.file.as_ref().map(|file| file.name.clone()).unwrap_or_default(),
        mode: request.mode,
        actor: job.record.actor.clone(),
        dry_run: !is_committing,
        valid_rows_only: request.valid_rows_only,
        allow_mass_removal: request.allow_mass_removal,
        expect: request.agreed.as_deref().and_then(|digest| digest.parse().ok()),
        job: is_committing.then_some(id),
        progress,
    };
    run_import(import, database, file)
}

/// Why a job was not done.
enum Failed {
    /// For good.
    For(Failure),
    /// It was to stop.
    Stopped,
    /// Somebody else has moved it on.
    Elsewhere,
    /// For now.
    Passing(StorageError),
}

/// Runs an import on a thread of its own, whose panic is that import's alone.
fn run_import(import: Import, database: &mut Database, file: File) -> Result<Report, Failed> {
    let ran = thread::scope(|scope| scope.spawn(|| import.run(database, file)).join());
    match ran {
        Ok(Ok(report)) => Ok(report),
        Ok(Err(ImportError::Stopped)) => Err(Failed::Stopped),
        Ok(Err(ImportError::Storage(StorageError::NotCommitting { .. }))) => Err(Failed::Elsewhere),
        Ok(Err(ImportError::Storage(error @ StorageError::Busy { .. }))) => {
            Err(Failed::Passing(error))
        }
        Ok(Err(error)) => {
            // of what is wrong with a file whoever sent it is told
            if matches!(error, ImportError::Storage(_)) {
                tracing::warn!("an import has failed: {error}");
            }
            Err(Failed::For((&error).into()))
        }
        // the panic itself was told on standard error
        Err(_) => Err(Failed::For(Failure::internal())),
    }
}

/// Keeps what came of a job.
fn keep(
    shared: &Shared,
    database: &mut Database,
    job: &Job,
    request: &Request,
    done: Result<Report, Failed>,
) -> Result<(), JobError> {
    let id = job.record.id;
    let is_committing = job.record.state == ImportState::Committing;
    match done {
        Ok(report) if !is_committing => planned(database, id, request.clone(), &report)?,
        // the register has changed so that rows are rejected now which were not
        Ok(report) if report.refused => {
            fail(database, id, &Failure::from(&ImportError::PlanChanged))?;
        }
        Ok(report) => {
            tracing::info!(import = id, file = report.file, "an import is committed");
            shared.register.publish(database);
            if let Some(job) = database.brief_job(id)? {
                shared.discard(database, &job)?;
            }
        }
        Err(Failed::For(failure)) => fail(database, id, &failure)?,
        Err(Failed::Stopped) => {
            // to stop in order is no failure of the job
            database.note_request(id, &request.to_json())?;
            let is_cancelled = shared.running().as_ref().is_some_and(|running| running.cancelled);
            if is_cancelled {
                database.move_job(id, &UNCOMMITTED, Step::Cancel)?;
            }
        }
        Err(Failed::Elsewhere) => {}
        Err(Failed::Passing(error)) => {
            database.note_request(id, &request.to_json())?;
            return Err(error.into());
        }
    }
    Ok(())
}

/// Keeps a plan, and goes on to commit it where nobody has to be asked.
fn planned(
    database: &mut Database,
    id: i64,
    mut request: Request,
    report: &Report,
) -> Result<(), StorageError> {
    let digest = report.digest;
    let is_withheld = !report.mass_removals.is_empty() && !request.allow_mass_removal;
    let is_asked = request.dry_run || report.refused || is_withheld;
    let state = if is_asked { ImportState::Planned } else { ImportState::Committing };
    request.agreed = (!is_asked).then(|| digest.to_string());
    let planned = Planned {
        state,
        source: &report.source,
        sha256: &report.sha256,
        outcome: &report.outcome,
        request: &request.to_json(),
        plan: &report.plan_json(digest, &report.changes).to_string(),
        issues: &report.issues,
    };
    // false: it was cancelled in the meantime, and stays so
    database.plan_job(id, &planned).map(drop)
}

fn fail(database: &mut Database, id: i64, failure: &Failure) -> Result<(), StorageError> {
    let error = failure.to_json().to_string();
    let from = [ImportState::Checking, ImportState::Committing];
    database.move_job(id, &from, Step::Fail(&error)).map(drop)
}
