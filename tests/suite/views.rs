//! The selection as a table and as charts, against what the API says of the same filters.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Server, addresses, demo};

fn page(server: &Server, path: &str) -> String {
    let answer = server.get(path);
    assert_eq!(answer.status, 200, "{path}");
    answer.body
}

/// What stands between two texts, each time the first occurs.
fn between<'t>(text: &'t str, start: &'t str, end: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(start).skip(1).map(move |rest| rest.split(end).next().unwrap())
}

/// The element of the page with an id, up to an end tag.
fn part<'t>(html: &'t str, id: &str, end: &str) -> &'t str {
    let (_, rest) = html.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no #{id}"));
    rest.split(end).next().unwrap()
}

/// The rows of a chart's table: the cells of each as text.
fn rows(figure: &str) -> Vec<Vec<String>> {
    let plain = |cell: &str| {
        let text: String =
            cell.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect();
        text.replace("&#39;", "'").replace("&#38;", "&")
    };
    let body = figure.split("<tbody>").nth(1).unwrap();
    let row = |row: &str| {
        let cells = row.split("<t").skip(1).map(|cell| plain(&format!("<t{cell}")));
        cells.collect::<Vec<String>>()
    };
    between(body, "<tr>", "</tr>").map(row).collect()
}

fn number(text: &str) -> u64 {
    text.replace(['\u{202f}', ','], "").parse().unwrap()
}

#[test]
fn charts_say_the_numbers_of_the_facets() {
    let (_database, server) = demo();
    for query in ["", "region=84", "theme=culture-francophonie&status=en_cours", "q=lyon"] {
        for (home, lang) in [("/", "fr"), ("/en/", "en")] {
            let html = page(&server, &format!("{home}?view=charts&{query}"));
            let facets = server.json(&format!("/api/facets?lang={lang}&{query}"));
            for (name, chart) in [
                ("theme", "themes"),
                ("country", "countries"),
                ("kind", "kinds"),
                ("status", "statuses"),
                ("sdg", "sdgs"),
                ("region", "regions"),
            ] {
                // what is not known is told beside the ranking
                let is_known = |value: &&Value| value["value"] != "inconnu";
                let values: Vec<&Value> =
                    facets["facets"][name].as_array().unwrap().iter().filter(is_known).collect();
                if values.is_empty() {
                    assert!(!html.contains(&format!("id=\"chart-{chart}\"")), "{query} {name}");
                    continue;
                }
                let figure = part(&html, &format!("chart-{chart}"), "</figure>");
                let expected: Vec<(String, u64)> = values
                    .iter()
                    .map(|v| {
                        (v["label"].as_str().unwrap().to_owned(), v["count"].as_u64().unwrap())
                    })
                    .collect();
                let told: Vec<(String, u64)> =
                    rows(figure).into_iter().map(|row| (row[0].clone(), number(&row[1]))).collect();
                assert_eq!(told, expected, "{query} {name}");
                let bars = figure.split("<details>").next().unwrap().matches("<li").count();
                assert_eq!(bars, expected.len().min(12), "{query} {name}");
            }
            let figure = part(&html, "chart-years", "</figure>");
            let told: Vec<(i64, u64)> = rows(figure)
                .iter()
                .map(|row| (row[0].parse().unwrap(), number(&row[1])))
                .filter(|(_, count)| *count > 0)
                .collect();
            let (first, last) = (1950, told.last().unwrap().0);
            let counted =
                |year: &Value| (year["year"].as_i64().unwrap(), year["count"].as_u64().unwrap());
            let expected: Vec<(i64, u64)> =
                facets["years"].as_array().unwrap().iter().map(counted).collect();
            let expected: Vec<(i64, u64)> =
                expected.into_iter().filter(|(year, _)| (first..=last).contains(year)).collect();
            assert_eq!(told, expected, "{query}");
        }
    }
}

#[test]
fn flows_say_what_filters_by_both_ends_find() {
    let (_database, server) = demo();
    let html = page(&server, "/?view=charts&status=en_cours");
    let facets = server.json("/api/facets?status=en_cours");
    let code = |name: &str, label: &str| {
        let values = facets["facets"][name].as_array().unwrap();
        let found = values.iter().find(|value| value["label"] == label);
        found.unwrap_or_else(|| panic!("no {label}"))["value"].as_str().unwrap().to_owned()
    };
    let flows = rows(part(&html, "chart-flows", "</figure>"));
    assert!(flows.len() > 20, "{}", flows.len());
    for row in flows.iter().take(8).chain(flows.iter().rev().take(4)) {
        let (region, zone) = (code("region", &row[0]), code("zone", &row[1]));
        let items = format!(
            "/api/collections/partnerships/items?limit=1&status=en_cours&region={region}&zone={zone}"
        );
        assert_eq!(server.json(&items)["numberMatched"], number(&row[2]), "{items}");
    }
}

#[test]
fn every_bar_leads_to_the_page_with_its_filter_added() {
    let (_database, server) = demo();
    let html = page(&server, "/?view=charts&region=84");
    let bars = part(&html, "chart-themes", "</figure>").split("<details>").next().unwrap();
    let counts: Vec<u64> = between(bars, "chart-count\">", "<").map(number).collect();
    for (path, count) in addresses(bars).iter().zip(counts).take(3) {
        assert!(path.starts_with("/?view=charts&region=84&theme="), "{path}");
        let found = page(&server, path);
        assert!(found.contains(&format!("data-matched=\"{count}\"")), "{path} {count}");
    }
    // a chosen value leads nowhere: it is there already
    let regions = part(&html, "chart-regions", "</figure>").split("<details>").next().unwrap();
    assert!(regions.contains("<b>Auvergne-Rhône-Alpes</b>"));
}

#[test]
fn the_table_goes_to_its_end_in_every_order_that_its_heads_offer() {
    let (_database, server) = demo();
    let html = page(&server, "/en/?view=table");
    let head = html.split("<thead>").nth(1).unwrap().split("</thead>").next().unwrap();
    let heads = addresses(head);
    assert_eq!(heads.len(), 9);
    assert_eq!(heads[0], "/en/?view=table&sortby=-title");
    let total = server.json("/api/facets")["total"]["partnerships"].as_u64().unwrap();
    for head in &heads {
        let sort = head.split("sortby=").nth(1).unwrap();
        let items = format!("/api/collections/partnerships/items?limit=100&lang=en&sortby={sort}");
        let expected = server.json(&items);
        let (mut path, mut ids) = (head.clone(), Vec::new());
        loop {
            let html = page(&server, &path);
            let sorted = if sort.starts_with('-') { "descending" } else { "ascending" };
            assert_eq!(html.matches(&format!("aria-sort=\"{sorted}\"")).count(), 1, "{path}");
            ids.extend(between(&html, "<tr data-id=\"", "\"").map(str::to_owned));
            let more = part(&html, "table-more", "</div>");
            let Some(next) = addresses(more).into_iter().next() else { break };
            path = next;
        }
        let first: Vec<&str> = expected["features"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids[..100], first[..], "{sort}");
        let different: BTreeSet<&String> = ids.iter().collect();
        assert_eq!((ids.len() as u64, different.len() as u64), (total, total), "{sort}");
    }
}

#[test]
fn all_forms_keep_the_filters_and_name_one_address() {
    let (_database, server) = demo();
    for view in ["table", "charts"] {
        let html = page(&server, &format!("/?view={view}&region=84&year=2016&sortby=-start"));
        assert!(!html.contains("maplibre"), "{view}");
        assert!(html.contains(&format!("name=\"view\" value=\"{view}\"")));
        assert_eq!(html.contains("name=\"sortby\" value=\"-start\""), view == "table");
        let links = addresses(part(&html, "views", "</nav>"));
        assert_eq!(links[0], "/?region=84&year=2016");
        assert_eq!(links[1], "/?view=table&region=84&year=2016");
        assert_eq!(links[2], "/?view=charts&region=84&year=2016");
        let sort = if view == "table" { "&sortby=-start" } else { "" };
        let chips = addresses(part(&html, "chips", "</ul>"));
        assert_eq!(chips[0], format!("/?view={view}{sort}&year=2016"));
        assert_eq!(chips[2], format!("/?view={view}{sort}"));
        let canonical =
            format!("<link rel=\"canonical\" href=\"{}/?region=84&#38;year=2016\">", server.url);
        assert!(html.contains(&canonical), "{view}");
        let english = format!("/en/?view={view}&region=84&year=2016&sortby=-start");
        assert!(addresses(&html).contains(&english), "{view}");
    }
    // words that mean nothing are left alone
    let html = page(&server, "/?view=pie&sortby=nothing");
    assert!(html.contains("id=\"map\""));
}
