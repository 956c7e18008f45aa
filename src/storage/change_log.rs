//! What changesets have written since a version of the data, record by record: what a mirror
//! follows.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{BoolExpressionMethods, ExpressionMethods, QueryDsl, RunQueryDsl};
use roaring::RoaringBitmap;

use super::{
    StorageError, changesets,
    connection::AnyConnection,
    history,
    records::LISTED,
    schema::{self, partnerships, versions},
};
use crate::domain::{Partnership, PartnershipId, Since};

/// A record that changesets have written.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedRecord {
    /// Which one.
    pub id: PartnershipId,
    /// Who keeps it.
    pub source: String,
    /// The last version of the data that wrote it.
    pub version: i64,
    /// Whether it was there at the version that the reader knows.
    pub was_there: bool,
    /// What it has been from that version on, without what it is now.
    pub past: Vec<Partnership>,
}

/// The versions of the data that a log is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogRange {
    /// The version that the reader knows.
    pub since: i64,
    /// When each later one was committed, in their order.
    pub committed: Vec<(i64, DateTime<Utc>)>,
}

/// Calls `visit` with every record that was written after `since` and until a version; none where
/// the database cannot tell (changesets of early releases keep no list of what they wrote), or
/// where more than `most` records were.
pub(super) fn read(
    connection: &mut AnyConnection,
    (since, until): (Since, i64),
    most: u64,
    mut visit: impl FnMut(LoggedRecord),
) -> Result<Option<LogRange>, StorageError> {
    let versions = versions_of_changesets(connection)?;
    let since = match since {
        Since::Version(version) => version,
        Since::Time(time) => {
            let known = versions.values().filter(|(_, at)| *at <= time);
            known.map(|(version, _)| *version).max().unwrap_or(0)
        }
    };
    let Some(written) = written(connection, since, until)? else { return Ok(None) };
    let rows: RoaringBitmap = written.keys().copied().collect();
    if rows.len() > most {
        return Ok(None);
    }
    let rows: Vec<i64> = rows.into_iter().map(i64::from).collect();
    for rows in rows.chunks(LISTED / 4) {
        let version = |changeset: i64| versions.get(&changeset).map_or(0, |(version, _)| *version);
        let last = |row: i64| written.get(&(row as u32)).copied().unwrap_or(since);
        for record in records(connection, rows, since, &version)? {
            let (row, record) = record;
            visit(LoggedRecord { version: last(row), ..record });
        }
    }
    let mut committed: Vec<(i64, DateTime<Utc>)> =
        versions.into_values().filter(|(version, _)| *version > since).collect();
    committed.sort_unstable();
    Ok(Some(LogRange { since, committed }))
}

/// Version and time of each changeset that raised the version of the data.
fn versions_of_changesets(
    connection: &mut AnyConnection,
) -> Result<HashMap<i64, (i64, DateTime<Utc>)>, StorageError> {
    use schema::changesets as made;
    let rows: Vec<(i64, Option<i64>, NaiveDateTime)> = made::table
        .filter(made::version.is_not_null())
        .select((made::id, made::version, made::at))
        .load(connection)
        .map_err(StorageError::when("read the versions of the data"))?;
    let row =
        |(id, version, at): (i64, Option<i64>, NaiveDateTime)| Some((id, (version?, at.and_utc())));
    Ok(rows.into_iter().filter_map(row).collect())
}

/// The rows that were written after a version and until another, each with the last version that
/// wrote it.
fn written(
    connection: &mut AnyConnection,
    since: i64,
    until: i64,
) -> Result<Option<HashMap<u32, i64>>, StorageError> {
    use schema::changesets as change;
    let made: Vec<(Option<i64>, Option<Vec<u8>>)> = change::table
        .filter(change::version.gt(since).and(change::version.le(until)))
        .order(change::version)
        .select((change::version, change::changed))
        .load(connection)
        .map_err(StorageError::when("read what changesets changed"))?;
    if made.len() as i64 != (until - since).max(0) {
        return Ok(None);
    }
    let mut written = HashMap::new();
    for (version, bytes) in made {
        let read = bytes.map(|bytes| RoaringBitmap::deserialize_from(bytes.as_slice()));
        let (Some(version), Some(Ok(rows))) = (version, read) else { return Ok(None) };
        written.extend(rows.into_iter().map(|row| (row, version)));
    }
    Ok(Some(written))
}

/// A version of a record in its table: row, revision, changeset, JSON.
type VersionRow = (i64, i32, i64, Option<String>);

fn records(
    connection: &mut AnyConnection,
    rows: &[i64],
    since: i64,
    version: &dyn Fn(i64) -> i64,
) -> Result<Vec<(i64, LoggedRecord)>, StorageError> {
    let failed = || StorageError::when("read what records were");
    let now: Vec<(i64, String, String, i64, bool)> = partnerships::table
        .filter(partnerships::id.eq_any(rows))
        .order(partnerships::id)
        .select((
            partnerships::id,
            partnerships::source,
            partnerships::key,
            partnerships::changeset_id,
            partnerships::removed,
        ))
        .load(connection)
        .map_err(failed())?;
    let past: Vec<VersionRow> = versions::table
        .filter(versions::partnership_id.eq_any(rows))
        .order((versions::partnership_id, versions::revision))
        .select((
            versions::partnership_id,
            versions::revision,
            versions::changeset_id,
            versions::record,
        ))
        .load(connection)
        .map_err(failed())?;
    let mut by_row: HashMap<i64, Vec<VersionRow>> = HashMap::new();
    for one in past {
        by_row.entry(one.0).or_default().push(one);
    }
    let mut records = Vec::with_capacity(now.len());
    for (row, source, key, changeset, removed) in now {
        let past = by_row.remove(&row).unwrap_or_default();
        let is_known = |changeset: i64| version(changeset) <= since;
        // the version that the reader knows, and those after it
        let from = past.iter().rposition(|(_, _, changeset, _)| is_known(*changeset));
        let was_there = if is_known(changeset) {
            !removed
        } else {
            from.is_some_and(|from| past[from].3.is_some())
        };
        let mut read = Vec::new();
        for (_, _, _, json) in past.iter().skip(from.unwrap_or(0)) {
            if let Some(json) = json {
                read.push(*history::read(row, json)?);
            }
        }
        let id = PartnershipId::new(&source, &key);
        records.push((row, LoggedRecord { id, source, version: since, was_there, past: read }));
    }
    Ok(records)
}

/// The records that were removed last, each with when.
pub(super) fn last_removed(
    connection: &mut AnyConnection,
    most: i64,
) -> Result<Vec<(PartnershipId, DateTime<Utc>)>, StorageError> {
    let rows: Vec<(String, String, i64)> = partnerships::table
        .filter(partnerships::removed.eq(true))
        .order((partnerships::changeset_id.desc(), partnerships::id))
        .limit(most)
        .select((partnerships::source, partnerships::key, partnerships::changeset_id))
        .load(connection)
        .map_err(StorageError::when("read which records were removed last"))?;
    let times: HashMap<i64, DateTime<Utc>> = changesets::times(connection)?.collect();
    let removed = |(source, key, changeset): (String, String, i64)| {
        let at = times.get(&changeset).copied().unwrap_or_default();
        (PartnershipId::new(&source, &key), at)
    };
    Ok(rows.into_iter().map(removed).collect())
}
