//! What somebody who has begun to type may mean, and the counts of long lists.

use std::path::Path;

use serde_json::Value;

use crate::support::{Server, TestDatabase, import};

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
    assert!(suggest(&server, "q=").is_empty());
    assert!(suggest(&server, "q=%E2%80%94").is_empty());
    assert!(suggest(&server, "lang=en").is_empty());
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
