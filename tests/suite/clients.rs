//! The API as other people's programs read it: GDAL, `OWSLib`, QGIS.

use std::{
    io::{Seek, Write},
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Server, demo, demo_with, succeed};

const COLLECTIONS: [&str; 9] = [
    "partnerships",
    "links",
    "collectivities",
    "partners",
    "countries",
    "regions",
    "actors",
    "schemes",
    "calls",
];

fn matched(server: &Server, collection: &str, query: &str) -> u64 {
    let page = server.json(&format!("/api/collections/{collection}/items?limit=1&{query}"));
    page["numberMatched"].as_u64().unwrap()
}

/// What a program printed; none where it is not here.
fn tool(command: &mut Command) -> Option<String> {
    let name = command.get_program().to_owned();
    let Ok(Output { status, stdout, stderr }) = command.output() else {
        println!("skipped: {} is not here", name.display());
        return None;
    };
    assert!(status.success(), "{}: {}", name.display(), String::from_utf8_lossy(&stderr));
    Some(String::from_utf8(stdout).unwrap())
}

fn feature_count(info: &str) -> u64 {
    info.split_once("Feature Count:").unwrap().1.lines().next().unwrap().trim().parse().unwrap()
}

#[test]
fn gdal_lists_and_copies_every_collection_whole() {
    let (_database, server) = demo();
    let source = format!("OAPIF:{}/api", server.url);
    let Some(listed) = tool(Command::new("ogrinfo").args(["-ro", &source])) else { return };
    let names: Vec<&str> = listed
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_digit()))
        .map(|line| line.split_once(": ").unwrap().1.split_once(' ').unwrap().0)
        .collect();
    assert_eq!(names, COLLECTIONS);
    let folder = TempDir::new().unwrap();
    for collection in COLLECTIONS {
        for (filter, query) in [("", ""), ("theme_filtered", "theme=sante")] {
            let file = folder.path().join(format!("{collection}{filter}.gpkg"));
            // a filter of the address is a source of its own
            let source = if query.is_empty() {
                source.clone()
            } else {
                format!("{}/api/collections/{collection}/items?{query}&limit=10000", server.url)
            };
            let mut copy = Command::new("ogr2ogr");
            copy.args(["-f", "GPKG", "-nln", "copy", "-nlt", "GEOMETRY"]).arg(&file).arg(&source);
            if query.is_empty() {
                copy.arg(collection);
            }
            tool(&mut copy).unwrap();
            let info = tool(Command::new("ogrinfo").args(["-ro", "-so"]).arg(&file).arg("copy"));
            let count = feature_count(&info.unwrap());
            assert_eq!(count, matched(&server, collection, query), "{collection} {query}");
            assert!(count > 0);
        }
    }
}

#[test]
fn gdal_filters_by_box_and_by_property() {
    let (_database, server) = demo();
    let source = format!("OAPIF:{}/api", server.url);
    let count = |more: &[&str], layer: &str| {
        let arguments = [&["-ro", "-so"], more, &[&source, layer]].concat();
        tool(Command::new("ogrinfo").args(arguments)).map(|info| feature_count(&info))
    };
    let Some(box_of_four) = count(&["-spat", "-20", "0", "20", "20"], "partnerships") else {
        return;
    };
    // GDAL leaves out what has no geometry, which the API must not
    let page = server.json("/api/collections/partnerships/items?limit=10000&bbox=-20,0,20,20");
    let placed = page["features"].as_array().unwrap().iter().filter(|f| !f["geometry"].is_null());
    assert_eq!(box_of_four, placed.count() as u64);
    let where_clause = ["-where", "zone = 'europe'"];
    let countries = server.json("/api/collections/countries/items?limit=10000");
    let countries = countries["features"].as_array().unwrap().iter();
    let europe = countries.filter(|country| country["properties"]["zone"] == "europe").count();
    assert_eq!(count(&where_clause, "countries"), Some(europe as u64));
}

pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(name)
}

/// With the Python that `ATLAS_TEST_OWSLIB` names, which has `OWSLib` (`tests/run` makes it).
#[test]
fn owslib_reads_every_collection() {
    let Ok(python) = std::env::var("ATLAS_TEST_OWSLIB") else {
        println!("skipped: ATLAS_TEST_OWSLIB names no Python with OWSLib");
        return;
    };
    let (_database, server) = demo();
    let address = format!("{}/api", server.url);
    let text = tool(Command::new(python).arg(script("owslib_reads.py")).arg(address)).unwrap();
    let read: Value = serde_json::from_str(&text).unwrap();
    assert!(read["openapi"].as_str().unwrap().starts_with("3.0"));
    for collection in COLLECTIONS {
        let whole = matched(&server, collection, "");
        assert_eq!(read["counts"][collection], whole);
        assert_eq!(read["walked"][collection], whole.min(100));
    }
    let filtered = matched(&server, "partnerships", "bbox=-20,0,20,20&theme=sante");
    assert_eq!(read["filtered"], filtered);
}

/// With the same Python, which has `RDFLib`: DCAT-AP 2.1.1 and 3.0 as those who harvest it read it.
#[test]
fn rdflib_reads_the_catalogue() {
    let Ok(python) = std::env::var("ATLAS_TEST_OWSLIB") else {
        println!("skipped: ATLAS_TEST_OWSLIB names no Python with RDFLib");
        return;
    };
    for contact in [&[][..], &["--contact", "registre@example.fr"]] {
        let (_database, server) = demo_with(contact);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(server.get("/api/dcat.jsonld").body.as_bytes()).unwrap();
        file.rewind().unwrap();
        let mut command = Command::new(&python);
        command.arg(script("dcat_reads.py")).stdin(file);
        let read: Value = serde_json::from_str(&tool(&mut command).unwrap()).unwrap();
        assert_eq!(read["wrong"], serde_json::json!([]));
        let mails: Vec<String> =
            contact.iter().skip(1).map(|mail| format!("mailto:{mail}")).collect();
        assert_eq!(read["contact"], serde_json::json!(mails));
    }
}

/// With the same Python, which has `icalendar`: the deadlines of calls.
#[test]
fn icalendar_reads_the_deadlines() {
    let Ok(python) = std::env::var("ATLAS_TEST_OWSLIB") else {
        println!("skipped: ATLAS_TEST_OWSLIB names no Python with icalendar");
        return;
    };
    let (_database, server) = demo();
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(server.get("/financements.ics").body.as_bytes()).unwrap();
    file.rewind().unwrap();
    let mut command = Command::new(python);
    command.arg(script("calendar_reads.py")).stdin(file);
    let read: Value = serde_json::from_str(&tool(&mut command).unwrap()).unwrap();
    let events = read.as_array().unwrap();
    let one = events.iter().find(|one| one["id"] == "aap-generaliste-2024-tous@atlas-aect");
    assert_eq!(one.unwrap()["start"], "2024-05-06");
    assert!(events.len() >= 10, "{read}");
}

/// With the same Python, which has `pmtiles`: each tile of the file is the one that is served.
#[test]
fn pmtiles_reads_the_file_of_tiles() {
    let Ok(python) = std::env::var("ATLAS_TEST_OWSLIB") else {
        println!("skipped: ATLAS_TEST_OWSLIB names no Python with PMTiles");
        return;
    };
    let (database, server) = demo();
    let folder = TempDir::new().unwrap();
    for collection in ["partnerships", "links", "collectivities", "partners"] {
        let file = folder.path().join(format!("{collection}.pmtiles"));
        let (common, file) = (["export", "--database", &database.url], file.to_str().unwrap());
        let wanted = [collection, "--format", "pmtiles", "-o", file, "--filter", "zone=europe"];
        succeed(&[&common[..], &wanted].concat());
        let mut command = Command::new(&python);
        let address = format!("{}/tiles/{collection}", server.url);
        command.arg(script("pmtiles_reads.py")).args([file, &address, "zone=europe"]);
        let read: Value = serde_json::from_str(&tool(&mut command).unwrap()).unwrap();
        assert_eq!(read["others"], serde_json::json!([]), "{collection}");
        assert_eq!(read["layers"], serde_json::json!([collection]));
        let kinds = &read["kinds"];
        assert!(
            ["float64", "int32", "int64"].contains(&kinds["count"].as_str().unwrap()),
            "{read}"
        );
        assert_eq!(kinds["id"], "object", "{read}");
        assert_eq!(read["stated"], kinds_of_tilestats(collection), "{read}");
        assert_eq!(read["levels"][0], 0);
        assert!(read["tiles"].as_u64().unwrap() > 5, "{read}");
    }
}

/// The attributes that every tile of a collection may have, as numbers: the others are texts.
fn kinds_of_tilestats(collection: &str) -> Value {
    let counts: &[&str] = match collection {
        "partnerships" | "links" => &["count"],
        _ => &["count", "partnerships"],
    };
    counts.into()
}

/// The example of docs/tiles.md.
#[test]
fn gdal_reads_tiles() {
    let (_database, server) = demo();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("partnerships.geojson");
    let mut copy = Command::new("ogr2ogr");
    copy.args(["-f", "GeoJSON"]).arg(&file).arg(format!("MVT:{}/tiles/partnerships/3", server.url));
    copy.arg("-oo").arg(format!("METADATA_FILE={}/tiles/partnerships.json", server.url));
    copy.args(["-oo", "TILE_EXTENSION=mvt"]);
    if tool(&mut copy).is_none() {
        return;
    }
    let read: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let features = read["features"].as_array().unwrap();
    let count = |feature: &Value| feature["properties"]["count"].as_f64().unwrap();
    let placed = server.json("/api/collections/partnerships/items?limit=10000");
    let placed = placed["features"].as_array().unwrap();
    let placed = placed.iter().filter(|feature| !feature["geometry"].is_null()).count() as f64;
    // every one is in a tile; one with several places is in several
    let drawn: f64 = features.iter().map(count).sum();
    assert!(drawn >= placed && features.len() > 50, "{drawn} of {placed}");
}

/// With Debian's `python3-qgis` (`tests/run clients` installs it).
#[test]
fn qgis_opens_partnerships_with_a_filter() {
    let python = "/usr/bin/python3";
    let has_qgis = Command::new(python).args(["-c", "import qgis.core"]).output();
    if !has_qgis.is_ok_and(|output| output.status.success()) {
        println!("skipped: python3-qgis is not here");
        return;
    }
    let (_database, server) = demo();
    let mut command = Command::new(python);
    command.arg(script("qgis_reads.py")).arg(format!("{}/api", server.url));
    let folder = TempDir::new().unwrap();
    // its settings and caches are not to be found by the next run
    command.env("QT_QPA_PLATFORM", "offscreen").env("HOME", folder.path());
    let read: Value = serde_json::from_str(&tool(&mut command).unwrap()).unwrap();
    let page = server.json("/api/collections/partnerships/items?limit=10000");
    let features = page["features"].as_array().unwrap();
    let german = features.iter().filter(|f| f["properties"]["country_code"] == "DE").count();
    assert_eq!(read["all"], features.len());
    assert_eq!(read["german"], german);
    let page = server.json("/api/collections/partnerships/items?limit=10000&bbox=-20,0,20,20");
    let placed = page["features"].as_array().unwrap().iter().filter(|f| !f["geometry"].is_null());
    assert_eq!(read["box"], placed.count());
    let fields = read["fields"].as_array().unwrap();
    for name in ["id", "title", "collectivity_name", "partner_name", "country_code", "themes"] {
        assert!(fields.iter().any(|field| field == name), "{name}");
    }
}
