//! One partnership is counted once, whatever the number of sources that keep it.

use std::{collections::BTreeMap, fmt::Write as _, path::Path, sync::Arc};

use atlas_aect::{
    atlas::register::publish,
    domain::{Partner, Partnership, PartnershipId, SourceOrder, text::fold},
    search::{Snapshot, merging::Group},
    storage::Database,
};
use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Server, TestDatabase, export, import, shared, succeed, timeless};

const HEADER: &str = "identifiant,intitule,type_lien,statut,date_debut,date_fin,collectivite,partenaire,\
                      partenaire_pays,partenaire_region,longitude,latitude,themes,description,url,source\n";

/// Imports rows of the columns of [`HEADER`].
pub fn load(database: &TestDatabase, rows: &str) -> Value {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rows.csv");
    std::fs::write(&path, format!("{HEADER}{rows}")).unwrap();
    let (code, report) = import(database, &path, &[]);
    assert_eq!(code, Some(0), "{report:#}");
    report
}

pub fn snapshot(database: &TestDatabase, order: &[&str]) -> Arc<Snapshot> {
    let order = SourceOrder::new(order.iter().map(|source| (*source).to_owned()));
    publish::build(&mut Database::open(&database.url).unwrap(), &order).unwrap()
}

/// Every partnership: the keys of its records, the one that leads first.
pub fn partnerships(snapshot: &Arc<Snapshot>) -> Vec<Vec<String>> {
    let records = snapshot.every_record();
    let name = |id: PartnershipId| {
        let (source, key) = records.source_and_key(records.find(id).unwrap()).unwrap();
        format!("{source}:{key}")
    };
    let of = |item: u32| {
        let id = snapshot.id(item);
        let alone = || vec![id];
        snapshot.group(id).map_or_else(alone, |group| group.records.clone())
    };
    let all = (0..snapshot.len() as u32).map(of);
    let mut all: Vec<Vec<String>> = all.map(|ids| ids.into_iter().map(name).collect()).collect();
    all.sort();
    all
}

const TWO: &str = "\
a1,,jumelage,,,,Lyon,Francfort,DE,,,,,,,one
b1,,jumelage,,1960,,Lyon,Frankfurt am Main,DE,,8.68,50.11,jeunesse,Depuis longtemps,,two
c1,,jumelage,en_cours,,,Lyon,Ville de Francfort (Allemagne),DE,,8.7,50.1,sport,,https://example.org,three
";

#[test]
fn records_of_several_sources_are_one_partnership() {
    for database in TestDatabase::each() {
        load(&database, TWO);
        let merged = snapshot(&database, &["three", "two"]);
        assert_eq!(partnerships(&merged), [["three:c1", "two:b1", "one:a1"]], "{}", database.name);
        // without an order the fullest leads
        assert_eq!(partnerships(&snapshot(&database, &[]))[0][0], "two:b1");
        let group = merged.group(merged.id(0)).unwrap();
        let filled: Vec<(&str, &str)> =
            group.filled.iter().map(|(column, source)| (column.name(), source.as_str())).collect();
        assert_eq!(filled, [("date_debut", "two"), ("description", "two")]);
        let record = merged.partnership(0).unwrap();
        assert_eq!(record.url.as_deref(), Some("https://example.org"));
        assert_eq!(record.period.start().unwrap().to_string(), "1960");
        assert_eq!(record.themes[0].code, "sport");

        let back = TestDatabase::sqlite();
        let folder = TempDir::new().unwrap();
        let csv = folder.path().join("export.csv");
        std::fs::write(&csv, export(&database, "csv")).unwrap();
        let (_, report) = import(&database, &csv, &[]);
        for changes in ["created", "updated", "removed"] {
            assert_eq!(report["outcome"][changes], 0, "{report:#}");
        }
        import(&back, &csv, &[]);
        assert_eq!(timeless(&export(&back, "geojson")), timeless(&export(&database, "geojson")));
    }
}

/// The id of a German partner.
fn merged_partner(name: &str) -> String {
    let (name, country) = (name.to_owned(), "DE".to_owned());
    Partner { name, country, region: None, kind: None, place: None, area: None }.id().to_string()
}

#[test]
fn readers_find_one_partnership_and_every_record() {
    let database = TestDatabase::sqlite();
    load(&database, TWO);
    load(&database, "d1,,jumelage,,,,Lille,Cologne,DE,,,,,,,one\n");
    let server = Server::start(&database, &["--source-order", "three,two"]);
    let items = |query: &str| server.json(&format!("/api/collections/partnerships/items?{query}"));
    assert_eq!(items("")["numberMatched"], 2);
    assert_eq!(items("records=all")["numberMatched"], 4);
    assert_eq!(items("records=all&source=one")["numberMatched"], 2);
    for (source, count) in [("one", 2), ("two", 1), ("three", 1), ("four", 0)] {
        assert_eq!(items(&format!("source={source}"))["numberMatched"], count, "{source}");
        let expression = format!("filter=A_CONTAINS(sources,('{source}'))");
        assert_eq!(items(&expression)["numberMatched"], count, "{source}");
    }
    // the property is the source of the record that leads
    for (source, count) in [("one", 1), ("two", 0), ("three", 1)] {
        let expression = format!("filter=source%3D'{source}'");
        assert_eq!(items(&expression)["numberMatched"], count, "{source}");
    }
    let found = items("q=francfort&source=two");
    let properties = &found["features"][0]["properties"];
    assert_eq!(properties["sources"], serde_json::json!(["three", "two", "one"]));
    assert_eq!(properties["source"], "three");
    assert_eq!(items("q=frankfurt")["numberMatched"], 1, "the words of all records are found");
    let facets = server.json("/api/facets");
    assert_eq!(facets["total"]["partnerships"], 2, "{facets:#}");

    let follower = PartnershipId::new("one", "a1").to_string();
    let lead = PartnershipId::new("three", "c1").to_string();
    let item = |query: &str| {
        server.json(&format!("/api/collections/partnerships/items/{follower}{query}"))
    };
    assert_eq!(item("")["id"], lead.as_str());
    assert_eq!(item("?records=all")["id"], follower.as_str());
    let page = server.get(&format!("/partenariats/{follower}"));
    assert_eq!(page.status, 307);
    assert_eq!(page.header("location"), format!("/partenariats/{lead}"));
    let page = server.get(&format!("/partenariats/{lead}")).body;
    assert!(page.contains("d’après two"), "{page}");
    assert!(page.contains(&format!("items/{follower}?records=all")));
    // the partner that only a follower names is that of the partnership
    let francfort = merged_partner("Francfort");
    let partner = server.json(&format!("/api/collections/partners/items/{francfort}"));
    assert_eq!(partner["properties"]["name"], "Ville de Francfort (Allemagne)");
    assert_eq!(items(&format!("partner={francfort}"))["numberMatched"], 1);
    let history = server.json(&format!("/api/partnerships/{follower}/history"));
    assert_eq!(history["id"], follower.as_str());
    let wrong = server.get("/api/collections/partnerships/items?records=some");
    assert_eq!(wrong.status, 400);
    // a file of records, a file of partnerships
    let lines = |path: &str| server.get(path).body.lines().count();
    assert_eq!(lines("/api/export/partnerships.csv"), 5);
    assert_eq!(lines("/api/export/partnerships.geojsonl"), 2);
    assert_eq!(lines("/api/export/partnerships.geojsonl?records=all"), 4);
}

#[test]
fn what_is_not_certain_stays_apart() {
    let database = TestDatabase::sqlite();
    let rows = "\
twin,,jumelage,,,,Lyon,Bamako,ML,,-8.0,12.65,,,,one
coop,,cooperation,,,,Lyon,Bamako,ML,,-8.0,12.65,,,,two
then,,cooperation,,2001,2003,Brest,Bamako,ML,,-8.0,12.65,,,,one
later,,cooperation,,2010,2012,Brest,Bamako,ML,,-8.0,12.65,,,,two
here,,jumelage,,,,Lille,Rochester,US,New York,-77.6,43.2,,,,one
there,,jumelage,,,,Lille,Rochester,US,Minnesota,-92.5,44.0,,,,two
unplaced,,jumelage,,,,Nantes,Nulle-Part,ML,Kayes,,,,,,one
elsewhere,,jumelage,,,,Nantes,Nulle-Part,ML,Ségou,,,,,,two
town,,cooperation,,,,Nancy,Kayes,ML,,-11.43,14.45,,,,one
area,,cooperation,,,,Nancy,Région de Kayes,ML,,-11.43,14.45,,,,two
water,Eau,cooperation,,,,Rennes,Kayes,ML,,-11.43,14.45,,,,one
youth,Jeunesse,cooperation,,,,Rennes,Kayes,ML,,-11.43,14.45,,,,one
which,Projet,cooperation,,,,Rennes,Kayes,ML,,-11.43,14.45,,,,two
alike,,jumelage,,,,Metz,Kayes,ML,,-11.43,14.45,,,,one
alike2,,jumelage,,,,Nancy,Kayes,ML,,-11.43,14.45,,,,two
twice,,jumelage,,,,Dijon,Mayence,DE,,8.27,50.0,,,,one
again,,jumelage,,,,Dijon,Mainz,DE,,8.27,50.0,,,,one
";
    load(&database, rows);
    let merged = snapshot(&database, &[]);
    assert_eq!(merged.len(), rows.lines().count(), "{:?}", partnerships(&merged));
    assert!(Arc::ptr_eq(&merged, &merged.every_record()), "nothing merged costs nothing");
    // a title tells which of several is meant
    load(&database, "same,Jeunesse,cooperation,,,,Rennes,Kayes,ML,,-11.43,14.45,,,,three\n");
    let known = partnerships(&snapshot(&database, &["one"]));
    assert!(known.contains(&vec!["one:youth".to_owned(), "three:same".to_owned()]), "{known:?}");
}

#[test]
fn reverts_and_removals_hand_the_lead_on() {
    for database in TestDatabase::each() {
        let [a, b, c] = TWO.lines().collect::<Vec<_>>()[..] else { panic!("three rows") };
        load(&database, &format!("{a}\n{b}\n"));
        let report = load(&database, &format!("{c}\n"));
        let lead = |expected: &[&str]| {
            let known = partnerships(&snapshot(&database, &["three", "two"]));
            assert_eq!(known, [expected], "{}", database.name);
        };
        lead(&["three:c1", "two:b1", "one:a1"]);
        let number = report["import"].as_i64().unwrap().to_string();
        succeed(&["imports", "revert", &number, "--database", &database.url]);
        lead(&["two:b1", "one:a1"]);
        load(&database, &format!("{c}\n"));
        lead(&["three:c1", "two:b1", "one:a1"]);
    }
}

/// A row of one of three sources about few places, so that many are the same.
fn row() -> impl Strategy<Value = (usize, String)> {
    let partners = vec![
        "Francfort,DE,,,",
        "Frankfurt am Main,DE,,8.68,50.11",
        "Frankfurt,DE,Hesse,8.7,50.1",
        "Frankfurt (Oder),DE,,14.55,52.34",
        "Cracovie,PL,,,",
        "Kraków,PL,,19.94,50.06",
        "Kayes,ML,,,",
        "Région de Kayes,ML,,,",
    ];
    let what = (
        0..3usize,
        0..4,
        prop::sample::select(vec!["jumelage", "cooperation", "autre"]),
        prop::sample::select(vec![",", "1990,2000", "1995,", "2010,2012"]),
        prop::sample::select(vec!["Lyon", "Lille"]),
        prop::sample::select(partners),
    );
    what.prop_map(|(source, key, kind, dates, home, partner)| {
        (source, format!("k{key},,{kind},,{dates},{home},{partner},,,,s{source}\n"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_imports_leads_to_the_same(rows in proptest::collection::vec(row(), 2..16)) {
        let mut by_source: BTreeMap<usize, BTreeMap<String, String>> = BTreeMap::new();
        for (source, row) in rows {
            let key = row.split(',').next().unwrap().to_owned();
            by_source.entry(source).or_default().insert(key, row);
        }
        let files: Vec<String> =
            by_source.into_values().map(|rows| rows.into_values().collect()).collect();
        let known = |files: &mut dyn Iterator<Item = &String>| {
            let database = TestDatabase::sqlite();
            files.for_each(|rows| { load(&database, rows); });
            partnerships(&snapshot(&database, &["s1"]))
        };
        prop_assert_eq!(known(&mut files.iter()), known(&mut files.iter().rev()));
    }
}

const LINKS: [(&str, &str); 2] = [
    ("data/links/wikidata_p190_france.tsv", "wikidata-p190"),
    ("data/links/twin_cities_world.csv", "twin-cities"),
];

/// A pair of records of two sources.
struct Pair {
    one: Partnership,
    other: Partnership,
}

impl Pair {
    fn km(&self) -> Option<f64> {
        let [one, other] = [&self.one, &self.other].map(|record| record.partners[0].position());
        Some(one?.distance_km(other?))
    }

    fn has_one_name(&self) -> bool {
        fold(&self.one.partners[0].name) == fold(&self.other.partners[0].name)
    }

    fn evidence(&self) -> String {
        let [one, other] = [&self.one, &self.other].map(|record| &record.partners[0]);
        let km = self.km().map_or_else(|| "?".to_owned(), |km| format!("{km:.1}"));
        let home = &self.one.collectivities[0].name;
        format!("\"{home}\",\"{}\",\"{}\",{},{km}", one.name, other.name, one.country)
    }
}

/// How the two files' links are told to be the same by other means than the rule: an equal name,
/// or positions at nearly one spot.
#[test]
fn link_files_are_counted_once() {
    let database = TestDatabase::sqlite();
    for (file, profile) in LINKS {
        let Some(path) = shared(file) else { return };
        let (_, report) = import(&database, &path, &["--profile", profile, "--valid-rows-only"]);
        println!("{profile}: {}", report["outcome"]);
    }
    let merged = snapshot(&database, &[]);
    let records = merged.every_record();
    println!("{} records, {} partnerships", records.len(), merged.len());
    let record = |id: &PartnershipId| records.partnership(records.find(*id).unwrap()).unwrap();
    let groups = (0..merged.len() as u32).filter_map(|item| merged.group(merged.id(item)));
    let pairs: Vec<Pair> = groups
        .map(|Group { records: ids, .. }| Pair { one: record(&ids[0]), other: record(&ids[1]) })
        .collect();
    write_evidence("merged.csv", pairs.iter().filter(|pair| !pair.has_one_name()));
    let step = (pairs.len() / 200).max(1);
    let sample: Vec<&Pair> = pairs.iter().step_by(step).take(200).collect();
    write_evidence("sample.csv", sample.iter().copied());
    for pair in sample {
        assert_ne!(pair.one.source, pair.other.source);
        assert_eq!(pair.one.collectivities[0].code, pair.other.collectivities[0].code);
        assert!(pair.km().is_none_or(|km| km <= 15.0), "{}", pair.evidence());
        let names = [&pair.one, &pair.other].map(|record| fold(&record.partners[0].name));
        let shared_word = names[0].split(' ').any(|word| names[1].contains(word));
        assert!(shared_word || pair.km().is_some_and(|km| km < 5.0), "{}", pair.evidence());
    }
    // what the files' names and positions tell, whatever the rule says
    let mut by_home: BTreeMap<(String, String), Vec<Partnership>> = BTreeMap::new();
    for record in (0..records.len() as u32).filter_map(|record| records.partnership(record)) {
        let home = (record.collectivities[0].code.clone(), record.partners[0].country.clone());
        by_home.entry(home).or_default().push(record);
    }
    let (mut found, mut missed) = (0, Vec::new());
    for group in by_home.into_values() {
        for (at, one) in group.iter().enumerate() {
            for other in group[at + 1..].iter().filter(|other| other.source != one.source) {
                let pair = Pair { one: one.clone(), other: other.clone() };
                if pair.has_one_name() && pair.km().is_none_or(|km| km <= 15.0) {
                    if merged.lead_of(one.id()) == merged.lead_of(other.id()) {
                        found += 1;
                    } else {
                        missed.push(pair);
                    }
                }
            }
        }
    }
    write_evidence("missed.csv", missed.iter());
    println!("{found} pairs with one name found, {} missed; {} merged", missed.len(), pairs.len());
    assert!(found as f64 >= 0.97 * (found + missed.len()) as f64);
    assert!((5_250..=5_360).contains(&merged.len()), "{} partnerships", merged.len());
}

/// For a reader to check: French authority, both names, country, kilometres between them.
fn write_evidence<'p>(name: &str, pairs: impl Iterator<Item = &'p Pair>) {
    let mut text = "collectivite,partenaire,partenaire_autre,pays,km\n".to_owned();
    pairs.for_each(|pair| writeln!(text, "{}", pair.evidence()).unwrap());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("several-sources-{name}"));
    std::fs::write(&path, text).unwrap();
    println!("{}", path.display());
}

#[test]
fn spellings_of_one_pair_in_one_file_are_told() {
    let database = TestDatabase::sqlite();
    let folder = TempDir::new().unwrap();
    let told = |text: &str| {
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text).unwrap();
        let (_, report) = import(&database, &path, &["--dry-run"]);
        let issues = report["issues"].as_array().unwrap().iter();
        let variants = issues.filter(|issue| issue["code"] == "probable-variant");
        let lines = variants.map(|issue| {
            let other = issue["suggestion"].as_str().unwrap().split(' ').next().unwrap();
            (issue["line"].as_u64().unwrap(), other.parse::<u64>().unwrap())
        });
        lines.collect::<Vec<_>>()
    };
    let titles = "collectivite,partenaire,partenaire_pays,type_lien\n";
    let rows = "Lyon,Cracovie,PL,jumelage\nLyon,Kraków,PL,jumelage\nLyon,Varsovie,PL,jumelage\n";
    assert_eq!(told(&format!("{titles}{rows}")), [(3, 2)]);
    let rows = "Lyon,Kayes,ML,cooperation\nLyon,Kayes,ML,\nLyon,Bamako,ML,cooperation\n";
    assert_eq!(told(&format!("{titles}{rows}")), [(3, 2)]);
    // another kind of link is another partnership, and so is another authority's
    let rows =
        "Lyon,Kayes,ML,cooperation\nLyon,Kayes,ML,jumelage\nLille,Ville de Kayes,ML,jumelage\n";
    assert_eq!(told(&format!("{titles}{rows}")), []);
    for (one, other) in [
        ("München,DE", "Munich,Allemagne"),
        ("Aix-la-Chapelle,DE", "Aachen,DE"),
        ("Venise,IT", "Venezia,Italia"),
        ("Den Haag,NL", "La Haye,Pays-Bas"),
        ("Leeds,GB", "City of Leeds,England"),
        ("Séville,ES", "Sevilla (España),ES"),
    ] {
        let rows = format!("Lyon,{one},jumelage\nLyon,{other},jumelage\n");
        assert_eq!(told(&format!("{titles}{rows}")), [(3, 2)], "{one} {other}");
    }
    let Some(path) = shared("cases/15-variants/a.csv") else { return };
    let told = told(&std::fs::read_to_string(path).unwrap());
    assert!([3, 4, 5, 8].iter().all(|line| told.iter().any(|(told, _)| told == line)), "{told:?}");
}
