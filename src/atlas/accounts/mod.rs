//! Who may do what: tokens, and whose they are.

pub mod tokens;

use crate::{
    atlas::register::storage_message,
    domain::{Account, Bilingual},
    storage::{Pool, StorageError},
};

/// Those who have shown who they are; clones share it.
#[derive(Clone)]
pub struct Accounts {
    readers: Pool,
}

/// The database did not tell who somebody is.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct AccountsError(#[from] StorageError);

impl AccountsError {
    /// For whoever asked; nothing of the inside.
    pub fn message(&self) -> Bilingual {
        storage_message(&self.0)
    }
}

impl Accounts {
    /// The accounts that these connections read.
    pub fn new(readers: Pool) -> Self {
        Self { readers }
    }

    /// Who shows this token; nobody where it is unknown or revoked.
    pub fn bearer(&self, token: &str) -> Result<Option<Account>, AccountsError> {
        let token = tokens::verify(&mut *self.readers.take()?, token)?;
        Ok(token.map(Account::from))
    }
}
