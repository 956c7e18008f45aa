//! Where the table of a text begins, and what separates its cells.

use super::{CsvError, clean::visible, profile::Bound, workbook::shown};

/// Separators, the more usual of two that fit as well first. (`|` also separates the values of
/// one cell: it is taken only where it makes the required columns.)
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Rows in which the header is looked for: titles and notes may stand above it.
const ROWS_ABOVE: usize = 20;
/// Rows that may make a header together.
const HEADER_ROWS: usize = 3;
/// What stands between the titles of one column.
pub(super) const TITLES: &str = " / ";

/// A line that is longer is no header.
const HEADER_BYTES: usize = 60 * 1024;

/// The lines of the beginning of a text that can be a header, and the number of the next one where
/// it is too long for that.
pub(super) fn whole_lines(head: &[u8]) -> (&[u8], Option<u64>) {
    let end = memchr::memrchr(b'\n', head).map_or(0, |last| last + 1);
    let rows = memchr::memchr_iter(b'\n', head).count();
    let is_long = head.len() - end >= HEADER_BYTES || rows == 0 && head.len() >= HEADER_BYTES / 2;
    // the last line of a short text may have no line end
    let lines = if is_long { &head[..end] } else { head };
    (lines, is_long.then_some(rows as u64 + 1))
}

/// What is said of a table beforehand.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) separator: Option<u8>,
    /// 0 where it has none.
    pub(super) header_rows: Option<u8>,
}

impl Shape {
    pub(super) fn of(separator: Option<u8>) -> Self {
        Self { separator, header_rows: None }
    }
}

/// The separator of a file that has none: the unit separator of ASCII, which no text has.
pub(super) const NO_SEPARATOR: u8 = 0x1f;

/// The table of a text.
pub(super) struct Layout {
    pub(super) separator: u8,
    /// Records above the table.
    pub(super) above: usize,
    /// Records that make its header.
    pub(super) header_rows: usize,
    pub(super) header: Vec<String>,
    pub(super) bound: Bound,
}

/// Reads the beginning of a text with every separator and takes the header that says most.
/// `bind` tells what a header means; it fails with the columns that are missing.
pub(super) fn find(
    head: &[u8],
    Shape { separator, header_rows }: Shape,
    bind: impl Fn(&[String]) -> Result<Bound, Vec<String>>,
) -> Result<Layout, CsvError> {
    if header_rows == Some(0) {
        return headless(head, separator, &bind);
    }
    let separators = separator.map_or_else(|| SEPARATORS.to_vec(), |only| vec![only]);
    let mut best: Option<Layout> = None;
    let mut refused: Option<(usize, CsvError)> = None;
    let mut unreadable = false;
    for separator in separators {
        let rows = first_rows(head, separator);
        unreadable |= rows.iter().any(|(_, row)| row.iter().any(|cell| cell.contains('\u{fffd}')));
        if let Some(found) = headed(&rows, &bind, separator, header_rows)
            && best.as_ref().is_none_or(|best| found.bound.columns() > best.bound.columns())
        {
            best = Some(found);
        }
        let weight = weight(&rows);
        if best.is_none() && refused.as_ref().is_none_or(|(most, _)| weight > *most) {
            refused = Some((weight, refusal(&rows, &bind)));
        }
    }
    match (best, refused) {
        (Some(layout), _) => {
            let twice = layout.header.iter().enumerate().find(|(index, title)| {
                !title.is_empty()
                    && layout.bound.reads(*index)
                    && !layout.bound.numbered.contains(index)
                    && layout.header.iter().filter(|other| other == title).count() > 1
            });
            match twice {
                Some((_, title)) => Err(CsvError::Repeated(title.clone())),
                None => Ok(layout),
            }
        }
        (None, Some((_, CsvError::Columns { .. }))) if unreadable => Err(CsvError::Encoding),
        (None, Some((_, error))) => Err(error),
        (None, None) => Err(CsvError::Empty),
    }
}

/// A table without a header: its columns are called by their numbers.
fn headless(
    head: &[u8],
    separator: Option<u8>,
    bind: &impl Fn(&[String]) -> Result<Bound, Vec<String>>,
) -> Result<Layout, CsvError> {
    let (separator, rows) = guess(head, separator);
    let width = rows.iter().map(Vec::len).max().ok_or(CsvError::Empty)?;
    let header: Vec<String> = (1..=width).map(|number| number.to_string()).collect();
    match bind(&header) {
        Ok(bound) => Ok(Layout { separator, above: 0, header_rows: 0, header, bound }),
        Err(missing) => Err(CsvError::Columns { line: 1, missing, header }),
    }
}

/// The first row that is a header; where none is, the first rows that make one together.
fn headed(
    rows: &[(u64, Vec<String>)],
    bind: &impl Fn(&[String]) -> Result<Bound, Vec<String>>,
    separator: u8,
    header_rows: Option<u8>,
) -> Option<Layout> {
    let said = header_rows.map(usize::from);
    let (least, most) = said.map_or((1, HEADER_ROWS), |rows| (rows, rows));
    (least..=most).find_map(|header_rows| {
        rows.windows(header_rows).enumerate().find_map(|(above, window)| {
            let header = titles(window)?;
            let bound = bind(&header).ok()?;
            Some(Layout { separator, above, header_rows, header, bound })
        })
    })
}

/// The titles that some rows make together: a title of an upper row goes for the columns up to the
/// next one. Nothing where an upper row is no row of titles.
fn titles(rows: &[(u64, Vec<String>)]) -> Option<Vec<String>> {
    let (last, upper) = rows.split_last()?;
    let width = rows.iter().map(|(_, row)| row.len()).max().unwrap_or_default();
    let mut titles = vec![String::new(); width];
    for (_, row) in upper {
        if row.iter().filter(|title| !title.is_empty()).count() < 2 {
            return None;
        }
        let mut group = "";
        for (index, title) in titles.iter_mut().enumerate() {
            let own = row.get(index).map_or("", String::as_str);
            group = if own.is_empty() { group } else { own };
            add_title(title, group);
        }
    }
    for (title, own) in titles.iter_mut().zip(&last.1) {
        // a group without a title below it is none for what follows
        if own.is_empty() && !upper.is_empty() {
            title.clear();
        }
        add_title(title, own);
    }
    Some(titles)
}

/// `Partenaire / Pays`
fn add_title(title: &mut String, own: &str) {
    if title.is_empty() {
        own.clone_into(title);
    } else if !own.is_empty() && title != own {
        title.push_str(TITLES);
        title.push_str(own);
    }
}

/// The separator that makes the most of a table, and its rows from the likeliest header on.
pub(super) fn guess(head: &[u8], separator: Option<u8>) -> (u8, Vec<Vec<String>>) {
    let separators = separator.map_or_else(|| SEPARATORS.to_vec(), |only| vec![only]);
    let mut best = (0, separators[0], Vec::new());
    for separator in separators {
        let rows = rows(head, separator, usize::MAX);
        let weight = weight(&rows[..rows.len().min(ROWS_ABOVE)]);
        if best.2.is_empty() || weight > best.0 {
            best = (weight, separator, rows);
        }
    }
    let (_, separator, rows) = best;
    let filled = |row: &Vec<String>| row.iter().filter(|cell| !cell.is_empty()).count();
    let widest = rows.iter().take(ROWS_ABOVE).map(|(_, row)| filled(row)).max().unwrap_or(0);
    let above = rows.iter().position(|(_, row)| filled(row) * 2 > widest).unwrap_or(0);
    (separator, rows.into_iter().skip(above).map(|(_, row)| row).collect())
}

/// The first rows, each with its line; those without any text too, which the reader of the whole
/// file meets as well.
fn first_rows(head: &[u8], separator: u8) -> Vec<(u64, Vec<String>)> {
    rows(head, separator, ROWS_ABOVE)
}

fn rows(head: &[u8], separator: u8, limit: usize) -> Vec<(u64, Vec<String>)> {
    let mut csv = csv::ReaderBuilder::new()
        .delimiter(separator)
        .flexible(true)
        .has_headers(false)
        .from_reader(head);
    let mut rows = Vec::new();
    let mut record = csv::ByteRecord::new();
    while rows.len() < limit && csv.read_byte_record(&mut record).unwrap_or(false) {
        // every line ends in one newline, and empty lines are passed over
        let within = memchr::memchr_iter(b'\n', record.as_slice()).count() as u64;
        let line = csv.position().line().saturating_sub(1 + within);
        let cells = record.iter().map(|cell| {
            let text = String::from_utf8_lossy(cell);
            visible(shown(&text)).split_whitespace().collect::<Vec<_>>().join(" ")
        });
        rows.push((line, cells.collect()));
    }
    rows
}

/// How much a separator makes a table: cells beyond the first in rows of the usual width.
fn weight(rows: &[(u64, Vec<String>)]) -> usize {
    let width = |row: &Vec<String>| row.len();
    let usual = rows.iter().map(|(_, row)| {
        let alike = rows.iter().filter(|(_, other)| width(other) == width(row)).count();
        alike * (width(row) - 1)
    });
    usual.max().unwrap_or(0)
}

/// Why none of the rows is a header: told of the one that is nearest to it.
fn refusal(
    rows: &[(u64, Vec<String>)],
    bind: &impl Fn(&[String]) -> Result<Bound, Vec<String>>,
) -> CsvError {
    let filled = rows.iter().filter(|(_, row)| row.iter().any(|cell| !cell.is_empty()));
    let nearest = filled
        .map(|(line, row)| {
            let missing = bind(row).err().unwrap_or_default();
            let titles = row.iter().filter(|cell| !cell.is_empty()).count();
            ((missing.len(), titles == 1, *line), missing, row)
        })
        .min_by_key(|(order, ..)| *order);
    match nearest {
        None => CsvError::Empty,
        Some(((_, _, line), missing, row)) => {
            let header = row.iter().filter(|title| !title.is_empty()).cloned().collect();
            CsvError::Columns { line, missing, header }
        }
    }
}
