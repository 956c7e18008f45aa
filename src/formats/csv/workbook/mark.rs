//! Cells that a text alone cannot tell: marked within the text of a sheet, and unmarked where its
//! rows are read.

/// Stands before a mark: a noncharacter, which no text of a workbook keeps.
pub(super) const SIGN: char = '\u{fdd0}';

/// What is to be told of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It is a formula whose result is not stored.
    Unread,
    /// It is an error of a formula.
    Error,
    /// It is merged with the cell to its left.
    Merged,
    /// It is not what the profile says that it looks like.
    Unmatched,
}

impl Mark {
    const ALL: [(Self, char); 3] = [(Self::Unread, 'f'), (Self::Error, 'e'), (Self::Merged, 'm')];

    /// The cell as it is written.
    pub(super) fn cell(self, text: &str) -> String {
        let letter = Self::ALL.iter().find(|(mark, _)| *mark == self).map_or('f', |(_, l)| *l);
        format!("{SIGN}{letter}{text}")
    }
}

/// Whether a cell says nothing of its own.
pub(in super::super) fn is_empty(cell: &[u8]) -> bool {
    cell.is_empty() || std::str::from_utf8(cell).ok().and_then(marked) == Some((Mark::Merged, ""))
}

/// The mark of a cell and the text behind it; nothing where it has none.
pub(in super::super) fn marked(cell: &str) -> Option<(Mark, &str)> {
    let rest = cell.strip_prefix(SIGN)?;
    Mark::ALL.iter().find_map(|(mark, letter)| Some((*mark, rest.strip_prefix(*letter)?)))
}

/// A cell as the spreadsheet shows it.
pub(in super::super) fn shown(cell: &str) -> &str {
    marked(cell).map_or(cell, |(_, text)| text)
}
