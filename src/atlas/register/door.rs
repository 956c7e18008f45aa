//! The register for those who ask at once, each on a thread that may wait.

use std::time::Duration;

use super::{
    Publisher,
    history::{History, history},
    revert::{Revert, RevertError, Reverted, revert},
};
use crate::{
    domain::{Bilingual, ById},
    storage::{Database, Pool, StorageError},
};

/// Connections of those who only read, and how long they wait where a database has them wait.
const READERS: (u32, Duration) = (4, Duration::from_secs(5));
/// Connections of those who write, and how long they wait for another one who does.
const WRITERS: (u32, Duration) = (4, Duration::from_secs(30));

/// What is read of the register beside its snapshot, and what changes it; clones share it.
#[derive(Clone)]
pub struct Register {
    readers: Pool,
    writers: Pool,
    publisher: Publisher,
}

/// The database did not answer.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct RegisterError(#[from] StorageError);

impl Register {
    /// The register of a database, published by this publisher.
    pub fn new(database: &Database, publisher: Publisher) -> Self {
        Self {
            readers: Pool::new(database, READERS.0, READERS.1),
            writers: Pool::new(database, WRITERS.0, WRITERS.1),
            publisher,
        }
    }

    /// Connections to read with.
    pub fn readers(&self) -> &Pool {
        &self.readers
    }

    /// Connections to write with.
    pub fn writers(&self) -> &Pool {
        &self.writers
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
