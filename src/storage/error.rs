//! What can go wrong with a database, in words for the person who runs the program.

use std::time::Duration;

/// Why the database did not do what was asked. The messages never hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// The URL begins with no known backend, or names nothing.
    #[error(
        "“{url}” names no database: write sqlite:FILE (for example sqlite:atlas.db) or \
         postgres://USER@HOST/NAME"
    )]
    Url {
        /// The URL as given, without password.
        url: String,
    },
    /// There is no connection.
    #[error(
        "cannot open the database {url}: {reason}. Check that its folder or server exists and \
         that you may use it"
    )]
    Open {
        /// Which database.
        url: String,
        /// The driver's message.
        reason: String,
    },
    /// SQLite's file is not there, or empty, and nobody asked for a new register.
    #[error(
        "there is no register at {url}. Check --database; a new register is made by a first \
         import, by atlas serve --create, or with the sample by atlas serve --demo"
    )]
    Missing {
        /// Which database.
        url: String,
    },
    /// SQLite's file was removed while it was open.
    #[error("the file of {url} is gone: put it back, or restore a backup with atlas restore")]
    Gone {
        /// Which database.
        url: String,
    },
    /// SQLite's file was replaced while it was open.
    #[error(
        "another file took the place of {url} while it was open. Nothing was changed; try again"
    )]
    Replaced {
        /// Which database.
        url: String,
    },
    /// Nothing is to be written.
    #[error("{url} is open for reading only: nothing was changed. Leave out --read-only to write")]
    ReadOnly {
        /// Which database.
        url: String,
    },
    /// The system gave no random numbers.
    #[error("cannot give an id: the system gives no random numbers ({reason})")]
    Random {
        /// Why.
        reason: String,
    },
    /// None of the connections that are kept can be had.
    #[error("cannot ask the database: no connection is free or can be opened ({reason})")]
    NoConnection {
        /// Why.
        reason: String,
    },
    /// An in-memory database belongs to the one who opened it.
    #[error(
        "a second connection to a database in memory would see another database: use a file, \
         for example sqlite:atlas.db"
    )]
    Memory,
    /// The schema could not be brought up to date.
    #[error(
        "cannot bring the tables of {url} up to date: {reason}. Nothing was changed; check that \
         the database belongs to this program and that you may create tables in it"
    )]
    Migrate {
        /// Which database.
        url: String,
        /// The driver's message.
        reason: String,
    },
    /// The tables lack migrations, which this program is not to run.
    #[error(
        "the tables of {url} are of an earlier release (they lack {migrations}), and --migrate \
         never says to leave them: run atlas migrate first"
    )]
    Outdated {
        /// Which database.
        url: String,
        /// Their numbers.
        migrations: String,
    },
    /// The schema has a migration that this program does not know.
    #[error(
        "the database {url} was written by a newer release of this program (its tables have \
         migration {migration}): use that release, or another database"
    )]
    Newer {
        /// Which database.
        url: String,
        /// The first unknown migration.
        migration: String,
    },
    /// Somebody else is writing and did not finish in time.
    #[error(
        "another import is running on {url}: waited {} s for it to end. Nothing was changed; try \
         again later",
        waited.as_secs_f32()
    )]
    Busy {
        /// Which database.
        url: String,
        /// How long.
        waited: Duration,
    },
    /// The database refused a statement, or is gone.
    #[error(
        "cannot {action}: the database says “{reason}”. Check that it can be reached and its \
         disk is not full, then try again"
    )]
    Statement {
        /// What was attempted.
        action: &'static str,
        /// The driver's message.
        reason: String,
    },
    /// A code that no vocabulary of this release has.
    #[error(
        "the database has the {vocabulary} “{code}”, which this release does not know: use the \
         release that wrote it, or add the code to import/vocabularies"
    )]
    UnknownTerm {
        /// Name of the vocabulary.
        vocabulary: &'static str,
        /// The code.
        code: String,
    },
    /// A row that this program cannot have written.
    #[error(
        "row {row} of the table {table} makes no sense: {reason}. Restore a backup, or correct \
         the row"
    )]
    Corrupt {
        /// Name of the table.
        table: &'static str,
        /// Its id.
        row: i64,
        /// What is wrong.
        reason: String,
    },
    /// A record to change is not as the caller knew it.
    #[error("partnership {row} was changed in the meantime: read what is known again")]
    Stale {
        /// Its row.
        row: i64,
    },
    /// Somebody has ended the import meanwhile.
    #[error("import {import} is no longer to be committed; nothing was written")]
    NotCommitting {
        /// Which.
        import: i64,
    },
    /// A change that would belong to no changeset, or to one that is closed.
    #[error("records are changed by changesets only: begin one, and close the one of an import")]
    NoChangeset,
    /// A second changeset in one transaction.
    #[error("a transaction has one changeset, and this one has begun its own")]
    SecondChangeset,
}

impl StorageError {
    /// Whether a server could not be reached, which may pass.
    pub fn is_unreachable(&self) -> bool {
        let passing = [
            "Connection refused",
            "starting up",
            "shutting down",
            "timeout",
            "translate host name",
        ];
        matches!(self, Self::Open { reason, .. } if passing.iter().any(|one| reason.contains(one)))
    }

    /// Turns the driver's error into a [`Self::Statement`]: `.map_err(StorageError::when("…"))`.
    pub(super) fn when(action: &'static str) -> impl Fn(diesel::result::Error) -> Self {
        move |error| Self::Statement { action, reason: error.to_string() }
    }
}
