//! What people have decided about the records of a snapshot.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::groups::{Compared, pair};
use crate::{domain::Sameness, search::Snapshot};

/// Decisions about records that are there.
#[derive(Default)]
pub(super) struct Decided {
    pairs: HashMap<[u32; 2], bool, RandomState>,
    /// Records that are one partnership by decision, directly or by others.
    units: Vec<Vec<u32>>,
    /// By record, the place of its unit.
    unit_of: HashMap<u32, usize, RandomState>,
}

impl Decided {
    /// From decisions, the newest first, and the number of each record's source.
    pub(super) fn new(snapshot: &Snapshot, decided: &[Sameness], source_of: &[u16]) -> Self {
        let mut known = Self::default();
        let mut same = Vec::new();
        for Sameness { records, same: are_same } in decided {
            let [Some(one), Some(other)] = records.map(|id| snapshot.find(id)) else { continue };
            let records = pair(one, other);
            if known.pairs.contains_key(&records) {
                continue;
            }
            known.pairs.insert(records, *are_same);
            if *are_same {
                same.push(records);
            }
        }
        for records in same {
            known.join(records, source_of);
        }
        known
    }

    /// Whether two records are one partnership by decision; none where nobody has decided.
    pub(super) fn about(&self, records: [u32; 2]) -> Option<bool> {
        self.pairs.get(&records).copied()
    }

    /// The unit of a record.
    pub(super) fn unit(&self, record: u32) -> Option<usize> {
        self.unit_of.get(&record).copied()
    }

    /// Makes two units one, unless that put together what was told apart, or two records of one
    /// source. Records that come back can ask for either, by an older decision.
    fn join(&mut self, records: [u32; 2], source_of: &[u16]) {
        let [into, from] = records.map(|record| {
            *self.unit_of.entry(record).or_insert_with(|| {
                self.units.push(vec![record]);
                self.units.len() - 1
            })
        });
        let excludes = |one: &u32, other: &u32| {
            source_of[*one as usize] == source_of[*other as usize]
                || self.about(pair(*one, *other)) == Some(false)
        };
        let is_excluded = self.units[into]
            .iter()
            .any(|one| self.units[from].iter().any(|other| excludes(one, other)));
        if into == from || is_excluded {
            return;
        }
        let moved = std::mem::take(&mut self.units[from]);
        self.unit_of.extend(moved.iter().map(|record| (*record, into)));
        self.units[into].extend(moved);
    }

    /// Puts the blocks together that have records of one unit.
    pub(super) fn join_blocks(
        &self,
        mut blocks: Vec<Vec<Compared>>,
        alone: impl Fn(u32, u32) -> Compared,
    ) -> Vec<Vec<Compared>> {
        let units = self.units.iter().filter(|unit| unit.len() > 1);
        let mut block_of: HashMap<u32, usize, RandomState> = HashMap::default();
        if units.clone().next().is_some() {
            let placed = blocks.iter().enumerate();
            let placed = placed.flat_map(|(at, block)| block.iter().map(move |one| (one, at)));
            let placed = placed.filter(|(one, _)| self.unit_of.contains_key(&one.record));
            block_of.extend(placed.map(|(one, at)| (one.record, at)));
        }
        for unit in units {
            let mut places = unit.iter().map(|record| {
                *block_of.entry(*record).or_insert_with(|| {
                    blocks.push(vec![alone(*record, blocks.len() as u32)]);
                    blocks.len() - 1
                })
            });
            let places: Vec<usize> = places.by_ref().collect();
            let into = places[0];
            for from in places.into_iter().filter(|from| *from != into) {
                let moved = std::mem::take(&mut blocks[from]);
                for one in &moved {
                    block_of.entry(one.record).and_modify(|at| *at = into);
                }
                blocks[into].extend(moved);
            }
        }
        blocks.retain(|block| !block.is_empty());
        blocks
    }
}
