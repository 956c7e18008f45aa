//! Mapbox Vector Tiles 2.1: one layer of points or lines, never larger than a bound.

use mvt::{Error, GeomData, GeomEncoder, GeomType, Layer};

/// Units along a side of a tile (MVT 2.1, 4.1); y grows southwards.
pub const EXTENT: i32 = 4096;

/// The media type, as registered with IANA.
pub const MEDIA_TYPE: &str = "application/vnd.mapbox-vector-tile";

/// The most bytes of a tile, uncompressed, unless its writer is given another bound.
pub const MOST_BYTES: usize = 500_000;

/// What a feature's attribute says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A number of things.
    Count(u64),
}

/// An attribute of a feature, with its name.
pub type Attribute = (&'static str, Value);

/// Writes the features of one layer, the important ones first: later ones that would make the
/// tile too large are left out.
pub struct TileWriter {
    layer: Layer,
    name: &'static str,
    bytes: usize,
    most: usize,
}

impl TileWriter {
    /// A tile whose one layer has this name.
    pub fn new(name: &'static str) -> Self {
        let layer = mvt::Tile::new(EXTENT as u32).create_layer(name);
        // the names of attributes are written once
        Self { layer, name, bytes: 2 * 1024, most: MOST_BYTES }
    }

    /// The same with another bound.
    #[must_use]
    pub fn of_at_most(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// Whether attributes would fit that a feature can do without: the last fifth of a tile is for
    /// what every feature must have.
    pub fn has_room(&self, attributes: &[Attribute]) -> bool {
        self.bytes + size_of_attributes(attributes) < self.most / 5 * 4
    }

    /// Adds a point; whether there was room.
    pub fn point(&mut self, at: [i32; 2], attributes: Vec<Attribute>) -> bool {
        let encoded = || GeomEncoder::new(GeomType::Point).point(at[0], at[1])?.encode();
        self.feature(encoded(), 8, attributes)
    }

    /// Adds a line of one part or of several, each of two different points or more; whether
    /// there was room.
    pub fn lines(&mut self, lines: &[Vec<[i32; 2]>], attributes: Vec<Attribute>) -> bool {
        let encoded = || {
            let mut encoder = GeomEncoder::new(GeomType::Linestring);
            for line in lines {
                for [x, y] in line {
                    encoder.add_point(*x, *y)?;
                }
                encoder.complete_geom()?;
            }
            encoder.encode()
        };
        // a step within a tile and its buffer takes two bytes a coordinate
        let vertices: usize = lines.iter().map(|line| line.len() + 2).sum();
        self.feature(encoded(), vertices * 4, attributes)
    }

    fn feature(
        &mut self,
        geometry: Result<GeomData, Error>,
        size: usize,
        attributes: Vec<Attribute>,
    ) -> bool {
        let size = size + 16 + size_of_attributes(&attributes);
        let Ok(geometry) = geometry else { return false };
        if self.bytes + size > self.most {
            return false;
        }
        self.bytes += size;
        let mut feature = std::mem::take(&mut self.layer).into_feature(geometry);
        for (name, value) in attributes {
            match value {
                Value::Text(text) => feature.add_tag_string(name, &text),
                Value::Count(count) => feature.add_tag_uint(name, count),
            }
        }
        self.layer = feature.into_layer();
        true
    }

    /// The tile; no bytes at all where it has no feature (MVT 2.1, 4.1: a layer has at least one).
    pub fn finish(self) -> Vec<u8> {
        debug_assert_eq!(self.layer.name(), Some(self.name));
        if self.layer.num_features() == 0 {
            return Vec::new();
        }
        let mut tile = mvt::Tile::new(EXTENT as u32);
        // the only layer of its name, with the extent of the tile
        tile.add_layer(self.layer).and_then(|()| tile.to_bytes()).unwrap_or_default()
    }
}

/// At most so many bytes: as though no value were shared.
fn size_of_attributes(attributes: &[Attribute]) -> usize {
    let size = |value: &Value| match value {
        Value::Text(text) => text.len() + 14,
        Value::Count(_) => 14,
    };
    attributes.iter().map(|(_, value)| size(value)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<Attribute> {
        vec![("name", Value::Text(text.to_owned()))]
    }

    #[test]
    fn a_tile_without_features_is_empty() {
        assert!(TileWriter::new("partnerships").finish().is_empty());
    }

    #[test]
    fn a_tile_never_passes_its_bound() {
        let mut tile = TileWriter::new("links");
        let mut written = 0;
        while tile.lines(
            &[vec![[-64, written % 4096], [4160, 4160 - written % 4096]], vec![[1, 1], [2, 2]]],
            named(&written.to_string().repeat(40)),
        ) {
            written += 1;
        }
        assert!(written > 1_500, "{written}");
        let bytes = tile.finish().len();
        assert!(bytes < MOST_BYTES && bytes > MOST_BYTES / 2, "{bytes}");
    }

    #[test]
    fn parts_that_meet_stay_parts_of_one_line() {
        let mut tile = TileWriter::new("links");
        assert!(tile.lines(&[vec![[0, 0], [5, 5]], vec![[5, 5], [9, 9]]], named("a")));
        assert!(!tile.finish().is_empty());
    }
}
