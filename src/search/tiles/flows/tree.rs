//! The places of one side as a tree of clusters.

use std::{collections::HashMap, sync::Arc};

use foldhash::fast::FixedState;

use super::{super::mercator::World, LEVELS};

/// How far apart nodes are at least, in pixels of a tile of 512.
const RADIUS: u64 = 40;

/// Where places are, and whether each is an area (a région, a Land) that has no point of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in super::super) struct Spot {
    pub(in super::super) at: World,
    pub(in super::super) is_area: bool,
}

/// Places by importance, and for each zoom level the node that each of them belongs to: the most
/// important place of its cluster, where the cluster stands.
#[derive(Debug)]
pub(in super::super) struct Tree {
    spots: Vec<Spot>,
    /// By zoom level; levels at which nothing is joined share their list.
    nodes: Vec<Arc<[u32]>>,
}

impl Tree {
    /// From different places, the most important first. At the last zoom level each is a node by
    /// itself; from there upwards each node that is left takes in all less important ones nearby.
    pub(super) fn new(spots: Vec<Spot>) -> Self {
        let mut alive: Vec<u32> = (0..spots.len() as u32).collect();
        let mut nodes: Vec<Arc<[u32]>> = vec![alive.clone().into()];
        for zoom in (0..LEVELS as u32 - 1).rev() {
            let radius = (RADIUS << (32 - zoom)) / 512;
            let below = Arc::clone(&nodes[nodes.len() - 1]);
            let joined = join(&spots, &mut alive, radius);
            nodes.push(match joined {
                None => below,
                Some(into) => below.iter().map(|node| into[*node as usize]).collect(),
            });
        }
        nodes.reverse();
        Self { spots, nodes }
    }

    pub(super) fn spots(&self) -> &[Spot] {
        &self.spots
    }

    /// The node of each place at a zoom level.
    pub(super) fn nodes(&self, zoom: u8) -> &[u32] {
        &self.nodes[usize::from(zoom)]
    }

    /// Whether two zoom levels have the same nodes because nothing was joined between them.
    pub(super) fn is_as(&self, zoom: u8, other: u8) -> bool {
        Arc::ptr_eq(&self.nodes[usize::from(zoom)], &self.nodes[usize::from(other)])
    }

    /// The first zoom level at which two places are in different nodes; none for the same place.
    pub(super) fn parted_from(&self, a: u32, b: u32) -> Option<u8> {
        let parts = |nodes: &Arc<[u32]>| nodes[a as usize] != nodes[b as usize];
        self.nodes.iter().position(parts).map(|zoom| zoom as u8)
    }
}

/// Joins nodes that are nearer to each other than a radius, and takes those that went into others
/// off the list; for each node the one that it is in, or none where nothing was joined.
fn join(spots: &[Spot], alive: &mut Vec<u32>, radius: u64) -> Option<Vec<u32>> {
    let cell = |at: World| (u64::from(at.x) / radius, u64::from(at.y) / radius);
    let mut grid = HashMap::<(u64, u64), Vec<u32>, FixedState>::default();
    for node in alive.iter() {
        grid.entry(cell(spots[*node as usize].at)).or_default().push(*node);
    }
    let mut into: Vec<u32> = (0..spots.len() as u32).collect();
    let mut is_any = false;
    for node in alive.iter() {
        if into[*node as usize] != *node {
            continue;
        }
        let at = spots[*node as usize].at;
        let (column, row) = cell(at);
        let around = (row.saturating_sub(1)..=row + 1)
            .flat_map(|y| (column.saturating_sub(1)..=column + 1).map(move |x| (x, y)));
        for other in around.filter_map(|cell| grid.get(&cell)).flatten() {
            let is_free = *other > *node && into[*other as usize] == *other;
            if is_free && is_within(at, spots[*other as usize].at, radius) {
                into[*other as usize] = *node;
                is_any = true;
            }
        }
    }
    alive.retain(|node| into[*node as usize] == *node);
    is_any.then_some(into)
}

fn is_within(a: World, b: World, radius: u64) -> bool {
    let square = |a: u32, b: u32| u128::from(a.abs_diff(b)).pow(2);
    square(a.x, b.x) + square(a.y, b.y) <= u128::from(radius).pow(2)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn spots() -> impl Strategy<Value = Vec<Spot>> {
        let anywhere = (any::<u32>(), any::<u32>());
        let near = (0u32..1 << 22, 0u32..1 << 22).prop_map(|(x, y)| (x << 4, y << 6));
        let spot = prop_oneof![anywhere, near].prop_map(|(x, y)| World { x, y });
        prop::collection::hash_set(spot, 0..120)
            .prop_map(|all| all.into_iter().map(|at| Spot { at, is_area: false }).collect())
    }

    proptest! {
        #[test]
        fn each_place_has_one_node_and_nodes_nest(spots in spots()) {
            let tree = Tree::new(spots.clone());
            for zoom in 0..LEVELS as u8 {
                let nodes = tree.nodes(zoom);
                prop_assert_eq!(nodes.len(), spots.len());
                for (place, node) in nodes.iter().enumerate() {
                    // a node is its own, and more important than what it took in
                    prop_assert_eq!(nodes[*node as usize], *node);
                    prop_assert!(*node as usize <= place);
                    if zoom > 0 {
                        let above = tree.nodes(zoom - 1);
                        prop_assert_eq!(above[place], above[*node as usize]);
                    }
                }
                let radius = if zoom == LEVELS as u8 - 1 { 0 } else { (RADIUS << (32 - zoom)) / 512 };
                let different: HashSet<u32> = nodes.iter().copied().collect();
                let different: Vec<u32> = different.into_iter().collect();
                for (index, a) in different.iter().enumerate() {
                    for b in &different[index + 1..] {
                        let [a, b] = [a, b].map(|node| spots[*node as usize].at);
                        prop_assert!(!is_within(a, b, radius), "{zoom}: {a:?} {b:?}");
                    }
                }
            }
        }
    }
}
