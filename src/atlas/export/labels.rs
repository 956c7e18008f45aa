//! CSV for people.

use crate::{
    domain::{Column, Language, partnership::of_column},
    formats::csv::with_semicolons,
    search::Dimension,
};

/// Rows of the native CSV with `;` and with labels of a language in place of codes, which an import
/// takes as well.
pub fn for_people(rows: &[u8], language: Language) -> Vec<u8> {
    with_semicolons(rows, |column, cell| {
        let dimension = labelled(*Column::native().get(column)?)?;
        let labels = cell.split('|').map(|code| dimension.label(code, language));
        Some(labels.collect::<Vec<_>>().join("|"))
    })
}

/// Whose codes a column of the native CSV holds.
fn labelled(column: Column) -> Option<Dimension> {
    Dimension::from_name(of_column(column)?.dimension?)
}
