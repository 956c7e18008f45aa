//! Brings the schema up to date, and refuses one that is ahead of this program.

use std::{collections::HashSet, error::Error, time::Duration};

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use diesel::migration::{Migration, MigrationSource, MigrationVersion};

use super::{
    StorageError,
    connection::{AnyConnection, MultiBackend, Task, Transaction},
    content_hashes,
    location::Location,
};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Runs what is missing and renews the content hashes after it, in one transaction. Looks first, so that opening an up-to-date database
/// waits for no writer, and looks again when it is alone.
pub(super) fn run(
    connection: &mut AnyConnection,
    location: &Location,
    patience: Duration,
) -> Result<(), StorageError> {
    let migrations = match connection {
        AnyConnection::Sqlite(_) => SQLITE,
        AnyConnection::Postgres(_) => POSTGRES,
    };
    if matches!(connection, AnyConnection::Sqlite(_))
        && is_complete(connection, &migrations, location)?
        && content_hashes::are_current(connection)?
    {
        return Ok(());
    }
    let mut transaction = Transaction::alone(connection, Task::Migrate, location, patience)?;
    let connection = transaction.connection();
    if !is_complete(connection, &migrations, location)? {
        connection
            .run_pending_migrations(migrations)
            .map_err(|error| failed(location, error.as_ref()))?;
    }
    if !content_hashes::are_current(connection)? {
        content_hashes::renew(connection)?;
    }
    transaction.commit()
}

/// Whether nothing is missing; an error where there is a migration that this program lacks.
fn is_complete(
    connection: &mut AnyConnection,
    migrations: &EmbeddedMigrations,
    location: &Location,
) -> Result<bool, StorageError> {
    let failed = |error: Box<dyn Error + Send + Sync>| failed(location, error.as_ref());
    let known: Vec<Box<dyn Migration<MultiBackend>>> = migrations.migrations().map_err(failed)?;
    let known: HashSet<String> = known.iter().map(|m| m.name().version().to_string()).collect();
    let applied = connection.applied_migrations().map_err(failed)?;
    let applied: HashSet<String> = applied.iter().map(MigrationVersion::to_string).collect();
    match applied.difference(&known).min() {
        Some(unknown) => {
            Err(StorageError::Newer { url: location.to_string(), migration: unknown.clone() })
        }
        None => Ok(applied.len() == known.len()),
    }
}

fn failed(location: &Location, error: &(dyn Error + Send + Sync)) -> StorageError {
    StorageError::Migrate { url: location.to_string(), reason: error.to_string() }
}
