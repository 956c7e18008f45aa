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

/// How many connections a pool has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUsage {
    /// They are open.
    pub open: u64,
    /// Somebody has them.
    pub used: u64,
    /// No more are opened.
    pub max: u64,
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

    /// How many connections are open, how many of them are in use, and how many may be open.
    pub fn usage(&self) -> PoolUsage {
        let state = self.connections.state();
        let open = u64::from(state.connections);
        let used = open - u64::from(state.idle_connections).min(open);
        PoolUsage { open, used, max: u64::from(self.connections.max_size()) }
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
