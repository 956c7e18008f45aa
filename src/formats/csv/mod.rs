//! Tables of text (RFC 4180 and what spreadsheets make of it) to drafts, by profile; partnerships
//! to CSV.
//!
//! A file is taken in ([`Input`]): kept where it can be read twice, unpacked, its encoding decided
//! on the whole of it. Then its text is streamed: lines end in `\n`, the header is found, rows
//! become batches.

mod annotated;
mod batch;
mod clean;
mod columns;
mod correction;
mod decode;
mod encoding;
mod error;
mod formula;
mod intake;
mod layout;
mod mixed;
mod original;
mod profile;
mod reader;
mod rules;
mod sample;
mod table;
mod table_schema;
mod workbook;
mod writer;

pub use annotated::{AnnotateError, PROBLEMS, annotate};
pub use batch::{Batch, Marked, Row, RowError};
pub use clean::{Cleaned, Repaired};
pub use error::CsvError;
pub use formula::{inert, restored};
pub use intake::Input;
pub use original::Original;
pub use profile::{Mapping, Profile, ProfileError};
pub use reader::Reader;
pub use rules::Split;
pub use sample::Sample;
pub use table::Table;
pub use table_schema::{TABLE_SCHEMA, table_schema};
pub use workbook::{Mark, Sheet, Sheets};
pub use writer::{
    BYTE_ORDER_MARK, Writer, cell, header, source_and_key, with_semicolons, write_row,
};
