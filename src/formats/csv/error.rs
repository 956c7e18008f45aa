//! Why a file is no table of partnerships.

/// A file that is no table of partnerships. (A row that is wrong is a [`RowError`].)
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// Reading failed.
    #[error("reading failed: {0}")]
    Io(#[from] std::io::Error),
    /// Nothing in it.
    #[error("it is empty; a first line with the names of the columns is expected")]
    Empty,
    /// Not a text file.
    #[error("it is not a text file (byte {0} is 0); save the table as CSV, UTF-8")]
    Binary(usize),
    /// The header is no text.
    #[error(
        "the names of the columns are no text in the file's encoding; save the table as “CSV UTF-8”, or name its encoding with --encoding"
    )]
    Encoding,
    /// No such encoding.
    #[error(
        "“{0}” is no encoding; there are utf-8, windows-1252, iso-8859-15, utf-16le, macintosh and the others of the Encoding Standard"
    )]
    EncodingUnknown(String),
    /// Packed, and broken.
    #[error("it cannot be unpacked: {0}")]
    Packed(String),
    /// A packed file of none or several files.
    #[error("the archive holds {0} files; one is expected")]
    Archive(usize),
    /// A workbook that only its owner can open.
    #[error("it is protected by a password; save it without one")]
    Protected,
    /// A sheet that the workbook does not have.
    #[error("the workbook has no sheet “{asked}”; it has: {}", .sheets.join(", "))]
    SheetUnknown {
        /// What was asked for.
        asked: String,
        /// Those there are.
        sheets: Vec<String>,
    },
    /// Nothing but hidden sheets.
    #[error("no sheet that is shown holds anything; name a hidden one with --sheet: {}", .sheets.join(", "))]
    SheetsHidden {
        /// Those there are.
        sheets: Vec<String>,
    },
    /// A sheet that reaches too far.
    #[error(
        "the sheet “{sheet}” reaches to the cell {cell}: {cells} cells, and 50,000,000 are read at \
         most. Delete what stands far from the table, or save the table alone as CSV"
    )]
    SheetSize {
        /// Its name.
        sheet: String,
        /// The last cell in use.
        cell: String,
        /// Cells up to it.
        cells: u64,
    },
    /// A sheet that contradicts itself.
    #[error("the sheet “{sheet}” cannot be read: {reason}. Save the table as CSV")]
    SheetBroken {
        /// Its name.
        sheet: String,
        /// Where and why.
        reason: String,
    },
    /// A header beyond reason.
    #[error("line {0}: the line is longer than 60 KiB, too long for names of columns")]
    HeaderOversize(u64),
    /// Columns that are needed.
    #[error("line {line}: {} missing: {}; the header has: {}. `atlas profile draft` proposes how to read the file", if .missing.len() == 1 { "a required column is" } else { "required columns are" }, .missing.join(", "), .header.join(", "))]
    Columns {
        /// The line that is nearest to a header.
        line: u64,
        /// The names that are missing.
        missing: Vec<String>,
        /// The names that are there.
        header: Vec<String>,
    },
    /// One name for two columns.
    #[error("the column “{0}” is there twice")]
    Repeated(String),
    /// A quotation mark without its second.
    #[error(
        "line {0}: a quotation mark is opened and never closed; everything below would be one cell"
    )]
    OpenQuote(u64),
    /// A row beyond reason: an open quote, most often.
    #[error("line {0}: the row is longer than 1 MiB; a quotation mark is probably not closed")]
    Oversize(u64),
}
