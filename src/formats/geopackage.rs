//! Geometries as GeoPackage has them (OGC 12-128r17, 2.1.3): a header, then well-known binary.

use super::{feature::Geometry, layer::Shape};

/// The number of WGS 84, longitude before latitude, among the reference systems of a file.
pub const WGS_84: i32 = 4326;

/// A box: west, south, east, north in degrees.
pub type Bounds = [f64; 4];

/// The box of nothing.
pub const NOWHERE: Bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];

/// The name of a geometry type.
pub fn type_name(shape: Shape) -> &'static str {
    match shape {
        Shape::Point => "POINT",
        Shape::MultiPoint => "MULTIPOINT",
        Shape::MultiLineString => "MULTILINESTRING",
        Shape::MultiPolygon => "MULTIPOLYGON",
    }
}

/// A geometry as a layer of this shape has it, and its box.
pub fn encode(geometry: &Geometry, shape: Shape) -> (Vec<u8>, Bounds) {
    let mut body = Body { bytes: Vec::with_capacity(128), bounds: NOWHERE };
    match (geometry, shape) {
        (Geometry::Point(point), Shape::Point) => body.point(*point),
        (Geometry::Point(point), _) => body.many(4, &[*point], |body, point| body.point(*point)),
        (Geometry::MultiPoint(points), _) => {
            body.many(4, points, |body, point| body.point(*point));
        }
        (Geometry::LineString(line), _) => {
            body.many(5, std::slice::from_ref(line), |body, line| body.line(line));
        }
        (Geometry::MultiLineString(lines), _) => body.many(5, lines, |body, line| body.line(line)),
        (Geometry::Polygon(rings), _) => {
            body.many(6, std::slice::from_ref(rings), |body, rings| body.polygon(rings));
        }
        (Geometry::MultiPolygon(polygons), _) => {
            body.many(6, polygons, |body, rings| body.polygon(rings));
        }
    }
    let Body { bytes, bounds: [west, south, east, north] } = body;
    let has_box = shape != Shape::Point;
    // magic, version 1, flags: little-endian, with or without a box
    let mut blob = vec![b'G', b'P', 0, if has_box { 0b0000_0011 } else { 0b0000_0001 }];
    blob.extend(WGS_84.to_le_bytes());
    if has_box {
        blob.extend([west, east, south, north].into_iter().flat_map(f64::to_le_bytes));
    }
    blob.extend(bytes);
    (blob, [west, south, east, north])
}

/// Well-known binary (ISO 19125-1), little-endian.
struct Body {
    bytes: Vec<u8>,
    bounds: Bounds,
}

impl Body {
    fn head(&mut self, kind: u32) {
        self.bytes.push(1);
        self.bytes.extend(kind.to_le_bytes());
    }

    fn count(&mut self, count: usize) {
        self.bytes.extend((count as u32).to_le_bytes());
    }

    fn many<T>(&mut self, kind: u32, parts: &[T], write: impl Fn(&mut Self, &T)) {
        self.head(kind);
        self.count(parts.len());
        for part in parts {
            write(self, part);
        }
    }

    fn point(&mut self, point: [f64; 2]) {
        self.head(1);
        self.position(point);
    }

    fn line(&mut self, line: &[[f64; 2]]) {
        self.head(2);
        self.positions(line);
    }

    fn polygon(&mut self, rings: &[Vec<[f64; 2]>]) {
        self.head(3);
        self.count(rings.len());
        for ring in rings {
            self.positions(ring);
        }
    }

    fn positions(&mut self, line: &[[f64; 2]]) {
        self.count(line.len());
        for position in line {
            self.position(*position);
        }
    }

    fn position(&mut self, [lon, lat]: [f64; 2]) {
        let [west, south, east, north] = self.bounds;
        self.bounds = [west.min(lon), south.min(lat), east.max(lon), north.max(lat)];
        self.bytes.extend(lon.to_le_bytes());
        self.bytes.extend(lat.to_le_bytes());
    }
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
