//! Connections that are kept for whoever needs one next.

use std::{fmt, time::Duration};

use r2d2::{ManageConnection, PooledConnection};

use super::{Database, OpenMode, StorageError, location::Location};

/// How long somebody waits while all connections are taken.
const TURN: Duration = Duration::from_secs(10);
/// How long a connection that nobody needs is kept.
const IDLE: Duration = Duration::from_mins(1);

/// At most so many connections to one database, opened when they are first needed.
#[derive(Debug, Clone)]
pub struct Pool {
    connections: r2d2::Pool<Door>,
    /// A database in memory belongs to one connection alone.
    is_memory: bool,
}

/// Opens connections.
pub struct Door {
    location: Location,
    opening: OpenMode,
    patience: Duration,
}

impl Pool {
    /// Connections to the database of this one, which wait for another writer for `patience`.
    pub fn new(database: &Database, size: u32, patience: Duration) -> Self {
        let is_memory = *database.location() == Location::Memory;
        let door =
            Door { location: database.location().clone(), opening: database.opening(), patience };
        let pool = r2d2::Pool::builder()
            .max_size(size)
            .min_idle(Some(0))
            .idle_timeout(Some(IDLE))
            .connection_timeout(TURN);
        Self { connections: pool.build_unchecked(door), is_memory }
    }

    /// A connection that works; it comes back when it is dropped.
    pub fn take(&self) -> Result<PooledConnection<Door>, StorageError> {
        if self.is_memory {
            return Err(StorageError::Memory);
        }
        let taken = self.connections.get();
        taken.map_err(|error| StorageError::NoConnection { reason: error.to_string() })
    }
}

impl ManageConnection for Door {
    type Connection = Database;
    type Error = StorageError;

    fn connect(&self) -> Result<Database, StorageError> {
        Database::open_at(self.location.clone(), self.opening, self.patience)
    }

    fn is_valid(&self, database: &mut Database) -> Result<(), StorageError> {
        database.data_version().map(drop)
    }

    /// A connection that is gone is found when it is next taken.
    fn has_broken(&self, _: &mut Database) -> bool {
        false
    }
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Door").field(&self.location.to_string()).finish()
    }
}
