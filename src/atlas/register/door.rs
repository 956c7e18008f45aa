//! The register for those who ask at once, each on a thread that may wait.

use std::{sync::Arc, time::Duration};

use super::{
    Publisher,
    decide::{DecideError, Judged, Judgement, decide},
    history::{History, history},
    revert::{Revert, RevertError, Reverted, revert},
};
use crate::{
    domain::{Bilingual, ById},
    search::Snapshot,
    storage::{Database, Pool, StorageError},
};

/// How long those who only read wait where a database has them wait.
const READERS_WAIT: Duration = Duration::from_secs(5);
/// How long those who write wait for another one who does.
const WRITERS_WAIT: Duration = Duration::from_secs(30);

/// How often a decision is made anew because the register has moved on in between.
const DECISION_TRIES: usize = 5;

/// What is read of the register beside its snapshot, and what changes it; clones share it.
#[derive(Clone)]
pub struct Register {
    readers: Pool,
    writers: Pool,
    publisher: Publisher,
    read_only: bool,
}

/// The database did not answer.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct RegisterError(#[from] StorageError);

impl Register {
    /// The register of a database, published by this publisher, with so many connections beside
    /// the one that follows it: half of them for those who only read. One alone is for all.
    pub fn new(database: &Database, publisher: Publisher, connections: u32) -> Self {
        let (for_readers, for_writers) = (connections / 2, connections.div_ceil(2).max(1));
        let writers = Pool::new(database, for_writers, WRITERS_WAIT);
        let readers = match for_readers {
            0 => writers.clone(),
            size => Pool::new(database, size, READERS_WAIT),
        };
        Self { readers, writers, publisher, read_only: database.is_read_only() }
    }

    /// Whether nothing can be changed.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Connections to read with.
    pub fn readers(&self) -> &Pool {
        &self.readers
    }

    /// Connections to write with.
    pub fn writers(&self) -> &Pool {
        &self.writers
    }

    /// What is published now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.publisher.snapshot()
    }

    /// The history of a record; none where it never was.
    pub fn history(&self, source: &str, key: &str) -> Result<Option<History>, RegisterError> {
        Ok(history(&mut *self.readers.take()?, source, key)?)
    }

    /// Source and key of every record that was removed, by its id.
    pub fn removed(&self) -> Result<ById<(String, String)>, RegisterError> {
        Ok(self.readers.take()?.removed()?)
    }

    /// Undoes a changeset, and publishes what that changed.
    pub fn revert(&self, wanted: &Revert) -> Result<Reverted, RevertError> {
        let mut database = self.writers.take()?;
        let reverted = revert(&mut database, wanted)?;
        self.publish(&mut database);
        Ok(reverted)
    }

    /// Decides which records are one partnership, and publishes what that changes.
    pub fn decide(&self, judgement: &Judgement, actor: &str) -> Result<Judged, DecideError> {
        let mut database = self.writers.take()?;
        for _ in 0..DECISION_TRIES {
            self.publisher.refresh(&mut database)?;
            match decide(&mut database, &self.publisher.snapshot(), judgement, actor) {
                Err(DecideError::Moved) => {}
                decided => {
                    self.publish(&mut database);
                    return decided;
                }
            }
        }
        Err(DecideError::Moved)
    }

    /// Publishes what was committed. The publisher itself looks twice a second, should this fail.
    pub fn publish(&self, database: &mut Database) {
        if let Err(error) = self.publisher.refresh(database) {
            tracing::warn!("what was committed is published a little later: {error}");
        }
    }
}

impl RegisterError {
    /// For whoever asked; nothing of the inside.
    pub fn message(&self) -> Bilingual {
        storage_message(&self.0)
    }
}

/// What the database did not do, for whoever asked; nothing of the inside.
pub(in crate::atlas) fn storage_message(error: &StorageError) -> Bilingual {
    let (fr, en) = match error {
        StorageError::Busy { .. } => (
            "Un autre import est en cours d'écriture. Rien n'a été fait ; réessayez dans un instant.",
            "Another import is being written. Nothing was done; try again in a moment.",
        ),
        StorageError::ReadOnly { .. } => (
            "Ce serveur ne fait que montrer le registre : rien n'y est changé. Adressez-vous à celui \
             où l'on importe.",
            "This server only shows the register: nothing is changed here. Ask the one where files \
             are imported.",
        ),
        StorageError::Memory => (
            "Ce serveur garde le registre en mémoire : on ne peut pas y importer.",
            "This server keeps the register in memory: nothing can be imported into it.",
        ),
        _ => (
            "La base de données ne répond pas comme il faut. Rien n'a été fait ; prévenez qui \
             s'occupe du serveur.",
            "The database does not answer as it should. Nothing was done; tell whoever keeps the \
             server.",
        ),
    };
    [fr, en].into()
}
