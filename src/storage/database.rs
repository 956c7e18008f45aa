//! The door to the database.

use std::{fmt, fs, path::Path, thread, time::Duration};

use chrono::{DateTime, Utc};

use super::{
    Changes, LogRange, LoggedRecord, StorageError, Stored, View, Writer, change_log, changes,
    changesets,
    connection::{AnyConnection, Task, Transaction},
    content_hashes, decisions,
    file_id::{self, FileId},
    history, identity, imports, known,
    location::Location,
    migrations, postgres, records, sqlite,
};
use crate::domain::{
    ById, Changeset, DataVersion, ImportRecord, Issue, PartnershipId, Sameness, Since, Version,
};

/// How long a writer waits for another one, unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a database is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenMode {
    /// Whether SQLite's file is made where there is none.
    pub create: bool,
    /// Whether tables of an earlier release are brought up to date; an error without it.
    pub migrate: bool,
    /// Whether nothing is ever written: neither rows nor tables.
    pub read_only: bool,
}

impl Default for OpenMode {
    fn default() -> Self {
        Self { create: true, migrate: true, read_only: false }
    }
}

/// One connection to the register. A thread that reads while another writes has its own
/// ([`Self::reopen`]).
pub struct Database {
    location: Location,
    opening: OpenMode,
    /// The file as it was opened.
    file: Option<FileId>,
    connection: AnyConnection,
    patience: Duration,
    /// Whether PostgreSQL tells this connection of changes.
    listening: bool,
}

/// What the register holds beside its records, at the moment that they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// The version of the data.
    pub version: DataVersion,
    /// What people have decided about records of several sources, the newest first.
    pub decided: Vec<Sameness>,
}

impl Database {
    /// Opens `sqlite:PATH`, `sqlite::memory:` or `postgres://…`, makes the file of SQLite where
    /// there is none, and brings the tables up to date.
    pub fn open(url: &str) -> Result<Self, StorageError> {
        Self::open_with(url, OpenMode::default())
    }

    /// Opens a database in a certain way.
    pub fn open_with(url: &str, opening: OpenMode) -> Result<Self, StorageError> {
        Self::open_at(Location::parse(url)?, opening, PATIENCE)
    }

    /// Another connection to the same database, which is not made anew where it is gone.
    pub fn reopen(&self) -> Result<Self, StorageError> {
        if self.location == Location::Memory {
            return Err(StorageError::Memory);
        }
        Self::open_at(self.location.clone(), self.opening(), self.patience)
    }

    /// The file of SQLite.
    pub fn file(&self) -> Option<&Path> {
        match &self.location {
            Location::File(path) => Some(Path::new(path)),
            Location::Memory | Location::Server(_) => None,
        }
    }

    pub(super) fn location(&self) -> &Location {
        &self.location
    }

    /// How another connection to the database is opened: what was there is not made again.
    pub(super) fn opening(&self) -> OpenMode {
        OpenMode { create: false, ..self.opening }
    }

    pub(super) fn open_at(
        location: Location,
        opening: OpenMode,
        patience: Duration,
    ) -> Result<Self, StorageError> {
        let is_file = matches!(location, Location::File(_));
        let before = FileId::of(&location);
        if is_file && !opening.create && file_id::is_missing(&location) {
            return Err(StorageError::Missing { url: location.to_string() });
        }
        let mut connection = AnyConnection::open(&location, opening, patience)?;
        let file = FileId::of(&location);
        if before.is_some() {
            file_id::check(before, &location)?;
        }
        if let AnyConnection::Sqlite(inner) = &mut connection
            && is_file
            && !opening.create
            && !sqlite::has_table(inner, migrations::TABLE)
                .map_err(StorageError::when("look for the tables"))?
        {
            return Err(StorageError::Missing { url: location.to_string() });
        }
        if opening.migrate && !opening.read_only {
            migrations::run(&mut connection, &location, patience)?;
        } else {
            migrations::require(&mut connection, &location)?;
        }
        Ok(Self { location, opening, file, connection, patience, listening: false })
    }

    pub(super) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.connection
    }

    /// Where it is, the file that was opened, and how long it waits.
    pub(super) fn parts(&self) -> (Location, Option<FileId>, Duration) {
        (self.location.clone(), self.file, self.patience)
    }

    /// The records whose hash is not that of what they say, each in a sentence.
    pub fn wrong_hashes(&mut self) -> Result<Vec<String>, StorageError> {
        content_hashes::wrong(&mut self.connection)
    }

    /// Whether nothing is ever written.
    pub fn is_read_only(&self) -> bool {
        self.opening.read_only
    }

    pub(super) fn check_writable(&self) -> Result<(), StorageError> {
        if self.opening.read_only {
            return Err(StorageError::ReadOnly { url: self.location.to_string() });
        }
        Ok(())
    }

    /// An error where SQLite's file is no longer the one that is open.
    fn check_file(&self) -> Result<(), StorageError> {
        file_id::check(self.file, &self.location)
    }

    /// How long [`Self::write`] waits for another writer; 30 seconds unless set.
    pub fn set_patience(&mut self, patience: Duration) -> Result<(), StorageError> {
        self.patience = patience;
        match &mut self.connection {
            AnyConnection::Sqlite(connection) => sqlite::set_patience(connection, patience)
                .map_err(StorageError::when("set how long to wait")),
            AnyConnection::Postgres(_) => Ok(()),
        }
    }

    /// How long [`Self::write`] waits for another writer.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// One statement outside any transaction.
    pub(super) fn statement<T>(
        &mut self,
        action: &'static str,
        run: impl FnOnce(&mut AnyConnection) -> diesel::QueryResult<T>,
    ) -> Result<T, StorageError> {
        run(&mut self.connection).map_err(|error| {
            if sqlite::is_locked(&error) {
                let url = self.location.to_string();
                StorageError::Busy { url, waited: self.patience }
            } else {
                StorageError::when(action)(error)
            }
        })
    }

    /// The number of the version of the data: raised by one by every changeset that changes a
    /// record.
    pub fn version(&mut self) -> Result<i64, StorageError> {
        Ok(self.data_version()?.number)
    }

    /// The version of the data; an error where another file took the place of SQLite's. Cheap.
    pub fn data_version(&mut self) -> Result<DataVersion, StorageError> {
        self.check_file()?;
        identity::current(&mut self.connection)
    }

    /// Whether the data came of this version: it is that one, or was made from it by changesets.
    pub fn descends_from(&mut self, version: DataVersion) -> Result<bool, StorageError> {
        identity::descends_from(&mut self.connection, version)
    }

    /// Moves what SQLite keeps in its log into its file, so that the file by itself is the
    /// register, unless somebody reads or writes just now. Nothing where the log is empty.
    pub fn checkpoint(&mut self) -> Result<(), StorageError> {
        let (Location::File(path), AnyConnection::Sqlite(connection)) =
            (&self.location, &mut self.connection)
        else {
            return Ok(());
        };
        let log = fs::metadata(format!("{path}-wal"));
        if !self.opening.read_only && log.is_ok_and(|log| log.len() > 0) {
            let done = sqlite::checkpoint(connection, self.patience);
            return done.map_err(StorageError::when("move the log into the file"));
        }
        Ok(())
    }

    /// One changeset.
    pub fn changeset(&mut self, id: i64) -> Result<Option<Changeset>, StorageError> {
        changesets::find(&mut self.connection, id)
    }

    /// Waits until another program has changed the data, but no longer than `most`. PostgreSQL
    /// tells at once, from the first call on; with SQLite the whole time passes.
    pub fn await_change(&mut self, most: Duration) -> Result<(), StorageError> {
        let AnyConnection::Postgres(connection) = &mut self.connection else {
            thread::sleep(most);
            return Ok(());
        };
        let failed = || StorageError::when("listen for changes");
        if !self.listening {
            postgres::listen(connection).map_err(failed())?;
            self.listening = true;
        }
        postgres::await_announcement(connection, most).map_err(failed())
    }

    /// All imports and the changesets of other causes, newest first.
    pub fn imports(&mut self) -> Result<Vec<ImportRecord>, StorageError> {
        imports::load(&mut self.connection)
    }

    /// One import, or a changeset of another cause.
    pub fn import(&mut self, id: i64) -> Result<Option<ImportRecord>, StorageError> {
        imports::find(&mut self.connection, id)
    }

    /// What an import changed, as JSON; none for one of an earlier release.
    pub fn import_plan(&mut self, id: i64) -> Result<Option<String>, StorageError> {
        imports::plan(&mut self.connection, id)
    }

    /// The issues of an import, in the order of their file.
    pub fn import_issues(&mut self, import: i64) -> Result<Vec<Issue>, StorageError> {
        imports::load_issues(&mut self.connection, import)
    }

    /// The versions of one record, oldest first, the present one last; none for a record that
    /// never was.
    pub fn history(&mut self, source: &str, key: &str) -> Result<Vec<Version>, StorageError> {
        history::load(&mut self.connection, source, key)
    }

    /// Source and key of every record that was removed, by its id.
    pub fn removed(&mut self) -> Result<ById<(String, String)>, StorageError> {
        known::removed(&mut self.connection)
    }

    /// Calls `visit` with every record that is not removed, all of one moment, in the order in
    /// which they first came, and returns what else there is at that moment. Equal authorities are
    /// one allocation.
    pub fn read(&mut self, visit: impl FnMut(Stored)) -> Result<Moment, StorageError> {
        let mut transaction = Transaction::read(&mut self.connection)?;
        let version = identity::current(transaction.connection())?;
        let decided = decisions::current(transaction.connection())?;
        records::visit_all(transaction.connection(), visit)?;
        transaction.commit()?;
        if let AnyConnection::Sqlite(connection) = &mut self.connection {
            sqlite::forget(connection).map_err(StorageError::when("forget what was read"))?;
        }
        Ok(Moment { version, decided })
    }

    /// What changed since a version of the data; none where the database cannot tell, for
    /// changesets of early releases keep no list of what they wrote, or where more than `most` records did.
    pub fn changes_since(
        &mut self,
        version: DataVersion,
        most: u64,
    ) -> Result<Option<Changes>, StorageError> {
        let mut transaction = Transaction::read(&mut self.connection)?;
        let changes = changes::since(transaction.connection(), version, most)?;
        transaction.commit()?;
        Ok(changes)
    }

    /// Calls `visit` with every record that was written after what a reader knows and until a
    /// version of the data; none where the database cannot tell, for changesets of early releases keep
    /// no list of what they wrote, or where more than `most` records were.
    pub fn change_log(
        &mut self,
        range: (Since, i64),
        most: u64,
        visit: impl FnMut(LoggedRecord),
    ) -> Result<Option<LogRange>, StorageError> {
        let mut transaction = Transaction::read(&mut self.connection)?;
        let log = change_log::read(transaction.connection(), range, most, visit)?;
        transaction.commit()?;
        Ok(log)
    }

    /// The records that were removed last, each with when; at most so many.
    pub fn last_removed(
        &mut self,
        most: i64,
    ) -> Result<Vec<(PartnershipId, DateTime<Utc>)>, StorageError> {
        change_log::last_removed(&mut self.connection, most)
    }

    /// Asks in one transaction: all answers are of one moment. Waits for nobody.
    pub fn view<T, E: From<StorageError>>(
        &mut self,
        ask: impl FnOnce(&mut View<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut transaction = Transaction::read(&mut self.connection)?;
        let answer = ask(&mut View(transaction.connection()))?;
        transaction.commit()?;
        Ok(answer)
    }

    /// Changes the data in one transaction: all of what `change` does if it returns `Ok`, else
    /// nothing. Waits for another writer, then gives up with [`StorageError::Busy`].
    pub fn write<T, E: From<StorageError>>(
        &mut self,
        change: impl FnOnce(&mut Writer<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.check_writable()?;
        self.check_file()?;
        let Self { location, file, connection, patience, .. } = self;
        let mut transaction = Transaction::alone(connection, Task::Write, location, *patience)?;
        let changed = thread::scope(|scope| {
            let mut writer = Writer::new(scope, transaction.connection());
            let changed = change(&mut writer);
            // what failed first is why, whatever was said of it afterwards
            writer.written()?;
            let changed = changed?;
            writer.finish()?;
            Ok::<T, E>(changed)
        })?;
        // what went into a file that is no longer the register would be lost without a word
        file_id::check(*file, location)?;
        transaction.commit()?;
        Ok(changed)
    }

    /// What is written here, by the only one who writes: all of it or nothing.
    pub(super) fn alone<T>(
        &mut self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        self.check_writable()?;
        self.check_file()?;
        let Self { location, file, connection, patience, .. } = self;
        let mut transaction = Transaction::alone(connection, Task::Write, location, *patience)?;
        let done = work(transaction.connection())?;
        file_id::check(*file, location)?;
        transaction.commit()?;
        Ok(done)
    }

    /// Everything that is wrong inside the database, in the words of the driver; empty where
    /// all is well. Reads all of it.
    pub fn integrity_check(&mut self) -> Result<Vec<String>, StorageError> {
        match &mut self.connection {
            AnyConnection::Sqlite(connection) => sqlite::integrity_check(connection),
            AnyConnection::Postgres(connection) => postgres::integrity_check(connection),
        }
        .map_err(StorageError::when("check the database"))
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Database").field(&self.location.to_string()).finish()
    }
}
