//! Who may do what: tokens, people, what they were given, who is signed in, and what was done.
//!
//! | file | holds |
//! |---|---|
//! | `tokens.rs` | [`TokenHash`]: tokens of programs |
//! | `people.rs` | accounts of people, and what they were given |
//! | `sessions.rs` | [`Owner`]: browsers that are signed in |
//! | `links.rs` | links to sign in |
//! | `mails.rs` | [`NewMail`]: mails that wait to be sent |
//! | `memberships.rs` | [`NewMembership`]: who speaks for whom |
//! | `audit.rs` | [`Audit`]: what was done, each entry with a hash of those before it |
//!
//! What changes accounts is one transaction with its entry in the audit ([`AccountWriter`]). On
//! PostgreSQL it waits for no import; SQLite has one place for a writer.

mod audit;
mod links;
mod mails;
mod memberships;
mod people;
mod sessions;
mod tokens;

use chrono::{NaiveDateTime, Utc};

pub(super) use self::audit::append;
pub use self::{
    audit::Audit,
    mails::{NewMail, QueuedMail},
    memberships::NewMembership,
    people::NewAccount,
    sessions::Owner,
    tokens::{NewToken, TokenHash},
};
use super::{
    Database, StorageError,
    changesets::stored,
    connection::{AnyConnection, Task, Transaction},
};

/// Changes accounts, within a transaction.
pub struct AccountWriter<'c> {
    connection: &'c mut AnyConnection,
}

impl AccountWriter<'_> {
    /// Notes what is done, as part of it.
    pub fn audit(&mut self, audit: &Audit) -> Result<(), StorageError> {
        append(self.connection, audit)
    }
}

impl Database {
    /// Changes accounts in one transaction: all of what `change` does if it returns `Ok`, else
    /// nothing.
    pub fn change_accounts<T, E: From<StorageError>>(
        &mut self,
        change: impl FnOnce(&mut AccountWriter<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.check_writable()?;
        let (location, file, patience) = self.parts();
        let mut transaction =
            Transaction::alone(self.connection(), Task::Accounts, &location, patience)?;
        let changed = change(&mut AccountWriter { connection: transaction.connection() })?;
        super::file_id::check(file, &location)?;
        transaction.commit()?;
        Ok(changed)
    }
}

fn now() -> NaiveDateTime {
    stored(Utc::now())
}
