//! Commit, then publish: the snapshot that everybody reads, and how it follows the register.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};
use tracing::{error, info, warn};

use crate::{
    domain::{Partnership, Sameness, SourceOrder},
    search::{
        Builder, Rules, Snapshot,
        builder::{Entry, RecordIndex, RecordTexts, joined},
    },
    storage::{Changes, Database, Moment, Pool, StorageError, Stored},
};

/// How often the register is asked for its version, where it does not tell of changes.
const POLL: Duration = Duration::from_millis(500);

/// Holds the current snapshot; clones share it.
#[derive(Clone)]
pub struct Publisher {
    current: Arc<ArcSwap<Snapshot>>,
    /// Held by the one who builds: what two would build at once is the same.
    building: Arc<Mutex<()>>,
    /// What was published before: freeing it takes time, which no reader is to spend.
    retired: Arc<Mutex<Vec<Arc<Snapshot>>>>,
    /// Which sources lead.
    order: Arc<SourceOrder>,
    /// How often the register was found not to hold what was served.
    divergences: Arc<AtomicU64>,
    /// Whether the last look at the register failed.
    unreachable: Arc<AtomicBool>,
    /// When the register was last read, in milliseconds since 1970.
    read_at: Arc<AtomicI64>,
}

impl Publisher {
    /// Publishes what the register holds now.
    pub fn new(database: &mut Database, order: SourceOrder) -> Result<Self, StorageError> {
        let snapshot = build(database, &order)?;
        complete(Arc::clone(&snapshot));
        Ok(Self {
            current: Arc::new(ArcSwap::new(snapshot)),
            building: Arc::default(),
            retired: Arc::default(),
            order: Arc::new(order),
            divergences: Arc::default(),
            unreachable: Arc::default(),
            read_at: Arc::new(Utc::now().timestamp_millis().into()),
        })
    }

    /// The snapshot to answer one request from.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// Publishes what the register holds now, if that is something else.
    pub fn refresh(&self, database: &mut Database) -> Result<(), StorageError> {
        if database.data_version()? == self.current.load().data_version() {
            return Ok(());
        }
        // one at a time, so that what an earlier look found never takes the place of a later one's
        let _building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        let (served, held) = (self.current.load().data_version(), database.data_version()?);
        if held == served {
            return Ok(());
        }
        let patched = if database.descends_from(served)? {
            patch(database, &self.snapshot(), &self.order)?
        } else {
            self.divergences.fetch_add(1, Ordering::Relaxed);
            warn!(
                served = served.number,
                held = held.number,
                "the register does not hold what was served (a backup was restored, its file \
                 replaced, or a server took over that lacked the last changes): all of it is read \
                 again"
            );
            None
        };
        let snapshot = match patched {
            Some(snapshot) => snapshot,
            None => build(database, &self.order)?,
        };
        self.retired().push(self.current.swap(Arc::clone(&snapshot)));
        complete(snapshot);
        Ok(())
    }

    /// Whether the register could be read when it was last looked at; the last published version
    /// stays where it could not.
    pub fn is_register_reachable(&self) -> bool {
        !self.unreachable.load(Ordering::Relaxed)
    }

    /// How long ago it was last seen that what is served is what the register holds.
    pub fn staleness(&self) -> Duration {
        let since = Utc::now().timestamp_millis() - self.read_at.load(Ordering::Relaxed);
        Duration::from_millis(since.max(0) as u64)
    }

    /// Notes how a look at the register ended.
    fn note(&self, reached: bool) {
        self.unreachable.store(!reached, Ordering::Relaxed);
        if reached {
            self.read_at.store(Utc::now().timestamp_millis(), Ordering::Relaxed);
        }
    }

    /// How often the register was found not to hold what was served.
    pub fn divergences(&self) -> u64 {
        self.divergences.load(Ordering::Relaxed)
    }

    fn retired(&self) -> MutexGuard<'_, Vec<Arc<Snapshot>>> {
        self.retired.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Frees the snapshots that nobody reads any more.
    fn free_retired(&self) {
        let free = |snapshot: &mut Arc<Snapshot>| Arc::strong_count(snapshot) == 1;
        let freed: Vec<_> = self.retired().extract_if(.., free).collect();
        drop(freed);
    }

    /// Follows the register for ever with connections that others use too, for they are few.
    pub fn poll(&self, connections: &Pool) {
        let mut failed = false;
        loop {
            thread::sleep(POLL);
            self.free_retired();
            let looked = connections.take().and_then(|mut database| {
                self.refresh(&mut database).and_then(|()| database.checkpoint())
            });
            if let Err(reason) = &looked
                && !failed
            {
                error!("the register cannot be read, the last published version stays: {reason}");
            }
            failed = looked.is_err();
            self.note(!failed);
        }
    }

    /// Follows the register for ever: changes of other processes are published too, at once where
    /// the database tells of them.
    pub fn follow(&self, mut database: Database) {
        let mut failed = false;
        loop {
            let waited = database.await_change(POLL);
            self.free_retired();
            let refreshed = waited.and_then(|()| self.refresh(&mut database));
            match refreshed.and_then(|()| database.checkpoint()) {
                Ok(()) => {
                    failed = false;
                    self.note(true);
                }
                Err(reason) => {
                    if !failed {
                        error!(
                            "the register cannot be read, the last published version stays: {reason}"
                        );
                    }
                    failed = true;
                    self.note(false);
                    thread::sleep(POLL);
                    // a connection that is gone does not come back by itself
                    if let Ok(another) = database.reopen() {
                        database = another;
                    }
                }
            }
        }
    }
}

/// Makes in the background what a snapshot can be read without.
fn complete(snapshot: Arc<Snapshot>) {
    thread::spawn(move || snapshot.prepare());
}

/// The snapshot of the register's current version, made from an older one; none where too much
/// has changed.
pub fn patch(
    database: &mut Database,
    old: &Arc<Snapshot>,
    order: &SourceOrder,
) -> Result<Option<Arc<Snapshot>>, StorageError> {
    let started = std::time::Instant::now();
    let old = old.every_record();
    let found = database.changes_since(old.data_version(), old.most_changes())?;
    let Some(Changes { version, records, collectivities, decided }) = found else {
        return Ok(None);
    };
    if !old.agrees_with(&collectivities) {
        return Ok(None);
    }
    let changes = records.len();
    let records = records
        .into_iter()
        .map(|(id, stored)| (id, stored.map(|s| Entry::of(s.partnership, s.updated_at))));
    let snapshot = Arc::new(old.with(version, records.collect())).merged(&rules(order, decided));
    info!(
        version = version.number,
        changes,
        partnerships = snapshot.len(),
        milliseconds = started.elapsed().as_millis() as u64,
        "snapshot patched"
    );
    Ok(Some(snapshot))
}

/// How many records go from the one who reads to the one who indexes at once, and how often ahead.
const BATCH: usize = 1_024;
const AHEAD: usize = 8;

/// What makes partnerships of records.
fn rules(order: &SourceOrder, decided: Vec<Sameness>) -> Rules {
    Rules { order: order.clone(), decided }
}

/// Builds the snapshot of the register's current version, which one read sees whole. One thread
/// reads while another indexes and a third writes features.
pub fn build(database: &mut Database, order: &SourceOrder) -> Result<Arc<Snapshot>, StorageError> {
    let started = std::time::Instant::now();
    let (snapshot, decided) = thread::scope(|scope| {
        let (to_index, indexing) = each(scope, RecordIndex::push);
        let (to_write, writing) = each(scope, RecordTexts::push);
        let give = |batch: Vec<Stored>| {
            let batch = Arc::new(batch);
            // where nobody takes them the other thread has failed, and says so when joined
            let _ = to_index.send(Arc::clone(&batch));
            let _ = to_write.send(batch);
        };
        let mut batch = Vec::with_capacity(BATCH);
        let read = database.read(|stored| {
            batch.push(stored);
            if batch.len() == BATCH {
                give(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)));
            }
        });
        give(batch);
        drop((to_index, to_write));
        let (index, texts) = (joined(indexing), joined(writing));
        read.map(|Moment { version, decided }| (Builder::of(index, texts).finish(version), decided))
    })?;
    let records = snapshot.len();
    let snapshot = Arc::new(snapshot).merged(&rules(order, decided));
    info!(
        version = snapshot.version(),
        records,
        partnerships = snapshot.len(),
        milliseconds = started.elapsed().as_millis() as u64,
        "snapshot built"
    );
    Ok(snapshot)
}

/// A thread that takes every record that it is given, in order, and gives back what it made.
fn each<'s, T: Default + Send + 's>(
    scope: &'s thread::Scope<'s, '_>,
    push: fn(&mut T, &Partnership, DateTime<Utc>),
) -> (mpsc::SyncSender<Arc<Vec<Stored>>>, thread::ScopedJoinHandle<'s, T>) {
    let (give, take) = mpsc::sync_channel::<Arc<Vec<Stored>>>(AHEAD);
    let working = scope.spawn(move || {
        let mut made = T::default();
        for batch in take {
            for stored in batch.iter() {
                push(&mut made, &stored.partnership, stored.updated_at);
            }
        }
        made
    });
    (give, working)
}
