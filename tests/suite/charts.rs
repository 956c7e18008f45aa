//! Each chart is to be taken away: alone at an address, in a frame, as PNG, SVG and CSV, with the
//! numbers of the API.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Server, demo};

const CHARTS: [&str; 9] =
    ["themes", "countries", "regions", "sdgs", "kinds", "statuses", "starts", "years", "flows"];

/// Filters of one and two dimensions, with words, years and nothing that matches.
fn filters(server: &Server) -> Vec<String> {
    let facets = server.json("/api/facets");
    let values = |name: &str| -> Vec<String> {
        let all = facets["facets"][name].as_array().unwrap().iter();
        all.map(|value| value["value"].as_str().unwrap().to_owned()).collect()
    };
    let one = |name: &'static str, most: usize| {
        let values = values(name).into_iter().take(most);
        values.map(move |value| format!("{name}={value}")).collect::<Vec<_>>()
    };
    let mut filters = vec![
        String::new(),
        "year=2016".into(),
        "q=eau".into(),
        "q=zzzzzz".into(),
        "region=53&theme=sante".into(),
        "kind=jumelage&country=DE".into(),
    ];
    for (name, most) in [("region", 13), ("theme", 13), ("country", 12), ("kind", 4), ("sdg", 4)] {
        filters.extend(one(name, most));
    }
    filters
}

fn table(server: &Server, path: &str) -> Vec<Vec<String>> {
    let answer = server.get(path);
    assert_eq!(answer.status, 200, "{path}");
    let mut reader = csv::ReaderBuilder::new().from_reader(answer.body.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn files_have_the_numbers_of_the_api_for_fifty_filters() {
    let (_database, server) = demo();
    let filters = filters(&server);
    assert!(filters.len() >= 50, "{}", filters.len());
    for query in &filters {
        let facets = server.json(&format!("/api/facets?{query}"));
        for (chart, name) in [
            ("themes", "theme"),
            ("countries", "country"),
            ("regions", "region"),
            ("sdgs", "sdg"),
            ("kinds", "kind"),
            ("statuses", "status"),
        ] {
            let expected: BTreeMap<String, u64> = facets["facets"][name]
                .as_array()
                .unwrap()
                .iter()
                .filter(|value| value["value"] != "inconnu")
                .map(|value| {
                    let label = value["label"].as_str().unwrap().to_owned();
                    (label, value["count"].as_u64().unwrap())
                })
                .collect();
            let told: BTreeMap<String, u64> =
                table(&server, &format!("/graphiques/{chart}.csv?{query}"))
                    .into_iter()
                    .map(|row| (row[0].clone(), row[1].parse().unwrap()))
                    .collect();
            assert_eq!(told, expected, "{chart} {query}");
        }
        let begun: u64 = table(&server, &format!("/graphiques/starts.csv?{query}"))
            .iter()
            .map(|row| row[2].parse::<u64>().unwrap())
            .sum();
        let separator = if query.is_empty() { "" } else { "&" };
        let dated = format!(
            "/api/collections/partnerships/items?limit=1{separator}{query}&filter=start%20IS%20NOT%20NULL"
        );
        assert_eq!(server.json(&dated)["numberMatched"], begun, "{query}");
        let year = |row: &Vec<String>| (row[0].parse::<i64>().unwrap(), row[1].parse().unwrap());
        let told: BTreeMap<i64, u64> =
            table(&server, &format!("/graphiques/years.csv?{query}")).iter().map(year).collect();
        for one in facets["years"].as_array().unwrap() {
            let (year, count) = (one["year"].as_i64().unwrap(), one["count"].as_u64().unwrap());
            if year >= 1950 && told.contains_key(&year) {
                assert_eq!(told[&year], count, "{query} {year}");
            }
        }
    }
}

#[test]
fn every_chart_is_a_picture_in_both_languages() {
    let (_database, server) = demo();
    for folder in ["/graphiques", "/en/charts"] {
        for chart in CHARTS {
            for query in ["", "?region=53", "?q=zzzzzz"] {
                let path = format!("{folder}/{chart}.svg{query}");
                let answer = server.get(&path);
                let media_type = answer.header("content-type");
                assert_eq!((answer.status, media_type), (200, "image/svg+xml"), "{path}");
                let parsed = usvg_size(&answer.body);
                assert!(parsed.0 == 1200.0 && parsed.1 > 200.0, "{path}: {parsed:?}");
                let png = ureq::get(format!("{}{folder}/{chart}.png{query}", server.url));
                let png = png.call().unwrap().body_mut().read_to_vec().unwrap();
                assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n", "{path}");
                assert!((4_000..600_000).contains(&png.len()), "{path}: {}", png.len());
            }
        }
    }
    for path in ["/graphiques/rien.svg", "/graphiques/themes.gif", "/en/charts/themes"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    assert_eq!(server.get("/graphiques/themes.svg?region=ZZ").status, 400);
}

/// Width and height as the root element says.
fn usvg_size(svg: &str) -> (f64, f64) {
    let value = |name: &str| {
        let rest = svg.split(&format!(" {name}=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    (value("width"), value("height"))
}

#[test]
fn a_chart_stands_alone_at_its_address_and_in_a_frame() {
    let (_database, server) = demo();
    for (home, name) in [("/", "countries"), ("/en/", "flows")] {
        let alone = server.get(&format!("{home}?view=charts&chart={name}&region=53")).body;
        assert_eq!(alone.matches("<figure").count(), 1, "{name}");
        assert!(alone.contains(&format!("id=\"chart-{name}\"")));
        // taking the filter away keeps the chart
        assert!(alone.contains(&format!("{home}?view=charts&#38;chart={name}\"")), "{name}");
        let frame = server.get(&format!("{home}?embed=1&chart={name}&region=53"));
        assert!(frame.header("content-security-policy").contains("frame-ancestors *"));
        assert_eq!(frame.body.matches("<figure").count(), 1, "{name}");
        assert!(!frame.body.contains("maplibre") && frame.body.contains("chart-source"), "{name}");
    }
    // another name is no chart: the frame has the map, the page has all charts
    assert!(server.get("/?embed=1&chart=rien").body.contains("maplibre"));
    assert!(server.get("/?view=charts&chart=rien").body.matches("<figure").count() > 5);
    let facets: Value = server.json("/api/facets?region=53");
    let first = facets["facets"]["country"][0]["label"].as_str().unwrap();
    assert!(server.get("/?embed=1&chart=countries&region=53").body.contains(first));
}
