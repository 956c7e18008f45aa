//! One connection to either database, and the transactions on it.

#![allow(unreachable_pub, reason = "diesel's derive writes public modules into this private one")]

use std::time::Duration;

use diesel::{Connection, connection::TransactionManager};

use super::{OpenMode, StorageError, location::Location, postgres, sqlite};

/// What both databases share is asked of this; what only one does, of what is inside.
#[derive(diesel::MultiConnection)]
pub(super) enum AnyConnection {
    Sqlite(diesel::SqliteConnection),
    Postgres(diesel::PgConnection),
}

impl AnyConnection {
    /// Opens the database; SQLite's file is made where that is wanted.
    pub(super) fn open(
        location: &Location,
        opening: OpenMode,
        patience: Duration,
    ) -> Result<Self, StorageError> {
        let opened = match location {
            Location::Memory => sqlite::open(":memory:", patience).map(Self::Sqlite),
            Location::File(path) if opening.read_only => {
                sqlite::open_to_read(path, patience).map(Self::Sqlite)
            }
            Location::File(path) => {
                let mode = if opening.create { "mode=rwc" } else { "mode=rw" };
                sqlite::open(&sqlite::uri(path, mode), patience).map(Self::Sqlite)
            }
            Location::Server(url) => postgres::open(url).map(Self::Postgres),
        };
        opened.map_err(|reason| StorageError::Open {
            url: location.to_string(),
            reason: reason.trim_end().replace('\n', " "),
        })
    }

    /// Writes many rows at once.
    pub(super) fn insert<R>(&mut self, rows: &[R], action: &'static str) -> Result<(), StorageError>
    where
        R: sqlite::InsertRows + postgres::CopyRows,
    {
        let inserted = match self {
            _ if rows.is_empty() => return Ok(()),
            Self::Sqlite(connection) => R::insert(rows, connection),
            Self::Postgres(connection) => R::copy(rows, connection),
        };
        inserted.map_err(StorageError::when(action))
    }
}

/// What only one program at a time may do. SQLite has one place for both.
#[derive(Clone, Copy)]
pub(super) enum Task {
    /// Change the data.
    Write,
    /// Change the schema.
    Migrate,
    /// Change accounts, which waits for no import on PostgreSQL.
    Accounts,
}

/// A transaction that undoes itself unless it is committed.
pub(super) struct Transaction<'c> {
    connection: &'c mut AnyConnection,
    /// Whether it is still to be ended.
    open: bool,
}

impl<'c> Transaction<'c> {
    /// Everything read in it is of one moment; it waits for nobody.
    pub(super) fn read(connection: &'c mut AnyConnection) -> Result<Self, StorageError> {
        match connection {
            AnyConnection::Sqlite(inner) => sqlite::begin_read(inner),
            AnyConnection::Postgres(inner) => postgres::begin_read(inner),
        }
        .map_err(StorageError::when("begin to read"))?;
        Ok(Self { connection, open: true })
    }

    /// The only one at its task; waits for another one as long as `patience` allows.
    pub(super) fn alone(
        connection: &'c mut AnyConnection,
        task: Task,
        location: &Location,
        patience: Duration,
    ) -> Result<Self, StorageError> {
        let begun = match (&mut *connection, task) {
            (AnyConnection::Sqlite(inner), _) => sqlite::begin_alone(inner),
            (AnyConnection::Postgres(inner), Task::Write) => {
                postgres::begin_alone(inner, "writer", patience)
            }
            (AnyConnection::Postgres(inner), Task::Migrate) => {
                postgres::begin_alone(inner, "migration", patience)
            }
            (AnyConnection::Postgres(inner), Task::Accounts) => {
                postgres::begin_alone(inner, "accounts", patience)
            }
        };
        if begun.map_err(StorageError::when("begin to write"))? {
            Ok(Self { connection, open: true })
        } else {
            Err(StorageError::Busy { url: location.to_string(), waited: patience })
        }
    }

    /// What the statements of the transaction run on.
    pub(super) fn connection(&mut self) -> &mut AnyConnection {
        self.connection
    }

    /// Makes what was done in it last.
    pub(super) fn commit(mut self) -> Result<(), StorageError> {
        self.open = false;
        <AnyConnection as Connection>::TransactionManager::commit_transaction(self.connection)
            .map_err(StorageError::when("commit what was written"))
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.open {
            // A failure here means that the connection is gone, and the transaction with it.
            let _ = <AnyConnection as Connection>::TransactionManager::rollback_transaction(
                self.connection,
            );
        }
    }
}
