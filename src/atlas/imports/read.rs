//! The reading side of an import: the batches of a file become records and issues, on as many
//! threads as the machine has cores, and arrive in the order of the file.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::Ordering,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread::{self, Scope},
    time::Duration,
};

use super::{
    import::Progress,
    resolve::{Resolution, Resolver, Unread},
};
use crate::{
    domain::{Column, Columns, ContentHash, Issue, IssueCode, Partnership, PartnershipId},
    formats::csv::{Batch, CsvError, Mapping, Mark, Marked, Reader, Repaired, RowError},
};

/// Batches that may be on their way beyond those that are worked on.
const WAITING_BATCHES: usize = 10;
/// Places of each side that all threads together remember.
pub(super) const REMEMBERED: usize = 200_000;

/// Some rows of a file as records and issues.
#[derive(Default)]
pub(super) struct Chunk {
    pub(super) rows: u64,
    pub(super) rejected: u64,
    pub(super) skipped: u64,
    /// Rows about no French authority, by the countries of their sides.
    pub(super) foreign: BTreeMap<String, u64>,
    pub(super) records: Vec<Resolved>,
    pub(super) issues: Vec<Issue>,
}

impl Chunk {
    /// Takes the rows that follow.
    pub(super) fn append(&mut self, mut next: Self) {
        self.rows += next.rows;
        self.rejected += next.rejected;
        self.skipped += next.skipped;
        for (countries, rows) in next.foreign {
            *self.foreign.entry(countries).or_default() += rows;
        }
        self.records.append(&mut next.records);
        self.issues.append(&mut next.issues);
    }
}

pub(super) struct Resolved {
    pub(super) line: u64,
    pub(super) partnership: Partnership,
    pub(super) own_key: bool,
    pub(super) id: PartnershipId,
    pub(super) hash: ContentHash,
    /// Columns of which the row could say nothing.
    pub(super) absent: Columns,
}

/// What the reading side tells the writer.
pub(super) enum Message {
    Chunk(Chunk),
    Failed(CsvError),
    /// The whole file was read.
    End,
}

/// A batch to be resolved, and where its chunk goes.
struct Job {
    batch: Batch,
    done: SyncSender<Chunk>,
}

/// The chunks of a file, in its order. Dropping it ends the threads that make them.
pub(super) struct Chunks {
    coming: Receiver<Result<Receiver<Chunk>, Message>>,
    next: Option<Receiver<Chunk>>,
}

impl Chunks {
    /// Waits for the next message; for no longer than twice the time. A disconnected one means that
    /// a thread has died.
    pub(super) fn recv_timeout(&mut self, timeout: Duration) -> Result<Message, RecvTimeoutError> {
        let next = match self.next.take() {
            Some(next) => next,
            None => match self.coming.recv_timeout(timeout)? {
                Ok(next) => next,
                Err(message) => return Ok(message),
            },
        };
        match next.recv_timeout(timeout) {
            Ok(chunk) => Ok(Message::Chunk(chunk)),
            Err(RecvTimeoutError::Timeout) => {
                self.next = Some(next);
                Err(RecvTimeoutError::Timeout)
            }
            Err(gone) => Err(gone),
        }
    }
}

/// Starts reading and resolving a file. However long it is, a few batches of it are in memory.
pub(super) fn start<'scope>(
    scope: &'scope Scope<'scope, '_>,
    reader: Reader<'scope>,
    source: &'scope str,
    progress: &'scope Progress,
) -> Chunks {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let (order, coming) = sync_channel(workers + WAITING_BATCHES);
    let (jobs, work) = sync_channel::<Job>(workers);
    let work = Arc::new(Mutex::new(work));
    let mappings: Arc<[Mapping]> = reader.mappings().into();
    for _ in 0..workers {
        let (work, mappings) = (Arc::clone(&work), Arc::clone(&mappings));
        scope.spawn(move || {
            let mut resolver = Resolver::new(source, REMEMBERED / workers);
            loop {
                // whoever waits for a job holds the lock, and lets it go with the job
                let job = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok(Job { batch, done }) = job else { break };
                // nobody listening means that the writer has failed, and says so itself
                let _ = done.send(resolve(&batch, &mappings, &mut resolver));
            }
        });
    }
    scope.spawn(move || read(reader, progress, &jobs, &order));
    Chunks { coming, next: None }
}

/// The reader's thread: hands batches out until the file ends, or nobody listens any more.
fn read(
    mut reader: Reader<'_>,
    progress: &Progress,
    jobs: &SyncSender<Job>,
    order: &SyncSender<Result<Receiver<Chunk>, Message>>,
) {
    let last = loop {
        let batch = match reader.batch() {
            Ok(Some(batch)) => batch,
            Ok(None) => break Message::End,
            Err(error) => break Message::Failed(error),
        };
        progress.bytes.store(reader.bytes(), Ordering::Relaxed);
        let (done, chunk) = sync_channel(1);
        if order.send(Ok(chunk)).is_err() || jobs.send(Job { batch, done }).is_err() {
            return;
        }
    };
    progress.bytes.store(reader.bytes(), Ordering::Relaxed);
    // as above
    let _ = order.send(Err(last));
}

/// The rows of a batch as records and issues.
// long: one step of a row after another
pub(super) fn resolve(batch: &Batch, mappings: &[Mapping], resolver: &mut Resolver) -> Chunk {
    let mut chunk = Chunk::default();
    let free: Vec<usize> =
        mappings.iter().filter_map(|mapping| mapping.cell(Column::Description)).collect();
    let absent: Vec<Columns> = mappings.iter().map(Mapping::absent).collect();
    for (line, row) in batch.rows() {
        chunk.rows += 1;
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                let code = match error {
                    RowError::Length => IssueCode::RowLength,
                    RowError::Encoding => IssueCode::TextInvalid,
                };
                chunk.rejected += 1;
                chunk.issues.push(Issue::new(code, line));
                continue;
            }
        };
        if let Some(encoding) = row.recoded {
            let value = Some(encoding.to_owned());
            chunk.issues.push(Issue { value, ..Issue::new(IssueCode::TextRecoded, line) });
        }
        let cleaned = row.cleaned(&free);
        let row = cleaned.as_ref().map_or(row, |cleaned| cleaned.row(&row));
        for Repaired { cell, original, text } in cleaned.iter().flat_map(|c| &c.repaired) {
            let mut columns = mappings.iter().filter_map(|mapping| mapping.column(*cell));
            if let Some(column) = columns.next() {
                let issue = Issue::new(IssueCode::TextRepaired, line);
                chunk.issues.push(issue.at(column.name(), original).suggest(text));
            }
        }
        if row.is_short() {
            chunk.issues.push(Issue::new(IssueCode::RowShort, line));
        }
        if let Some(shown) = row.unmatched() {
            chunk.rejected += 1;
            let value = Some(shown.to_owned());
            chunk.issues.push(Issue { value, ..Issue::new(IssueCode::PatternUnmatched, line) });
            continue;
        }
        let marked = mappings.iter().flat_map(|mapping| row.marked(mapping));
        let mut told: Vec<Column> = Vec::new();
        for (column, Marked { mark, shown, .. }) in marked {
            if !told.contains(&column) {
                told.push(column);
                chunk.issues.push(Issue::new(code_of(*mark), line).at(column.name(), shown));
            }
        }
        // without them a row would be another record
        let lost = [Column::Key, Column::Source].into_iter().find(|column| told.contains(column));
        if let Some(column) = lost {
            chunk.rejected += 1;
            chunk.issues.push(Issue::new(IssueCode::ValueMissing, line).at(column.name(), ""));
            continue;
        }
        let drafts = mappings.iter().map(|mapping| row.draft(mapping));
        match resolver.read(drafts, &mut chunk.issues) {
            Err(Unread::Rejected) => chunk.rejected += 1,
            Err(Unread::Foreign(countries)) => {
                chunk.skipped += 1;
                *chunk.foreign.entry(countries).or_default() += 1;
            }
            Ok(Resolution { partnership, own_key, reading }) => {
                chunk.records.push(Resolved {
                    line,
                    own_key,
                    id: partnership.id(),
                    hash: partnership.content_hash(),
                    // what a cell does not say is not cleared
                    absent: if told.is_empty() {
                        absent[reading]
                    } else {
                        let marked = row.marked(&mappings[reading]);
                        absent[reading].iter().chain(marked.map(|(column, _)| column)).collect()
                    },
                    partnership,
                });
            }
        }
    }
    chunk
}

fn code_of(mark: Mark) -> IssueCode {
    match mark {
        Mark::Unread => IssueCode::FormulaUnread,
        Mark::Error => IssueCode::CellError,
        Mark::Merged => IssueCode::CellMerged,
        Mark::Unmatched => IssueCode::PatternUnmatched,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::csv::Profile;

    /// Rows of which every seventh is wrong.
    fn file(rows: u64) -> String {
        let row = |line| format!("r{line},Lyon,Kayes,{}\n", if line % 7 == 0 { "?" } else { "ML" });
        let rows: String = (2..rows + 2).map(row).collect();
        format!("identifiant,collectivite,partenaire,partenaire_pays\n{rows}")
    }

    /// Gives so many chunks of a file to `take`, then wants no more.
    fn chunks(text: &str, count: usize, mut take: impl FnMut(Chunk)) -> bool {
        let reader = Reader::new(text.as_bytes(), &Profile::native()).unwrap();
        let progress = Progress::default();
        thread::scope(|scope| {
            let mut chunks = start(scope, reader, "test", &progress);
            for _ in 0..count {
                match chunks.recv_timeout(Duration::from_mins(1)).unwrap() {
                    Message::Chunk(chunk) => take(chunk),
                    Message::End => return true,
                    Message::Failed(error) => panic!("{error}"),
                }
            }
            false
        })
    }

    #[test]
    fn chunks_come_in_the_order_of_the_file() {
        let (mut lines, mut rejected, mut rows) = (Vec::new(), Vec::new(), 0);
        let ended = chunks(&file(50_000), usize::MAX, |chunk| {
            rows += chunk.rows;
            lines.extend(chunk.records.iter().map(|record| record.line));
            let errors = chunk.issues.iter().filter(|issue| issue.code == IssueCode::ValueMissing);
            rejected.extend(errors.map(|issue| issue.line));
        });
        assert!(ended);
        assert_eq!(rows, 50_000);
        let (wrong, right): (Vec<u64>, Vec<u64>) = (2..50_002).partition(|line| line % 7 == 0);
        assert_eq!((lines, rejected), (right, wrong));
    }

    #[test]
    fn threads_end_when_nobody_wants_more() {
        for count in [0, 1, 3] {
            assert!(!chunks(&file(50_000), count, drop));
        }
    }
}
