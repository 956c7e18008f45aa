//! OGC API – Features Part 1 as its abstract test suite asks, and CQL2, from outside, on the sample and on
//! records at the edges of the map.

mod abstract_tests;
mod expressions;
mod items;
mod pages;

use std::collections::HashSet;

use serde_json::Value;

use crate::support::{Server, demo, edges};

/// Partnerships, and the authorities and territories that they join.
const REGISTER: [&str; 6] =
    ["partnerships", "links", "collectivities", "partners", "countries", "regions"];
/// Those and the directory, of which nothing has a place.
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
const PROBLEM: &str = "application/problem+json";

fn path(collection: &str) -> String {
    format!("/api/collections/{collection}")
}

fn items(server: &Server, collection: &str, query: &str) -> Value {
    server.json(&format!("{}/items?limit=10000&{query}", path(collection)))
}

fn ids(page: &Value) -> Vec<&str> {
    page["features"].as_array().unwrap().iter().map(|f| f["id"].as_str().unwrap()).collect()
}

fn links<'d>(document: &'d Value, rel: &str) -> Vec<&'d Value> {
    document["links"].as_array().unwrap().iter().filter(|link| link["rel"] == rel).collect()
}

/// Every position of a geometry.
fn positions(coordinates: &Value, found: &mut Vec<[f64; 2]>) {
    let Some(list) = coordinates.as_array() else { return };
    match list.first() {
        Some(Value::Number(_)) => {
            found.push([list[0].as_f64().unwrap(), list[1].as_f64().unwrap()]);
        }
        _ => list.iter().for_each(|part| positions(part, found)),
    }
}

#[test]
fn the_landing_page_leads_to_everything() {
    let (_database, server) = demo();
    let landing = server.json("/api");
    for rel in ["self", "alternate", "service-desc", "conformance", "data"] {
        let found = links(&landing, rel);
        assert_eq!(found.len(), 1, "{rel}");
        assert_eq!(server.get(found[0]["href"].as_str().unwrap()).status, 200, "{rel}");
    }
    let service = links(&landing, "service-desc")[0];
    assert_eq!(service["type"], "application/vnd.oai.openapi+json;version=3.0");
    let description = server.get(service["href"].as_str().unwrap());
    assert_eq!(description.header("content-type"), service["type"].as_str().unwrap());
    assert!(description.json()["openapi"].as_str().unwrap().starts_with("3.0"));
}

#[test]
fn conformance_lists_known_classes_once() {
    let (_database, server) = demo();
    let conformance = server.json("/api/conformance");
    let classes: Vec<_> = conformance["conformsTo"].as_array().unwrap().iter().collect();
    assert_eq!(classes.iter().collect::<HashSet<_>>().len(), classes.len());
    for part in ["core", "oas30", "html", "geojson"] {
        let class = format!("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{part}");
        assert!(classes.iter().any(|known| **known == class), "{class}");
    }
}

#[test]
fn a_collection_says_the_same_in_the_list_and_alone() {
    let (_database, server) = demo();
    let list = server.json("/api/collections");
    let found: Vec<_> = list["collections"].as_array().unwrap().iter().collect();
    assert_eq!(
        found.iter().map(|one| one["id"].as_str().unwrap()).collect::<Vec<_>>(),
        COLLECTIONS
    );
    for rel in ["self", "alternate"] {
        assert_eq!(links(&list, rel).len(), 1);
    }
    for one in found {
        let alone = server.json(&path(one["id"].as_str().unwrap()));
        assert_eq!(*one, alone);
        assert_eq!(links(one, "self")[0]["type"], "application/json");
        assert_eq!(links(one, "alternate")[0]["type"], "text/html");
        let kinds: Vec<_> = links(one, "items").iter().map(|link| link["type"].clone()).collect();
        assert_eq!(kinds, ["application/geo+json", "text/html"]);
        assert_eq!(one["crs"][0], "http://www.opengis.net/def/crs/OGC/1.3/CRS84");
    }
    let response = server.get("/api/collections/dUmmYColLection");
    assert_eq!((response.status, response.header("content-type")), (404, PROBLEM));
    assert_eq!(server.get("/api/collections/dUmmYColLection/items").status, 404);
}

#[test]
fn the_extent_has_every_feature() {
    for (_database, server) in [demo(), edges()] {
        for collection in REGISTER {
            let extent = &server.json(&path(collection))["extent"]["spatial"]["bbox"][0];
            let [w, s, e, n] = [0, 1, 2, 3].map(|side| extent[side].as_f64().unwrap());
            let page = items(&server, collection, "");
            let mut found = Vec::new();
            for feature in page["features"].as_array().unwrap() {
                positions(&feature["geometry"]["coordinates"], &mut found);
            }
            assert!(!found.is_empty());
            for [lon, lat] in found {
                let inside = w <= lon && lon <= e && s <= lat && lat <= n;
                assert!(
                    inside && lon.abs() <= 180.0 && lat.abs() <= 90.0,
                    "{collection}: {lon} {lat}"
                );
            }
        }
    }
}
