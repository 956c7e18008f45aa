//! What is between the places of both sides, and which flow of each zoom level it is part of.

use std::{collections::HashMap, sync::Arc};

use foldhash::fast::FixedState;

use super::{HOME, LEVELS, PARTNER, tree::Tree};

/// At no zoom level.
const NEVER: u8 = u8::MAX;

/// A partnership between two places. One with several places on a side has several legs: from
/// its lead authority to each place of its partners, and from each other authority to the first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leg {
    pub(super) record: u32,
    /// Number of its two places among all pairs.
    pub(super) pair: u32,
    /// The zoom level from which no earlier leg of the record is part of the same flow.
    pub(super) flow_from: u8,
    /// The same for the nodes at both ends.
    pub(super) node_from: [u8; 2],
    /// Whether it is the record's first one.
    pub(super) is_first: bool,
}

/// The flows of a zoom level.
pub(super) struct Flows {
    /// The nodes at both ends of each flow.
    pub(super) ends: Vec<[u32; 2]>,
    /// The flow of each pair of places.
    pub(super) of_pair: Vec<u32>,
}

/// Everything that is drawn as flows, whatever the filter.
pub(in super::super) struct Network {
    pub(super) trees: [Arc<Tree>; 2],
    /// Places that something is between: of each side one.
    pub(super) pairs: Vec<[u32; 2]>,
    /// In the order of pairs.
    pub(super) legs: Vec<Leg>,
    /// By zoom level; shared by those that have the same nodes.
    levels: Vec<Arc<Flows>>,
}

impl Network {
    /// From the legs of each record, the first leg first: record, place of the French side and of
    /// the partner's.
    pub(super) fn new(trees: [Arc<Tree>; 2], ends: &[(u32, [u32; 2])]) -> Self {
        let mut legs: Vec<([u32; 2], Leg)> = Vec::with_capacity(ends.len());
        for of_record in ends.chunk_by(|a, b| a.0 == b.0) {
            for (number, (record, pair)) in of_record.iter().enumerate() {
                legs.push((*pair, leg(&trees, *record, *pair, &of_record[..number])));
            }
        }
        legs.sort_unstable_by_key(|(pair, leg)| (*pair, leg.record));
        let mut pairs: Vec<[u32; 2]> = Vec::new();
        for (pair, leg) in &mut legs {
            if pairs.last() != Some(pair) {
                pairs.push(*pair);
            }
            leg.pair = pairs.len() as u32 - 1;
        }
        let levels = levels(&trees, &pairs);
        Self { trees, pairs, legs: legs.into_iter().map(|(_, leg)| leg).collect(), levels }
    }

    /// Of the French side and of the partners'.
    pub(in super::super) fn trees(&self) -> &[Arc<Tree>; 2] {
        &self.trees
    }

    /// The flows of a zoom level.
    pub(super) fn flows(&self, zoom: u8) -> &Flows {
        &self.levels[usize::from(zoom)]
    }
}

/// A leg, seen after the earlier ones of its record.
fn leg(trees: &[Arc<Tree>; 2], record: u32, pair: [u32; 2], earlier: &[(u32, [u32; 2])]) -> Leg {
    let parted = |side: usize, other: [u32; 2]| {
        trees[side].parted_from(pair[side], other[side]).unwrap_or(NEVER)
    };
    let (mut flow_from, mut node_from) = (0, [0; 2]);
    for (_, other) in earlier {
        let sides = [HOME, PARTNER].map(|side| parted(side, *other));
        flow_from = flow_from.max(sides[HOME].min(sides[PARTNER]));
        node_from = [HOME, PARTNER].map(|side| node_from[side].max(sides[side]));
    }
    Leg { record, pair: 0, flow_from, node_from, is_first: earlier.is_empty() }
}

/// The flows of every zoom level, from the last one, where they are pairs, to the first.
fn levels(trees: &[Arc<Tree>; 2], pairs: &[[u32; 2]]) -> Vec<Arc<Flows>> {
    let mut levels =
        vec![Arc::new(Flows { ends: pairs.to_vec(), of_pair: (0..pairs.len() as u32).collect() })];
    for zoom in (0..LEVELS as u8 - 1).rev() {
        let below = Arc::clone(&levels[levels.len() - 1]);
        if trees.iter().all(|tree| tree.is_as(zoom, zoom + 1)) {
            levels.push(below);
            continue;
        }
        let mut ends = Vec::new();
        let mut numbers = HashMap::<[u32; 2], u32, FixedState>::default();
        let node = |side: usize, of: u32| trees[side].nodes(zoom)[of as usize];
        let into: Vec<u32> = below
            .ends
            .iter()
            .map(|[home, partner]| {
                let pair = [node(HOME, *home), node(PARTNER, *partner)];
                *numbers.entry(pair).or_insert_with(|| {
                    ends.push(pair);
                    ends.len() as u32 - 1
                })
            })
            .collect();
        let of_pair = below.of_pair.iter().map(|flow| into[*flow as usize]).collect();
        levels.push(Arc::new(Flows { ends, of_pair }));
    }
    levels.reverse();
    levels
}
