//! Where things are in a tile: Web Mercator (EPSG:3857) as the tile matrix set `WebMercatorQuad`
//! divides it (OGC 17-083r4, annex D.1).

use std::f64::consts::{PI, SQRT_2, TAU};

use super::sphere::{Cap, Direction};
use crate::{domain::Position, formats::mvt::EXTENT};

/// The deepest zoom level that is served; maps draw further ones from it.
pub const LAST_ZOOM: u8 = 14;

/// How far north and south tiles go, in degrees.
pub const LATITUDES: f64 = 85.051_129;

/// A point of the world in 2³² parts of its width: x from the antimeridian eastwards, y from
/// 85.05° north southwards. What is nearer to a pole is at the edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct World {
    pub(super) x: u32,
    pub(super) y: u32,
}

/// Width of the world in its own units.
const WIDTH: f64 = 4_294_967_296.0;

impl World {
    pub(super) fn of(position: Position) -> Self {
        // 180° is where -180° is
        let x = ((position.lon() + 180.0) / 360.0 * WIDTH).floor() as u64 as u32;
        let y = (mercator_y(position.lat().to_radians().sin()) * WIDTH).floor();
        Self { x, y: y.clamp(0.0, WIDTH - 1.0) as u32 }
    }

    /// The cell of a grid of 2^`level` columns and rows.
    pub(super) fn cell(self, level: u8) -> (u32, u32) {
        let part = |n: u32| (u64::from(n) >> (32 - level)) as u32;
        (part(self.x), part(self.y))
    }

    /// The place in the Z-order curve: points of a cell follow each other, whatever the level.
    pub(super) fn morton(self) -> u64 {
        morton(self.x, self.y)
    }

    /// The number of grid levels, from the coarsest, in which two points share their cell.
    pub(super) fn levels_shared(self, other: Self) -> u8 {
        ((self.x ^ other.x) | (self.y ^ other.y)).leading_zeros() as u8
    }

    /// Seen from the middle of the Earth.
    pub(super) fn direction(self) -> Direction {
        direction(f64::from(self.x) / WIDTH, f64::from(self.y) / WIDTH)
    }
}

/// Bits of two numbers, taken in turn.
pub(super) fn morton(x: u32, y: u32) -> u64 {
    spread(x) | spread(y) << 1
}

fn spread(n: u32) -> u64 {
    let mut n = u64::from(n);
    n = (n | n << 16) & 0x0000_ffff_0000_ffff;
    n = (n | n << 8) & 0x00ff_00ff_00ff_00ff;
    n = (n | n << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    n = (n | n << 2) & 0x3333_3333_3333_3333;
    (n | n << 1) & 0x5555_5555_5555_5555
}

/// From the sine of a latitude: 0 at the north edge of the world, 1 at the south edge, beyond
/// them nearer to the poles.
pub(super) fn mercator_y(sine: f64) -> f64 {
    0.5 - sine.clamp(-0.999_999_9, 0.999_999_9).atanh() / TAU
}

/// The direction of a point of the world, both parts of it from 0 to 1.
fn direction(x: f64, y: f64) -> Direction {
    let lon = (x - 0.5) * TAU;
    let lat = (PI * (1.0 - 2.0 * y)).sinh().atan();
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

/// A tile of the world, by zoom level, column from the west and row from the north.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileAddress {
    z: u8,
    x: u32,
    y: u32,
}

impl TileAddress {
    /// None where the zoom level is too deep, or has no such column or row.
    pub fn new(z: u8, x: u32, y: u32) -> Option<Self> {
        let inside = z <= LAST_ZOOM && x < 1 << z && y < 1 << z;
        inside.then_some(Self { z, x, y })
    }

    /// Zoom level, column, row.
    pub fn zxy(self) -> (u8, u32, u32) {
        (self.z, self.x, self.y)
    }

    /// The four tiles of the next zoom level; none below the last one.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let at = move |(dx, dy)| Self::new(self.z + 1, self.x * 2 + dx, self.y * 2 + dy);
        [(0, 0), (1, 0), (0, 1), (1, 1)].into_iter().filter_map(at)
    }

    /// The column and row of the tile's north-western cell in a grid that divides it.
    pub(super) fn first_cell(self, level: u8) -> (i64, i64) {
        let shift = level - self.z;
        (i64::from(self.x) << shift, i64::from(self.y) << shift)
    }

    /// Where in the tile a point of the world is, `turns` times around it.
    pub(super) fn place(self, at: World, turns: i64) -> [i32; 2] {
        let (x0, y0) = self.first_cell(32);
        let shift = 32 - self.z - EXTENT.ilog2() as u8;
        let local = |n: i64| (n >> shift) as i32;
        [local(i64::from(at.x) + (turns << 32) - x0), local(i64::from(at.y) - y0)]
    }

    /// Where in the tile a point is that is given in widths of the world.
    pub(super) fn place_exactly(self, [x, y]: [f64; 2]) -> [f64; 2] {
        let tiles = f64::from(1u32 << self.z);
        let local = |n: f64, first: u32| (n * tiles - f64::from(first)) * f64::from(EXTENT);
        [local(x, self.x), local(y, self.y)]
    }

    /// A circle on Earth around the tile and its buffer.
    pub(super) fn cap(self) -> Cap {
        let tiles = f64::from(1u32 << self.z);
        let at = |dx: f64, dy: f64| {
            let y = ((f64::from(self.y) + dy) / tiles).clamp(0.0, 1.0);
            direction((f64::from(self.x) + dx) / tiles, y)
        };
        let edge = [-0.1, 0.5, 1.1];
        let corners = edge.iter().flat_map(|x| edge.map(|y| at(*x, y)));
        Cap::around(at(0.5, 0.5), corners)
    }
}

/// The diagonal of a cell of a grid where it is largest, at the equator, in radians.
pub(super) fn cell_diagonal(level: u8) -> f64 {
    TAU * SQRT_2 / f64::from(level).exp2()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(lon: f64, lat: f64) -> World {
        World::of(Position::new(lon, lat).unwrap())
    }

    #[test]
    fn the_world_is_square_and_wraps() {
        assert_eq!(world(0.0, 0.0), World { x: 1 << 31, y: 1 << 31 });
        assert_eq!(world(180.0, 0.0), world(-180.0, 0.0));
        assert_eq!(world(0.0, 90.0).y, 0);
        assert_eq!(world(0.0, -90.0).y, u32::MAX);
        assert_eq!(world(-180.0, 85.06).cell(4), (0, 0));
    }

    #[test]
    fn a_place_is_where_other_maps_have_it() {
        // Lyon, as the usual formula of slippy maps gives it: tile 12/2103/1461
        let lyon = world(4.8357, 45.764);
        assert_eq!(lyon.cell(12), (2103, 1461));
        let tile = TileAddress::new(12, 2103, 1461).unwrap();
        let [x, y] = tile.place(lyon, 0);
        assert!((0..EXTENT).contains(&x) && (0..EXTENT).contains(&y));
        let back = lyon.direction();
        assert!((back[2].asin().to_degrees() - 45.764).abs() < 1e-6);
        assert!((back[1].atan2(back[0]).to_degrees() - 4.8357).abs() < 1e-6);
    }

    #[test]
    fn cells_shared_are_counted_from_the_coarsest() {
        let (a, b) = (World { x: 0, y: 0 }, World { x: 1 << 27, y: 0 });
        assert_eq!(a.levels_shared(b), 4);
        assert_eq!(a.cell(4), b.cell(4));
        assert_ne!(a.cell(5), b.cell(5));
        assert_eq!(a.levels_shared(a), 32);
    }

    #[test]
    fn the_curve_keeps_cells_together() {
        let (a, b) = (World { x: 5, y: 9 }, World { x: 6, y: 9 });
        assert!(a.morton() < b.morton());
        assert_eq!(morton(u32::MAX, u32::MAX), u64::MAX);
    }

    #[test]
    fn tiles_beyond_the_world_are_none() {
        assert!(TileAddress::new(0, 0, 0).is_some());
        assert!(TileAddress::new(2, 4, 0).is_none());
        assert!(TileAddress::new(15, 0, 0).is_none());
        assert!(TileAddress::new(LAST_ZOOM, 0, 0).unwrap().children().next().is_none());
    }
}
