//! The records that are the same, and those that may be: compared only within the same French
//! authorities and countries.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    hash::BuildHasher,
    thread,
};

use foldhash::fast::{FixedState, RandomState};

use super::{Rules, rule::Candidate};
use crate::{
    domain::text::fold,
    reference::{
        same_place::{PlaceNames, Verdict},
        vocabularies,
    },
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
    /// Pairs that may be.
    pub(super) proposals: Vec<[u32; 2]>,
}

/// Which records people have decided about.
#[derive(Default)]
struct Decided {
    same: Vec<[u32; 2]>,
    pairs: HashMap<[u32; 2], bool, RandomState>,
}

impl Snapshot {
    /// Which of these records are the same.
    pub(super) fn groups(&self, rules: &Rules) -> Groups {
        let decided = self.decided(rules);
        let blocks = self.blocks();
        let mut together = Together::default();
        decided.same.iter().for_each(|pair| together.join(*pair));
        let half = blocks.len().div_ceil(2).max(1);
        let work = |blocks: &[Vec<(u32, u16)>]| {
            blocks.iter().map(|block| self.compare_block(block, &decided)).collect::<Vec<_>>()
        };
        let compared: Vec<Block> = thread::scope(|scope| {
            let working: Vec<_> =
                blocks.chunks(half).map(|blocks| scope.spawn(move || work(blocks))).collect();
            working.into_iter().flat_map(joined).collect()
        });
        let mut unsure = Vec::new();
        for block in compared {
            block.same.into_iter().for_each(|pair| together.join(pair));
            unsure.extend(block.unsure);
        }
        unsure.retain(|[one, other]| together.root(*one) != together.root(*other));
        unsure.sort_unstable();
        Groups { same: together.groups(), proposals: unsure }
    }

    fn decided(&self, rules: &Rules) -> Decided {
        let mut decided = Decided::default();
        // a later decision about two records takes the place of an earlier one
        for sameness in &rules.decided {
            let [Some(one), Some(other)] = sameness.records.map(|id| self.find(id)) else {
                continue;
            };
            decided.pairs.insert(pair(one, other), sameness.same);
        }
        decided.same =
            decided.pairs.iter().filter(|(_, same)| **same).map(|(pair, _)| *pair).collect();
        decided.same.sort_unstable();
        decided
    }

    /// Records with the same French authorities and the same countries, where several sources have
    /// some: each with the number of its source.
    fn blocks(&self) -> Vec<Vec<(u32, u16)>> {
        let sources = self.values(Dimension::Source);
        if sources.len() < 2 {
            return Vec::new();
        }
        let mut source_of = vec![0u16; self.len()];
        for (number, records) in (0..=u16::MAX).zip(sources.values()) {
            records.iter().for_each(|record| source_of[record as usize] = number);
        }
        let mut keys: Vec<(u64, u32)> =
            (0..self.len() as u32).map(|record| (self.block_key(record), record)).collect();
        keys.sort_unstable();
        let is_mixed = |run: &&[(u64, u32)]| {
            let first = source_of[run[0].1 as usize];
            run.iter().any(|(_, record)| source_of[*record as usize] != first)
        };
        let mut blocks = Vec::new();
        for run in keys.chunk_by(|one, other| one.0 == other.0).filter(is_mixed) {
            let block: Vec<(u32, u16)> =
                run.iter().map(|(_, record)| (*record, source_of[*record as usize])).collect();
            if block.len() <= LARGE {
                blocks.push(block);
                continue;
            }
            let mut by_name: BTreeMap<String, Vec<(u32, u16)>> = BTreeMap::new();
            for (record, source) in block {
                let name = fold(&self.sides(record).1[0].name);
                by_name.entry(name).or_default().push((record, source));
            }
            blocks.extend(by_name.into_values().filter(|block| (2..=LARGE).contains(&block.len())));
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

    fn candidate(&self, record: u32, source: u16) -> Candidate<'_> {
        let (_, partners) = self.sides(record);
        let dates = self.dates(record);
        Candidate {
            record,
            source,
            kind: &vocabularies::kinds().terms()[self.kind_and_status(record).0].code,
            period: (dates.start, dates.end),
            partners,
            names: partners.iter().map(|partner| PlaceNames::new(&partner.name)).collect(),
            title: fold(&self.title(record)),
        }
    }

    /// The pairs of a block that are the same, and those that may be.
    fn compare_block(&self, block: &[(u32, u16)], decided: &Decided) -> Block {
        let candidates: Vec<Candidate<'_>> =
            block.iter().map(|(record, source)| self.candidate(*record, *source)).collect();
        let mut certain = BTreeMap::new();
        let mut found = Block::default();
        for (at, one) in candidates.iter().enumerate() {
            for (with, other) in candidates.iter().enumerate().skip(at + 1) {
                let records = pair(one.record, other.record);
                match decided.pairs.get(&records) {
                    Some(true) => {
                        certain.insert((at, with), u8::MAX);
                    }
                    Some(false) => {}
                    None if one.source == other.source => {}
                    None => match one.compare(other) {
                        Verdict::Same => {
                            certain.insert((at, with), one.closeness(other));
                        }
                        Verdict::Unsure => found.unsure.push(records),
                        Verdict::Different => {}
                    },
                }
            }
        }
        let mut pairs: Vec<_> =
            certain.iter().map(|(pair, closeness)| (*pair, *closeness)).collect();
        pairs.sort_by_key(|((one, other), closeness)| {
            let (one, other) = (&candidates[*one], &candidates[*other]);
            (Reverse(*closeness), one.distance(other), pair(one.record, other.record))
        });
        // each candidate begins alone; two groups become one only where all of them are the same
        let mut groups: Vec<Vec<usize>> = (0..candidates.len()).map(|at| vec![at]).collect();
        let mut group_of: Vec<usize> = (0..candidates.len()).collect();
        for ((one, other), closeness) in pairs {
            let records = pair(candidates[one].record, candidates[other].record);
            let is_decided = closeness == u8::MAX;
            let (into, from) = (group_of[one], group_of[other]);
            if into == from {
                continue;
            }
            let fits = |(one, other): (usize, usize)| {
                certain.contains_key(&(one.min(other), one.max(other)))
            };
            let all =
                groups[into].iter().flat_map(|one| groups[from].iter().map(|other| (*one, *other)));
            let rival = !candidates[one].is_unique()
                && has_rival(&candidates, &certain, (one, other), closeness);
            if !is_decided && (rival || !all.clone().all(fits)) {
                found.unsure.push(records);
                continue;
            }
            found.same.push(records);
            let moved = std::mem::take(&mut groups[from]);
            for at in &moved {
                group_of[*at] = into;
            }
            groups[into].extend(moved);
        }
        found
    }
}

/// Whether another record of the same source is as close to one of two as the other is: then
/// nobody but a person can say which of them is meant.
fn has_rival(
    candidates: &[Candidate<'_>],
    certain: &BTreeMap<(usize, usize), u8>,
    (one, other): (usize, usize),
    closeness: u8,
) -> bool {
    let rivals = |to: usize, of: usize| {
        (0..candidates.len()).any(|rival| {
            rival != of
                && candidates[rival].source == candidates[of].source
                && certain
                    .get(&(to.min(rival), to.max(rival)))
                    .is_some_and(|as_close| *as_close >= closeness)
        })
    };
    rivals(one, other) || rivals(other, one)
}

#[derive(Default)]
struct Block {
    same: Vec<[u32; 2]>,
    unsure: Vec<[u32; 2]>,
}

fn pair(one: u32, other: u32) -> [u32; 2] {
    [one.min(other), one.max(other)]
}

/// Records that belong together, directly or by others (a union-find over those that do).
#[derive(Default)]
struct Together(BTreeMap<u32, u32>);

impl Together {
    fn root(&self, mut record: u32) -> u32 {
        while let Some(up) = self.0.get(&record).filter(|up| **up != record) {
            record = *up;
        }
        record
    }

    fn join(&mut self, [one, other]: [u32; 2]) {
        let [one_root, other_root] = [one, other].map(|record| self.root(record));
        let root = one_root.min(other_root);
        for record in [one, other, one_root, other_root] {
            self.0.insert(record, root);
        }
    }

    fn groups(&self) -> Vec<Vec<u32>> {
        let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for record in self.0.keys() {
            groups.entry(self.root(*record)).or_default().push(*record);
        }
        groups.into_values().collect()
    }
}
