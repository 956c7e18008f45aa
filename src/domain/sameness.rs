//! Records of several sources that tell of one partnership.

use super::PartnershipId;

/// What a person has decided about two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sameness {
    /// The two records.
    pub records: [PartnershipId; 2],
    /// Whether they are one partnership.
    pub same: bool,
}

/// Which source leads where several keep a partnership: those named, in their order, then all
/// others alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceOrder(Vec<String>);

impl SourceOrder {
    /// From the names of sources, first to last.
    pub fn new(sources: impl IntoIterator<Item = String>) -> Self {
        Self(sources.into_iter().collect())
    }

    /// The place of a source; the smallest leads.
    pub fn rank(&self, source: &str) -> usize {
        self.0.iter().position(|named| named == source).unwrap_or(self.0.len())
    }
}
