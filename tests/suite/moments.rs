//! When a record last changed: one moment, to the microsecond that the database keeps, in every
//! answer and every file.

use std::{collections::BTreeMap, fs, process::Command};

use chrono::{NaiveDateTime, TimeDelta};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Server, TestDatabase, import, succeed};

const HEADER: &str =
    "identifiant,intitule,collectivite,collectivite_code,partenaire,partenaire_pays";

/// A register of three imports, the last of which changes a record of the first.
fn register(database: &TestDatabase) -> Server {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("rows.csv");
    for rows in [
        "1,Eau,Lyon,69123,Bamako,ML\n2,Sport,Lyon,69123,Kayes,ML",
        "3,Santé,Brest,29019,Dakar,SN",
        "1,Eau potable,Lyon,69123,Bamako,ML",
    ] {
        fs::write(&file, format!("{HEADER}\n{rows}\n")).unwrap();
        import(database, &file, &["--source", "essai"]);
    }
    Server::start(database, &[])
}

/// When each feature changed, by id.
fn moments<'f>(features: impl Iterator<Item = &'f Value>) -> BTreeMap<String, String> {
    let moment = |feature: &Value| {
        let moment = feature["properties"]["updated_at"].as_str().unwrap().to_owned();
        (feature["id"].as_str().unwrap().to_owned(), moment)
    };
    features.map(moment).collect()
}

#[test]
fn every_answer_and_file_tells_one_moment_to_the_microsecond() {
    for database in TestDatabase::each() {
        let server = register(&database);
        let page = server.json("/api/collections/partnerships/items");
        let own = moments(page["features"].as_array().unwrap().iter());
        assert_eq!(own.len(), 3);
        // of 100 moments one ends with four zeros: all three do so once in a million
        assert!(own.values().any(|one| !one.ends_with("0000Z")), "{own:?}");
        for moment in own.values() {
            assert_eq!(moment.len(), "2026-11-30T09:19:14.123456Z".len(), "{moment}");
        }

        let list = server.json("/api/changes?since=0");
        for change in list["changes"].as_array().unwrap() {
            assert_eq!(change["at"], own[change["id"].as_str().unwrap()].as_str(), "{list}");
        }
        assert_eq!(list["changes"].as_array().unwrap().len(), 3);
        for collection in ["partnerships", "links"] {
            let lines = server.get(&format!("/api/export/{collection}.geojsonl")).body;
            let lines: Vec<Value> =
                lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(moments(lines.iter()), own, "{collection}");
        }

        let feed = server.get("/flux.atom").body;
        let newest = own.values().max().unwrap();
        assert_eq!(feed.matches(&format!("<updated>{newest}</updated>")).count(), 2, "{feed}");
        for (id, moment) in &own {
            assert!(feed.contains(&format!("<updated>{moment}</updated>")), "{feed}");
            let record = server.get(&format!("/partenariats/{id}")).body;
            assert!(record.contains(&format!("datetime=\"{moment}\"")), "{id}: {moment}");
            let same = own.values().filter(|other| *other == moment).count();
            let later = own.values().filter(|other| *other > moment).count();
            for (comparison, wanted) in [("%3D", same), ("%3E", later)] {
                let filter = format!("updated_at{comparison}TIMESTAMP('{moment}')");
                let found =
                    server.json(&format!("/api/collections/partnerships/items?filter={filter}"));
                assert_eq!(found["numberMatched"], wanted, "{filter}");
            }
        }
        files_tell(&database, &own);
    }
}

/// Files of tables, as GDAL reads them: it keeps milliseconds, as a GeoPackage does.
fn files_tell(database: &TestDatabase, own: &BTreeMap<String, String>) {
    let folder = TempDir::new().unwrap();
    for format in ["fgb", "gpkg", "geojson"] {
        let file = folder.path().join(format!("all.{format}"));
        let path = file.to_str().unwrap();
        succeed(&["export", "--database", &database.url, "--format", format, "-o", path]);
        if format == "fgb" {
            let bytes = fs::read(&file).unwrap();
            for moment in own.values() {
                let is_there = bytes.windows(moment.len()).any(|part| part == moment.as_bytes());
                assert!(is_there, "{moment}");
            }
        }
        let copy = Command::new("ogr2ogr")
            .args(["-f", "CSV", "/vsistdout/", "-select", "id,updated_at"])
            .arg(&file)
            .output();
        let Ok(copy) = copy else {
            println!("skipped: ogr2ogr (GDAL) is not here");
            return;
        };
        let mut rows = csv::Reader::from_reader(copy.stdout.as_slice());
        let mut read: BTreeMap<String, String> = BTreeMap::new();
        for row in rows.records().map(Result::unwrap) {
            read.insert(row[0].to_owned(), row[1].replace('/', "-").replace(' ', "T"));
        }
        assert_eq!(read.len(), own.len(), "{format}");
        for (id, moment) in own {
            let shown = read[id].trim_end_matches("+00").trim_end_matches('Z');
            let [shown, own] = [shown, moment.trim_end_matches('Z')]
                .map(|text| text.parse::<NaiveDateTime>().unwrap());
            assert!((shown - own).abs() <= TimeDelta::milliseconds(1), "{format} {shown} {own}");
        }
    }
}
