//! Tables of text (RFC 4180 and what spreadsheets make of it) to drafts, by profile; partnerships
//! to CSV.
//!
//! A file is taken in ([`Input`]): kept where it can be read twice, unpacked, its encoding decided
//! on the whole of it. Then its text is streamed: lines end in `\n`, the header is found, rows
//! become batches.

mod columns;
mod decode;
mod encoding;
mod intake;
mod layout;
mod profile;
mod reader;
mod sample;
mod spreadsheet;
mod writer;

pub use intake::Input;
pub use profile::{Mapping, Profile, ProfileError};
pub use reader::{Batch, CsvError, Reader, Row, RowError};
pub use sample::Sample;
pub use writer::{Writer, cell, header, source_and_key};
