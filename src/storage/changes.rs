//! What changed since a version of the data.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper};
use roaring::RoaringBitmap;

use super::{
    StorageError, Stored,
    authorities::Authorities,
    changesets,
    connection::AnyConnection,
    decisions, identity,
    records::{self, LISTED},
    rows::PartnershipRow,
    schema,
};
use crate::domain::{Collectivity, DataVersion, PartnershipId, Sameness};

/// What changed since a version of the data.
#[derive(Debug)]
pub struct Changes {
    /// The version of the data now.
    pub version: DataVersion,
    /// The records that changesets have written since; none where they are no longer there.
    pub records: Vec<(PartnershipId, Option<Stored>)>,
    /// All French authorities as they are now: a record that no changeset wrote may name one that
    /// another record has changed.
    pub collectivities: Vec<Collectivity>,
    /// All that people have decided about records of several sources, the newest first.
    pub decided: Vec<Sameness>,
}

/// The rows that a changeset wrote, in the form of `changesets.changed`; none where one is beyond
/// what a bitmap holds.
#[derive(Default)]
pub(super) struct Rows {
    rows: RoaringBitmap,
    beyond: bool,
}

impl Rows {
    pub(super) fn add(&mut self, row: i64) {
        match u32::try_from(row) {
            Ok(row) => {
                self.rows.insert(row);
            }
            Err(_) => self.beyond = true,
        }
    }

    pub(super) fn into_bytes(mut self) -> Option<Vec<u8>> {
        self.rows.optimize();
        let mut bytes = Vec::with_capacity(self.rows.serialized_size());
        let written = self.rows.serialize_into(&mut bytes).is_ok();
        (written && !self.beyond).then_some(bytes)
    }
}

/// What changed since a version, within one transaction; none where the database cannot tell, or
/// where more than `most` rows did.
pub(super) fn since(
    connection: &mut AnyConnection,
    version: DataVersion,
    most: u64,
) -> Result<Option<Changes>, StorageError> {
    let now = identity::current(connection)?;
    if !identity::descends_from(connection, version)? {
        return Ok(None);
    }
    let made: Vec<(Option<i64>, Option<Vec<u8>>)> = schema::changesets::table
        .filter(schema::changesets::version.gt(version.number))
        .select((schema::changesets::version, schema::changesets::changed))
        .load(connection)
        .map_err(StorageError::when("read what changesets changed"))?;
    if made.len() as i64 != now.number - version.number {
        return Ok(None);
    }
    let mut rows = RoaringBitmap::new();
    for (_, changed) in made {
        let read = changed.map(|bytes| RoaringBitmap::deserialize_from(bytes.as_slice()));
        let Some(Ok(changed)) = read else { return Ok(None) };
        rows |= changed;
    }
    if rows.len() > most {
        return Ok(None);
    }
    let times: HashMap<i64, DateTime<Utc>> = changesets::times(connection)?.collect();
    let mut authorities = Authorities::default();
    let mut records = Vec::with_capacity(rows.len() as usize);
    let rows: Vec<i64> = rows.into_iter().map(i64::from).collect();
    for listed in rows.chunks(LISTED / 4) {
        read(connection, listed, &mut authorities, &times, &mut records)?;
    }
    let collectivities = super::authorities::collectivities(connection)?;
    let decided = decisions::current(connection)?;
    Ok(Some(Changes { version: now, records, collectivities, decided }))
}

fn read(
    connection: &mut AnyConnection,
    listed: &[i64],
    authorities: &mut Authorities,
    times: &HashMap<i64, DateTime<Utc>>,
    records: &mut Vec<(PartnershipId, Option<Stored>)>,
) -> Result<(), StorageError> {
    use schema::partnerships::{id, key, removed, source, table};
    let failed = || StorageError::when("read the partnerships that changed");
    let gone: Vec<(String, String)> = table
        .filter(id.eq_any(listed))
        .filter(removed.eq(true))
        .select((source, key))
        .load(connection)
        .map_err(failed())?;
    records.extend(gone.iter().map(|gone| (PartnershipId::new(&gone.0, &gone.1), None)));
    let present: Vec<PartnershipRow> = table
        .filter(id.eq_any(listed))
        .filter(removed.eq(false))
        .order(id)
        .select(PartnershipRow::as_select())
        .load(connection)
        .map_err(failed())?;
    records::complete(connection, present, authorities, times, |stored| {
        records.push((stored.partnership.id(), Some(stored)));
    })
}
