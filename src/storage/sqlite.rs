//! What only SQLite does.

use std::{
    thread,
    time::{Duration, Instant},
};

use diesel::{
    Connection, ExpressionMethods, QueryDsl, QueryResult, RunQueryDsl, SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection},
    sql_query,
    sql_types::Text,
};

use super::{
    rows::{
        NewCollectivity, NewCollectivityLink, NewFunder, NewIssue, NewPartner, NewPartnerLink,
        NewPartnership, NewSdg, NewTheme, NewVersion,
    },
    schema,
};
use crate::domain::ContentHash;

/// Opens or makes the file, or says why not.
pub(super) fn open(path: &str, patience: Duration) -> Result<SqliteConnection, String> {
    let mut connection = SqliteConnection::establish(path).map_err(|error| error.to_string())?;
    set_patience(&mut connection, patience).map_err(|error| error.to_string())?;
    // Turning a new file to WAL needs it alone, and does not wait for that by itself.
    let deadline = Instant::now() + patience;
    while let Err(error) = connection.batch_execute("PRAGMA journal_mode = WAL") {
        if !is_locked(&error) || Instant::now() > deadline {
            return Err(error.to_string());
        }
        thread::sleep(Duration::from_millis(20));
    }
    // Foreign keys are declared and looked at by the integrity check, not at each row: a million
    // records would take a second and a half longer, and one writer gives out all the numbers.
    connection
        .batch_execute(
            "PRAGMA synchronous = NORMAL;
             PRAGMA foreign_keys = OFF;
             PRAGMA cache_size = -65536;
             PRAGMA temp_store = MEMORY;",
        )
        .map_err(|error| error.to_string())?;
    Ok(connection)
}

/// How long a statement waits for another writer.
pub(super) fn set_patience(
    connection: &mut SqliteConnection,
    patience: Duration,
) -> QueryResult<()> {
    connection.batch_execute(&format!("PRAGMA busy_timeout = {}", patience.as_millis()))
}

/// Gives back the memory of pages that were read and are not needed again.
pub(super) fn forget(connection: &mut SqliteConnection) -> QueryResult<()> {
    connection.batch_execute("PRAGMA shrink_memory")
}

/// The snapshot is taken by the first statement.
pub(super) fn begin_read(connection: &mut SqliteConnection) -> QueryResult<()> {
    AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN")
}

/// Whether the only place for a writer was free within the connection's patience.
pub(super) fn begin_alone(connection: &mut SqliteConnection) -> QueryResult<bool> {
    match AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE") {
        Err(error) if is_locked(&error) => Ok(false),
        begun => begun.map(|()| true),
    }
}

/// Whether a statement gave up waiting for another writer.
pub(super) fn is_locked(error: &diesel::result::Error) -> bool {
    error.to_string() == "database is locked"
}

/// Everything that is wrong in the file, nothing where all is well.
pub(super) fn integrity_check(connection: &mut SqliteConnection) -> QueryResult<Vec<String>> {
    #[derive(diesel::QueryableByName)]
    struct Remark {
        #[diesel(sql_type = Text)]
        remark: String,
    }
    let damage = sql_query("SELECT integrity_check AS remark FROM pragma_integrity_check");
    let orphans = sql_query(
        "SELECT \"table\" || ' names a row of ' || parent || ' that is not there' AS remark
         FROM pragma_foreign_key_check",
    );
    let mut remarks = damage.load::<Remark>(connection)?;
    remarks.extend(orphans.load::<Remark>(connection)?);
    Ok(remarks.into_iter().map(|row| row.remark).filter(|remark| remark != "ok").collect())
}

/// Rows that SQLite takes many of.
pub(super) trait InsertRows: Sized {
    fn insert(rows: &[Self], connection: &mut SqliteConnection) -> QueryResult<()>;
}

/// Row by row, by one prepared statement.
macro_rules! insert_by_row {
    ($($row:ty => $table:ident;)*) => {$(
        impl InsertRows for $row {
            fn insert(rows: &[Self], connection: &mut SqliteConnection) -> QueryResult<()> {
                for row in rows {
                    diesel::insert_into(schema::$table::table).values(row).execute(connection)?;
                }
                Ok(())
            }
        }
    )*};
}

/// By the block: a statement for 64 rows is prepared once, what is left over goes row by row.
/// diesel keeps the statement for rows that borrow nothing only.
macro_rules! insert_by_block {
    ($($row:ty => $table:ident;)*) => {$(
        impl InsertRows for $row {
            fn insert(rows: &[Self], connection: &mut SqliteConnection) -> QueryResult<()> {
                let (blocks, rest) = rows.as_chunks::<64>();
                for block in blocks {
                    diesel::insert_into(schema::$table::table).values(block).execute(connection)?;
                }
                for row in rest {
                    diesel::insert_into(schema::$table::table).values(row).execute(connection)?;
                }
                Ok(())
            }
        }
    )*};
}

insert_by_row! {
    NewCollectivity<'_> => collectivities;
    NewPartner<'_> => partners;
    NewIssue<'_> => import_issues;
}

insert_by_block! {
    NewPartnership => partnerships;
    NewCollectivityLink => partnership_collectivities;
    NewPartnerLink => partnership_partners;
    NewTheme => partnership_themes;
    NewSdg => partnership_sdgs;
    NewFunder => partnership_funders;
    NewVersion => versions;
}

/// Writes rows over those of the same id.
pub(super) fn replace_partnerships(
    rows: &[NewPartnership],
    connection: &mut SqliteConnection,
) -> QueryResult<()> {
    for row in rows {
        diesel::update(schema::partnerships::table.find(row.id)).set(row).execute(connection)?;
    }
    Ok(())
}

/// Writes the content hash of each of these rows, by one prepared statement.
pub(super) fn set_content_hashes(
    hashes: &[(i64, ContentHash)],
    connection: &mut SqliteConnection,
) -> QueryResult<()> {
    for (row, hash) in hashes {
        diesel::update(schema::partnerships::table.find(*row))
            .set(schema::partnerships::content_hash.eq(*hash))
            .execute(connection)?;
    }
    Ok(())
}
