//! CSV (RFC 4180) to drafts, by profile; partnerships to CSV.

mod decode;
mod profile;
mod reader;
mod writer;

pub use profile::{Mapping, Profile, ProfileError};
pub use reader::{Batch, CsvError, Reader, RowError};
pub use writer::{Writer, header};
