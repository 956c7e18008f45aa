//! The first sheet of a workbook as text, one line a row.

use calamine::{Data, Ods, Range, Reader, Xls, Xlsx};

use super::{CsvError, intake::Rereadable};

/// What a workbook may hold, unpacked, in bytes: a library reads it as a whole.
pub(super) const LIMIT: u64 = 512 * 1024 * 1024;

/// The formats of workbooks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Workbook {
    /// Office Open XML.
    Xlsx,
    /// Excel 97–2003.
    Xls,
    /// OpenDocument.
    Ods,
}

/// A break within a cell, so that a row of the sheet is a line of the text and lines are counted
/// as the sheet numbers its rows: the line separator of Unicode.
const BREAK: &str = "\u{2028}";

/// The first sheet that holds anything, as CSV with commas.
pub(super) fn text(
    workbook: Workbook,
    input: Box<dyn Rereadable + '_>,
) -> Result<Vec<u8>, CsvError> {
    let packed = |error: &dyn std::fmt::Display| CsvError::Packed(error.to_string());
    let range = match workbook {
        Workbook::Xlsx => first(Xlsx::new(input).map_err(|error| packed(&error))?),
        Workbook::Xls => first(Xls::new(input).map_err(|error| packed(&error))?),
        Workbook::Ods => first(Ods::new(input).map_err(|error| packed(&error))?),
    };
    write(&range.ok_or(CsvError::Empty)?).map_err(CsvError::Io)
}

fn first<RS, W: Reader<RS>>(mut workbook: W) -> Option<Range<Data>>
where
    RS: std::io::Read + std::io::Seek,
{
    let names = workbook.sheet_names();
    names
        .iter()
        .find_map(|name| workbook.worksheet_range(name).ok().filter(|range| !range.is_empty()))
}

fn write(range: &Range<Data>) -> std::io::Result<Vec<u8>> {
    let (above, before) = range.start().unwrap_or_default();
    let mut text = vec![b'\n'; above as usize];
    let mut csv = csv::WriterBuilder::new().flexible(true).from_writer(&mut text);
    for row in range.rows() {
        let cells = row.iter().map(cell);
        let cells: Vec<String> =
            vec![String::new(); before as usize].into_iter().chain(cells).collect();
        if cells.iter().all(String::is_empty) {
            // a line all the same: the next row keeps its number
            csv.write_record([""; 2])?;
        } else {
            csv.write_record(&cells)?;
        }
    }
    csv.flush()?;
    drop(csv);
    Ok(text)
}

/// A cell as a person reads it, dates as ISO 8601.
fn cell(data: &Data) -> String {
    match data {
        Data::Empty => String::new(),
        Data::String(text) => text.replace("\r\n", "\n").replace(['\n', '\r'], BREAK),
        Data::Float(number) => number.to_string(),
        Data::Int(number) => number.to_string(),
        Data::Bool(true) => "oui".into(),
        Data::Bool(false) => "non".into(),
        Data::DateTime(serial) => serial.as_datetime().map_or_else(
            || serial.as_f64().to_string(),
            |moment| moment.format("%Y-%m-%d").to_string(),
        ),
        Data::DateTimeIso(text) => text.split('T').next().unwrap_or_default().to_owned(),
        Data::DurationIso(text) => text.clone(),
        Data::Error(error) => error.to_string(),
    }
}
