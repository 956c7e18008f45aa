//! Who may do what: tokens, people, and who is signed in.
//!
//! | file | holds |
//! |---|---|
//! | [`tokens`] | tokens of programs |
//! | [`people`] | accounts of people, and what they were given |
//! | [`scopes`] | scopes of places that there are |
//! | `sessions.rs` | [`Session`]: browsers that are signed in |
//! | `links.rs` | [`SignInLink`]: signing in by a mail |
//! | [`memberships`] | who speaks for whom |
//! | [`mailer`] | sends the mails that wait |
//! | `secret.rs` | what somebody shows to be let in |
//! | `names.rs` [`email`] | what tokens and people are called; their addresses |

pub mod email;
mod links;
pub mod mailer;
pub mod memberships;
mod names;
pub mod people;
pub mod scopes;
mod secret;
mod sessions;
pub mod tokens;

use chrono::TimeDelta;

pub use self::{
    links::{LINK_LIFETIME, LinkError, MailText, SignInLink},
    secret::RandomError,
    sessions::{NewSession, Session},
};
use crate::{
    atlas::register::storage_message,
    domain::{Account, Bilingual},
    storage::{Pool, StorageError},
};

/// When sessions end by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionEnds {
    /// After so long without a request.
    pub idle: TimeDelta,
    /// After so long, however much they are used.
    pub lifetime: TimeDelta,
}

/// Those who have shown who they are; clones share it.
#[derive(Clone)]
pub struct Accounts {
    readers: Pool,
    writers: Pool,
    ends: SessionEnds,
}

/// Why nobody was told who somebody is, or let in.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The system.
    #[error(transparent)]
    Random(#[from] RandomError),
}

impl AccountsError {
    /// For whoever asked; nothing of the inside.
    pub fn message(&self) -> Bilingual {
        match self {
            Self::Storage(error) => storage_message(error),
            Self::Random(_) => [
                "Le serveur ne peut ouvrir de session ; prévenez qui s'en occupe.",
                "The server cannot begin a session; tell whoever keeps it.",
            ]
            .into(),
        }
    }
}

impl Accounts {
    /// The accounts of a database.
    pub fn new((readers, writers): (Pool, Pool), ends: SessionEnds) -> Self {
        Self { readers, writers, ends }
    }

    /// Who shows this token; nobody where it is unknown, revoked or expired.
    pub fn bearer(&self, token: &str) -> Result<Option<Account>, AccountsError> {
        let token = tokens::verify(&mut *self.readers.take()?, token)?;
        Ok(token.map(Account::from))
    }
}
