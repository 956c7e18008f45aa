//! What is kept of every import.

use chrono::{DateTime, Utc};

/// What an import does with the records of its source that the file does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Leaves them.
    #[default]
    Upsert,
    /// Removes them.
    Sync,
}

impl Mode {
    /// `upsert` or `sync`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Upsert => "upsert",
            Self::Sync => "sync",
        }
    }

    /// The reverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Upsert, Self::Sync].into_iter().find(|mode| mode.code() == code)
    }
}

/// What became of the rows of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Outcome {
    /// Rows read, header aside.
    pub rows: u64,
    /// New records.
    pub created: u64,
    /// Records with other content than before.
    pub updated: u64,
    /// Records that were already so.
    pub unchanged: u64,
    /// Records that `sync` took away.
    pub removed: u64,
    /// Rows with an error.
    pub rejected: u64,
    /// Rows that say again what an earlier row of the file says.
    pub repeated: u64,
    /// Rows that are not about France at all.
    pub skipped: u64,
}

/// The record of one import.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRecord {
    /// Counted up from 1 by the database.
    pub id: i64,
    /// Who keeps the records.
    pub source: String,
    /// Name of the file, without folder.
    pub file: String,
    /// SHA-256 of the file's bytes, lower-case hexadecimal.
    pub sha256: String,
    /// What it did with absent records.
    pub mode: Mode,
    /// Who ran it.
    pub actor: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was committed.
    pub finished_at: DateTime<Utc>,
    /// What it changed.
    pub outcome: Outcome,
}
