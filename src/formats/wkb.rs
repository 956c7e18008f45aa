//! Geometries as well-known binary (ISO 19125-1), little-endian.

use super::{feature::Geometry, layer::Shape};

/// A box: west, south, east, north in degrees.
pub type Bounds = [f64; 4];

/// The box of nothing.
pub const NOWHERE: Bounds = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];

/// The box around two.
pub fn around([a, b, c, d]: Bounds, [west, south, east, north]: Bounds) -> Bounds {
    [a.min(west), b.min(south), c.max(east), d.max(north)]
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
    (body.bytes, body.bounds)
}

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
        self.bounds = around(self.bounds, [lon, lat, lon, lat]);
        self.bytes.extend(lon.to_le_bytes());
        self.bytes.extend(lat.to_le_bytes());
    }
}
