//! What only PostgreSQL does.

use std::{
    io, thread,
    time::{Duration, Instant},
};

use diesel::{
    Connection, ExecuteCopyFromDsl, ExpressionMethods, PgConnection, QueryDsl, QueryResult,
    RunQueryDsl,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    pg::PgRowByRowLoadingMode,
    sql_query,
    sql_types::{Array, BigInt, Binary, Bool, Text},
};

use super::{
    DumpError, StorageError,
    dump::{self, DumpLine, TypedColumn},
    location::{explain, named},
    rows::{
        NewCollectivity, NewCollectivityLink, NewConfirmed, NewFunder, NewIssue, NewPartner,
        NewPartnerLink, NewPartnership, NewSdg, NewTheme, NewVersion,
    },
    schema,
};
use crate::domain::ContentHash;

/// How often it is looked whether something was announced.
const LOOK: Duration = Duration::from_millis(50);

/// Connects, or says why not.
pub(super) fn open(url: &str) -> Result<PgConnection, String> {
    #[derive(diesel::QueryableByName)]
    struct Shown {
        #[diesel(sql_type = Text)]
        server_encoding: String,
    }
    let mut connection =
        PgConnection::establish(&named(url)).map_err(|error| explain(url, &error.to_string()))?;
    let shown = sql_query("SHOW server_encoding").get_result::<Shown>(&mut connection);
    match shown.map_err(|error| error.to_string())?.server_encoding.as_str() {
        "UTF8" => Ok(connection),
        other => Err(format!(
            "it keeps texts in {other}, which lacks letters of names (Łódź, İzmir). Create another one \
             with ENCODING 'UTF8' TEMPLATE template0"
        )),
    }
}

/// Whether there is a table of this name.
pub(super) fn has_table(connection: &mut PgConnection, name: &str) -> QueryResult<bool> {
    let named = diesel::dsl::sql::<Bool>("to_regclass(").bind::<Text, _>(name).sql(") IS NOT NULL");
    diesel::select(named).get_result(connection)
}

/// The snapshot is taken by the first statement.
pub(super) fn begin_read(connection: &mut PgConnection) -> QueryResult<()> {
    AnsiTransactionManager::begin_transaction_sql(
        connection,
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    )
}

/// Whether nobody else was at the same task within `patience`; begins a transaction if so. Asks
/// again and again rather than set a `lock_timeout`, whose error would be in the server's language.
pub(super) fn begin_alone(
    connection: &mut PgConnection,
    task: &str,
    patience: Duration,
) -> QueryResult<bool> {
    #[derive(diesel::QueryableByName)]
    struct Locked {
        #[diesel(sql_type = Bool)]
        locked: bool,
    }
    AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN")?;
    let deadline = Instant::now() + patience;
    loop {
        let asked = sql_query(
            "SELECT pg_try_advisory_xact_lock(hashtext('atlas_aect ' || $1), \
             hashtext(current_schema())) AS locked",
        )
        .bind::<Text, _>(task)
        .get_result::<Locked>(connection);
        match asked {
            Ok(Locked { locked: true }) => return Ok(true),
            Ok(_) if Instant::now() < deadline => thread::sleep(Duration::from_millis(50)),
            other => {
                AnsiTransactionManager::rollback_transaction(connection)?;
                return other.map(|_| false);
            }
        }
    }
}

/// Waits until nobody else adds to the audit, and lets nobody do so until the transaction ends.
pub(super) fn lock_audit(connection: &mut PgConnection) -> QueryResult<()> {
    sql_query(
        "SELECT pg_advisory_xact_lock(hashtext('atlas_aect audit'), hashtext(current_schema()))",
    )
    .execute(connection)
    .map(drop)
}

/// Tells the other instances, at the commit, that there is something new.
pub(super) fn announce(connection: &mut PgConnection) -> QueryResult<()> {
    connection.batch_execute("NOTIFY atlas_dataset")
}

/// Has the connection told of what others [`announce`].
pub(super) fn listen(connection: &mut PgConnection) -> QueryResult<()> {
    connection.batch_execute("LISTEN atlas_dataset")
}

/// Waits until something was announced, but no longer than `most`. What the server has sent is
/// looked for on the socket, of which the server notices nothing.
pub(super) fn await_announcement(connection: &mut PgConnection, most: Duration) -> QueryResult<()> {
    let deadline = Instant::now() + most;
    loop {
        let heard = connection.notifications_iter().collect::<QueryResult<Vec<_>>>()?;
        let left = deadline.saturating_duration_since(Instant::now());
        if !heard.is_empty() || left.is_zero() {
            return Ok(());
        }
        thread::sleep(LOOK.min(left));
    }
}

/// Rows that name others that are not there, nothing where all is well.
pub(super) fn integrity_check(connection: &mut PgConnection) -> QueryResult<Vec<String>> {
    #[derive(diesel::QueryableByName)]
    struct Orphans {
        #[diesel(sql_type = BigInt)]
        orphans: i64,
    }
    // tables that were just filled: without figures the server compares every row with every row
    connection.batch_execute("ANALYZE")?;
    let mut remarks = Vec::new();
    for (table, column, parent) in [
        ("partnership_collectivities", "partnership_id", "partnerships"),
        ("partnership_collectivities", "collectivity_id", "collectivities"),
        ("partnership_partners", "partnership_id", "partnerships"),
        ("partnership_partners", "partner_id", "partners"),
        ("partnership_themes", "partnership_id", "partnerships"),
        ("partnership_sdgs", "partnership_id", "partnerships"),
        ("partnership_funders", "partnership_id", "partnerships"),
        ("partnerships", "changeset_id", "changesets"),
        ("versions", "partnership_id", "partnerships"),
        ("versions", "changeset_id", "changesets"),
        ("imports", "changeset_id", "changesets"),
        ("changesets", "undoes", "changesets"),
        ("import_issues", "import_id", "imports"),
        ("grants", "account_id", "accounts"),
        ("sessions", "account_id", "accounts"),
    ] {
        let Orphans { orphans } = sql_query(format!(
            "SELECT count(*) AS orphans FROM {table} child WHERE {column} IS NOT NULL AND NOT EXISTS \
             (SELECT FROM {parent} WHERE {parent}.id = child.{column})"
        ))
        .get_result(connection)?;
        if orphans > 0 {
            remarks.push(format!(
                "{orphans} rows of {table} name a row of {parent} that is not there"
            ));
        }
    }
    Ok(remarks)
}

/// Every column of every table.
pub(super) fn columns(connection: &mut PgConnection) -> QueryResult<Vec<TypedColumn>> {
    sql_query(
        "SELECT table_name::text, column_name::text, data_type::text AS kind
         FROM information_schema.columns
         WHERE table_schema = current_schema()
         ORDER BY table_name, ordinal_position",
    )
    .load(connection)
}

/// Gives each row of a table as a JSON array.
pub(super) fn dump(
    connection: &mut PgConnection,
    table: &str,
    columns: &[TypedColumn],
    mut take: impl FnMut(&str) -> io::Result<()>,
) -> Result<(), DumpError> {
    let values = dump::expressions(columns, |column, kind| match kind {
        "bytea" => format!("upper(encode({column}, 'hex'))"),
        "boolean" => format!("{column}::int"),
        "date" => format!("to_char({column}, 'YYYY-MM-DD')"),
        "timestamp without time zone" => format!("to_char({column}, 'YYYY-MM-DD HH24:MI:SS.US')"),
        _ => column.to_owned(),
    });
    let rows = format!("SELECT json_build_array({values})::text AS line FROM \"{table}\"");
    let failed = || StorageError::when("read the rows of a table");
    let rows = sql_query(rows).load_iter::<DumpLine, PgRowByRowLoadingMode>(connection);
    for row in rows.map_err(failed())? {
        // it separates by a comma and a space, and breaks no line
        take(&row.map_err(failed())?.line)?;
    }
    Ok(())
}

/// Writes rows, given as an array of arrays in JSON.
pub(super) fn fill(
    connection: &mut PgConnection,
    table: &str,
    columns: &[&TypedColumn],
    rows: &str,
) -> QueryResult<()> {
    let insertion = dump::insertion(table, columns, |place, kind| match kind {
        "bytea" => format!("decode(value ->> {place}, 'hex')"),
        "boolean" => format!("(value ->> {place})::int::boolean"),
        _ => format!("(value ->> {place})::{kind}"),
    });
    sql_query(format!("{insertion} FROM json_array_elements($1::json)"))
        .bind::<Text, _>(rows)
        .execute(connection)
        .map(drop)
}

/// Rows that PostgreSQL takes by `COPY`, in the binary format.
pub(super) trait CopyRows: Sized {
    fn copy(rows: &[Self], connection: &mut PgConnection) -> QueryResult<()>;
}

macro_rules! copy_rows {
    ($($row:ty => $table:ident;)*) => {$(
        impl CopyRows for $row {
            fn copy(rows: &[Self], connection: &mut PgConnection) -> QueryResult<()> {
                diesel::copy_from(schema::$table::table)
                    .from_insertable(rows)
                    .execute(connection)
                    .map(drop)
            }
        }
    )*};
}

copy_rows! {
    NewCollectivity<'_> => collectivities;
    NewPartner<'_> => partners;
    NewPartnership => partnerships;
    NewCollectivityLink => partnership_collectivities;
    NewPartnerLink => partnership_partners;
    NewTheme => partnership_themes;
    NewConfirmed => confirmed_fields;
    NewSdg => partnership_sdgs;
    NewFunder => partnership_funders;
    NewVersion => versions;
    NewIssue<'_> => import_issues;
}

/// Writes rows over those of the same id. PostgreSQL writes a changed row anew anyway.
pub(super) fn replace_partnerships(
    rows: &[NewPartnership],
    connection: &mut PgConnection,
) -> QueryResult<()> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    diesel::delete(schema::partnerships::table.filter(schema::partnerships::id.eq_any(ids)))
        .execute(connection)?;
    NewPartnership::copy(rows, connection)
}

/// Writes the content hash of each of these rows, in one statement.
pub(super) fn set_content_hashes(
    hashes: &[(i64, ContentHash)],
    connection: &mut PgConnection,
) -> QueryResult<()> {
    let (rows, hashes): (Vec<i64>, Vec<&[u8]>) =
        hashes.iter().map(|(row, hash)| (*row, hash.as_slice())).unzip();
    sql_query(
        "UPDATE partnerships SET content_hash = new.hash \
         FROM unnest($1, $2) AS new (id, hash) WHERE partnerships.id = new.id",
    )
    .bind::<Array<BigInt>, _>(rows)
    .bind::<Array<Binary>, _>(hashes)
    .execute(connection)
    .map(drop)
}
