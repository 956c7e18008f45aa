//! Content hashes in today's form, in databases that earlier releases have filled.

use std::collections::HashMap;

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use super::{
    StorageError,
    authorities::Authorities,
    connection::AnyConnection,
    postgres, records,
    schema::{dataset, partnerships},
    sqlite,
};
use crate::domain::ContentHash;

/// The form of today: by field.
const BY_FIELD: i32 = 1;

/// Whether the hashes have today's form.
pub(super) fn are_current(connection: &mut AnyConnection) -> Result<bool, StorageError> {
    let form: i32 = dataset::table
        .select(dataset::hash_form)
        .first(connection)
        .map_err(StorageError::when("read the form of the hashes"))?;
    Ok(form == BY_FIELD)
}

/// Writes the hash of every record anew, a batch at a time, within the transaction of the
/// migrations: all of them or none. Removed records keep theirs, which nothing compares.
pub(super) fn renew(connection: &mut AnyConnection) -> Result<(), StorageError> {
    let mut authorities = Authorities::default();
    let mut last_row = 0;
    loop {
        let records = records::next(connection, last_row, &mut authorities)?;
        let Some((last, _)) = records.last() else { break };
        last_row = *last;
        let hashes: Vec<(i64, ContentHash)> =
            records.iter().map(|(row, record)| (*row, record.content_hash())).collect();
        match connection {
            AnyConnection::Sqlite(connection) => sqlite::set_content_hashes(&hashes, connection),
            AnyConnection::Postgres(connection) => {
                postgres::set_content_hashes(&hashes, connection)
            }
        }
        .map_err(StorageError::when("write the hashes of records"))?;
    }
    diesel::update(dataset::table)
        .set(dataset::hash_form.eq(BY_FIELD))
        .execute(connection)
        .map_err(StorageError::when("note the form of the hashes"))
        .map(drop)
}

/// The records whose hash is not that of what they say, each in a sentence.
pub(super) fn wrong(connection: &mut AnyConnection) -> Result<Vec<String>, StorageError> {
    let mut authorities = Authorities::default();
    let (mut last_row, mut wrong) = (0, Vec::new());
    loop {
        let records = records::next(connection, last_row, &mut authorities)?;
        let Some((last, _)) = records.last() else { return Ok(wrong) };
        last_row = *last;
        let rows: Vec<i64> = records.iter().map(|(row, _)| *row).collect();
        let mut kept: HashMap<i64, Vec<u8>> = HashMap::with_capacity(rows.len());
        for rows in rows.chunks(records::LISTED) {
            let hashes: Vec<(i64, Vec<u8>)> = partnerships::table
                .filter(partnerships::id.eq_any(rows))
                .select((partnerships::id, partnerships::content_hash))
                .load(connection)
                .map_err(StorageError::when("read the hashes of records"))?;
            kept.extend(hashes);
        }
        let differs = records.iter().filter(|(row, record)| {
            kept.get(row).is_none_or(|hash| *hash != record.content_hash())
        });
        wrong.extend(differs.map(|(row, record)| {
            format!("partnership {row} ({}) is not what was written: its hash differs", record.id())
        }));
    }
}
