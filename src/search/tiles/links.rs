//! Links in an order that keeps those together whose both ends are near each other: a bundle of
//! links between two cells is a run, at every level of the grid.

use std::{
    cmp::Reverse,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::{
    mercator::{TileAddress, World, cell_diagonal},
    sphere::{Arc, Cap, Direction},
    wanted::Wanted,
};

/// The most bundles of a tile: the largest are drawn.
const MOST: usize = 2_000;

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
}

impl Link {
    pub(super) fn new(from: u32, to: u32, record: u32, part: u16, alone_from: u8) -> Self {
        Self { from, to, record, part, alone_from, shared: 0 }
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
    pub(super) count: u64,
    /// The first of its links among those of the index, and one past its last.
    pub(super) links: (usize, usize),
}

/// The links of a register.
pub(super) struct Links {
    ends: Vec<End>,
    links: Vec<Link>,
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
        links.sort_by_cached_key(|link| {
            let key = [link.from, link.to].map(|end| ends[end as usize].at.morton());
            (interleave(key), link.record)
        });
        for index in 1..links.len() {
            links[index].shared = shared(&links[index - 1], &links[index]);
        }
        let mut this = Self { ends, links, blocks: Vec::new() };
        this.blocks = this.blocks();
        this
    }

    fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut start = 0;
        while start < self.links.len() {
            let end = self.run_end(start, BLOCK_LEVEL);
            let arc = self.arc(self.links[start]);
            blocks.push(Block { start, end, arc, reach: reach(arc, BLOCK_LEVEL) });
            start = end;
        }
        blocks
    }

    /// Where the run of links ends that share their cells with this one.
    fn run_end(&self, start: usize, level: u8) -> usize {
        let next = self.links[start + 1..].iter().position(|link| link.shared < level);
        next.map_or(self.links.len(), |offset| start + 1 + offset)
    }

    fn arc(&self, link: Link) -> Arc {
        Arc::new(self.ends[link.from as usize].direction, self.ends[link.to as usize].direction)
    }

    pub(super) fn len(&self) -> usize {
        self.links.len()
    }

    pub(super) fn get(&self, range: (usize, usize)) -> &[Link] {
        &self.links[range.0..range.1]
    }

    /// The largest bundles that may come into a tile, largest first; the grid has cells of `level`.
    pub(super) fn bundles(&self, tile: TileAddress, level: u8, wanted: &Wanted<'_>) -> Vec<Bundle> {
        let cap = tile.cap();
        let mut bundles = Vec::new();
        if level < BLOCK_LEVEL {
            self.gather((0, self.links.len()), level, cap, wanted, &mut bundles);
        } else {
            for block in &self.blocks {
                if block.arc.meets(cap.widened(block.reach)) {
                    self.gather((block.start, block.end), level, cap, wanted, &mut bundles);
                }
            }
        }
        // of equal ones the same are chosen in every tile, and from everywhere
        let rank = |bundle: &Bundle| (Reverse(bundle.count), self.lot(bundle.links.0));
        if bundles.len() > MOST {
            bundles.select_nth_unstable_by_key(MOST, rank);
            bundles.truncate(MOST);
        }
        bundles.sort_by_cached_key(rank);
        bundles
    }

    /// A number that is the same for the same link, and says nothing of where it is.
    fn lot(&self, link: usize) -> u64 {
        let Link { from, to, .. } = self.links[link];
        let mut hash = DefaultHasher::new();
        (self.ends[from as usize].at, self.ends[to as usize].at).hash(&mut hash);
        hash.finish()
    }

    fn gather(
        &self,
        (mut start, end): (usize, usize),
        level: u8,
        cap: Cap,
        wanted: &Wanted<'_>,
        bundles: &mut Vec<Bundle>,
    ) {
        while start < end {
            let first = start;
            let mut count = 0;
            loop {
                let link = &self.links[start];
                count += u64::from(link.alone_from <= level && wanted.has(link.record));
                start += 1;
                if start == end || self.links[start].shared < level {
                    break;
                }
            }
            if count > 0 {
                let arc = self.arc(self.links[first]);
                if arc.meets(cap.widened(reach(arc, level))) {
                    bundles.push(Bundle { count, links: (first, start) });
                }
            }
        }
    }

    /// The way of a bundle: between the middles of both its sides.
    pub(super) fn way(&self, bundle: Bundle, wanted: &Wanted<'_>) -> Arc {
        let links = self.get(bundle.links);
        let first = links[0];
        if links.iter().all(|link| (link.from, link.to) == (first.from, first.to)) {
            return self.arc(first);
        }
        let middle = |side: fn(&Link) -> u32| {
            let (mut x, mut y, mut count) = (0, 0, 0);
            for link in links.iter().filter(|link| wanted.has(link.record)) {
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

/// How far from a way others may pass whose ends are in the same cells, in radians: they part most
/// half way along, and for ends opposite each other as far as they like.
fn reach(arc: Arc, level: u8) -> f64 {
    let off = cell_diagonal(level);
    let middle = arc.half_angle_cosine() - off;
    if middle > 0.05 { 1.5 * off / middle } else { f64::INFINITY }
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
