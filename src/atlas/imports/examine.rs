//! A file read, resolved and checked, without any register.

use super::{
    read::{Chunk, REMEMBERED, resolve},
    resolve::Resolver,
};
use crate::{
    domain::{Issue, Partnership},
    formats::csv::{CsvError, Input, Profile, Reader},
};

/// What the rows of a file come to.
#[derive(Debug, Default)]
pub struct Examined {
    /// The records, each with its line.
    pub records: Vec<(u64, Partnership)>,
    /// Everything that stands against rows, in the order of the file.
    pub issues: Vec<Issue>,
    /// Rows that are no record.
    pub rejected: u64,
    /// Rows about no French authority.
    pub skipped: u64,
}

/// Reads a whole file into memory, on the thread that asks: for files that are known to be small.
pub fn examine<'a>(
    input: impl Into<Input<'a>>,
    profile: &Profile,
    source: &str,
) -> Result<Examined, CsvError> {
    let mut reader = Reader::new(input, profile)?;
    let mut resolver = Resolver::new(source, REMEMBERED);
    let mappings = reader.mappings().to_vec();
    let mut all = Examined::default();
    while let Some(batch) = reader.batch()? {
        let Chunk { rejected, skipped, records, issues, .. } =
            resolve(&batch, &mappings, &mut resolver);
        all.rejected += rejected;
        all.skipped += skipped;
        all.records.extend(records.into_iter().map(|record| (record.line, record.partnership)));
        all.issues.extend(issues);
    }
    all.issues.sort_by_key(|issue| issue.line);
    Ok(all)
}
