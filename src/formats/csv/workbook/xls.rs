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
    xls_size,
};

/// What a workbook may hold, in bytes.
const BYTES: u64 = 128 * 1024 * 1024;

/// A workbook.
pub(super) struct Xls {
    book: calamine::Xls<Cursor<Vec<u8>>>,
    sheets: Vec<Sheet>,
}

impl Xls {
    pub(super) fn open(input: Box<dyn Rereadable + '_>) -> Result<Self, CsvError> {
        let stream = stream(input)?;
        xls_size::bound(&stream)?;
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
