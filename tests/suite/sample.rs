//! The sample that the release carries.

use std::{
    collections::{BTreeSet, HashSet},
    path::Path,
};

use atlas_aect::reference::{Countries, vocabularies};

use crate::support::{Server, TestDatabase, demo, export, import};

fn twinnings() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("import/twinnings.csv.gz")
}

fn sample() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("import/sample.csv")
}

#[test]
fn every_row_resolves_and_only_places_may_be_missing() {
    for database in TestDatabase::each() {
        let (code, report) = import(&database, &sample(), &[]);
        assert_eq!(code, Some(0), "{report:#}");
        // groupings of communes and a few districts are in no gazetteer
        let issues = report["issues"].as_array().unwrap();
        assert!(issues.iter().all(|issue| issue["code"] == "partner-unplaced"), "{report:#}");
        assert_eq!(report["outcome"]["created"], report["outcome"]["rows"]);
    }
}

/// At least 97 of the 102 cooperations have a point: regions, Länder and cercles have one too. The
/// others are groupings of communes whose seat is not known, a State and a small place.
#[test]
fn cooperations_with_areas_are_on_the_map() {
    let (_database, server) = demo();
    let found = server.json("/api/collections/partnerships/items?kind=cooperation&limit=200");
    let features = found["features"].as_array().unwrap();
    let placed = features.iter().filter(|feature| !feature["geometry"].is_null()).count();
    assert_eq!(features.len(), 102);
    assert!(placed >= 97, "{placed} of 102");
    let ids = |query: &str| {
        let found = server.json(&format!("/api/collections/partnerships/items?{query}&limit=200"));
        let features = found["features"].as_array().unwrap().clone();
        let titles = features.iter().map(|f| f["properties"]["title"].as_str().unwrap().to_owned());
        titles.collect::<BTreeSet<_>>()
    };
    let kayes = ids("partner_area=ML-1");
    assert!(kayes.iter().any(|title| title.contains("Yélimané")), "{kayes:?}");
    assert_eq!(ids("partner_area=ml-1"), kayes);
    assert!(ids("q=kayes").is_superset(&kayes));
    assert!(ids("q=r%C3%A9gion%20de%20kayes").is_superset(&kayes));
    let suggested = server.json("/api/suggest?q=kayes");
    let kinds: Vec<_> = suggested["suggestions"].as_array().unwrap().iter().collect();
    assert!(kinds.iter().any(|one| one["kind"] == "partner_area" && one["id"] == "ML-1"));
    let sarre = server.json("/api/collections/partnerships/items?partner_area=DE-SL&lang=fr");
    let properties = &sarre["features"][0]["properties"];
    assert_eq!(properties["partners"][0]["partner_area_name"], "Sarre");
    assert_eq!(properties["position_source"], "area");
}

#[test]
fn it_shows_the_whole_breadth_of_the_field() {
    let mut reader = csv::Reader::from_path(sample()).unwrap();
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|title| title == name).unwrap();
    let (code, kind, country) =
        (column("collectivite_code"), column("collectivite_type"), column("partenaire_pays"));
    let (link, themes) = (column("type_lien"), column("themes"));
    let mut seen = [const { BTreeSet::<String>::new() }; 5];
    let mut rows = 0;
    for row in reader.records() {
        let row = row.unwrap();
        rows += 1;
        for (seen, column) in seen.iter_mut().zip([code, kind, country, link, themes]) {
            seen.extend(row[column].split('|').filter(|v| !v.is_empty()).map(str::to_owned));
        }
    }
    let [codes, kinds, countries, links, themes] = seen;
    assert!(rows >= 300, "{rows} partnerships");
    assert!(codes.len() >= 80, "{} authorities", codes.len());
    assert!(countries.len() >= 60, "{} countries", countries.len());
    assert_eq!(themes.len(), vocabularies::themes().terms().len(), "{themes:?}");
    for needed in ["commune", "epci", "departement", "region", "syndicat"] {
        assert!(kinds.contains(needed), "{needed}");
    }
    assert!(links.len() >= 5, "{links:?}");
    let overseas = codes.iter().filter(|code| code.starts_with("97") || code.starts_with("98"));
    assert!(overseas.count() >= 3);
    let zone = |alpha2: &String| &Countries::bundled().by_alpha2(alpha2).unwrap().zone.code;
    let zones: HashSet<_> = countries.iter().map(zone).collect();
    assert_eq!(zones.len(), vocabularies::zones().terms().len());
}

#[test]
fn the_sample_answers_as_a_hand_count_does() {
    let (database, server) = demo();
    let path = "/api/collections/partnerships/items?region=84&theme=eau-assainissement&limit=100";
    let answer = server.json(path);
    let mut ids: Vec<String> = Vec::new();
    for feature in answer["features"].as_array().unwrap() {
        let properties = &feature["properties"];
        assert!(properties["themes"].as_array().unwrap().contains(&"eau-assainissement".into()));
        ids.push(properties["title"].as_str().unwrap().to_owned());
    }
    ids.sort();
    // counted by hand in import/sample.csv: authorities of the région with that theme
    let wanted = [
        "ardeche-matam",
        "auvergne-rhone-alpes-saint-louis",
        "chambery-ouahigouya",
        "drome-kanel",
        "isere-kedougou",
        "metropole-de-lyon-haute-matsiatra",
        "savoie-dessalines",
        "valence-waounde",
    ];
    assert_eq!(answer["numberMatched"], wanted.len(), "{ids:#?}");
    let csv = export(&database, "csv");
    let filtered =
        server.get("/api/export/partnerships.csv?region=84&theme=eau-assainissement").body;
    for line in filtered.lines().skip(1) {
        assert!(csv.contains(line));
    }
    let mut keys: Vec<&str> =
        filtered.lines().skip(1).map(|l| l.split(',').next().unwrap()).collect();
    keys.sort_unstable();
    assert_eq!(keys, wanted);
}

#[test]
fn the_demo_has_two_sources_of_which_some_partnerships_are_one() {
    let database = TestDatabase::sqlite();
    let server = Server::start(&database, &["--demo"]);
    let count = |query: &str| {
        let path = format!("/api/collections/partnerships/items?limit=1{query}");
        server.json(&path)["numberMatched"].as_u64().unwrap()
    };
    let (sample, wikidata) =
        (count("&records=all&source=echantillon"), count("&records=all&source=wikidata"));
    assert_eq!((sample, wikidata), (579, 3_669));
    let both = count("&records=all") - count("");
    assert_eq!(count("&records=all"), sample + wikidata);
    assert!((250..=400).contains(&both), "{both} partnerships of both sources");
    // each authority is known by its code, and few rows leave something to tell
    let (_, report) = import(&database, &twinnings(), &["--dry-run"]);
    let outcome = &report["outcome"];
    assert_eq!(
        (outcome["unchanged"].as_u64(), outcome["rejected"].as_u64()),
        (Some(3_669), Some(0))
    );
}

#[test]
fn the_demo_leaves_a_register_alone_that_is_not_empty() {
    let database = TestDatabase::sqlite();
    let first = Server::start(&database, &["--demo"]).json("/readyz");
    let second = Server::start(&database, &["--demo"]).json("/readyz");
    assert_eq!(first, second);
}
