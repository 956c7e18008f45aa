//! Imports over HTTP: jobs that outlive the request that began them, and the process.
//!
//! A file that comes is kept in the folder of [`Uploads`], and a row of `imports` says what is to
//! be done with it. One thread does that, one job after another:
//!
//! ```text
//! waiting → checking → planned → committing → committed
//!              ↘ failed ↙  ↘ cancelled ↙
//! ```
//!
//! The rows are the queue. A job that a process left unfinished is found again by the next one:
//! checking writes nothing and begins anew; committing is one transaction, which happened whole,
//! and then the row says so, or not at all, and then it is repeated with the plan that was agreed
//! to, which it carries out or refuses.
//!
//! | file | holds |
//! |---|---|
//! | `request.rs` | [`Request`]: what somebody asks of an import |
//! | `worker.rs` | the thread that does the jobs |
//! | `shared.rs` | what the thread and those who ask have in common |
//! | `tidy.rs` | what becomes of files that nobody needs any more |
//! | `document.rs` | an import as JSON |
//! | `error.rs` `failure.rs` | why something was not done; why an import failed |

mod document;
mod error;
mod failure;
mod request;
mod shared;
mod source;
mod tidy;
mod worker;

use std::{
    sync::{Arc, atomic::Ordering},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

pub use error::JobError;
pub use request::{Request, SWITCH, Values, file_name};
use shared::{Running, Shared};
pub use source::Annotated;

use super::uploads::{Disk, Incoming, Uploads};
use crate::{
    atlas::register::{Register, document::conflicts_json, revert::Revert},
    domain::{ImportState, Issue},
    storage::{ImportCounts, Moved, NewJob, Step},
};

/// How long a job that is to stop may take.
const GRACE: Duration = Duration::from_secs(10);

/// What those who import over HTTP ask for; clones share it. Every function but
/// [`Self::progress`] asks the database or the disk, and may take its time.
#[derive(Clone)]
pub struct Jobs {
    shared: Arc<Shared>,
    worker: Arc<JoinHandle<()>>,
}

/// An import, for whoever watches it.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    /// As [`Jobs::list`] has it.
    pub document: Value,
    /// Whether it waits for somebody, or has ended.
    pub is_still: bool,
}

impl Jobs {
    /// Begins to do the jobs of the files in a folder, those that a former process has left too.
    pub fn start(register: Register, uploads: Uploads) -> Self {
        let shared = Arc::new(Shared::new(register, uploads));
        let worker = thread::spawn({
            let shared = Arc::clone(&shared);
            move || worker::run(&shared)
        });
        Self { shared, worker: Arc::new(worker) }
    }

    /// Has the job that is being done end without a trace, to be done again by the next process.
    /// Waits for nothing.
    pub fn stop(&self) {
        self.shared.stop();
    }

    /// Whether [`Self::stop`] was called.
    pub fn is_stopping(&self) -> bool {
        self.shared.is_stopping()
    }

    /// Waits for the job that is being done, once [`Self::stop`] was called; not for ever, for it
    /// may be waiting itself, and can be left at any moment.
    pub fn finish(&self) {
        let deadline = Instant::now() + GRACE;
        while !self.worker.is_finished() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// How many bytes a file may have.
    pub fn upload_limit(&self) -> u64 {
        self.shared.uploads.limit()
    }

    /// A new file, to be written and then [submitted](Self::submit).
    pub fn receive(&self) -> Result<Incoming, JobError> {
        Ok(self.shared.uploads.receive()?)
    }

    /// Imports a file that has come, as soon as those before it are done; the import's number.
    pub fn submit(
        &self,
        incoming: Incoming,
        file: String,
        request: &Request,
        actor: String,
    ) -> Result<i64, JobError> {
        let upload = incoming.keep()?;
        let job = NewJob {
            source: request
                .only_source
                .as_ref()
                .or(request.source.as_ref())
                .cloned()
                .unwrap_or_default(),
            file,
            mode: request.mode,
            actor,
            request: request.to_json(),
            upload: upload.code(),
        };
        let added = self.shared.writers().take().and_then(|mut database| database.add_job(&job));
        match added {
            Ok(id) => {
                self.shared.call();
                Ok(id)
            }
            Err(error) => {
                self.shared.remove(&upload);
                Err(error.into())
            }
        }
    }

    /// All imports, newest first, each as JSON without columns, issues and plan.
    pub fn list(&self) -> Result<Vec<Value>, JobError> {
        let jobs = self.shared.readers().take()?.jobs()?;
        Ok(jobs.iter().map(|job| document::short(job, self.progress(job.record.id))).collect())
    }

    /// How many imports there are.
    pub fn counts(&self) -> Result<ImportCounts, JobError> {
        Ok(self.shared.readers().take()?.import_counts()?)
    }

    /// The disk that files come to; none where the system does not tell.
    pub fn disk(&self) -> Option<Disk> {
        self.shared.uploads.disk()
    }

    /// An import as JSON, with everything that is bounded.
    pub fn get(&self, id: i64) -> Result<Value, JobError> {
        let mut database = self.shared.readers().take()?;
        let job = database.job(id)?.ok_or(JobError::Unknown(id))?;
        let issues = database.import_issues(id)?;
        drop(database);
        let mut document = document::whole(&job, &issues, self.progress(id));
        self.add_columns(id, &mut document);
        Ok(document)
    }

    /// An import for whoever watches it.
    pub fn watch(&self, id: i64) -> Result<Watched, JobError> {
        let job = self.shared.readers().take()?.brief_job(id)?.ok_or(JobError::Unknown(id))?;
        let progress = self.progress(id);
        let is_still = !document::state(&job, progress.as_ref()).is_running();
        Ok(Watched { document: document::short(&job, progress), is_still })
    }

    /// How far an import is, as JSON, if it is being done just now. Waits for nothing.
    pub fn progress(&self, id: i64) -> Option<Value> {
        let running = self.shared.running();
        let Running { progress, size, .. } = running.as_ref().filter(|job| job.id == id)?;
        let (bytes, rows) = (&progress.bytes, &progress.rows);
        Some(json!({
            "bytes": bytes.load(Ordering::Relaxed),
            "size": size,
            "rows": rows.load(Ordering::Relaxed),
        }))
    }

    /// The issues of an import, in the order of its file.
    pub fn issues(&self, id: i64) -> Result<Vec<Issue>, JobError> {
        let mut database = self.shared.readers().take()?;
        database.import(id)?.ok_or(JobError::Unknown(id))?;
        Ok(database.import_issues(id)?)
    }

    /// Plans an import anew, after `change` has changed what is asked of it.
    pub fn plan(
        &self,
        id: i64,
        change: impl FnOnce(&mut Request) -> Result<(), JobError>,
    ) -> Result<(), JobError> {
        let mut database = self.shared.writers().take()?;
        let job = database.job(id)?.ok_or(JobError::Unknown(id))?;
        let from = [ImportState::Planned, ImportState::Failed];
        if !from.contains(&job.record.state) {
            return Err(JobError::NotPlannable(id, job.record.state));
        }
        if job.upload.is_none() {
            return Err(JobError::NoFile(id));
        }
        let mut request = document::request(&job);
        // somebody wants to look at it now
        request.dry_run = true;
        request.agreed = None;
        request.tries = 0;
        change(&mut request)?;
        if request.profile.is_none() && !request.columns.is_empty() {
            // what is corrected is what was recognised
            let kept = document::plan(&job);
            let known = kept.as_ref().and_then(|plan| plan["profile"].as_str());
            request.profile = known.map(str::to_owned);
        }
        let source = request.source.clone().unwrap_or_default();
        let step = Step::Wait(&source, request.mode, &request.to_json());
        let moved = database.move_job(id, &from, step)?;
        self.moved(id, moved, |state| JobError::NotPlannable(id, state))
    }

    /// Commits the plan of an import, which `change` may be told more about; that with the digest
    /// `agreed`, where one is named.
    pub fn commit(
        &self,
        id: i64,
        agreed: Option<&str>,
        change: impl FnOnce(&mut Request),
    ) -> Result<(), JobError> {
        let mut database = self.shared.writers().take()?;
        let job = database.job(id)?.ok_or(JobError::Unknown(id))?;
        let plan = document::plan(&job).filter(|_| job.record.state == ImportState::Planned);
        let plan = plan.ok_or(JobError::NotPlanned(id, job.record.state))?;
        let digest = plan["digest"].as_str().unwrap_or_default();
        if agreed.is_some_and(|agreed| agreed != digest) {
            return Err(JobError::PlanChanged(id));
        }
        let mut request = document::request(&job);
        change(&mut request);
        if plan["refused"] == true && !request.valid_rows_only {
            return Err(JobError::RejectedRows(id));
        }
        let is_mass_removal = plan["mass_removals"].as_array().is_some_and(|list| !list.is_empty());
        if is_mass_removal && !request.allow_mass_removal {
            return Err(JobError::MassRemoval(id));
        }
        request.agreed = Some(digest.to_owned());
        let step = Step::Commit(&request.to_json());
        let moved = database.move_job(id, &[ImportState::Planned], step)?;
        self.moved(id, moved, |state| JobError::NotPlanned(id, state))
    }

    /// Ends an import that is not committed, without a trace in the register.
    pub fn cancel(&self, id: i64) -> Result<(), JobError> {
        self.shared.interrupt(id);
        let mut database = self.shared.writers().take()?;
        let moved = database.move_job(id, &worker::UNCOMMITTED, Step::Cancel)?;
        // it may have begun in between
        self.shared.interrupt(id);
        match moved {
            Moved::No(ImportState::Cancelled) => Ok(()),
            Moved::No(_) => Err(JobError::Committed(id)),
            moved => {
                self.moved(id, moved, |_| JobError::Committed(id))?;
                if let Some(job) = database.brief_job(id)? {
                    self.shared.discard(&mut database, &job)?;
                }
                Ok(())
            }
        }
    }

    /// Undoes a changeset; the new one that does, as JSON.
    pub fn revert(&self, wanted: &Revert) -> Result<Value, JobError> {
        let reverted = self.shared.register.revert(wanted)?;
        let mut document = self.get(reverted.changeset)?;
        document["conflicts"] = conflicts_json(&reverted.conflicts);
        Ok(document)
    }

    /// Tells the worker, or why there is nothing to tell.
    fn moved(
        &self,
        id: i64,
        moved: Moved,
        refused: impl FnOnce(ImportState) -> JobError,
    ) -> Result<(), JobError> {
        match moved {
            Moved::Yes => {
                self.shared.call();
                Ok(())
            }
            Moved::No(state) => Err(refused(state)),
            Moved::Unknown => Err(JobError::Unknown(id)),
        }
    }
}
