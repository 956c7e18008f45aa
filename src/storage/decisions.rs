//! What people have decided about records of several sources: each decision is a row of its
//! changeset, and the last one about two records holds.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::{
    StorageError, Writer,
    connection::AnyConnection,
    schema::{decisions, partnerships},
};
use crate::domain::{PartnershipId, Sameness};

/// What a changeset has decided about two records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The changeset.
    pub changeset: i64,
    /// Rows of the two records, in ascending order.
    pub rows: [i64; 2],
    /// Their ids, in the same order.
    pub records: [PartnershipId; 2],
    /// Whether they are one partnership; none where that is not decided any more.
    pub same: Option<bool>,
}

/// A decision, and what was and is decided about its records otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionChange {
    /// What the changeset has decided.
    pub decision: Decision,
    /// What was decided before.
    pub before: Option<bool>,
    /// What is decided now.
    pub now: Option<bool>,
    /// Whether a later changeset has decided about the same records.
    pub is_superseded: bool,
}

/// Beyond this many, the records of decisions are asked for in several steps.
const LISTED: usize = 5_000;

type Row = (i64, i64, i64, Option<bool>);

/// What is read of a decision.
const COLUMNS: (decisions::one_id, decisions::other_id, decisions::changeset_id, decisions::same) =
    (decisions::one_id, decisions::other_id, decisions::changeset_id, decisions::same);

/// What holds, the newest first; those of one changeset by the ids of their records, which are the
/// same on every database.
pub(super) fn current(connection: &mut AnyConnection) -> Result<Vec<Sameness>, StorageError> {
    let rows: Vec<Row> = decisions::table
        .order(decisions::changeset_id.desc())
        .select(COLUMNS)
        .load(connection)
        .map_err(StorageError::when("read what was decided about records"))?;
    let mut seen = HashSet::new();
    let rows = rows.into_iter().filter(|(one, other, ..)| seen.insert((*one, *other))).collect();
    let mut decisions = complete(connection, rows)?;
    for decision in &mut decisions {
        decision.records.sort_unstable();
    }
    decisions.sort_unstable_by_key(|decision| (Reverse(decision.changeset), decision.records));
    let holding = decisions
        .into_iter()
        .filter_map(|Decision { records, same, .. }| Some(Sameness { records, same: same? }));
    Ok(holding.collect())
}

/// What a changeset has decided, in the order of rows.
pub(super) fn made_by(
    connection: &mut AnyConnection,
    changeset: i64,
) -> Result<Vec<DecisionChange>, StorageError> {
    let failed = || StorageError::when("read what the changeset decided");
    let made: Vec<(i64, i64)> = decisions::table
        .filter(decisions::changeset_id.eq(changeset))
        .select((decisions::one_id, decisions::other_id))
        .load(connection)
        .map_err(failed())?;
    let made: HashSet<(i64, i64)> = made.into_iter().collect();
    let mut ones: Vec<i64> = made.iter().map(|(one, _)| *one).collect();
    ones.sort_unstable();
    ones.dedup();
    let mut rows: Vec<Row> = Vec::new();
    for ones in ones.chunks(LISTED) {
        let about = decisions::table
            .filter(decisions::one_id.eq_any(ones))
            .order((decisions::one_id, decisions::other_id, decisions::changeset_id))
            .select(COLUMNS)
            .load::<Row>(connection)
            .map_err(failed())?;
        rows.extend(about.into_iter().filter(|(one, other, ..)| made.contains(&(*one, *other))));
    }
    let all = complete(connection, rows)?;
    let change = |about: &[Decision]| {
        let at = about.iter().position(|decision| decision.changeset == changeset)?;
        let last = about.last()?;
        Some(DecisionChange {
            decision: about[at].clone(),
            before: at.checked_sub(1).and_then(|before| about[before].same),
            now: last.same,
            is_superseded: last.changeset != changeset,
        })
    };
    Ok(all.chunk_by(|one, other| one.rows == other.rows).filter_map(change).collect())
}

/// Every decision about a record, oldest first.
pub(super) fn about(
    connection: &mut AnyConnection,
    source: &str,
    key: &str,
) -> Result<Vec<Decision>, StorageError> {
    let record = (source.to_owned(), key.to_owned());
    let Some(row) = rows_of(connection, &[record])?[0] else { return Ok(Vec::new()) };
    let rows: Vec<Row> = decisions::table
        .filter(decisions::one_id.eq(row).or(decisions::other_id.eq(row)))
        .order((decisions::changeset_id, decisions::one_id, decisions::other_id))
        .select(COLUMNS)
        .load(connection)
        .map_err(StorageError::when("read what was decided about the record"))?;
    complete(connection, rows)
}

/// The rows of records with these sources and keys, in the same order; none where one never was.
pub(super) fn rows_of(
    connection: &mut AnyConnection,
    records: &[(String, String)],
) -> Result<Vec<Option<i64>>, StorageError> {
    let mut rows = HashMap::new();
    // one by one: the index is of source and key together, and decisions are about few
    for (source, key) in records.iter().collect::<HashSet<_>>() {
        let row: Option<i64> = partnerships::table
            .filter(partnerships::source.eq(source))
            .filter(partnerships::key.eq(key))
            .select(partnerships::id)
            .first(connection)
            .optional()
            .map_err(StorageError::when("find a record"))?;
        rows.extend(row.map(|row| ((source, key), row)));
    }
    let row = |(source, key): &(String, String)| rows.get(&(source, key)).copied();
    Ok(records.iter().map(row).collect())
}

/// Names the records of decisions.
fn complete(connection: &mut AnyConnection, rows: Vec<Row>) -> Result<Vec<Decision>, StorageError> {
    let mut named: Vec<i64> = rows.iter().flat_map(|(one, other, ..)| [*one, *other]).collect();
    named.sort_unstable();
    named.dedup();
    let mut ids = HashMap::with_capacity(named.len());
    for named in named.chunks(LISTED) {
        let found: Vec<(i64, String, String)> = partnerships::table
            .filter(partnerships::id.eq_any(named))
            .select((partnerships::id, partnerships::source, partnerships::key))
            .load(connection)
            .map_err(StorageError::when("read which records were decided about"))?;
        ids.extend(found.iter().map(|(row, source, key)| (*row, PartnershipId::new(source, key))));
    }
    let decision = |(one, other, changeset, same): Row| {
        let id = |row: i64| {
            ids.get(&row).copied().ok_or_else(|| StorageError::Corrupt {
                table: "decisions",
                row,
                reason: "it names a record that is not there".to_owned(),
            })
        };
        let records = [id(one)?, id(other)?];
        Ok(Decision { changeset, rows: [one, other], records, same })
    };
    rows.into_iter().map(decision).collect()
}

impl Writer<'_> {
    /// Decides whether two records, named by their rows, are one partnership; none takes back what
    /// was decided. A changeset decides once about two records.
    pub fn decide(&mut self, rows: [i64; 2], same: Option<bool>) -> Result<(), StorageError> {
        let changeset = self.changeset()?.id;
        // they say what they said, yet what readers see of them changes
        self.note_changed(rows.into_iter());
        diesel::insert_into(decisions::table)
            .values((
                decisions::one_id.eq(rows[0].min(rows[1])),
                decisions::other_id.eq(rows[0].max(rows[1])),
                decisions::changeset_id.eq(changeset),
                decisions::same.eq(same),
            ))
            .execute(self.connection())
            .map(drop)
            .map_err(StorageError::when("note a decision"))
    }
}
