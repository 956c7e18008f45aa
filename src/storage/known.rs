//! What the database has of a source, without reading its records.

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, RunQueryDsl,
    connection::DefaultLoadingMode, pg::PgRowByRowLoadingMode,
};

use foldhash::fast::RandomState;

use super::{StorageError, connection::AnyConnection, schema::partnerships};
use crate::domain::{ById, ContentHash, PartnershipId};

/// A record that the database has or had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its row.
    pub row_id: i64,
    /// What it says, or said before it was removed.
    pub hash: ContentHash,
    /// How often it was changed, counted from 1.
    pub revision: i32,
    /// Whether it is not there any more.
    pub removed: bool,
}

/// A row as [`select`] reads it.
pub(super) type Row = (i64, Vec<u8>, i32, bool);

/// What is read of a record to know it.
#[diesel::dsl::auto_type]
pub(super) fn select() -> _ {
    let columns: (
        partnerships::id,
        partnerships::content_hash,
        partnerships::revision,
        partnerships::removed,
    ) = (
        partnerships::id,
        partnerships::content_hash,
        partnerships::revision,
        partnerships::removed,
    );
    partnerships::table.select(columns)
}

pub(super) fn all(rows: Vec<Row>) -> Result<Vec<Known>, StorageError> {
    rows.into_iter().map(known).collect()
}

fn known((row_id, hash, revision, removed): Row) -> Result<Known, StorageError> {
    let hash = hash.try_into().map_err(|hash: Vec<u8>| StorageError::Corrupt {
        table: "partnerships",
        row: row_id,
        reason: format!("a hash of {} bytes", hash.len()),
    })?;
    Ok(Known { row_id, hash, revision, removed })
}

/// One record; none where it never was.
pub(super) fn find(
    connection: &mut AnyConnection,
    source: &str,
    key: &str,
) -> Result<Option<Known>, StorageError> {
    let row = select()
        .filter(partnerships::source.eq(source))
        .filter(partnerships::key.eq(key))
        .first::<Row>(connection)
        .optional()
        .map_err(StorageError::when("find a record"))?;
    row.map(known).transpose()
}

/// Source and key of every record that was removed, by its id.
pub(super) fn removed(
    connection: &mut AnyConnection,
) -> Result<ById<(String, String)>, StorageError> {
    let rows: Vec<(String, String)> = partnerships::table
        .filter(partnerships::removed.eq(true))
        .select((partnerships::source, partnerships::key))
        .load(connection)
        .map_err(StorageError::when("read which records were removed"))?;
    let by_id =
        |(source, key): (String, String)| (PartnershipId::new(&source, &key), (source, key));
    Ok(rows.into_iter().map(by_id).collect())
}

/// Every record of a source, removed ones too: some 60 bytes of memory for each.
pub(super) fn load(
    connection: &mut AnyConnection,
    source: &str,
) -> Result<ById<Known>, StorageError> {
    let failed = StorageError::when("read what is known of the source");
    let count: i64 = partnerships::table
        .filter(partnerships::source.eq(source))
        .count()
        .get_result(connection)
        .map_err(&failed)?;
    let query = partnerships::table.filter(partnerships::source.eq(source)).select((
        partnerships::key,
        (
            partnerships::id,
            partnerships::content_hash,
            partnerships::revision,
            partnerships::removed,
        ),
    ));
    let collect = |rows: &mut dyn Iterator<Item = QueryResult<(String, Row)>>| {
        let mut all = ById::with_capacity_and_hasher(count as usize, RandomState::default());
        for row in rows {
            let (key, row) = row.map_err(&failed)?;
            all.insert(PartnershipId::new(source, &key), known(row)?);
        }
        Ok(all)
    };
    // SQLite streams by itself; PostgreSQL has to be asked.
    match connection {
        AnyConnection::Sqlite(connection) => collect(
            &mut query
                .load_iter::<(String, Row), DefaultLoadingMode>(connection)
                .map_err(&failed)?,
        ),
        AnyConnection::Postgres(connection) => collect(
            &mut query
                .load_iter::<(String, Row), PgRowByRowLoadingMode>(connection)
                .map_err(&failed)?,
        ),
    }
}
