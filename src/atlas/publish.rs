//! Commit, then publish: the snapshot that everybody reads, and how it follows the register.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwap;
use tracing::{error, info};

use crate::{
    search::{Builder, Snapshot},
    storage::{Database, StorageError},
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
            std::thread::sleep(POLL);
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

/// Builds the snapshot of the register's current version, which one read sees whole.
pub fn build(database: &mut Database) -> Result<Snapshot, StorageError> {
    let started = std::time::Instant::now();
    let mut builder = Builder::default();
    let version = database.read(|stored| builder.push(&stored.partnership, stored.updated_at))?;
    let snapshot = builder.finish(version);
    info!(
        version,
        partnerships = snapshot.len(),
        milliseconds = started.elapsed().as_millis() as u64,
        "snapshot built"
    );
    Ok(snapshot)
}
