//! A copy of a file with the rows that were rejected, and why: to be corrected and imported.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use csv::Terminator;
use encoding_rs::{Encoding, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE};

use super::{
    BYTE_ORDER_MARK, CsvError, Original,
    decode::{LineEnd, Manner},
    formula::{inert, restored},
    workbook::shown,
};
use crate::domain::{Issue, Language, Severity};

/// The column with what is wrong with a row; an import passes over it.
pub const PROBLEMS: &str = "_problemes";
/// Line breaks within the cells of a workbook, as it was read.
const BREAK: char = '\u{2028}';

/// Why an annotated copy could not be made.
#[derive(Debug, thiserror::Error)]
pub enum AnnotateError {
    /// The file cannot be read again.
    #[error(transparent)]
    Read(#[from] CsvError),
    /// The copy cannot be written.
    #[error("writing failed: {0}")]
    Write(#[from] io::Error),
}

/// Writes the rows of a file that have an error, with its own columns and one more, `_problemes`,
/// that has everything said of the row. The copy is in the encoding of the file, with its
/// separator, line ends and byte order mark; of a workbook or an archive it is UTF-8 with a mark
/// and `;`. What is above the header is left out. Returns how many rows it wrote.
///
/// Cells that a spreadsheet would run are kept from it as in an export. A character of the
/// remarks that the encoding does not have is written as plain letters.
pub fn annotate(
    mut original: Original<'_>,
    issues: &[Issue],
    language: Language,
    mut output: impl Write,
) -> Result<u64, AnnotateError> {
    let form = Form::of(&original);
    let rejected = rejected(issues);
    let header: Vec<Vec<u8>> = original.reader().header.iter().map(<[u8]>::to_vec).collect();
    // a copy that is corrected in part has the column already
    let earlier = original.titles().iter().position(|title| title == PROBLEMS);
    output.write_all(&form.mark())?;
    let width = header.len();
    if original.reader().has_header {
        let titles = header.iter().map(Vec::as_slice);
        output.write_all(&form.row(titles, (width, earlier), PROBLEMS)?)?;
    }
    let mut written = 0;
    for (line, issues) in rejected {
        let remarks: Vec<String> =
            issues.iter().map(|issue| remark(issue, &original, language)).collect();
        let Some(record) = original.record(line)? else { continue };
        let remarks = form.remark(remarks.join(" "));
        let row = form.row(record.iter(), (width, earlier), &remarks)?;
        output.write_all(&row)?;
        written += 1;
    }
    output.flush()?;
    Ok(written)
}

/// The issues of each row that has an error.
fn rejected(issues: &[Issue]) -> BTreeMap<u64, Vec<&Issue>> {
    let mut rows: BTreeMap<u64, Vec<&Issue>> = BTreeMap::new();
    for issue in issues {
        rows.entry(issue.line).or_default().push(issue);
    }
    rows.retain(|_, issues| issues.iter().any(|issue| issue.code.severity() == Severity::Error));
    rows
}

/// `Pays : « Absurdistan » n'est pas un pays connu. (Absurdie ?)`, with the file's own title.
fn remark(issue: &Issue, original: &Original<'_>, language: Language) -> String {
    let message = issue.message(language);
    let column = issue.column.map(|column| {
        let title = original.cell_of(column).and_then(|index| original.titles().get(index));
        title.map_or(column, String::as_str)
    });
    let place = match (column, language) {
        (None, _) => String::new(),
        (Some(column), Language::French) => format!("{column} : "),
        (Some(column), Language::English) => format!("{column}: "),
    };
    let suggestion = match (&issue.suggestion, language) {
        (None, _) => String::new(),
        (Some(suggestion), Language::French) => format!(" ({suggestion} ?)"),
        (Some(suggestion), Language::English) => format!(" ({suggestion}?)"),
    };
    format!("{place}{message}{suggestion}")
}

/// How a file writes its text.
struct Form {
    encoding: &'static Encoding,
    separator: u8,
    manner: Manner,
    /// Line breaks within cells are written as Unicode's own.
    is_unpacked: bool,
}

impl Form {
    fn of(original: &Original<'_>) -> Self {
        let reader = original.reader();
        if reader.packed {
            let manner = Manner { marked: true, line_end: LineEnd::CrLf };
            return Self { encoding: UTF_8, separator: b';', manner, is_unpacked: true };
        }
        Self {
            encoding: reader.text_encoding(),
            separator: reader.separator,
            manner: reader.manner,
            is_unpacked: false,
        }
    }

    fn mark(&self) -> Vec<u8> {
        if self.manner.marked { self.encoded(BYTE_ORDER_MARK.as_bytes()) } else { Vec::new() }
    }

    /// A row of so many cells, then the remark. `earlier` is a column that is left out. Cells
    /// beyond the header's come last: the remark stands under its title.
    fn row<'c>(
        &self,
        cells: impl Iterator<Item = &'c [u8]>,
        (width, earlier): (usize, Option<usize>),
        remark: &str,
    ) -> io::Result<Vec<u8>> {
        let cells: Vec<&[u8]> = cells.collect();
        let end = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        let own = (0..width).filter(|index| Some(*index) != earlier);
        let own = own.map(|index| cells.get(index).copied().unwrap_or_default());
        let surplus = cells.get(width..end).unwrap_or_default().iter().copied();
        let mut csv = csv::WriterBuilder::new()
            .delimiter(self.separator)
            .terminator(match self.manner.line_end {
                LineEnd::Lf => Terminator::Any(b'\n'),
                LineEnd::CrLf => Terminator::CRLF,
                LineEnd::Cr => Terminator::Any(b'\r'),
            })
            .from_writer(Vec::new());
        for cell in own.chain([remark.as_bytes()]).chain(surplus) {
            match std::str::from_utf8(cell) {
                Ok(text) => csv.write_field(self.cell(text).as_bytes())?,
                // UTF-8 that the file itself has broken
                Err(_) => csv.write_field(cell)?,
            }
        }
        csv.write_record(None::<&[u8]>)?;
        let text = csv.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok(self.encoded(&text))
    }

    /// A remark, such that the encoding of the copy is still recognised.
    fn remark(&self, remark: String) -> String {
        // quotation marks of the Macintosh are letters in Windows-1252, and would outweigh its own
        if self.encoding == MACINTOSH { deunicode::deunicode(&remark) } else { remark }
    }

    /// A text as a cell that no spreadsheet runs and that the encoding can hold.
    fn cell(&self, text: &str) -> String {
        let text = inert(restored(shown(text)));
        if self.is_unpacked {
            return text.replace(BREAK, "\n");
        }
        // an encoding of Unicode holds every character, and encodes to UTF-8 here
        if !self.encoding.encode(&text).2 {
            return text.into_owned();
        }
        let mut plain = String::with_capacity(text.len());
        for character in text.chars() {
            if self.encoding.encode(character.encode_utf8(&mut [0; 4])).2 {
                plain.push_str(deunicode::deunicode_char(character).unwrap_or("?"));
            } else {
                plain.push(character);
            }
        }
        plain
    }

    /// UTF-8 in the encoding of the file.
    fn encoded(&self, text: &[u8]) -> Vec<u8> {
        if self.encoding == UTF_8 {
            return text.to_vec();
        }
        let text = String::from_utf8_lossy(text);
        match self.encoding {
            encoding if encoding == UTF_16LE => {
                text.encode_utf16().flat_map(u16::to_le_bytes).collect()
            }
            encoding if encoding == UTF_16BE => {
                text.encode_utf16().flat_map(u16::to_be_bytes).collect()
            }
            encoding => encoding.encode(&text).0.into_owned(),
        }
    }
}
