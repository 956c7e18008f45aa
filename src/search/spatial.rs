//! Boxes, and which records lie in one: packed R-trees of points and of drawn links.

use std::str::FromStr;

use geo_index::rtree::{RTree, RTreeBuilder, RTreeIndex, sort::HilbertSort};
use roaring::RoaringBitmap;

use crate::{domain::Position, formats::geojson::great_circle};

/// A box in WGS 84 degrees; where `west` is greater than `east` it crosses the antimeridian.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bbox {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

/// A text that is no box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BboxError {
    /// Not four or six numbers.
    #[error("four numbers are expected, west,south,east,north in degrees (or six, with heights)")]
    Numbers,
    /// A longitude beyond ±180 or a latitude beyond ±90.
    #[error("longitudes are between -180 and 180, latitudes between -90 and 90")]
    Range,
    /// South above north.
    #[error("the south side is north of the north side")]
    Order,
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
        if west.abs() > 180.0 || east.abs() > 180.0 || south.abs() > 90.0 || north.abs() > 90.0 {
            return Err(BboxError::Range);
        }
        if south > north {
            return Err(BboxError::Order);
        }
        Ok(Self { west, south, east, north })
    }
}

impl Bbox {
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

/// The points of the foreign sides, each with its record.
pub(super) struct Points {
    tree: RTree<f64>,
    records: Vec<u32>,
}

impl Points {
    pub(super) fn new(points: &[(Position, u32)]) -> Self {
        let mut builder = RTreeBuilder::<f64>::new(points.len() as u32);
        for (at, _) in points {
            builder.add(at.lon(), at.lat(), at.lon(), at.lat());
        }
        Self {
            tree: builder.finish::<HilbertSort>(),
            records: points.iter().map(|(_, record)| *record).collect(),
        }
    }

    /// The records with a point in the box, its edges included.
    pub(super) fn within(&self, bbox: Bbox) -> RoaringBitmap {
        let found = bbox.parts().into_iter().flat_map(|[w, s, e, n]| self.tree.search(w, s, e, n));
        found.map(|index| self.records[index as usize]).collect()
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
pub(super) struct Lines {
    tree: RTree<f64>,
    ends: Vec<(Position, Position, u32)>,
    parts: Vec<u32>,
}

impl Lines {
    pub(super) fn new(ends: Vec<(Position, Position, u32)>) -> Self {
        let mut parts = Vec::with_capacity(ends.len());
        let mut boxes = Vec::with_capacity(ends.len());
        for (index, (from, to, _)) in ends.iter().enumerate() {
            for line in great_circle(*from, *to) {
                let mut bounds = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
                for [lon, lat] in line {
                    bounds[0] = bounds[0].min(lon);
                    bounds[1] = bounds[1].min(lat);
                    bounds[2] = bounds[2].max(lon);
                    bounds[3] = bounds[3].max(lat);
                }
                boxes.push(bounds);
                parts.push(index as u32);
            }
        }
        let mut builder = RTreeBuilder::<f64>::new(boxes.len() as u32);
        for [west, south, east, north] in boxes {
            builder.add(west, south, east, north);
        }
        Self { tree: builder.finish::<HilbertSort>(), ends, parts }
    }

    /// The smallest box around all drawn links: west, south, east, north.
    pub(super) fn extent(&self) -> Option<[f64; 4]> {
        extent(&self.tree)
    }

    /// The records whose drawn link meets the box.
    pub(super) fn meeting(&self, bbox: Bbox) -> RoaringBitmap {
        let mut records = RoaringBitmap::new();
        for [west, south, east, north] in bbox.parts() {
            let rect = geo::Rect::new((west, south), (east, north));
            for part in self.tree.search(west, south, east, north) {
                let (from, to, record) = self.ends[self.parts[part as usize] as usize];
                if records.contains(record) {
                    continue;
                }
                let meets = great_circle(from, to).into_iter().any(|line| {
                    let line: geo::LineString = line.into();
                    geo::Intersects::intersects(&line, &rect)
                });
                if meets {
                    records.insert(record);
                }
            }
        }
        records
    }
}
