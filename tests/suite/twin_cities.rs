//! How many French towns of a real list are resolved right. The list is read in place and is no
//! part of this repository.

use std::{collections::HashMap, path::Path};

use atlas_aect::{
    atlas::imports::examine,
    domain::{IssueCode, Position},
    formats::csv::Profile,
};

/// A town is right where it lies this near to the list's own position, in km.
const RIGHT_KM: f64 = 20.0;

#[test]
fn french_towns_of_the_world_list_are_resolved_right() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/links/twin_cities_world.csv");
    let Ok(bytes) = std::fs::read(&path) else {
        println!("skipped: {} is not there", path.display());
        return;
    };
    let positions = positions(&bytes);
    let profile = Profile::bundled("twin-cities").unwrap();
    let with = measure(&bytes, &profile, &positions);
    println!("with positions: {with:?}");
    let blind = without_positions(profile);
    let without = measure(&bytes, &blind, &positions);
    println!("without positions: {without:?}");
    let share = |part: u64, all: u64| part as f64 / all as f64;
    // what is no town ("Essonne", "Neukölln (Berlin)") and links within France are issues by right
    let links = with.right + with.wrong + with.unresolved;
    assert!(share(with.right, links) >= 0.99, "{with:?}");
    assert!(share(without.right, without.right + without.wrong) >= 0.97, "{without:?}");
}

#[derive(Debug, Default)]
struct Measured {
    right: u64,
    wrong: u64,
    /// The French side is unknown, ambiguous or far.
    unresolved: u64,
    /// Rejected for anything else: both ends French, no name.
    other: u64,
}

/// The French side's position, by line.
fn positions(bytes: &[u8]) -> HashMap<u64, Position> {
    let mut positions = HashMap::new();
    let mut csv = csv::Reader::from_reader(bytes);
    for row in csv.records() {
        let row = row.unwrap();
        let side = if &row[1] == "France" { 2 } else { 6 };
        let degrees = |index: usize| row[index].parse::<f64>().unwrap_or(f64::NAN);
        if let Ok(position) = Position::new(degrees(side + 1), degrees(side)) {
            positions.insert(row.position().unwrap().line(), position);
        }
    }
    positions
}

fn without_positions(mut profile: Profile) -> Profile {
    for reading in &mut profile.readings {
        reading.remove("collectivite_longitude");
        reading.remove("collectivite_latitude");
    }
    profile
}

fn measure(bytes: &[u8], profile: &Profile, positions: &HashMap<u64, Position>) -> Measured {
    let examined = examine(bytes, profile, "twin-cities").unwrap();
    let mut measured = Measured::default();
    let mut faults: HashMap<String, u64> = HashMap::new();
    for (line, record) in &examined.records {
        let Some(position) = positions.get(line) else { continue };
        let home = &record.collectivities[0];
        let near = home.position.is_some_and(|home| home.distance_km(*position) <= RIGHT_KM);
        // a grouping, a département, a région is larger than its seat
        if near || home.kind.code != "commune" {
            measured.right += 1;
        } else {
            measured.wrong += 1;
            *faults.entry(format!("wrong: {} ({})", home.name, home.code)).or_default() += 1;
        }
    }
    let mut lines: HashMap<u64, Vec<IssueCode>> = HashMap::new();
    for issue in &examined.issues {
        lines.entry(issue.line).or_default().push(issue.code);
        let about_home = matches!(
            issue.code,
            IssueCode::CollectivityUnknown
                | IssueCode::CollectivityAmbiguous
                | IssueCode::CollectivityFar
        );
        if about_home {
            let value = issue.value.as_deref().unwrap_or_default();
            *faults.entry(format!("{}: {value}", issue.code.code())).or_default() += 1;
        }
    }
    for codes in lines.values() {
        let of_home = [
            IssueCode::CollectivityUnknown,
            IssueCode::CollectivityAmbiguous,
            IssueCode::CollectivityFar,
        ];
        let rejects = |code: &&IssueCode| code.severity() == atlas_aect::domain::Severity::Error;
        match codes.iter().filter(rejects).collect::<Vec<_>>().as_slice() {
            [] => {}
            some if some.iter().all(|code| of_home.contains(code)) => measured.unresolved += 1,
            _ => measured.other += 1,
        }
    }
    let mut faults: Vec<_> = faults.into_iter().collect();
    faults.sort_by_key(|(what, count)| (std::cmp::Reverse(*count), what.clone()));
    for (what, count) in faults.iter().take(60) {
        println!("{count:>5}  {what}");
    }
    measured
}
