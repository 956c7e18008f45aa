//! The versions of records: those of one record, and those that one changeset made.

use std::collections::HashMap;

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::{
    Known, StorageError,
    connection::AnyConnection,
    known, record_json, records,
    schema::{partnerships, versions},
};
use crate::domain::{Partnership, Version};

/// How many records are looked at in one step.
const BATCH: i64 = 2_048;

/// A record that a changeset changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Touched {
    /// What it is now.
    pub known: Known,
    /// What it was before the changeset; none where it was not there.
    pub before: Option<Box<Partnership>>,
    /// What the changeset made of it.
    pub after: After,
}

/// What a changeset made of a record.
#[derive(Debug, Clone, PartialEq)]
pub enum After {
    /// What it is now.
    Present,
    /// This, or nothing; later ones have made something else of it.
    Past(Option<Box<Partnership>>),
}

/// The versions of a record, oldest first, the present one last; none for a record that never was.
pub(super) fn load(
    connection: &mut AnyConnection,
    source: &str,
    key: &str,
) -> Result<Vec<Version>, StorageError> {
    let failed = || StorageError::when("read the history of a record");
    let present = partnerships::table
        .filter(partnerships::source.eq(source))
        .filter(partnerships::key.eq(key))
        .select((
            partnerships::id,
            partnerships::revision,
            partnerships::changeset_id,
            partnerships::line,
        ))
        .first::<(i64, i32, i64, Option<i64>)>(connection)
        .optional()
        .map_err(failed())?;
    let Some((row, revision, changeset, line)) = present else { return Ok(Vec::new()) };
    let past = versions::table
        .filter(versions::partnership_id.eq(row))
        .order(versions::revision)
        .select((versions::revision, versions::changeset_id, versions::line, versions::record))
        .load::<(i32, i64, Option<i64>, Option<String>)>(connection)
        .map_err(failed())?;
    let mut all = past
        .into_iter()
        .map(|(revision, changeset, line, json)| {
            let record = json.map(|json| read(row, &json)).transpose()?.map(|record| *record);
            Ok(Version { revision, changeset, line: line.map(|line| line as u64), record })
        })
        .collect::<Result<Vec<_>, StorageError>>()?;
    let record = records::load_rows(connection, &[row], false)?.pop().map(|(_, record)| record);
    all.push(Version { revision, changeset, line: line.map(|line| line as u64), record });
    Ok(all)
}

/// The next records after a row whose present version a changeset made, in the order of their rows.
pub(super) fn made_by(
    connection: &mut AnyConnection,
    changeset: i64,
    after_row: i64,
) -> Result<Vec<Touched>, StorageError> {
    let failed = || StorageError::when("read what the changeset changed");
    let present = known::select()
        .filter(partnerships::changeset_id.eq(changeset))
        .filter(partnerships::id.gt(after_row))
        .order(partnerships::id)
        .limit(BATCH)
        .load::<known::Row>(connection)
        .map_err(failed())?;
    let present = known::all(present)?;
    let changed: Vec<i64> =
        present.iter().filter(|known| known.revision > 1).map(|known| known.row_id).collect();
    let before = versions::table
        .inner_join(partnerships::table)
        .filter(versions::partnership_id.eq_any(&changed))
        .filter(versions::revision.eq(partnerships::revision - 1))
        .select((versions::partnership_id, versions::record))
        .load::<(i64, Option<String>)>(connection)
        .map_err(failed())?;
    let mut before: HashMap<i64, Option<String>> = before.into_iter().collect();
    let touched = present.into_iter().map(|known| {
        let json = before.remove(&known.row_id).flatten();
        let before = json.map(|json| read(known.row_id, &json)).transpose()?;
        Ok(Touched { known, before, after: After::Present })
    });
    touched.collect()
}

/// The next records after a row of which a changeset made a version that is the present one no more.
pub(super) fn made_earlier_by(
    connection: &mut AnyConnection,
    changeset: i64,
    after_row: i64,
) -> Result<Vec<Touched>, StorageError> {
    let failed = || StorageError::when("read what the changeset changed");
    let made = versions::table
        .filter(versions::changeset_id.eq(changeset))
        .filter(versions::partnership_id.gt(after_row))
        .order(versions::partnership_id)
        .limit(BATCH)
        .select((versions::partnership_id, versions::revision, versions::record))
        .load::<(i64, i32, Option<String>)>(connection)
        .map_err(failed())?;
    let rows: Vec<i64> = made.iter().map(|(row, ..)| *row).collect();
    let known = known::select()
        .filter(partnerships::id.eq_any(&rows))
        .load::<known::Row>(connection)
        .map_err(failed())?;
    let known: HashMap<i64, Known> =
        known::all(known)?.into_iter().map(|known| (known.row_id, known)).collect();
    let wanted: HashMap<i64, i32> =
        made.iter().map(|(row, revision, _)| (*row, revision - 1)).collect();
    let before = versions::table
        .filter(versions::partnership_id.eq_any(&rows))
        .select((versions::partnership_id, versions::revision, versions::record))
        .load::<(i64, i32, Option<String>)>(connection)
        .map_err(failed())?;
    let mut before: HashMap<i64, Option<String>> = before
        .into_iter()
        .filter(|(row, revision, _)| wanted.get(row) == Some(revision))
        .map(|(row, _, json)| (row, json))
        .collect();
    let touched =
        made.into_iter().filter_map(|(row, _, after)| {
            let known = *known.get(&row)?;
            let parsed = |json: Option<String>| json.map(|json| read(row, &json)).transpose();
            let before = before.remove(&row).flatten();
            Some(parsed(before).and_then(|before| {
                Ok(Touched { known, before, after: After::Past(parsed(after)?) })
            }))
        });
    touched.collect()
}

pub(super) fn read(row: i64, json: &str) -> Result<Box<Partnership>, StorageError> {
    let corrupt = |reason| StorageError::Corrupt { table: "versions", row, reason };
    record_json::from_json(json, corrupt).map(Box::new)
}
