//! The rows of a sheet as text: measured first, then written.

use std::{collections::HashMap, io::Write};

use tempfile::SpooledTempFile;

use super::{
    super::CsvError, Cell, MAX_COLUMNS, MAX_ROWS, Mark, Merged, SheetRow, Text, Value, Visitor,
    mark::SIGN,
};

/// Cells of the area in use: a million rows of forty-seven columns.
const AREA: u64 = 50_000_000;
/// Merged areas that are heeded.
const MERGED: usize = 200_000;
/// What the text of a sheet may hold, in bytes.
const TEXT_BYTES: u64 = 1024 * 1024 * 1024;
/// What a row may hold.
const ROW_BYTES: usize = 4 * 1024 * 1024;
/// What of a text is kept in memory.
const IN_MEMORY: usize = 4 * 1024 * 1024;
/// A break within a cell, so that a row of the sheet is a line of the text: the line separator of
/// Unicode.
const BREAK: &str = "\u{2028}";

/// How far a sheet reaches.
pub(super) struct Measure {
    name: String,
    /// Rows and columns up to the last that says something.
    rows: u32,
    columns: u32,
    /// Bytes of text.
    bytes: u64,
    /// By first row.
    merged: Vec<Merged>,
}

impl Measure {
    pub(super) fn new(name: String) -> Self {
        Self { name, rows: 0, columns: 0, bytes: 0, merged: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows == 0
    }
}

impl Visitor for Measure {
    fn row(&mut self, row: SheetRow) -> Result<bool, CsvError> {
        if row.index < self.rows {
            return Err(CsvError::SheetBroken {
                sheet: self.name.clone(),
                reason: format!("row {} stands behind row {}", row.index + 1, self.rows),
            });
        }
        let last = row.cells.iter().map(|cell| cell.column.saturating_add(cell.repeat)).max();
        self.rows = row.index.saturating_add(row.repeat);
        self.columns = self.columns.max(last.unwrap_or_default());
        let area = u64::from(self.rows) * u64::from(self.columns);
        if self.rows > MAX_ROWS || self.columns > MAX_COLUMNS || area > AREA {
            return Err(CsvError::SheetSize {
                sheet: self.name.clone(),
                cell: address(self.rows, self.columns),
                cells: area,
            });
        }
        for Cell { repeat, value, .. } in &row.cells {
            if let Value::Text(text) = value {
                let times = u64::from(*repeat) * u64::from(row.repeat);
                self.bytes = self.bytes.saturating_add(times * text.len() as u64);
            }
        }
        if self.bytes > TEXT_BYTES {
            return Err(too_much(&self.name));
        }
        Ok(true)
    }

    fn merged(&mut self, merged: Merged) {
        if self.merged.len() < MERGED && merged.rows.0 <= merged.rows.1 {
            self.merged.push(merged);
        }
    }
}

fn too_much(sheet: &str) -> CsvError {
    let reason = "its cells hold more than 1 GiB of text".into();
    CsvError::SheetBroken { sheet: sheet.to_owned(), reason }
}

/// `XFD1048576`, of a row and a column counted from 1.
fn address(row: u32, column: u32) -> String {
    let (mut letters, mut rest) = (Vec::new(), column);
    while rest > 0 {
        letters.push(char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().chain(row.to_string().chars().collect::<Vec<_>>().iter()).collect()
}

/// Writes the rows of a sheet as CSV with commas.
pub(super) struct SheetText<'m> {
    sheet: &'m str,
    columns: u32,
    out: SpooledTempFile,
    bytes: u64,
    /// The line to be written next, counted from 0.
    next: u32,
    /// Rows that are wanted.
    limit: Option<u32>,
    written: u32,
    /// Merged areas that begin further down, the next one last.
    merged: Vec<Merged>,
    /// Those that reach into the row, by their first column, each with its value.
    open: HashMap<u32, (Merged, Option<Value>)>,
}

impl<'m> SheetText<'m> {
    pub(super) fn new(measure: &'m Measure, limit: Option<u32>) -> Self {
        let mut merged = measure.merged.clone();
        merged.sort_by_key(|merged| std::cmp::Reverse(merged.rows.0));
        Self {
            sheet: &measure.name,
            columns: measure.columns,
            out: tempfile::spooled_tempfile(IN_MEMORY),
            bytes: 0,
            next: 0,
            limit,
            written: 0,
            merged,
            open: HashMap::new(),
        }
    }

    pub(super) fn finish(self) -> Text {
        self.out.into_inner().into()
    }

    /// The cells of a row, merged ones filled: those below have the value of the first row, those
    /// beside it are marked.
    fn cells(&mut self, index: u32, cells: &[Cell]) -> Result<Vec<String>, CsvError> {
        let width = cells.iter().map(|cell| cell.column + cell.repeat).max().unwrap_or_default();
        let mut texts = vec![String::new(); width as usize];
        let mut bytes = 0;
        for Cell { column, repeat, value } in cells {
            let text = written(value);
            bytes += text.len() * *repeat as usize;
            if bytes > ROW_BYTES {
                return Err(CsvError::Oversize(u64::from(index) + 1));
            }
            texts[*column as usize..(column + repeat) as usize].fill(text);
        }
        self.open.retain(|_, (merged, _)| merged.rows.1 >= index);
        while let Some(merged) = self.merged.pop_if(|merged| merged.rows.0 <= index) {
            if merged.rows.1 >= index {
                let first = cells.iter().find(|cell| cell.column == merged.columns.0);
                let value = first.filter(|_| merged.rows.0 == index).map(|c| c.value.clone());
                self.open.insert(merged.columns.0, (merged, value));
            }
        }
        for (merged, value) in self.open.values() {
            let Some(value) = value else { continue };
            let (first, last) = (merged.columns.0 as usize, merged.columns.1 as usize);
            let last = last.min((self.columns as usize).saturating_sub(1));
            if texts.len() <= last && index > merged.rows.0 || texts.len() <= first {
                texts.resize((last + 1).max(texts.len()), String::new());
            }
            if first < texts.len() && texts[first].is_empty() {
                texts[first] = written(value);
            }
            let end = (last + 1).min(texts.len());
            for text in texts[first.min(end)..end].iter_mut().skip(1).filter(|text| text.is_empty())
            {
                *text = Mark::Merged.cell("");
            }
        }
        Ok(texts)
    }

    fn write(&mut self, text: &[u8]) -> Result<(), CsvError> {
        self.bytes += text.len() as u64;
        if self.bytes > TEXT_BYTES {
            return Err(too_much(self.sheet));
        }
        self.out.write_all(text)?;
        Ok(())
    }
}

impl Visitor for SheetText<'_> {
    fn row(&mut self, row: SheetRow) -> Result<bool, CsvError> {
        let above = vec![b'\n'; row.index.saturating_sub(self.next) as usize];
        self.write(&above)?;
        for index in row.index..row.index + row.repeat {
            if self.limit.is_some_and(|limit| self.written >= limit) {
                return Ok(false);
            }
            let cells = self.cells(index, &row.cells)?;
            let mut csv = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            csv.write_record(&cells).map_err(|error| CsvError::Io(std::io::Error::other(error)))?;
            let line = csv.into_inner().map_err(csv::IntoInnerError::into_error)?;
            self.write(&line)?;
            self.written += 1;
        }
        self.next = row.index + row.repeat;
        Ok(true)
    }
}

/// A value as a cell of the text.
fn written(value: &Value) -> String {
    match value {
        Value::Text(text) if text.bytes().any(|byte| byte < b' ') || text.contains(SIGN) => {
            text.replace("\r\n", "\n").replace(['\n', '\r'], BREAK).replace(['\0', SIGN], "")
        }
        Value::Text(text) => text.clone(),
        Value::Unread => Mark::Unread.cell(""),
        Value::Error(error) => Mark::Error.cell(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_have_addresses() {
        assert_eq!(address(1, 1), "A1");
        assert_eq!(address(7, 28), "AB7");
        assert_eq!(address(MAX_ROWS, MAX_COLUMNS), "XFD1048576");
    }
}
