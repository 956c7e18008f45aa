//! Which partnerships have changed, or may have, by the records that were written.
//!
//! What a record says decides with which others it is one partnership, and the others of its block
//! (the same authorities and countries, see `merging/groups.rs`) with it. So a written record
//! touches those of the blocks that it is or was in, where several sources have some, and whatever
//! is one partnership with them now, or by decision. Too many never do harm: a reader puts what is now in the
//! place of what it has.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::{Dimension, Snapshot};
use crate::domain::{Collectivity, Partner, Partnership, PartnershipId};

/// Records with these are compared with each other: codes and countries, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Block {
    authorities: Vec<String>,
    countries: Vec<String>,
}

/// A record that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenRecord {
    /// Which one.
    pub id: PartnershipId,
    /// Who keeps it.
    pub source: String,
    /// The last version of the data that wrote it.
    pub version: i64,
    /// Whether a reader of the older version knows it.
    pub was_there: bool,
    /// Where it was before.
    pub past: Vec<Block>,
}

/// What has become of a partnership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// It is new.
    Created,
    /// It is there, and may say something else.
    Updated,
    /// The record is there, and part of the partnership that this one leads.
    Merged(PartnershipId),
    /// It is not there.
    Removed,
}

/// A partnership, or a record that was one, and what has become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartnershipChange {
    /// The version of the data that last touched it.
    pub version: i64,
    /// Which one.
    pub id: PartnershipId,
    /// What has become of it.
    pub became: Became,
}

impl Block {
    /// That of a record.
    pub fn of(record: &Partnership) -> Self {
        Self::new(record.collectivities.iter(), &record.partners)
    }

    fn new<'r>(
        collectivities: impl Iterator<Item = &'r Arc<Collectivity>>,
        partners: &[Arc<Partner>],
    ) -> Self {
        let mut authorities: Vec<String> = collectivities.map(|one| one.code.clone()).collect();
        let mut countries: Vec<String> = partners.iter().map(|one| one.country.clone()).collect();
        authorities.sort_unstable();
        countries.sort_unstable();
        Self { authorities, countries }
    }
}

impl Snapshot {
    /// What has become of the partnerships that these records touch, in the order of the versions
    /// that last touched them, then of ids.
    pub fn touched_by(self: &Arc<Self>, written: &[WrittenRecord]) -> Vec<PartnershipChange> {
        let records = self.every_record();
        let mut touched: BTreeMap<PartnershipId, i64> =
            written.iter().map(|record| (record.id, record.version)).collect();
        let mut spreading = written.to_vec();
        while !spreading.is_empty() {
            for (id, version) in records.neighbours_in_blocks(&spreading) {
                raise(&mut touched, id, version);
            }
            spreading = records.decided_with(&touched);
            touched.extend(spreading.iter().map(|record| (record.id, record.version)));
        }
        for (id, version) in touched.clone() {
            for member in self.records_of(self.lead_of(id)) {
                raise(&mut touched, member, version);
            }
        }
        let new: BTreeSet<PartnershipId> =
            written.iter().filter(|record| !record.was_there).map(|record| record.id).collect();
        let mut changes: Vec<PartnershipChange> = touched
            .into_iter()
            .map(|(id, version)| {
                let lead = self.lead_of(id);
                let became = match self.find(id) {
                    Some(_) if new.contains(&id) => Became::Created,
                    Some(_) => Became::Updated,
                    None if lead != id => Became::Merged(lead),
                    None => Became::Removed,
                };
                PartnershipChange { version, id, became }
            })
            .collect();
        changes.sort_unstable_by_key(|change| (change.version, change.id));
        changes
    }

    /// Of a snapshot of every record: those that are one partnership by decision with records that
    /// are touched, and are not touched yet.
    fn decided_with(&self, touched: &BTreeMap<PartnershipId, i64>) -> Vec<WrittenRecord> {
        let pairs =
            self.decided_same().iter().flat_map(|[one, other]| [[one, other], [other, one]]);
        let mut found: BTreeMap<PartnershipId, WrittenRecord> = BTreeMap::new();
        for [one, other] in pairs {
            let (Some(version), None) = (touched.get(one), touched.get(other)) else { continue };
            let Some((source, _)) = self.find(*other).and_then(|at| self.source_and_key(at)) else {
                continue;
            };
            let record = found.entry(*other).or_insert_with(|| WrittenRecord {
                id: *other,
                source,
                version: *version,
                was_there: true,
                past: Vec::new(),
            });
            record.version = record.version.max(*version);
        }
        found.into_values().collect()
    }

    /// Of a snapshot of every record: those in the blocks that written records are or were in,
    /// where several sources have some.
    fn neighbours_in_blocks(&self, written: &[WrittenRecord]) -> Vec<(PartnershipId, i64)> {
        let mut blocks: HashMap<Block, (i64, BTreeSet<&str>)> = HashMap::new();
        for WrittenRecord { id, source, version, past, .. } in written {
            let now = self.find(*id).map(|record| self.block(record));
            for block in past.iter().cloned().chain(now) {
                let (last, sources) = blocks.entry(block).or_default();
                *last = (*last).max(*version);
                sources.insert(source);
            }
        }
        let all: BTreeSet<&str> =
            self.values(Dimension::Source).keys().map(String::as_str).collect();
        if all.len() + blocks.values().flat_map(|(_, sources)| sources - &all).count() < 2 {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (block, (version, mut sources)) in blocks {
            let records: Vec<u32> = self.in_block(&block).collect();
            for (source, of_source) in self.values(Dimension::Source) {
                if records.iter().any(|record| of_source.contains(*record)) {
                    sources.insert(source);
                }
            }
            if sources.len() > 1 {
                found.extend(records.into_iter().map(|record| (self.id(record), version)));
            }
        }
        found
    }

    fn block(&self, record: u32) -> Block {
        let (collectivities, partners) = self.entity_sides().all_of(record);
        Block::new(collectivities, partners)
    }

    fn in_block<'b>(&'b self, block: &'b Block) -> impl Iterator<Item = u32> + 'b {
        let none = roaring::RoaringBitmap::new();
        let having = |dimension, value: Option<&String>| {
            let found = value.and_then(|value| self.values(dimension).get(value));
            found.unwrap_or(&none).clone()
        };
        let authority = having(Dimension::Collectivity, block.authorities.first());
        let country = having(Dimension::Country, block.countries.first());
        (authority & country).into_iter().filter(move |record| self.block(*record) == *block)
    }
}

fn raise(touched: &mut BTreeMap<PartnershipId, i64>, id: PartnershipId, version: i64) {
    let last = touched.entry(id).or_insert(version);
    *last = (*last).max(version);
}
