//! A column that the file lacks leaves values alone; an empty cell clears them.

use std::sync::LazyLock;

use crate::domain::{
    Column, Columns, Issue, IssueCode, Partnership,
    partnership::{FIELDS, Field},
};

/// The fields whose values a file without their columns leaves alone; the others say which record
/// a row is about.
fn merged() -> impl Iterator<Item = (Column, &'static Field)> {
    let kept = FIELDS.iter().filter(|field| field.is_kept());
    kept.filter_map(|field| Some((field.csv?.column, field)))
}

/// Whether a file without these columns leaves a value alone.
pub(super) fn merges_any(absent: Columns) -> bool {
    static KEPT: LazyLock<Columns> = LazyLock::new(|| merged().map(|(column, _)| column).collect());
    absent.intersects(*KEPT)
}

/// Gives a record, read from a row of a file without these columns, what the register has in them.
pub(super) fn merge_absent(
    record: &mut Partnership,
    stored: &Partnership,
    absent: Columns,
    line: u64,
) -> Result<(), Issue> {
    for (_, field) in merged().filter(|(column, _)| absent.contains(*column)) {
        field.keep(record, stored).map_err(|_| {
            let said = if absent.contains(Column::End) { stored } else { &*record };
            let end = said.period.end().map(|end| end.to_string()).unwrap_or_default();
            Issue::new(IssueCode::PeriodReversed, line).at(Column::End.name(), end)
        })?;
    }
    Ok(())
}
