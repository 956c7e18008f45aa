//! Workbooks of Excel 97–2003, by a library that reads them as a whole: what it would allocate is
//! counted before it is asked.

use std::{
    io::{Cursor, Read, Write},
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{Data, Range, Reader, SheetVisible};

use super::{
    super::{CsvError, intake::Rereadable},
    Cell, Merged, Sheet, SheetRow, Value, Visitor, number,
    package::broken,
};

/// What a workbook may hold, in bytes.
const BYTES: u64 = 128 * 1024 * 1024;
/// Cells of the areas in use of all sheets together.
const AREA: u64 = 6_000_000;
/// Sheets of one workbook.
const SHEETS: usize = 500;

/// A workbook.
pub(super) struct Xls {
    book: calamine::Xls<Cursor<Vec<u8>>>,
    sheets: Vec<Sheet>,
}

impl Xls {
    pub(super) fn open(input: Box<dyn Rereadable + '_>) -> Result<Self, CsvError> {
        let stream = stream(input)?;
        bound(&stream)?;
        let alone = alone(&stream).map_err(|error| broken(&error))?;
        drop(stream);
        let opened = catch_unwind(|| calamine::Xls::new(Cursor::new(alone)));
        let book = opened
            .map_err(|_| broken(&"its records contradict each other; save the table as .xlsx"))?
            .map_err(|error| broken(&error))?;
        let about = book.sheets_metadata().iter();
        let sheets = about.map(|sheet| Sheet {
            name: sheet.name.clone(),
            is_hidden: sheet.visible != SheetVisible::Visible,
        });
        let sheets = sheets.collect();
        Ok(Self { book, sheets })
    }

    pub(super) fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    pub(super) fn visit(
        &mut self,
        sheet: usize,
        visitor: &mut dyn Visitor,
    ) -> Result<(), CsvError> {
        let name = self.sheets[sheet].name.clone();
        let book = AssertUnwindSafe(&mut self.book);
        let read = catch_unwind(move || {
            let AssertUnwindSafe(book) = { book };
            let range = book.worksheet_range(&name)?;
            let formulas = book.worksheet_formula(&name)?;
            let merged = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
            Ok::<_, calamine::XlsError>((range, formulas, merged))
        });
        let (range, formulas, merged) = read
            .map_err(|_| broken(&"its records contradict each other; save the table as .xlsx"))?
            .map_err(|error| broken(&error))?;
        for area in merged {
            visitor.merged(Merged {
                rows: (area.start.0, area.end.0),
                columns: (area.start.1, area.end.1),
            });
        }
        rows(&range, &formulas, visitor)
    }
}

fn rows(
    range: &Range<Data>,
    formulas: &Range<String>,
    visitor: &mut dyn Visitor,
) -> Result<(), CsvError> {
    let (above, before) = range.start().unwrap_or_default();
    for (index, row) in (above..).zip(range.rows()) {
        let cells = (before..).zip(row).filter_map(|(column, data)| {
            let value = value(data).or_else(|| {
                let formula = formulas.get_value((index, column))?;
                // an empty text is a result too, and stored
                (matches!(data, Data::Empty) && !formula.is_empty()).then_some(Value::Unread)
            })?;
            Some(Cell { column, repeat: 1, value })
        });
        let cells: Vec<Cell> = cells.collect();
        if !cells.is_empty() && !visitor.row(SheetRow { index, repeat: 1, cells })? {
            break;
        }
    }
    Ok(())
}

/// A cell as a person reads it, dates as ISO 8601; nothing where it is empty.
fn value(data: &Data) -> Option<Value> {
    let text = match data {
        Data::Empty => return None,
        Data::String(text) | Data::DurationIso(text) => text.clone(),
        Data::Float(number) => number.to_string(),
        Data::Int(number) => number.to_string(),
        Data::Bool(true) => "oui".into(),
        Data::Bool(false) => "non".into(),
        Data::DateTime(serial) => serial.as_datetime().map_or_else(
            || number::date(serial.as_f64(), false),
            |moment| moment.format("%Y-%m-%d").to_string(),
        ),
        Data::DateTimeIso(text) => text.split('T').next().unwrap_or_default().to_owned(),
        Data::Error(error) => return Some(Value::Error(error.to_string())),
    };
    (!text.trim().is_empty()).then_some(Value::Text(text))
}

/// The stream of records of a workbook.
fn stream(input: Box<dyn Rereadable + '_>) -> Result<Vec<u8>, CsvError> {
    let mut file = cfb::CompoundFile::open(input).map_err(|error| broken(&error))?;
    let has = |name: &str| file.is_stream(name);
    if has("/EncryptedPackage") {
        return Err(CsvError::Protected);
    }
    let name = ["/Workbook", "/Book", "/WORKBOOK", "/BOOK"].into_iter().find(|name| has(name));
    let name = name.ok_or_else(|| broken(&"it is no workbook of Excel"))?;
    let stream = file.open_stream(name).map_err(|error| broken(&error))?;
    let mut bytes = Vec::new();
    stream.take(BYTES + 1).read_to_end(&mut bytes).map_err(|error| broken(&error))?;
    if bytes.len() as u64 > BYTES {
        return Err(broken(&"it is larger than 128 MiB; save the table as .xlsx or CSV"));
    }
    Ok(bytes)
}

/// A compound file of this stream alone, without the tables that a file may have wrong.
fn alone(stream: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new()))?;
    file.create_stream("/Workbook")?.write_all(stream)?;
    file.flush()?;
    Ok(file.into_inner().into_inner())
}

/// The records of a stream from a byte on: kind and data.
fn records(stream: &[u8], from: usize) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = stream.get(from..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (head, after) = rest.split_at_checked(4)?;
        let length = usize::from(word(head, 2));
        let (data, after) = after.split_at_checked(length)?;
        rest = after;
        Some((word(head, 0), data))
    })
}

fn word(data: &[u8], at: usize) -> u16 {
    data.get(at..at + 2).map_or(0, |pair| u16::from_le_bytes([pair[0], pair[1]]))
}

/// Refuses a workbook whose sheets reach further than a list does.
fn bound(stream: &[u8]) -> Result<(), CsvError> {
    let (mut total, mut sheets): (u64, usize) = (0, 0);
    for (kind, data) in records(stream, 0) {
        match kind {
            // FilePass: encrypted
            0x002f => return Err(CsvError::Protected),
            // BoundSheet8: where a sheet begins
            0x0085 => {
                sheets += 1;
                let begin = u32::from(word(data, 0)) | u32::from(word(data, 2)) << 16;
                total += area(stream, begin as usize);
            }
            _ => {}
        }
        if total > AREA || sheets > SHEETS {
            return Err(CsvError::Packed(format!(
                "its sheets reach over more than {AREA} cells; delete what stands far from the \
                 table, or save the table as .xlsx or CSV"
            )));
        }
    }
    Ok(())
}

/// Cells that are allocated for a sheet: those that it says it has, and those that it uses.
fn area(stream: &[u8], begin: usize) -> u64 {
    let mut said = 0;
    let (mut rows, mut columns) = ((u16::MAX, 0), (u16::MAX, 0));
    let mut depth = 0;
    for (kind, data) in records(stream, begin) {
        match kind {
            0x0809 => depth += 1,
            0x000a if depth <= 1 => break,
            0x000a => depth -= 1,
            // Dimensions: rows of four bytes, columns of two; older ones have rows of two
            0x0200 => {
                let long =
                    |at: usize| u64::from(word(data, at)) | u64::from(word(data, at + 2)) << 16;
                let (height, width) = if data.len() >= 14 {
                    (long(4).saturating_sub(long(0)), word(data, 10).saturating_sub(word(data, 8)))
                } else {
                    let height = word(data, 2).saturating_sub(word(data, 0));
                    (u64::from(height), word(data, 6).saturating_sub(word(data, 4)))
                };
                said += height.saturating_mul(u64::from(width));
            }
            0x0006 | 0x00bd | 0x00d6 | 0x00fd | 0x0203..=0x0205 | 0x027e => {
                let (row, column) = (word(data, 0), word(data, 2));
                // MulRk has a run of columns, and its last behind them
                let last = if kind == 0x00bd {
                    word(data, data.len().saturating_sub(2)).max(column)
                } else {
                    column
                };
                rows = (rows.0.min(row), rows.1.max(row));
                columns = (columns.0.min(column), columns.1.max(last));
            }
            _ => {}
        }
    }
    if rows.0 > rows.1 {
        return said;
    }
    let used = |(first, last): (u16, u16)| u64::from(last - first) + 1;
    said.saturating_add(used(rows).saturating_mul(used(columns)))
}
