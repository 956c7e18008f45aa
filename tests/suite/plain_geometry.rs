//! Boxes, lines and polygons in the plainest way, to compare an index with.

use atlas_aect::reference::areas;

/// West, south, east, north of `bbox`; one or two boxes.
pub fn boxes(value: &str) -> Vec<[f64; 4]> {
    let numbers: Vec<f64> = value.split(',').map(|number| number.parse().unwrap()).collect();
    let ([w, s, e, n] | [w, s, _, e, n, _]) = numbers[..] else { panic!("{value}") };
    if w <= e { vec![[w, s, e, n]] } else { vec![[w, s, 180.0, n], [-180.0, s, e, n]] }
}

pub fn holds([w, s, e, n]: [f64; 4], [lon, lat]: [f64; 2]) -> bool {
    w <= lon && lon <= e && s <= lat && lat <= n
}

/// Liang and Barsky's clipping: whether a segment has a point in a box.
pub fn crosses(bounds: [f64; 4], side: &[[f64; 2]]) -> bool {
    let [west, south, east, north] = bounds;
    let (a, b) = (side[0], side[1]);
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let (mut from, mut to) = (0.0f64, 1.0f64);
    for (p, q) in [(-dx, a[0] - west), (dx, east - a[0]), (-dy, a[1] - south), (dy, north - a[1])] {
        if p == 0.0 {
            if q < 0.0 {
                return false;
            }
        } else if p < 0.0 {
            from = from.max(q / p);
        } else {
            to = to.min(q / p);
        }
    }
    from <= to
}

/// Whether a polygon has a point in a box: a side crosses it, or it holds the box.
pub fn meets(polygon: &areas::Polygon, bounds: [f64; 4]) -> bool {
    let sides = || polygon.iter().flat_map(|ring| ring.windows(2));
    let [lon, lat] = [bounds[0], bounds[1]];
    let right = sides().filter(|side| {
        let [[xa, ya], [xb, yb]] = [side[0], side[1]];
        (ya > lat) != (yb > lat) && lon < xa + (lat - ya) / (yb - ya) * (xb - xa)
    });
    sides().any(|side| crosses(bounds, side)) || right.count() % 2 == 1
}
