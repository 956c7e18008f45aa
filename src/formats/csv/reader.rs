//! A file to batches of drafts, streaming.

use std::{borrow::Cow, collections::HashMap, io::Read};

use csv::ByteRecord;
use encoding_rs::Encoding;

use super::{
    batch::{Batch, Marked, Place},
    decode::{Lines, Manner},
    encoding::Decoded,
    error::CsvError,
    intake::{Form, Input, Intake, Opening},
    layout::{self, Layout},
    mixed::Mixed,
    profile::{Bound, Mapping, Profile},
    workbook::{Sheets, is_empty, marked},
};

/// Rows of one batch: enough to work on in bulk, little enough to keep a few in memory.
const BATCH_ROWS: usize = 2_000;
/// Bytes after which a batch takes no more rows, however few it has.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// The largest row that is read, in bytes: ten times what the longest valid one needs.
const ROW_BYTES: usize = 1024 * 1024;
/// What is read from the file at once.
const BUFFER: usize = 64 * 1024;

/// A file that is being read.
pub struct Reader<'a> {
    csv: csv::Reader<Lines<Decoded<Box<dyn Read + Send + 'a>>>>,
    bound: Bound,
    profile: Profile,
    encoding: &'static Encoding,
    mixed: Option<Mixed>,
    sha256: String,
    /// The header as the file writes it, and its titles.
    pub(super) header: ByteRecord,
    pub(super) has_header: bool,
    pub(super) titles: Vec<String>,
    pub(super) separator: u8,
    pub(super) manner: Manner,
    /// It came in an archive, or is a workbook.
    pub(super) packed: bool,
    /// Of a workbook, what was read of it.
    sheets: Option<Sheets>,
    /// Cells of the header.
    width: usize,
    /// Cells up to the last that has a title.
    titled: usize,
    /// Cells without which a row is none.
    least: usize,
    /// What rows say for those below them.
    above: HashMap<usize, String>,
    /// Bytes of the largest batch so far.
    usual_bytes: usize,
}

impl<'a> Reader<'a> {
    /// Takes the file in, finds the header and binds the profile to it.
    // long: one step of opening a file after another
    pub fn new(input: impl Into<Input<'a>>, profile: &Profile) -> Result<Self, CsvError> {
        let separator = profile.separator.map(|separator| separator as u8);
        let weigh = |head: &[u8]| {
            let found = find(head, Some(b','), profile);
            found.map_or(0, |(layout, _)| layout.bound.columns())
        };
        let opening = Opening {
            encoding: profile.encoding.as_deref(),
            sheet: profile.sheet.as_deref(),
            weigh: &weigh,
        };
        let intake = Intake::new(input.into(), &opening)?;
        let Intake { encoding, mixed, form, packed, .. } = intake;
        let (sha256, sheets) = (intake.sha256.clone(), intake.sheets.clone());
        let mut input = Lines::new(Decoded::new(intake.into_reader()?, encoding));
        let head = input.head()?;
        if head.is_empty() {
            return Err(CsvError::Empty);
        }
        if let Some(zero) = head.iter().position(|byte| *byte == 0) {
            return Err(CsvError::Binary(zero));
        }
        let separator = if form == Form::Sheet { Some(b',') } else { separator };
        let head = mixed.map_or_else(|| head.into(), |mixed| Cow::Owned(mixed.head(head)));
        let (layout, profile) = find(&head, separator, profile)?;
        let manner = input.manner();
        let csv = csv::ReaderBuilder::new()
            .delimiter(layout.separator)
            .flexible(true)
            .has_headers(false)
            .buffer_capacity(BUFFER)
            .from_reader(input);
        let titled = layout.header.iter().rposition(|title| !title.is_empty());
        let mut reader = Self {
            csv,
            least: layout.bound.least_cells(),
            bound: layout.bound,
            profile,
            encoding,
            mixed,
            sha256,
            header: ByteRecord::new(),
            has_header: true,
            separator: layout.separator,
            manner,
            packed,
            sheets,
            width: layout.header.len(),
            titles: layout.header,
            titled: titled.map_or(0, |last| last + 1),
            above: HashMap::new(),
            usual_bytes: 0,
        };
        let mut record = ByteRecord::new();
        for _ in 0..layout.above + layout.header_rows {
            reader.record(&mut record)?;
        }
        reader.has_header = layout.header_rows > 0;
        let is_alone = layout.header_rows == 1;
        reader.header = if is_alone { record } else { reader.titles.clone().into() };
        Ok(reader)
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

    /// Of a workbook, the sheet that is read and the others.
    pub fn sheets(&self) -> Option<&Sheets> {
        self.sheets.as_ref()
    }

    /// The encoding of the file, by its name in the Encoding Standard.
    pub fn encoding(&self) -> &'static str {
        self.mixed.map_or(self.encoding, Mixed::main).name()
    }

    /// Makes a row of a file of two encodings UTF-8.
    pub(super) fn decode(&self, record: &mut ByteRecord) {
        if let Some(mixed) = self.mixed {
            mixed.decode(record);
        }
    }

    /// The encoding itself; UTF-8 where there are two.
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
            marks: Vec::new(),
            rarer: self.mixed.map_or("", |mixed| mixed.rarer().name()),
        };
        let mut record = ByteRecord::new();
        while batch.rows.len() < BATCH_ROWS && batch.text.len() < BATCH_BYTES {
            let Some(line) = self.record(&mut record)? else { break };
            if !record.as_slice().is_empty() {
                let is_rarer = self.mixed.is_some_and(|mixed| mixed.decode(&mut record));
                self.add(&record, (line, is_rarer), &mut batch);
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
    fn add(&mut self, record: &ByteRecord, (line, is_rarer): (u64, bool), batch: &mut Batch) {
        let (text, cells) = (batch.text.len() as u32, batch.ends.len() as u32);
        let marks = batch.marks.len() as u32;
        let is_plain =
            self.bound.values.is_empty() && self.sheets.is_none() && self.bound.rules.is_empty();
        if is_plain {
            batch.text.extend_from_slice(record.as_slice());
            let mut end = text;
            batch.ends.extend(record.iter().map(|cell| {
                end += cell.len() as u32;
                end
            }));
        } else if !self.add_cells(record, batch) {
            return;
        }
        batch.rows.push(Place {
            line,
            text: text..batch.text.len() as u32,
            cells: cells..batch.ends.len() as u32,
            marks: marks..batch.marks.len() as u32,
            is_rarer,
            // a sheet has no ends of rows: what is empty there is empty
            is_short: self.sheets.is_none() && record.len() < self.titled,
            fits: record.len() >= self.least && record.iter().skip(self.width).all(is_empty),
        });
    }

    /// Adds the cells of a record one by one; `false` where it is no row of its own.
    fn add_cells(&mut self, record: &ByteRecord, batch: &mut Batch) -> bool {
        let Self { bound, above, .. } = self;
        let mut unmarked: Vec<Cow<'_, [u8]>> = Vec::with_capacity(record.len());
        let first = batch.marks.len();
        for (index, cell) in record.iter().enumerate() {
            let found = std::str::from_utf8(cell).ok().and_then(marked);
            unmarked.push(found.map_or(cell, |_| b"").into());
            if let Some((mark, shown)) = found {
                batch.marks.push(Marked { cell: index as u32, mark, shown: shown.to_owned() });
            }
        }
        if !bound.rules.is_empty() {
            let texts = unmarked.iter().map(|cell| String::from_utf8(cell.to_vec()));
            // bytes that are no text are told of the row, whatever its cells are
            if let Ok(texts) = texts.collect::<Result<Vec<String>, _>>() {
                let Some(ruled) = bound.rules.apply(texts.into_iter(), above) else {
                    batch.marks.truncate(first);
                    return false;
                };
                if let Some((cell, mark)) = ruled.mark {
                    let shown = ruled.cells[cell].clone();
                    batch.marks.push(Marked { cell: cell as u32, mark, shown });
                }
                unmarked = ruled.cells.into_iter().map(|cell| cell.into_bytes().into()).collect();
            }
        }
        for (index, cell) in unmarked.iter().enumerate() {
            let said = std::str::from_utf8(cell).ok();
            let ours = said.and_then(|said| bound.translated(index, said));
            batch.text.extend_from_slice(ours.as_deref().map_or(cell, str::as_bytes));
            batch.ends.push(batch.text.len() as u32);
        }
        true
    }
}

/// Finds the table of a text, and the profile that reads it: the one asked for, or the one
/// recognised.
fn find(
    head: &[u8],
    separator: Option<u8>,
    profile: &Profile,
) -> Result<(Layout, Profile), CsvError> {
    let (head, long_line) = layout::whole_lines(head);
    let recognised = |header: &[String]| {
        let mut recognised = Profile::by_signature(header)?;
        recognised.sheet.clone_from(&profile.sheet);
        for (column, texts) in &profile.values {
            recognised.values.entry(column.clone()).or_default().extend(texts.clone());
        }
        Some(recognised)
    };
    if profile.recognise
        && let Ok(found) = layout::find(head, layout::Shape::of(separator), |header| {
            recognised(header).ok_or_else(Vec::new)?.bind(header)
        })
        && let Some(recognised) = recognised(&found.header)
    {
        return Ok((found, recognised));
    }
    let shape = layout::Shape {
        // all of it in one column: a comma is a part of a text
        separator: match profile.header_rows {
            Some(0) if profile.reads_one_column() => Some(layout::NO_SEPARATOR),
            _ => separator,
        },
        header_rows: profile.header_rows,
    };
    match layout::find(head, shape, |header| profile.bind(header)) {
        Ok(found) => Ok((found, profile.clone())),
        // the header is not above a line that nobody looks into
        Err(error) => Err(long_line.map_or(error, CsvError::HeaderOversize)),
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
    use super::{super::batch::RowError, *};

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
