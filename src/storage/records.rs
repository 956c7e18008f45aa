//! Partnerships put together from the rows of six tables, a batch at a time.

use std::{collections::HashMap, iter::Peekable, vec};

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, SelectableHelper};

use super::{
    StorageError,
    authorities::Authorities,
    changesets,
    connection::AnyConnection,
    rows::{Lists, PartnershipRow, term},
    schema::{
        partnership_collectivities, partnership_funders, partnership_partners, partnership_sdgs,
        partnership_themes, partnerships,
    },
};
use crate::{domain::Partnership, reference::vocabularies};

/// How many rows one list names; PostgreSQL takes 65,535 values in a statement, SQLite 32,766.
pub(super) const LISTED: usize = 8_192;
/// How many rows are read at once.
const BATCH: i64 = 4_096;

/// A record as the database has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// What it says.
    pub partnership: Partnership,
    /// When the changeset that last changed it was committed.
    pub updated_at: DateTime<Utc>,
    /// How often it was changed, counted from 1.
    pub revision: i32,
}

/// Reads every record that is not removed, in the order in which they first came; call it within
/// one transaction. Equal authorities are one allocation.
pub(super) fn visit_all(
    connection: &mut AnyConnection,
    mut visit: impl FnMut(Stored),
) -> Result<(), StorageError> {
    let times: HashMap<i64, DateTime<Utc>> = changesets::times(connection)?.collect();
    let mut authorities = Authorities::all(connection)?;
    let mut last_row = 0;
    loop {
        let rows = next_rows(connection, last_row)?;
        let Some(last) = rows.last() else { return Ok(()) };
        last_row = last.id;
        complete(connection, rows, &mut authorities, &times, &mut visit)?;
    }
}

/// The next records after a row, in the order of their rows; none after the last.
pub(super) fn next(
    connection: &mut AnyConnection,
    after_row: i64,
    authorities: &mut Authorities,
) -> Result<Vec<(i64, Partnership)>, StorageError> {
    let rows = next_rows(connection, after_row)?;
    assemble(connection, rows, authorities)
}

fn next_rows(
    connection: &mut AnyConnection,
    after_row: i64,
) -> Result<Vec<PartnershipRow>, StorageError> {
    partnerships::table
        .filter(partnerships::id.gt(after_row))
        .filter(partnerships::removed.eq(false))
        .order(partnerships::id)
        .limit(BATCH)
        .select(PartnershipRow::as_select())
        .load(connection)
        .map_err(StorageError::when("read the partnerships"))
}

/// Puts the records of some rows together; `times` tells when each changeset was committed.
pub(super) fn complete(
    connection: &mut AnyConnection,
    rows: Vec<PartnershipRow>,
    authorities: &mut Authorities,
    times: &HashMap<i64, DateTime<Utc>>,
    mut visit: impl FnMut(Stored),
) -> Result<(), StorageError> {
    let changes: Vec<(i64, i32)> =
        rows.iter().map(|row| (row.changeset_id, row.revision)).collect();
    let records = assemble(connection, rows, authorities)?;
    for ((changeset, revision), (_, partnership)) in changes.into_iter().zip(records) {
        let updated_at = times.get(&changeset).copied().unwrap_or_default();
        visit(Stored { partnership, updated_at, revision });
    }
    Ok(())
}

/// The records of these rows that are not removed, or those that are, in the order of their rows.
pub(super) fn load_rows(
    connection: &mut AnyConnection,
    ids: &[i64],
    removed: bool,
) -> Result<Vec<(i64, Partnership)>, StorageError> {
    let rows: Vec<PartnershipRow> = partnerships::table
        .filter(partnerships::id.eq_any(ids))
        .filter(partnerships::removed.eq(removed))
        .order(partnerships::id)
        .select(PartnershipRow::as_select())
        .load(connection)
        .map_err(StorageError::when("read the partnerships to change"))?;
    assemble(connection, rows, &mut Authorities::default())
}

/// The children of some rows in one table: by span where the rows stand close together.
macro_rules! children {
    ($connection:expr, $ids:expr, $table:ident . $value:ident by $order:ident) => {{
        let ids: &[i64] = $ids;
        let (first, last) = (ids.first().copied(), ids.last().copied());
        let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
        let query = $table::table
            .order(($table::partnership_id, $table::$order))
            .select(($table::partnership_id, $table::$value));
        let loaded = if last - first < 4 * ids.len() as i64 {
            query.filter($table::partnership_id.between(first, last)).load($connection)
        } else {
            query.filter($table::partnership_id.eq_any(ids)).load($connection)
        };
        let failed = StorageError::when(concat!("read the table ", stringify!($table)));
        Children(loaded.map_err(failed)?.into_iter().peekable())
    }};
}

/// Rows of a table in the order of the partnerships that they belong to.
struct Children<T>(Peekable<vec::IntoIter<(i64, T)>>);

impl<T> Children<T> {
    /// Those of one partnership; asked for in ascending order.
    fn of(&mut self, partnership: i64) -> impl Iterator<Item = T> {
        while self.0.next_if(|(id, _)| *id < partnership).is_some() {}
        std::iter::from_fn(move || {
            self.0.next_if(|(id, _)| *id == partnership).map(|(_, value)| value)
        })
    }
}

fn assemble(
    connection: &mut AnyConnection,
    rows: Vec<PartnershipRow>,
    authorities: &mut Authorities,
) -> Result<Vec<(i64, Partnership)>, StorageError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut collectivities: Children<i64> =
        children!(connection, &ids, partnership_collectivities.collectivity_id by position);
    let mut partners: Children<i64> =
        children!(connection, &ids, partnership_partners.partner_id by position);
    let mut themes: Children<String> =
        children!(connection, &ids, partnership_themes.theme by position);
    let mut sdgs: Children<i32> = children!(connection, &ids, partnership_sdgs.sdg by sdg);
    let mut funders: Children<String> =
        children!(connection, &ids, partnership_funders.name by position);
    authorities.complete(
        connection,
        collectivities.0.clone().map(|(_, row)| row),
        partners.0.clone().map(|(_, row)| row),
    )?;
    rows.into_iter()
        .map(|row| {
            let id = row.id;
            let missing = |table| StorageError::Corrupt {
                table,
                row: id,
                reason: "it names an authority that is not there".into(),
            };
            let lists = Lists {
                collectivities: collectivities
                    .of(id)
                    .map(|one| authorities.collectivities.get(&one).cloned())
                    .collect::<Option<_>>()
                    .ok_or_else(|| missing("partnership_collectivities"))?,
                partners: partners
                    .of(id)
                    .map(|one| authorities.partners.get(&one).cloned())
                    .collect::<Option<_>>()
                    .ok_or_else(|| missing("partnership_partners"))?,
                themes: themes
                    .of(id)
                    .map(|code| term(vocabularies::themes(), &code))
                    .collect::<Result<_, _>>()?,
                sdgs: sdgs.of(id).map(|sdg| sdg as u8).collect(),
                funders: funders.of(id).collect(),
            };
            row.into_domain(lists).map(|partnership| (id, partnership))
        })
        .collect()
}
