//! The reader's side of an import: batches of a file become records and issues.

use std::sync::{atomic::Ordering, mpsc::SyncSender};

use super::{
    import::Progress,
    resolve::{Reading, Resolution, Resolver},
};
use crate::{
    domain::{Columns, ContentHash, Issue, IssueCode, Partnership, PartnershipId},
    formats::csv::{Batch, CsvError, Mapping, Reader, RowError},
};

/// Rows on their way from the reader to the writer.
#[derive(Default)]
pub(super) struct Chunk {
    pub(super) rows: u64,
    pub(super) rejected: u64,
    pub(super) skipped: u64,
    pub(super) records: Vec<Resolved>,
    pub(super) issues: Vec<Issue>,
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

/// What the reader tells the writer.
pub(super) enum Message {
    Chunk(Chunk),
    Failed(CsvError),
    /// The whole file was read.
    End,
}

/// The reader's thread: sends batches until the file ends, or nobody listens any more.
pub(super) fn read(
    mut reader: Reader<'_>,
    mut resolver: Resolver,
    progress: &Progress,
    sender: &SyncSender<Message>,
) {
    let mappings = reader.mappings().to_vec();
    loop {
        let message = match reader.batch() {
            Ok(Some(batch)) => Message::Chunk(resolve(&batch, &mappings, &mut resolver)),
            Ok(None) => break,
            Err(error) => Message::Failed(error),
        };
        progress.bytes.store(reader.bytes(), Ordering::Relaxed);
        let failed = matches!(message, Message::Failed(_));
        if sender.send(message).is_err() || failed {
            return;
        }
    }
    // nobody listening means that the writer has failed, and says so itself
    let _ = sender.send(Message::End);
}

/// The rows of a batch as records and issues.
pub(super) fn resolve(batch: &Batch, mappings: &[Mapping], resolver: &mut Resolver) -> Chunk {
    let mut chunk = Chunk::default();
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
        if row.is_short() {
            chunk.issues.push(Issue::new(IssueCode::RowShort, line));
        }
        let drafts = mappings.iter().map(|mapping| row.draft(mapping));
        match resolver.read(drafts, &mut chunk.issues) {
            Reading::Rejected => chunk.rejected += 1,
            Reading::Foreign => chunk.skipped += 1,
            Reading::Record(resolution) => {
                let Resolution { partnership, own_key, reading } = *resolution;
                chunk.records.push(Resolved {
                    line,
                    own_key,
                    id: partnership.id(),
                    hash: partnership.content_hash(),
                    absent: absent[reading],
                    partnership,
                });
            }
        }
    }
    chunk
}
