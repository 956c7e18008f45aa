//! Links in an order that keeps those together whose both ends are near each other: a bundle of
//! links between two cells is a run, at every level of the grid.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use super::{
    mercator::{TileAddress, World, cell_diagonal},
    sphere::{Arc, Cap, Direction, Plane},
    wanted::Wanted,
};

/// The most bundles of a tile: the largest are drawn.
const MOST: usize = 1_000;

/// The middle of a bundle is that of so many of its links, from all over it.
const SAMPLED: usize = 64;

/// The level of the blocks that are passed over whole: 2.8 degrees wide.
const BLOCK_LEVEL: u8 = 7;

/// A place where links begin or end.
#[derive(Debug, Clone, Copy)]
struct End {
    at: World,
    direction: Direction,
}

/// A record and one of its places, seen from the lead collectivity.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    /// Number of the place of the collectivity.
    pub(super) from: u32,
    /// Number of the place of the partner.
    pub(super) to: u32,
    pub(super) record: u32,
    /// Which of the record's partners.
    pub(super) part: u16,
    /// As of [`super::points::Point`].
    pub(super) alone_from: u8,
    /// The levels at which both ends share their cells with those of the link before.
    shared: u8,
    /// The same for the same two places, and nothing of where they are.
    lot: u32,
}

impl Link {
    pub(super) fn new(from: u32, to: u32, record: u32, part: u16, alone_from: u8) -> Self {
        Self { from, to, record, part, alone_from, shared: 0, lot: 0 }
    }
}

/// Links of the same two cells that follow each other.
struct Block {
    start: usize,
    end: usize,
    arc: Arc,
    /// How far from the arc any of its links may pass, in radians.
    reach: f64,
}

/// Links that are drawn as one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bundle {
    pub(super) count: u32,
    lot: u32,
    /// The first of its links among those of the index, and one past its last.
    links: (u32, u32),
}

impl Bundle {
    /// Largest first. Of equal ones the same come first in every tile, and from everywhere.
    fn rank(&self) -> u64 {
        u64::from(!self.count) << 32 | u64::from(self.lot)
    }
}

/// The links of a register.
pub(super) struct Links {
    ends: Vec<End>,
    order: Vec<Link>,
    /// Those of the links, apart: they are all asked for most tiles.
    planes: Vec<Plane>,
    blocks: Vec<Block>,
}

impl Links {
    /// From the places, and links between different ones.
    pub(super) fn new(places: &[World], mut links: Vec<Link>) -> Self {
        let ends: Vec<End> =
            places.iter().map(|at| End { at: *at, direction: at.direction() }).collect();
        let shared = |a: &Link, b: &Link| {
            let shared = |a: u32, b: u32| ends[a as usize].at.levels_shared(ends[b as usize].at);
            shared(a.from, b.from).min(shared(a.to, b.to))
        };
        // bits of both places, taken in turn from the coarsest cell to the finest
        let curve = |end: u32| ends[end as usize].at.morton();
        links.sort_by_cached_key(|link| {
            (interleave([curve(link.from), curve(link.to)]), link.record)
        });
        for index in 1..links.len() {
            links[index].shared = shared(&links[index - 1], &links[index]);
        }
        for link in &mut links {
            let places = [link.from, link.to].map(|end| ends[end as usize].at);
            link.lot = FixedState::default().hash_one(places) as u32;
        }
        let mut this = Self { ends, order: links, planes: Vec::new(), blocks: Vec::new() };
        this.planes = this.order.iter().map(|link| this.arc(*link).plane()).collect();
        this.blocks = this.blocks();
        this
    }

    fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut start = 0;
        while start < self.order.len() {
            let end = self.run_end(start, BLOCK_LEVEL);
            let arc = self.arc(self.order[start + (end - start) / 2]);
            let ends = self.order[start..end].iter().map(|link| self.arc(*link));
            let off = ends.map(|other| arc.parted(other)).fold(0.0, f64::max);
            blocks.push(Block { start, end, arc, reach: off * arc.parting() });
            start = end;
        }
        blocks
    }

    /// Where the run of links ends that share their cells with this one.
    fn run_end(&self, start: usize, level: u8) -> usize {
        let next = self.order[start + 1..].iter().position(|link| link.shared < level);
        next.map_or(self.order.len(), |offset| start + 1 + offset)
    }

    fn arc(&self, link: Link) -> Arc {
        Arc::new(self.ends[link.from as usize].direction, self.ends[link.to as usize].direction)
    }

    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// The links of a bundle.
    pub(super) fn of(&self, bundle: Bundle) -> &[Link] {
        &self.order[bundle.links.0 as usize..bundle.links.1 as usize]
    }

    /// The largest bundles that may come into a tile, largest first; the grid has cells of `level`.
    pub(super) fn bundles(&self, tile: TileAddress, level: u8, wanted: &Wanted<'_>) -> Vec<Bundle> {
        let cap = tile.cap();
        let mut found = Vec::new();
        let mut gather = |range| self.gather(range, (level, cap), wanted, &mut found);
        if level < BLOCK_LEVEL {
            gather((0, self.order.len()));
        } else {
            let near = |block: &&Block| block.arc.meets(cap.widened(block.reach));
            self.blocks.iter().filter(near).for_each(|block| gather((block.start, block.end)));
        }
        // to look closely at all of them would take longer than to draw the largest
        let mut looked_at = 4 * MOST;
        loop {
            if looked_at < found.len() {
                found.select_nth_unstable_by_key(looked_at, Bundle::rank);
            }
            let largest = found.iter().take(looked_at);
            let mut bundles: Vec<Bundle> =
                largest.filter(|bundle| self.meets(bundle, level, cap)).copied().collect();
            if bundles.len() >= MOST || looked_at >= found.len() {
                bundles.sort_unstable_by_key(Bundle::rank);
                bundles.truncate(MOST);
                return bundles;
            }
            looked_at *= 4;
        }
    }

    fn meets(&self, bundle: &Bundle, level: u8, cap: Cap) -> bool {
        let arc = self.arc(self.of(*bundle)[0]);
        arc.meets(cap.widened(cell_diagonal(level) * arc.parting()))
    }

    /// Adds the bundles of a range of links whose great circles come near.
    fn gather(
        &self,
        (mut start, end): (usize, usize),
        (level, cap): (u8, Cap),
        wanted: &Wanted<'_>,
        found: &mut Vec<Bundle>,
    ) {
        let off = cell_diagonal(level);
        while start < end {
            let first = start;
            let mut count = 0;
            loop {
                let link = &self.order[start];
                count += u32::from(link.alone_from <= level && wanted.has(link.record));
                start += 1;
                if start == end || self.order[start].shared < level {
                    break;
                }
            }
            if count > 0 && cap.is_near(self.planes[first], off) {
                let lot = self.order[first].lot;
                found.push(Bundle { count, lot, links: (first as u32, start as u32) });
            }
        }
    }

    /// The way of a bundle: between the middles of both its sides.
    pub(super) fn way(&self, bundle: Bundle, wanted: &Wanted<'_>) -> Arc {
        let links = self.of(bundle);
        let first = links[0];
        if links.iter().all(|link| (link.from, link.to) == (first.from, first.to)) {
            return self.arc(first);
        }
        let middle = |side: fn(&Link) -> u32| {
            let (mut x, mut y, mut count) = (0, 0, 0);
            let shown = links.iter().filter(|link| wanted.has(link.record));
            for link in shown.step_by(bundle.count as usize / SAMPLED + 1) {
                let at = self.ends[side(link) as usize].at;
                x += u64::from(at.x);
                y += u64::from(at.y);
                count += 1;
            }
            let count = count.max(1);
            World { x: (x / count) as u32, y: (y / count) as u32 }.direction()
        };
        Arc::new(middle(|link| link.from), middle(|link| link.to))
    }
}

/// Pairs of bits of two numbers, taken in turn.
fn interleave([a, b]: [u64; 2]) -> u128 {
    let spread = |n: u64| {
        let mut n = u128::from(n);
        n = (n | n << 32) & 0x0000_0000_ffff_ffff_0000_0000_ffff_ffff;
        n = (n | n << 16) & 0x0000_ffff_0000_ffff_0000_ffff_0000_ffff;
        n = (n | n << 8) & 0x00ff_00ff_00ff_00ff_00ff_00ff_00ff_00ff;
        n = (n | n << 4) & 0x0f0f_0f0f_0f0f_0f0f_0f0f_0f0f_0f0f_0f0f;
        (n | n << 2) & 0x3333_3333_3333_3333_3333_3333_3333_3333
    };
    spread(a) << 2 | spread(b)
}
