//! What the worker and those who ask have in common.

use std::{
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::{
    atlas::{
        imports::{
            import::Progress,
            uploads::{Upload, Uploads},
        },
        register::Register,
    },
    storage::{Database, Job, Pool, StorageError},
};

/// What the worker and those who ask have in common.
pub(super) struct Shared {
    pub(super) register: Register,
    pub(super) uploads: Uploads,
    /// The job that is being done.
    pub(super) running: Mutex<Option<Running>>,
    /// Whether there may be something to do, for the worker.
    called: Mutex<bool>,
    call: Condvar,
    stopping: AtomicBool,
}

pub(super) struct Running {
    pub(super) id: i64,
    pub(super) progress: Arc<Progress>,
    /// Of the file, in bytes.
    pub(super) size: u64,
    /// Somebody wants it to end for good.
    pub(super) cancelled: bool,
}

impl Shared {
    pub(super) fn new(register: Register, uploads: Uploads) -> Self {
        Self {
            register,
            uploads,
            running: Mutex::default(),
            called: Mutex::default(),
            call: Condvar::new(),
            stopping: AtomicBool::new(false),
        }
    }

    /// Has the worker end, and the job that it does, without a trace.
    pub(super) fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        if let Some(running) = &*self.running() {
            running.progress.stop.store(true, Ordering::Relaxed);
        }
        self.call();
    }

    pub(super) fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Calls the worker.
    pub(super) fn call(&self) {
        *self.called.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.call.notify_all();
    }

    /// Waits until somebody calls, but not for ever: another server may have something to do.
    pub(super) fn rest(&self, most: Duration) {
        let called = self.called.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.call.wait_timeout_while(called, most, |called| !*called);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }

    /// Has a job end that is being done.
    pub(super) fn interrupt(&self, id: i64) {
        if let Some(running) = self.running().as_mut().filter(|running| running.id == id) {
            running.cancelled = true;
            running.progress.stop.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn readers(&self) -> &Pool {
        self.register.readers()
    }

    pub(super) fn writers(&self) -> &Pool {
        self.register.writers()
    }

    /// The file of an import, if it is in the folder of this server.
    pub(super) fn own(&self, upload: Option<&str>) -> Option<Upload> {
        let upload = Upload::from_code(upload?)?;
        self.uploads.holds(&upload).then_some(upload)
    }

    /// Removes the file of an import that has ended, unless rows were rejected: whoever sent it
    /// may want those back.
    pub(super) fn discard(&self, database: &mut Database, job: &Job) -> Result<(), StorageError> {
        let upload = self.own(job.upload.as_deref());
        match upload.filter(|_| job.record.outcome.rejected == 0) {
            Some(upload) => self.forget(database, job.record.id, &upload),
            None => Ok(()),
        }
    }

    /// Removes the file of an import. The row first: a file that no row names is found later.
    pub(super) fn forget(
        &self,
        database: &mut Database,
        id: i64,
        upload: &Upload,
    ) -> Result<(), StorageError> {
        database.forget_upload(id)?;
        self.remove(upload);
        Ok(())
    }

    pub(super) fn remove(&self, upload: &Upload) {
        if let Err(error) = self.uploads.remove(upload) {
            tracing::warn!("a file that is not needed any more stays for now: {error}");
        }
    }
}
