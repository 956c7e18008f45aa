//! Workbooks: one sheet as text, one line a row, so that lines are counted as the sheet numbers its
//! rows.
//!
//! Sheets are read by stream, row by row, whatever their files claim: nothing is allocated for an
//! area. A sheet is measured first; only one that is small enough is written as text.
//!
//! | file | holds |
//! |---|---|
//! | `package.rs` | the parts of a zip package as XML of bounded events |
//! | `xlsx.rs` `ods.rs` `xls.rs` | the rows of each format |
//! | `xls_size.rs` | what reading an `.xls` would allocate |
//! | `number.rs` | numbers that a format shows as dates |
//! | `sheet_text.rs` | rows to text |
//! | `mark.rs` | cells that a text alone cannot tell |

mod mark;
mod number;
mod ods;
mod package;
mod sheet_text;
mod xls;
mod xls_size;
mod xlsx;

use std::{fs::File, io::Cursor};

pub use mark::Mark;
pub(super) use mark::{is_empty, marked, shown};

use super::{CsvError, intake::Rereadable};
use sheet_text::{Measure, SheetText};

/// The formats of workbooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Office Open XML.
    Xlsx,
    /// Excel 97–2003.
    Xls,
    /// OpenDocument.
    Ods,
}

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether the workbook hides it.
    pub is_hidden: bool,
}

/// Which sheet of a workbook was read, and which others it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheets {
    /// The name of the one that was read.
    pub read: String,
    /// The others, in the order of the workbook.
    pub others: Vec<Sheet>,
}

/// The value of a cell, as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Text(String),
    /// A formula whose result is not stored.
    Unread,
    /// An error of a formula, by the name that the spreadsheet shows.
    Error(String),
}

/// Some equal cells of a row that say something.
#[derive(Debug)]
struct Cell {
    column: u32,
    repeat: u32,
    value: Value,
}

/// A row that says something, and how often it stands there.
#[derive(Debug)]
struct SheetRow {
    index: u32,
    repeat: u32,
    cells: Vec<Cell>,
}

/// Cells that are shown as one; the first has the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Merged {
    /// First and last, counted from 0.
    rows: (u32, u32),
    columns: (u32, u32),
}

/// Whoever looks at a sheet.
trait Visitor {
    /// A row, in ascending order; `false` where no more are wanted.
    fn row(&mut self, row: SheetRow) -> Result<bool, CsvError>;
    /// Merged cells, in any order, before or after their rows.
    fn merged(&mut self, _merged: Merged) {}
}

/// What a sheet of every format has at most.
const MAX_ROWS: u32 = 1_048_576;
const MAX_COLUMNS: u32 = 16_384;

/// A workbook that was opened.
enum Book<'a> {
    Xlsx(xlsx::Xlsx<'a>),
    Ods(ods::Ods<'a>),
    Xls(xls::Xls),
}

impl<'a> Book<'a> {
    fn open(format: Format, input: Box<dyn Rereadable + 'a>) -> Result<Self, CsvError> {
        Ok(match format {
            Format::Xlsx => Self::Xlsx(xlsx::Xlsx::open(input)?),
            Format::Ods => Self::Ods(ods::Ods::open(input)?),
            Format::Xls => Self::Xls(xls::Xls::open(input)?),
        })
    }

    fn sheets(&self) -> &[Sheet] {
        match self {
            Self::Xlsx(book) => book.sheets(),
            Self::Ods(book) => book.sheets(),
            Self::Xls(book) => book.sheets(),
        }
    }

    fn visit(&mut self, sheet: usize, visitor: &mut dyn Visitor) -> Result<(), CsvError> {
        match self {
            Self::Xlsx(book) => book.visit(sheet, visitor),
            Self::Ods(book) => book.visit(sheet, visitor),
            Self::Xls(book) => book.visit(sheet, visitor),
        }
    }

    /// What a sheet measures; refuses one that is too large.
    fn measure(&mut self, sheet: usize) -> Result<Measure, CsvError> {
        let mut measure = Measure::new(self.sheets()[sheet].name.clone());
        self.visit(sheet, &mut measure)?;
        Ok(measure)
    }
}

/// The text of a sheet.
pub(super) enum Text {
    Memory(Vec<u8>),
    File(File),
}

/// Who chooses a sheet: by its name or number, or by how much of a table its beginning makes.
pub(super) struct Choice<'c> {
    pub(super) sheet: Option<&'c str>,
    pub(super) weigh: &'c dyn Fn(&[u8]) -> usize,
}

/// Sheets that are looked at to choose one.
const CANDIDATES: usize = 60;
/// Rows by which a sheet is chosen.
const HEAD_ROWS: u32 = 40;

/// One sheet of a workbook as CSV with commas: the one that is asked for, else that of those shown
/// whose beginning weighs most, else the first that holds anything.
pub(super) fn read(
    format: Format,
    input: Box<dyn Rereadable + '_>,
    choice: &Choice<'_>,
) -> Result<(Text, Sheets), CsvError> {
    let mut book = Book::open(format, input)?;
    let (index, measure) = match choice.sheet {
        Some(asked) => {
            let index = named(book.sheets(), asked)?;
            (index, book.measure(index)?)
        }
        None => choose(&mut book, choice.weigh)?,
    };
    let mut text = SheetText::new(&measure, None);
    book.visit(index, &mut text)?;
    let sheets = book.sheets();
    let others = sheets.iter().enumerate().filter(|(other, _)| *other != index);
    let sheets = Sheets {
        read: sheets[index].name.clone(),
        others: others.map(|(_, sheet)| sheet.clone()).collect(),
    };
    Ok((text.finish(), sheets))
}

/// The sheet of this name, else of this number among those shown, counted from 1.
fn named(sheets: &[Sheet], asked: &str) -> Result<usize, CsvError> {
    let asked = asked.trim();
    let fold = crate::domain::text::fold;
    let exact = sheets.iter().position(|sheet| sheet.name == asked);
    let by_name =
        exact.or_else(|| sheets.iter().position(|sheet| fold(sheet.name.trim()) == fold(asked)));
    let by_number = || {
        let number = asked.parse::<usize>().ok()?.checked_sub(1)?;
        let mut shown = sheets.iter().enumerate().filter(|(_, sheet)| !sheet.is_hidden);
        shown.nth(number).map(|(index, _)| index)
    };
    by_name.or_else(by_number).ok_or_else(|| CsvError::SheetUnknown {
        asked: asked.to_owned(),
        sheets: sheets.iter().map(|sheet| sheet.name.clone()).collect(),
    })
}

fn choose(
    book: &mut Book<'_>,
    weigh: &dyn Fn(&[u8]) -> usize,
) -> Result<(usize, Measure), CsvError> {
    let shown = |sheet: &Sheet| !sheet.is_hidden;
    let candidates: Vec<usize> = (0..book.sheets().len())
        .filter(|index| shown(&book.sheets()[*index]))
        .take(CANDIDATES)
        .collect();
    let mut best: Option<(usize, usize, Measure)> = None;
    let mut refused = None;
    for index in candidates.iter().copied() {
        let measure = match book.measure(index) {
            Ok(measure) => measure,
            // another sheet may be the one
            Err(error @ (CsvError::SheetSize { .. } | CsvError::SheetBroken { .. })) => {
                refused.get_or_insert(error);
                continue;
            }
            Err(error) => return Err(error),
        };
        if measure.is_empty() {
            continue;
        }
        let mut head = SheetText::new(&measure, Some(HEAD_ROWS));
        book.visit(index, &mut head)?;
        let weight = match head.finish() {
            Text::Memory(text) => weigh(&text),
            Text::File(_) => 0,
        };
        if best.as_ref().is_none_or(|(most, ..)| weight > *most) {
            best = Some((weight, index, measure));
        }
    }
    match (best, refused) {
        // a table was found, or there is nothing that might be one
        (Some((weight, index, measure)), refused) if weight > 0 || refused.is_none() => {
            Ok((index, measure))
        }
        (_, Some(error)) => Err(error),
        (Some((_, index, measure)), None) => Ok((index, measure)),
        (None, None) if book.sheets().iter().any(|sheet| sheet.is_hidden) => {
            let sheets = book.sheets().iter().map(|sheet| sheet.name.clone()).collect();
            Err(CsvError::SheetsHidden { sheets })
        }
        (None, None) => Err(CsvError::Empty),
    }
}

impl From<tempfile::SpooledData> for Text {
    fn from(data: tempfile::SpooledData) -> Self {
        match data {
            tempfile::SpooledData::InMemory(text) => Self::Memory(Cursor::into_inner(text)),
            tempfile::SpooledData::OnDisk(file) => Self::File(file),
        }
    }
}
