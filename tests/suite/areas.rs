//! Areas abroad against another list: Natural Earth's outlines and names, as
//! `import/reference/check_areas.py` has drawn them by chance.

use std::{fs, path::Path};

use atlas_aect::{
    domain::Position,
    reference::{
        Gazetteer, Outlines, Subdivisions,
        gazetteer::{Sought, Unplaced},
    },
};
use serde_json::Value;

use crate::support::{TestDatabase, import, shared, succeed};

/// Outlines are simplified, and a town may lie before the border of the area of its name.
const NEAR_KM: f64 = 20.0;

/// An area of the other list.
struct Outline {
    country: String,
    name: String,
    /// The code of the area where the sample has it.
    code: String,
    rings: Vec<Vec<[f64; 2]>>,
}

impl Outline {
    fn all() -> Vec<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/areas.geojsonl");
        fs::read_to_string(path).unwrap().lines().map(Self::read).collect()
    }

    fn read(line: &str) -> Self {
        let feature: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| feature["properties"][name].as_str().unwrap().to_owned();
        let polygons: Vec<Vec<Vec<[f64; 2]>>> =
            serde_json::from_value(feature["geometry"]["coordinates"].clone()).unwrap();
        let rings = polygons.into_iter().flatten().collect();
        Self { country: text("country"), name: text("name"), code: text("code"), rings }
    }

    /// How far a position is from the outline; 0 inside.
    fn km(&self, at: Position) -> f64 {
        let inside = |ring: &Vec<[f64; 2]>| {
            let crossings = ring.windows(2).filter(|side| {
                let ([x, y], [to_x, to_y]) = (side[0], side[1]);
                (y > at.lat()) != (to_y > at.lat())
                    && at.lon() < (to_x - x) * (at.lat() - y) / (to_y - y) + x
            });
            crossings.count() % 2 == 1
        };
        if self.rings.iter().any(inside) {
            return 0.0;
        }
        let sides = self.rings.iter().flat_map(|ring| ring.windows(2));
        let gap = |side: &[[f64; 2]]| {
            let ([x, y], [to_x, to_y]) = (side[0], side[1]);
            let parts = (0..=20).map(|part| f64::from(part) / 20.0);
            let on = parts.filter_map(|part| {
                Position::new(x + (to_x - x) * part, y + (to_y - y) * part).ok()
            });
            on.map(|on| on.distance_km(at)).fold(f64::INFINITY, f64::min)
        };
        sides.map(gap).fold(f64::INFINITY, f64::min)
    }
}

/// What a name comes to: nothing wrong in silence, and little that is not found.
#[test]
fn names_of_areas_drawn_by_chance_are_resolved_right_or_told() {
    let (mut right, mut told, mut unknown, mut wrong) = (0, 0, Vec::new(), Vec::new());
    let outlines = Outline::all();
    assert!(outlines.len() >= 200, "{}", outlines.len());
    for outline in outlines.iter().filter(|outline| outline.code.is_empty()) {
        let Outline { country, name, .. } = outline;
        match Gazetteer::bundled().place(&Sought { country, name, ..Sought::default() }) {
            Ok(found) if outline.km(found.position) <= NEAR_KM => right += 1,
            Ok(found) => {
                wrong.push(format!("{name} ({country}): {:.0} km", outline.km(found.position)));
            }
            Err(Unplaced::Doubtful(_)) => told += 1,
            Err(Unplaced::Unknown) => unknown.push(format!("{name} ({country})")),
        }
    }
    println!("{right} right, {told} told as several, {} unknown: {unknown:?}", unknown.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    // of what both lists know by that name
    assert!(right * 100 >= 97 * (right + wrong.len()), "{right}");
    assert!(right * 100 >= 85 * (right + told + unknown.len()), "{unknown:#?}");
}

/// The point of each area of the sample that the other list has lies in its outline.
#[test]
fn points_of_the_areas_of_the_sample_lie_inside() {
    let list = Subdivisions::bundled();
    let outlines = Outline::all();
    let of_sample = outlines.iter().filter(|outline| !outline.code.is_empty());
    let mut count = 0;
    for outline in of_sample {
        let area = list.by_code(&outline.code).unwrap_or_else(|| panic!("{}", outline.code));
        let km = outline.km(area.position);
        assert!(km <= 5.0, "{} ({}): {km:.0} km", outline.name, outline.code);
        count += 1;
    }
    println!("{count} areas of the sample have their point in an outline of another list");
    assert!(count >= 45, "{count}");
}

/// Two real lists and the sample, in every output that has a geometry.
#[test]
fn no_point_is_far_outside_its_country() {
    let database = TestDatabase::sqlite();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("import/sample.csv");
    import(&database, &sample, &[]);
    for (file, profile) in [
        ("data/links/wikidata_p190_france.tsv", "wikidata-p190"),
        ("data/links/twin_cities_world.csv", "twin-cities"),
    ] {
        if let Some(file) = shared(file) {
            import(&database, &file, &["--profile", profile]);
        }
    }
    let mut seen = 0;
    for (collection, more) in [
        ("partnerships", "all"),
        ("partnerships", "merged"),
        ("links", "merged"),
        ("partners", "merged"),
    ] {
        let export = ["export", collection, "--format", "geojsonseq", "--database", &database.url];
        let all = if more == "all" { vec!["--records", "all"] } else { Vec::new() };
        let written = succeed(&[&export[..], &all].concat());
        for line in written.lines() {
            let feature: Value = serde_json::from_str(line.trim_start_matches('\u{1e}')).unwrap();
            let properties = &feature["properties"];
            let mut countries = vec![properties["country_code"].as_str().unwrap()];
            let partners = properties["partners"].as_array().into_iter().flatten();
            countries.extend(partners.filter_map(|one| one["country_code"].as_str()));
            for point in ends(&feature["geometry"]) {
                let allowed =
                    |country: &&str| Outlines::bundled().allows(country, point) != Some(false);
                let allowed = countries.iter().any(allowed);
                assert!(allowed, "{collection}: {point} is in none of {countries:?}: {line}");
                seen += 1;
            }
        }
    }
    println!("{seen} points are at most 25 km outside of their countries");
}

/// The points of a geometry; of lines, where they end.
fn ends(geometry: &Value) -> Vec<Position> {
    let coordinates = &geometry["coordinates"];
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let ends = match geometry["type"].as_str() {
        Some("Point") => vec![coordinates.clone()],
        Some("MultiPoint") => list(coordinates),
        Some("LineString") => list(coordinates).last().cloned().into_iter().collect(),
        // lines to several partners, and parts of one that is split: which part ends where is
        // told by the points
        _ => Vec::new(),
    };
    let position = |at: &Value| Position::new(at[0].as_f64()?, at[1].as_f64()?).ok();
    ends.iter().map(|at| position(at).unwrap()).collect()
}

/// The towns of the case that were put into others of their name.
#[test]
fn towns_are_placed_where_they_are_or_told() {
    let Some(file) = shared("cases/17-gazetteer/in.csv") else { return };
    let database = TestDatabase::sqlite();
    let (code, report) = import(&database, &file, &[]);
    assert_eq!(code, Some(0), "{report:#}");
    let written = succeed(&["export", "--database", &database.url]);
    let written: Value = serde_json::from_str(&written).unwrap();
    let by_title = |title: &str| {
        let mut features = written["features"].as_array().unwrap().iter();
        let feature = features.find(|one| one["properties"]["partner_name"] == title).unwrap();
        ends(&feature["geometry"]).first().copied()
    };
    let munster = Position::new(10.09, 52.99).unwrap();
    assert!(by_title("Munster").is_some_and(|at| at.distance_km(munster) < 10.0));
    for (line, name) in [(3, "Stapleford"), (4, "Schenefeld")] {
        assert_eq!(by_title(name), None);
        let mut issues = report["issues"].as_array().unwrap().iter();
        let issue = issues.find(|issue| issue["line"] == line).unwrap();
        assert_eq!(issue["code"], "partner-ambiguous", "{issue}");
        assert!(issue["suggestion"].as_str().unwrap().contains(name));
    }
}
