//! Cells of a record that are to say something else, and what that comes to.

use std::collections::BTreeMap;

use super::{ContributionError, OpenRecord};
use crate::{
    atlas::{
        imports::examine,
        register::plan::{CellChange, differences},
    },
    domain::{Column, Columns, Issue, IssueCode, Partnership, ProposedCell, Severity},
    formats::csv::Profile,
    storage::View,
};

/// Bytes that all cells of a correction may have together.
pub const MAX_BYTES: usize = 64 * 1024;

/// Texts by the columns of the native CSV.
pub type Cells = BTreeMap<Column, String>;

/// Cells of a record that are to say something else.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Correction {
    /// The revision of the record that its author saw; the present one where it is not told.
    pub base: Option<i32>,
    /// What cells are to say; those that say it already are left out of account.
    pub cells: Cells,
}

/// A part that somebody else has changed in between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collision {
    /// The column that stands for it.
    pub part: Column,
    /// What it says now.
    pub now: String,
}

/// What a correction comes to; nothing of it is done.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The record as it is.
    pub before: Partnership,
    /// As it is to be; none where an issue is an error.
    pub after: Option<Partnership>,
    /// What stands against it, as an import would say it.
    pub issues: Vec<Issue>,
    /// The cells that change.
    pub changes: Vec<CellChange>,
    /// The parts that it corrects and that others have changed since: they stay as they are.
    pub collisions: Vec<Collision>,
    /// The parts that it changes.
    pub parts: Columns,
}

impl Checked {
    /// Whether nothing stands against it.
    pub fn is_valid(&self) -> bool {
        self.after.is_some()
    }

    /// Whether the record would say something else.
    pub fn changes_something(&self) -> bool {
        !self.parts.is_empty()
    }
}

/// The columns that can be corrected: a day of verification is not typed, but confirmed.
pub fn columns() -> impl Iterator<Item = Column> {
    let all = Column::native().iter().copied();
    all.filter(|column| column.part().is_some_and(|part| part != Column::VerifiedOn))
}

/// The cells of a record, as they are typed.
pub fn cells_of(record: &Partnership) -> Cells {
    columns().map(|column| (column, record.typed_cell(column))).collect()
}

/// The same text however a browser sends its line ends.
pub(super) fn tidy(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

impl Correction {
    /// An error where it has more than anybody types.
    pub(super) fn measure(&self) -> Result<(), ContributionError> {
        let bytes: usize = self.cells.values().map(String::len).sum();
        if bytes > MAX_BYTES { Err(ContributionError::TooLong) } else { Ok(()) }
    }

    /// The cells that it changes of what its author saw.
    fn proposed(&self, seen: &Partnership) -> BTreeMap<Column, ProposedCell> {
        let mut changed = BTreeMap::new();
        for column in columns() {
            let (before, Some(after)) = (seen.typed_cell(column), self.cells.get(&column)) else {
                continue;
            };
            let after = tidy(after);
            if after != before {
                changed.insert(column, ProposedCell { before, after });
            }
        }
        changed
    }

    /// The cells that it changes of the revision that its author saw.
    pub(super) fn against(
        &self,
        view: &mut View<'_>,
        found: &OpenRecord,
    ) -> Result<BTreeMap<Column, ProposedCell>, ContributionError> {
        let base = self.base.unwrap_or(found.known.revision);
        if base == found.known.revision {
            return Ok(self.proposed(&found.record));
        }
        let versions = view.history(&found.record.source, &found.record.key)?;
        let seen = versions.into_iter().find(|version| version.revision == base);
        let seen = seen.and_then(|version| version.record);
        Ok(self.proposed(&seen.ok_or(ContributionError::UnknownRevision(base))?))
    }
}

/// What proposed cells come to on a record as it is now, part by part.
pub(super) fn check(
    record: &Partnership,
    proposed: &BTreeMap<Column, ProposedCell>,
) -> Result<Checked, ContributionError> {
    let mut wanted: Cells = BTreeMap::new();
    let mut collisions = Vec::new();
    let parts: Columns = proposed.keys().filter_map(|column| column.part()).collect();
    for part in parts.iter() {
        let own = || proposed.iter().filter(|(column, _)| column.part() == Some(part));
        let is = |text: fn(&ProposedCell) -> &String| {
            own().all(|(column, cell)| record.typed_cell(*column) == *text(cell))
        };
        if is(|cell| &cell.after) {
            continue;
        }
        if !is(|cell| &cell.before) {
            let now: Vec<String> = own().map(|(column, _)| record.typed_cell(*column)).collect();
            collisions.push(Collision { part, now: now.join(" · ") });
            continue;
        }
        wanted.extend(own().map(|(column, cell)| (*column, cell.after.clone())));
    }
    let (read, issues) = read(record, &wanted)?;
    let parts: Columns = wanted.keys().filter_map(|column| column.part()).collect();
    let mut after = read.map(|read| {
        let mut after = record.clone();
        // what was read has a period, and what is kept of the record's is in the row as well
        let taken = after.take_parts(&read, parts);
        taken.map(|()| after)
    });
    if let Some(Err(_)) = after {
        after = None;
    }
    let after = after.and_then(Result::ok);
    let changes = after.as_ref().map_or_else(Vec::new, |after| differences(record, after));
    let parts = after.as_ref().map_or(parts, |after| record.differing_parts(after));
    Ok(Checked { before: record.clone(), after, issues, changes, collisions, parts })
}

/// Reads a row that says what is wanted, and of the rest of a record what a row must say.
fn read(
    record: &Partnership,
    wanted: &Cells,
) -> Result<(Option<Partnership>, Vec<Issue>), ContributionError> {
    let parts: Columns = wanted.keys().filter_map(|column| column.part()).collect();
    let needed = [Column::Collectivity, Column::Partner, Column::Start, Column::End];
    let cell = |column: Column| {
        let part = column.part()?;
        let is_said = needed.contains(&part) || parts.contains(part);
        let own = || is_said.then(|| record.typed_cell(column));
        wanted.get(&column).cloned().or_else(own)
    };
    let row: Cells =
        Column::native().iter().filter_map(|column| Some((*column, cell(*column)?))).collect();
    let (read, mut issues) = read_row(&record.source, &record.key, &row)?;
    // what the register says already is not for the author of a correction to mend
    issues.retain(|issue| {
        let column = issue.column.and_then(Column::from_name);
        let part = column.and_then(Column::part);
        issue.code.severity() == Severity::Error || part.is_none_or(|part| parts.contains(part))
    });
    Ok((read, issues))
}

/// Reads a row of the native CSV as an import does.
pub(super) fn read_row(
    source: &str,
    key: &str,
    cells: &Cells,
) -> Result<(Option<Partnership>, Vec<Issue>), ContributionError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let columns = Column::native();
    let text = |column: &Column| match column {
        Column::Key => key,
        Column::Source => source,
        _ => cells.get(column).map_or("", String::as_str),
    };
    let unwritten = |_| ContributionError::TooLong;
    writer.write_record(columns.iter().map(|column| column.name())).map_err(unwritten)?;
    writer.write_record(columns.iter().map(text)).map_err(unwritten)?;
    let bytes = writer.into_inner().map_err(|_| ContributionError::TooLong)?;
    let profile = Profile {
        separator: Some(','),
        encoding: Some("utf-8".to_owned()),
        header_rows: Some(1),
        ..Profile::native()
    };
    let examined = examine(bytes.as_slice(), &profile, source)
        .map_err(|error| ContributionError::Unreadable(error.to_string()))?;
    let mut issues = examined.issues;
    let record = examined.records.into_iter().next().map(|(_, record)| record);
    if record.is_none() && issues.iter().all(|one| one.code.severity() == Severity::Warning) {
        // neither side is French: an import leaves such a row out without a word
        issues.push(Issue::new(IssueCode::CollectivityUnknown, 2).at(
            Column::Collectivity.name(),
            cells.get(&Column::Collectivity).cloned().unwrap_or_default(),
        ));
    }
    Ok((record, issues))
}
