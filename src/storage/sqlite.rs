//! What only SQLite does.

use std::{
    io, thread,
    time::{Duration, Instant},
};

use diesel::{
    Connection, ExpressionMethods, QueryDsl, QueryResult, RunQueryDsl, SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection},
    sql_query,
    sql_types::{Bool, Text},
};

use super::{
    DumpError, StorageError,
    dump::{self, DumpLine, TypedColumn},
    rows::{
        NewCollectivity, NewCollectivityLink, NewConfirmed, NewFunder, NewIssue, NewPartner,
        NewPartnerLink, NewPartnership, NewSdg, NewTheme, NewVersion,
    },
    schema,
};
use crate::domain::ContentHash;

/// The URI of a file, with how it is opened.
pub(super) fn uri(path: &str, mode: &str) -> String {
    // two slashes at the start would be followed by the name of a host
    let path = match path.strip_prefix("//") {
        Some(rest) => format!("/{}", rest.trim_start_matches('/')),
        None => path.to_owned(),
    };
    let path = path.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    format!("file:{path}?{mode}")
}

/// Opens the file to read it only, or says why not. Where not even the files beside it can be made,
/// on a disk that is read-only, nobody else writes either: no lock is needed then.
pub(super) fn open_to_read(path: &str, patience: Duration) -> Result<SqliteConnection, String> {
    let open = |mode: &str| {
        let mut connection =
            SqliteConnection::establish(&uri(path, mode)).map_err(|error| error.to_string())?;
        set_patience(&mut connection, patience)
            .and_then(|()| connection.batch_execute(CACHES))
            .and_then(|()| connection.batch_execute("SELECT count(*) FROM sqlite_master"))
            .map_err(|error| error.to_string())?;
        Ok(connection)
    };
    open("mode=ro").or_else(|_: String| open("mode=ro&immutable=1"))
}

/// What every connection keeps in memory.
const CACHES: &str = "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;";

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
            "PRAGMA synchronous = FULL;
             PRAGMA foreign_keys = OFF;",
        )
        .and_then(|()| connection.batch_execute(CACHES))
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

/// Moves what was committed from the write-ahead log into the file, and empties the log, unless
/// somebody reads or writes just now: the file by itself is the register then.
pub(super) fn checkpoint(connection: &mut SqliteConnection, patience: Duration) -> QueryResult<()> {
    set_patience(connection, Duration::ZERO)?;
    let done = connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)");
    set_patience(connection, patience)?;
    match done {
        Err(error) if is_locked(&error) => Ok(()),
        done => done,
    }
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

/// Whether there is a table of this name.
pub(super) fn has_table(connection: &mut SqliteConnection, name: &str) -> QueryResult<bool> {
    let named = "EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ";
    let named = diesel::dsl::sql::<Bool>(named).bind::<Text, _>(name).sql(")");
    diesel::select(named).get_result(connection)
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

/// Every column of every table.
pub(super) fn columns(connection: &mut SqliteConnection) -> QueryResult<Vec<TypedColumn>> {
    sql_query(
        "SELECT t.name AS table_name, c.name AS column_name, c.type AS kind
         FROM sqlite_master t JOIN pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         ORDER BY t.name, c.cid",
    )
    .load(connection)
}

/// Gives each row of a table as a JSON array.
pub(super) fn dump(
    connection: &mut SqliteConnection,
    table: &str,
    columns: &[TypedColumn],
    mut take: impl FnMut(&str) -> io::Result<()>,
) -> Result<(), DumpError> {
    let values = dump::expressions(columns, |column, kind| match kind {
        // of a missing one `hex` makes an empty one
        "BLOB" => format!("iif({column} IS NULL, NULL, hex({column}))"),
        _ => column.to_owned(),
    });
    let rows = format!("SELECT json_array({values}) AS line FROM \"{table}\"");
    let failed = || StorageError::when("read the rows of a table");
    for row in sql_query(rows).load_iter::<DumpLine, _>(connection).map_err(failed())? {
        take(&row.map_err(failed())?.line)?;
    }
    Ok(())
}

/// Writes rows, given as an array of arrays in JSON.
pub(super) fn fill(
    connection: &mut SqliteConnection,
    table: &str,
    columns: &[&TypedColumn],
    rows: &str,
) -> QueryResult<()> {
    let insertion = dump::insertion(table, columns, |place, kind| match kind {
        "BLOB" => format!("unhex(json_extract(value, '$[{place}]'))"),
        _ => format!("json_extract(value, '$[{place}]')"),
    });
    sql_query(format!("{insertion} FROM json_each(?)"))
        .bind::<Text, _>(rows)
        .execute(connection)
        .map(drop)
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
    NewConfirmed => confirmed_fields;
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
