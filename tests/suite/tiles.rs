//! Vector tiles as maps ask for them, read by a decoder of our own and by GDAL's.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::Command,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    mvt::{Attribute, Feature, decode},
    support::{Server, demo, run, succeed},
};

const COLLECTIONS: [&str; 4] = ["partnerships", "links", "collectivities", "partners"];

/// A response as it was sent: its body is no text, and stays compressed.
pub fn get(
    server: &Server,
    path: &str,
    headers: &[(&str, &str)],
) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let host = server.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let mut request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    for (name, value) in headers {
        let _ = std::fmt::Write::write_fmt(&mut request, format_args!("{name}: {value}\r\n"));
    }
    stream.write_all((request + "\r\n").as_bytes()).unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).unwrap();
    let end = response.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(response[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let named = lines.filter_map(|line| line.split_once(": "));
    let headers = named.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    (status, headers, response.split_off(end + 4))
}

fn header<'h>(headers: &'h [(String, String)], name: &str) -> &'h str {
    headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

fn features(server: &Server, path: &str) -> Vec<Feature> {
    let (status, headers, body) = get(server, path, &[]);
    assert_eq!(status, 200, "{path}");
    assert_eq!(header(&headers, "content-type"), "application/vnd.mapbox-vector-tile");
    decode(&body).into_iter().flat_map(|layer| layer.features).collect()
}

/// All features of a zoom level that are in their tile, none of a buffer.
fn level(server: &Server, collection: &str, z: u32, query: &str) -> Vec<Feature> {
    let mut all = Vec::new();
    for x in 0..1 << z {
        for y in 0..1 << z {
            let path = format!("/tiles/{collection}/{z}/{x}/{y}.mvt{query}");
            for feature in features(server, &path) {
                for [x, y] in feature.lines.iter().flatten() {
                    let inside = -256..=4096 + 256;
                    assert!(inside.contains(x) && inside.contains(y), "{path}: {feature:?}");
                }
                if feature.lines[0][0].iter().all(|n| (0..4096).contains(n)) {
                    all.push(feature);
                }
            }
        }
    }
    all
}

#[test]
fn every_item_is_counted_once_at_every_zoom_level() {
    let (_database, server) = demo();
    for (collection, query) in [
        ("partnerships", ""),
        ("partnerships", "?theme=sante,jeunesse"),
        ("collectivities", "?zone=europe"),
        ("partners", "?q=saint"),
    ] {
        let items = format!("/api/collections/{collection}/items{query}");
        let separator = if query.is_empty() { "?" } else { "&" };
        let all = server.json(&format!("{items}{separator}limit=10000"));
        let places = |feature: &Value| -> usize {
            let geometry = &feature["geometry"];
            match geometry["type"].as_str() {
                Some("MultiPoint") => geometry["coordinates"].as_array().unwrap().len(),
                Some(_) => 1,
                None => 0,
            }
        };
        let items: Vec<&Value> = all["features"].as_array().unwrap().iter().collect();
        let with_place = items.iter().filter(|feature| places(feature) > 0).count() as u64;
        let several = items.iter().any(|feature| places(feature) > 1);
        assert!(with_place > 0, "{collection}{query}");
        for z in 0..=4 {
            let counted: u64 =
                level(&server, collection, z, query).iter().map(|f| f.number("count")).sum();
            // one with several places is in several clusters
            assert!(
                counted == with_place || several && counted > with_place,
                "{z}: {counted}, {with_place}"
            );
        }
        if collection != "partnerships" {
            let sum: u64 =
                level(&server, collection, 2, query).iter().map(|f| f.number("partnerships")).sum();
            let told: u64 = items
                .iter()
                .filter(|feature| places(feature) > 0)
                .map(|feature| feature["properties"]["partnerships"].as_u64().unwrap())
                .sum();
            assert_eq!(sum, told);
        }
    }
}

#[test]
fn a_single_one_says_who_it_is_and_a_cluster_what_it_is_about() {
    let (_database, server) = demo();
    let all = level(&server, "partnerships", 3, "?lang=en");
    let single = all.iter().find(|feature| feature.number("count") == 1).unwrap();
    let id = single.text("id");
    let item = server.json(&format!("/api/collections/partnerships/items/{id}?lang=en"));
    let properties = &item["properties"];
    for name in ["title", "kind", "kind_label", "status", "collectivity_code", "collectivity_name"]
    {
        assert_eq!(single.text(name), properties[name].as_str().unwrap(), "{name}");
    }
    assert_eq!(single.text("country_name"), properties["country_name"].as_str().unwrap());
    for theme in properties["themes"].as_array().unwrap() {
        assert_eq!(single.number(&format!("theme_{}", theme.as_str().unwrap())), 1);
    }
    // a twinning has one partner, and so one place; what has several is in the cluster of each
    let world = level(&server, "partnerships", 0, "?kind=jumelage");
    let themes: usize = listed_themes(&server, "kind=jumelage");
    let about = |feature: &Feature| -> u64 {
        let counts = feature.attributes.iter().filter(|(name, _)| name.starts_with("theme_"));
        counts.map(|(name, _)| feature.number(name)).sum()
    };
    assert_eq!(world.iter().map(about).sum::<u64>(), themes as u64);
    let cluster = world.iter().max_by_key(|feature| feature.number("count")).unwrap();
    assert!(cluster.number("count") > 1 && !cluster.has("id"));
}

/// How many themes all partnerships with one place have.
fn listed_themes(server: &Server, filter: &str) -> usize {
    let all = server.json(&format!("/api/collections/partnerships/items?limit=10000&{filter}"));
    let placed = all["features"].as_array().unwrap().iter().filter(|f| !f["geometry"].is_null());
    placed.map(|feature| feature["properties"]["themes"].as_array().unwrap().len()).sum()
}

#[test]
fn one_place_tells_all_its_partnerships_at_the_last_zoom_level() {
    let (_database, server) = demo();
    // the place with most partnerships, as the collection has it
    let all = server.json("/api/collections/partnerships/items?limit=10000");
    let mut places: Vec<(String, Vec<f64>)> = Vec::new();
    for feature in all["features"].as_array().unwrap() {
        if feature["geometry"]["type"] == "Point" {
            let at = serde_json::from_value(feature["geometry"]["coordinates"].clone()).unwrap();
            places.push((feature["id"].as_str().unwrap().to_owned(), at));
        }
    }
    let shared =
        places.iter().find(|(id, at)| places.iter().any(|(o, a)| a == at && o != id)).unwrap();
    let expected: Vec<&str> =
        places.iter().filter(|(_, at)| *at == shared.1).map(|(id, _)| id.as_str()).collect();
    let (lon, lat) = (shared.1[0], shared.1[1].to_radians());
    let tiles = f64::from(1 << 14);
    let x = ((lon + 180.0) / 360.0 * tiles) as u32;
    let y = ((0.5 - lat.sin().atanh() / std::f64::consts::TAU) * tiles) as u32;
    let found = features(&server, &format!("/tiles/partnerships/14/{x}/{y}.mvt"));
    let place = found.iter().find(|feature| feature.has("ids")).unwrap();
    let mut ids: Vec<&str> = place.text("ids").split(',').collect();
    ids.sort_unstable();
    assert_eq!(place.number("count"), expected.len() as u64);
    assert_eq!(ids, {
        let mut e = expected;
        e.sort_unstable();
        e
    });
}

#[test]
fn links_are_bundled_and_told_apart() {
    let (_database, server) = demo();
    let world = features(&server, "/tiles/links/0/0/0.mvt");
    assert!(world.len() > 10);
    assert!(world.windows(2).all(|pair| pair[0].number("count") >= pair[1].number("count")));
    assert!(world.iter().any(|feature| feature.number("count") > 1));
    let deep = features(&server, "/tiles/links/6/32/22.mvt");
    let single = deep.iter().find(|feature| feature.has("id")).unwrap();
    let item = server.json(&format!("/api/collections/links/items/{}", single.text("id")));
    assert_eq!(item["properties"]["collectivity_name"], single.text("collectivity_name"));
    // over the date line the world goes on: no line crosses the whole map
    for feature in &world {
        for line in &feature.lines {
            assert!(line.windows(2).all(|pair| (pair[0][0] - pair[1][0]).abs() < 2048));
        }
    }
}

#[test]
fn tile_json_says_what_its_tiles_have() {
    let (_database, server) = demo();
    for collection in COLLECTIONS {
        let tilejson = server.json(&format!("/tiles/{collection}.json?theme=sante&lang=en"));
        assert_eq!(tilejson["tilejson"], "3.0.0");
        let layer = &tilejson["vector_layers"][0];
        assert_eq!(layer["id"], collection);
        let bounds: Vec<f64> = serde_json::from_value(tilejson["bounds"].clone()).unwrap();
        assert!(bounds[0] < bounds[2] && bounds[1] < bounds[3], "{bounds:?}");
        let url = tilejson["tiles"][0].as_str().unwrap();
        assert!(url.ends_with("/{z}/{x}/{y}.mvt?theme=sante&lang=en"), "{url}");
        let url = url.replace("{z}", "2").replace("{x}", "2").replace("{y}", "1");
        let path = url.strip_prefix(&server.url).unwrap();
        let found = features(&server, path);
        assert!(!found.is_empty());
        let geometry = if collection == "links" { "LineString" } else { "Point" };
        let stats = &tilejson["tilestats"]["layers"][0];
        assert_eq!((&stats["layer"], &stats["geometry"]), (&layer["id"], &json!(geometry)));
        for (name, value) in found.iter().flat_map(|feature| &feature.attributes) {
            let kind = if matches!(value, Attribute::Text(_)) { "String" } else { "Number" };
            assert_eq!(layer["fields"][name], kind, "{name} of {collection}");
            let stated = stats["attributes"].as_array().unwrap();
            let stated = stated.iter().find(|one| one["attribute"] == name.as_str()).unwrap();
            assert_eq!(stated["type"], kind.to_lowercase(), "{name} of {collection}");
            assert!(layer["field_descriptions"][name].is_string(), "{name} of {collection}");
        }
        if collection == "partnerships" {
            assert!(found.iter().all(|f| f.number("theme_sante") == f.number("count")));
        }
    }
}

#[test]
fn tiles_are_cached_by_their_version_and_compressed_when_asked() {
    let (_database, server) = demo();
    let path = "/tiles/partnerships/1/1/0.mvt?zone=europe";
    let (_, headers, plain) = get(&server, path, &[]);
    let tag = header(&headers, "etag").to_owned();
    assert!(tag.starts_with('"'), "a strong tag: {tag}");
    assert_eq!(header(&headers, "access-control-allow-origin"), "*");
    assert_eq!(header(&headers, "vary"), "Accept-Language, Accept-Encoding");
    let (status, headers, body) = get(&server, path, &[("if-none-match", &tag)]);
    assert_eq!((status, body.len()), (304, 0));
    assert_eq!(header(&headers, "etag"), tag);
    let (_, headers, _) = get(&server, "/tiles/partnerships/1/1/0.mvt", &[]);
    assert_ne!(header(&headers, "etag"), tag);
    for encoding in ["gzip", "br"] {
        let (_, headers, small) = get(&server, path, &[("accept-encoding", encoding)]);
        assert_eq!(header(&headers, "content-encoding"), encoding);
        assert!(small.len() < plain.len());
    }
    // nothing is there: an empty tile, which every map reads
    let (status, _, empty) = get(&server, "/tiles/partnerships/14/0/16383.mvt", &[]);
    assert_eq!((status, empty.len()), (200, 0));
    let head = server.send("HEAD", "/tiles/partnerships/14/0/16383.mvt", &[], &[]);
    assert_eq!(head.status, 200);
}

#[test]
fn what_is_no_tile_is_a_problem_that_says_so() {
    let (_database, server) = demo();
    for path in [
        "/tiles/partnerships/15/0/0.mvt",
        "/tiles/partnerships/2/4/0.mvt",
        "/tiles/partnerships/2/0/-1.mvt",
        "/tiles/partnerships/a/0/0.mvt",
        "/tiles/partnerships/99999999999/0/0.mvt",
        "/tiles/countries/0/0/0.mvt",
        "/tiles/countries.json",
        "/tiles/nothing/0/0/0.mvt",
        "/tiles/partnerships/0/0/0.png",
        "/api/collections/regions/tiles",
        "/api/collections/links/tiles/WorldCRS84Quad",
        "/api/collections/links/tiles/WebMercatorQuad/1/2/0",
    ] {
        let response = server.get(path);
        assert_eq!(response.status, 404, "{path}");
        assert_eq!(response.header("content-type"), "application/problem+json", "{path}");
    }
    for path in ["/tiles/links/0/0/0.mvt?colour=red", "/tiles/links.json?theme=nothing"] {
        let response = server.get(path);
        assert_eq!(response.status, 400, "{path}");
        assert!(response.json()["errors"][0]["parameter"].is_string());
    }
}

#[test]
fn tile_sets_are_found_from_the_collections() {
    let (_database, server) = demo();
    let classes = server.json("/api/conformance")["conformsTo"].clone();
    for class in ["core", "tileset", "tilesets-list", "geodata-tilesets", "mvt"] {
        let uri = format!("http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/{class}");
        assert!(classes.as_array().unwrap().contains(&json!(uri)), "{class}");
    }
    let link = |document: &Value, rel: &str| -> Option<String> {
        let links = document["links"].as_array()?;
        Some(links.iter().find(|link| link["rel"] == rel)?["href"].as_str()?.to_owned())
    };
    let rel = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector";
    for collection in server.json("/api/collections")["collections"].as_array().unwrap() {
        let id = collection["id"].as_str().unwrap();
        let Some(list) = link(collection, rel) else {
            assert!(!COLLECTIONS.contains(&id), "{id}");
            continue;
        };
        let list = server.json(&list);
        let set = server.json(&link(&list["tilesets"][0], "self").unwrap());
        assert_eq!(
            set["tileMatrixSetURI"],
            "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
        );
        assert_eq!((&set["dataType"], &set["layers"][0]["id"]), (&json!("vector"), &json!(id)));
        // row before column
        let template = link(&set, "item").unwrap();
        let path = template
            .replace("{tileMatrix}", "3")
            .replace("{tileRow}", "2")
            .replace("{tileCol}", "4");
        let path = path.strip_prefix(&server.url).unwrap();
        let (status, headers, by_row) = get(&server, &format!("{path}?f=mvt"), &[]);
        assert_eq!(status, 200);
        assert_eq!(header(&headers, "content-type"), "application/vnd.mapbox-vector-tile");
        assert_eq!(by_row, get(&server, &format!("/tiles/{id}/3/4/2.mvt"), &[]).2, "{id}");
    }
}

#[test]
fn gdal_reads_the_tiles() {
    let (_database, server) = demo();
    let folder = TempDir::new().unwrap();
    for collection in COLLECTIONS {
        let path = format!("/tiles/{collection}/3/4/2.mvt");
        let (_, _, body) = get(&server, &path, &[]);
        let file = folder.path().join(format!("{collection}.mvt"));
        std::fs::write(&file, &body).unwrap();
        let Ok(output) = Command::new("ogrinfo").args(["-so", "-al"]).arg(&file).output() else {
            println!("skipped: ogrinfo is not here");
            return;
        };
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let expected = decode(&body)[0].features.len();
        assert_eq!(decode(&body)[0].name, collection);
        assert!(text.contains(&format!("Layer name: {collection}")), "{text}");
        assert!(text.contains(&format!("Feature Count: {expected}")), "{expected}: {text}");
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_file_of_tiles_is_written_whole_or_not_at_all() {
    let (database, server) = demo();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("links.pmtiles");
    let path = file.to_str().unwrap();
    let common = ["export", "--database", &database.url, "--format", "pmtiles"];
    for collection in COLLECTIONS {
        succeed(&[&common[..], &[collection, "-o", path, "--filter", "zone=europe"]].concat());
        let bytes = std::fs::read(&file).unwrap();
        assert_eq!(&bytes[..8], b"PMTiles\x03", "version 3");
        // clustered, gzip inside and for tiles, tiles are MVT
        assert_eq!(&bytes[96..100], [1, 2, 2, 1], "{collection}");
        assert!(!folder.path().join("links.pmtiles.partial").exists());
    }
    for wrong in [&["countries", "-o", path][..], &["links"]] {
        let output = run(&[&common[..], wrong].concat());
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
    let nowhere = folder.path().join("none/links.pmtiles");
    let output = run(&[&common[..], &["links", "-o", nowhere.to_str().unwrap()]].concat());
    assert_eq!(output.status.code(), Some(1));
    drop(server);
}
