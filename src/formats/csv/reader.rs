//! A file to batches of drafts, streaming.

use std::{io::Read, ops::Range};

use csv::ByteRecord;
use encoding_rs::Encoding;

use super::{
    decode::{Lines, Manner},
    encoding::Decoded,
    intake::{Form, Input, Intake},
    layout,
    profile::{Bound, Mapping, Profile},
};
use crate::domain::{Column, Draft};

/// Rows of one batch: enough to work on in bulk, little enough to keep a few in memory.
const BATCH_ROWS: usize = 2_000;
/// Bytes after which a batch takes no more rows, however few it has.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// The largest row that is read, in bytes: ten times what the longest valid one needs.
const ROW_BYTES: usize = 1024 * 1024;
/// What is read from the file at once.
const BUFFER: usize = 64 * 1024;

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
    /// The header is no text.
    #[error(
        "the names of the columns are no text in the file's encoding; save the table as “CSV UTF-8”, or name its encoding with --encoding"
    )]
    Encoding,
    /// No such encoding.
    #[error(
        "“{0}” is no encoding; there are utf-8, windows-1252, iso-8859-15, utf-16le, macintosh and the others of the Encoding Standard"
    )]
    EncodingUnknown(String),
    /// Packed, and broken.
    #[error("it cannot be unpacked: {0}")]
    Packed(String),
    /// A packed file of none or several files.
    #[error("the archive holds {0} files; one is expected")]
    Archive(usize),
    /// Columns that are needed.
    #[error("line {line}: {} missing: {}; the header has: {}. `atlas profile draft` proposes how to read the file", if .missing.len() == 1 { "a required column is" } else { "required columns are" }, .missing.join(", "), .header.join(", "))]
    Columns {
        /// The line that is nearest to a header.
        line: u64,
        /// The names that are missing.
        missing: Vec<String>,
        /// The names that are there.
        header: Vec<String>,
    },
    /// One name for two columns.
    #[error("the column “{0}” is there twice")]
    Repeated(String),
    /// A quotation mark without its second.
    #[error(
        "line {0}: a quotation mark is opened and never closed; everything below would be one cell"
    )]
    OpenQuote(u64),
    /// A row beyond reason: an open quote, most often.
    #[error("line {0}: the row is longer than 1 MiB; a quotation mark is probably not closed")]
    Oversize(u64),
}

/// Why a row could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowError {
    /// More cells than the header, or not those that are required.
    Length,
    /// Bytes that are not UTF-8.
    Encoding,
}

/// Some rows of a file, in order: their cells one behind the other, without what separates them.
#[derive(Debug)]
pub struct Batch {
    text: Vec<u8>,
    /// Where each cell ends in the text.
    ends: Vec<u32>,
    rows: Vec<Place>,
    columns: usize,
}

/// Where a row is, in the file and in a batch.
#[derive(Debug)]
struct Place {
    line: u64,
    text: Range<u32>,
    cells: Range<u32>,
    /// Whether it has the cells that it must, and no others.
    fits: bool,
}

impl Batch {
    /// The rows: line and record, or line and error.
    pub fn rows(&self) -> impl Iterator<Item = (u64, Result<Row<'_>, RowError>)> {
        self.rows.iter().map(|place| (place.line, self.row(place)))
    }

    fn row(&self, place: &Place) -> Result<Row<'_>, RowError> {
        let Place { line, text, cells, fits } = place;
        if !fits {
            return Err(RowError::Length);
        }
        let begin = text.start;
        let text = simdutf8::basic::from_utf8(&self.text[text.start as usize..text.end as usize]);
        let text = text.map_err(|_| RowError::Encoding)?;
        let ends = &self.ends[cells.start as usize..cells.end as usize];
        // halves of one character in two cells are no text either
        if !ends.iter().all(|end| text.is_char_boundary((end - begin) as usize)) {
            return Err(RowError::Encoding);
        }
        Ok(Row { line: *line, text, begin, ends, columns: self.columns })
    }
}

/// One row, to be read through a mapping.
#[derive(Debug, Clone, Copy)]
pub struct Row<'batch> {
    line: u64,
    text: &'batch str,
    /// Where the row begins in its batch, in which `ends` are counted.
    begin: u32,
    ends: &'batch [u32],
    /// How many cells the header has.
    columns: usize,
}

impl<'batch> Row<'batch> {
    /// The draft that the row makes in one reading.
    pub fn draft(&self, mapping: &'batch Mapping) -> Draft<'batch> {
        Draft::new(self.line, |column: Column| mapping.text(*self, column))
    }

    /// The text of one cell; empty where the row does not reach so far.
    pub(super) fn cell(&self, index: usize) -> &'batch str {
        let Some(end) = self.ends.get(index) else { return "" };
        let start = index.checked_sub(1).map_or(self.begin, |before| self.ends[before]);
        &self.text[(start - self.begin) as usize..(end - self.begin) as usize]
    }

    /// Whether cells are missing at its end, which spreadsheets leave out where they are empty
    /// and a file that was cut off has lost.
    pub fn is_short(&self) -> bool {
        self.ends.len() < self.columns
    }
}

/// A file that is being read.
pub struct Reader<'a> {
    csv: csv::Reader<Lines<Decoded<Box<dyn Read + Send + 'a>>>>,
    bound: Bound,
    profile: Profile,
    encoding: &'static Encoding,
    sha256: String,
    /// The header as the file writes it, and its titles.
    pub(super) header: ByteRecord,
    pub(super) titles: Vec<String>,
    pub(super) separator: u8,
    pub(super) manner: Manner,
    /// It came in an archive, or is a workbook.
    pub(super) packed: bool,
    /// Cells of the header.
    width: usize,
    /// Cells up to the last that has a title.
    titled: usize,
    /// Cells without which a row is none.
    least: usize,
    /// Bytes of the largest batch so far.
    usual_bytes: usize,
}

impl<'a> Reader<'a> {
    /// Takes the file in, finds the header and binds the profile to it.
    pub fn new(input: impl Into<Input<'a>>, profile: &Profile) -> Result<Self, CsvError> {
        let intake = Intake::new(input.into(), profile.encoding.as_deref())?;
        let (encoding, sha256, form) = (intake.encoding, intake.sha256.clone(), intake.form);
        let packed = intake.packed;
        let mut input = Lines::new(Decoded::new(intake.into_reader()?, encoding));
        let head = input.head()?;
        if head.is_empty() {
            return Err(CsvError::Empty);
        }
        if let Some(zero) = head.iter().position(|byte| *byte == 0) {
            return Err(CsvError::Binary(zero));
        }
        let separator = match form {
            Form::Sheet => Some(b','),
            Form::Text => profile.separator.map(|separator| separator as u8),
        };
        let mut profile = profile.clone();
        let layout = if profile.recognise
            && let Ok(found) = layout::find(head, separator, |header| {
                Profile::by_signature(header).ok_or_else(Vec::new)?.bind(header)
            })
            && let Some(recognised) = Profile::by_signature(&found.header)
        {
            profile = recognised;
            found
        } else {
            layout::find(head, separator, |header| profile.bind(header))?
        };
        let manner = input.manner();
        let mut csv = csv::ReaderBuilder::new()
            .delimiter(layout.separator)
            .flexible(true)
            .has_headers(false)
            .buffer_capacity(BUFFER)
            .from_reader(input);
        let mut record = ByteRecord::new();
        for _ in 0..=layout.above {
            csv.read_byte_record(&mut record).map_err(csv_error)?;
        }
        let titled = layout.header.iter().rposition(|title| !title.is_empty());
        Ok(Self {
            csv,
            least: layout.bound.least_cells(),
            bound: layout.bound,
            profile,
            encoding,
            sha256,
            header: record,
            separator: layout.separator,
            manner,
            packed,
            width: layout.header.len(),
            titles: layout.header,
            titled: titled.map_or(0, |last| last + 1),
            usual_bytes: 0,
        })
    }

    /// One mapping for each reading of the profile.
    pub fn mappings(&self) -> &[Mapping] {
        &self.bound.mappings
    }

    /// Columns of the file that nothing reads.
    pub fn ignored(&self) -> &[String] {
        &self.bound.ignored
    }

    /// The profile that it is read by: the one asked for, or the one recognised.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The encoding of the file, by its name in the Encoding Standard.
    pub fn encoding(&self) -> &'static str {
        self.encoding.name()
    }

    /// The encoding itself.
    pub(super) fn text_encoding(&self) -> &'static Encoding {
        self.encoding
    }

    /// SHA-256 of the file as it came, lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// How many bytes of text were read.
    pub fn bytes(&self) -> u64 {
        self.csv.position().byte()
    }

    /// The next rows; none at the end of the file.
    pub fn batch(&mut self) -> Result<Option<Batch>, CsvError> {
        let mut batch = Batch {
            text: Vec::with_capacity(self.usual_bytes),
            ends: Vec::with_capacity(BATCH_ROWS * self.width),
            rows: Vec::with_capacity(BATCH_ROWS),
            columns: self.titled,
        };
        let mut record = ByteRecord::new();
        while batch.rows.len() < BATCH_ROWS && batch.text.len() < BATCH_BYTES {
            let Some(line) = self.record(&mut record)? else { break };
            if !record.as_slice().is_empty() {
                self.add(&record, line, &mut batch);
            }
        }
        self.usual_bytes = self.usual_bytes.max(batch.text.len());
        Ok((!batch.rows.is_empty()).then_some(batch))
    }

    /// Reads one record, and tells the line that it begins in; none at the end of the file.
    pub(super) fn record(&mut self, record: &mut ByteRecord) -> Result<Option<u64>, CsvError> {
        let (begin, line) = (self.csv.position().byte(), self.csv.position().line());
        self.csv.get_mut().allow(begin + (ROW_BYTES + 2 * BUFFER) as u64);
        match self.csv.read_byte_record(record).map_err(csv_error) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(CsvError::Io(error)) if error.kind() == std::io::ErrorKind::FileTooLarge => {
                return Err(CsvError::Oversize(line));
            }
            Err(error) => return Err(error),
        }
        // every line ends in one newline: the reader now stands one line below the row's last
        let within = memchr::memchr_iter(b'\n', record.as_slice()).count() as u64;
        let ends = self.csv.position().line();
        if record.as_slice().ends_with(b"\n")
            && (ends - 1 - within < line
                || self.csv.get_ref().ends_in_quotes(self.csv.position().byte()))
        {
            // the last line end is inside the row, which has none of its own
            return Err(CsvError::OpenQuote(ends - within));
        }
        let line = ends - 1 - within;
        if record.as_slice().len() > ROW_BYTES {
            return Err(CsvError::Oversize(line));
        }
        Ok(Some(line))
    }

    /// Adds a record to a batch, in the register's words.
    fn add(&self, record: &ByteRecord, line: u64, batch: &mut Batch) {
        let (text, cells) = (batch.text.len() as u32, batch.ends.len() as u32);
        if self.bound.values.is_empty() {
            batch.text.extend_from_slice(record.as_slice());
            let mut end = text;
            batch.ends.extend(record.iter().map(|cell| {
                end += cell.len() as u32;
                end
            }));
        } else {
            for (index, cell) in record.iter().enumerate() {
                let said = std::str::from_utf8(cell).ok();
                let ours = said.and_then(|said| self.bound.translated(index, said));
                batch.text.extend_from_slice(ours.as_deref().map_or(cell, str::as_bytes));
                batch.ends.push(batch.text.len() as u32);
            }
        }
        batch.rows.push(Place {
            line,
            text: text..batch.text.len() as u32,
            cells: cells..batch.ends.len() as u32,
            fits: record.len() >= self.least
                && record.iter().skip(self.width).all(<[u8]>::is_empty),
        });
    }
}

fn csv_error(error: csv::Error) -> CsvError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => CsvError::Io(error),
        other => CsvError::Io(std::io::Error::other(format!("{other:?}"))),
    }
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
    fn a_quotation_mark_that_stays_open_is_told_with_its_line() {
        let header = "collectivite,partenaire,partenaire_pays\n";
        let read = |rows: &str| {
            let text = format!("{header}{rows}");
            let mut reader = Reader::new(text.as_bytes(), &Profile::native()).unwrap();
            reader
                .batch()
                .map_err(|error| error.to_string())
                .map(|batch| batch.unwrap().rows().count())
        };
        for open in
            ["A,B,\"C\n", "A,B,\"C\"\"\n", "A,B,\"C\n\"\"\n", "A,B,\"C\"\"", "A,B\"\",\"C\"\"\n"]
        {
            let error = read(open).unwrap_err();
            assert!(error.starts_with("line 2: a quotation mark"), "{open:?}: {error}");
        }
        for closed in
            ["A,B,\"C\n\"\n", "A,B,\"C\n\"", "A,B,\"C\"\n", "A,B,\"\"\n", "A,B,\"C\"\"\"\n"]
        {
            assert_eq!(read(closed), Ok(1), "{closed:?}");
        }
    }

    #[test]
    fn what_is_no_table_is_refused() {
        let error =
            |bytes: &[u8]| Reader::new(bytes, &Profile::native()).err().unwrap().to_string();
        assert!(error(b"").contains("empty"));
        assert!(error(b"\n\n").contains("empty"));
        assert!(error(b"\x7fELF\0\0").contains("not a text file"));
        assert!(error(b"ville,pays\n").contains("missing: collectivite, partenaire;"));
        assert!(error(b"\nVille fran\xe7aise,pays\n").contains("line 2: a required column"));
    }
}
