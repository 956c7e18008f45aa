//! Files of whole selections: every format of one filter holds the same features.

use std::{
    collections::BTreeMap,
    io::Read,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Server, TestDatabase, import, run, succeed};

const COLLECTIONS: [&str; 6] =
    ["partnerships", "links", "collectivities", "partners", "countries", "regions"];

/// Partnerships over the date line, without a place, with several partners, with hostile texts.
const HARD: &str = "\
identifiant,intitule,collectivite,collectivite_code,partenaire,partenaire_pays,longitude,latitude,themes,budget_eur,description
a,Sur la ligne,Nouméa,98818,Papeete-sur-Mer|Suva-sous-Bois,WS|FJ,-171.76|178.4,-13.83|-18.1,eau-assainissement|sante,1234.5,
b,Sans place,Lyon,69123,Nulle-Part-sur-Rien,ML,,,,,
c,\"=1+1, \"\"cité\"\" <b>&amp; 'x' \\ | ; \u{202e}é\u{1f642}\",Paris,75056,\"Ville «; DROP TABLE\"\"»\",DE,8.5,50.1,sport,0,\"une
ligne et une autre \u{2028} </script>\"
d,Au pôle,Brest,29019,Pôle-Nord-Ville,CA,-180,89.9,,,
e,Deux fois la même place,Lille,59350,Ici-Bas|Ici-Haut,BE,4.5|4.5,50.5|50.5,,,
";

fn hard_database(folder: &TempDir) -> TestDatabase {
    let database = TestDatabase::sqlite();
    let file = folder.path().join("hard.csv");
    std::fs::write(&file, HARD).unwrap();
    let (_, report) = import(&database, &file, &["--source", "essai"]);
    assert_eq!(report["outcome"]["created"], 5, "{report}");
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("import/sample.csv");
    import(&database, &sample, &[]);
    database
}

pub fn export(database: &TestDatabase, folder: &TempDir, what: (&str, &str, &str)) -> PathBuf {
    let (collection, format, filter) = what;
    let path = folder.path().join(format!("{collection}.{format}"));
    let file = path.to_str().unwrap();
    let more = ["--format", format, "--filter", filter, "-o", file];
    succeed(&[&["export", collection, "--database", &database.url], &more[..]].concat());
    path
}

/// What GDAL reads of a file: the rows, each with its geometry as WKT.
pub fn gdal_rows(path: &Path, more: &[&str]) -> Option<Vec<BTreeMap<String, String>>> {
    // many, so that a single feature and several have the same geometry type
    let arguments =
        ["-f", "CSV", "/vsistdout/", "-lco", "GEOMETRY=AS_WKT", "-nlt", "PROMOTE_TO_MULTI"];
    let output = Command::new("ogr2ogr").args(arguments).args(more).arg(path).output();
    let Ok(output) = output else {
        println!("skipped: ogr2ogr (GDAL) is not here");
        return None;
    };
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !error.contains("ERROR"), "{}: {error}", path.display());
    let mut csv = csv::Reader::from_reader(output.stdout.as_slice());
    Some(csv.deserialize().map(Result::unwrap).collect())
}

/// The same as geometry and some cells of each feature by its id.
fn gdal(path: &Path, more: &[&str]) -> Option<BTreeMap<String, (String, Vec<String>)>> {
    let names =
        ["title", "name", "country_code", "partnerships", "source", "region_code", "zone_label"];
    let features = gdal_rows(path, more)?.into_iter().map(|mut row| {
        let mut cell = |name: &str| row.remove(name).unwrap_or_default();
        let cells = names.map(&mut cell).to_vec();
        (cell("id"), (cell("WKT"), cells))
    });
    Some(features.collect())
}

/// With the Python that `ATLAS_TEST_OWSLIB` names, which has Arrow (`tests/run` makes it): Debian's
/// GDAL reads no Parquet.
pub fn same_by_arrow(parquet: &Path, geojson: &Path, rows: usize) {
    let Ok(python) = std::env::var("ATLAS_TEST_OWSLIB") else {
        println!("skipped: ATLAS_TEST_OWSLIB names no Python with Arrow");
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/geoparquet_reads.py");
    let output = Command::new(python).arg(script).args([parquet, geojson]).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {error}", parquet.display());
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(read["wrong"], serde_json::json!([]), "{}", parquet.display());
    assert_eq!(read["rows"], rows);
    for (name, kind) in [
        ("title", "string"),
        ("partnerships", "int64"),
        ("budget_eur", "double"),
        ("verified_on", "date32[day]"),
        ("updated_at", "timestamp[us, tz=UTC]"),
        ("geometry", "binary"),
    ] {
        assert!([kind, ""].contains(&read["kinds"][name].as_str().unwrap_or_default()), "{read}");
    }
}

#[test]
fn every_format_of_one_filter_holds_the_same_features() {
    let folder = TempDir::new().unwrap();
    let database = hard_database(&folder);
    for filter in
        ["", "source=essai", "zone=europe&status=en_cours", "q=zzyzzx", "bbox=170,-30,-165,0"]
    {
        for collection in COLLECTIONS {
            let file = |format| export(&database, &folder, (collection, format, filter));
            let json: Value =
                serde_json::from_str(&std::fs::read_to_string(file("geojson")).unwrap()).unwrap();
            let own = json["features"].as_array().unwrap();
            assert_eq!(json["numberMatched"], own.len(), "{collection} {filter}");
            assert_eq!(own.is_empty(), filter == "q=zzyzzx", "{collection} {filter}");
            let Some(indexed) = gdal(&file("fgb"), &[]) else { return };
            assert_eq!(indexed.len(), own.len(), "{collection} {filter}");
            assert_eq!(gdal(&file("gpkg"), &[]).unwrap(), indexed, "{collection} {filter}");
            same_by_arrow(&file("parquet"), &file("geojson"), own.len());
            same_rows(collection, &file("csv"), &indexed);
            if own.is_empty() {
                // GDAL takes an empty sequence for no file at all
                continue;
            }
            assert_eq!(gdal(&file("geojson"), &[]).unwrap(), indexed, "{collection} {filter}");
            assert_eq!(gdal(&file("geojsonseq"), &[]).unwrap(), indexed, "{collection} {filter}");
            assert_eq!(gdal(&file("geojsonl"), &[]).unwrap(), indexed, "{collection} {filter}");
            let [lines, sequence] =
                ["geojsonl", "geojsonseq"].map(|one| std::fs::read_to_string(file(one)).unwrap());
            assert!(!lines.contains('\u{1e}'));
            assert_eq!(sequence.replace('\u{1e}', ""), lines);
            assert_eq!(sequence.matches("\u{1e}{").count(), lines.lines().count());
        }
    }
}

/// Whether GDAL reads the same features of a CSV: of entities with their positions, if they are
/// points; of partnerships and links, whose rows have several positions and no id, by their titles.
fn same_rows(collection: &str, csv: &Path, indexed: &BTreeMap<String, (String, Vec<String>)>) {
    let positions = ["X_POSSIBLE_NAMES=lon", "-oo", "Y_POSSIBLE_NAMES=lat"];
    let options = ["-oo", "AUTODETECT_TYPE=NO", "-oo", positions[0], positions[1], positions[2]];
    if ["partnerships", "links"].contains(&collection) {
        let mut titles: Vec<&str> = indexed.values().map(|(_, cells)| cells[0].as_str()).collect();
        let rows = gdal_rows(csv, &options).unwrap();
        // what a spreadsheet would take for a formula has an apostrophe before it
        let title =
            |row: &'_ BTreeMap<String, String>| row["intitule"].trim_start_matches('\'').to_owned();
        let mut found: Vec<String> = rows.iter().map(title).collect();
        titles.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, titles, "{collection}");
    } else {
        let mut expected = indexed.clone();
        if !["collectivities", "partners"].contains(&collection) {
            for (geometry, _) in expected.values_mut() {
                geometry.clear();
            }
        }
        assert_eq!(gdal(csv, &options).unwrap(), expected, "{collection}");
    }
}

#[test]
fn a_geopackage_is_valid_and_has_its_types_and_titles() {
    let folder = TempDir::new().unwrap();
    let database = hard_database(&folder);
    for collection in COLLECTIONS {
        let path = export(&database, &folder, (collection, "gpkg", ""));
        // GDAL's own check of the standard's requirements
        let check = ["-m", "osgeo_utils.samples.validate_gpkg", "--extra", "--warning-as-error"];
        let mut python = Command::new("/usr/bin/python3");
        let is_here = python.args(["-c", "import osgeo_utils"]).output();
        if is_here.is_ok_and(|output| output.status.success()) {
            let checked = Command::new("/usr/bin/python3").args(check).arg(&path).output().unwrap();
            let said = String::from_utf8_lossy(&checked.stdout);
            assert!(checked.status.success() && said.trim().is_empty(), "{collection}: {said}");
        } else {
            println!("not validated: GDAL's Python is not here");
        }
    }
    let path = export(&database, &folder, ("partnerships", "gpkg", "source=essai"));
    let Ok(output) = Command::new("ogrinfo").args(["-ro", "-al"]).arg(&path).output() else {
        println!("skipped: ogrinfo (GDAL) is not here");
        return;
    };
    let text = String::from_utf8(output.stdout).unwrap();
    for expected in [
        "budget_eur: Real",
        "updated_at: DateTime",
        "verified_on: Date",
        "themes: String (0.0)",
        "Geometry: Multi Point",
        "ID[\"EPSG\",4326]",
        "budget_eur (Real) = 1234.5",
        "</script>",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let titles = [
        "-ro",
        "-q",
        "-sql",
        "SELECT title FROM gpkg_data_columns WHERE column_name = 'budget_eur'",
    ];
    let output = Command::new("ogrinfo").args(titles).arg(&path).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("title (String) = Budget"), "{text}");
}

#[test]
fn indexes_find_what_is_in_a_box() {
    let folder = TempDir::new().unwrap();
    let database = hard_database(&folder);
    for collection in COLLECTIONS {
        let [plain, flat, package] = ["geojson", "fgb", "gpkg"]
            .map(|format| export(&database, &folder, (collection, format, "")));
        for spot in
            [["-10", "35", "15", "50"], ["177", "-30", "180", "0"], ["0", "0", "0.1", "0.1"]]
        {
            let more = [&["-spat"], &spot[..]].concat();
            let Some(found) = gdal(&flat, &more) else { return };
            assert_eq!(gdal(&plain, &more).unwrap(), found, "{collection} {spot:?}");
            assert_eq!(gdal(&package, &more).unwrap(), found, "{collection} {spot:?}");
        }
        // the index is there, and follows who edits
        let sql = |sql: &str| {
            let output = Command::new("ogrinfo").args(["-q", "-sql", sql]).arg(&package).output();
            String::from_utf8(output.unwrap().stdout).unwrap()
        };
        let has_index = sql(&format!("SELECT HasSpatialIndex('{collection}', 'geom')"));
        assert!(has_index.contains("= 1"), "{collection}: {has_index}");
        let counted = |table: &str| sql(&format!("SELECT count(*) AS found FROM {table}"));
        let index = format!("rtree_{collection}_geom");
        let placed = format!("{collection} WHERE geom IS NOT NULL");
        assert_eq!(counted(&index), counted(&placed));
        sql(&format!("DELETE FROM {collection} WHERE fid = 1"));
        sql(&format!("UPDATE {collection} SET geom = NULL WHERE fid = 2"));
        assert_eq!(counted(&index), counted(&placed), "{collection}");
    }
}

#[test]
fn columns_of_flatgeobuf_have_their_types_and_titles() {
    let folder = TempDir::new().unwrap();
    let database = hard_database(&folder);
    let path = export(&database, &folder, ("partnerships", "fgb", "source=essai"));
    let Ok(output) = Command::new("ogrinfo").args(["-ro", "-al"]).arg(&path).output() else {
        println!("skipped: ogrinfo (GDAL) is not here");
        return;
    };
    let text = String::from_utf8(output.stdout).unwrap();
    for expected in [
        "budget_eur: Real",
        "updated_at: DateTime",
        "title: String",
        "Geometry: Multi Point",
        "\"EPSG\",4326",
        "themes (String) = [\"eau-assainissement\",\"sante\"]",
        "budget_eur (Real) = 1234.5",
        "</script>",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn tables_are_flat_and_the_native_one_imports_back() {
    let folder = TempDir::new().unwrap();
    let database = hard_database(&folder);
    let native = export(&database, &folder, ("links", "csv", "source=essai"));
    let other = TestDatabase::sqlite();
    let (_, report) = import(&other, &native, &[]);
    assert_eq!(report["outcome"]["created"], 5);
    assert_eq!(report["outcome"]["rejected"].as_u64().unwrap_or(0), 0, "{report}");
    let again = export(&other, &folder, ("partnerships", "csv", ""));
    assert_eq!(std::fs::read_to_string(again).unwrap(), std::fs::read_to_string(native).unwrap());
    let partners = export(&database, &folder, ("partners", "csv", "source=essai"));
    let text = std::fs::read_to_string(partners).unwrap();
    let header = text.lines().next().unwrap();
    assert!(header.starts_with("id,name,") && header.ends_with(",lon,lat"), "{header}");
    assert!(text.contains(",178.4,-18.1\n"), "{text}");
}

#[test]
fn files_are_named_after_what_they_hold() {
    let folder = TempDir::new().unwrap();
    let database = hard_database(&folder);
    let server = Server::start(&database, &[]);
    for (format, kind) in [
        ("geojson", "application/geo+json"),
        ("geojsonl", "application/x-ndjson"),
        ("geojsons", "application/geo+json-seq"),
        ("csv", "text/csv; charset=utf-8; header=present"),
        ("fgb", "application/flatgeobuf"),
        ("gpkg", "application/geopackage+sqlite3"),
        ("parquet", "application/vnd.apache.parquet"),
    ] {
        for collection in COLLECTIONS {
            let path = format!("/api/export/{collection}.{format}?region=84&q=L%C3%A9man%22%0A");
            let head = server.send("HEAD", &path, &[], &[]);
            assert_eq!((head.status, head.body.as_str()), (200, ""), "{path}");
            assert_eq!(head.header("content-type"), kind, "{path}");
            let name = head.header("content-disposition");
            let expected =
                format!("attachment; filename=\"atlas-aect-{collection}-region-84-q-leman-");
            assert!(
                name.starts_with(&expected) && name.ends_with(&format!(".{format}\"")),
                "{name}"
            );
            assert!(!head.header("etag").is_empty());
        }
    }
    let excel = server.send("HEAD", "/api/export/links.csv?spreadsheet=1", &[], &[]);
    assert!(excel.header("content-disposition").ends_with(".excel.csv\""));
    for path in ["/api/export/partnerships.shp", "/api/export/themes.fgb", "/api/export/partners"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    assert_eq!(server.get("/api/export/partners.fgb?spreadsheet=1").status, 400);
    assert_eq!(server.get("/api/export/partners.fgb?colour=red").status, 400);
    let output = run(&["export", "partners", "--database", &database.url, "--filter", "zone=mars"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_file_over_http_is_that_of_the_command() {
    let folder = TempDir::new().unwrap();
    let database = hard_database(&folder);
    let server = Server::start(&database, &[]);
    for (collection, format) in [
        ("partnerships", "fgb"),
        ("countries", "fgb"),
        ("partnerships", "gpkg"),
        ("links", "parquet"),
        ("partners", "csv"),
    ] {
        let own = std::fs::read(export(&database, &folder, (collection, format, "zone=europe")));
        let url = format!("{}/api/export/{collection}.{format}?zone=europe", server.url);
        let mut body = Vec::new();
        ureq::get(&url).call().unwrap().into_body().into_reader().read_to_end(&mut body).unwrap();
        assert_eq!(body, own.unwrap(), "{collection}.{format}");
    }
}

#[test]
fn the_data_is_described_for_people_and_for_catalogues() {
    let folder = TempDir::new().unwrap();
    let database = hard_database(&folder);
    let about = ["--publisher", "Ville de </script> & Cie", "--licence", "ODbL-1.0"];
    let server = Server::start(&database, &about);
    let schema = server.json("/api/schema.json");
    assert_eq!(schema["name"], "aect-partenariats");
    for collection in COLLECTIONS {
        let dictionary = server.json(&format!("/api/schema/{collection}.json?lang=en"));
        let names: Vec<&str> = dictionary["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["name"].as_str().unwrap())
            .collect();
        let table = server.get(&format!("/api/schema/{collection}.csv"));
        assert_eq!(table.body.lines().count(), names.len() + 1);
        let page = server.json(&format!("/api/collections/{collection}/items?limit=50"));
        for feature in page["features"].as_array().unwrap() {
            for name in feature["properties"].as_object().unwrap().keys() {
                assert!(names.contains(&name.as_str()), "{collection}: {name}");
            }
        }
    }
    assert_eq!(server.get("/api/schema/themes.json").status, 404);
    catalogue(&server);
    for (path, language, words) in
        [("/donnees", "fr", "Open Database License 1.0"), ("/en/data", "en", "Data dictionary")]
    {
        let page = server.get(path);
        assert_eq!(page.status, 200);
        assert!(
            page.body.contains(&format!("<html lang=\"{language}\"")) && page.body.contains(words)
        );
        let (_, dataset) = page.body.split_once("application/ld+json\">").unwrap();
        let dataset: Value =
            serde_json::from_str(dataset.split("</script>").next().unwrap()).unwrap();
        assert_eq!(dataset["@type"], "Dataset");
        assert_eq!(dataset["publisher"]["name"], "Ville de </script> & Cie");
        for link in page.body.split("href=\"/").skip(1) {
            let link = format!("/{}", link.split('"').next().unwrap()).replace("&amp;", "&");
            if !link.ends_with(".woff2") {
                let method = if link.contains("/export/") { "HEAD" } else { "GET" };
                assert_ne!(server.send(method, &link, &[], &[]).status, 404, "{link}");
            }
        }
    }
    assert_eq!(
        run(&["serve", "--licence", "free", "--listen", "127.0.0.1:0"]).status.code(),
        Some(2)
    );
}

/// DCAT-AP: what is mandatory is there, and what is named exists.
fn catalogue(server: &Server) {
    let response = server.get("/api/dcat.jsonld");
    assert_eq!(response.header("content-type"), "application/ld+json");
    let description = response.json();
    let graph = description["@graph"].as_array().unwrap();
    let of = |kind: &str| graph.iter().filter(|node| node["@type"] == kind).collect::<Vec<_>>();
    let ids: Vec<&str> = graph.iter().map(|node| node["@id"].as_str().unwrap()).collect();
    let [catalogue] = of("dcat:Catalog")[..] else { panic!("{description}") };
    let [dataset] = of("dcat:Dataset")[..] else { panic!("{description}") };
    let [service] = of("dcat:DataService")[..] else { panic!("{description}") };
    for (node, names) in [
        (catalogue, &["dct:title", "dct:description", "dct:publisher", "dcat:dataset"][..]),
        (
            dataset,
            &[
                "dct:title",
                "dct:description",
                "dcat:theme",
                "dcat:keyword",
                "dct:modified",
                "dct:spatial",
                "dct:temporal",
            ],
        ),
        (service, &["dct:title", "dcat:endpointURL", "dcat:servesDataset"]),
    ] {
        for name in names {
            assert!(!node[name].is_null(), "{name}: {node}");
        }
    }
    assert_eq!(
        dataset["dct:publisher"]["@id"],
        *ids.iter().find(|id| id.ends_with("#publisher")).unwrap()
    );
    let distributions = of("dcat:Distribution");
    assert_eq!(distributions.len(), 63);
    for distribution in distributions {
        let id = &distribution["@id"];
        assert!(
            dataset["dcat:distribution"].as_array().unwrap().iter().any(|one| one["@id"] == *id)
        );
        let file = distribution["dcat:downloadURL"]["@id"].as_str().unwrap();
        assert_eq!(server.send("HEAD", file, &[], &[]).status, 200, "{file}");
        let schema = distribution["dct:conformsTo"]["@id"].as_str().unwrap();
        assert_eq!(server.get(schema).status, 200, "{schema}");
    }
}
