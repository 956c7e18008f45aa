//! The API as a client sees it: a real server with the sample.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use crate::support::{Server, demo};

const ITEMS: &str = "/api/collections/partnerships/items";

fn all(server: &Server, collection: &str) -> Vec<Value> {
    let path = format!("/api/collections/{collection}/items?limit=10000");
    server.json(&path)["features"].as_array().unwrap().clone()
}

fn ids(page: &Value) -> Vec<String> {
    let features = page["features"].as_array().unwrap();
    features.iter().map(|feature| feature["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_link_resolves() {
    let (_database, server) = demo();
    let mut waiting = vec![format!("{}/api", server.url)];
    let mut seen = HashSet::new();
    while let Some(url) = waiting.pop() {
        if !seen.insert(url.clone()) || seen.len() > 60 {
            continue;
        }
        let response = server.get(&url);
        assert_eq!(response.status, 200, "{url}");
        if !response.header("content-type").contains("json") {
            continue;
        }
        let mut values = vec![response.json()];
        while let Some(value) = values.pop() {
            match value {
                Value::Array(list) => values.extend(list),
                Value::Object(map) => {
                    if let Some(Value::String(href)) = map.get("href") {
                        assert!(map.contains_key("rel") && map.contains_key("type"), "{href}");
                        waiting.push(href.clone());
                    }
                    // the links of a page, not those that its features name
                    values.extend(
                        map.into_iter()
                            .filter(|(name, _)| name != "features")
                            .map(|(_, value)| value),
                    );
                }
                _ => {}
            }
        }
    }
    assert!(seen.len() >= 12, "{seen:#?}");
}

#[test]
fn pages_walk_through_everything_once_in_every_order() {
    let (_database, server) = demo();
    let total = server.json(ITEMS)["numberMatched"].as_u64().unwrap() as usize;
    assert_eq!(server.json(ITEMS)["numberReturned"], 10);
    for query in [
        "limit=97",
        "limit=97&sortby=title",
        "limit=97&sortby=-start",
        "limit=97&theme=sante&sortby=-title",
    ] {
        let mut url = format!("{ITEMS}?{query}");
        let mut seen = Vec::new();
        let matched = server.json(&url)["numberMatched"].as_u64().unwrap() as usize;
        loop {
            let page = server.json(&url);
            assert_eq!(page["numberMatched"], matched);
            let page_ids = ids(&page);
            assert_eq!(page["numberReturned"], page_ids.len());
            seen.extend(page_ids);
            let next = page["links"]
                .as_array()
                .unwrap()
                .iter()
                .find(|link| link["rel"] == "next")
                .cloned();
            match next {
                Some(link) => url = link["href"].as_str().unwrap().to_owned(),
                None => break,
            }
        }
        assert_eq!(seen.len(), matched, "{query}");
        assert_eq!(seen.iter().collect::<HashSet<_>>().len(), matched, "{query}");
        if !query.contains("theme") {
            assert_eq!(matched, total);
        }
    }
    let titles = server.json(&format!("{ITEMS}?limit=20&sortby=title"));
    let titles: Vec<_> = titles["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["properties"]["title"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        titles.windows(2).all(|pair| atlas_aect::domain::text::fold(&pair[0])
            <= atlas_aect::domain::text::fold(&pair[1]))
    );
    let starts = server.json(&format!("{ITEMS}?limit=20&sortby=-start&year=1960"));
    assert!(starts["numberMatched"].as_u64().unwrap() > 0);
}

/// Whether a value of a property, or of one of the objects of its list, is one of those wanted.
fn has(feature: &Value, property: &str, list: &str, wanted: &[&str]) -> bool {
    let properties = &feature["properties"];
    let is = |value: &Value| match value {
        Value::Array(values) => values.iter().any(|v| {
            wanted
                .iter()
                .any(|w| v == w || v.as_u64().is_some_and(|number| w.parse() == Ok(number)))
        }),
        value => wanted.iter().any(|w| value == w),
    };
    is(&properties[property])
        || properties[list]
            .as_array()
            .is_some_and(|objects| objects.iter().any(|o| is(&o[property])))
}

#[test]
fn every_filter_is_a_linear_scan() {
    let (_database, server) = demo();
    let features = all(&server, "partnerships");
    for (query, property, list, wanted) in [
        ("region=84", "region_code", "collectivities", &["84"][..]),
        ("region=84,53", "region_code", "collectivities", &["84", "53"]),
        ("region=84&region=04", "region_code", "collectivities", &["84", "04"]),
        ("department=75", "department_code", "collectivities", &["75"]),
        ("collectivity=69123", "collectivity_code", "collectivities", &["69123"]),
        ("collectivity=216901231", "collectivity_code", "collectivities", &["69123"]),
        ("collectivity_kind=epci", "collectivity_kind", "collectivities", &["epci"]),
        ("country=ml", "country_code", "partners", &["ML"]),
        ("partner_kind=region", "partner_kind", "partners", &["region"]),
        ("zone=oceanie", "zone", "partners", &["oceanie"]),
        ("theme=sante,sport", "themes", "", &["sante", "sport"]),
        ("sdg=6", "sdgs", "", &["6"]),
        ("kind=cooperation", "kind", "", &["cooperation"]),
        ("status=suspendu", "status", "", &["suspendu"]),
        ("source=echantillon", "source", "", &["echantillon"]),
    ] {
        let expected: HashSet<String> = features
            .iter()
            .filter(|feature| has(feature, property, list, wanted))
            .map(|feature| feature["id"].as_str().unwrap().to_owned())
            .collect();
        assert!(!expected.is_empty(), "{query} tests nothing");
        for collection in ["partnerships", "links"] {
            let page =
                server.json(&format!("/api/collections/{collection}/items?limit=10000&{query}"));
            assert_eq!(ids(&page).into_iter().collect::<HashSet<_>>(), expected, "{query}");
            assert_eq!(page["numberMatched"], expected.len());
        }
        let export = server.get(&format!("/api/export/partnerships.csv?{query}"));
        assert!(export.header("content-disposition").contains("attachment"));
        let rows = csv::Reader::from_reader(export.body.as_bytes()).records().count();
        assert_eq!(rows, expected.len(), "{query}");
        let excel = server.get(&format!("/api/export/partnerships.csv?spreadsheet=1&{query}"));
        assert_ne!(excel.header("etag"), export.header("etag"));
        let excel = excel.body.strip_prefix('\u{feff}').expect("a byte order mark");
        let cells = |text: &str, separator| {
            let mut csv = csv::ReaderBuilder::new();
            let mut csv = csv.delimiter(separator).from_reader(text.as_bytes());
            csv.records().collect::<Result<Vec<_>, _>>().unwrap()
        };
        let (said, coded) = (cells(excel, b';'), cells(&export.body, b','));
        assert_eq!(said.len(), coded.len(), "{query}");
        for (said, coded) in said.iter().zip(&coded) {
            // kind, status, themes and the like are labels; all else is the same
            let changed = (0..coded.len()).filter(|at| said[*at] != coded[*at]);
            assert!(changed.clone().all(|at| [2, 3, 8, 10, 12, 15].contains(&at)), "{said:?}");
            assert!(changed.count() >= 4, "{said:?}");
        }
    }
    // different names: all of them
    let both = server.json(&format!("{ITEMS}?limit=10000&region=84&kind=jumelage&country=DE"));
    for feature in both["features"].as_array().unwrap() {
        assert!(has(feature, "region_code", "collectivities", &["84"]));
        assert!(has(feature, "country_code", "partners", &["DE"]));
        assert_eq!(feature["properties"]["kind"], "jumelage");
    }
}

#[test]
fn boxes_hold_what_lies_in_them_and_what_has_no_place() {
    let (_database, server) = demo();
    let features = all(&server, "partnerships");
    let points = |feature: &Value| -> Vec<(f64, f64)> {
        let geometry = &feature["geometry"];
        let point = |p: &Value| (p[0].as_f64().unwrap(), p[1].as_f64().unwrap());
        match geometry["type"].as_str() {
            Some("Point") => vec![point(&geometry["coordinates"])],
            Some(_) => geometry["coordinates"].as_array().unwrap().iter().map(point).collect(),
            None => Vec::new(),
        }
    };
    for [west, south, east, north] in [
        [-20.0, 0.0, 20.0, 20.0],
        [160.0, -50.0, -140.0, 10.0],
        [-180.0, -90.0, 180.0, 90.0],
        [177.0, 65.0, -177.0, 70.0],
        [-180.0, 85.0, 180.0, 90.0],
        [0.0, 0.0, 0.0, 0.0],
    ] {
        let within = |(lon, lat): &(f64, f64)| {
            let across = if west <= east {
                west <= *lon && *lon <= east
            } else {
                *lon >= west || *lon <= east
            };
            across && south <= *lat && *lat <= north
        };
        let expected = features.iter().filter(|feature| {
            let points = points(feature);
            points.is_empty() || points.iter().any(within)
        });
        let query = format!("bbox={west},{south},{east},{north}");
        assert_eq!(
            server.json(&format!("{ITEMS}?{query}"))["numberMatched"],
            expected.count(),
            "{query}"
        );
    }
    let flat = server.json(&format!("{ITEMS}?bbox=-20,0,20,20"));
    let high = server.json(&format!("{ITEMS}?bbox=-20,0,-100,20,20,9000"));
    assert_eq!(flat["numberMatched"], high["numberMatched"]);
    // a link from France to Japan passes over Siberia, where it has no end
    let siberia = server.json("/api/collections/links/items?limit=10000&bbox=85,55,110,70");
    let unplaced = all(&server, "links").iter().filter(|f| f["geometry"].is_null()).count();
    assert!(siberia["numberMatched"].as_u64().unwrap() as usize > unplaced);
}

#[test]
fn times_select_what_held_then() {
    let (_database, server) = demo();
    let features = all(&server, "partnerships");
    let held = |from: &str, to: &str| {
        features
            .iter()
            .filter(|feature| {
                let start = feature["properties"]["start"].as_str();
                let end = feature["properties"]["end"].as_str();
                start.is_none_or(|start| start <= to)
                    && end.is_none_or(|end| format!("{end}-99").as_str() >= from)
            })
            .count()
    };
    for (query, from, to) in [
        ("datetime=1970-01-01/1970-12-31", "1970", "1970-99"),
        ("datetime=../1959-12-31", "0000", "1959-99"),
        ("datetime=2010-01-01/..", "2010", "9999"),
        ("datetime=2018-06-15T12:00:00Z", "2018-06-15", "2018-06-15"),
    ] {
        assert_eq!(
            server.json(&format!("{ITEMS}?{query}"))["numberMatched"],
            held(from, to),
            "{query}"
        );
    }
    let verified = server.json(&format!("{ITEMS}?verified_since=2000-01-01"));
    let expected = features
        .iter()
        .filter(|f| f["properties"]["verified_on"].as_str().is_some_and(|d| d >= "2000-01-01"));
    assert_eq!(verified["numberMatched"], expected.count());
}

#[test]
fn words_are_found_without_accents_by_their_beginning() {
    let (_database, server) = demo();
    let matched =
        |q: &str| server.json(&format!("{ITEMS}?q={q}"))["numberMatched"].as_u64().unwrap();
    assert!(matched("senegal") > 0);
    assert_eq!(matched("S%C3%A9n%C3%A9gal"), matched("senegal"));
    assert!(matched("sene") >= matched("senegal"));
    assert!(matched("lyon+birmingham") >= 1);
    assert_eq!(matched("lyon+zzzzzz"), 0);
    assert_eq!(matched("%27%21"), server.json(ITEMS)["numberMatched"].as_u64().unwrap());
}

#[test]
fn facets_count_as_the_items_do() {
    let (_database, server) = demo();
    for query in
        ["", "region=84", "region=84&theme=eau-assainissement", "country=ML,SN&kind=cooperation"]
    {
        let facets = server.json(&format!("/api/facets?{query}"));
        assert_eq!(
            facets["total"]["partnerships"],
            server.json(&format!("{ITEMS}?{query}"))["numberMatched"]
        );
        for (dimension, values) in facets["facets"].as_object().unwrap() {
            // partners are counted, and are no filter
            if dimension == "partner" {
                continue;
            }
            // a dimension ignores its own selection
            let others: Vec<&str> = query
                .split('&')
                .filter(|p| !p.is_empty() && !p.starts_with(&format!("{dimension}=")))
                .collect();
            for value in values.as_array().unwrap().iter().take(4) {
                let code = value["value"].as_str().unwrap();
                // the name of a funder is any text
                let written: String =
                    url::form_urlencoded::byte_serialize(code.as_bytes()).collect();
                let with = format!("{ITEMS}?{}&{dimension}={written}", others.join("&"));
                let with = with.replace("?&", "?");
                assert_eq!(server.json(&with)["numberMatched"], value["count"], "{query}: {with}");
                let wanted = query.split('&').any(|p| {
                    p.strip_prefix(&format!("{dimension}="))
                        .is_some_and(|v| v.split(',').any(|v| v == code))
                });
                assert_eq!(value["selected"], wanted);
            }
        }
        let years: BTreeMap<i64, u64> = facets["years"]
            .as_array()
            .unwrap()
            .iter()
            .map(|y| (y["year"].as_i64().unwrap(), y["count"].as_u64().unwrap()))
            .collect();
        assert!(!years.is_empty());
        // a year as a filter selects what its bar counts
        for (year, count) in years.iter().step_by(17) {
            let with = format!("{ITEMS}?{query}&year={year}").replace("?&", "?");
            assert_eq!(server.json(&with)["numberMatched"], *count, "{with}");
        }
    }
}

#[test]
fn what_is_wrong_is_named_in_a_problem_document() {
    let (_database, server) = demo();
    for (path, parameter) in [
        ("?limit=0", "limit"),
        ("?limit=-1", "limit"),
        ("?limit=ten", "limit"),
        ("?region=999", "region"),
        ("?theme=astrologie", "theme"),
        ("?bbox=1,2,3", "bbox"),
        ("?bbox=0,10,0,-10", "bbox"),
        ("?datetime=2002-06-30/P2D", "datetime"),
        ("?colour=red", "colour"),
        ("?lang=de", "lang"),
        ("?f=xml", "f"),
        ("?cursor=!", "cursor"),
        ("?sortby=colour", "sortby"),
        ("?year=soon", "year"),
        ("?q=%00&%FF=1", "\u{fffd}"),
    ] {
        let response = server.get(&format!("{ITEMS}{path}"));
        assert_eq!(response.status, 400, "{path}");
        assert_eq!(response.header("content-type"), "application/problem+json");
        let problem = response.json();
        assert_eq!(problem["status"], 400);
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(parameter), "{problem}");
    }
    for path in [
        "/api/nothing",
        "/api/collections/dUmmYColLection",
        "/api/collections/dUmmYColLection/items",
        "/api/collections/partnerships/items/nothing",
        "/api/collections/partnerships/items/0000000000000000",
        "/api/export/partnerships.xls",
        "/api/export/planets.csv",
    ] {
        let response = server.get(path);
        assert_eq!(response.status, 404, "{path}");
        assert_eq!(response.header("content-type"), "application/problem+json", "{path}");
        assert_eq!(response.json()["code"], "not-found");
    }
    assert_eq!(server.json(&format!("{ITEMS}?limit=1000000"))["links"][0]["rel"], "self");
}

#[test]
fn unchanged_answers_are_not_sent_again() {
    let (_database, server) = demo();
    for path in [
        "/api",
        ITEMS,
        "/api/facets",
        "/api/export/partnerships.csv",
        "/",
        "/static/basemap/regions.geojson",
    ] {
        let first = server.get(path);
        let tag = first.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"'), "{path}: {tag}");
        assert!(!first.header("cache-control").is_empty(), "{path}");
        let second = server.get_with(path, &[("if-none-match", &tag)]);
        assert_eq!((second.status, second.body.as_str()), (304, ""), "{path}");
        assert_eq!(second.header("etag"), tag);
        assert_eq!(server.get_with(path, &[("if-none-match", "\"other\"")]).status, 200);
    }
    let a = server.get(ITEMS);
    let b = server.get(&format!("{ITEMS}?lang=en"));
    assert_ne!(a.header("etag"), b.header("etag"));
    assert_eq!(a.header("access-control-allow-origin"), "*");
}

#[test]
fn a_feature_says_everything_in_either_language() {
    let (_database, server) = demo();
    let page = server.json(&format!("{ITEMS}?limit=1&country=SN&lang=en"));
    let feature = &page["features"][0];
    let id = feature["id"].as_str().unwrap();
    let names: HashSet<&str> =
        feature["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    for property in atlas_aect::search::Collection::Partnerships.properties() {
        assert!(names.contains(property), "{property}");
    }
    assert_eq!(feature["properties"]["country_name"], "Senegal");
    let item = server.json(&format!("{ITEMS}/{id}"));
    assert_eq!(item["properties"]["country_name"], "Sénégal");
    assert_eq!(item["id"], id);
    let mut rels: Vec<_> = item["links"]
        .as_array()
        .unwrap()
        .iter()
        .map(|link| link["rel"].as_str().unwrap())
        .collect();
    rels.sort_unstable();
    assert_eq!(rels, ["alternate", "collection", "related", "related", "self"]);
    let page = server.get(&format!("/en/partnerships/{id}"));
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Senegal"));
}

#[test]
fn pages_say_what_went_wrong_in_their_language() {
    let (_database, server) = demo();
    for (path, status, words) in [
        ("/rien", 404, "<html lang=\"fr\""),
        ("/en/nothing", 404, "<html lang=\"en\""),
        ("/partenariats/0000000000000000", 404, "<html lang=\"fr\""),
        ("/?region=999", 400, "<html lang=\"fr\""),
        ("/?utm_source=letter", 200, "<html lang=\"fr\""),
        ("/?cursor=0000000000000000", 200, "<html lang=\"fr\""),
    ] {
        let response = server.get(path);
        assert_eq!(response.status, status, "{path}");
        assert!(response.body.contains(words), "{path}");
        assert!(response.header("content-security-policy").contains("default-src 'none'"));
    }
    assert_eq!(server.get("/en?region=84").header("location"), "/en/?region=84");
    assert_eq!(server.get("/static/../Cargo.toml").status, 404);
}
