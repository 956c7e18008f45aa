//! What is kept of every import, and of every version of a record.

use chrono::{DateTime, Utc};

use super::{Cause, Partnership};

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

/// How far an import is. Those of the command line are `Committed` or not there at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImportState {
    /// The file has come; nobody has looked at it.
    #[default]
    Waiting,
    /// It is being read and compared; nothing is written.
    Checking,
    /// What it would change is known; somebody has to say yes.
    Planned,
    /// It is being written, in one transaction.
    Committing,
    /// It is in the register.
    Committed,
    /// It ended without a trace in the register.
    Failed,
    /// Somebody ended it, without a trace in the register.
    Cancelled,
}

impl ImportState {
    /// All of them, in the order of an import's life.
    pub const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Checking,
        Self::Planned,
        Self::Committing,
        Self::Committed,
        Self::Failed,
        Self::Cancelled,
    ];

    /// Stable, lower case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Checking => "checking",
            Self::Planned => "planned",
            Self::Committing => "committing",
            Self::Committed => "committed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The reverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether it goes on by itself.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Waiting | Self::Checking | Self::Committing)
    }
}

/// What a change of a record does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// The record comes, or comes back.
    Created,
    /// It says something else.
    Updated,
    /// It is not there any more.
    Removed,
}

impl Operation {
    /// `created`, `updated` or `removed`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Removed => "removed",
        }
    }

    /// What leads from one state of a record to the next; none where there is nothing in either.
    pub fn between(before: Option<&Partnership>, after: Option<&Partnership>) -> Option<Self> {
        match (before, after) {
            (None, Some(_)) => Some(Self::Created),
            (Some(_), Some(_)) => Some(Self::Updated),
            (Some(_), None) => Some(Self::Removed),
            (None, None) => None,
        }
    }
}

/// One version of one record.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Counted from 1.
    pub revision: i32,
    /// The changeset that made it.
    pub changeset: i64,
    /// The line of the changeset's file that says it.
    pub line: Option<u64>,
    /// What the record is; none where it was removed.
    pub record: Option<Partnership>,
}

/// What became of the rows of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
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

impl Outcome {
    /// How many records are others than before.
    pub fn changes(&self) -> u64 {
        self.created + self.updated + self.removed
    }
}

/// The record of one import, or of a changeset of another cause, as the list of imports has it.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRecord {
    /// Counted up from 1 by the database, together with changesets.
    pub id: i64,
    /// Why data was changed, or is to be.
    pub cause: Cause,
    /// Who keeps the records; empty where that is not known.
    pub source: String,
    /// The file: its own, or that of the import that it undoes or brings back.
    pub file: Option<ImportFile>,
    /// Who ran it.
    pub actor: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was committed, or ended otherwise; until then when it began.
    pub finished_at: DateTime<Utc>,
    /// How far it is.
    pub state: ImportState,
    /// The changeset that it undoes.
    pub reverts: Option<i64>,
    /// The changeset that undid it, and was not undone itself.
    pub reverted_by: Option<i64>,
    /// What it changed.
    pub outcome: Outcome,
}

/// The file of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportFile {
    /// Its name, without folder.
    pub name: String,
    /// SHA-256 of its bytes, lower-case hexadecimal; empty before it was read.
    pub sha256: String,
    /// What its import does with absent records.
    pub mode: Mode,
}
