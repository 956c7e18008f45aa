//! Real link files: what share of them is taken, and whether it is taken right.

use std::{collections::HashMap, path::Path};

use atlas_aect::{
    domain::Position,
    reference::{Collectivities, Wanted},
};
use serde_json::Value;

use crate::support::{TestDatabase, export, import, shared, timeless};

const WIKIDATA: &str = "data/links/wikidata_p190_france.tsv";
const TWIN_CITIES: &str = "data/links/twin_cities_world.csv";

fn count(report: &Value, name: &str) -> u64 {
    report["outcome"][name].as_u64().unwrap()
}

#[test]
fn wikidata_twinnings_become_partnerships() {
    let Some(path) = shared(WIKIDATA) else { return };
    let mut exports = Vec::new();
    for database in TestDatabase::each() {
        let (_, report) = import(&database, &path, &["--profile", "wikidata-p190"]);
        let (rows, created, repeated) =
            (count(&report, "rows"), count(&report, "created"), count(&report, "repeated"));
        println!(
            "{}: {rows} rows, {created} partnerships, {repeated} rows that repeat one",
            database.name
        );
        assert_eq!(rows, 3869);
        assert!((created + repeated) as f64 >= 0.95 * rows as f64, "{report:#}");
        // every other row is listed with a reason
        let errors =
            report["issues"].as_array().unwrap().iter().filter(|i| i["severity"] == "error");
        let mut lines: Vec<u64> = errors.map(|issue| issue["line"].as_u64().unwrap()).collect();
        lines.dedup();
        assert_eq!(lines.len() as u64, count(&report, "rejected"));

        let (_, again) = import(&database, &path, &["--profile", "wikidata-p190"]);
        assert_eq!((count(&again, "created"), count(&again, "updated")), (0, 0));
        exports.push(timeless(&export(&database, "geojson")));
    }
    assert!(exports.iter().all(|export| *export == exports[0]), "databases differ");
}

#[test]
fn twin_cities_keep_their_french_links() {
    let Some(path) = shared(TWIN_CITIES) else { return };
    let mut exports = Vec::new();
    for database in TestDatabase::each() {
        let (_, report) = import(&database, &path, &["--profile", "twin-cities"]);
        let french = count(&report, "rows") - count(&report, "skipped");
        let taken = count(&report, "created") + count(&report, "repeated");
        let inside = report["issue_totals"]["both-in-france"].as_u64().unwrap();
        println!(
            "{}: {french} rows with a French side, {inside} inside France, {taken} taken",
            database.name
        );
        assert!((3_700..4_000).contains(&french), "{french}");
        assert!(taken as f64 >= 0.95 * (french - inside) as f64, "{report:#}");
        let (_, again) = import(&database, &path, &["--profile", "twin-cities"]);
        assert_eq!((count(&again, "created"), count(&again, "updated")), (0, 0));
        exports.push(timeless(&export(&database, "geojson")));
    }
    assert!(exports.iter().all(|export| *export == exports[0]), "databases differ");
}

/// Communes of the reference list that is shared for tests, by INSEE code: another one than ours.
fn other_positions(path: &Path) -> HashMap<String, Position> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|title| title == name).unwrap();
    let (insee, lon, lat) = (column("insee"), column("lon"), column("lat"));
    let rows = reader.records().filter_map(|row| {
        let row = row.ok()?;
        let at = Position::new(row[lon].parse().ok()?, row[lat].parse().ok()?).ok()?;
        Some((row[insee].to_owned(), at))
    });
    rows.collect()
}

#[test]
fn communes_are_resolved_right() {
    let (Some(links), Some(list)) = (shared(WIKIDATA), shared("data/reference/communes.csv"))
    else {
        return;
    };
    let positions = other_positions(&list);
    let mut reader = csv::ReaderBuilder::new().delimiter(b'\t').from_path(links).unwrap();
    let (mut resolved, mut right) = (0, 0);
    for row in reader.records() {
        let row = row.unwrap();
        let at = Position::new(row[3].parse().unwrap(), row[2].parse().unwrap()).unwrap();
        let wanted = Wanted { name: &row[0], position: Some(at), ..Wanted::default() };
        let Ok(found) = Collectivities::bundled().by_name(wanted) else { continue };
        if found.collectivity.kind.code != "commune" {
            continue;
        }
        resolved += 1;
        match positions.get(&found.collectivity.code) {
            Some(other) if other.distance_km(at) <= 15.0 => right += 1,
            Some(other) => println!("{}: {:.0} km", &row[0], other.distance_km(at)),
            None => println!("{}: no position in the other list", &row[0]),
        }
    }
    println!("{right} of {resolved} communes within 15 km");
    assert!(resolved > 3_600 && f64::from(right) >= 0.995 * f64::from(resolved));
}
