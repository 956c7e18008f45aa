//! A great circle as lines of one tile: as fine as the tile shows, clipped to it and its buffer.

use std::f64::consts::{PI, TAU};

use super::{
    mercator::{TileAddress, mercator_y},
    sphere::Arc,
};
use crate::formats::mvt::EXTENT;

/// How far beyond its edges a tile has lines, in its units: 8 pixels in a tile of 512.
pub(super) const BUFFER: i32 = 64;

/// How far a line may be from the great circle, in the tile's units: a quarter of a pixel.
const TOLERANCE: f64 = 2.0;

/// The longest step that is not divided before it is looked at, in radians.
const STEP: f64 = PI / 12.0;

/// A step is halved at most so many times.
const HALVINGS: u8 = 8;

/// Places in widths of the world; x goes on beyond 0 and 1 where a way goes over the antimeridian.
type Place = [f64; 2];

/// The parts of a way that are in a tile; none where it only passes near.
pub(super) fn lines(arc: Arc, tile: TileAddress) -> Vec<Vec<[i32; 2]>> {
    let Some((start, end)) = arc.within(tile.cap()) else { return Vec::new() };
    let line = drawn(arc, (start, end), tile);
    let (low, high) = (f64::from(-BUFFER), f64::from(EXTENT + BUFFER));
    let mut parts = Vec::new();
    // the same way once more around the world, where the tile has that side of it
    for turns in -1..=1 {
        let local: Vec<[f64; 2]> =
            line.iter().map(|[x, y]| tile.place_exactly([x + f64::from(turns), *y])).collect();
        clip(&local, (low, high), &mut parts);
    }
    parts
}

/// The vertices of a stretch of a way.
fn drawn(arc: Arc, (start, end): (f64, f64), tile: TileAddress) -> Vec<Place> {
    let units = f64::from(EXTENT) * f64::from(1u32 << tile.zxy().0);
    let vertices = vec![place(arc, start, None)];
    let mut drawn = Drawn { arc, tolerance: TOLERANCE / units, vertices };
    let steps = ((end - start) / STEP).ceil().max(1.0) as u32;
    let mut from = start;
    for step in 1..=steps {
        let to = start + (end - start) * f64::from(step) / f64::from(steps);
        drawn.go_on((from, to), HALVINGS);
        from = to;
    }
    drawn.vertices
}

/// A way, as far as it is drawn.
struct Drawn {
    arc: Arc,
    /// How far from it a line may be, in widths of the world.
    tolerance: f64,
    vertices: Vec<Place>,
}

impl Drawn {
    /// Adds the vertices behind the last one, up to the end of a step.
    fn go_on(&mut self, (from, to): (f64, f64), halvings: u8) {
        let Some(start) = self.vertices.last().copied() else { return };
        let half = f64::midpoint(from, to);
        let middle = place(self.arc, half, Some(start));
        let end = place(self.arc, to, Some(middle));
        let off = [0, 1].map(|axis| middle[axis] - f64::midpoint(start[axis], end[axis]));
        if halvings == 0 || off[0].hypot(off[1]) <= self.tolerance {
            self.vertices.push(end);
            return;
        }
        self.go_on((from, half), halvings - 1);
        self.go_on((half, to), halvings - 1);
    }
}

/// Where a way is, on the turn around the world that is nearest to where it was before.
fn place(arc: Arc, along: f64, before: Option<Place>) -> Place {
    let [x, y, z] = arc.point(along);
    let mut east = y.atan2(x) / TAU + 0.5;
    if let Some([before, _]) = before {
        east += (before - east).round();
    }
    [east, mercator_y(z)]
}

/// Adds the parts of a line that are within a square, in whole units, each of two vertices or more.
fn clip(line: &[[f64; 2]], bounds: (f64, f64), parts: &mut Vec<Vec<[i32; 2]>>) {
    let mut part: Vec<[i32; 2]> = Vec::new();
    let mut end_part = |part: &mut Vec<[i32; 2]>| {
        let done = std::mem::take(part);
        if done.len() > 1 {
            parts.push(done);
        }
    };
    for pair in line.windows(2) {
        let Some((enters, leaves)) = inside(pair[0], pair[1], bounds) else {
            end_part(&mut part);
            continue;
        };
        let at = |share: f64| {
            [0, 1].map(|axis| {
                (pair[0][axis] + (pair[1][axis] - pair[0][axis]) * share).round() as i32
            })
        };
        if enters > 0.0 {
            end_part(&mut part);
        }
        for vertex in [at(enters), at(leaves)] {
            if part.last() != Some(&vertex) {
                part.push(vertex);
            }
        }
        if leaves < 1.0 {
            end_part(&mut part);
        }
    }
    end_part(&mut part);
}

/// From where to where, as shares of its length, a segment is within a square (the algorithm of
/// Liang and Barsky).
fn inside(from: [f64; 2], to: [f64; 2], (low, high): (f64, f64)) -> Option<(f64, f64)> {
    let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
    for axis in [0, 1] {
        let step = to[axis] - from[axis];
        for (step, room) in [(-step, from[axis] - low), (step, high - from[axis])] {
            if step == 0.0 {
                if room < 0.0 {
                    return None;
                }
            } else if step < 0.0 {
                enters = enters.max(room / step);
            } else {
                leaves = leaves.min(room / step);
            }
        }
    }
    (enters <= leaves).then_some((enters, leaves))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::mercator::World, *};
    use crate::domain::Position;

    fn arc(from: (f64, f64), to: (f64, f64)) -> Arc {
        let end = |(lon, lat)| World::of(Position::new(lon, lat).unwrap()).direction();
        Arc::new(end(from), end(to))
    }

    fn tile(z: u8, x: u32, y: u32) -> TileAddress {
        TileAddress::new(z, x, y).unwrap()
    }

    #[test]
    fn a_way_over_the_antimeridian_leaves_on_one_side_and_comes_back_on_the_other() {
        // Nouméa to Papeete
        let way = arc((166.44, -22.27), (-149.57, -17.53));
        let parts = lines(way, tile(0, 0, 0));
        assert_eq!(parts.len(), 2, "{parts:?}");
        let ends: Vec<i32> = parts.iter().flatten().map(|[x, _]| *x).collect();
        assert_eq!(
            (ends.iter().min(), ends.iter().max()),
            (Some(&-BUFFER), Some(&(EXTENT + BUFFER)))
        );
        for part in &parts {
            for pair in part.windows(2) {
                assert!((pair[0][0] - pair[1][0]).abs() < EXTENT / 2, "{parts:?}");
            }
        }
        assert!(lines(way, tile(2, 1, 1)).is_empty());
        assert_eq!(lines(way, tile(2, 3, 2)).len(), 1);
        assert_eq!(lines(way, tile(2, 0, 2)).len(), 1);
    }

    #[test]
    fn a_long_way_bends_and_a_short_one_is_straight() {
        let across = lines(arc((2.35, 48.86), (139.7, 35.7)), tile(0, 0, 0));
        assert!(across[0].len() > 8, "{across:?}");
        let north = across[0].iter().map(|[_, y]| *y).min().unwrap();
        assert!(north < across[0][0][1] - 300, "over Siberia: {across:?}");
        let near = lines(arc((2.35, 48.86), (2.36, 48.87)), tile(8, 129, 88));
        assert_eq!(near[0].len(), 2);
    }

    proptest! {
        /// What the tiles of a zoom level show of a way is all of it, and nothing else.
        #[test]
        fn tiles_share_a_way_between_them(
            from in (-180.0..=180.0, -80.0..=80.0), to in (-180.0..=180.0, -80.0..=80.0),
            z in 0u8..=4,
        ) {
            let way = arc(from, to);
            prop_assume!((0.1..3.0).contains(&way.angle()));
            for step in 0..=50 {
                let [x, y] = place(way, way.angle() * f64::from(step) / 50.0, None);
                prop_assume!((0.0..1.0).contains(&y));
                let tiles = f64::from(1u32 << z);
                let index = |n: f64| ((n.rem_euclid(1.0) * tiles) as u32).min((1 << z) - 1);
                let tile = tile(z, index(x), index(y));
                let [x, y] = tile.place_exactly([x.rem_euclid(1.0), y]);
                let near = lines(way, tile).iter().flat_map(|part| {
                    part.windows(2).map(|pair| distance([x, y], pair[0], pair[1])).collect::<Vec<_>>()
                }).fold(f64::INFINITY, f64::min);
                prop_assert!(near < 8.0, "{near} from {tile:?}");
            }
        }

        #[test]
        fn every_vertex_is_in_the_tile_or_its_buffer(
            from in (-180.0..=180.0, -85.0..=85.0), to in (-180.0..=180.0, -85.0..=85.0),
            z in 0u8..=6, x in 0u32..64, y in 0u32..64,
        ) {
            let tile = tile(z, x >> (6 - z), y >> (6 - z));
            for part in lines(arc(from, to), tile) {
                prop_assert!(part.len() > 1);
                for [x, y] in &part {
                    let inside = -BUFFER..=EXTENT + BUFFER;
                    prop_assert!(inside.contains(x) && inside.contains(y));
                }
                for pair in part.windows(2) {
                    prop_assert_ne!(pair[0], pair[1]);
                }
            }
        }
    }

    fn distance(point: [f64; 2], from: [i32; 2], to: [i32; 2]) -> f64 {
        let [from, to] = [from, to].map(|end| end.map(f64::from));
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        let along = (point[0] - from[0]) * dx + (point[1] - from[1]) * dy;
        let share = (along / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        (from[0] + share * dx - point[0]).hypot(from[1] + share * dy - point[1])
    }
}
