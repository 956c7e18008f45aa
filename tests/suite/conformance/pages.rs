//! Every resource as a page for people, and every link of either form.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{COLLECTIONS, items, path};
use crate::support::{addresses, demo, edges};

#[test]
fn every_resource_is_a_page_too() {
    let (_database, server) = demo();
    let mut addresses_of =
        vec!["/api".to_owned(), "/api/conformance".into(), "/api/collections".into()];
    for collection in COLLECTIONS {
        addresses_of.push(path(collection));
        addresses_of.push(format!("{}/items?limit=2&theme=sante", path(collection)));
        let first = items(&server, collection, "")["features"][0]["id"].clone();
        addresses_of.push(format!("{}/items/{}", path(collection), first.as_str().unwrap()));
    }
    for address in addresses_of {
        let separator = if address.contains('?') { '&' } else { '?' };
        let data = server.json(&address);
        for (language, words) in [("fr", "lang=\"fr\""), ("en", "lang=\"en\"")] {
            let localised = format!("{address}{separator}lang={language}");
            let page = server.get_with(&localised, &[("Accept", "text/html")]);
            assert_eq!(page.status, 200, "{address}");
            assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{address}");
            assert!(page.body.starts_with("<!doctype html>") && page.body.contains(words));
            let by_name = server.get(&format!("{localised}&f=html"));
            assert_eq!(by_name.status, 200);
            // f goes before Accept, and every form has its own entity tag
            let json = server.get_with(&format!("{localised}&f=json"), &[("Accept", "text/html")]);
            assert!(json.header("content-type").contains("json"));
            let plain = server.get(&localised);
            assert_ne!(plain.header("etag"), page.header("etag"), "{address}");
        }
        let page = server.get(&format!("{address}{separator}f=html")).body;
        let hrefs = addresses(&page);
        assert!(hrefs.iter().any(|href| href.contains("f=json")), "{address}");
        for feature in data["features"].as_array().into_iter().flatten() {
            let id = feature["id"].as_str().unwrap();
            assert!(hrefs.iter().any(|href| href.contains(&format!("/items/{id}"))), "{id}");
        }
        for class in data["conformsTo"].as_array().into_iter().flatten() {
            assert!(page.contains(class.as_str().unwrap()));
        }
        if let Some(properties) = data["properties"].as_object() {
            for name in properties.keys() {
                assert!(page.contains(&format!("<code>{name}</code>")), "{address} {name}");
            }
        }
    }
}

/// Follows every link of data and pages, each address once.
#[test]
fn every_link_of_every_form_resolves() {
    let (_database, server) = edges();
    let mut waiting = vec![format!("{}/api", server.url), format!("{}/api?f=html", server.url)];
    let mut seen: BTreeMap<String, u16> = BTreeMap::new();
    while let Some(url) = waiting.pop() {
        let url = url.replace("&amp;", "&");
        let is_own = url.starts_with(&server.url);
        // fonts, FlatGeobuf, GeoPackage, GeoParquet and tiles are no text
        let is_binary = ["/vendor/", ".fgb", ".gpkg", ".parquet", ".mvt"];
        let is_text = !is_binary.iter().any(|part| url.contains(part));
        if !is_own || !is_text || seen.contains_key(&url) || seen.len() >= 500 {
            continue;
        }
        let response = server.get(&url);
        assert_eq!(response.status, 200, "{url}: {}", response.body);
        seen.insert(url.clone(), response.status);
        let kind = response.header("content-type");
        if kind.starts_with("text/html") && url.contains("/api") {
            for href in addresses(&response.body) {
                match href.as_str() {
                    own if own.starts_with('/') => waiting.push(format!("{}{own}", server.url)),
                    other => waiting.push(other.to_owned()),
                }
            }
        } else if kind.contains("json") && !kind.contains("seq") && !url.contains("/export/") {
            collect_links(response.json(), &mut waiting);
        }
    }
    assert!(seen.len() > 150, "{}", seen.len());
}

fn collect_links(document: Value, found: &mut Vec<String>) {
    let mut values = vec![document];
    while let Some(value) = values.pop() {
        match value {
            Value::Array(list) => values.extend(list),
            Value::Object(map) => {
                let href = map.get("href").and_then(Value::as_str);
                // a template is no address yet
                if let Some(href) = href.filter(|href| !href.contains('{')) {
                    assert!(map.contains_key("rel") && map.contains_key("type"), "{href}");
                    found.push(href.to_owned());
                }
                values.extend(map.into_iter().map(|(_, value)| value));
            }
            _ => {}
        }
    }
}
