//! The collections of the directory in the API and as files, and what other programs read of them.

use std::{collections::BTreeSet, fs, process::Command};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Server, TestDatabase, demo, run, succeed};

const COLLECTIONS: [&str; 3] = ["actors", "schemes", "calls"];
const FORMATS: [&str; 7] = ["geojson", "geojsonl", "geojsons", "csv", "fgb", "gpkg", "parquet"];

fn matched(server: &Server, collection: &str, query: &str) -> u64 {
    let page = server.json(&format!("/api/collections/{collection}/items?limit=1&{query}"));
    page["numberMatched"].as_u64().unwrap()
}

fn codes(server: &Server, collection: &str, query: &str) -> BTreeSet<String> {
    let page = server.json(&format!("/api/collections/{collection}/items?limit=10000&{query}"));
    let features = page["features"].as_array().unwrap().iter();
    features.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// What a program says; none where it is not here.
fn tool(name: &str, arguments: &[&str]) -> Option<String> {
    let Ok(output) = Command::new(name).args(arguments).output() else {
        println!("skipped: {name} is not here");
        return None;
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{arguments:?}: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(said)
}

fn count_of(info: &str) -> u64 {
    let line = info.split_once("Feature Count:").unwrap_or_else(|| panic!("{info}")).1;
    line.lines().next().unwrap().trim().parse().unwrap()
}

/// Every queryable is a parameter that takes its values, and what a collection has not is refused.
#[test]
fn queryables_are_what_items_take() {
    let (_database, server) = demo();
    for (collection, own, foreign) in [
        ("actors", "service", "state"),
        ("schemes", "state", "service"),
        ("calls", "scheme", "service"),
    ] {
        let path = format!("/api/collections/{collection}");
        let queryables = server.json(&format!("{path}/queryables?lang=en"));
        let properties = queryables["properties"].as_object().unwrap();
        assert!(properties.contains_key(own), "{collection}");
        for (name, schema) in properties {
            assert!(!schema["title"].as_str().unwrap().is_empty());
            let values = schema["enum"].as_array().cloned().unwrap_or_default();
            for value in values.iter().take(3) {
                let value = value.as_str().unwrap();
                assert_eq!(server.get(&format!("{path}/items?{name}={value}")).status, 200);
            }
        }
        let refused = server.get(&format!("{path}/items?{foreign}=ouvert"));
        assert_eq!(refused.status, 400);
        assert_eq!(refused.json()["errors"][0]["parameter"], foreign);
        // nothing has a place, so that no box leaves anything out
        let all = matched(&server, collection, "");
        assert_eq!(matched(&server, collection, "bbox=0,40,10,50"), all);
    }
    let kinds =
        server.json("/api/collections/schemes/queryables")["properties"]["kind"]["enum"].clone();
    let sum: u64 = kinds
        .as_array()
        .unwrap()
        .iter()
        .map(|kind| matched(&server, "schemes", &format!("kind={}", kind.as_str().unwrap())))
        .sum();
    assert_eq!(sum, matched(&server, "schemes", ""));
}

/// A call is found by the days on which one could apply.
#[test]
fn calls_are_found_by_their_days() {
    let (_database, server) = demo();
    let page = server.json("/api/collections/calls/items?limit=10000");
    let days = ["2024-05-06", "2021-01-01/2022-12-31", "2030-01-01/.."];
    for datetime in days {
        let (from, to) = datetime.split_once('/').unwrap_or((datetime, datetime));
        let expected = page["features"].as_array().unwrap().iter().filter(|call| {
            let properties = &call["properties"];
            let opens = properties["opens"].as_str();
            let ends = properties["deadlines"].as_array().unwrap().iter();
            let ends: Option<String> = ends
                .filter_map(|one| one.as_str())
                .map(|one| one.rsplit('=').next().unwrap().split(' ').next().unwrap().to_owned())
                .max();
            let begins = opens.is_none_or(|opens| to == ".." || opens <= to);
            // a month or a year goes on to its end
            let ends = ends.is_none_or(|ends| ends.as_str() >= &from[..from.len().min(ends.len())]);
            begins && ends
        });
        let expected: BTreeSet<String> =
            expected.map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(
            codes(&server, "calls", &format!("datetime={datetime}")),
            expected,
            "{datetime}"
        );
    }
    assert!(
        codes(&server, "calls", "datetime=2030-01-01/..").len()
            < matched(&server, "calls", "") as usize
    );
}

/// Every format has every record, filtered as items are, and GDAL reads each.
#[test]
fn every_format_has_every_record() {
    let (_database, server) = demo();
    let folder = TempDir::new().unwrap();
    for collection in COLLECTIONS {
        for query in ["", "theme=eau-assainissement"] {
            let expected = matched(&server, collection, query);
            for format in FORMATS {
                let address = format!("{}/api/export/{collection}.{format}?{query}", server.url);
                let file = folder.path().join(format!("{collection}{}.{format}", query.len()));
                let name = file.to_str().unwrap();
                let mut answer = ureq::get(&address).call().unwrap();
                fs::write(&file, answer.body_mut().read_to_vec().unwrap()).unwrap();
                if format == "parquet" {
                    let magic = fs::read(&file).unwrap();
                    assert!(magic.starts_with(b"PAR1") && magic.ends_with(b"PAR1"));
                    continue;
                }
                let Some(info) = tool("ogrinfo", &["-ro", "-so", "-al", name]) else { return };
                assert_eq!(count_of(&info), expected, "{collection}.{format} {query}");
                if format == "gpkg" {
                    assert!(info.contains("Geometry: None"), "{info}");
                }
            }
        }
    }
}

/// GDAL lists the collections, reads them whole, and filters by what is a parameter.
#[test]
fn gdal_reads_the_collections() {
    let (_database, server) = demo();
    let source = format!("OAPIF:{}/api", server.url);
    for collection in COLLECTIONS {
        let arguments = ["-ro", "-so", &source, collection];
        let Some(info) = tool("ogrinfo", &arguments) else { return };
        assert_eq!(count_of(&info), matched(&server, collection, ""), "{collection}");
        assert!(info.contains("certainty: String") && info.contains("seen_on: String"), "{info}");
    }
    let arguments = ["-ro", "-so", "-where", "kind = 'fonds'", &source, "schemes"];
    let info = tool("ogrinfo", &arguments).unwrap();
    assert_eq!(count_of(&info), matched(&server, "schemes", "kind=fonds"));
}

/// The command line writes what the server gives; a table is what `--directory` reads.
#[test]
fn what_is_exported_is_served_again() {
    let (database, server) = demo();
    let folder = TempDir::new().unwrap();
    for collection in COLLECTIONS {
        let file = folder.path().join(format!("{collection}.csv"));
        let name = file.to_str().unwrap();
        let arguments =
            ["export", collection, "--format", "csv", "--database", &database.url, "-o", name];
        succeed(&arguments);
        let table = fs::read_to_string(&file).unwrap();
        assert_eq!(table, server.get(&format!("/api/export/{collection}.csv")).body);
        let lines = ["export", collection, "--format", "geojsonl", "--database", &database.url];
        let lines = succeed(&lines);
        assert_eq!(lines.lines().count() as u64, matched(&server, collection, ""));
        for (line, query) in [(true, "kind=rien"), (false, "zone=afrique")] {
            let arguments = ["export", collection, "--database", &database.url, "--filter", query];
            let failed = run(&arguments);
            assert!(!failed.status.success());
            let said = String::from_utf8_lossy(&failed.stderr).into_owned();
            assert!(said.contains(if line { "kind" } else { "no such filter" }), "{said}");
        }
        let tiles = ["export", collection, "--database", &database.url, "--format", "pmtiles"];
        let said = run(&tiles);
        assert!(String::from_utf8_lossy(&said.stderr).contains("has no tiles"));
    }
    let own = folder.path().to_str().unwrap();
    let second = TestDatabase::sqlite();
    let again = Server::start(&second, &["--directory", own]);
    for collection in COLLECTIONS {
        let path = format!("/api/collections/{collection}/items?limit=10000");
        let features = |server: &Server| server.json(&path)["features"].clone();
        assert_eq!(features(&again), features(&server), "{collection}");
    }
}

/// The Table Schema has the columns of the table, the dictionary the properties of the features.
#[test]
fn schemas_name_the_columns() {
    let (_database, server) = demo();
    let dcat = server.get("/api/dcat.jsonld").body;
    for collection in COLLECTIONS {
        let address = format!("/api/schema/native/{collection}.json");
        let schema = server.json(&address);
        assert_eq!(server.get(&address).body, succeed(&["schema", collection]));
        let fields = schema["fields"].as_array().unwrap().iter();
        let fields: Vec<&str> = fields.map(|one| one["name"].as_str().unwrap()).collect();
        let table = server.get(&format!("/api/export/{collection}.csv")).body;
        assert_eq!(table.lines().next().unwrap(), fields.join(","));
        let dictionary = server.json(&format!("/api/schema/{collection}.json"));
        let named = dictionary["fields"].as_array().unwrap().iter();
        let named: BTreeSet<&str> = named.map(|one| one["name"].as_str().unwrap()).collect();
        let page = server.json(&format!("/api/collections/{collection}/items?limit=1"));
        let properties = page["features"][0]["properties"].as_object().unwrap();
        assert_eq!(properties.keys().map(String::as_str).collect::<BTreeSet<_>>(), named);
        assert!(dcat.contains(&address) && dcat.contains(&format!("{collection}.gpkg")));
    }
    assert_eq!(server.get("/api/schema/native/partners.json").status, 404);
}

/// With the Python that `ATLAS_TEST_FRICTIONLESS` names, or one that is there.
#[test]
fn frictionless_reads_the_tables() {
    let python = std::env::var("ATLAS_TEST_FRICTIONLESS").unwrap_or_else(|_| "python3".into());
    let has_it = Command::new(&python).args(["-c", "import frictionless"]).output();
    if !has_it.is_ok_and(|output| output.status.success()) {
        println!("skipped: no Python with frictionless is here");
        return;
    }
    let (_database, server) = demo();
    let folder = TempDir::new().unwrap();
    let save = |name: &str, path: &str| {
        fs::write(folder.path().join(name), server.get(path).body).unwrap();
    };
    for collection in COLLECTIONS {
        save(&format!("{collection}.csv"), &format!("/api/export/{collection}.csv"));
        save(&format!("{collection}.json"), &format!("/api/schema/native/{collection}.json"));
        let script = "import sys; from frictionless import Resource, Schema; \
             report = Resource(path=sys.argv[1], schema=Schema.from_descriptor(sys.argv[2])).validate(); \
             print(report.flatten(['rowNumber', 'fieldNumber', 'type', 'note'])[:5]); \
             sys.exit(0 if report.valid else 1)";
        let output = Command::new(&python)
            .current_dir(folder.path())
            .args(["-c", script, &format!("{collection}.csv"), &format!("{collection}.json")])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

/// What search engines read of a scheme.
#[test]
fn a_scheme_is_linked_data() {
    let (_database, server) = demo();
    for (path, name) in [("/financements/ficol", "fr"), ("/en/funding/ficol", "en")] {
        let page = server.get(path).body;
        let mut blocks = page.split("<script type=\"application/ld+json\">").skip(1);
        let grant = blocks.find_map(|block| {
            let data: Value = serde_json::from_str(block.split("</script>").next()?).ok()?;
            data["@type"].as_str().is_some_and(|kind| kind.ends_with("Grant")).then_some(data)
        });
        let grant = grant.unwrap_or_else(|| panic!("{name}: no grant"));
        assert_eq!(grant["identifier"], "ficol");
        assert!(grant["funder"][0]["@id"].as_str().unwrap().contains("/afd"), "{grant}");
        assert!(
            grant["subjectOf"].as_array().unwrap().iter().all(|one| one["endDate"].is_string())
        );
    }
}
