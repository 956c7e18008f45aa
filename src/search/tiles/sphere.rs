//! Great circles on a sphere of radius 1.

use std::f64::consts::TAU;

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

/// A circle on Earth.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cap {
    middle: Direction,
    /// Sine and cosine of its radius.
    sine: f64,
    cosine: f64,
}

impl Cap {
    fn new(middle: Direction, radius: f64) -> Self {
        Self { middle, sine: radius.sin(), cosine: radius.cos() }
    }

    /// The smallest circle around a middle that holds all points.
    pub(super) fn around(middle: Direction, points: impl Iterator<Item = Direction>) -> Self {
        Self::new(middle, points.map(|point| angle(middle, point)).fold(0.0, f64::max))
    }

    /// One whose radius is greater by so many radians, or somewhat more.
    pub(super) fn widened(self, by: f64) -> Self {
        // neither a sine nor a cosine changes faster than its angle
        Self { sine: self.sine + by, cosine: self.cosine - by, ..self }
    }

    /// Whether a great circle may come into it, anywhere around the Earth, or another whose ends
    /// are off by so many radians.
    pub(super) fn is_near(self, plane: Plane, off: f64) -> bool {
        let distance: f64 = dot(plane.across.map(f64::from), self.middle).abs();
        // a plane is kept in less than full precision
        distance <= self.sine + 1e-6 + off * f64::from(plane.parting) || self.is_most_of_the_world()
    }

    /// Whether it is so large that it is not worth asking what is in it.
    fn is_most_of_the_world(self) -> bool {
        self.cosine < 0.5
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
}

/// The plane of a great circle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane {
    /// The direction across it; nothing where the arc has no way of its own.
    across: [f32; 3],
    /// As of [`Arc::parting`].
    parting: f32,
}

/// Points nearer than this, in radians, or so near to opposite, have no way of their own.
const NO_WAY: f64 = 1e-9;

impl Arc {
    pub(super) fn new(from: Direction, to: Direction) -> Self {
        Self { from, to, normal: cross(from, to) }
    }

    /// Its length in radians.
    pub(super) fn angle(self) -> f64 {
        angle(self.from, self.to)
    }

    /// Its plane, small and quick to ask.
    pub(super) fn plane(self) -> Plane {
        let sine = length(self.normal);
        let across = if sine < NO_WAY { [0.0; 3] } else { self.normal.map(|n| (n / sine) as f32) };
        Plane { across, parting: self.parting() as f32 }
    }

    /// How far from its ends those of another are, in radians.
    pub(super) fn parted(self, other: Self) -> f64 {
        angle(self.from, other.from).max(angle(self.to, other.to))
    }

    /// How many times as far as at its ends others may pass from it: they part most half way
    /// along, and for ends nearly opposite each other as far as they like.
    pub(super) fn parting(self) -> f64 {
        let middle = f64::midpoint(1.0, dot(self.from, self.to)).max(0.0).sqrt();
        if middle > 0.2 { 1.5 / middle } else { 1e6 }
    }

    /// Whether it may come into a circle: never `false` where it does.
    pub(super) fn meets(self, cap: Cap) -> bool {
        // in squares, for it is asked a million times
        let (sine, off) = (dot(self.normal, self.normal), dot(self.normal, cap.middle));
        if cap.is_most_of_the_world() || sine < NO_WAY * NO_WAY {
            return true;
        }
        if off * off > cap.sine * cap.sine * sine {
            return false;
        }
        let ahead = dot(cross(self.normal, self.from), cap.middle) >= 0.0;
        let before = dot(cross(self.to, self.normal), cap.middle) >= 0.0;
        (ahead && before)
            || dot(self.from, cap.middle) >= cap.cosine
            || dot(self.to, cap.middle) >= cap.cosine
    }

    /// From where to where, in radians from its start, it may be within a circle.
    pub(super) fn within(self, cap: Cap) -> Option<(f64, f64)> {
        let (whole, sine) = ((0.0, self.angle()), length(self.normal));
        if cap.is_most_of_the_world() || sine < NO_WAY {
            return Some(whole);
        }
        let off = dot(self.normal, cap.middle) / sine;
        let reach = cap.cosine / (1.0 - off * off).max(0.0).sqrt();
        if reach > 1.0 {
            return None;
        }
        let half = reach.acos();
        let along = dot(cross(self.normal, self.from), cap.middle) / sine;
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
        let length = length(self.normal);
        if length < NO_WAY {
            return self.from;
        }
        let (sine, cosine) = angle.sin_cos();
        let across = cross(self.normal, self.from);
        let towards = sine / length;
        std::array::from_fn(|axis| self.from[axis] * cosine + across[axis] * towards)
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
            let cap = Cap::new(at(middle), radius);
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
            prop_assume!(length(arc.normal) > 1e-6);
            prop_assert!(angle(arc.point(0.0), at(from)) < 1e-6);
            prop_assert!(angle(arc.point(arc.angle()), at(to)) < 1e-6);
        }
    }
}
