//! Files that can be read in part: length, ranges, conditions, and readers that use them.

use std::{path::Path, process::Command};

use serde_json::Value;

use crate::support::{Server, TestDatabase, demo};

/// An answer with its bytes.
struct Part {
    status: u16,
    headers: ureq::http::HeaderMap,
    bytes: Vec<u8>,
}

impl Part {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn ask(server: &Server, method: &str, path: &str, headers: &[(&str, &str)]) -> Part {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut request =
        ureq::http::Request::builder().method(method).uri(format!("{}{path}", server.url));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = agent.run(request.body(()).unwrap()).unwrap();
    let bytes = response.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap();
    Part { status: response.status().as_u16(), headers: response.headers().clone(), bytes }
}

#[test]
fn files_say_how_long_they_are_and_give_their_parts() {
    let (_database, server) = demo();
    for path in [
        "/api/export/partnerships.gpkg",
        "/api/export/links.fgb?country=DE",
        "/api/export/partners.parquet",
    ] {
        let whole = ask(&server, "GET", path, &[]);
        assert_eq!(whole.status, 200, "{path}");
        let length = whole.bytes.len();
        assert_eq!(whole.header("content-length"), length.to_string());
        assert_eq!(whole.header("accept-ranges"), "bytes");
        assert_eq!(whole.header("content-encoding"), "");
        let tag = whole.header("etag").to_owned();
        let head = ask(&server, "HEAD", path, &[]);
        assert_eq!(head.header("content-length"), length.to_string(), "{path}");
        assert_eq!(head.bytes.len(), 0);
        let end = format!("bytes={}-", length - 7);
        for (range, from, to) in [
            ("bytes=0-0", 0, 1),
            ("bytes=100-299", 100, 300),
            ("bytes=-7", length - 7, length),
            (end.as_str(), length - 7, length),
            ("bytes=0-999999999999", 0, length),
        ] {
            let part = ask(&server, "GET", path, &[("Range", range), ("If-Range", &tag)]);
            assert_eq!(part.status, 206, "{path} {range}");
            assert_eq!(part.header("content-range"), format!("bytes {from}-{}/{length}", to - 1));
            assert_eq!(part.header("content-length"), (to - from).to_string());
            assert_eq!(part.bytes, whole.bytes[from..to], "{path} {range}");
            assert_eq!(part.header("etag"), tag);
        }
        let other = ask(&server, "GET", path, &[("Range", "bytes=0-9"), ("If-Range", "\"old\"")]);
        assert_eq!((other.status, other.bytes.len()), (200, length));
        let beyond = ask(&server, "GET", path, &[("Range", &format!("bytes={length}-"))]);
        assert_eq!(beyond.status, 416);
        let problem: Value = serde_json::from_slice(&beyond.bytes).unwrap();
        assert_eq!(problem["code"], "range-not-satisfiable");
        let known = ask(&server, "GET", path, &[("If-None-Match", &tag)]);
        assert_eq!(known.status, 304);
        // a download that was cut off goes on
        let (begun, rest) = (length / 3, format!("bytes={}-", length / 3));
        let resumed = ask(&server, "GET", path, &[("Range", &rest), ("If-Range", &tag)]);
        assert_eq!([&whole.bytes[..begun], &resumed.bytes].concat(), whole.bytes);
    }
    // what is made while it is sent has no length
    let streamed =
        ask(&server, "GET", "/api/export/partnerships.geojson", &[("Range", "bytes=0-9")]);
    assert_eq!((streamed.status, streamed.header("accept-ranges")), (200, ""));
}

#[test]
fn gdal_reads_files_in_part() {
    let database = TestDatabase::sqlite();
    let server = Server::start(&database, &["--demo"]);
    let page = server.json("/api/collections/partnerships/items?limit=10000&bbox=-20,0,20,20");
    let features = page["features"].as_array().unwrap().iter();
    let placed = features.filter(|feature| !feature["geometry"].is_null()).count();
    for ending in ["gpkg", "fgb"] {
        let file = format!("/vsicurl/{}/api/export/partnerships.{ending}", server.url);
        let arguments = ["-ro", "-so", "-spat", "-20", "0", "20", "20", &file, "partnerships"];
        let Ok(output) = Command::new("ogrinfo").args(arguments).output() else {
            println!("skipped: ogrinfo (GDAL) is not here");
            return;
        };
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains(&format!("Feature Count: {placed}\n")), "{ending}: {text}");
    }
}

/// With the Python that `ATLAS_TEST_OWSLIB` names, which has pyogrio and Arrow.
#[test]
fn pyogrio_and_arrow_read_files_in_part() {
    let Ok(python) = std::env::var("ATLAS_TEST_OWSLIB") else {
        println!("skipped: ATLAS_TEST_OWSLIB names no Python with pyogrio and Arrow");
        return;
    };
    let (_database, server) = demo();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/parts_read.py");
    let output =
        Command::new(python).arg(script).arg(format!("{}/api", server.url)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    let page = server.json("/api/collections/partnerships/items?limit=10000&bbox=-20,0,20,20");
    let features = page["features"].as_array().unwrap().iter();
    let placed = features.filter(|feature| !feature["geometry"].is_null()).count();
    for format in ["fgb", "gpkg", "parquet"] {
        assert_eq!(read[format], placed, "{format}: {read}");
    }
}
