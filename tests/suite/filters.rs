//! Filters, queryables and reference systems from outside: OGC API – Features Parts 2 and 3, CQL2.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Server, demo, succeed};

const CRS: &str = "http://www.opengis.net/def/crs";

fn query(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn items(server: &Server, collection: &str, pairs: &[(&str, &str)]) -> Value {
    server.json(&format!("/api/collections/{collection}/items?limit=10000&{}", query(pairs)))
}

fn count(server: &Server, pairs: &[(&str, &str)]) -> u64 {
    items(server, "partnerships", pairs)["numberMatched"].as_u64().unwrap()
}

/// Every authority and place of what a query selects of the partnerships, by its id.
fn of_partnerships(server: &Server, collection: &str, pairs: &[(&str, &str)]) -> BTreeSet<String> {
    let pairs: Vec<_> = pairs.iter().copied().chain([("filter-of", "partnerships")]).collect();
    let page = items(server, collection, &pairs);
    let features = page["features"].as_array().unwrap().iter();
    features.map(|feature| feature["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_expression_about_partnerships_selects_their_authorities() {
    let (_database, server) = demo();
    let about = [
        [("filter", "start IS NULL")].as_slice(),
        &[("filter", "title LIKE 'A%'"), ("theme", "sante")],
        &[("bbox", "-20,0,20,30")],
        &[("partner_name", "Bamako")],
        &[("filter", "geometry IS NULL")],
    ];
    for query in about {
        let page = items(&server, "partnerships", query);
        let records = page["features"].as_array().unwrap();
        assert!(!records.is_empty(), "{query:?}");
        // a list where there are several
        let sides = |side: &str, id: &str| {
            let all = records.iter().flat_map(|one| match one["properties"][side].as_array() {
                Some(several) => several.iter().map(|of| &of[id]).collect(),
                None => vec![&one["properties"][id]],
            });
            all.map(|id| id.as_str().unwrap().to_owned()).collect::<BTreeSet<String>>()
        };
        let codes = sides("collectivities", "collectivity_code");
        assert_eq!(of_partnerships(&server, "collectivities", query), codes, "{query:?}");
        let countries = sides("partners", "country_code");
        assert_eq!(of_partnerships(&server, "countries", query), countries, "{query:?}");
        let ids = records.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(of_partnerships(&server, "links", query), ids, "{query:?}");
    }
    // about the authorities themselves, without it
    let path = format!("/api/collections/collectivities/items?{}", query(about[0]));
    assert_eq!(server.get(&path).status, 400);
    assert_eq!(server.get("/api/collections/partners/items?filter-of=links").status, 400);
    // what authorities can be asked for by says nothing of partnerships
    let path = "/api/collections/partners/items?name=Bamako";
    assert_eq!(server.get(path).status, 200);
    assert_eq!(server.get(&format!("{path}&filter-of=partnerships")).status, 400);
}

/// What the form of the map offers, and what its notes lead to.
#[test]
fn every_page_of_a_selection_takes_expressions() {
    let (_database, server) = demo();
    let map = server.get("/").body;
    let (_, select) = map.split_once("<select name=\"filter\"").unwrap();
    let (select, _) = select.split_once("</select>").unwrap();
    let offered: Vec<String> =
        select.split("value=\"").skip(1).map(|one| one.split('"').next().unwrap().into()).collect();
    assert!(offered.len() >= 4, "{offered:?}");
    let others = ["start IS NULL", "geometry IS NULL"].map(String::from);
    for expression in offered.iter().filter(|one| !one.is_empty()).chain(&others) {
        let expression = expression.replace("&#39;", "'").replace("&#60;", "<");
        let pairs = [("filter", expression.as_str())];
        let matched = format!("data-matched=\"{}\"", count(&server, &pairs));
        for view in ["", "view=table&", "view=charts&"] {
            let page = server.get(&format!("/?{view}{}", query(&pairs)));
            assert_eq!(page.status, 200, "{view}{expression}");
            assert!(page.body.contains(&matched), "{view}{expression}");
        }
        for collection in ["links", "collectivities", "partners", "partnerships"] {
            let query = query(&[pairs[0], ("filter-of", "partnerships")]);
            let tiles = server.get(&format!("/tiles/{collection}.json?{query}"));
            assert_eq!(tiles.status, 200, "{collection} {expression}");
        }
    }
}

#[test]
fn queryables_describe_what_features_have() {
    let (_database, server) = demo();
    for collection in
        ["partnerships", "links", "collectivities", "partners", "countries", "regions"]
    {
        let described = server.json(&format!("/api/collections/{collection}"));
        let links = described["links"].as_array().unwrap();
        let rel = "http://www.opengis.net/def/rel/ogc/1.0/queryables";
        let link = links.iter().find(|link| link["rel"] == rel).unwrap();
        assert_eq!(link["type"], "application/schema+json");
        let response = server.get(link["href"].as_str().unwrap());
        assert_eq!(response.header("content-type"), "application/schema+json");
        let schema = response.json();
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["$id"], link["href"]);
        assert_eq!(
            (&schema["type"], &schema["additionalProperties"]),
            (&"object".into(), &false.into())
        );
        let geometry = &schema["properties"]["geometry"];
        assert!(geometry["format"].as_str().unwrap().starts_with("geometry-"));
        assert!(geometry.get("type").is_none());
        assert_eq!(geometry["x-ogc-role"], "primary-geometry");
        let page = items(&server, collection, &[]);
        for feature in page["features"].as_array().unwrap() {
            let properties = feature["properties"].as_object().unwrap();
            for (name, described) in schema["properties"].as_object().unwrap() {
                let Some(value) = properties.get(name) else {
                    assert_eq!(name, "geometry");
                    continue;
                };
                let fits = match described["type"].as_str().unwrap() {
                    "string" => value.is_string(),
                    "number" => value.is_number(),
                    "array" => value.is_array(),
                    other => panic!("{other}"),
                };
                assert!(fits || value.is_null(), "{collection}: {name}: {value}");
                let codes = described["enum"].as_array();
                assert!(
                    codes.is_none_or(|codes| value.is_null() || codes.contains(value)),
                    "{name}"
                );
            }
        }
        let html = server.get_with(link["href"].as_str().unwrap(), &[("Accept", "text/html")]);
        assert!(html.header("content-type").starts_with("text/html"));
        assert!(html.body.contains("geometry"));
    }
    assert_eq!(server.get("/api/collections/nothing/queryables").status, 404);
}

#[test]
fn filters_join_the_other_parameters() {
    let (_database, server) = demo();
    let text = "country_code = 'DE' AND kind <> 'cooperation'";
    let json = r#"{"op":"and","args":[{"op":"=","args":[{"property":"country_code"},"DE"]},{"op":"<>","args":[{"property":"kind"},"cooperation"]}]}"#;
    let page = items(&server, "partnerships", &[("filter", text)]);
    let features = page["features"].as_array().unwrap();
    assert!(!features.is_empty());
    for feature in features {
        let properties = &feature["properties"];
        assert_eq!(properties["country_code"], "DE");
        assert_ne!(properties["kind"], "cooperation");
    }
    let all = features.len() as u64;
    assert_eq!(page["numberMatched"], all);
    assert_eq!(count(&server, &[("filter", json), ("filter-lang", "cql2-json")]), all);
    assert_eq!(count(&server, &[("filter", text), ("filter-lang", "cql2-text")]), all);
    let regions: u64 = ["84", "53"]
        .map(|region| count(&server, &[("filter", text), ("region", region)]))
        .iter()
        .sum();
    assert!(count(&server, &[("filter", text), ("region", "84,53")]) <= regions);
    assert_eq!(count(&server, &[("filter", text), ("country", "ML")]), 0);
    // exports, facets and the other collections of partnerships have them too
    let filter = query(&[("filter", text)]);
    let facets = server.json(&format!("/api/facets?{filter}"));
    assert_eq!(facets["total"]["partnerships"], all);
    let export = server.json(&format!("/api/export/links.geojson?{filter}"));
    assert_eq!(export["features"].as_array().unwrap().len() as u64, all);
}

#[test]
fn what_is_null_is_neither_true_nor_false() {
    let (_database, server) = demo();
    let count = |filter| count(&server, &[("filter", filter)]);
    let all = count("true");
    let known = count("budget_eur IS NOT NULL");
    assert!(0 < known && known < all);
    assert_eq!(count("budget_eur >= 0"), known);
    assert_eq!(count("NOT budget_eur >= 0"), 0);
    assert_eq!(count("budget_eur > 0 OR NOT budget_eur > 0"), known);
    assert_eq!(count("budget_eur IS NULL OR budget_eur >= 0"), all);
    assert_eq!(count("budget_eur = NULL"), 0);
    assert_eq!(count("false"), 0);
}

#[test]
fn invalid_filters_are_named() {
    let (_database, server) = demo();
    let lambert = format!("{CRS}/EPSG/0/2154");
    for (name, pairs) in [
        ("filter", vec![("filter", "")]),
        ("filter", vec![("filter", "title =")]),
        ("filter", vec![("filter", "colour = 'red'")]),
        ("filter", vec![("filter", "title = 5")]),
        ("filter", vec![("filter", "buffer(geometry, 1) IS NULL")]),
        ("filter", vec![("filter", "start > '2020-01-01'")]),
        ("filter", vec![("filter", "true"), ("filter", "true")]),
        ("filter", vec![("filter", "true"), ("filter-lang", "cql2-json"), ("filter", "{}")]),
        ("filter-lang", vec![("filter", "true"), ("filter-lang", "cql-text")]),
        ("filter-crs", vec![("filter", "true"), ("filter-crs", "EPSG:1")]),
        ("bbox-crs", vec![("bbox", "1,2,3,4"), ("bbox-crs", "nowhere")]),
        ("crs", vec![("crs", "http://www.opengis.net/def/crs/EPSG/0/27572")]),
        ("bbox", vec![("bbox", "1,2,3"), ("bbox-crs", &lambert)]),
        ("budget_eur", vec![("budget_eur", "much")]),
        ("alpha3", vec![("alpha3", "MLI")]),
    ] {
        let path = format!("/api/collections/partnerships/items?{}", query(&pairs));
        let response = server.get(&path);
        assert_eq!(response.status, 400, "{path}");
        assert_eq!(response.header("content-type"), "application/problem+json");
        assert_eq!(response.json()["errors"][0]["parameter"], name, "{path}");
    }
    let long = "title = 'x' OR ".repeat(2_000) + "true";
    let path = format!("/api/collections/partnerships/items?{}", query(&[("filter", &long)]));
    assert!([400, 414, 431].contains(&server.get(&path).status));
}

fn coordinates(feature: &Value) -> [f64; 2] {
    let at = &feature["geometry"]["coordinates"];
    [at[0].as_f64().unwrap(), at[1].as_f64().unwrap()]
}

#[test]
fn coordinates_come_in_the_system_that_is_asked_for() {
    let (_database, server) = demo();
    let described = server.json("/api/collections/collectivities");
    let systems = described["crs"].as_array().unwrap();
    assert_eq!(systems.len(), 4);
    assert_eq!(described["storageCrs"], systems[0]);
    let path = "/api/collections/collectivities/items/69123";
    let plain = coordinates(&server.json(path));
    for crs in systems {
        let crs = crs.as_str().unwrap();
        let response = server.get(&format!("{path}?{}", query(&[("crs", crs)])));
        assert_eq!(response.header("content-crs"), format!("<{crs}>"));
        let [x, y] = coordinates(&response.json());
        // Lyon, as PROJ has it
        let expected = match crs.rsplit('/').next().unwrap() {
            "4326" => [plain[1], plain[0]],
            "3857" => [538_307.7, 5_742_610.4],
            "2154" => [842_666.7, 6_519_924.4],
            _ => plain,
        };
        let near = if x.abs() > 180.0 { 3_000.0 } else { 0.0 };
        assert!(
            (x - expected[0]).abs() <= near && (y - expected[1]).abs() <= near,
            "{crs}: {x} {y}"
        );
        let around = query(&[
            ("bbox-crs", crs),
            ("bbox", &format!("{},{},{},{}", x - 0.2, y - 0.2, x + 0.2, y + 0.2)),
            ("filter-crs", crs),
            (
                "filter",
                &format!(
                    "S_INTERSECTS(geometry, BBOX({},{},{},{}))",
                    x - 0.2,
                    y - 0.2,
                    x + 0.2,
                    y + 0.2
                ),
            ),
            ("crs", crs),
        ]);
        let page = server.json(&format!("/api/collections/collectivities/items?{around}"));
        let features = page["features"].as_array().unwrap();
        let lyon = features.iter().find(|feature| feature["id"] == "69123");
        assert_eq!(lyon.map(coordinates), Some([x, y]), "{crs}");
    }
}

#[test]
fn every_class_is_listed() {
    let (_database, server) = demo();
    let conformance = server.json("/api/conformance");
    let classes: Vec<&str> =
        conformance["conformsTo"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
    let has = |class: &str| assert!(classes.iter().any(|known| known.ends_with(class)), "{class}");
    has("/ogcapi-features-2/1.0/conf/crs");
    for class in ["queryables", "queryables-query-parameters", "filter", "features-filter"] {
        has(&format!("/ogcapi-features-3/1.0/conf/{class}"));
    }
    for class in ["cql2-text", "cql2-json", "basic-cql2", "arithmetic", "spatial-functions"] {
        has(&format!("/cql2/1.0/conf/{class}"));
    }
    assert!(!classes.iter().any(|class| class.ends_with("/cql2/1.0/conf/functions")));
}

#[test]
fn the_command_line_takes_the_same_filters() {
    let (database, server) = demo();
    let filter =
        query(&[("filter", "CASEI(collectivity_name) LIKE casei('L%')"), ("zone", "europe")]);
    let exported = succeed(&[
        "export",
        "--database",
        &database.url,
        "--format",
        "geojson",
        "--filter",
        &filter,
    ]);
    let exported: Value = serde_json::from_str(&exported).unwrap();
    let found = server.json(&format!("/api/collections/partnerships/items?limit=1&{filter}"));
    assert!(found["numberMatched"].as_u64().unwrap() > 0);
    assert_eq!(exported["features"].as_array().unwrap().len() as u64, found["numberMatched"]);
}
