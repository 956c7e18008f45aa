//! What somebody who has begun to type may mean, and the counts of long lists.

use std::path::Path;

use atlas_aect::{
    domain::{Language, text::fold},
    search::{Builder, Dimension, Filter, suggest::SuggestRequest},
};
use proptest::prelude::*;
use serde_json::Value;

use crate::{
    storage::samples::{bare, collectivity, partner},
    support::{Server, TestDatabase, import},
};

fn server() -> (TestDatabase, Server) {
    let database = TestDatabase::sqlite();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("import/sample.csv");
    import(&database, &sample, &[]);
    let server = Server::start(&database, &[]);
    (database, server)
}

fn suggest(server: &Server, query: &str) -> Vec<Value> {
    let answer = server.json(&format!("/api/suggest?{query}"));
    answer["suggestions"].as_array().unwrap().clone()
}

#[test]
fn what_is_typed_is_understood() {
    let (_database, server) = server();
    for (typed, kind, id, corrected) in [
        ("lyon", "collectivity", "69123", false),
        ("LYO", "collectivity", "69123", false),
        ("lyno", "collectivity", "69123", true),
        ("lyyon", "collectivity", "69123", true),
        ("st etienne", "", "", false),
        ("saint-et", "collectivity", "42218", false),
        ("saint et", "collectivity", "42218", false),
        ("auvergne rh", "region", "84", false),
        ("ile de fr", "region", "11", false),
        ("%C3%8Ele-de-Fr", "region", "11", false),
        ("germany", "country", "DE", false),
        ("allemange", "country", "DE", true),
        ("cote d%27iv", "country", "CI", false),
        ("c%C3%B4te%20d%E2%80%99iv", "country", "CI", false),
        ("assainissement", "theme", "eau-assainissement", false),
        ("69123", "collectivity", "69123", false),
        // abbreviations, aliases, codes and names in other languages
        ("st-etienne", "collectivity", "42218", false),
        ("st eti", "collectivity", "42218", false),
        ("DEUTSCHLAND", "country", "DE", false),
        ("USA", "country", "US", false),
        ("UK", "country", "GB", false),
        ("%C3%89tats-Unis+d'Am%C3%A9rique", "country", "US", false),
        ("PACA", "region", "93", false),
        ("eau", "theme", "eau-assainissement", false),
        ("ODD 6", "sdg", "6", false),
        ("odd6", "sdg", "6", false),
        ("SDG13", "sdg", "13", false),
        ("BZH", "region", "53", false),
        ("44", "department", "44", false),
        ("93", "department", "93", false),
        ("r%C3%A9gion de kayes", "partner_area", "ML-1", false),
        ("35000", "collectivity", "35238", false),
    ] {
        let found = suggest(&server, &format!("q={}", typed.replace(' ', "+")));
        let Some(first) = found.first() else {
            assert_eq!(kind, "", "{typed}");
            continue;
        };
        if !kind.is_empty() {
            assert_eq!(
                (first["kind"].as_str(), first["id"].as_str()),
                (Some(kind), Some(id)),
                "{typed}: {first}"
            );
            assert_eq!(first["corrected"], corrected, "{typed}");
        }
    }
    // an exact name leaves no room for what a typo would make of it
    let mali = suggest(&server, "q=mali");
    assert_eq!((mali.len(), mali[0]["id"].as_str()), (1, Some("ML")), "{mali:?}");
    let same: Vec<Value> = suggest(&server, "q=auvergne-rhone-alpes")
        .iter()
        .map(|one| one["detail"].clone())
        .collect();
    assert!(same.contains(&"Région".into()) && same.contains(&Value::Null), "{same:?}");
    assert!(suggest(&server, "q=").is_empty());
    assert!(suggest(&server, "q=%E2%80%94").is_empty());
    assert!(suggest(&server, "lang=en").is_empty());
}

/// What is searched for without a suggestion is understood as suggestions understand it.
#[test]
fn searches_find_what_suggestions_mean() {
    let (_database, server) = server();
    let ids = |query: &str| {
        let path = format!("/api/collections/partnerships/items?limit=1000&{query}");
        let features = server.json(&path)["features"].as_array().unwrap().clone();
        let ids = features.iter().map(|one| one["id"].as_str().unwrap().to_owned());
        ids.collect::<std::collections::BTreeSet<_>>()
    };
    for (typed, parameter) in [
        ("q=BZH", "region=53"),
        ("q=odd6", "sdg=6"),
        ("q=ODD+6", "sdg=6"),
        ("q=35000", "collectivity=35238"),
        ("q=USA&theme=sante", "country=US&theme=sante"),
        ("q=st-etienne", "q=saint-etienne"),
        ("q=st+etienne", "q=saint-etienne"),
        ("q=Ste+Etienne", "q=sainte+etienne"),
    ] {
        let found = ids(typed);
        assert_eq!(found, ids(parameter), "{typed}");
        assert!(!found.is_empty() || typed.contains("sante") || typed.contains("Ste"), "{typed}");
    }
    assert!(ids("q=st-etienne").len() >= 4);
    // both what has the word and what is meant
    assert!(ids("q=44").is_superset(&ids("department=44")));
    assert_eq!(ids("q=etienne+bzh"), ids("q=bzh+etienne"));
    assert!(ids("q=6+odd").is_empty(), "the whole text, as it stands");
}

#[test]
fn suggestions_lead_where_they_say() {
    let (_database, server) = server();
    for typed in ["a", "s", "lyon", "par", "eau", "be", "jumel", "sante"] {
        for filter in ["", "&zone=europe", "&region=84&kind=jumelage"] {
            let found = suggest(&server, &format!("q={typed}&limit=20{filter}"));
            assert!(found.len() <= 20);
            for one in found {
                let count = one["count"].as_u64().unwrap();
                assert!(count > 0);
                let label: Vec<u16> = one["label"].as_str().unwrap().encode_utf16().collect();
                for place in one["matches"].as_array().unwrap() {
                    assert!(place[0].as_u64() < place[1].as_u64());
                    assert!(place[1].as_u64().unwrap() as usize <= label.len());
                }
                let id = one["id"].as_str().unwrap();
                match one["kind"].as_str().unwrap() {
                    "partnership" => {
                        assert_eq!(server.get(&format!("/partenariats/{id}")).status, 200);
                    }
                    "partner" => {
                        let path = format!("/api/collections/partners/items/{id}");
                        assert_eq!(server.get(&path).status, 200, "{path}");
                    }
                    kind => {
                        assert_eq!(one["parameter"], kind);
                        // a dimension's own selection does not count, as in facets
                        let filter = if filter.contains(&format!("{kind}=")) { "" } else { filter };
                        if filter.is_empty() != one["kind"].is_null() && !filter.is_empty() {
                            continue;
                        }
                        let path = format!(
                            "/api/collections/partnerships/items?limit=1&{kind}={}",
                            one["value"].as_str().unwrap()
                        );
                        let matched = server.json(&path)["numberMatched"].as_u64().unwrap();
                        assert!(matched >= count, "{path}");
                    }
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_used_is_named() {
    let (_database, server) = server();
    for (query, name) in
        [("q=a&limit=0", "limit"), ("q=a&colour=red", "colour"), ("q=a&region=999", "region")]
    {
        let response = server.get(&format!("/api/suggest?{query}"));
        assert_eq!(response.status, 400, "{query}");
        assert_eq!(response.json()["errors"][0]["parameter"], name);
    }
}

#[test]
fn long_lists_are_counted_as_short_ones_are() {
    let (_database, server) = server();
    for filter in [
        "",
        "region=84",
        "theme=sante,sport",
        "collectivity=69123",
        "collectivity=69123&zone=europe",
    ] {
        let facets = server.json(&format!("/api/facets?limit=5&{filter}"));
        let collectivities = facets["facets"]["collectivity"].as_array().unwrap();
        assert!(collectivities.len() <= 6);
        let counts: Vec<u64> =
            collectivities.iter().map(|one| one["count"].as_u64().unwrap()).collect();
        assert!(counts.is_sorted_by(|a, b| a >= b), "{counts:?}");
        for one in collectivities {
            let others: Vec<&str> =
                filter.split('&').filter(|part| !part.starts_with("collectivity")).collect();
            let code = one["value"].as_str().unwrap();
            let path = format!(
                "/api/collections/partnerships/items?limit=1&collectivity={code}&{}",
                others.join("&")
            );
            assert_eq!(
                server.json(path.trim_end_matches('&'))["numberMatched"],
                one["count"],
                "{path}"
            );
            assert_eq!(one["selected"], filter.contains(code));
        }
        let partners = facets["facets"]["partner"].as_array().unwrap();
        assert_eq!(partners.len(), 5.min(facets["total"]["partners"].as_u64().unwrap() as usize));
    }
}

/// A name as a scan of all of them sees it.
struct Name {
    kind: &'static str,
    id: String,
    french: Vec<String>,
    words: Vec<String>,
    records: Vec<usize>,
}

/// How a name fits: 0 exactly, 1 by whole words, 2 by beginnings, 3 and 4 with one typo.
fn fit(name: &Name, typed: &[&str]) -> Option<u8> {
    let whole = |typed: &str| name.words.iter().any(|word| word == typed);
    let begins = |typed: &str| name.words.iter().any(|word| word.starts_with(typed));
    if typed.iter().all(|typed| begins(typed)) {
        let all_whole = typed.iter().all(|typed| whole(typed));
        return Some(if all_whole { u8::from(name.french.len() != typed.len()) } else { 2 });
    }
    let nearly_whole =
        |typed: &str| name.words.iter().any(|word| strsim::osa_distance(typed, word) <= 1);
    let nearly_begins = |typed: &str| {
        let ends =
            |word: &str| (0..=word.len()).any(|end| strsim::osa_distance(typed, &word[..end]) <= 1);
        name.words.iter().any(|word| ends(word))
    };
    let with_typo = (0..typed.len()).filter(|place| typed[*place].len() >= 4).filter_map(|place| {
        let others = || typed.iter().enumerate().filter(move |(other, _)| *other != place);
        if !nearly_begins(typed[place]) || !others().all(|(_, typed)| begins(typed)) {
            return None;
        }
        Some(4 - u8::from(nearly_whole(typed[place]) && others().all(|(_, typed)| whole(typed))))
    });
    with_typo.min()
}

/// The names of some records: of each its authority, its partner, and where these are.
fn names(records: &[(usize, usize)]) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    for (record, (home, away)) in records.iter().enumerate() {
        let label = |dimension: Dimension, code: &str| {
            Language::ALL.map(|language| fold(&dimension.label(code, language)))
        };
        let twice = |text: &str| [fold(text), fold(text)];
        let code = format!("0100{home}");
        let partner = partner(PLACES[*away], None, None).id().to_string();
        for (kind, id, labels) in [
            ("collectivity", code.as_str(), twice(PLACES[*home])),
            ("department", "01", label(Dimension::Department, "01")),
            ("region", "84", label(Dimension::Region, "84")),
            ("country", "ML", label(Dimension::Country, "ML")),
            ("zone", "afrique-subsaharienne", label(Dimension::Zone, "afrique-subsaharienne")),
            ("kind", "autre", label(Dimension::Kind, "autre")),
            ("partner", &partner, twice(PLACES[*away])),
        ] {
            if let Some(known) = names.iter_mut().find(|name| name.kind == kind && name.id == id) {
                known.records.push(record);
                continue;
            }
            let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
            let code = if kind == "partner" { Vec::new() } else { words(&fold(id)) };
            let [french, english] = labels.map(|label| words(&label));
            let all = [french.clone(), english, code].concat();
            let (id, records) = (id.to_owned(), vec![record]);
            names.push(Name { kind, id, french, words: all, records });
        }
    }
    names
}

const PLACES: [&str; 10] = [
    "Lyon",
    "Lion-sur-Mer",
    "Saint-Étienne",
    "Saint-Lô",
    "Bœurs",
    "Brest",
    "Le Breuil-sur-Saône",
    "L’Haÿ-les-Roses",
    "Métropole de Lyon",
    "Bourg-en-Bresse",
];

proptest! {
    #[test]
    fn suggestions_are_those_of_a_scan(
        records in proptest::collection::vec((0usize..10, 0usize..10), 1..30),
        typed in "(l|ly|lyon|lyno|lin|saint|sant|siant|boeu|œu|bres|berst|breus|sur|haÿ|mal|afri|0100|metroplo)( |-|')?(l|sur|mer|lyon|etiene|m|bresse|84)?",
        filtered in proptest::bool::ANY,
    ) {
        let mut builder = Builder::default();
        for (record, (home, away)) in records.iter().enumerate() {
            let mut partnership = bare(&record.to_string());
            partnership.collectivities = vec![collectivity(&format!("0100{home}"), PLACES[*home])];
            partnership.partners = vec![partner(PLACES[*away], None, None)];
            builder.push(&partnership, chrono::Utc::now());
        }
        let snapshot = builder.finish(crate::generated::FIRST);
        let mut filter = Filter::default();
        let wanted = format!("0100{}", records[0].0);
        if filtered {
            filter.set("collectivity", &wanted).unwrap();
        }
        let request = SuggestRequest { typed: &typed, filter: &filter.clone().into(), language: Language::French, limit: 1_000 };
        let found = snapshot.suggest(request).unwrap();
        let folded = fold(&typed);
        let typed: Vec<&str> = folded.split(' ').collect();
        let mut expected = Vec::new();
        let names = names(&records);
        for name in &names {
            let kept = |record: &&usize| !filtered || name.kind == "collectivity" || records[**record].0 == records[0].0;
            let count = name.records.iter().filter(kept).count() as u64;
            if let (Some(fit), true) = (fit(name, &typed), count > 0) {
                expected.push((name.kind, name.id.clone(), count, fit > 2));
            }
        }
        let fits = |word: &str| typed.iter().all(|typed| word.split(' ').any(|w| w.starts_with(typed)));
        let kept = records.iter().enumerate().filter(|(record, (home, _))| {
            (!filtered || *home == records[0].0) && fits(&fold(&bare(&record.to_string()).title))
        });
        let titles = kept.count();
        // a typo is forgiven where nothing fits without
        if titles > 0 || expected.iter().any(|(.., corrected)| !corrected) {
            expected.retain(|(.., corrected)| !corrected);
        }
        let named = found.iter().filter(|one| one.kind != "partnership");
        let mut shown: Vec<_> =
            named.clone().map(|one| (one.kind, one.id.clone(), one.count, one.corrected)).collect();
        let order: Vec<_> = named
            .map(|one| {
                let name = names.iter().find(|name| name.kind == one.kind && name.id == one.id).unwrap();
                (fit(name, &typed), one.kind == "kind", usize::MAX - name.records.len())
            })
            .collect();
        prop_assert!(order.is_sorted(), "{:?}", order);
        shown.sort();
        expected.sort();
        prop_assert_eq!(shown, expected);
        let titled = found.iter().filter(|one| one.kind == "partnership").count();
        prop_assert_eq!(titled, titles);
    }
}
