//! Points in the order of a Z-curve: a tile is a few runs of them, and a cluster is a run.

use super::{
    mercator::{TileAddress, World, morton},
    wanted::Wanted,
};

/// Themes that are counted: a bit each of [`Point::themes`].
pub(super) const THEMES: usize = 32;

/// Levels of the grid below that of the tiles: a tile has 16 × 16 cells, 32 pixels wide in a tile
/// of 512, and a ring of one cell around it.
pub(super) const CELLS: u8 = 4;

/// The level at which each place is a cell of its own.
pub(super) const PLACES: u8 = 32;

/// An item at one of its places.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) at: World,
    pub(super) item: u32,
    /// Bits of the ranks of its themes.
    pub(super) themes: u32,
    /// Which of the item's places it is.
    pub(super) part: u16,
    /// The coarsest level at which no earlier place of the item is in the same cell: at coarser
    /// ones the item is counted there already.
    pub(super) alone_from: u8,
}

/// The level from which a place is in no cell of earlier ones; none where it is one of them.
pub(super) fn alone_from(at: World, earlier: impl Iterator<Item = World>) -> Option<u8> {
    let shared = earlier.map(|other| at.levels_shared(other) + 1).max().unwrap_or(0);
    (shared <= PLACES).then_some(shared)
}

/// Items that are drawn as one.
#[derive(Debug, Clone)]
pub(super) struct Cluster {
    /// In the tile's units: the middle of the items, in the cluster's own cell.
    pub(super) at: [i32; 2],
    pub(super) count: u64,
    /// How many have each theme.
    pub(super) themes: [u32; THEMES],
    /// The first of its points among those of the index, and one past its last.
    pub(super) points: (usize, usize),
    /// Whether all are at one place.
    pub(super) is_place: bool,
}

/// The points of a collection.
pub(super) struct Points {
    points: Vec<Point>,
}

impl Points {
    pub(super) fn new(mut points: Vec<Point>) -> Self {
        points.sort_unstable_by_key(|point| (point.at.morton(), point.item));
        points.shrink_to_fit();
        Self { points }
    }

    pub(super) fn get(&self, range: (usize, usize)) -> &[Point] {
        &self.points[range.0..range.1]
    }

    /// The points in a cell of a grid.
    fn in_cell(&self, (x, y): (u32, u32), level: u8) -> (usize, usize) {
        let wanted = morton(x, y);
        let place = |point: &Point| {
            let (x, y) = point.at.cell(level);
            morton(x, y)
        };
        let start = self.points.partition_point(|point| place(point) < wanted);
        let length = self.points[start..].partition_point(|point| place(point) == wanted);
        (start, start + length)
    }

    /// How many points a tile has, without its buffer.
    pub(super) fn count_in(&self, tile: TileAddress) -> usize {
        let (z, x, y) = tile.zxy();
        let (start, end) = self.in_cell((x, y), z);
        end - start
    }

    /// The coarsest grid that has no two places of what is wanted in one cell.
    pub(super) fn separating_level(&self, wanted: &Wanted<'_>) -> u8 {
        let (mut before, mut level) = (None, 0);
        // two that share a fine cell have only such between them in the order of the curve
        for point in self.points.iter().filter(|point| wanted.has(point.item)) {
            if let Some(before) = before.replace(point.at).filter(|before| *before != point.at) {
                level = level.max(point.at.levels_shared(before) + 1);
            }
        }
        level
    }

    /// The clusters of a tile and of the ring of cells around it, by a grid of cells of `level`.
    pub(super) fn clusters(
        &self,
        tile: TileAddress,
        level: u8,
        wanted: &Wanted<'_>,
    ) -> Vec<Cluster> {
        let (z, x, y) = tile.zxy();
        let mut clusters = Vec::new();
        let mut gather = |range, turns| {
            self.gather(range, level, wanted, |cluster, middle| {
                clusters.push(Cluster { at: tile.place(middle, turns), ..cluster });
            });
        };
        gather(self.in_cell((x, y), z), 0);
        let ring_level = z + CELLS;
        for (x, y, turns) in ring(tile, ring_level) {
            gather(self.in_cell((x, y), ring_level), turns);
        }
        clusters
    }

    /// Gives each cluster of a range, and its middle.
    fn gather(
        &self,
        (mut start, end): (usize, usize),
        level: u8,
        wanted: &Wanted<'_>,
        mut give: impl FnMut(Cluster, World),
    ) {
        while start < end {
            let first = self.points[start].at;
            let cell = first.cell(level);
            let mut cluster = Cluster {
                at: [0; 2],
                count: 0,
                themes: [0; THEMES],
                points: (start, start),
                is_place: true,
            };
            let (mut x, mut y, mut place) = (0, 0, None);
            for point in &self.points[start..end] {
                if point.at.cell(level) != cell {
                    break;
                }
                start += 1;
                if point.alone_from > level || !wanted.has(point.item) {
                    continue;
                }
                cluster.count += 1;
                x += u64::from(point.at.x);
                y += u64::from(point.at.y);
                let mut themes = point.themes;
                while themes != 0 {
                    cluster.themes[themes.trailing_zeros() as usize] += 1;
                    themes &= themes - 1;
                }
                cluster.is_place &= *place.get_or_insert(point.at) == point.at;
            }
            cluster.points.1 = start;
            if cluster.count > 0 {
                let middle = |sum| (sum / cluster.count) as u32;
                let middle = World { x: middle(x), y: middle(y) };
                give(cluster, middle);
            }
        }
    }
}

/// The cells around a tile: column and row, and how many turns around the world they are away.
fn ring(tile: TileAddress, level: u8) -> impl Iterator<Item = (u32, u32, i64)> {
    let cells = 1i64 << CELLS;
    let world = 1i64 << level;
    let (x0, y0) = tile.first_cell(level);
    (-1..=cells).flat_map(move |dy| {
        let step = if dy == -1 || dy == cells { 1 } else { (cells + 1) as usize };
        (-1..=cells).step_by(step).filter_map(move |dx| {
            let (x, y) = (x0 + dx, y0 + dy);
            let inside = (0..world).contains(&y);
            inside.then(|| (x.rem_euclid(world) as u32, y as u32, x.div_euclid(world)))
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use roaring::RoaringBitmap;

    use super::*;

    /// Items with up to three places each, some of them shared.
    fn items() -> impl Strategy<Value = Vec<Vec<World>>> {
        let anywhere = (any::<u32>(), any::<u32>());
        // near each other, and on both sides of the antimeridian
        let near =
            (0u32..1 << 14, 0u32..1 << 14).prop_map(|(x, y)| (x.wrapping_sub(8_000), y << 18));
        let place = prop_oneof![anywhere, near].prop_map(|(x, y)| World { x, y });
        prop::collection::vec(prop::collection::vec(place, 1..=3), 1..60)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        /// Against a count of the cells themselves: nothing is left out, nothing counted twice.
        #[test]
        fn every_item_is_counted_once_in_each_of_its_cells(
            items in items(), chosen in any::<u64>(), z in 0u8..=4, is_last in any::<bool>(),
        ) {
            let mut points = Vec::new();
            for (item, places) in (0..).zip(&items) {
                for (part, at) in places.iter().enumerate() {
                    let earlier = places[..part].iter().copied();
                    if let Some(alone_from) = alone_from(*at, earlier) {
                        let (at, part) = (*at, part as u16);
                        points.push(Point { at, item, themes: 1, part, alone_from });
                    }
                }
            }
            let selected: RoaringBitmap =
                (0..items.len() as u32).filter(|item| chosen >> (item % 64) & 1 == 1).collect();
            let index = Points::new(points);
            let wanted = Wanted::new(&selected, items.len(), usize::MAX);
            let level = if is_last { PLACES } else { z + CELLS };
            let mut counted = 0;
            for (x, y) in (0..1u32 << z).flat_map(|x| (0..1u32 << z).map(move |y| (x, y))) {
                let tile = TileAddress::new(z, x, y).unwrap();
                for cluster in index.clusters(tile, level, &wanted) {
                    prop_assert!(cluster.at.iter().all(|n| (-256..4096 + 256).contains(n)));
                    prop_assert_eq!(u64::from(cluster.themes[0]), cluster.count);
                    if cluster.at.iter().all(|n| (0..4096).contains(n)) {
                        counted += cluster.count;
                    }
                }
            }
            let cells: HashSet<(u32, (u32, u32))> = selected
                .iter()
                .flat_map(|item| items[item as usize].iter().map(move |at| (item, at.cell(level))))
                .collect();
            prop_assert_eq!(counted, cells.len() as u64);
        }
    }

    #[test]
    fn a_ring_has_no_cell_twice_and_goes_round_the_world() {
        let tile = TileAddress::new(3, 0, 4).unwrap();
        let cells: Vec<_> = ring(tile, 7).collect();
        assert_eq!(cells.len(), 68);
        assert!(cells.contains(&(127, 64, -1)));
        assert!(cells.contains(&(16, 64, 0)));
        // nothing is north of the northern edge
        assert_eq!(ring(TileAddress::new(0, 0, 0).unwrap(), 4).count(), 32);
    }

    #[test]
    fn a_place_of_an_item_is_alone_or_counted_already() {
        let at = World { x: 1, y: 1 };
        assert_eq!(alone_from(at, std::iter::empty()), Some(0));
        assert_eq!(alone_from(at, [at].into_iter()), None);
        let far = World { x: 1 << 31, y: 1 };
        assert_eq!(alone_from(at, [far].into_iter()), Some(1));
    }
}
