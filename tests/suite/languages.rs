//! In which language an answer comes: what the address names, else what the client prefers; and that
//! `lang` and `f` stay in everything that is linked.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;

use crate::support::{Response, Server, addresses, demo};

const ENGLISH: (&str, &str) = ("Accept-Language", "en-GB,en;q=0.9,fr;q=0.5");
const FRENCH: (&str, &str) = ("Accept-Language", "fr-FR,fr;q=0.9,en;q=0.5");

/// A link of a document.
struct Link {
    rel: String,
    kind: String,
    href: String,
}

/// The links of a document, and the addresses of tiles in a TileJSON.
fn links(document: &Value) -> Vec<Link> {
    let mut found = Vec::new();
    let mut values = vec![document];
    while let Some(value) = values.pop() {
        match value {
            Value::Array(list) => values.extend(list),
            Value::Object(map) => {
                let text = |name: &str| map.get(name).and_then(Value::as_str).map(str::to_owned);
                if let (Some(href), Some(rel)) = (text("href"), text("rel")) {
                    found.push(Link { rel, kind: text("type").unwrap_or_default(), href });
                }
                for tiles in map.get("tiles").and_then(Value::as_array).into_iter().flatten() {
                    let href = tiles.as_str().unwrap().to_owned();
                    found.push(Link { rel: "item".into(), kind: String::new(), href });
                }
                values.extend(map.values());
            }
            _ => {}
        }
    }
    found
}

fn query(address: &str) -> BTreeMap<String, String> {
    let (_, query) = address.split_once('?').unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// The kind of an address: what it names by id is left out.
fn shape(path: &str) -> String {
    path.split('?')
        .next()
        .unwrap()
        .split('/')
        .map(|part| if part.len() == 16 || part.parse::<u32>().is_ok() { "*" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

/// Follows every link from the landing page with `f` and `lang`: both stay, whatever the browser
/// prefers. Gives how many addresses of how many kinds were asked.
fn crawl(server: &Server, f: Option<&str>, lang: &str, headers: &[(&str, &str)]) -> (usize, usize) {
    let f_of = f.map(|f| format!("&f={f}")).unwrap_or_default();
    let begin = [
        "/api".to_owned(),
        "/api/collections/links/items?limit=3&region=84".to_owned(),
        "/api/collections/countries/items?limit=2".to_owned(),
        "/api/changes?since=0&limit=5".to_owned(),
        "/api/collections/schemes/items?limit=2".to_owned(),
    ];
    // what has no page is asked for as data
    let has_page = |path: &str| !path.contains("/changes") && !path.contains("/schemes");
    let mut waiting: VecDeque<String> = begin
        .iter()
        .map(|path| {
            let separator = if path.contains('?') { '&' } else { '?' };
            let f = if has_page(path) || f != Some("html") { f_of.as_str() } else { "" };
            format!("{path}{separator}lang={lang}{f}")
        })
        .collect();
    let (mut seen, mut shapes) = (BTreeSet::new(), BTreeMap::<String, usize>::new());
    while let Some(path) = waiting.pop_front() {
        let count = shapes.entry(shape(&path)).or_default();
        *count += 1;
        if *count > 4 || !seen.insert(path.clone()) {
            continue;
        }
        let answer: Response = server.get_with(&path, headers);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        let kind = answer.header("content-type").to_owned();
        let said = answer.header("content-language");
        assert!(said.contains(lang) || path.starts_with("/api/openapi.json"), "{path}: {said}");
        assert!(!answer.header("vary").contains("Accept-Language"), "{path}");
        let found = if kind.starts_with("text/html") {
            let hrefs = addresses(&answer.body)
                .into_iter()
                .map(|href| href.replace("&amp;", "&").replace(&server.url, ""));
            let is_other = |href: &str| {
                let named = query(href).get("lang").cloned();
                named.is_some_and(|named| named != lang)
            };
            // the way to the other language is the only one
            let (others, own): (Vec<String>, Vec<String>) =
                hrefs.filter(|href| href.contains("/api")).partition(|href| is_other(href));
            assert!(others.iter().all(|href| shape(href) == shape(&path)), "{path}: {others:?}");
            own.into_iter()
                .map(|href| Link { rel: String::new(), kind: String::new(), href })
                .collect()
        } else if kind.contains("json") && !path.contains("/export/") {
            links(&answer.json())
        } else {
            Vec::new()
        };
        for Link { rel, kind, href } in found {
            let href = href.replace(&server.url, "");
            let is_of_api = href.starts_with("/api") || href.starts_with("/tiles");
            if !is_of_api || ["conformance/", "openapi.json"].iter().any(|p| href.contains(p)) {
                continue;
            }
            let named = query(&href);
            assert_eq!(named.get("lang").map(String::as_str), Some(lang), "{path}: {rel} {href}");
            let is_file = href.contains("/export/")
                || href.contains(".mvt")
                || href.contains("/{")
                || href.starts_with("/tiles");
            if let Some(f) =
                f.filter(|_| !is_file && !path.contains("/docs") && path.contains(&f_of))
            {
                let wanted = if kind == "text/html" && rel != "service-doc" { "html" } else { f };
                let stays = named.get("f").map(String::as_str);
                // a page leads to data as well
                let leads = stays == Some(wanted) || f == "html";
                assert!(leads, "{path}: {rel} {href}");
            }
            if !is_file || href.ends_with(&format!(".geojson?lang={lang}")) {
                waiting.push_back(href);
            }
        }
    }
    (seen.len(), shapes.len())
}

#[test]
fn f_and_lang_stay_in_every_link() {
    let (_database, server) = demo();
    for (f, lang, headers) in [
        (Some("json"), "en", [FRENCH]),
        (Some("json"), "fr", [ENGLISH]),
        (Some("html"), "en", [FRENCH]),
        (Some("html"), "fr", [ENGLISH]),
        (None, "fr", [ENGLISH]),
        (None, "en", [FRENCH]),
    ] {
        let (answers, shapes) = crawl(&server, f, lang, &headers);
        assert!(answers > 60 && shapes > 30, "{f:?} {lang}: {answers} of {shapes} kinds");
    }
}

#[test]
fn a_client_that_prefers_a_language_has_it_where_the_address_names_none() {
    let (_database, server) = demo();
    let item = "/api/collections/partnerships/items?limit=1&country=SN";
    for (path, french, english) in [
        (item, "Sénégal", "Senegal"),
        ("/api", "Ce que", "What"),
        ("/api/facets", "Sénégal", "Senegal"),
        ("/api/suggest?q=seneg", "Sénégal", "Senegal"),
        ("/api/collections/countries", "Pays", "ountries"),
        ("/api/collections/countries/queryables", "Nom du pays", "Name of the country"),
        ("/api/collections/countries/schema", "Nom du pays", "Name of the country"),
        ("/api/schema/countries.json", "Nom", "Name"),
        ("/tiles/links.json", "de la", "from"),
        ("/api/export/partnerships.geojsonl?country=SN", "Sénégal", "Senegal"),
        ("/api/collections/schemes/items?limit=50", "_label", "_label"),
    ] {
        let plain = server.get(path);
        let fr = server.get_with(path, &[FRENCH]);
        let en = server.get_with(path, &[ENGLISH]);
        assert!(fr.body.contains(french), "{path}: {}", fr.body);
        assert!(en.body.contains(english), "{path}: {}", en.body);
        assert_eq!(plain.body, fr.body, "{path}");
        assert_ne!(fr.body, en.body, "{path}");
        assert_eq!((fr.header("content-language"), en.header("content-language")), ("fr", "en"));
        // caches keep one of each, and neither is taken for the other
        assert!(en.header("vary").contains("Accept-Language"), "{path}: {}", en.header("vary"));
        assert_eq!(plain.header("etag"), fr.header("etag"), "{path}");
        assert_ne!(fr.header("etag"), en.header("etag"), "{path}");
        let tag = fr.header("etag").to_owned();
        let known = |language| server.get_with(path, &[language, ("If-None-Match", &tag)]).status;
        assert_eq!((known(FRENCH), known(ENGLISH)), (304, 200), "{path}");
        // once more: what is kept is not given to the other
        assert_eq!(server.get_with(path, &[ENGLISH]).body, en.body, "{path}");
        assert_eq!(server.get_with(path, &[FRENCH]).body, fr.body, "{path}");
    }
    // what is linked goes on in the language that was found
    let next = server.get_with(item, &[ENGLISH]).json();
    assert!(links(&next).iter().all(|link| link.href.contains("lang=en") || link.rel == "license"));
}

#[test]
fn a_first_visit_leads_to_the_language_of_the_reader() {
    let (_database, server) = demo();
    let led = server.get_with("/?country=ML&view=table", &[ENGLISH]);
    assert_eq!((led.status, led.header("location")), (302, "/en/?country=ML&view=table"));
    let first = server.get_with("/", &[FRENCH]);
    for answer in [&led, &first] {
        for name in ["Accept-Language", "Sec-Fetch-Site", "Referer"] {
            assert!(answer.header("vary").contains(name), "{}", answer.header("vary"));
        }
    }
    let referer = format!("{}/en/", server.url);
    for stays in [
        &[FRENCH][..],
        &[("Accept-Language", "de")],
        &[],
        // who goes from page to page has chosen
        &[ENGLISH, ("Sec-Fetch-Site", "same-origin")],
        &[ENGLISH, ("Referer", &referer)],
    ] {
        let page = server.get_with("/", stays);
        assert_eq!((page.status, page.header("content-language")), (200, "fr"), "{stays:?}");
    }
    for other in ["/?lang=fr", "/?embed=1", "/partenariats", "/pays/ML", "/flux.atom"] {
        let page = server.get_with(other, &[ENGLISH]);
        assert_eq!((page.status, page.header("content-language")), (200, "fr"), "{other}");
    }
    assert_eq!(server.get_with("/", &[ENGLISH, ("Referer", "https://example.org/")]).status, 302);
}

#[test]
fn pages_and_feeds_are_not_silently_in_another_language() {
    let (_database, server) = demo();
    for (asked, place) in [
        ("/flux.atom?lang=en&theme=sante", "/en/feed.atom?theme=sante"),
        ("/en/feed.atom?lang=fr", "/flux.atom"),
        ("/partenariats?lang=en", "/en/partnerships"),
        ("/pays/ML?lang=en", "/en/countries/ML"),
        ("/en/funding?lang=fr&theme=sante", "/financements?theme=sante"),
        ("/financements.ics?lang=en", "/en/funding.ics"),
        ("/financements.atom?lang=en", "/en/funding.atom"),
        ("/graphiques/countries.csv?lang=en", "/en/charts/countries.csv"),
        ("/?lang=en", "/en/"),
    ] {
        let answer = server.get(asked);
        assert_eq!((answer.status, answer.header("location")), (302, place), "{asked}");
        let there = server.get(place);
        let wanted = if place.starts_with("/en/") { "en" } else { "fr" };
        assert_eq!((there.status, there.header("content-language")), (200, wanted), "{place}");
    }
    for unknown in
        ["/flux.atom?lang=de", "/partenariats?lang=", "/api?lang=de", "/tiles/links.json?lang=de"]
    {
        let answer = server.get(unknown);
        assert_eq!(answer.status, 400, "{unknown}");
        assert!(answer.body.contains("lang"), "{unknown}: {}", answer.body);
    }
}

#[test]
fn what_is_the_same_for_everybody_says_in_which_languages_it_is() {
    let (_database, server) = demo();
    let page = server.json("/api/collections/partnerships/items?limit=1");
    let history =
        format!("/api/partnerships/{}/history", page["features"][0]["id"].as_str().unwrap());
    for (path, languages) in [
        ("/api/dcat.jsonld", "fr, en"),
        ("/api/schema/links.csv", "fr, en"),
        ("/api/schema/native/actors.json", "fr, en"),
        (history.as_str(), "fr"),
    ] {
        let [english, french] = [ENGLISH, FRENCH].map(|wish| server.get_with(path, &[wish]));
        assert_eq!(english.body, french.body, "{path}");
        for answer in [english, french] {
            assert_eq!(answer.header("content-language"), languages, "{path}");
            assert!(!answer.header("vary").contains("Accept-Language"), "{path}");
        }
        let refused = server.get(&format!("{path}?lang=de"));
        assert_eq!(refused.status, 400, "{path}");
    }
}
