//! Ways between places as maps draw them: great circles, cut at the antimeridian (RFC 7946, 3.1.9).

use geo::{Haversine, InterpolatePoint, Point};

use crate::domain::Position;

/// The most kilometres between two vertices of a drawn link.
const STEP_KM: f64 = 250.0;

/// The shortest way between two places on a sphere, as one line, or as two where it crosses the
/// antimeridian; none where both are one place. Longitude and latitude in degrees.
pub fn great_circle(from: Position, to: Position) -> Vec<Vec<[f64; 2]>> {
    if from == to {
        return Vec::new();
    }
    let steps = (from.distance_km(to) / STEP_KM).ceil().max(1.0) as u32;
    let (start, end) = (Point::new(from.lon(), from.lat()), Point::new(to.lon(), to.lat()));
    let mut lines = vec![vec![[from.lon(), from.lat()]]];
    let mut last = [from.lon(), from.lat()];
    for step in 1..=steps {
        let next = if step == steps {
            [to.lon(), to.lat()]
        } else {
            let point =
                Haversine.point_at_ratio_between(start, end, f64::from(step) / f64::from(steps));
            [round(point.x()), round(point.y())]
        };
        if (next[0] - last[0]).abs() > 180.0 {
            let edge = 180.0_f64.copysign(last[0]);
            let (ahead, behind) = (180.0 - last[0].abs(), 180.0 - next[0].abs());
            let share = if ahead + behind > 0.0 { ahead / (ahead + behind) } else { 0.0 };
            let latitude = round(last[1] + (next[1] - last[1]) * share);
            // a vertex on the antimeridian itself is not written twice
            if let Some(line) = lines.last_mut()
                && ahead > 0.0
            {
                line.push([edge, latitude]);
            }
            lines.push(if behind > 0.0 { vec![[-edge, latitude]] } else { Vec::new() });
        }
        if let Some(line) = lines.last_mut() {
            line.push(next);
        }
        last = next;
    }
    lines.retain(|line| line.len() > 1);
    lines
}

fn round(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(lon: f64, lat: f64) -> Position {
        Position::new(lon, lat).unwrap()
    }

    #[test]
    fn a_link_over_the_date_line_is_split() {
        let lines = great_circle(at(166.44, -22.27), at(-149.57, -17.53));
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].last().unwrap()[0], 180.0);
        assert_eq!(lines[1][0][0], -180.0);
        assert_eq!(lines[0].last().unwrap()[1], lines[1][0][1]);
    }

    proptest! {
        #[test]
        fn every_link_is_whole_and_on_earth(
            a in (-180.0..=180.0, -90.0..=90.0), b in (-180.0..=180.0, -90.0..=90.0),
        ) {
            let (from, to) = (at(a.0, a.1), at(b.0, b.1));
            prop_assume!(from != to);
            let lines = great_circle(from, to);
            prop_assert!(!lines.is_empty());
            for line in &lines {
                prop_assert!(line.len() >= 2);
                for [lon, lat] in line {
                    prop_assert!(lon.abs() <= 180.0 && lat.abs() <= 90.0);
                }
                for pair in line.windows(2) {
                    prop_assert!((pair[0][0] - pair[1][0]).abs() <= 180.0, "{line:?}");
                }
            }
        }
    }
}
