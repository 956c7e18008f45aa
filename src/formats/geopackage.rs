//! Geometries as GeoPackage has them (OGC 12-128r17, 2.1.3): a header, then well-known binary.

use super::{
    feature::Geometry,
    layer::Shape,
    wkb::{self, Bounds},
};

/// The number of WGS 84, longitude before latitude, among the reference systems of a file.
pub const WGS_84: i32 = 4326;

/// A geometry as a layer of this shape has it, and its box.
pub fn encode(geometry: &Geometry, shape: Shape) -> (Vec<u8>, Bounds) {
    let (wkb, [west, south, east, north]) = wkb::encode(geometry, shape);
    let has_box = shape != Shape::Point;
    // magic, version 1, flags: little-endian, with or without a box
    let mut blob = vec![b'G', b'P', 0, if has_box { 0b0000_0011 } else { 0b0000_0001 }];
    blob.extend(WGS_84.to_le_bytes());
    if has_box {
        blob.extend([west, east, south, north].into_iter().flat_map(f64::to_le_bytes));
    }
    blob.extend(wkb);
    (blob, [west, south, east, north])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_stand_behind_a_header() {
        let (blob, bounds) = encode(&Geometry::Point([1.5, -2.0]), Shape::Point);
        let expected = [
            &b"GP\x00\x01\xe6\x10\x00\x00\x01\x01\x00\x00\x00"[..],
            &1.5f64.to_le_bytes(),
            &(-2.0f64).to_le_bytes(),
        ];
        assert_eq!((blob, bounds), (expected.concat(), [1.5, -2.0, 1.5, -2.0]));
        let (blob, _) = encode(&Geometry::Point([1.5, -2.0]), Shape::MultiPoint);
        assert_eq!(blob.len(), 8 + 32 + 9 + 21);
        assert_eq!(blob[3], 3);
    }
}
