//! Types, counts and sums at the first try, of a register with partial dates, cents, several
//! partners and nulls: GDAL by the API, old and new, and the schema that tells it what comes.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::Path,
    process::{Command, Output},
};

use serde_json::{Map, Value};
use tempfile::TempDir;

use crate::support::{Server, TestDatabase, import};

/// 60 partnerships: runs of whole days and whole amounts, as a first page may have them, then
/// years, months, cents, several partners, and nothing at all.
fn rows() -> String {
    let mut text = String::from(
        "identifiant,intitule,collectivite,collectivite_code,partenaire,partenaire_pays,date_debut,date_fin,budget_eur,verifie_le,themes\n",
    );
    for number in 0..60 {
        let (partner, country) =
            if number % 7 == 0 { ("Bamako|Kayes", "ML|ML") } else { ("Bamako", "ML") };
        let start = ["1959", "1959-01-01", "2016-12", "2016-12-15", ""][number % 5];
        let end = ["2020", "", "2021-02", "2022-05-31"][number % 4];
        let budget = ["12000", "", "1234.56", "0", "99999999.99", "7"][number % 6];
        let (verified, themes) =
            if number % 3 == 0 { ("2024-03-01", "sante|sport") } else { ("", "") };
        let row = format!(
            "{number},Essai {number},Lyon,69123,{partner},{country},{start},{end},{budget},{verified},{themes}"
        );
        writeln!(text, "{row}").unwrap();
    }
    text + "de,Autre,Lyon,69123,Leipzig,DE,1981,,10,,sport\n"
}

pub fn register() -> (TestDatabase, Server) {
    let database = TestDatabase::sqlite();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("rows.csv");
    std::fs::write(&file, rows()).unwrap();
    let (_, report) = import(&database, &file, &[]);
    assert_eq!(report["outcome"]["created"], 61, "{report}");
    let server = Server::start(&database, &[]);
    (database, server)
}

/// The properties of each feature by its id.
fn properties(features: &Value) -> BTreeMap<String, Map<String, Value>> {
    let features = features["features"].as_array().unwrap().iter();
    let properties = features.map(|feature| feature["properties"].as_object().unwrap().clone());
    properties.map(|one| (one["id"].as_str().unwrap().to_owned(), one)).collect()
}

pub fn all(server: &Server) -> BTreeMap<String, Map<String, Value>> {
    properties(&server.json("/api/collections/partnerships/items?limit=1000"))
}

fn sum(rows: &BTreeMap<String, Map<String, Value>>) -> f64 {
    rows.values().filter_map(|row| row["budget_eur"].as_f64()).sum()
}

/// A program of GDAL with its log; none where it is not here.
fn gdal(program: &str, arguments: &[&str]) -> Option<(String, String)> {
    let command = Command::new(program).args(arguments).env("CPL_DEBUG", "ON").output();
    let Ok(Output { status, stdout, stderr }) = command else {
        println!("skipped: {program} (GDAL) is not here");
        return None;
    };
    let log = String::from_utf8_lossy(&stderr).into_owned();
    assert!(status.success(), "{log}");
    Some((String::from_utf8(stdout).unwrap(), log))
}

#[test]
fn gdal_reads_types_and_values_of_the_api() {
    let (_database, server) = register();
    let source = format!("OAPIF:{}/api", server.url);
    let Some((info, log)) = gdal("ogrinfo", &["-ro", "-so", &source, "partnerships"]) else {
        return;
    };
    for field in [
        "start: String",
        "end: String",
        "start_first_day: Date",
        "end_last_day: Date",
        "verified_on: Date",
        "updated_at: DateTime",
        "budget_eur: Real",
        "themes: StringList",
        "sdgs: IntegerList",
    ] {
        assert!(info.contains(&format!("\n{field} (")), "{field}: {info}");
    }
    assert!(log.contains("Using JSON schema"), "{log}");
    assert_eq!(info.matches("\nid: ").count(), 1, "{info}");
    let arguments = ["-f", "GeoJSON", "/vsistdout/", &source, "partnerships"];
    let (copied, _) = gdal("ogr2ogr", &arguments).unwrap();
    let (copied, own) = (properties(&serde_json::from_str(&copied).unwrap()), all(&server));
    assert_eq!(copied.len(), 61);
    assert!((sum(&copied) - sum(&own)).abs() < 1e-6, "{} {}", sum(&copied), sum(&own));
    for (id, own) in &own {
        for name in ["start", "end", "title", "budget_eur", "themes", "start_first_day"] {
            let read = copied[id].get(name).cloned().unwrap_or_default();
            let read = match (read, &own[name]) {
                // GDAL writes days with strokes
                (Value::String(text), _) => Value::from(text.replace('/', "-")),
                // an empty list is nothing to it
                (Value::Null, Value::Array(list)) if list.is_empty() => own[name].clone(),
                (read, _) => read,
            };
            assert_eq!(read, own[name], "{id} {name}");
        }
    }
}

#[test]
fn every_driver_of_gdal_takes_flat_features() {
    let (_database, server) = register();
    let folder = TempDir::new().unwrap();
    let own = all(&server);
    let with_themes = own.values().filter(|row| row["themes"][0] == "sante").count();
    for (driver, ending) in [("FlatGeobuf", "fgb"), ("GPKG", "gpkg"), ("ESRI Shapefile", "shp")] {
        for (number, source) in [
            format!("OAPIF:{}/api?flat=1", server.url),
            format!("{}/api/export/partnerships.geojson?flat=1", server.url),
        ]
        .iter()
        .enumerate()
        {
            let file = folder.path().join(format!("{number}.{ending}"));
            let file = file.to_str().unwrap();
            let arguments = [
                "-f",
                driver,
                "-nlt",
                "PROMOTE_TO_MULTI",
                "-nln",
                "p",
                file,
                source,
                "partnerships",
            ];
            let Some((_, log)) = gdal("ogr2ogr", &arguments) else { return };
            // a Shapefile has no times either
            let has_lists = log.contains("StringList") || log.contains("IntegerList");
            assert!(!has_lists && !log.contains("ERROR"), "{driver}: {log}");
            let (read, _) = gdal("ogr2ogr", &["-f", "CSV", "/vsistdout/", file]).unwrap();
            let mut csv = csv::Reader::from_reader(read.as_bytes());
            let rows: Vec<BTreeMap<String, String>> =
                csv.deserialize().map(Result::unwrap).collect();
            assert_eq!(rows.len(), own.len(), "{driver} {source}");
            let found = rows.iter().filter(|row| row["themes"] == "sante|sport").count();
            assert_eq!(found, with_themes, "{driver} {source}");
        }
    }
    let columns = server.json("/api/collections/partnerships/schema/columns?flat=1");
    let columns = &columns["properties"]["properties"]["properties"];
    assert_eq!(
        (&columns["themes"]["type"], &columns["budget_eur"]["type"]),
        (&"string".into(), &"number".into())
    );
    let one = server.json("/api/collections/partnerships/items?flat=1&limit=1&sdgs=6");
    assert_eq!(one["features"].as_array().unwrap().len(), 0);
    assert_eq!(server.get("/api/facets?flat=1").status, 400);
}

#[test]
fn gdal_sends_filters_to_the_server() {
    let (_database, server) = register();
    let source = format!("OAPIF:{}/api", server.url);
    for (condition, sent, found) in [
        ("country_code = 'DE'", "country_code=DE", 1),
        ("start = '1959'", "start=1959", 12),
        ("start = '1959-01-01'", "start=1959-01-01", 12),
        ("title = 'Essai 7'", "title=Essai%207", 1),
        // old ones compare numbers themselves
        ("budget_eur = 1234.56", "/items?", 10),
    ] {
        let arguments = ["-ro", "-so", "-where", condition, &source, "partnerships"];
        let Some((info, log)) = gdal("ogrinfo", &arguments) else { return };
        assert!(info.contains(&format!("Feature Count: {found}\n")), "{condition}: {info}");
        assert!(log.contains(sent), "{condition}: {log}");
    }
}

fn python(script: &str, arguments: &[&str]) -> Option<Value> {
    let Ok(python) = std::env::var("ATLAS_TEST_OWSLIB") else {
        println!("skipped: ATLAS_TEST_OWSLIB names no Python with pyogrio and jsonschema");
        return None;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(script);
    let output = Command::new(python).arg(script).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// With the Python that `ATLAS_TEST_OWSLIB` names, whose pyogrio brings a GDAL of its own.
#[test]
fn pyogrio_reads_types_and_values_of_the_api() {
    let (_database, server) = register();
    let api = format!("{}/api", server.url);
    let Some(read) = python("pyogrio_reads.py", &[&api, "country_code = 'DE'"]) else { return };
    for (name, kind) in [
        ("start", "object"),
        ("budget_eur", "float64"),
        ("start_first_day", "datetime64[D]"),
        ("verified_on", "datetime64[D]"),
    ] {
        assert_eq!(read["kinds"][name], kind, "{name}: {}", read["kinds"]);
    }
    let own = all(&server);
    let rows = read["rows"].as_array().unwrap();
    assert_eq!(rows.len(), own.len());
    for row in rows {
        let own = &own[row["id"].as_str().unwrap()];
        for name in ["start", "end", "budget_eur", "start_first_day", "title"] {
            assert_eq!(row[name], own[name], "{name}");
        }
    }
    assert_eq!(read["some"], 1);
    let asked = read["asked"].as_array().unwrap();
    let pushed = |line: &Value| line.as_str().unwrap().contains("country_code=DE");
    assert!(asked.iter().any(pushed), "{asked:?}");
}

/// With the same Python, which has jsonschema.
#[test]
fn features_are_valid_by_the_schemas_of_their_collections() {
    let (_database, server) = crate::support::demo();
    let Some(read) = python("schemas_hold.py", &[&format!("{}/api", server.url)]) else { return };
    assert_eq!(read["wrong"], serde_json::json!([]), "{read}");
    assert!(read["checked"].as_u64().unwrap() > 500, "{read}");
    let (_database, server) = register();
    let read = python("schemas_hold.py", &[&format!("{}/api", server.url)]).unwrap();
    assert_eq!(read["wrong"], serde_json::json!([]), "{read}");
}

#[test]
fn countries_and_partners_of_a_zone_lie_there() {
    let (_database, server) = crate::support::demo();
    for (path, name, value) in [
        ("countries/items?zone=europe", "zone", "europe"),
        ("partners/items?zone=afrique-subsaharienne", "zone", "afrique-subsaharienne"),
        ("partners/items?partner_kind=region", "partner_kind", "region"),
        ("collectivities/items?collectivity_kind=region", "collectivity_kind", "region"),
    ] {
        let page = server.json(&format!("/api/collections/{path}&limit=10000"));
        let features = page["features"].as_array().unwrap();
        assert!(!features.is_empty(), "{path}");
        for feature in features {
            assert_eq!(feature["properties"][name], value, "{path}");
        }
        assert_eq!(page["numberMatched"], features.len());
    }
}

#[test]
fn boxes_go_round_the_world() {
    let (_database, server) = crate::support::edges();
    let found = |collection: &str, bbox: &str| -> Vec<String> {
        let path = format!("/api/collections/{collection}/items?limit=1000&bbox={bbox}");
        let page = server.json(&path);
        let features = page["features"].as_array().unwrap().iter();
        features.map(|feature| feature["id"].as_str().unwrap().to_owned()).collect()
    };
    for collection in ["partnerships", "links", "partners"] {
        let over_the_line = found(collection, "170,-30,-165,70");
        assert!(over_the_line.len() > 1);
        for same in ["170,-30,195,70", "-190,-30,-165,70", "530,-30,555,70"] {
            assert_eq!(found(collection, same), over_the_line, "{collection} {same}");
        }
        let all = found(collection, "-180,-90,180,90");
        assert_eq!(found(collection, "-400,-90,400,90"), all);
        assert_eq!(found(collection, "10,-90,370,90"), all);
    }
    let refused = server.get("/api/collections/links/items?bbox=0,-91,10,0");
    assert_eq!(refused.status, 400);
    let far = server.get("/api/collections/links/items?bbox=0,0,1e9,10");
    assert_eq!(far.json()["errors"][0]["parameter"], "bbox");
}

#[test]
fn a_place_on_the_edge_of_a_box_lies_in_it_in_every_system() {
    let (_database, server) = crate::support::demo();
    for collection in ["collectivities", "partners"] {
        for system in ["EPSG/0/4326", "EPSG/0/3857", "EPSG/0/2154", "OGC/1.3/CRS84"] {
            let crs = format!("http://www.opengis.net/def/crs/{system}");
            let items = format!("/api/collections/{collection}/items");
            // in France, where every system is at home
            let page = server.json(&format!("{items}?limit=30&crs={crs}&bbox=-2,43,8,50"));
            for feature in page["features"].as_array().unwrap() {
                if feature["geometry"].is_null() {
                    continue;
                }
                let [x, y] =
                    [0, 1].map(|axis| feature["geometry"]["coordinates"][axis].as_f64().unwrap());
                let far = if system.contains("4326") || system.contains("CRS84") {
                    0.5
                } else {
                    40_000.0
                };
                for corner in [[x, y, x + far, y + far], [x - far, y - far, x, y]] {
                    let corner = corner.map(|side| side.to_string()).join(",");
                    let path = format!("{items}?limit=10000&bbox-crs={crs}&bbox={corner}");
                    let found = server.json(&path);
                    let mut found = found["features"].as_array().unwrap().iter();
                    assert!(
                        found.any(|one| one["id"] == feature["id"]),
                        "{path} {}",
                        feature["id"]
                    );
                }
            }
        }
    }
}

#[test]
fn the_description_has_what_the_public_suite_looks_for() {
    let (_database, server) = crate::support::demo();
    let document = server.json("/api/openapi.json");
    let listed = document["paths"]["/collections/partnerships/items"]["get"]["parameters"].clone();
    let mut seen = 0;
    for parameter in listed.as_array().unwrap() {
        let Some(reference) = parameter["$ref"].as_str() else { continue };
        let parameter = document.pointer(reference.trim_start_matches('#')).unwrap();
        let name = parameter["name"].as_str().unwrap();
        if ["limit", "bbox", "datetime", "filter", "filter-lang", "filter-crs"].contains(&name) {
            seen += 1;
            assert_eq!(
                (&parameter["style"], &parameter["explode"]),
                (&"form".into(), &false.into()),
                "{name}"
            );
        }
        if name == "bbox" {
            let schema = &parameter["schema"];
            assert_eq!((&schema["minItems"], &schema["maxItems"]), (&4.into(), &6.into()));
        }
    }
    assert_eq!(seen, 6);
    let tile_set = server.json("/api/collections/links/tiles/WebMercatorQuad");
    let mut links = tile_set["links"].as_array().unwrap().iter();
    let scheme =
        links.find(|one| one["rel"].as_str().unwrap().ends_with("/tiling-scheme")).unwrap();
    let scheme = server.json(scheme["href"].as_str().unwrap());
    let matrices = scheme["tileMatrices"].as_array().unwrap();
    assert_eq!(matrices.len(), tile_set["tileMatrixSetLimits"].as_array().unwrap().len());
    // OGC 17-083r4, D.1
    let near = |value: &Value, wanted: f64| (value.as_f64().unwrap() / wanted - 1.0).abs() < 1e-9;
    assert!(near(&matrices[0]["scaleDenominator"], 559_082_264.028_717));
    assert!(near(&matrices[0]["cellSize"], 156_543.033_928_041));
    assert!(near(&matrices[3]["scaleDenominator"], 69_885_283.003_589_6));
    assert_eq!(matrices[3]["matrixWidth"], 8);
    assert_eq!(server.json("/api/tileMatrixSets")["tileMatrixSets"][0]["uri"], scheme["uri"]);
}

#[test]
fn partial_dates_are_asked_for_as_they_are_written() {
    let (_database, server) = register();
    let count = |query: &str| {
        let page = server.json(&format!("/api/collections/partnerships/items?limit=1&{query}"));
        page["numberMatched"].as_u64().unwrap()
    };
    for (query, found) in [
        ("start=1959", 12),
        ("start=1959-01-01", 12),
        ("start=2016-12", 12),
        ("start_first_day=1959-01-01", 24),
        ("end=2021-02", 15),
        ("end_last_day=2021-02-28", 15),
        ("filter=start_first_day=DATE(%271959-01-01%27)", 24),
        ("filter=start=DATE(%271959-01-01%27)", 24),
        ("filter=end_last_day%3EDATE(%272022-01-01%27)", 15),
    ] {
        assert_eq!(count(query), found, "{query}");
    }
    for query in ["start=sixties", "start=1959-13", "start_first_day=1959", "end=2021-02-30"] {
        let refused = server.get(&format!("/api/collections/links/items?{query}"));
        assert_eq!(refused.status, 400, "{query}");
        let name = query.split('=').next().unwrap();
        assert_eq!(refused.json()["errors"][0]["parameter"], name);
    }
    let described = server.json("/api/openapi.json");
    let items = described["paths"]["/collections/partnerships/items"]["get"]["parameters"].clone();
    let formats: BTreeMap<&str, &Value> = items
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| Some((one["name"].as_str()?, &one["schema"]["format"])))
        .collect();
    assert_eq!(formats["start"], &Value::Null);
    assert_eq!(formats["start_first_day"], "date");
}

/// geopandas and DuckDB, by each format: counts, sums and lists, at first and once they saved them.
#[test]
fn frames_of_python_have_the_same_rows_of_every_format() {
    let Ok(python) = std::env::var("ATLAS_TEST_OWSLIB") else {
        println!("skipped: ATLAS_TEST_OWSLIB names no Python with geopandas and DuckDB");
        return;
    };
    let has = Command::new(&python).args(["-c", "import geopandas, duckdb"]).output();
    if !has.is_ok_and(|output| output.status.success()) {
        println!("skipped: geopandas and DuckDB are not here");
        return;
    }
    let (_database, server) = register();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/frames_read.py");
    let output =
        Command::new(python).arg(script).arg(format!("{}/api", server.url)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: Map<String, Value> = serde_json::from_slice(&output.stdout).unwrap();
    let own = all(&server);
    let count =
        |is: &dyn Fn(&Map<String, Value>) -> bool| own.values().filter(|row| is(row)).count();
    let wanted = serde_json::json!({
        "rows": 61,
        "budget": (sum(&own) * 100.0).round() / 100.0,
        "since_1959": count(&|row| row["start"] == "1959"),
        "unknown": count(&|row| row["start"].is_null()),
        "health": count(&|row| row["themes"].as_array().unwrap().contains(&"sante".into())),
    });
    let tables = read.iter().filter(|(_, told)| told.is_object());
    assert_eq!(tables.clone().count(), 16, "{read:?}");
    for (reader, told) in tables {
        assert_eq!(*told, wanted, "{reader}");
    }
    assert_eq!((&read["geopandas where"], &read["duckdb where"]), (&60.into(), &60.into()));
    assert_eq!(read["duckdb csv"], serde_json::json!([61, wanted["budget"]]));
}
