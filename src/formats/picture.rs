//! Flat pictures of the world in SVG: the Equal Earth projection (Šavrič, Patterson and Jenny,
//! 2018), which shows areas in true proportion. The whole world is [`WIDTH`] units wide; y runs
//! down.

use std::fmt::Write;

use geo::{Haversine, InterpolatePoint, Point};

use crate::domain::Position;

/// The width of the whole world.
pub const WIDTH: f64 = 1000.0;
/// The meridian in the middle: nothing but the far end of Siberia is cut.
const MIDDLE: f64 = 10.0;
/// The coefficients of the projection.
const A: [f64; 4] = [1.340_264, -0.081_106, 0.000_893, 0.003_796];
/// Half of the world's width for a radius of one.
const HALF: f64 = 2.706_629;
/// What a picture shows at most: from the north of Greenland to Cape Horn.
const NORTH: f64 = 78.0;
const SOUTH: f64 = -55.5;
/// A picture is so many times as wide as high.
pub const RATIO: f64 = 1.9;
/// The narrowest picture: about 2,200 km at the equator.
const NARROWEST: f64 = 55.0;

/// A place on the picture, in units; longitude and latitude in degrees.
pub fn project([lon, lat]: [f64; 2]) -> [f64; 2] {
    let theta = (3.0_f64.sqrt() / 2.0 * lat.to_radians().sin()).asin();
    let square = theta * theta;
    let sixth = square * square * square;
    let [a1, a2, a3, a4] = A;
    let slope = a1 + 3.0 * a2 * square + sixth * (7.0 * a3 + 9.0 * a4 * square);
    let x = 2.0 * 3.0_f64.sqrt() * (lon - MIDDLE).to_radians() * theta.cos() / (3.0 * slope);
    let y = theta * (a1 + a2 * square + sixth * (a3 + a4 * square));
    let scale = WIDTH / (2.0 * HALF);
    [WIDTH / 2.0 + x * scale, -y * scale]
}

/// The part of the world that a picture shows, in units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// The left edge.
    pub x: f64,
    /// The upper edge.
    pub y: f64,
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
}

impl View {
    /// The whole world but its poles.
    pub fn world() -> Self {
        let (top, bottom) = (project([MIDDLE, NORTH])[1], project([MIDDLE, SOUTH])[1]);
        let height = bottom - top;
        let width = height * RATIO;
        Self { x: (WIDTH - width) / 2.0 + WIDTH * 0.01, y: top, width, height }
    }

    /// The smallest view that shows all places with some room around; of none, the world.
    pub fn around(places: impl Iterator<Item = [f64; 2]>) -> Self {
        let world = Self::world();
        let mut bounds = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        for [x, y] in places.map(project) {
            bounds = [bounds[0].min(x), bounds[1].min(y), bounds[2].max(x), bounds[3].max(y)];
        }
        let [left, top, right, bottom] = bounds;
        if left > right {
            return world;
        }
        let width = ((right - left) * 1.25).max((bottom - top) * 1.35 * RATIO).max(NARROWEST);
        if width >= world.width {
            return world;
        }
        let height = width / RATIO;
        let y = f64::midpoint(top, bottom) - height / 2.0;
        Self {
            x: f64::midpoint(left, right) - width / 2.0,
            y: y.clamp(world.y, (world.y + world.height - height).max(world.y)),
            width,
            height,
        }
    }

    /// The same part with more at both sides, where it is less than so many times as wide as high.
    #[must_use]
    pub fn at_least(self, ratio: f64) -> Self {
        let width = self.width.max(self.height * ratio);
        Self { x: self.x - (width - self.width) / 2.0, width, ..self }
    }

    /// `x y width height`
    pub fn view_box(&self) -> String {
        format!("{:.1} {:.1} {:.1} {:.1}", self.x, self.y, self.width, self.height)
    }

    /// The length of one unit of a picture that is drawn a thousand wide.
    pub fn unit(&self) -> f64 {
        self.width / 1000.0
    }
}

/// Closed rings as the data of an SVG path: vertices nearer than `grain` units to the one before
/// and rings smaller than twice that are left out.
pub fn outline(rings: impl Iterator<Item = impl AsRef<[[f64; 2]]>>, grain: f64) -> String {
    let mut path = String::new();
    for ring in rings {
        let mut kept: Vec<[f64; 2]> = Vec::new();
        for point in ring.as_ref() {
            let point = project(*point);
            let far = |last: &[f64; 2]| (last[0] - point[0]).hypot(last[1] - point[1]) >= grain;
            if kept.last().is_none_or(far) {
                kept.push(point);
            }
        }
        let span = |axis: usize| {
            let values = || kept.iter().map(|point| point[axis]);
            values().fold(f64::MIN, f64::max) - values().fold(f64::MAX, f64::min)
        };
        if kept.len() < 3 || span(0).max(span(1)) < 2.0 * grain {
            continue;
        }
        // tenths of a unit, each from the one before: half as long as places by themselves
        let tenths = |[x, y]: [f64; 2]| [x, y].map(|length| (length * 10.0).round() as i32);
        let mut last = tenths(kept[0]);
        let _ = write!(path, "M{} {}l", f64::from(last[0]) / 10.0, f64::from(last[1]) / 10.0);
        for point in &kept[1..] {
            let next = tenths(*point);
            for (axis, step) in [next[0] - last[0], next[1] - last[1]].into_iter().enumerate() {
                let separator = if axis == 1 && step >= 0 { " " } else { "" };
                let _ = write!(path, "{separator}{}", f64::from(step) / 10.0);
            }
            path.push(' ');
            last = next;
        }
        path.push('Z');
    }
    path
}

/// The way from one place to another as the data of an SVG path: one bend through the middle of
/// the great circle.
pub fn way(from: Position, to: Position) -> String {
    let [start, end] = [from, to].map(|place| project([place.lon(), place.lat()]));
    let at = |place: Position| Point::new(place.lon(), place.lat());
    let middle = Haversine.point_at_ratio_between(at(from), at(to), 0.5);
    let mut middle = project([middle.x(), middle.y()]);
    // over the edge of the picture the way is drawn across it instead
    let between = |axis: usize| f64::midpoint(start[axis], end[axis]);
    if (middle[0] - between(0)).abs() > WIDTH / 4.0 {
        middle = [between(0), start[1].min(end[1]) - WIDTH / 25.0];
    }
    let bend = [0, 1].map(|axis| 2.0 * middle[axis] - between(axis));
    format!(
        "M{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}",
        start[0], start[1], bend[0], bend[1], end[0], end[1]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_projection_has_its_published_shape() {
        assert_eq!(project([MIDDLE, 0.0]), [500.0, 0.0]);
        let pole = project([MIDDLE, 90.0]);
        assert!((pole[1] + 243.3).abs() < 0.2, "{pole:?}");
        let edge = project([MIDDLE + 180.0, 0.0]);
        assert!((edge[0] - 1000.0).abs() < 0.01, "{edge:?}");
    }

    #[test]
    fn a_view_shows_its_places_and_never_more_than_the_world() {
        let world = View::world();
        assert_eq!(View::around(std::iter::empty()), world);
        assert_eq!(View::around([[-170.0, -50.0], [175.0, 70.0]].into_iter()), world);
        let view = View::around([[-1.7, 48.1], [-8.0, 12.6]].into_iter());
        for place in [[-1.7, 48.1], [-8.0, 12.6]] {
            let [x, y] = project(place);
            assert!((view.x..view.x + view.width).contains(&x), "{view:?}");
            assert!((view.y..view.y + view.height).contains(&y), "{view:?}");
        }
        assert!(view.width < world.width);
    }

    #[test]
    fn outlines_leave_out_what_cannot_be_seen() {
        let ring = vec![[0.0, 0.0], [0.001, 0.0], [20.0, 0.0], [20.0, 20.0], [0.0, 0.0]];
        let islet = vec![[0.0, 0.0], [0.01, 0.0], [0.0, 0.01], [0.0, 0.0]];
        let path = outline([ring, islet].iter(), 0.5);
        assert_eq!(path.matches('M').count(), 1);
        assert_eq!(path.split_once('l').unwrap().1.split_whitespace().count(), 6, "{path}");
    }
}
