//! A CSV file to batches of drafts, streaming.

use std::io::Read;

use csv::{ByteRecord, StringRecord};

use super::{
    decode::Lines,
    profile::{Mapping, Profile},
};
use crate::domain::{Column, Draft};

/// Rows of one batch: enough to work on in bulk, little enough to keep a few in memory.
const BATCH_ROWS: usize = 2_000;
/// The largest row that is read, in bytes: ten times what the longest valid one needs.
const ROW_BYTES: usize = 1024 * 1024;

/// A file that is no table of partnerships. (A row that is wrong is a [`RowError`].)
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// Reading failed.
    #[error("reading failed: {0}")]
    Io(#[from] std::io::Error),
    /// Nothing in it.
    #[error("it is empty; a first line with the names of the columns is expected")]
    Empty,
    /// Not a text file.
    #[error("it is not a text file (byte {0} is 0); save the table as CSV, UTF-8")]
    Binary(usize),
    /// The header is not UTF-8.
    #[error("line 1 is not UTF-8 text; save the table as “CSV UTF-8”")]
    Encoding,
    /// Columns that are needed.
    #[error("line 1: {} missing: {}; the header has: {}", if .missing.len() == 1 { "a required column is" } else { "required columns are" }, .missing.join(", "), .header.join(", "))]
    Columns {
        /// The names that are missing.
        missing: Vec<String>,
        /// The names that are there.
        header: Vec<String>,
    },
    /// One name for two columns.
    #[error("line 1: the column “{0}” is there twice")]
    Repeated(String),
    /// A row beyond reason: an open quote, most often.
    #[error("line {0}: the row is longer than 1 MiB; a quotation mark is probably not closed")]
    Oversize(u64),
}

/// Why a row could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowError {
    /// Fewer or more cells than the header.
    Length,
    /// Bytes that are not UTF-8.
    Encoding,
}

/// Some rows of a file, in order.
#[derive(Debug)]
pub struct Batch {
    rows: Vec<(u64, Result<StringRecord, RowError>)>,
}

impl Batch {
    /// The rows: line and record, or line and error.
    pub fn rows(&self) -> impl Iterator<Item = (u64, Result<Row<'_>, RowError>)> {
        self.rows.iter().map(|(line, row)| {
            (*line, row.as_ref().map(|row| Row { line: *line, row }).map_err(|e| *e))
        })
    }
}

/// One row, to be read through a mapping.
#[derive(Debug, Clone, Copy)]
pub struct Row<'batch> {
    line: u64,
    row: &'batch StringRecord,
}

impl<'batch> Row<'batch> {
    /// The draft that the row makes in one reading.
    pub fn draft(&self, mapping: &'batch Mapping) -> Draft<'batch> {
        Draft::new(self.line, |column: Column| mapping.text(self.row, column))
    }
}

/// A file that is being read.
pub struct Reader<R> {
    csv: csv::Reader<Lines<R>>,
    mappings: Vec<Mapping>,
    ignored: Vec<String>,
    columns: usize,
}

impl<R: Read> Reader<R> {
    /// Reads the header and binds the profile to it.
    pub fn new(input: R, profile: &Profile) -> Result<Self, CsvError> {
        let mut input = Lines::new(input);
        let head = input.head()?;
        if head.is_empty() {
            return Err(CsvError::Empty);
        }
        if let Some(zero) = head.iter().position(|byte| *byte == 0) {
            return Err(CsvError::Binary(zero));
        }
        let separator = match profile.separator {
            Some(separator) => separator as u8,
            None => recognise_separator(head),
        };
        let mut csv =
            csv::ReaderBuilder::new().delimiter(separator).flexible(true).from_reader(input);
        let header = csv.byte_headers().map_err(csv_error)?.clone();
        if header.iter().all(<[u8]>::is_empty) {
            return Err(CsvError::Empty);
        }
        let header = StringRecord::from_byte_record(header).map_err(|_| CsvError::Encoding)?;
        let header: Vec<String> = header.iter().map(|title| title.trim().to_owned()).collect();
        for (index, title) in header.iter().enumerate() {
            if !title.is_empty() && header[..index].contains(title) {
                return Err(CsvError::Repeated(title.clone()));
            }
        }
        let (mappings, ignored) = profile
            .bind(&header)
            .map_err(|missing| CsvError::Columns { missing, header: header.clone() })?;
        Ok(Self { csv, mappings, ignored, columns: header.len() })
    }

    /// One mapping for each reading of the profile.
    pub fn mappings(&self) -> &[Mapping] {
        &self.mappings
    }

    /// Columns of the file that nothing reads.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }

    /// The input, read as far as it was.
    pub fn into_input(self) -> R {
        self.csv.into_inner().into_input()
    }

    /// The next rows; none at the end of the file.
    pub fn batch(&mut self) -> Result<Option<Batch>, CsvError> {
        let mut rows = Vec::with_capacity(BATCH_ROWS);
        let mut record = ByteRecord::new();
        while rows.len() < BATCH_ROWS
            && self.csv.read_byte_record(&mut record).map_err(csv_error)?
        {
            // every line ends in one newline: the reader now stands one line below the row's last
            let within = memchr::memchr_iter(b'\n', record.as_slice()).count() as u64;
            let line = self.csv.position().line() - 1 - within;
            if record.as_slice().len() > ROW_BYTES {
                return Err(CsvError::Oversize(line));
            }
            if record.iter().all(<[u8]>::is_empty) {
                continue;
            }
            let cells = record.len();
            let surplus_is_empty = record.iter().skip(self.columns).all(<[u8]>::is_empty);
            let row = if cells < self.columns || !surplus_is_empty {
                Err(RowError::Length)
            } else {
                StringRecord::from_byte_record(record.clone()).map_err(|_| RowError::Encoding)
            };
            rows.push((line, row));
        }
        Ok((!rows.is_empty()).then_some(Batch { rows }))
    }
}

fn csv_error(error: csv::Error) -> CsvError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => CsvError::Io(error),
        other => CsvError::Io(std::io::Error::other(format!("{other:?}"))),
    }
}

/// The separator that the first line has most of, outside quotes.
fn recognise_separator(head: &[u8]) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut quoted = false;
    for byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            _ if quoted => {}
            byte => {
                for (separator, count) in &mut counts {
                    *count += u32::from(byte == separator);
                }
            }
        }
    }
    // the first of two equal ones: max_by_key would take the last
    counts.iter().rev().max_by_key(|(_, count)| count).map_or(b',', |(separator, _)| *separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<u64> {
        let mut reader = Reader::new(text.as_bytes(), &Profile::native()).unwrap();
        reader.batch().unwrap().map_or_else(Vec::new, |b| b.rows().map(|(line, _)| line).collect())
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        for newline in ["\n", "\r\n", "\r"] {
            let text =
                "collectivite;partenaire;partenaire_pays\nA;B;C\n\n\nA;\"B\nB\";C\nD;E;F\n\nG;H;I";
            assert_eq!(lines(&text.replace('\n', newline)), [2, 5, 7, 9], "{newline:?}");
        }
    }

    #[test]
    fn rows_of_another_length_are_errors_but_empty_cells_at_the_end_are_not() {
        let text = "collectivite,partenaire,partenaire_pays\nA,B\nA,B,C,,\nA,B,C,D\n,,\nA,B,C\n";
        let mut reader = Reader::new(text.as_bytes(), &Profile::native()).unwrap();
        let batch = reader.batch().unwrap().unwrap();
        let rows: Vec<_> = batch.rows().map(|(line, row)| (line, row.err())).collect();
        let length = Some(RowError::Length);
        assert_eq!(rows, [(2, length), (3, None), (4, length), (6, None)]);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let error =
            |bytes: &[u8]| Reader::new(bytes, &Profile::native()).err().unwrap().to_string();
        assert!(error(b"").contains("empty"));
        assert!(error(b"\n\n").contains("empty"));
        assert!(error(b"\x7fELF\0\0").contains("not a text file"));
        assert!(error(b"ville,pays\n").contains("collectivite, partenaire, partenaire_pays"));
        assert!(error(b"collectivit\xe9,pays\n").contains("UTF-8"));
    }
}
