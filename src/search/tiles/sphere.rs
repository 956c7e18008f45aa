//! Great circles on a sphere of radius 1.

use std::f64::consts::{FRAC_PI_3, TAU};

/// A unit vector from the middle of the Earth: towards 0°, 0°; towards 90° east; northwards.
pub(super) type Direction = [f64; 3];

fn dot(a: Direction, b: Direction) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: Direction, b: Direction) -> Direction {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn length(a: Direction) -> f64 {
    dot(a, a).sqrt()
}

/// A circle on Earth: its middle and its radius in radians.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cap {
    middle: Direction,
    radius: f64,
}

impl Cap {
    /// The smallest circle around a middle that holds all points.
    pub(super) fn around(middle: Direction, points: impl Iterator<Item = Direction>) -> Self {
        let radius = points.map(|point| angle(middle, point)).fold(0.0, f64::max);
        Self { middle, radius }
    }

    /// A wider one.
    pub(super) fn widened(self, by: f64) -> Self {
        Self { radius: self.radius + by, ..self }
    }

    /// Whether it is so large that it is not worth asking what is in it.
    fn is_most_of_the_world(self) -> bool {
        self.radius > FRAC_PI_3
    }
}

/// The angle between two directions, in radians.
fn angle(a: Direction, b: Direction) -> f64 {
    length(cross(a, b)).atan2(dot(a, b))
}

/// The shorter way between two different points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arc {
    from: Direction,
    to: Direction,
    /// Of the plane, as long as the sine of the angle.
    normal: Direction,
    sine: f64,
}

/// Points nearer than this, in radians, or so near to opposite, have no way of their own.
const NO_WAY: f64 = 1e-9;

impl Arc {
    pub(super) fn new(from: Direction, to: Direction) -> Self {
        let normal = cross(from, to);
        Self { from, to, normal, sine: length(normal) }
    }

    /// Its length in radians.
    pub(super) fn angle(self) -> f64 {
        self.sine.atan2(dot(self.from, self.to))
    }

    /// The cosine of half its length.
    pub(super) fn half_angle_cosine(self) -> f64 {
        ((1.0 + dot(self.from, self.to)) / 2.0).max(0.0).sqrt()
    }

    /// Whether it may come into a circle: never `false` where it does.
    pub(super) fn meets(self, cap: Cap) -> bool {
        if cap.is_most_of_the_world() || self.sine < NO_WAY {
            return true;
        }
        let (sine, cosine) = cap.radius.sin_cos();
        if dot(self.normal, cap.middle).abs() > sine * self.sine {
            return false;
        }
        let ahead = dot(cross(self.normal, self.from), cap.middle) >= 0.0;
        let before = dot(cross(self.to, self.normal), cap.middle) >= 0.0;
        (ahead && before)
            || dot(self.from, cap.middle) >= cosine
            || dot(self.to, cap.middle) >= cosine
    }

    /// From where to where, in radians from its start, it may be within a circle.
    pub(super) fn within(self, cap: Cap) -> Option<(f64, f64)> {
        let whole = (0.0, self.angle());
        if cap.is_most_of_the_world() || self.sine < NO_WAY {
            return Some(whole);
        }
        let off = dot(self.normal, cap.middle) / self.sine;
        let reach = cap.radius.cos() / (1.0 - off * off).max(0.0).sqrt();
        if reach > 1.0 {
            return None;
        }
        let half = reach.acos();
        let along = dot(cross(self.normal, self.from), cap.middle) / self.sine;
        let mut nearest = along.atan2(dot(self.from, cap.middle));
        // what is long before the start may be just behind the end
        if nearest + half < 0.0 {
            nearest += TAU;
        }
        let (start, end) = ((nearest - half).max(whole.0), (nearest + half).min(whole.1));
        (start < end).then_some((start, end))
    }

    /// The point so many radians from its start.
    pub(super) fn point(self, angle: f64) -> Direction {
        if self.sine < NO_WAY {
            return self.from;
        }
        let (sine, cosine) = angle.sin_cos();
        let side = cross(self.normal, self.from);
        let towards = sine / self.sine;
        std::array::from_fn(|axis| self.from[axis] * cosine + side[axis] * towards)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at((lon, lat): (f64, f64)) -> Direction {
        let (lon, lat) = (lon.to_radians(), lat.to_radians());
        [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
    }

    fn anywhere() -> impl Strategy<Value = (f64, f64)> {
        (-180.0..=180.0, -89.0..=89.0)
    }

    proptest! {
        #[test]
        fn what_comes_into_a_circle_is_found(
            from in anywhere(), to in anywhere(), middle in anywhere(), radius in 0.001..1.0,
        ) {
            let arc = Arc::new(at(from), at(to));
            let cap = Cap { middle: at(middle), radius };
            let steps = 400;
            let inside: Vec<f64> = (0..=steps)
                .map(|step| arc.angle() * f64::from(step) / f64::from(steps))
                .filter(|along| angle(arc.point(*along), cap.middle) < radius - 1e-9)
                .collect();
            if !inside.is_empty() {
                prop_assert!(arc.meets(cap));
                let (start, end) = arc.within(cap).unwrap();
                for along in inside {
                    prop_assert!((start - 1e-6..=end + 1e-6).contains(&along));
                }
            }
        }

        #[test]
        fn an_arc_begins_and_ends_at_its_ends(from in anywhere(), to in anywhere()) {
            let arc = Arc::new(at(from), at(to));
            prop_assume!(arc.sine > 1e-6);
            prop_assert!(angle(arc.point(0.0), at(from)) < 1e-6);
            prop_assert!(angle(arc.point(arc.angle()), at(to)) < 1e-6);
        }
    }
}
