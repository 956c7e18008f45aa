//! Which records of several sources are one partnership, and what it says.
//!
//! ```text
//! every record ─ groups.rs ─→ records that are the same ─ combine.rs ─→ one record that leads
//!                 ├ decided.rs                               └→ Snapshot of partnerships
//!                 └ block.rs ─ rule.rs
//! ```
//!
//! The rule looks at what records say, never at when they came: any order of imports leads to the
//! same partnerships. A snapshot of partnerships is made from that of every record, as a patch;
//! where nothing is the same they are one snapshot, and it costs nothing.

mod block;
mod combine;
mod decided;
mod groups;
pub mod rule;

use std::{
    cmp::Reverse,
    sync::{Arc, OnceLock},
};

use roaring::RoaringBitmap;

use super::{Snapshot, builder::Entry};
use crate::domain::{ById, Column, Doubt, PartnerId, PartnershipId, Sameness, SourceOrder};
use groups::Groups;

/// What makes partnerships of records, beside what these say.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Which sources lead.
    pub order: SourceOrder,
    /// What people have decided, the newest first.
    pub decided: Vec<Sameness>,
}

/// The partnerships of a snapshot that several records tell of.
#[derive(Default)]
pub(super) struct Merges {
    /// Every record; none where nothing was merged.
    records: Option<Arc<Snapshot>>,
    /// By the id of each record that another one leads, the id of that.
    leads: ById<PartnershipId>,
    /// By the id of each record that leads others.
    groups: ById<Group>,
    /// The partnerships that several records tell of.
    items: RoaringBitmap,
    /// Of a snapshot of every record: those of two partnerships that may be one, and why that is
    /// not certain.
    unsure: OnceLock<Vec<([PartnershipId; 2], Doubt)>>,
    /// Of a snapshot of every record: those that are one partnership by decision.
    decided_same: OnceLock<Vec<[PartnershipId; 2]>>,
}

/// Two partnerships that are alike, for a person to decide whether they are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MergeProposal {
    /// The records that lead them.
    pub records: [PartnershipId; 2],
    /// Why that is not certain.
    pub doubt: Doubt,
}

/// A partnership that several records tell of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The records, the one that leads first.
    pub records: Vec<PartnershipId>,
    /// What the leading record does not say, and the source that does.
    pub filled: Vec<(Column, String)>,
}

impl Snapshot {
    /// The partnerships of these records.
    #[must_use]
    pub fn merged(self: Arc<Self>, rules: &Rules) -> Arc<Self> {
        let decided_same = rules.decided.iter().filter(|decision| decision.same);
        self.merges.decided_same.get_or_init(|| decided_same.map(|one| one.records).collect());
        let Groups { same, unsure } = self.groups(rules);
        let ids = |(pair, doubt): ([u32; 2], Doubt)| (pair.map(|record| self.id(record)), doubt);
        self.merges.unsure.get_or_init(|| unsure.into_iter().map(ids).collect());
        if same.is_empty() {
            return self;
        }
        let (mut changes, mut merges) = (Vec::new(), Merges::default());
        for records in same {
            let records = records.into_iter().filter_map(|record| {
                let partnership = self.partnership(record)?;
                Some((partnership, self.updated(record)))
            });
            let Some(combined) = combine::combine(records.collect(), &rules.order) else {
                continue;
            };
            let ids = combined.ids;
            changes.extend(ids[1..].iter().map(|id| (*id, None)));
            merges.leads.extend(ids[1..].iter().map(|id| (*id, ids[0])));
            merges.groups.insert(ids[0], Group { records: ids, filled: combined.filled });
            changes.push((combined.entry.record.id(), Some(combined.entry)));
        }
        let mut snapshot = self.with(self.data_version(), changes);
        let items = merges.groups.keys().filter_map(|lead| snapshot.find(*lead));
        merges.items = items.collect();
        merges.records = Some(self);
        snapshot.merges = merges;
        Arc::new(snapshot)
    }

    /// The snapshot of every record of every source.
    #[must_use]
    pub fn every_record(self: &Arc<Self>) -> Arc<Self> {
        Arc::clone(self.merges.records.as_ref().unwrap_or(self))
    }

    /// The id of the record that leads the partnership that a record tells of: its own id unless
    /// another one does.
    pub fn lead_of(&self, id: PartnershipId) -> PartnershipId {
        self.merges.leads.get(&id).copied().unwrap_or(id)
    }

    /// What is known of a partnership that several records tell of.
    pub fn group(&self, id: PartnershipId) -> Option<&Group> {
        self.merges.groups.get(&id)
    }

    /// The records of the partnership that a record leads, itself first.
    pub fn records_of(&self, lead: PartnershipId) -> Vec<PartnershipId> {
        self.group(lead).map_or_else(|| vec![lead], |group| group.records.clone())
    }

    /// The foreign authority with an id; one that only records name that others lead is that of
    /// the partnership.
    pub(super) fn partner_place(&self, id: PartnerId) -> Option<u32> {
        let of_follower = || {
            let records = self.merges.records.as_ref()?;
            let sides = records.entity_sides();
            let record = *sides.partner_records(sides.partner_place(id)?).first()?;
            let lead = self.find(self.lead_of(records.id(record)))?;
            Some(self.entity_sides().first(lead).1)
        };
        self.entity_sides().partner_place(id).or_else(of_follower)
    }

    /// The partnerships that several records tell of.
    pub(super) fn of_several_records(&self) -> &RoaringBitmap {
        &self.merges.items
    }

    /// The partnerships that may be one, the nearest to certain first.
    pub fn merge_proposals(self: &Arc<Self>) -> Vec<MergeProposal> {
        let records = self.every_record();
        let unsure = records.merges.unsure.get().into_iter().flatten();
        let proposal = |(records, doubt): &([PartnershipId; 2], Doubt)| {
            let mut records = records.map(|record| self.lead_of(record));
            records.sort_unstable();
            MergeProposal { records, doubt: *doubt }
        };
        let mut proposals: Vec<MergeProposal> = unsure.map(proposal).collect();
        proposals.sort_unstable_by_key(|one| (Reverse(one.doubt), one.records));
        proposals
    }

    /// Of a snapshot of every record: the pairs that are one partnership by decision.
    pub(super) fn decided_same(&self) -> &[[PartnershipId; 2]] {
        self.merges.decided_same.get().map(Vec::as_slice).unwrap_or_default()
    }
}

impl Entry {
    /// The sources of the partnership, that of the leading record first.
    pub(super) fn sources(&self) -> Vec<&str> {
        let mut sources = vec![self.record.source.as_str()];
        for follower in &self.followers {
            if !sources.contains(&follower.source.as_str()) {
                sources.push(&follower.source);
            }
        }
        sources
    }
}
