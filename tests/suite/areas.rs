//! Areas abroad against another list: Natural Earth's outlines and names, as
//! `import/reference/check_areas.py` has drawn them by chance.

use std::{collections::BTreeMap, fs, path::Path};

use atlas_aect::{
    domain::{Position, text::fold},
    reference::{
        Countries, Gazetteer, Subdivisions,
        gazetteer::{FoundPlace, Sought, Unplaced},
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
        let km = outline.km(area.position.unwrap());
        assert!(km <= 5.0, "{} ({}): {km:.0} km", outline.name, outline.code);
        count += 1;
    }
    println!("{count} areas of the sample have their point in an outline of another list");
    assert!(count >= 45, "{count}");
}

/// Words that make a name that of an area.
const AREA_WORDS: [&str; 15] = [
    "canton",
    "county",
    "department",
    "district",
    "governorate",
    "krai",
    "municipality",
    "oblast",
    "parish",
    "prefecture",
    "province",
    "raion",
    "region",
    "state",
    "voivodeship",
];
/// What such a word calls in these countries is smaller than a second-level area.
const THIRD_LEVEL: [(&str, &str); 6] = [
    ("BF", "department"),
    ("CI", "department"),
    ("CN", "county"),
    ("CN", "district"),
    ("JP", "district"),
    ("KR", "district"),
];
/// Areas whose position in the files is another place's, and the codes of those that are meant.
const MISPLACED: [(&str, &str, &str); 10] = [
    ("BY", "Puchavichy District", "622968"),
    ("IT", "Avellino Province", "IT-AV"),
    ("IT", "Bergamo Province", "IT-BG"),
    ("IT", "Ravenna Province", "IT-RA"),
    ("KZ", "Akkol District", "1526436"),
    ("RU", "Nemansky District", "522740"),
    ("RU", "Shimsky District", "494364"),
    ("US", "Thurston County", "5813521"),
    ("US", "Tippecanoe County", "4927230"),
    ("US", "Wyandotte County", "4282035"),
];
/// An area's point may be so far from where a file has it, by its level.
const APART_KM: [f64; 2] = [250.0, 105.0];
const DRAWN: usize = 240;

/// Partners of two real lists whose names say that they are areas, with their positions there.
fn areas_of_real_lists() -> Option<Vec<(String, String, Vec<Position>)>> {
    let mut found = BTreeMap::<(String, String), Vec<Position>>::new();
    let lists = [
        ("twin_cities_world.csv", b',', vec![[0, 1, 3, 2], [4, 5, 7, 6]]),
        ("wikidata_p190_france.tsv", b'\t', vec![[5, 9, 7, 6]]),
    ];
    for (file, delimiter, sides) in lists {
        let path = shared(&format!("data/links/{file}"))?;
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_path(path).unwrap();
        for row in reader.records().map(Result::unwrap) {
            for [name, country, lon, lat] in &sides {
                let Some(country) = Countries::bundled().recognise(&row[*country]) else {
                    continue;
                };
                if country.alpha2 == "FR" || !is_area_name(&country.alpha2, &row[*name]) {
                    continue;
                }
                let degrees = |column: usize| row[column].parse().unwrap_or(f64::NAN);
                let key = (country.alpha2.clone(), row[*name].to_owned());
                found.entry(key).or_default().extend(Position::new(degrees(*lon), degrees(*lat)));
            }
        }
    }
    Some(found.into_iter().map(|((country, name), at)| (country, name, at)).collect())
}

/// Whether a name begins or ends with the word for an area, and is no part of a town.
fn is_area_name(country: &str, name: &str) -> bool {
    let folded = fold(name);
    let (first, last) = (folded.split(' ').next(), folded.rsplit(' ').next());
    let word = [first, last].into_iter().flatten().find(|word| AREA_WORDS.contains(word));
    let is_plain = match name.split_once('(') {
        Some((_, rest)) => AREA_WORDS.contains(&rest.trim_end_matches(')')),
        None => !name.contains(','),
    };
    word.is_some_and(|word| is_plain && !THIRD_LEVEL.contains(&(country, word)))
}

/// Whether what was found is the area of a name, by where two lists have it.
fn is_right(name: &str, at: &[Position], found: &FoundPlace) -> bool {
    let area = found.area.filter(|_| found.is_area);
    if let Some((.., code)) = MISPLACED.iter().find(|one| one.1 == name) {
        return area.is_some_and(|area| area.code == *code);
    }
    let reach = APART_KM[usize::from(area.is_none_or(|area| area.level > 1))];
    at.is_empty() || at.iter().any(|at| at.distance_km(found.position) <= reach)
}

/// Real partners that are areas: by their names alone none is wrong, and few are only told; with
/// what their files say besides, which is where they are, 97 in 100 are known.
#[test]
fn areas_among_real_partners_are_known_and_none_is_wrong_in_silence() {
    let Some(names) = areas_of_real_lists() else { return };
    assert!(names.len() >= 350, "{}", names.len());
    // a generator of numbers of its own: the draw is the same on every machine
    let mut state = 17_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize
    };
    let mut drawn: Vec<usize> = (0..names.len()).collect();
    (1..drawn.len()).rev().for_each(|last| drawn.swap(last, next() % (last + 1)));
    drawn.truncate(DRAWN);
    let [mut by_name, mut with_position] = [[0; 2]; 2];
    let (mut wrong, mut told) = (Vec::new(), Vec::new());
    for (number, (country, name, at)) in names.iter().enumerate() {
        let is_drawn = usize::from(drawn.contains(&number));
        let sought = Sought { country, name, ..Sought::default() };
        match Gazetteer::bundled().place(&sought) {
            Ok(found) if is_right(name, at, &found) => by_name[is_drawn] += 1,
            Ok(found) => wrong.push(format!("{name} ({country}): {}", found.position)),
            Err(why) => told.push(format!("{name} ({country}): {why:?}")),
        }
        let is_misplaced = MISPLACED.iter().any(|one| (one.0, one.1) == (country, name));
        let position = at.first().copied().filter(|_| !is_misplaced);
        match Gazetteer::bundled().place(&Sought { position, ..sought }) {
            Ok(found) if is_right(name, at, &found) => with_position[is_drawn] += 1,
            Ok(found) => wrong.push(format!("{name} ({country}) at {at:?}: {}", found.position)),
            Err(_) => {}
        }
    }
    let rest = names.len() - DRAWN;
    println!(
        "{} of {DRAWN} drawn are known by their names alone, {} with their positions; {} and {} \
         of the other {rest}; told: {told:#?}",
        by_name[1], with_position[1], by_name[0], with_position[0]
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(with_position[1] * 100 >= 97 * DRAWN, "{} of {DRAWN}", with_position[1]);
    assert!((with_position[0] + with_position[1]) * 100 >= 97 * names.len());
    assert!((by_name[0] + by_name[1]) * 100 >= 93 * names.len(), "{told:#?}");
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
