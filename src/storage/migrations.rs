//! Brings the schema up to date, and refuses one that is ahead of this program.

use std::{collections::BTreeSet, error::Error, time::Duration};

use diesel::{
    QueryDsl, RunQueryDsl,
    migration::{Migration, MigrationSource},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{
    StorageError,
    connection::{AnyConnection, MultiBackend, Task, Transaction},
    content_hashes,
    location::Location,
    postgres, sqlite,
};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}

/// Runs what is missing and renews the content hashes after it, in one transaction. Looks first, so
/// that opening an up-to-date database waits for no writer and needs no right to make tables, and
/// looks again when it is alone.
pub(super) fn run(
    connection: &mut AnyConnection,
    location: &Location,
    patience: Duration,
) -> Result<(), StorageError> {
    if is_current(connection, location)? {
        return Ok(());
    }
    let mut transaction = Transaction::alone(connection, Task::Migrate, location, patience)?;
    complete(transaction.connection(), location)?;
    transaction.commit()
}

/// Brings tables without rows to where they have seen exactly these migrations, within a transaction.
pub(super) fn go_to(
    connection: &mut AnyConnection,
    location: &Location,
    wanted: &BTreeSet<String>,
) -> Result<(), StorageError> {
    let failed = |error: Box<dyn Error + Send + Sync>| failed(location, error.as_ref());
    let all: Vec<Box<dyn Migration<MultiBackend>>> =
        embedded(connection).migrations().map_err(failed)?;
    let known: BTreeSet<String> = all.iter().map(|m| m.name().version().to_string()).collect();
    if let Some(unknown) = wanted.difference(&known).next() {
        let (url, migration) = (location.to_string(), unknown.clone());
        return Err(StorageError::Newer { url, migration });
    }
    let applied = applied(connection)?;
    for migration in all.iter().rev() {
        let version = migration.name().version().to_string();
        if applied.contains(&version) && !wanted.contains(&version) {
            connection.revert_migration(migration).map_err(failed)?;
        }
    }
    Ok(())
}

/// Runs what is missing, within a transaction.
pub(super) fn complete(
    connection: &mut AnyConnection,
    location: &Location,
) -> Result<(), StorageError> {
    if !missing(connection, location)?.is_empty() {
        let all = embedded(connection);
        connection.run_pending_migrations(all).map_err(|error| failed(location, error.as_ref()))?;
    }
    if !content_hashes::are_current(connection)? {
        content_hashes::renew(connection)?;
    }
    Ok(())
}

/// An error where something is missing.
pub(super) fn require(
    connection: &mut AnyConnection,
    location: &Location,
) -> Result<(), StorageError> {
    if is_current(connection, location)? {
        return Ok(());
    }
    let missing = missing(connection, location)?;
    let url = location.to_string();
    Err(StorageError::Outdated { url, migrations: missing.join(", ") })
}

fn is_current(connection: &mut AnyConnection, location: &Location) -> Result<bool, StorageError> {
    Ok(missing(connection, location)?.is_empty() && content_hashes::are_current(connection)?)
}

/// The migrations that are to be run; an error where there is one that this program lacks.
fn missing(
    connection: &mut AnyConnection,
    location: &Location,
) -> Result<Vec<String>, StorageError> {
    let known: Vec<Box<dyn Migration<MultiBackend>>> =
        embedded(connection).migrations().map_err(|error| failed(location, error.as_ref()))?;
    let known: BTreeSet<String> = known.iter().map(|m| m.name().version().to_string()).collect();
    let applied = applied(connection)?;
    match applied.difference(&known).next() {
        Some(unknown) => {
            Err(StorageError::Newer { url: location.to_string(), migration: unknown.clone() })
        }
        None => Ok(known.difference(&applied).cloned().collect()),
    }
}

/// The migrations that the database has seen. diesel's own look would make their table.
pub(super) fn applied(connection: &mut AnyConnection) -> Result<BTreeSet<String>, StorageError> {
    let failed = || StorageError::when("look which tables there are");
    let has_any = match connection {
        AnyConnection::Sqlite(connection) => sqlite::has_table(connection, TABLE),
        AnyConnection::Postgres(connection) => postgres::has_table(connection, TABLE),
    };
    if !has_any.map_err(failed())? {
        return Ok(BTreeSet::new());
    }
    let applied: Vec<String> = __diesel_schema_migrations::table
        .select(__diesel_schema_migrations::version)
        .load(connection)
        .map_err(failed())?;
    Ok(applied.into_iter().collect())
}

/// Where diesel notes the migrations that were run.
pub(super) const TABLE: &str = "__diesel_schema_migrations";

fn embedded(connection: &AnyConnection) -> EmbeddedMigrations {
    match connection {
        AnyConnection::Sqlite(_) => SQLITE,
        AnyConnection::Postgres(_) => POSTGRES,
    }
}

fn failed(location: &Location, error: &(dyn Error + Send + Sync)) -> StorageError {
    StorageError::Migrate { url: location.to_string(), reason: error.to_string() }
}
