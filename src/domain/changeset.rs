//! A change of data: what everything that writes records has in common.

use chrono::{DateTime, SecondsFormat, Utc};

/// Why data was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// A file.
    Import,
    /// Another changeset undone.
    Revert,
    /// A person's correction.
    Edit,
    /// A correction that somebody proposed and a moderator accepted.
    Proposal,
    /// A record confirmed as it is.
    Verification,
    /// Records of several sources taken for the same, or told apart again.
    Merge,
}

impl Cause {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Import, Self::Revert, Self::Edit, Self::Proposal, Self::Verification, Self::Merge];

    /// Stable, lower case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Revert => "revert",
            Self::Edit => "edit",
            Self::Proposal => "proposal",
            Self::Verification => "verification",
            Self::Merge => "merge",
        }
    }

    /// The reverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.code() == code)
    }
}

/// When something was committed, as every answer and file tells it: RFC 3339, with the microseconds
/// that both databases keep.
pub fn timestamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// What a reader knows of the register already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Since {
    /// This version of the data.
    Version(i64),
    /// What was committed until then.
    Time(DateTime<Utc>),
}

/// Records that were changed together, all of them or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changeset {
    /// Counted up from 1 together with imports: that of an import has the import's number.
    pub id: i64,
    /// Why.
    pub cause: Cause,
    /// Who keeps the records; none where they are of several sources.
    pub source: Option<String>,
    /// Who changed them.
    pub actor: String,
    /// When the change was committed.
    pub at: DateTime<Utc>,
    /// Name of the file that the change comes from: that of its import, or of the import that it
    /// undoes or brings back.
    pub file: Option<String>,
    /// The changeset that it undoes.
    pub undoes: Option<i64>,
    /// The changeset that undid it, and was not undone itself.
    pub undone_by: Option<i64>,
}
