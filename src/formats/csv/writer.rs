//! Partnerships to the native CSV.

use std::io::{self, Write};

use super::formula::{inert, restored};
use crate::domain::{Column, Partnership, partnership::of_column};

/// What stands before the text of a file that Excel is to read as UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Writes partnerships as rows of the native CSV: RFC 4180, UTF-8, `,`, `\n`. A cell that a
/// spreadsheet would run as a formula has an apostrophe before it, which an import takes off.
pub struct Writer<W: Write>(csv::Writer<W>);

/// The header of the native CSV, with its line end.
pub fn header() -> String {
    let names: Vec<&str> = Column::native().iter().map(|column| column.name()).collect();
    format!("{}\n", names.join(","))
}

impl<W: Write> Writer<W> {
    /// Writes rows alone: [`header`] goes before them.
    pub fn new(output: W) -> Self {
        Self(csv::Writer::from_writer(output))
    }

    /// Writes a row, as an import reads it back to the same record.
    pub fn write(&mut self, partnership: &Partnership) -> io::Result<()> {
        for column in Column::native() {
            self.0.write_field(inert(&cell(partnership, *column)).as_bytes())?;
        }
        self.0.write_record(None::<&[u8]>)?;
        self.0.flush()
    }
}

/// Appends cells as a row, with its line end: those that would be formulas are made harmless.
pub fn write_row(out: &mut Vec<u8>, cells: &[String]) {
    let mut row = csv::Writer::from_writer(out);
    // a buffer in memory takes every write
    let _ = row.write_record(cells.iter().map(|cell| inert(cell).into_owned()));
    let _ = row.flush();
}

/// Source and key of the record in a row that [`Writer`] wrote.
pub fn source_and_key(row: &[u8]) -> Option<(String, String)> {
    let mut csv = csv::ReaderBuilder::new().has_headers(false).from_reader(row);
    let row = csv.records().next()?.ok()?;
    let cell = |column: Column| row.get(column as usize).map(|cell| restored(cell).to_owned());
    Some((cell(Column::Source)?, cell(Column::Key)?))
}

/// Whole rows of a CSV with `;` between their cells, as Excel in French expects them; `said` has
/// another text for a cell, by its column.
pub fn with_semicolons(rows: &[u8], said: impl Fn(usize, &str) -> Option<String>) -> Vec<u8> {
    let mut csv = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(rows);
    let out = Vec::with_capacity(rows.len() + rows.len() / 16);
    let mut writer = csv::WriterBuilder::new().delimiter(b';').flexible(true).from_writer(out);
    let mut record = csv::StringRecord::new();
    // memory is read and written, and what was written is UTF-8: nothing can fail
    while matches!(csv.read_record(&mut record), Ok(true)) {
        for (column, cell) in record.iter().enumerate() {
            let _ = match said(column, cell) {
                Some(text) => writer.write_field(text),
                None => writer.write_field(cell),
            };
        }
        let _ = writer.write_record(None::<&[u8]>);
    }
    writer.into_inner().unwrap_or_default()
}

/// What the native CSV has in one cell; nothing in columns that only profiles fill.
pub fn cell(partnership: &Partnership, column: Column) -> String {
    of_column(column).map(|field| field.cell(partnership)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_separator_keeps_the_cells() {
        let rows = "a,\"b;c\",\"d,e\"\n\"f\ng\",\"\"\"h\"\"\",-4.5\n";
        let other = with_semicolons(rows.as_bytes(), |_, _| None);
        assert_eq!(
            String::from_utf8(other).unwrap(),
            "a;\"b;c\";d,e\n\"f\ng\";\"\"\"h\"\"\";-4.5\n"
        );
        let said = with_semicolons(b"ML,ML\n", |column, _| (column == 1).then(|| "Mali".into()));
        assert_eq!(said, b"ML;Mali\n");
    }
}
