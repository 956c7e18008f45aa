//! The writer's side of an import: compares with what is there, and writes unless nothing is to
//! be written. (long: one step of an import after another)

use std::{
    collections::{BTreeMap, HashMap},
    sync::{atomic::Ordering, mpsc::RecvTimeoutError},
    time::Duration,
};

use chrono::Utc;

use super::{
    duplicates::Duplicates,
    import::{Import, ImportError, LISTED_ERRORS, LISTED_WARNINGS, MassRemoval, Report},
    merge::{ConfirmedValues, merge_absent, merges_any},
    read::{Chunk, Chunks, Message, Resolved},
    reuse,
    variants::Variants,
};
use crate::{
    atlas::register::plan::Plan,
    domain::{ById, Column, ContentHash, Issue, IssueCode, Mode, Partnership, Severity},
    storage::{Change, Database, Entry, Known, NewImport, StorageError, View, Writer},
};

/// How long the writer waits for rows before it looks whether it is to stop.
const LOOK_UP: Duration = Duration::from_millis(100);
/// Records that are removed in one step.
const REMOVED_AT_ONCE: usize = 2_048;
/// `sync` asks before it removes more than one in so many records of a source.
const REMOVABLE_PART: usize = 5;

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

/// The register, to be compared with alone, or to be changed.
enum RegisterAccess<'r, 'c> {
    Read(&'r mut View<'c>),
    Write(&'r mut Writer<'c>),
}

impl RegisterAccess<'_, '_> {
    fn view(&mut self) -> View<'_> {
        match self {
            Self::Read(view) => view.again(),
            Self::Write(writer) => writer.view(),
        }
    }
}

/// What is known of the records of each source that the file names.
type KnownRecords = BTreeMap<String, ById<Known>>;

/// An import at work.
pub(super) struct Applying<'i> {
    import: &'i Import,
    report: Report,
    /// Records that the file has named so far.
    seen: ById<ContentHash>,
    known: KnownRecords,
    confirmed: ConfirmedValues,
    duplicates: Duplicates,
    variants: Variants,
    plan: Plan,
    /// How many warnings and errors there are so far.
    listed: (usize, usize),
}

impl<'i> Applying<'i> {
    pub(super) fn new(import: &'i Import, report: Report) -> Self {
        Self {
            import,
            report,
            seen: ById::default(),
            known: KnownRecords::new(),
            confirmed: ConfirmedValues::default(),
            duplicates: Duplicates::default(),
            variants: Variants::default(),
            plan: Plan::default(),
            listed: (0, 0),
        }
    }

    /// Takes what the reader sends, to its end.
    pub(super) fn run(
        mut self,
        database: &mut Database,
        mut chunks: Chunks,
    ) -> Result<Report, ImportError> {
        let result = if self.import.dry_run {
            database.view(|view| self.work(&mut RegisterAccess::Read(view), &mut chunks))
        } else {
            database.write(|writer| self.work(&mut RegisterAccess::Write(writer), &mut chunks))
        };
        // a reader that waits to send learns that nobody listens
        drop(chunks);
        if let Err(Abort::Error(error)) = result {
            return Err(error);
        }
        if result.is_err() {
            self.report.import = None;
            self.report.refused = true;
        }
        self.report.digest = self.plan.digest();
        self.report.changes = self.plan.into_listed();
        Ok(self.report)
    }

    fn work(
        &mut self,
        register: &mut RegisterAccess<'_, '_>,
        chunks: &mut Chunks,
    ) -> Result<(), Abort> {
        if let RegisterAccess::Write(writer) = register {
            let Import { file, mode, actor, job, .. } = self.import;
            self.report.import = Some(writer.begin_import(&NewImport {
                source: self.report.source.clone(),
                file: file.clone(),
                mode: *mode,
                actor: actor.clone(),
                started_at: Utc::now(),
                job: *job,
            })?);
        }
        if reuse::lookup(&mut register.view(), self.import, &mut self.report)? {
            if let RegisterAccess::Write(writer) = register {
                writer.issues(&self.report.issues)?;
            }
        } else {
            self.take_all(register, chunks)?;
        }
        let has_rejected = self.report.outcome.rejected > 0;
        self.report.removal_withheld = self.import.mode == Mode::Sync && has_rejected;
        if has_rejected && !self.import.valid_rows_only && !self.import.profile.valid_rows_only {
            return Err(Abort::Refused);
        }
        if self.import.expect.is_some_and(|planned| planned != self.plan.digest()) {
            return Err(Abort::Error(ImportError::PlanChanged));
        }
        if let RegisterAccess::Write(writer) = register {
            let version = writer.version_to_be()?;
            let mut plan = self.report.plan_json(self.plan.digest(), self.plan.listed());
            plan["circumstances"] = reuse::cache_key(self.import, &self.report, version).into();
            let Report { outcome, sha256, .. } = &self.report;
            writer.finish_import(outcome, sha256, &plan.to_string())?;
        }
        Ok(())
    }

    /// Takes the whole file, then what it lacks.
    fn take_all(
        &mut self,
        register: &mut RegisterAccess<'_, '_>,
        chunks: &mut Chunks,
    ) -> Result<(), Abort> {
        let mut waiting = Chunk::default();
        let step = match register {
            RegisterAccess::Write(writer) => writer.step(),
            RegisterAccess::Read(_) => 0,
        };
        loop {
            if self.import.progress.stop.load(Ordering::Relaxed) {
                return Err(Abort::Error(ImportError::Stopped));
            }
            match chunks.recv_timeout(LOOK_UP) {
                Ok(Message::Chunk(chunk)) => {
                    waiting.append(chunk);
                    if waiting.records.len() + waiting.issues.len() >= step {
                        self.take(std::mem::take(&mut waiting), register)?;
                    }
                }
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
        self.take(waiting, register)?;
        if self.import.mode == Mode::Sync && self.report.outcome.rejected == 0 {
            self.remove_unseen(register)?;
        }
        Ok(())
    }

    fn take(&mut self, chunk: Chunk, register: &mut RegisterAccess<'_, '_>) -> Result<(), Abort> {
        let Chunk { rows, rejected, skipped, foreign, mut records, mut issues } = chunk;
        for (countries, rows) in foreign {
            *self.report.skipped_countries.entry(countries).or_default() += rows;
        }
        self.import.progress.rows.fetch_add(rows, Ordering::Relaxed);
        self.import.check_sources(&records).map_err(Abort::Error)?;
        let outcome = &mut self.report.outcome;
        outcome.rows += rows;
        outcome.rejected += rejected;
        outcome.skipped += skipped;
        records.retain(|record| self.is_new(record, &mut issues));
        self.remark_duplicates(&records, register, &mut issues)?;
        let known = self.known_of(&records, register)?;
        if !self.confirmed.know(&records) {
            self.confirmed.learn(&records, &mut register.view())?;
        }
        let stored = stored(&records, &known, register)?;
        let removed = self.removed(&records, &known, register)?;
        let mut changes = Vec::with_capacity(records.len());
        for (record, known) in records.iter_mut().zip(known) {
            let before = known.and_then(|known| stored.get(&known.row_id));
            if let Some(before) = before.filter(|_| merges_any(record.absent)) {
                let merged =
                    merge_absent(&mut record.partnership, before, record.absent, record.line);
                if let Err(issue) = merged {
                    issues.push(issue);
                    self.report.outcome.rejected += 1;
                    continue;
                }
                record.hash = record.partnership.content_hash();
            }
            let past = known.and_then(|known| removed.get(&known.row_id));
            if let (Some(known), Some(kept)) = (known, before.or(past)) {
                issues.extend(self.confirmed.keep(record, known.row_id, kept));
            }
            let Resolved { line, partnership, hash, .. } = &*record;
            let outcome = &mut self.report.outcome;
            match known {
                Some(known) if !known.removed && known.hash == *hash => {
                    outcome.unchanged += 1;
                    continue;
                }
                _ if before.is_some() => outcome.updated += 1,
                _ => outcome.created += 1,
            }
            let after = Some(Entry { partnership, hash: *hash, line: Some(*line) });
            changes.push(Change { known, before, after });
        }
        self.make(&changes, register)?;
        self.keep_issues(issues, register)
    }

    /// Whether no earlier row of the file has named the record.
    fn is_new(&mut self, record: &Resolved, issues: &mut Vec<Issue>) -> bool {
        let Resolved { line, partnership, own_key, id, hash, .. } = record;
        let Some(earlier) = self.seen.insert(*id, *hash) else { return true };
        self.seen.insert(*id, earlier);
        if *own_key && earlier != *hash {
            self.report.outcome.rejected += 1;
            let issue = Issue::new(IssueCode::KeyConflict, *line);
            issues.push(issue.at(Column::Key.name(), &partnership.key));
        } else {
            self.report.outcome.repeated += 1;
            issues.push(Issue::new(IssueCode::RowRepeated, *line));
        }
        false
    }

    fn remark_duplicates(
        &mut self,
        records: &[Resolved],
        register: &mut RegisterAccess<'_, '_>,
        issues: &mut Vec<Issue>,
    ) -> Result<(), StorageError> {
        for Resolved { partnership, line, .. } in records {
            if !self.duplicates.know(&partnership.source) {
                self.duplicates.complete(&mut register.view(), &partnership.source)?;
            }
            issues.extend(self.duplicates.remark(partnership, *line));
            issues.extend(self.variants.remark(partnership, *line));
        }
        Ok(())
    }

    /// What the register knows of each record.
    fn known_of(
        &mut self,
        records: &[Resolved],
        register: &mut RegisterAccess<'_, '_>,
    ) -> Result<Vec<Option<Known>>, StorageError> {
        let mut all = Vec::with_capacity(records.len());
        for Resolved { partnership, id, .. } in records {
            all.push(self.known_in(&partnership.source, register)?.get(id).copied());
        }
        Ok(all)
    }

    fn known_in(
        &mut self,
        source: &str,
        register: &mut RegisterAccess<'_, '_>,
    ) -> Result<&ById<Known>, StorageError> {
        if !self.known.contains_key(source) {
            self.known.insert(source.to_owned(), register.view().known(source)?);
        }
        Ok(&self.known[source])
    }

    /// What records that come back said before, where something was confirmed of them.
    fn removed(
        &self,
        records: &[Resolved],
        known: &[Option<Known>],
        register: &mut RegisterAccess<'_, '_>,
    ) -> Result<HashMap<i64, Partnership>, StorageError> {
        let removed = records.iter().zip(known).filter_map(|(record, known)| {
            let row = known.filter(|known| known.removed)?.row_id;
            self.confirmed.has(&record.partnership.source, row).then_some(row)
        });
        let rows: Vec<i64> = removed.collect();
        if rows.is_empty() { Ok(HashMap::new()) } else { register.view().removed_records(&rows) }
    }

    /// Notes changes in the plan, and makes them unless nothing is to be written.
    fn make(
        &mut self,
        changes: &[Change<'_>],
        register: &mut RegisterAccess<'_, '_>,
    ) -> Result<(), StorageError> {
        for change in changes {
            self.plan.note(change);
        }
        match register {
            RegisterAccess::Write(writer) => writer.change(changes),
            RegisterAccess::Read(_) => Ok(()),
        }
    }

    fn keep_issues(
        &mut self,
        mut issues: Vec<Issue>,
        register: &mut RegisterAccess<'_, '_>,
    ) -> Result<(), Abort> {
        issues.sort_by_key(|issue| issue.line);
        for issue in &issues {
            *self.report.totals.entry(issue.code).or_default() += 1;
        }
        issues.retain(|issue| {
            let (listed, most) = match issue.code.severity() {
                Severity::Warning => (&mut self.listed.0, LISTED_WARNINGS),
                Severity::Error => (&mut self.listed.1, LISTED_ERRORS),
            };
            *listed += 1;
            *listed <= most
        });
        if let RegisterAccess::Write(writer) = register {
            writer.issues(&issues)?;
        }
        self.report.issues.append(&mut issues);
        Ok(())
    }

    /// Removes the records of the file's sources that the file does not name.
    fn remove_unseen(&mut self, register: &mut RegisterAccess<'_, '_>) -> Result<(), Abort> {
        let source = self.report.source.clone();
        self.known_in(&source, register)?;
        for (source, known) in std::mem::take(&mut self.known) {
            let present = known.iter().filter(|(_, record)| !record.removed);
            let of = present.clone().count();
            let mut unseen: Vec<Known> = present
                .filter(|(id, _)| !self.seen.contains_key(id))
                .map(|(_, record)| *record)
                .collect();
            unseen.sort_unstable_by_key(|record| record.row_id);
            if unseen.len() * REMOVABLE_PART > of {
                let (removed, of) = (unseen.len() as u64, of as u64);
                let mass = MassRemoval { source, removed, of };
                if !self.import.dry_run && !self.import.allow_mass_removal {
                    return Err(Abort::Error(ImportError::MassRemoval(mass)));
                }
                self.report.mass_removals.push(mass);
            }
            self.report.outcome.removed += unseen.len() as u64;
            for known in unseen.chunks(REMOVED_AT_ONCE) {
                let rows: Vec<i64> = known.iter().map(|known| known.row_id).collect();
                let before = register.view().records(&rows)?;
                let changes: Vec<Change<'_>> = known
                    .iter()
                    .map(|known| Change {
                        known: Some(*known),
                        before: before.get(&known.row_id),
                        after: None,
                    })
                    .collect();
                self.make(&changes, register)?;
            }
        }
        Ok(())
    }
}

/// What the register says now of the records that may change.
fn stored(
    records: &[Resolved],
    known: &[Option<Known>],
    register: &mut RegisterAccess<'_, '_>,
) -> Result<HashMap<i64, Partnership>, StorageError> {
    let pairs = records.iter().zip(known);
    let rows: Vec<i64> = pairs
        .filter_map(|(record, known)| {
            let known = known.as_ref().filter(|known| !known.removed)?;
            (known.hash != record.hash || merges_any(record.absent)).then_some(known.row_id)
        })
        .collect();
    if rows.is_empty() { Ok(HashMap::new()) } else { register.view().records(&rows) }
}
