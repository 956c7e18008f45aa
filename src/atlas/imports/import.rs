//! A file into the register: read, resolved and checked on several threads, compared and written on
//! one, in one transaction.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64},
    },
    thread,
};

use super::{
    apply::Applying,
    read::{self, Resolved},
};
use crate::{
    atlas::register::plan::{PlanDigest, PlannedChange},
    domain::{Issue, IssueCode, Mode, Outcome, Severity},
    formats::csv::{CsvError, Input, Profile, Reader, Sheets},
    storage::{Database, StorageError},
};

/// Warnings that a report lists; the others are counted.
pub const LISTED_WARNINGS: usize = 10_000;
/// Errors that a report lists: more, since whoever corrects the file needs each of them.
pub const LISTED_ERRORS: usize = 100_000;

/// What to import, and how.
pub struct Import {
    /// How the file's columns are to be read.
    pub profile: Profile,
    /// Who keeps the records, before the profile's own word; rows may name another.
    pub source: Option<String>,
    /// The only source whose records it may touch: for whoever may import that one alone.
    pub only_source: Option<String>,
    /// Name of the file, without folder.
    pub file: String,
    /// What becomes of records that the file does not have.
    pub mode: Mode,
    /// Who runs it.
    pub actor: String,
    /// Compares and writes nothing.
    pub dry_run: bool,
    /// Takes the valid rows of a file that has others too.
    pub valid_rows_only: bool,
    /// Lets `sync` remove more than a fifth of a source's records.
    pub allow_mass_removal: bool,
    /// The plan to carry out: one that changes anything else is refused.
    pub expect: Option<PlanDigest>,
    /// The row of `imports` that was made when the file came; a new one without it.
    pub job: Option<i64>,
    /// Counts what has been done, for whoever watches.
    pub progress: Arc<Progress>,
}

/// What an import has done so far, and the switch that stops it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes of the file that were read.
    pub bytes: AtomicU64,
    /// Rows that were read, header aside.
    pub rows: AtomicU64,
    /// Set by whoever wants the import to end without a trace.
    pub stop: AtomicBool,
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The import's number; none where nothing was written.
    pub import: Option<i64>,
    /// Who keeps the records, unless a row says another.
    pub source: String,
    /// Name of the file.
    pub file: String,
    /// SHA-256 of the file, lower-case hexadecimal.
    pub sha256: String,
    /// What it did with absent records.
    pub mode: Mode,
    /// Nothing was to be written.
    pub dry_run: bool,
    /// Rows were rejected, and therefore nothing was written.
    pub refused: bool,
    /// `sync` removed nothing, because rejected rows may be what it would have removed.
    pub removal_withheld: bool,
    /// The sources of which `sync` removes more than it does without being told to.
    pub mass_removals: Vec<MassRemoval>,
    /// Names the plan: what [`Import::expect`] takes.
    pub digest: PlanDigest,
    /// The changes, in the order of the file and removals last, as many of each kind as are
    /// listed.
    pub changes: Vec<PlannedChange>,
    /// How many of each.
    pub outcome: Outcome,
    /// The issues, in the order of the file, as many as are listed.
    pub issues: Vec<Issue>,
    /// How many of each issue there are in all.
    pub totals: BTreeMap<IssueCode, u64>,
    /// Rows about no French authority, by the countries of their sides: `DE-IT`.
    pub skipped_countries: BTreeMap<String, u64>,
    /// Columns of the file that nothing reads.
    pub ignored_columns: Vec<String>,
    /// The profile that the file was read by: the one asked for, or the one recognised.
    pub profile: String,
    /// The file's encoding, by its name in the Encoding Standard.
    pub encoding: String,
    /// Of a workbook, the sheet that was read, and the others.
    pub sheets: Option<Sheets>,
}

/// A source of which a file names fewer than four records in five.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct MassRemoval {
    /// Who keeps the records.
    pub source: String,
    /// How many the file does not name.
    pub removed: u64,
    /// How many there are.
    pub of: u64,
}

/// Why an import ended without a report. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is no table of partnerships.
    #[error("{file}: {error}")]
    File {
        /// Name of the file.
        file: String,
        /// Why.
        error: CsvError,
    },
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The thread that reads the file has ended before the file did.
    #[error(
        "reading the file ended before its end, by a fault of this program; nothing was written"
    )]
    ReaderGone,
    /// `sync` with a file that is not the whole list, most likely.
    #[error(
        "the file lacks {} of the {} records of the source {}, more than a fifth; nothing was \
         written. If it is the whole list, repeat this with --allow-mass-removal",
        .0.removed, .0.of, .0.source
    )]
    MassRemoval(MassRemoval),
    /// The register is not what it was when the plan was made.
    #[error(
        "the register has changed since the plan was made, and the import would change something \
         else now; nothing was written. Look at a new plan, then commit that"
    )]
    PlanChanged,
    /// A row is of a source that whoever imports may not touch.
    #[error(
        "line {line} is of the source “{named}”, and you may import that of “{only}” alone; \
         nothing was written. Leave such rows and the column source out"
    )]
    ForeignSource {
        /// Line of the file.
        line: u64,
        /// Whose the row is.
        named: String,
        /// What may be imported.
        only: String,
    },
    /// Somebody stopped it.
    #[error("the import was stopped; nothing was written")]
    Stopped,
}

impl Import {
    /// Runs the import to its end: all of it is in the register, or nothing.
    pub fn run<'a>(
        mut self,
        database: &mut Database,
        input: impl Into<Input<'a>>,
    ) -> Result<Report, ImportError> {
        let reader = Reader::new(input, &self.profile)
            .map_err(|error| ImportError::File { file: self.file.clone(), error })?;
        self.profile = reader.profile().clone();
        let source = self.only_source.clone().or_else(|| self.source.clone());
        let source = source.or_else(|| self.profile.source.clone());
        let source = source.unwrap_or_else(|| "local".into());
        let report = Report {
            import: None,
            source: source.clone(),
            file: self.file.clone(),
            sha256: reader.sha256().to_owned(),
            mode: self.mode,
            dry_run: self.dry_run,
            refused: false,
            removal_withheld: false,
            mass_removals: Vec::new(),
            digest: PlanDigest::default(),
            changes: Vec::new(),
            outcome: Outcome::default(),
            issues: Vec::new(),
            totals: BTreeMap::new(),
            skipped_countries: BTreeMap::new(),
            ignored_columns: reader.ignored().to_vec(),
            profile: self.profile.name.clone(),
            encoding: reader.encoding().to_owned(),
            sheets: reader.sheets().cloned(),
        };
        thread::scope(|scope| {
            let chunks = read::start(scope, reader, &source, &self.progress);
            Applying::new(&self, report).run(database, chunks)
        })
    }
}

impl Import {
    /// An error where a record is of a source that the import may not touch.
    pub(super) fn check_sources(&self, records: &[Resolved]) -> Result<(), ImportError> {
        let Some(only) = &self.only_source else { return Ok(()) };
        match records.iter().find(|record| record.partnership.source != *only) {
            None => Ok(()),
            Some(record) => Err(ImportError::ForeignSource {
                line: record.line,
                named: record.partnership.source.clone(),
                only: only.clone(),
            }),
        }
    }
}

impl Report {
    /// Whether there are rows that cannot be taken as they are.
    pub fn has_rejected_rows(&self) -> bool {
        self.outcome.rejected > 0
    }

    /// How many issues of a severity there are.
    pub fn count(&self, severity: Severity) -> u64 {
        let of_it = self.totals.iter().filter(|(code, _)| code.severity() == severity);
        of_it.map(|(_, count)| count).sum()
    }
}
