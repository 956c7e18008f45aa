//! Geometry literals and the relations between geometries (OGC 21-065r2, 7.3 and 7.4).

use std::panic::{AssertUnwindSafe, catch_unwind};

use cql2::Expr;
use geo::{
    Coord, CoordsIter, Geometry, GeometryCollection, Intersects, MapCoords, Rect, Relate,
    Validation,
};

use super::{ExpressionError, tree::Relation};
use crate::formats::crs::Crs;

/// A literal geometry in CRS84, from one in a reference system.
pub(super) fn geometry(expr: &Expr, crs: Crs) -> Result<Geometry, ExpressionError> {
    let written = Geometry::try_from(expr.clone())
        .map_err(|_| ExpressionError::new("a geometry cannot be read"))?;
    let geometry = to_crs84(&written, crs)?;
    check(&geometry)?;
    Ok(geometry)
}

/// A box, of four or six numbers; one whose first side is east of its last crosses the
/// antimeridian (RFC 7946, 5.2).
pub(in crate::search) fn bbox(numbers: &[f64], crs: Crs) -> Result<Geometry, ExpressionError> {
    let ([x0, y0, x1, y1] | [x0, y0, _, x1, y1, _]) = *numbers else {
        return Err(ExpressionError::new("BBOX takes four numbers, or six with heights"));
    };
    let [x0, y0, x1, y1] = if crs.latitude_first() { [y0, x0, y1, x1] } else { [x0, y0, x1, y1] };
    if y0 > y1 || (x0 > x1 && !crs.is_geographic()) {
        return Err(ExpressionError::new("the first corner of a BBOX is beyond its second"));
    }
    let part = |west, east| Rect::new((west, y0), (east, y1));
    let geometry = if !crs.is_geographic() {
        to_crs84(&Geometry::Polygon(densify(part(x0, x1))), crs)?
    } else if x0 <= x1 {
        Geometry::Polygon(part(x0, x1).to_polygon())
    } else {
        let parts = [part(x0, 180.0), part(-180.0, x1)];
        Geometry::MultiPolygon(parts.map(Rect::to_polygon).to_vec().into())
    };
    check_range(&geometry)?;
    Ok(geometry)
}

/// A rectangle in metres with vertices along its sides, which are no straight lines on another map:
/// a kilometre apart, their chords are within two centimetres of the sides.
fn densify(rect: Rect) -> geo::Polygon {
    let corners = rect.to_polygon();
    let mut ring = Vec::new();
    for side in corners.exterior().lines() {
        let length = side.delta().x.abs().max(side.delta().y.abs());
        let count = (length / 1_000.0).ceil().clamp(1.0, 2_048.0) as u32;
        let steps = (0..count).map(|step| f64::from(step) / f64::from(count));
        ring.extend(steps.map(|share| side.start + side.delta() * share));
    }
    ring.extend(ring.first().copied());
    geo::Polygon::new(geo::LineString(ring), Vec::new())
}

fn to_crs84(geometry: &Geometry, crs: Crs) -> Result<Geometry, ExpressionError> {
    if crs == Crs::Crs84 {
        return Ok(geometry.clone());
    }
    geometry.try_map_coords(|Coord { x, y }| {
        let [x, y] = crs.to_crs84([x, y]).ok_or_else(|| {
            ExpressionError::new(format!(
                "{x} {y} is no place in the reference system of filter-crs"
            ))
        })?;
        Ok(Coord { x, y })
    })
}

fn check_range(geometry: &Geometry) -> Result<(), ExpressionError> {
    let outside = |c: &Coord| !(c.x.abs() <= 180.0 && c.y.abs() <= 90.0);
    match geometry.coords_iter().find(outside) {
        Some(Coord { x, y }) => Err(ExpressionError::new(format!(
            "{x} {y} is no place on earth: longitudes are between -180 and 180, latitudes between -90 and 90"
        ))),
        None => Ok(()),
    }
}

fn check(geometry: &Geometry) -> Result<(), ExpressionError> {
    if geometry.coords_iter().next().is_none() {
        return Err(ExpressionError::new("a geometry is empty"));
    }
    check_range(geometry)?;
    let valid = |geometry: &Geometry| {
        geometry
            .check_validation()
            .map_err(|error| ExpressionError::new(format!("a geometry is not valid: {error}")))
    };
    match geometry {
        Geometry::GeometryCollection(GeometryCollection(parts)) => parts.iter().try_for_each(valid),
        geometry => valid(geometry),
    }
}

/// Whether `a` stands so to `b`; none where it cannot be told.
pub(super) fn holds(relation: Relation, a: &Geometry, b: &Geometry) -> Option<bool> {
    // outlines that are not valid can bring the library to a halt: that is no answer, and no more
    let guarded = AssertUnwindSafe(|| match relation {
        Relation::Intersects => a.intersects(b),
        Relation::Disjoint => !a.intersects(b),
        relation => {
            let matrix = a.relate(b);
            match relation {
                Relation::Contains => matrix.is_contains(),
                Relation::Crosses => matrix.is_crosses(),
                Relation::Equals => matrix.is_equal_topo(),
                Relation::Overlaps => matrix.is_overlaps(),
                Relation::Touches => matrix.is_touches(),
                Relation::Within => matrix.is_within(),
                Relation::Intersects => matrix.is_intersects(),
                Relation::Disjoint => matrix.is_disjoint(),
            }
        }
    });
    catch_unwind(guarded).ok()
}
