//! Some rows of a file, read and not yet understood.

use std::ops::Range;

use super::{profile::Mapping, workbook::Mark};
use crate::domain::{Column, Draft};

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
    pub(super) text: Vec<u8>,
    /// Where each cell ends in the text.
    pub(super) ends: Vec<u32>,
    pub(super) rows: Vec<Place>,
    /// In the order of the rows.
    pub(super) marks: Vec<Marked>,
    /// The encoding of rows that are not in that of the file.
    pub(super) rarer: &'static str,
}

/// Where a row is, in the file and in a batch.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) line: u64,
    pub(super) text: Range<u32>,
    pub(super) cells: Range<u32>,
    pub(super) marks: Range<u32>,
    /// It is in the rarer encoding.
    pub(super) is_rarer: bool,
    /// It has fewer cells than the header.
    pub(super) is_short: bool,
    /// Whether it has the cells that it must, and no others.
    pub(super) fits: bool,
}

/// A cell of a workbook that says less than it shows; its text is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marked {
    pub(super) cell: u32,
    /// What it is.
    pub mark: Mark,
    /// What the spreadsheet shows in it.
    pub shown: String,
}

impl Batch {
    /// The rows: line and record, or line and error.
    pub fn rows(&self) -> impl Iterator<Item = (u64, Result<Row<'_>, RowError>)> {
        self.rows.iter().map(|place| (place.line, self.row(place)))
    }

    fn row(&self, place: &Place) -> Result<Row<'_>, RowError> {
        let Place { line, text, cells, marks, is_rarer, is_short, fits } = place;
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
        let marks = &self.marks[marks.start as usize..marks.end as usize];
        let recoded = is_rarer.then_some(self.rarer);
        Ok(Row { line: *line, text, begin, ends, marks, recoded, is_short: *is_short })
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
    marks: &'batch [Marked],
    /// Its encoding, where that is not the one of the file.
    pub recoded: Option<&'static str>,
    is_short: bool,
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

    /// A cell that is not what the profile says that it looks like.
    pub fn unmatched(&self) -> Option<&'batch str> {
        let marked = self.marks.iter().find(|marked| marked.mark == Mark::Unmatched);
        marked.map(|marked| marked.shown.as_str())
    }

    pub(super) fn text(&self) -> &'batch str {
        self.text
    }

    /// How many cells it has.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The same row with other texts in its cells.
    pub(super) fn replaced(&self, text: &'batch str, ends: &'batch [u32]) -> Self {
        Self { text, begin: 0, ends, ..*self }
    }

    /// Its cells that say less than they show, each with the native column that it is read as.
    pub fn marked(
        self,
        mapping: &'batch Mapping,
    ) -> impl Iterator<Item = (Column, &'batch Marked)> {
        self.marks.iter().filter_map(|marked| Some((mapping.column(marked.cell as usize)?, marked)))
    }

    /// Whether cells are missing at its end, which spreadsheets leave out where they are empty
    /// and a file that was cut off has lost.
    pub fn is_short(&self) -> bool {
        self.is_short
    }
}
