//! A file into the register: read, resolved and checked on one thread, compared and written on
//! another, in one transaction.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, sync_channel},
    },
    thread,
    time::Duration,
};

use chrono::Utc;

use super::{
    read::{Chunk, Message, Resolved, read},
    resolve::Resolver,
};
use crate::{
    domain::{Column, ContentHash, Issue, IssueCode, Mode, Outcome, PartnershipId, Severity},
    formats::csv::{CsvError, Input, Profile, Reader},
    storage::{Database, Known, NewImport, StorageError, Writer},
};

/// Issues that a report lists; the others are counted.
pub const LISTED_ISSUES: usize = 10_000;
/// Batches that may wait for the writer.
const WAITING_BATCHES: usize = 4;
/// How long the writer waits for rows before it looks whether it is to stop.
const LOOK_UP: Duration = Duration::from_millis(100);

/// What to import, and how.
pub struct Import {
    /// How the file's columns are to be read.
    pub profile: Profile,
    /// Who keeps the records, before the profile's own word; rows may name another.
    pub source: Option<String>,
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
    /// How many of each.
    pub outcome: Outcome,
    /// The issues, in the order of the file, as many as are listed.
    pub issues: Vec<Issue>,
    /// How many of each issue there are in all.
    pub totals: BTreeMap<IssueCode, u64>,
    /// Columns of the file that nothing reads.
    pub ignored_columns: Vec<String>,
    /// The profile that the file was read by: the one asked for, or the one recognised.
    pub profile: String,
    /// The file's encoding, by its name in the Encoding Standard.
    pub encoding: String,
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
    /// Somebody stopped it.
    #[error("the import was stopped; nothing was written")]
    Stopped,
}

/// Ends the transaction.
enum Abort {
    Error(ImportError),
    /// Rows were rejected: the report says which.
    Refused,
}

impl From<StorageError> for Abort {
    fn from(error: StorageError) -> Self {
        Self::Error(error.into())
    }
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
        let source = self.source.clone().or_else(|| self.profile.source.clone());
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
            outcome: Outcome::default(),
            issues: Vec::new(),
            totals: BTreeMap::new(),
            ignored_columns: reader.ignored().to_vec(),
            profile: self.profile.name.clone(),
            encoding: reader.encoding().to_owned(),
        };
        let (sender, receiver) = sync_channel(WAITING_BATCHES);
        thread::scope(|scope| {
            let resolver = Resolver::new(source);
            let progress = Arc::clone(&self.progress);
            scope.spawn(move || read(reader, resolver, &progress, &sender));
            Writing { import: &self, report, seen: HashMap::new() }.run(database, receiver)
        })
    }
}

/// The writer's side: compares with what is there, and writes unless nothing is to be written.
struct Writing<'i> {
    import: &'i Import,
    report: Report,
    /// Records that the file has named so far.
    seen: HashMap<PartnershipId, ContentHash>,
}

/// What is known of the records of each source that the file names.
type KnownRecords = BTreeMap<String, HashMap<PartnershipId, Known>>;

impl Writing<'_> {
    fn run(
        mut self,
        database: &mut Database,
        receiver: Receiver<Message>,
    ) -> Result<Report, ImportError> {
        let result = if self.import.dry_run {
            self.work(&mut Register::Read(database), &receiver)
        } else {
            database.write(|writer| self.work(&mut Register::Write(writer), &receiver))
        };
        // a reader that waits to send learns that nobody listens
        drop(receiver);
        match result {
            Ok(()) => Ok(self.report),
            Err(Abort::Error(error)) => Err(error),
            Err(Abort::Refused) => {
                self.report.import = None;
                self.report.refused = true;
                Ok(self.report)
            }
        }
    }

    fn work(
        &mut self,
        register: &mut Register<'_, '_>,
        receiver: &Receiver<Message>,
    ) -> Result<(), Abort> {
        if let Register::Write(writer) = register {
            let Import { file, mode, actor, .. } = self.import;
            self.report.import = Some(writer.begin_import(&NewImport {
                source: self.report.source.clone(),
                file: file.clone(),
                mode: *mode,
                actor: actor.clone(),
                started_at: Utc::now(),
            })?);
        }
        let mut known = KnownRecords::new();
        loop {
            if self.import.progress.stop.load(Ordering::Relaxed) {
                return Err(Abort::Error(ImportError::Stopped));
            }
            match receiver.recv_timeout(LOOK_UP) {
                Ok(Message::Chunk(chunk)) => self.take(chunk, register, &mut known)?,
                Ok(Message::End) => break,
                Ok(Message::Failed(error)) => {
                    let file = self.import.file.clone();
                    return Err(Abort::Error(ImportError::File { file, error }));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Abort::Error(ImportError::ReaderGone));
                }
            }
        }
        if self.report.outcome.rejected > 0 && !self.valid_rows_only() {
            return Err(Abort::Refused);
        }
        if self.import.mode == Mode::Sync {
            self.remove_unseen(register, known)?;
        }
        if let Register::Write(writer) = register {
            writer.finish_import(&self.report.outcome, &self.report.sha256)?;
        }
        Ok(())
    }

    fn valid_rows_only(&self) -> bool {
        self.import.valid_rows_only || self.import.profile.valid_rows_only
    }

    fn take(
        &mut self,
        chunk: Chunk,
        register: &mut Register<'_, '_>,
        known: &mut KnownRecords,
    ) -> Result<(), Abort> {
        let Chunk { rows, rejected, skipped, records, mut issues } = chunk;
        self.import.progress.rows.fetch_add(rows, Ordering::Relaxed);
        let outcome = &mut self.report.outcome;
        outcome.rows += rows;
        outcome.rejected += rejected;
        outcome.skipped += skipped;
        let (mut created, mut updated) = (Vec::new(), Vec::new());
        for record in &records {
            let Resolved { line, partnership, own_key, id, hash, absent: _ } = record;
            if let Some(earlier) = self.seen.get(id) {
                if *own_key && earlier != hash {
                    outcome.rejected += 1;
                    let issue = Issue::new(IssueCode::KeyConflict, *line);
                    issues.push(issue.at(Column::Key.name(), &partnership.key));
                } else {
                    outcome.repeated += 1;
                    issues.push(Issue::new(IssueCode::RowRepeated, *line));
                }
                continue;
            }
            self.seen.insert(*id, *hash);
            if !known.contains_key(&partnership.source) {
                known.insert(partnership.source.clone(), register.known(&partnership.source)?);
            }
            match known[&partnership.source].get(id) {
                Some(before) if !before.removed && before.hash == *hash => outcome.unchanged += 1,
                Some(before) if !before.removed => updated.push((*before, partnership, *hash)),
                before => created.push((before.copied(), partnership, *hash)),
            }
        }
        outcome.created += created.len() as u64;
        outcome.updated += updated.len() as u64;
        issues.sort_by_key(|issue| issue.line);
        for issue in &issues {
            *self.report.totals.entry(issue.code).or_default() += 1;
        }
        issues.truncate(LISTED_ISSUES - self.report.issues.len());
        if let Register::Write(writer) = register {
            writer.create(&created)?;
            writer.update(&updated)?;
            writer.issues(&issues)?;
        }
        self.report.issues.append(&mut issues);
        Ok(())
    }

    /// Removes the records of the file's sources that the file does not name.
    fn remove_unseen(
        &mut self,
        register: &mut Register<'_, '_>,
        mut known: KnownRecords,
    ) -> Result<(), Abort> {
        if self.report.outcome.rejected > 0 {
            self.report.removal_withheld = true;
            return Ok(());
        }
        let source = &self.report.source;
        if !known.contains_key(source) {
            known.insert(source.clone(), register.known(source)?);
        }
        let unseen = known
            .into_values()
            .flatten()
            .filter(|(id, record)| !record.removed && !self.seen.contains_key(id));
        let mut unseen: Vec<Known> = unseen.map(|(_, record)| record).collect();
        unseen.sort_unstable_by_key(|record| record.row_id);
        self.report.outcome.removed = unseen.len() as u64;
        if let Register::Write(writer) = register {
            writer.remove(&unseen)?;
        }
        Ok(())
    }
}

/// The register, to be compared with alone, or to be changed.
enum Register<'r, 'w> {
    Read(&'r mut Database),
    Write(&'r mut Writer<'w>),
}

impl Register<'_, '_> {
    fn known(&mut self, source: &str) -> Result<HashMap<PartnershipId, Known>, StorageError> {
        match self {
            Self::Read(database) => database.known(source),
            Self::Write(writer) => writer.known(source),
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
