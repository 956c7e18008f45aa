//! What the library that reads workbooks of Excel 97–2003 would allocate for one, reckoned as it
//! does, for it allocates what records claim.

use std::iter::Peekable;

use super::super::CsvError;

/// Cells of the areas in use of all sheets together.
const AREA: u64 = 6_000_000;
/// Bytes of the texts of all cells and formulas.
const TEXT: u64 = 512 * 1024 * 1024;
/// Sheets of one workbook.
const SHEETS: usize = 500;
/// Sheets lie one behind the other: together they are as long as the stream at most, or this many
/// times that where some are broken.
const OVERLAP: usize = 2;

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

fn long(data: &[u8], at: usize) -> u32 {
    u32::from(word(data, at)) | u32::from(word(data, at + 2)) << 16
}

/// Refuses a workbook whose sheets reach further than a list does, or hold more text.
pub(super) fn bound(stream: &[u8]) -> Result<(), CsvError> {
    let (mut area, mut sheets) = (0_u64, Vec::new());
    let mut texts = CellTexts { shared: Vec::new(), longest_name: 0, bytes: 0 };
    let mut all = records(stream, 0).peekable();
    while let Some((kind, data)) = all.next() {
        match kind {
            // FilePass: encrypted
            0x002f => return Err(CsvError::Protected),
            // Sst: the shared texts
            0x00fc => texts.shared = SharedTexts::new(data, &mut all).lengths(),
            // BoundSheet8: where a sheet begins, and its name
            0x0085 => {
                texts.add_name(data.get(6));
                sheets.push(long(data, 0));
            }
            // Lbl: the name of cells
            0x0018 => texts.add_name(data.get(3)),
            0x000a => break,
            _ => {}
        }
    }
    let mut walked = 0_usize;
    for (number, begin) in sheets.into_iter().enumerate() {
        let size = SheetSize::new(stream, begin as usize, &mut texts);
        walked = walked.saturating_add(size.bytes);
        if walked > stream.len().saturating_mul(OVERLAP) {
            return Err(CsvError::Packed(
                "several of its sheets are the same part of the file; save the table as .xlsx or \
                 CSV"
                .into(),
            ));
        }
        area = area.saturating_add(size.said).saturating_add(size.used());
        if area > AREA || number >= SHEETS {
            return Err(CsvError::Packed(format!(
                "its sheets reach over more than {AREA} cells; delete what stands far from the \
                 table, or save the table as .xlsx or CSV"
            )));
        }
        if texts.bytes > TEXT {
            return Err(CsvError::Packed(
                "its cells hold more than 512 MiB of text; save the table as .xlsx or CSV".into(),
            ));
        }
    }
    Ok(())
}

/// How much text cells come to: each has its own copy.
struct CellTexts {
    /// By its number, the bytes of a shared text at most.
    shared: Vec<u32>,
    /// Bytes of the longest name of a sheet or cell, of which formulas are made.
    longest_name: u64,
    /// Bytes of all.
    bytes: u64,
}

impl CellTexts {
    fn add_name(&mut self, letters: Option<&u8>) {
        let bytes = letters.map_or(0, |letters| u64::from(*letters) * 3);
        self.longest_name = self.longest_name.max(bytes);
    }
}

/// The shared texts of a workbook: a record, and others that continue it.
struct SharedTexts<'r> {
    rest: &'r [u8],
    more: std::vec::IntoIter<&'r [u8]>,
}

impl<'r> SharedTexts<'r> {
    fn new(data: &'r [u8], all: &mut Peekable<impl Iterator<Item = (u16, &'r [u8])>>) -> Self {
        let mut more = Vec::new();
        while let Some((_, data)) = all.next_if(|(kind, _)| *kind == 0x003c) {
            more.push(data);
        }
        Self { rest: data.get(8..).unwrap_or_default(), more: more.into_iter() }
    }

    /// By their numbers, how many bytes the texts come to at most; those behind a broken one are
    /// left out, since the library reads none of a workbook that has one.
    fn lengths(mut self) -> Vec<u32> {
        let mut lengths = Vec::new();
        while let Some(length) = self.next() {
            lengths.push(length);
        }
        lengths
    }

    fn next(&mut self) -> Option<u32> {
        if self.rest.is_empty() {
            self.rest = self.more.next()?;
            if self.rest.is_empty() {
                return Some(0);
            }
        }
        let (letters, flags) = (word(self.rest, 0), *self.rest.get(2)?);
        let mut head = 3;
        let runs = if flags & 8 == 0 { 0 } else { u64::from(word(self.rest, head)) * 4 };
        head += if flags & 8 == 0 { 0 } else { 2 };
        let phonetic = if flags & 4 == 0 { 0 } else { u64::from(long(self.rest, head)) };
        head += if flags & 4 == 0 { 0 } else { 4 };
        self.rest = self.rest.get(head..)?;
        self.pass_letters(letters.into(), flags & 1 != 0)?;
        self.pass(runs + phonetic)?;
        Some(u32::from(letters) * 3)
    }

    /// Letters are of one byte or two; each record that continues them says which.
    fn pass_letters(&mut self, mut letters: usize, mut wide: bool) -> Option<()> {
        while letters > 0 {
            let width = 1 + usize::from(wide);
            let here = letters.min(self.rest.len() / width);
            self.rest = &self.rest[here * width..];
            letters -= here;
            if letters > 0 {
                let (flags, rest) = self.more.next()?.split_first()?;
                wide = flags & 1 != 0;
                self.rest = rest;
            }
        }
        Some(())
    }

    fn pass(&mut self, mut bytes: u64) -> Option<()> {
        while bytes > 0 {
            if self.rest.is_empty() {
                self.rest = self.more.next()?;
            }
            let here = bytes.min(self.rest.len() as u64);
            self.rest = &self.rest[here as usize..];
            bytes -= here;
        }
        Some(())
    }
}

/// What a sheet says that it has, and the rows and columns that its cells lie in.
#[derive(Default)]
struct SheetSize {
    /// The cells that the sheet says it has.
    said: u64,
    /// How long its records are.
    bytes: usize,
    rows: Option<(u32, u32)>,
    columns: Option<(u32, u32)>,
}

impl SheetSize {
    /// Of a sheet that begins at this byte; adds its texts to those of the others.
    fn new(stream: &[u8], begin: usize, texts: &mut CellTexts) -> Self {
        let mut size = Self::default();
        let mut formula = (0, 0);
        let mut depth = 0;
        for (kind, data) in records(stream, begin) {
            let (row, column) = (u32::from(word(data, 0)), u32::from(word(data, 2)));
            size.bytes += 4 + data.len();
            let mut text = 0;
            match kind {
                0x0809 => depth += 1,
                0x000a if depth <= 1 => break,
                0x000a => depth -= 1,
                0x0200 => size.said = size.said.saturating_add(dimensions(data)),
                0x0203 | 0x0205 | 0x027e => size.add(row, column, column),
                // Label, RString: a text of its own
                0x0204 | 0x00d6 => {
                    size.add(row, column, column);
                    text = data.len() as u64 * 3;
                }
                // LabelSst: a shared one
                0x00fd => {
                    size.add(row, column, column);
                    let number = long(data, 6) as usize;
                    text = texts.shared.get(number).copied().unwrap_or_default().into();
                }
                // Formula: each token of three bytes and more may be a name
                0x0006 => {
                    formula = (row, column);
                    size.add(row, column, column);
                    let tokens = (data.len() as u64).saturating_sub(22);
                    text = tokens * 8 + tokens / 3 * texts.longest_name;
                }
                // String: what the formula before it results in
                0x0207 => {
                    size.add(formula.0, formula.1, formula.1);
                    text = data.len() as u64 * 3;
                }
                // MulRk: six bytes for each cell of a run
                0x00bd => size.add(row, column, column + (data.len() / 6) as u32),
                _ => {}
            }
            texts.bytes = texts.bytes.saturating_add(text);
        }
        size
    }

    fn add(&mut self, row: u32, first: u32, last: u32) {
        let rows = self.rows.get_or_insert((row, row));
        *rows = (rows.0.min(row), rows.1.max(row));
        let columns = self.columns.get_or_insert((first, last));
        *columns = (columns.0.min(first), columns.1.max(last));
    }

    /// The cells of the area in use.
    fn used(&self) -> u64 {
        let count = |range: Option<(u32, u32)>| {
            range.map_or(0, |(first, last)| u64::from(last - first) + 1)
        };
        count(self.rows) * count(self.columns)
    }
}

/// The cells that a sheet says it has: rows of four bytes, columns of two; older ones have rows of
/// two. A first row behind the last is a very large number, as it is for the library.
fn dimensions(data: &[u8]) -> u64 {
    let short = |at: usize| u32::from(word(data, at));
    let (first, last, left, right) = if data.len() >= 14 {
        (long(data, 0), long(data, 4), short(8), short(10))
    } else {
        (short(0), short(2), short(4), short(6))
    };
    let left = if left > 0xff || right < left { 0 } else { left };
    if last == 0 || right == 0 {
        return 1;
    }
    u64::from(last.wrapping_sub(first)).saturating_mul(u64::from(right.wrapping_sub(left)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[u16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&words(&[kind, data.len() as u16]), data].concat()
    }

    /// Whether a workbook of these records and this sheet is refused.
    fn is_refused(globals: &[Vec<u8>], sheet: &[Vec<u8>]) -> bool {
        let globals = globals.concat();
        let begin = (globals.len() + 16) as u32;
        let about = [&begin.to_le_bytes()[..], &[0, 0, 1, 0, b'S']].concat();
        let end = record(0x000a, &[]);
        let stream = [globals, record(0x0085, &about[..8]), end.clone(), sheet.concat(), end];
        let stream = stream.concat();
        assert_eq!(&stream[begin as usize..][..2], &sheet[0][..2]);
        bound(&stream).is_err()
    }

    fn shared_texts(letters: u16, count: usize) -> Vec<Vec<u8>> {
        let text = [&words(&[letters])[..], &[0], &vec![b'x'; letters.into()]].concat();
        let mut records = vec![record(0x00fc, &[vec![0; 8], text.clone()].concat())];
        records.extend((1..count).map(|_| record(0x003c, &text)));
        records
    }

    fn cell(row: u16, text: u16) -> Vec<u8> {
        record(0x00fd, &words(&[row, 0, 0, text, 0]))
    }

    #[test]
    fn a_list_is_read() {
        let cells: Vec<_> = (0..60_000).map(|row| cell(row, row % 3)).collect();
        assert!(!is_refused(&shared_texts(20, 3), &cells));
        // one long text is no harm, where few cells have it
        let mut texts = shared_texts(20, 3);
        texts.extend(shared_texts(60_000, 1).into_iter().map(|mut long| {
            long.splice(..12, words(&[0x003c, 60_003]));
            long
        }));
        assert!(!is_refused(&texts, &cells));
        let long: Vec<_> = (0..60_000).map(|row| cell(row, 3)).collect();
        assert!(is_refused(&texts, &long));
    }

    #[test]
    fn what_is_copied_for_each_cell_is_counted() {
        let cells: Vec<_> = (0..60_000).map(|row| cell(row, 0)).collect();
        assert!(is_refused(&shared_texts(10_000, 1), &cells));
        assert!(!is_refused(&shared_texts(10_000, 1), &cells[..100]));
        let name = record(0x0018, &[0, 0, 0, 255, 0]);
        let formulas: Vec<_> = (0..300).map(|_| record(0x0006, &vec![0x23; 60_000])).collect();
        assert!(is_refused(&[name], &formulas));
        assert!(!is_refused(&[record(0x0018, &[0, 0, 0, 2, 0])], &formulas[..100]));
    }

    #[test]
    fn sheets_at_one_place_are_refused() {
        let sheet: Vec<u8> = (0..10_000).flat_map(|row| cell(row, 0)).collect();
        let refused = |begins: &[usize]| {
            let before = begins.len() * 12 + 4;
            let about = begins.iter().flat_map(|at| {
                let begin = ((before + at) as u32).to_le_bytes();
                record(0x0085, &[&begin[..], &[0, 0, 1, 0]].concat())
            });
            let end = record(0x000a, &[]);
            let stream: Vec<u8> = about.chain(end.clone()).collect();
            bound(&[stream, sheet.clone(), end.clone(), sheet.clone(), end].concat()).is_err()
        };
        assert!(!refused(&[0, sheet.len() + 4]));
        // also where each begins a record further
        let shifted: Vec<usize> = (0..400).map(|cell| cell * 14).collect();
        assert!(refused(&[0; 400]) && refused(&shifted));
    }

    #[test]
    fn a_first_row_behind_the_last_is_refused() {
        let refused = |words_of: &[u16]| is_refused(&[], &[record(0x0200, &words(words_of))]);
        assert!(refused(&[9, 0, 3, 0, 0, 256, 0]));
        assert!(refused(&[9, 3, 0, 256, 0]));
        assert!(!refused(&[0, 0, 9, 0, 0, 256, 0]));
        assert!(!refused(&[0, 0, 0, 0, 0, 0, 0]));
    }
}
