//! The sums of a zoom level under a filter, and which flows of it are drawn.

use std::cmp::Reverse;

use super::{
    super::{mercator::World, wanted::Wanted},
    HOME, LEVELS, PARTNER,
    network::Network,
};

/// The flows of a zoom level that are drawn for their size; beside them each node has its largest.
const LARGEST: [usize; LEVELS] =
    [200, 200, 200, 220, 300, 350, 500, 900, 1_500, 2_500, 4_000, 4_000, 4_000, 4_000, 4_000];

/// More flows than this are never drawn of a zoom level.
const MOST: usize = 12_000;

/// Partnerships between two nodes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sum {
    /// Number of the flow at its zoom level.
    pub(super) flow: u32,
    /// The nodes at both ends.
    pub(super) ends: [u32; 2],
    /// Partnerships that it stands for.
    pub(super) count: u32,
    /// Those of them that are counted in no other flow: those whose first leg this is.
    pub(super) firsts: u32,
    /// One of them.
    pub(super) record: u32,
    /// The two places, where all are between the same.
    pub(super) pair: Option<u32>,
}

impl Sum {
    const NONE: Self = Self { flow: 0, ends: [0; 2], count: 0, firsts: 0, record: 0, pair: None };

    /// The one order of all flows of a zoom level: largest first, of equal ones always the same.
    fn rank(&self) -> (Reverse<u32>, u32) {
        (Reverse(self.count), self.flow)
    }
}

/// What is counted of a node.
#[derive(Debug, Clone, Copy)]
pub(super) struct NodeSum {
    /// The place where it stands.
    pub(super) node: u32,
    /// The most important of its places that have partnerships: the node bears its name.
    pub(super) named: u32,
    /// Partnerships at its places.
    pub(super) count: u32,
    /// Its places that have partnerships.
    pub(super) places: u32,
    /// Around these places: north-west and south-east.
    pub(super) corners: [World; 2],
}

/// A zoom level under a filter.
pub(in super::super) struct Level {
    /// Flows that are drawn, largest first.
    pub(super) drawn: Vec<Sum>,
    /// Nodes that have partnerships, of each side.
    pub(super) nodes: [Vec<NodeSum>; 2],
    /// Flows, whether they are drawn or not, and the partnerships of each once.
    pub(super) flows: u64,
    pub(super) partnerships: u64,
    /// Partnerships that no flow that is drawn stands for.
    pub(super) left_out: u64,
}

impl Level {
    /// How many bytes it takes, about.
    pub(in super::super) fn bytes(&self) -> usize {
        self.drawn.len() * size_of::<Sum>()
            + self.nodes.iter().map(|nodes| nodes.len() * size_of::<NodeSum>()).sum::<usize>()
            + 256
    }
}

impl Network {
    /// How often the filter is asked to sum a zoom level.
    pub(in super::super) fn asked(&self) -> usize {
        self.legs.len()
    }

    /// Sums a zoom level.
    pub(in super::super) fn sum(&self, zoom: u8, wanted: &Wanted<'_>) -> Level {
        let flows = self.flows(zoom);
        let nodes = [HOME, PARTNER].map(|side| self.trees[side].nodes(zoom));
        let mut sums = vec![Sum::NONE; flows.ends.len()];
        let mut counts = [HOME, PARTNER].map(|side| vec![0u32; nodes[side].len()]);
        let mut present = [HOME, PARTNER].map(|side| vec![false; nodes[side].len()]);
        for leg in self.legs.iter().filter(|leg| wanted.has(leg.record)) {
            let sum = &mut sums[flows.of_pair[leg.pair as usize] as usize];
            if sum.count == 0 {
                sum.pair = Some(leg.pair);
            } else if sum.pair != Some(leg.pair) {
                sum.pair = None;
            }
            if leg.flow_from <= zoom {
                sum.count += 1;
                sum.firsts += u32::from(leg.is_first);
                sum.record = leg.record;
            }
            let pair = self.pairs[leg.pair as usize];
            for side in [HOME, PARTNER] {
                let place = pair[side] as usize;
                present[side][place] = true;
                counts[side][nodes[side][place] as usize] += u32::from(leg.node_from[side] <= zoom);
            }
        }
        for ((number, sum), ends) in (0..).zip(&mut sums).zip(&flows.ends) {
            (sum.flow, sum.ends) = (number, *ends);
        }
        sums.retain(|sum| sum.count > 0);
        let partnerships = sums.iter().map(|sum| u64::from(sum.firsts)).sum();
        let number = sums.len() as u64;
        let drawn = drawn(sums, zoom, nodes.map(<[u32]>::len));
        let told: u64 = drawn.iter().map(|sum| u64::from(sum.firsts)).sum();
        let nodes = [HOME, PARTNER]
            .map(|side| self.nodes_of(side, nodes[side], &counts[side], &present[side]));
        Level { drawn, nodes, flows: number, partnerships, left_out: partnerships - told }
    }

    fn nodes_of(
        &self,
        side: usize,
        nodes: &[u32],
        counts: &[u32],
        present: &[bool],
    ) -> Vec<NodeSum> {
        const NOWHERE: u32 = u32::MAX;
        let spots = self.trees[side].spots();
        let mut found: Vec<NodeSum> = Vec::new();
        let mut numbers = vec![NOWHERE; nodes.len()];
        for (place, node) in (0..).zip(nodes).filter(|(place, _)| present[*place as usize]) {
            let at = spots[place as usize].at;
            let number = &mut numbers[*node as usize];
            if *number == NOWHERE {
                *number = found.len() as u32;
                let count = counts[*node as usize];
                found.push(NodeSum {
                    node: *node,
                    named: place,
                    count,
                    places: 1,
                    corners: [at, at],
                });
                continue;
            }
            let NodeSum { places, corners: [low, high], .. } = &mut found[*number as usize];
            *places += 1;
            *low = World { x: low.x.min(at.x), y: low.y.min(at.y) };
            *high = World { x: high.x.max(at.x), y: high.y.max(at.y) };
        }
        found
    }
}

/// Those that are drawn: the largest of all, and the largest of each node.
fn drawn(mut sums: Vec<Sum>, zoom: u8, nodes: [usize; 2]) -> Vec<Sum> {
    let largest = LARGEST[usize::from(zoom)];
    if sums.len() > largest {
        sums.select_nth_unstable_by_key(largest, Sum::rank);
        let mut others = sums.split_off(largest);
        let mut has_line = nodes.map(|nodes| vec![false; nodes]);
        for sum in &sums {
            has_line[HOME][sum.ends[HOME] as usize] = true;
            has_line[PARTNER][sum.ends[PARTNER] as usize] = true;
        }
        others.retain(|sum| {
            [HOME, PARTNER].iter().any(|side| !has_line[*side][sum.ends[*side] as usize])
        });
        others.sort_unstable_by_key(Sum::rank);
        // of two that are the largest of a node each is drawn once
        others.retain(|sum| {
            let is_first =
                [HOME, PARTNER].iter().any(|side| !has_line[*side][sum.ends[*side] as usize]);
            has_line[HOME][sum.ends[HOME] as usize] = true;
            has_line[PARTNER][sum.ends[PARTNER] as usize] = true;
            is_first
        });
        sums.append(&mut others);
    }
    sums.sort_unstable_by_key(Sum::rank);
    sums.truncate(MOST.max(largest));
    sums
}

#[cfg(test)]
mod tests {
    use std::{
        collections::{HashMap, HashSet},
        sync::Arc,
    };

    use proptest::prelude::*;
    use roaring::RoaringBitmap;

    use super::{
        super::tree::{Spot, Tree},
        *,
    };

    fn tree() -> impl Strategy<Value = Arc<Tree>> {
        let anywhere = (any::<u32>(), any::<u32>());
        let near = (0u32..1 << 22, 0u32..1 << 22).prop_map(|(x, y)| (x << 4, y << 6));
        let spot = prop_oneof![anywhere, near]
            .prop_map(|(x, y)| Spot { at: World { x, y }, is_area: false });
        prop::collection::hash_set(spot, 1..30)
            .prop_map(|spots| Arc::new(Tree::new(spots.into_iter().collect())))
    }

    proptest! {
        /// Against a scan of all records: what flows and nodes stand for is what a filter selects.
        #[test]
        fn sums_are_those_of_a_scan(
            home in tree(), partner in tree(), chosen in any::<u64>(),
            records in prop::collection::vec(
                prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..4),
                0..120,
            ),
        ) {
            let (homes, partners) = (home.spots().len(), partner.spots().len());
            let mut ends: Vec<(u32, [u32; 2])> = Vec::new();
            for (record, legs) in (0..).zip(&records) {
                for (from, to) in legs {
                    let leg = (record, [from.index(homes) as u32, to.index(partners) as u32]);
                    if !ends.contains(&leg) {
                        ends.push(leg);
                    }
                }
            }
            let selected: RoaringBitmap =
                (0..records.len() as u32).filter(|record| chosen >> (record % 64) & 1 == 1).collect();
            let network = Network::new([home, partner], &ends);
            let wanted = Wanted::new(&selected, records.len(), network.asked());
            for zoom in 0..LEVELS as u8 {
                let level = network.sum(zoom, &wanted);
                let node = |side: usize, place: u32| network.trees()[side].nodes(zoom)[place as usize];
                let mut flows = HashMap::<[u32; 2], HashSet<u32>>::new();
                let mut nodes = [HashMap::<u32, HashSet<u32>>::new(), HashMap::new()];
                for (record, pair) in ends.iter().filter(|(record, _)| selected.contains(*record)) {
                    let pair = [HOME, PARTNER].map(|side| node(side, pair[side]));
                    flows.entry(pair).or_default().insert(*record);
                    for side in [HOME, PARTNER] {
                        nodes[side].entry(pair[side]).or_default().insert(*record);
                    }
                }
                // so few that all of them are drawn, or more where each node still has one
                let drawn: HashMap<[u32; 2], u32> =
                    level.drawn.iter().map(|sum| (sum.ends, sum.count)).collect();
                prop_assert_eq!(drawn.len(), level.drawn.len());
                prop_assert_eq!(level.flows as usize, flows.len());
                for (ends, count) in &drawn {
                    prop_assert_eq!(*count as usize, flows[ends].len());
                }
                if level.left_out == 0 {
                    prop_assert_eq!(drawn.len(), flows.len());
                }
                for side in [HOME, PARTNER] {
                    let counted: HashMap<u32, usize> =
                        level.nodes[side].iter().map(|sum| (sum.node, sum.count as usize)).collect();
                    let scanned: HashMap<u32, usize> =
                        nodes[side].iter().map(|(node, records)| (*node, records.len())).collect();
                    prop_assert_eq!(&counted, &scanned);
                    // each node that is drawn has a line, and each line ends at one
                    let ends: HashSet<u32> = drawn.keys().map(|ends| ends[side]).collect();
                    prop_assert_eq!(ends, counted.keys().copied().collect::<HashSet<_>>());
                }
                prop_assert_eq!(level.partnerships, selected.len());
            }
        }

        #[test]
        fn the_largest_are_drawn_and_one_of_each_node(
            counts in prop::collection::vec((0u32..40, 0u32..40, 1u32..50), 250..900),
        ) {
            let mut known = HashSet::new();
            let sums: Vec<Sum> = (0..)
                .zip(counts)
                .filter(|(_, (home, partner, _))| known.insert((*home, *partner)))
                .map(|(flow, (home, partner, count))| Sum { flow, ends: [home, partner], count, ..Sum::NONE })
                .collect();
            let all = sums.clone();
            let drawn = drawn(sums, 0, [40, 40]);
            prop_assert!(drawn.is_sorted_by_key(Sum::rank));
            let mut ranked = all.clone();
            ranked.sort_by_key(Sum::rank);
            let is_drawn = |sum: &Sum| drawn.iter().any(|one| one.flow == sum.flow);
            prop_assert!(ranked.iter().take(LARGEST[0]).all(is_drawn));
            for side in [HOME, PARTNER] {
                for sum in &all {
                    prop_assert!(drawn.iter().any(|one| one.ends[side] == sum.ends[side]));
                }
            }
        }
    }
}
