//! Imports that come over HTTP.

use std::time::Duration;

use super::tokens;
use crate::{
    domain::{Bilingual, ImportRecord, TokenRecord},
    storage::{Database, Pool, StorageError},
};

/// Connections of those who only read.
const READERS: u32 = 4;
/// How long they wait for a writer, where the database has them wait at all.
const PATIENCE: Duration = Duration::from_secs(5);

/// What those who import over HTTP ask for; clones share it. Every function asks the database,
/// and may take its time.
#[derive(Debug, Clone)]
pub struct Jobs {
    readers: Pool,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl JobError {
    /// Whether the same may succeed a little later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Storage(error) => matches!(
                error,
                StorageError::Busy { .. }
                    | StorageError::NoConnection { .. }
                    | StorageError::Open { .. }
            ),
        }
    }

    /// For whoever asked; nothing of the inside.
    pub fn message(&self) -> Bilingual {
        let (fr, en) = match self {
            Self::Storage(StorageError::Busy { .. }) => (
                "Un autre import est en cours d'écriture. Rien n'a été fait ; réessayez dans un instant.",
                "Another import is being written. Nothing was done; try again in a moment.",
            ),
            Self::Storage(StorageError::Memory) => (
                "Ce serveur garde le registre en mémoire : on ne peut pas y importer.",
                "This server keeps the register in memory: nothing can be imported into it.",
            ),
            Self::Storage(_) => (
                "La base de données ne répond pas comme il faut. Rien n'a été fait ; prévenez \
                 qui s'occupe du serveur.",
                "The database does not answer as it should. Nothing was done; tell whoever keeps \
                 the server.",
            ),
        };
        Bilingual { fr: fr.to_owned(), en: en.to_owned() }
    }
}

impl Jobs {
    /// For the database of this connection.
    pub fn new(database: &Database) -> Self {
        Self { readers: Pool::new(database, READERS, PATIENCE) }
    }

    /// Who shows this token; nobody where it is unknown or revoked.
    pub fn bearer(&self, token: &str) -> Result<Option<TokenRecord>, JobError> {
        Ok(tokens::verify(&mut *self.readers.take()?, token)?)
    }

    /// All imports, newest first.
    pub fn list(&self) -> Result<Vec<ImportRecord>, JobError> {
        Ok(self.readers.take()?.imports()?)
    }
}
