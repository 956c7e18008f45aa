//! The beginning of a file of which nothing is known, to propose how it could be read.

use std::borrow::Cow;

use super::{
    CsvError,
    annotated::PROBLEMS,
    columns,
    decode::Lines,
    encoding::Decoded,
    intake::{Form, Input, Intake, Opening},
    layout,
    mixed::Mixed,
    profile::Profile,
};
use crate::domain::Column;

/// The first rows of a file.
#[derive(Debug)]
pub struct Sample {
    /// Its encoding, by its name in the Encoding Standard.
    pub encoding: &'static str,
    /// What separates its cells; none where it is a workbook.
    pub separator: Option<char>,
    /// What is most likely to be the names of its columns.
    pub header: Vec<String>,
    /// The rows below it.
    pub rows: Vec<Vec<String>>,
}

impl Sample {
    /// Takes a file in and looks at its beginning.
    pub fn new<'a>(input: impl Into<Input<'a>>, sheet: Option<&str>) -> Result<Self, CsvError> {
        let weigh = |head: &[u8]| {
            let (_, rows) = layout::guess(head, Some(b','));
            let titles = rows.first().map(|row| row.iter().map(String::as_str));
            let known = titles.map_or(0, |titles| {
                titles.filter(|title| columns::recognise(title).is_some()).count()
            });
            known * rows.len().min(2)
        };
        let opening = Opening { encoding: None, sheet, weigh: &weigh };
        let intake = Intake::new(input.into(), &opening)?;
        let (encoding, mixed, form) = (intake.encoding, intake.mixed, intake.form);
        let mut lines = Lines::new(Decoded::new(intake.into_reader()?, encoding));
        let head = lines.head()?;
        if let Some(zero) = head.iter().position(|byte| *byte == 0) {
            return Err(CsvError::Binary(zero));
        }
        let separator = (form == Form::Sheet).then_some(b',');
        let head = mixed.map_or_else(|| head.into(), |mixed| Cow::Owned(mixed.head(head)));
        let (separator, mut rows) = layout::guess(&head, separator);
        if rows.is_empty() {
            return Err(CsvError::Empty);
        }
        let mut header = rows.remove(0);
        // remarks of an earlier import are no column of the producer's
        for title in header.iter_mut().filter(|title| *title == PROBLEMS) {
            title.clear();
        }
        let separator = (form == Form::Text).then_some(char::from(separator));
        let encoding = mixed.map_or(encoding, Mixed::main);
        Ok(Self { encoding: encoding.name(), separator, header, rows })
    }

    /// The bundled profile that reads the file, and its text.
    pub fn bundled(&self) -> Option<(&'static str, &'static str)> {
        Profile::bundled_for(&self.header)
    }

    /// The column that a title means by one of its known names, and whether it is its own name.
    pub fn named(title: &str) -> Option<(Column, bool)> {
        columns::recognise(title).map(|(column, rank)| (column, rank == 0))
    }

    /// The column that a misspelt title probably means.
    pub fn nearly_named(title: &str) -> Option<Column> {
        columns::nearest(title)
    }

    /// The texts of one column that are not empty.
    pub fn column(&self, index: usize) -> impl Iterator<Item = &str> {
        let cells = self.rows.iter().filter_map(move |row| row.get(index));
        cells.map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    }
}
