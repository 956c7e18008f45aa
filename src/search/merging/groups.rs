//! The records that are the same, and those that may be: compared only within the same French
//! authorities and countries.

use std::{collections::BTreeMap, hash::BuildHasher, thread};

use foldhash::fast::FixedState;

use super::{
    Rules,
    block::{BlockGroups, ComparedBlock},
    decided::Decided,
};
use crate::{
    domain::{Doubt, text::fold},
    search::{Dimension, Snapshot, builder::joined},
};

/// More records of the same authorities and countries are compared only where partners bear the
/// same name, and not at all where even so many do: nothing is certain among so many.
const LARGE: usize = 2_000;

/// What the rule and what people say of a snapshot of every record.
#[derive(Debug, Default)]
pub(super) struct Groups {
    /// Records that are one partnership, two and more together, in ascending order.
    pub(super) same: Vec<Vec<u32>>,
    /// A record of each of two partnerships that may be one, and why that is not certain.
    pub(super) unsure: Vec<([u32; 2], Doubt)>,
}

/// A record that is to be compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Compared {
    pub(super) record: u32,
    /// Number of its source.
    pub(super) source: u16,
    /// Number of the block that it is compared in.
    pub(super) block: u32,
}

impl Snapshot {
    /// Which of these records are the same.
    pub(super) fn groups(&self, rules: &Rules) -> Groups {
        let source_of = self.source_numbers();
        if source_of.is_empty() {
            return Groups::default();
        }
        let decided = Decided::new(self, &rules.decided, &source_of);
        let alone =
            |record: u32, block| Compared { record, source: source_of[record as usize], block };
        let blocks = decided.join_blocks(self.blocks(&source_of), alone);
        let half = blocks.len().div_ceil(2).max(1);
        let work = |blocks: &[Vec<Compared>]| {
            let compare =
                |block: &Vec<Compared>| ComparedBlock::new(self, block, &decided).groups();
            blocks.iter().map(compare).collect::<Vec<_>>()
        };
        let found: Vec<BlockGroups> = thread::scope(|scope| {
            let working: Vec<_> =
                blocks.chunks(half).map(|blocks| scope.spawn(move || work(blocks))).collect();
            working.into_iter().flat_map(joined).collect()
        });
        let mut groups = Groups::default();
        for BlockGroups { same, unsure } in found {
            groups.same.extend(same);
            groups.unsure.extend(unsure);
        }
        groups.same.sort_unstable();
        groups.unsure.sort_unstable();
        groups
    }

    /// By record, the number of its source; empty where there is but one source.
    fn source_numbers(&self) -> Vec<u16> {
        let sources = self.values(Dimension::Source);
        if sources.len() < 2 {
            return Vec::new();
        }
        let mut source_of = vec![0u16; self.len()];
        for (number, records) in (0..=u16::MAX).zip(sources.values()) {
            records.iter().for_each(|record| source_of[record as usize] = number);
        }
        source_of
    }

    /// Records with the same French authorities and the same countries, where several sources have
    /// some.
    fn blocks(&self, source_of: &[u16]) -> Vec<Vec<Compared>> {
        let mut keys: Vec<(u64, u32)> =
            (0..self.len() as u32).map(|record| (self.block_key(record), record)).collect();
        keys.sort_unstable();
        let is_mixed = |run: &&[(u64, u32)]| {
            let first = source_of[run[0].1 as usize];
            run.iter().any(|(_, record)| source_of[*record as usize] != first)
        };
        let mut blocks: Vec<Vec<Compared>> = Vec::new();
        let mut add = |records: &mut dyn Iterator<Item = u32>| {
            let block = blocks.len() as u32;
            let compared =
                |record: u32| Compared { record, source: source_of[record as usize], block };
            blocks.push(records.map(compared).collect());
        };
        for run in keys.chunk_by(|one, other| one.0 == other.0).filter(is_mixed) {
            if run.len() <= LARGE {
                add(&mut run.iter().map(|(_, record)| *record));
                continue;
            }
            let mut by_name: BTreeMap<String, Vec<u32>> = BTreeMap::new();
            for (_, record) in run {
                let name = fold(&self.sides(*record).1[0].name);
                by_name.entry(name).or_default().push(*record);
            }
            let comparable = |block: &Vec<u32>| (2..=LARGE).contains(&block.len());
            for block in by_name.into_values().filter(comparable) {
                add(&mut block.into_iter());
            }
        }
        blocks
    }

    /// Equal for records with the same authorities and countries, whatever their order.
    fn block_key(&self, record: u32) -> u64 {
        let (collectivities, partners) = self.entity_sides().all_of(record);
        let one = |text: &str| FixedState::default().hash_one(text);
        let of_authorities = collectivities.fold(0u64, |sum, c| sum.wrapping_add(one(&c.code)));
        let of_countries = partners.iter().fold(0u64, |sum, p| sum.wrapping_add(one(&p.country)));
        FixedState::default().hash_one((of_authorities, of_countries))
    }
}

/// Two records, in ascending order.
pub(super) fn pair(one: u32, other: u32) -> [u32; 2] {
    [one.min(other), one.max(other)]
}
