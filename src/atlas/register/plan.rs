//! What an import changes, cell by cell, and the digest by which a plan is known again.

use std::{fmt, str::FromStr};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::{
    domain::{Column, Operation, Partnership, PartnershipId, Position},
    formats::csv::cell,
    storage::Change,
};

/// Changes of each kind that a plan lists; the others are counted.
pub const LISTED_CHANGES: usize = 1_000;

/// A plan's name: 128 bits of the SHA-256 of everything that it changes. Equal digests, equal
/// changes of equal records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlanDigest([u8; 16]);

impl fmt::Display for PlanDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

/// A text that is no digest of a plan: 32 hexadecimal digits are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest of a plan has 32 hexadecimal digits")]
pub struct DigestError;

impl FromStr for PlanDigest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| DigestError)?;
        bytes.try_into().map(Self).map_err(|_| DigestError)
    }
}

/// A cell that says something else than before, as the native CSV writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellChange {
    /// Which cell.
    pub column: Column,
    /// What it said.
    pub before: String,
    /// What it says.
    pub after: String,
}

/// One place of a change, for a map.
#[derive(Debug, Clone, PartialEq)]
pub struct End {
    /// Name of the authority.
    pub name: String,
    /// Where it is.
    pub position: Option<Position>,
}

/// One change of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedChange {
    /// What it does.
    pub operation: Operation,
    /// The record.
    pub id: PartnershipId,
    /// Line of the file; none where the file no longer has the record.
    pub line: Option<u64>,
    /// Title of the record, as it is to be or as it was.
    pub title: String,
    /// The lead French authority.
    pub collectivity: End,
    /// The first partner.
    pub partner: End,
    /// Alpha-2 code of its country.
    pub country: String,
    /// What an update changes.
    pub cells: Vec<CellChange>,
}

/// The cells in which two versions of a record differ, in the order of the columns.
pub fn differences(before: &Partnership, after: &Partnership) -> Vec<CellChange> {
    let changed = Column::native().iter().filter_map(|column| {
        let (before, after) = (cell(before, *column), cell(after, *column));
        (before != after).then_some(CellChange { column: *column, before, after })
    });
    changed.collect()
}

/// A plan in the making.
#[derive(Default)]
pub(in crate::atlas) struct Plan {
    digest: Sha256,
    listed: Vec<PlannedChange>,
    /// How many of each kind are listed.
    counts: [usize; 3],
}

impl Plan {
    /// Adds a change.
    pub(in crate::atlas) fn note(&mut self, change: &Change<'_>) {
        let Change { known, before, after } = *change;
        let entry = after.map(|entry| entry.partnership);
        let Some(operation) = Operation::between(before, entry) else { return };
        let Some(shown) = entry.or(before) else { return };
        let id = shown.id();
        // an unsigned revision keeps a record that never was apart from every one that is there
        let revision = known.map_or(0, |known| known.revision);
        self.digest.update([operation as u8]);
        self.digest.update(id.to_bytes());
        self.digest.update(revision.to_le_bytes());
        self.digest.update(after.map(|entry| entry.hash).unwrap_or_default());
        let count = &mut self.counts[operation as usize];
        *count += 1;
        if *count > LISTED_CHANGES {
            return;
        }
        let (lead, partner) = (&shown.collectivities[0], &shown.partners[0]);
        self.listed.push(PlannedChange {
            operation,
            id,
            line: after.and_then(|entry| entry.line),
            title: shown.title.clone(),
            collectivity: End { name: lead.name.clone(), position: lead.position },
            partner: End { name: partner.name.clone(), position: partner.position() },
            country: partner.country.clone(),
            cells: match (before, entry) {
                (Some(before), Some(after)) => differences(before, after),
                _ => Vec::new(),
            },
        });
    }

    /// The digest of the changes so far.
    pub(in crate::atlas) fn digest(&self) -> PlanDigest {
        let mut cut = [0; 16];
        cut.copy_from_slice(&self.digest.clone().finalize()[..16]);
        PlanDigest(cut)
    }

    /// The changes that are listed, in the order in which they were noted.
    pub(in crate::atlas) fn listed(&self) -> &[PlannedChange] {
        &self.listed
    }

    /// The same, to be kept.
    pub(in crate::atlas) fn into_listed(self) -> Vec<PlannedChange> {
        self.listed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_reads_back() {
        let digest = Plan::default().digest();
        assert_eq!(digest.to_string().parse(), Ok(digest));
        for wrong in ["", "abc", "00112233445566778899aabbccddeeFF"] {
            assert_eq!(wrong.parse::<PlanDigest>(), Err(DigestError), "{wrong}");
        }
    }
}
