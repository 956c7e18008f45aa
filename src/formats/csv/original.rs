//! A file read once more as it stands, to give parts of it back.

use csv::ByteRecord;

use super::{CsvError, Input, Profile, Reader, workbook::shown};
use crate::domain::Column;

/// The rows of a file, untranslated, to be picked by their lines. Memory holds one row.
pub struct Original<'a> {
    reader: Reader<'a>,
    record: ByteRecord,
    /// Where `record` begins; none before the first row and after the last.
    line: Option<u64>,
}

impl<'a> Original<'a> {
    /// Takes the file in as an import by this profile does.
    pub fn new(input: impl Into<Input<'a>>, profile: &Profile) -> Result<Self, CsvError> {
        let reader = Reader::new(input, profile)?;
        Ok(Self { reader, record: ByteRecord::new(), line: None })
    }

    /// What the file calls its columns, white space tidied.
    pub fn titles(&self) -> &[String] {
        &self.reader.titles
    }

    /// The cell of a row in which a native column stands, by the first reading that has it.
    pub fn cell_of(&self, column: &str) -> Option<usize> {
        let column = Column::from_name(column)?;
        self.reader.mappings().iter().find_map(|mapping| mapping.cell(column))
    }

    /// The native column that a cell is read as, by the first reading that reads it.
    pub fn column_of(&self, cell: usize) -> Option<Column> {
        self.reader.mappings().iter().find_map(|mapping| mapping.column(cell))
    }

    /// The cells of the next row.
    pub fn next_row(&mut self) -> Result<Option<Vec<String>>, CsvError> {
        self.read()?;
        Ok(self.line.map(|_| cells(&self.record)))
    }

    /// The cells of the row that begins at a line. Lines must be asked for in ascending order;
    /// none where no row begins.
    pub fn row(&mut self, line: u64) -> Result<Option<Vec<String>>, CsvError> {
        Ok(self.record(line)?.map(cells))
    }

    /// The same row as bytes: UTF-8, but for what the file itself has broken.
    pub(super) fn record(&mut self, line: u64) -> Result<Option<&ByteRecord>, CsvError> {
        while self.line.is_none_or(|at| at < line) {
            self.read()?;
            if self.line.is_none() {
                return Ok(None);
            }
        }
        Ok((self.line == Some(line)).then_some(&self.record))
    }

    /// Reads the next row that says anything.
    fn read(&mut self) -> Result<(), CsvError> {
        loop {
            self.line = self.reader.record(&mut self.record)?;
            if self.line.is_none() || !self.record.as_slice().is_empty() {
                self.reader.decode(&mut self.record);
                return Ok(());
            }
        }
    }

    /// The encoding of an annotated copy, by its name in the Encoding Standard.
    pub fn copy_encoding(&self) -> &'static str {
        if self.reader.packed { "UTF-8" } else { self.reader.text_encoding().name() }
    }

    pub(super) fn reader(&self) -> &Reader<'a> {
        &self.reader
    }
}

fn cells(record: &ByteRecord) -> Vec<String> {
    let text = |cell| shown(&String::from_utf8_lossy(cell)).to_owned();
    record.iter().map(text).collect()
}
