//! Boxes, and which records lie in one: packed R-trees of points and of drawn links.

use std::{collections::HashMap, fmt, str::FromStr};

use foldhash::fast::RandomState;
use geo_index::rtree::{RTree, RTreeBuilder, RTreeIndex, sort::HilbertSort};
use roaring::RoaringBitmap;

use super::bitmaps;
use crate::{
    domain::{Bilingual, Position},
    formats::great_circle::great_circle,
};

/// A box in WGS 84 degrees; where `west` is greater than `east` it crosses the antimeridian.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bbox {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

/// A text that is no box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BboxError {
    /// Not four or six numbers.
    Numbers,
    /// A latitude beyond ±90.
    Range,
    /// South above north.
    Order,
    /// A longitude of more than a hundred times round the Earth.
    Turns,
}

impl BboxError {
    /// What would be right.
    pub fn reason(self) -> Bilingual {
        match self {
            Self::Numbers => [
                "quatre nombres sont attendus, ouest,sud,est,nord en degrés (ou six, avec les altitudes)",
                "four numbers are expected, west,south,east,north in degrees (or six, with heights)",
            ],
            Self::Range => [
                "les latitudes vont de -90 à 90",
                "latitudes are between -90 and 90",
            ],
            Self::Turns => [
                "une longitude fait plus de cent fois le tour de la Terre",
                "a longitude goes more than a hundred times round the Earth",
            ],
            Self::Order => [
                "le côté sud est au nord du côté nord",
                "the south side is north of the north side",
            ],
        }
        .into()
    }
}

/// The widest longitude that is taken: maps that go on beyond the antimeridian count on.
const TURNS: f64 = 36_000.0;

/// The same longitude between -180 and 180.
fn wrapped(lon: f64) -> f64 {
    if lon.abs() <= 180.0 { lon } else { (lon + 180.0).rem_euclid(360.0) - 180.0 }
}

/// `west,south,east,north`, or with heights `west,south,low,east,north,high`.
impl FromStr for Bbox {
    type Err = BboxError;

    fn from_str(text: &str) -> Result<Self, BboxError> {
        let numbers: Result<Vec<f64>, _> = text.split(',').map(|n| n.trim().parse()).collect();
        let numbers = numbers.map_err(|_| BboxError::Numbers)?;
        let ([west, south, east, north] | [west, south, _, east, north, _]) = *numbers.as_slice()
        else {
            return Err(BboxError::Numbers);
        };
        if numbers.iter().any(|number| !number.is_finite()) {
            return Err(BboxError::Numbers);
        }
        if west.abs() > TURNS || east.abs() > TURNS {
            return Err(BboxError::Turns);
        }
        if south.abs() > 90.0 || north.abs() > 90.0 {
            return Err(BboxError::Range);
        }
        if south > north {
            return Err(BboxError::Order);
        }
        if east - west >= 360.0 {
            return Ok(Self { west: -180.0, south, east: 180.0, north });
        }
        Ok(Self { west: wrapped(west), south, east: wrapped(east), north })
    }
}

/// A box that does not cross the antimeridian.
impl From<geo::Rect> for Bbox {
    fn from(rect: geo::Rect) -> Self {
        let (low, high) = (rect.min(), rect.max());
        Self { west: low.x, south: low.y, east: high.x, north: high.y }
    }
}

/// As it is read: `west,south,east,north`.
impl fmt::Display for Bbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { west, south, east, north } = self;
        write!(f, "{west},{south},{east},{north}")
    }
}

impl Bbox {
    /// From sides that are known to be on Earth and in order.
    pub(super) fn new(west: f64, south: f64, east: f64, north: f64) -> Self {
        Self { west, south, east, north }
    }

    /// West, south, east, north.
    pub(super) fn sides(self) -> [f64; 4] {
        let Self { west, south, east, north } = self;
        [west, south, east, north]
    }

    /// The box as one or two that do not cross the antimeridian.
    pub(super) fn parts(self) -> Vec<[f64; 4]> {
        let Self { west, south, east, north } = self;
        if west <= east {
            vec![[west, south, east, north]]
        } else {
            vec![[west, south, 180.0, north], [-180.0, south, east, north]]
        }
    }

    /// The box in the order of the API: west, south, east, north.
    pub fn to_array(self) -> [f64; 4] {
        [self.west, self.south, self.east, self.north]
    }
}

/// Points, each place once, with the records that are there.
pub(super) struct PointIndex {
    tree: RTree<f64>,
    /// The records of each place, one place's after another's, and where each place's begin.
    records: Vec<u32>,
    starts: Vec<u32>,
}

impl PointIndex {
    pub(super) fn new(points: &[(Position, u32)]) -> Self {
        let mut numbers: HashMap<[u64; 2], u32, RandomState> = HashMap::default();
        let mut places = Vec::new();
        let mut counts: Vec<u32> = Vec::new();
        let mut place_of = Vec::with_capacity(points.len());
        for (at, _) in points {
            let place =
                *numbers.entry([at.lon().to_bits(), at.lat().to_bits()]).or_insert_with(|| {
                    places.push(*at);
                    counts.push(0);
                    places.len() as u32 - 1
                });
            counts[place as usize] += 1;
            place_of.push(place);
        }
        let mut builder = RTreeBuilder::<f64>::new(places.len() as u32);
        for at in &places {
            builder.add(at.lon(), at.lat(), at.lon(), at.lat());
        }
        let mut starts = Vec::with_capacity(places.len() + 1);
        let mut total = 0;
        for count in &mut counts {
            starts.push(total);
            total += std::mem::replace(count, total);
        }
        starts.push(total);
        let mut records = vec![0; points.len()];
        for (place, (_, record)) in place_of.into_iter().zip(points) {
            let next = &mut counts[place as usize];
            records[*next as usize] = *record;
            *next += 1;
        }
        Self { tree: builder.finish::<HilbertSort>(), records, starts }
    }

    /// The records with a point in the box, its edges included.
    pub(super) fn within(&self, bbox: Bbox) -> RoaringBitmap {
        let mut found = Vec::new();
        for [west, south, east, north] in bbox.parts() {
            for place in self.tree.search(west, south, east, north) {
                let place = place as usize;
                let (start, end) = (self.starts[place], self.starts[place + 1]);
                found.extend_from_slice(&self.records[start as usize..end as usize]);
            }
        }
        bitmaps::of(found)
    }

    /// The smallest box around all points: west, south, east, north.
    pub(super) fn extent(&self) -> Option<[f64; 4]> {
        extent(&self.tree)
    }
}

/// The box of a tree's root.
fn extent(tree: &RTree<f64>) -> Option<[f64; 4]> {
    let root = tree.boxes_at_level(tree.num_levels() - 1).unwrap_or_default();
    root.first_chunk().copied().filter(|_| tree.num_items() > 0)
}

/// The drawn links, each part (split at the antimeridian) by its own box.
pub(super) struct LineIndex {
    tree: RTree<f64>,
    ends: Vec<(Position, Position, u32)>,
    parts: Vec<u32>,
}

/// Vertices are drawn with six decimals: a line may leave the box of its arc by so many degrees.
const ROUNDING: f64 = 2e-6;

impl LineIndex {
    pub(super) fn new(ends: Vec<(Position, Position, u32)>) -> Self {
        let mut parts = Vec::with_capacity(ends.len());
        let mut boxes = Vec::with_capacity(ends.len());
        for (index, (from, to, _)) in (0..).zip(&ends) {
            for bounds in arc_boxes(*from, *to) {
                boxes.push(bounds);
                parts.push(index);
            }
        }
        let mut builder = RTreeBuilder::<f64>::new(boxes.len() as u32);
        for [west, south, east, north] in boxes {
            builder.add(west, south, east, north);
        }
        Self { tree: builder.finish::<HilbertSort>(), ends, parts }
    }

    /// The smallest box around all links: west, south, east, north.
    pub(super) fn extent(&self) -> Option<[f64; 4]> {
        extent(&self.tree)
    }

    /// The records with a part of a drawn link whose own box meets the box.
    pub(super) fn near(&self, bbox: Bbox) -> RoaringBitmap {
        let parts = bbox.parts().into_iter().flat_map(|[w, s, e, n]| self.tree.search(w, s, e, n));
        parts.map(|part| self.ends[self.parts[part as usize] as usize].2).collect()
    }

    /// The records whose drawn link meets the box.
    pub(super) fn meeting(&self, bbox: Bbox) -> RoaringBitmap {
        let (mut found, mut meeting) = (Vec::new(), RoaringBitmap::new());
        for [west, south, east, north] in bbox.parts() {
            let rect = geo::Rect::new((west, south), (east, north));
            let inside = |at: Position| {
                (west..=east).contains(&at.lon()) && (south..=north).contains(&at.lat())
            };
            let candidates = self.tree.search(
                west - ROUNDING,
                south - ROUNDING,
                east + ROUNDING,
                north + ROUNDING,
            );
            for part in candidates {
                let (from, to, record) = self.ends[self.parts[part as usize] as usize];
                // most lines that meet a box end in it; a line to itself is none
                if from != to && (inside(from) || inside(to)) {
                    found.push(record);
                } else if !meeting.contains(record) && is_met(from, to, rect) {
                    meeting.insert(record);
                }
            }
        }
        meeting | bitmaps::of(found)
    }
}

fn is_met(from: Position, to: Position, rect: geo::Rect) -> bool {
    great_circle(from, to).into_iter().any(|line| {
        let line: geo::LineString = line.into();
        geo::Intersects::intersects(&line, &rect)
    })
}

/// The boxes around the shortest way between two places, one or two that do not cross the
/// antimeridian; none where both are one place.
fn arc_boxes(from: Position, to: Position) -> Vec<[f64; 4]> {
    const WORLD: [f64; 4] = [-180.0, -90.0, 180.0, 90.0];
    if from == to {
        return Vec::new();
    }
    let (west, east) =
        if from.lon() <= to.lon() { (from.lon(), to.lon()) } else { (to.lon(), from.lon()) };
    let (a, b) = (on_sphere(from), on_sphere(to));
    let normal = cross(a, b);
    let length = dot(normal, normal).sqrt();
    // over a pole or to the other side of the world, the way may be any
    if (east - west - 180.0).abs() < 0.1 || length < 1e-3 && dot(a, b) < 0.0 {
        return vec![WORLD];
    }
    let (mut south, mut north) =
        if from.lat() <= to.lat() { (from.lat(), to.lat()) } else { (to.lat(), from.lat()) };
    // the northernmost point of the whole circle; the southernmost is opposite
    let tilt = normal[2] / length;
    let top = [-normal[0] / length * tilt, -normal[1] / length * tilt, 1.0 - tilt * tilt];
    let passes =
        |point: [f64; 3]| dot(cross(a, point), normal) > 0.0 && dot(cross(point, b), normal) > 0.0;
    let highest = tilt.abs().min(1.0).acos().to_degrees();
    if passes(top) {
        north = north.max(highest);
    }
    if passes(top.map(|part| -part)) {
        south = south.min(-highest);
    }
    if east - west <= 180.0 {
        vec![[west, south, east, north]]
    } else {
        vec![[east, south, 180.0, north], [-180.0, south, west, north]]
    }
}

fn on_sphere(at: Position) -> [f64; 3] {
    let (lon, lat) = (at.lon().to_radians(), at.lat().to_radians());
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_drawn_link_lies_in_the_boxes_of_its_arc(
            a in (-180.0..=180.0, -90.0..=90.0), b in (-180.0..=180.0, -90.0..=90.0),
        ) {
            let (from, to) = (Position::new(a.0, a.1).unwrap(), Position::new(b.0, b.1).unwrap());
            let boxes = arc_boxes(from, to);
            for [lon, lat] in great_circle(from, to).into_iter().flatten() {
                prop_assert!(boxes.iter().any(|[west, south, east, north]| {
                    (west - ROUNDING..=east + ROUNDING).contains(&lon)
                        && (south - ROUNDING..=north + ROUNDING).contains(&lat)
                }), "{lon} {lat} is outside {boxes:?}");
            }
        }
    }
}
