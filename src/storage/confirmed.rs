//! Parts of records that changesets have confirmed: what imports leave alone.
//!
//! Nothing is taken away here: a changeset that is undone confirms nothing any more, and confirms
//! it again where that is undone in its turn.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use super::{
    StorageError, Writer,
    changesets::Ties,
    connection::AnyConnection,
    records::LISTED,
    rows::NewConfirmed,
    schema::{changesets, confirmed_fields, partnerships},
};
use crate::domain::{Column, Columns};

/// What somebody has confirmed of records, by their rows.
#[derive(Debug, Clone, Default)]
pub struct ConfirmedFields {
    parts: HashMap<i64, Vec<(Column, i64)>>,
    changesets: HashMap<i64, (String, DateTime<Utc>)>,
}

impl ConfirmedFields {
    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The parts of a record that are confirmed.
    pub fn parts(&self, row: i64) -> Columns {
        self.parts.get(&row).into_iter().flatten().map(|(part, _)| *part).collect()
    }

    /// Who confirmed a part of a record, and when.
    pub fn by(&self, row: i64, part: Column) -> Option<(&str, DateTime<Utc>)> {
        let (_, changeset) = self.parts.get(&row)?.iter().find(|(known, _)| *known == part)?;
        let (actor, at) = self.changesets.get(changeset)?;
        Some((actor, *at))
    }
}

/// A part of a record in its table: row, column, changeset.
type ConfirmedRow = (i64, String, i64);

/// What is confirmed of the records of a source.
pub(super) fn of_source(
    connection: &mut AnyConnection,
    source: &str,
) -> Result<ConfirmedFields, StorageError> {
    let rows: Vec<ConfirmedRow> = confirmed_fields::table
        .inner_join(partnerships::table)
        .filter(partnerships::source.eq(source))
        .order(confirmed_fields::changeset_id.desc())
        .select((
            confirmed_fields::partnership_id,
            confirmed_fields::column_name,
            confirmed_fields::changeset_id,
        ))
        .load(connection)
        .map_err(StorageError::when("read what is confirmed"))?;
    in_force(connection, rows)
}

/// What is confirmed of the records of some rows.
pub(super) fn of_rows(
    connection: &mut AnyConnection,
    wanted: &[i64],
) -> Result<ConfirmedFields, StorageError> {
    let mut rows: Vec<ConfirmedRow> = Vec::new();
    for wanted in wanted.chunks(LISTED) {
        rows.extend(
            confirmed_fields::table
                .filter(confirmed_fields::partnership_id.eq_any(wanted))
                .order(confirmed_fields::changeset_id.desc())
                .load::<ConfirmedRow>(connection)
                .map_err(StorageError::when("read what is confirmed"))?,
        );
    }
    in_force(connection, rows)
}

/// The last changeset of each part that was not undone; the newest come first.
fn in_force(
    connection: &mut AnyConnection,
    rows: Vec<ConfirmedRow>,
) -> Result<ConfirmedFields, StorageError> {
    let mut fields = ConfirmedFields::default();
    if rows.is_empty() {
        return Ok(fields);
    }
    let ties = Ties::read(connection)?;
    for (row, column, changeset) in rows {
        let Some(part) = Column::from_name(&column) else { continue };
        let parts = fields.parts.entry(row).or_default();
        if ties.undone_by(changeset).is_none() && parts.iter().all(|(known, _)| *known != part) {
            parts.push((part, changeset));
        }
    }
    fields.parts.retain(|_, parts| !parts.is_empty());
    let mut named: Vec<i64> =
        fields.parts.values().flatten().map(|(_, changeset)| *changeset).collect();
    named.sort_unstable();
    named.dedup();
    for named in named.chunks(LISTED) {
        let about: Vec<(i64, String, NaiveDateTime)> = changesets::table
            .filter(changesets::id.eq_any(named))
            .select((changesets::id, changesets::actor, changesets::at))
            .load(connection)
            .map_err(StorageError::when("read who confirmed it"))?;
        fields
            .changesets
            .extend(about.into_iter().map(|(id, actor, at)| (id, (actor, at.and_utc()))));
    }
    Ok(fields)
}

impl Writer<'_> {
    /// Notes that the changeset confirms parts of records, which are named by their rows.
    pub fn confirm(&mut self, records: &[(i64, Columns)]) -> Result<(), StorageError> {
        let changeset_id = self.changeset()?.id;
        let parts = |(row, parts): &(i64, Columns)| {
            let partnership_id = *row;
            let part = move |part: Column| NewConfirmed {
                partnership_id,
                column_name: part.name(),
                changeset_id,
            };
            parts.iter().map(part).collect::<Vec<_>>()
        };
        let rows: Vec<NewConfirmed> = records.iter().flat_map(parts).collect();
        self.connection().insert(&rows, "note what is confirmed")
    }
}
