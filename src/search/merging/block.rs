//! The records of a block compared: which of them become one partnership.
//!
//! ```text
//! records ── decisions ──→ units ── the rule ──→ bonds between units ──→ groups of units
//! ```
//!
//! A unit is a record, or records that are one by decision: it is called what any of them is. Two
//! units have a bond where a record of one is the same as a record of the other. Groups grow from
//! the closest bond on, and two of them become one only where each unit of one has a bond with
//! each of the other, and none of these bonds has a rival.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use super::{
    decided::Decided,
    groups::{Compared, pair},
    rule::Candidate,
};
use crate::{
    domain::{Doubt, text::fold},
    reference::{
        same_place::{PlaceNames, Verdict},
        vocabularies,
    },
    search::Snapshot,
};

/// What comparing the records of a block has found.
#[derive(Default)]
pub(super) struct BlockGroups {
    /// Records that are one partnership, two and more together, in ascending order.
    pub(super) same: Vec<Vec<u32>>,
    /// A record of each of two partnerships that may be one, once for each two.
    pub(super) unsure: Vec<([u32; 2], Doubt)>,
}

/// The records of a block, and what is known of them.
pub(super) struct ComparedBlock<'s> {
    candidates: Vec<Candidate<'s>>,
    decided: &'s Decided,
    /// Places among the candidates, by unit.
    units: Vec<Vec<usize>>,
    unit_of: Vec<usize>,
    bonds: BTreeMap<[usize; 2], Bond>,
    /// By unit, the units that it has a bond with, and how close that is.
    bound: Vec<Vec<(usize, u8)>>,
    /// Pairs of candidates that may be the same.
    unsure: Vec<([usize; 2], Doubt)>,
}

/// Two units that are the same by the rule; the closest comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Bond {
    closeness: Reverse<u8>,
    metres: u64,
    /// The records that show it.
    records: [u32; 2],
}

impl<'s> ComparedBlock<'s> {
    pub(super) fn new(snapshot: &'s Snapshot, block: &[Compared], decided: &'s Decided) -> Self {
        let candidates: Vec<Candidate<'_>> =
            block.iter().map(|compared| snapshot.candidate(*compared)).collect();
        let (mut units, mut unit_of) = (Vec::<Vec<usize>>::new(), Vec::new());
        let mut numbers: HashMap<usize, usize> = HashMap::new();
        for (at, candidate) in candidates.iter().enumerate() {
            let next = units.len();
            let unit = decided.unit(candidate.record);
            let number = unit.map_or(next, |unit| *numbers.entry(unit).or_insert(next));
            if number == next {
                units.push(Vec::new());
            }
            units[number].push(at);
            unit_of.push(number);
        }
        let bound = vec![Vec::new(); units.len()];
        let (bonds, unsure) = (BTreeMap::new(), Vec::new());
        let mut compared = Self { candidates, decided, units, unit_of, bonds, bound, unsure };
        compared.compare();
        compared
    }

    /// Applies the rule to every two records that it is for.
    fn compare(&mut self) {
        for (at, one) in self.candidates.iter().enumerate() {
            for (with, other) in self.candidates.iter().enumerate().skip(at + 1) {
                let units = [self.unit_of[at], self.unit_of[with]];
                if one.source == other.source
                    || one.block != other.block
                    || units[0] == units[1]
                    || self.excludes(units)
                {
                    continue;
                }
                match one.compare(other) {
                    Verdict::Same => {
                        let bond = Bond {
                            closeness: Reverse(one.closeness(other)),
                            metres: one.distance(other),
                            records: pair(one.record, other.record),
                        };
                        let units = [units[0].min(units[1]), units[0].max(units[1])];
                        let known = self.bonds.entry(units).or_insert(bond);
                        *known = bond.min(*known);
                    }
                    Verdict::Unsure(doubt) => self.unsure.push(([at, with], doubt)),
                    Verdict::Different => {}
                }
            }
        }
        for ([one, other], Bond { closeness: Reverse(closeness), .. }) in &self.bonds {
            self.bound[*one].push((*other, *closeness));
            self.bound[*other].push((*one, *closeness));
        }
    }

    /// Whether two units cannot be one partnership: each source has a partnership once, and what
    /// a person has told apart stays apart.
    fn excludes(&self, [one, other]: [usize; 2]) -> bool {
        self.units[one].iter().any(|one| {
            self.units[other].iter().any(|other| {
                let (one, other) = (&self.candidates[*one], &self.candidates[*other]);
                let records = pair(one.record, other.record);
                one.source == other.source || self.decided.about(records) == Some(false)
            })
        })
    }

    fn bond(&self, one: usize, other: usize) -> Option<&Bond> {
        self.bonds.get(&[one.min(other), one.max(other)])
    }

    /// Whether another unit of a source of one of two is as close to the other one: then nobody but
    /// a person can say which of them is meant.
    fn has_rival(&self, one: usize, other: usize) -> bool {
        let Some(Bond { closeness: Reverse(closeness), .. }) = self.bond(one, other) else {
            return false;
        };
        let sources = |unit: usize| self.units[unit].iter().map(|at| self.candidates[*at].source);
        let rivals = |to: usize, of: usize| {
            self.bound[to].iter().any(|(rival, as_close)| {
                *rival != of
                    && as_close >= closeness
                    && sources(*rival).any(|source| sources(of).any(|own| own == source))
            })
        };
        rivals(one, other) || rivals(other, one)
    }

    /// Whether two places can have but one such partnership.
    fn is_unique(&self, unit: usize) -> bool {
        self.units[unit].iter().all(|at| self.candidates[*at].is_unique())
    }

    /// Why two groups of units are not one; none where they are.
    fn doubt(&self, groups: [&[usize]; 2]) -> Option<Doubt> {
        let cross =
            || groups[0].iter().flat_map(|one| groups[1].iter().map(|other| (*one, *other)));
        if !cross().all(|(one, other)| self.bond(one, other).is_some()) {
            return Some(Doubt::OtherRecords);
        }
        let has_rival = |(one, other)| !self.is_unique(one) && self.has_rival(one, other);
        cross().any(has_rival).then_some(Doubt::Rival)
    }

    /// What becomes one partnership, and what may.
    pub(super) fn groups(self) -> BlockGroups {
        let mut bonds: Vec<([usize; 2], Bond)> =
            self.bonds.iter().map(|(units, bond)| (*units, *bond)).collect();
        bonds.sort_unstable_by_key(|(_, bond)| *bond);
        // each unit begins alone
        let mut groups: Vec<Vec<usize>> = (0..self.units.len()).map(|unit| vec![unit]).collect();
        let mut group_of: Vec<usize> = (0..self.units.len()).collect();
        let mut unsure: Vec<([usize; 2], Doubt)> = Vec::new();
        for (units, _) in bonds {
            let [into, from] = units.map(|unit| group_of[unit]);
            if into == from {
                continue;
            }
            if let Some(doubt) = self.doubt([&groups[into], &groups[from]]) {
                unsure.push((units, doubt));
                continue;
            }
            let moved = std::mem::take(&mut groups[from]);
            for unit in &moved {
                group_of[*unit] = into;
            }
            groups[into].extend(moved);
        }
        let of_pairs = self.unsure.iter();
        unsure.extend(of_pairs.map(|(pair, doubt)| (pair.map(|at| self.unit_of[at]), *doubt)));
        let unsure = unsure.into_iter().map(|(units, doubt)| (units.map(|u| group_of[u]), doubt));
        self.found(&groups, unsure)
    }

    /// As records: each two groups that may be one are told once, with what is nearest to certain.
    fn found(
        &self,
        groups: &[Vec<usize>],
        unsure: impl Iterator<Item = ([usize; 2], Doubt)>,
    ) -> BlockGroups {
        let mut doubts: BTreeMap<[usize; 2], Doubt> = BTreeMap::new();
        for ([one, other], doubt) in unsure.filter(|([one, other], _)| one != other) {
            let known = doubts.entry([one.min(other), one.max(other)]).or_insert(doubt);
            *known = doubt.max(*known);
        }
        let is_open = |[one, other]: &[usize; 2]| {
            !groups[*one].iter().any(|u| groups[*other].iter().any(|v| self.excludes([*u, *v])))
        };
        doubts.retain(|groups, _| is_open(groups));
        let records = |group: &Vec<usize>| {
            let places = group.iter().flat_map(|unit| &self.units[*unit]);
            let mut records: Vec<u32> = places.map(|at| self.candidates[*at].record).collect();
            records.sort_unstable();
            records
        };
        let all: Vec<Vec<u32>> = groups.iter().map(records).collect();
        let unsure = doubts.into_iter();
        let unsure = unsure.map(|([u, v], doubt)| (pair(all[u][0], all[v][0]), doubt)).collect();
        BlockGroups { same: all.into_iter().filter(|records| records.len() > 1).collect(), unsure }
    }
}

impl Snapshot {
    fn candidate(&self, Compared { record, source, block }: Compared) -> Candidate<'_> {
        let (_, partners) = self.sides(record);
        let dates = self.dates(record);
        Candidate {
            record,
            source,
            block,
            kind: &vocabularies::kinds().terms()[self.kind_and_status(record).0].code,
            period: (dates.start, dates.end),
            partners,
            names: partners.iter().map(|partner| PlaceNames::new(&partner.name)).collect(),
            title: fold(&self.title(record)),
        }
    }
}
