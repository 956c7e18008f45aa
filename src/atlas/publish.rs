//! Commit, then publish: the snapshot that everybody reads, and how it follows the register.

use std::{
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use arc_swap::ArcSwap;
use tracing::{error, info};

use crate::{
    search::{Builder, Snapshot},
    storage::{Database, StorageError, Stored},
};

/// How often the register is asked for its version.
const POLL: Duration = Duration::from_millis(500);

/// Holds the current snapshot; clones share it.
#[derive(Clone)]
pub struct Publisher {
    current: Arc<ArcSwap<Snapshot>>,
    /// Held by the one who builds: what two would build at once is the same.
    building: Arc<Mutex<()>>,
}

impl Publisher {
    /// Publishes what the register holds now.
    pub fn new(database: &mut Database) -> Result<Self, StorageError> {
        let snapshot = build(database)?;
        Ok(Self { current: Arc::new(ArcSwap::from_pointee(snapshot)), building: Arc::default() })
    }

    /// The snapshot to answer one request from.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// Publishes what the register holds now, if that is newer.
    pub fn refresh(&self, database: &mut Database) -> Result<(), StorageError> {
        if database.version()? <= self.current.load().version() {
            return Ok(());
        }
        let _building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        if database.version()? > self.current.load().version() {
            let snapshot = Arc::new(build(database)?);
            // a slower builder never takes back what a faster one has published
            self.current.rcu(|current| {
                if snapshot.version() > current.version() {
                    Arc::clone(&snapshot)
                } else {
                    Arc::clone(current)
                }
            });
        }
        Ok(())
    }

    /// Follows the register for ever: imports of other processes are published too.
    pub fn follow(&self, mut database: Database) {
        let mut failed = false;
        loop {
            thread::sleep(POLL);
            match self.refresh(&mut database) {
                Ok(()) => failed = false,
                Err(reason) => {
                    if !failed {
                        error!(
                            "the register cannot be read, the last published version stays: {reason}"
                        );
                    }
                    failed = true;
                    // a connection that is gone does not come back by itself
                    if let Ok(another) = database.reopen() {
                        database = another;
                    }
                }
            }
        }
    }
}

/// How many records go from the one who reads to the one who indexes at once, and how often ahead.
const BATCH: usize = 1_024;
const AHEAD: usize = 8;

/// Builds the snapshot of the register's current version, which one read sees whole. One thread
/// reads while another indexes.
pub fn build(database: &mut Database) -> Result<Snapshot, StorageError> {
    let started = std::time::Instant::now();
    let snapshot = thread::scope(|scope| {
        let (give, take) = mpsc::sync_channel::<Vec<Stored>>(AHEAD);
        let indexing = scope.spawn(move || {
            let mut builder = Builder::default();
            for stored in take.into_iter().flatten() {
                builder.push(&stored.partnership, stored.updated_at);
            }
            builder
        });
        let mut batch = Vec::with_capacity(BATCH);
        let read = database.read(|stored| {
            batch.push(stored);
            if batch.len() == BATCH {
                // where nobody takes them the other thread has failed, and says so when joined
                let _ = give.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)));
            }
        });
        let _ = give.send(batch);
        drop(give);
        let builder = indexing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        read.map(|version| builder.finish(version))
    })?;
    info!(
        version = snapshot.version(),
        partnerships = snapshot.len(),
        milliseconds = started.elapsed().as_millis() as u64,
        "snapshot built"
    );
    Ok(snapshot)
}
