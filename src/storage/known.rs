//! What the database has of a source, without reading its records.

use std::collections::HashMap;

use diesel::{
    ExpressionMethods, QueryDsl, QueryResult, RunQueryDsl, connection::DefaultLoadingMode,
    pg::PgRowByRowLoadingMode,
};

use super::{StorageError, connection::AnyConnection, schema::partnerships};
use crate::domain::{ContentHash, PartnershipId};

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

type Row = (i64, String, Vec<u8>, i32, bool);

/// Every record of a source, removed ones too: some 60 bytes of memory for each.
pub(super) fn load(
    connection: &mut AnyConnection,
    source: &str,
) -> Result<HashMap<PartnershipId, Known>, StorageError> {
    let query = partnerships::table.filter(partnerships::source.eq(source)).select((
        partnerships::id,
        partnerships::key,
        partnerships::content_hash,
        partnerships::revision,
        partnerships::removed,
    ));
    let failed = StorageError::when("read what is known of the source");
    let collect = |rows: &mut dyn Iterator<Item = QueryResult<Row>>| {
        rows.map(|row| {
            let (row, key, hash, revision, removed) = row.map_err(&failed)?;
            let hash = hash.try_into().map_err(|hash: Vec<u8>| StorageError::Corrupt {
                table: "partnerships",
                row,
                reason: format!("a hash of {} bytes", hash.len()),
            })?;
            Ok((PartnershipId::new(source, &key), Known { row_id: row, hash, revision, removed }))
        })
        .collect()
    };
    // SQLite streams by itself; PostgreSQL has to be asked.
    match connection {
        AnyConnection::Sqlite(connection) => {
            collect(&mut query.load_iter::<Row, DefaultLoadingMode>(connection).map_err(&failed)?)
        }
        AnyConnection::Postgres(connection) => collect(
            &mut query.load_iter::<Row, PgRowByRowLoadingMode>(connection).map_err(&failed)?,
        ),
    }
}
