//! A mirror that follows the recipe of `docs/mirror.md` equals the export, whatever happens.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Server, TestDatabase, demo, import, succeed};

/// The program of the documentation.
fn recipe() -> &'static str {
    let docs = include_str!("../../docs/mirror.md");
    docs.split_once("```python\n").unwrap().1.split_once("```").unwrap().0
}

/// The same chance every time (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }

    /// A file of a source: few authorities and places, so that sources tell of the same.
    fn file(&mut self) -> String {
        let mut text = String::from(
            "identifiant,intitule,collectivite,collectivite_code,partenaire,partenaire_pays,type_lien,date_debut,budget_eur,description\n",
        );
        let mut keys: BTreeSet<u64> = BTreeSet::new();
        for _ in 0..=self.below(12) {
            keys.insert(self.below(16));
        }
        for key in keys {
            let place = ["Lyon,69123", "Brest,29019", "Lille,59350"][(key % 3) as usize];
            let partner =
                self.one(&["Bamako,ML", "Kayes,ML", "Saint-Louis,SN", "Bamako|Kayes,ML|ML"]);
            let kind = self.one(&["jumelage", "jumelage", "cooperation", "autre"]);
            let start = self.one(&["1959", "2016-12-15", "", ""]);
            let budget = self.one(&["12000", "0.5", ""]);
            let words = self.one(&["", "\"une, « cité »\"", "\u{1f642} \\ é"]);
            let title = self.one(&["", "Eau", "Écoles"]);
            writeln!(text, "{key},{title},{place},{partner},{kind},{start},{budget},{words}")
                .unwrap();
        }
        text
    }
}

struct Importer<'s> {
    server: &'s Server,
    token: String,
}

impl Importer<'_> {
    fn post(&self, path: &str, body: &str) -> (u16, Value) {
        let headers =
            [("Authorization", self.token.as_str()), ("Content-Type", "text/csv; charset=utf-8")];
        let answer = self.server.send("POST", path, &headers, body.as_bytes());
        (answer.status, answer.json())
    }

    /// Imports a file; the import's number where something was written.
    fn import(&self, source: &str, mode: &str, file: &str) -> Option<i64> {
        let path = format!("/api/imports?source={source}&mode={mode}&allow_mass_removal=true");
        let (status, started) = self.post(&path, file);
        assert_eq!(status, 202, "{started}");
        let id = started["id"].as_i64().unwrap();
        let begun = Instant::now();
        loop {
            let headers = [("Authorization", self.token.as_str())];
            let found = self.server.get_with(&format!("/api/imports/{id}"), &headers).json();
            match found["state"].as_str().unwrap() {
                "committed" => return Some(id),
                "failed" | "rejected" | "cancelled" => panic!("{found}"),
                _ => assert!(begun.elapsed() < Duration::from_mins(1), "{found}"),
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Decides about two records by chance; the number of the changeset, where that makes sense.
    fn decide(&self, chance: &mut Chance) -> Option<i64> {
        let all = self.server.json("/api/collections/partnerships/items?records=all&limit=1000");
        let all = all["features"].as_array().unwrap();
        if all.is_empty() {
            return None;
        }
        let mut any = || all[chance.below(all.len() as u64) as usize]["id"].clone();
        let (one, other) = (any(), any());
        let (path, body) = match chance.below(3) {
            0 | 1 => ("/api/merges", json!({"records": [one, other]})),
            _ => ("/api/splits", json!({"record": one})),
        };
        let headers =
            [("Authorization", self.token.as_str()), ("Content-Type", "application/json")];
        let answer = self.server.send("POST", path, &headers, body.to_string().as_bytes());
        assert!([201, 400, 409].contains(&answer.status), "{}", answer.body);
        answer.json()["import"].as_i64()
    }

    /// Corrects a record by chance, at once; the number of the changeset, where anything was changed.
    fn edit(&self, chance: &mut Chance) -> Option<i64> {
        let all = self.server.json("/api/collections/partnerships/items?records=all&limit=1000");
        let all = all["features"].as_array().unwrap();
        if all.is_empty() {
            return None;
        }
        let id = all[chance.below(all.len() as u64) as usize]["id"].as_str().unwrap();
        let cells = match chance.below(3) {
            0 => json!({"intitule": chance.one(&["Eau potable", "Forêt", "« Rizières »"])}),
            1 => json!({"budget_eur": chance.one(&["1", "2,5", "1000000"])}),
            _ => json!({"date_debut": chance.one(&["1987", "2001-03", "2011-11-11"])}),
        };
        let headers =
            [("Authorization", self.token.as_str()), ("Content-Type", "application/json")];
        let body = json!({"cells": cells}).to_string();
        let path = format!("/api/partnerships/{id}");
        let answer = self.server.send("PATCH", &path, &headers, body.as_bytes());
        // it may say that already, or become what another record is
        assert!([200, 409, 422].contains(&answer.status), "{}", answer.body);
        answer.json()["changeset"].as_i64()
    }

    fn revert(&self, import: i64) -> Option<i64> {
        let headers =
            [("Authorization", self.token.as_str()), ("Content-Type", "application/json")];
        let path = format!("/api/imports/{import}/revert");
        let answer = self.server.send("POST", &path, &headers, b"{}");
        // what others have changed since then stays
        assert!([200, 202, 409].contains(&answer.status), "{}", answer.body);
        (answer.status != 409).then(|| answer.json()["id"].as_i64()).flatten()
    }
}

/// The features of the export by their ids, as they are written.
fn exported(server: &Server) -> BTreeMap<String, String> {
    let text = server.get("/api/export/partnerships.geojsonl").body;
    let lines = text.lines();
    lines
        .map(|line| {
            let feature: Value = serde_json::from_str(line).unwrap();
            (feature["id"].as_str().unwrap().to_owned(), line.to_owned())
        })
        .collect()
}

fn mirrored(folder: &Path) -> BTreeMap<String, String> {
    let print = "import json,sqlite3,sys; print(json.dumps(dict(sqlite3.connect(sys.argv[1]).execute('SELECT id, feature FROM features'))))";
    let file = folder.join("mirror.db");
    let output = Command::new("python3").args(["-c", print]).arg(file).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_mirror_equals_the_export_through_imports_reverts_merges_and_edits() {
    for database in TestDatabase::each() {
        let folder = TempDir::new().unwrap();
        let uploads = folder.path().join("uploads");
        let server = Server::start(&database, &["--uploads", uploads.to_str().unwrap()]);
        let token = succeed(&[
            "token",
            "create",
            "--name",
            "essai",
            "--role",
            "admin",
            "--database",
            &database.url,
        ]);
        let importer = Importer { server: &server, token: format!("Bearer {}", token.trim()) };
        fs::write(folder.path().join("mirror.py"), recipe()).unwrap();
        let (mut chance, mut imports, mut before) = (Chance(7), Vec::new(), BTreeMap::new());
        let mut known = 0;
        let mut told: BTreeMap<String, usize> = BTreeMap::new();
        let mut edits = 0;
        for step in 0..200 {
            let made = if step > 3 && chance.below(5) == 0 {
                let made = importer.edit(&mut chance);
                edits += usize::from(made.is_some());
                made
            } else if step > 3 && chance.below(4) == 0 {
                let place = chance.below(imports.len() as u64) as usize;
                importer.revert(imports[place])
            } else if step > 3 && chance.below(3) == 0 {
                importer.decide(&mut chance)
            } else {
                let mode = chance.one(&["upsert", "sync"]);
                let file = chance.file();
                importer.import(chance.one(&["ville", "region", "wiki"]), mode, &file)
            };
            imports.extend(made);
            if step % 5 != 4 && chance.below(3) > 0 {
                continue;
            }
            let version = server.json("/api/changes")["version"].as_i64().unwrap();
            let run = Command::new("python3")
                .arg("mirror.py")
                .args([&format!("{}/api", server.url), "mirror.db"])
                .current_dir(&folder)
                .output()
                .unwrap();
            assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
            assert_eq!(String::from_utf8_lossy(&run.stdout).trim(), version.to_string());
            let export = exported(&server);
            assert_eq!(mirrored(folder.path()), export, "{} after step {step}", database.name);
            for change in all_changes(&server, known) {
                let id = change["id"].as_str().unwrap();
                let name = change["change"].as_str().unwrap();
                *told.entry(name.to_owned()).or_default() += 1;
                match name {
                    "created" => assert!(!before.contains_key(id), "{change}"),
                    "updated" => assert!(export.contains_key(id)),
                    "merged" => assert!(
                        !export.contains_key(id)
                            && export.contains_key(change["into"].as_str().unwrap())
                    ),
                    _ => assert!(!export.contains_key(id)),
                }
                assert!(change["version"].as_i64().unwrap() > known && change["at"].is_string());
            }
            (before, known) = (export, version);
        }
        assert!(edits > 10, "{edits}");
        assert!(told.len() == 4 && told.values().all(|count| *count > 10), "{told:?}");
    }
}

/// All pages of few changes, which must come in order.
fn all_changes(server: &Server, since: i64) -> Vec<Value> {
    let mut address = Some(format!("/api/changes?since={since}&limit=7"));
    let mut all = Vec::new();
    while let Some(path) = address {
        let page = server.json(&path);
        all.extend(page["changes"].as_array().unwrap().iter().cloned());
        let mut links = page["links"].as_array().unwrap().iter();
        let next = links.find(|link| link["rel"] == "next");
        address = next.map(|link| link["href"].as_str().unwrap().to_owned());
    }
    let order = |change: &Value| {
        (change["version"].as_i64().unwrap(), change["id"].as_str().unwrap().to_owned())
    };
    assert!(all.is_sorted_by_key(order));
    all
}

#[test]
fn changes_are_asked_for_by_version_or_time() {
    let (_database, server) = demo();
    let now = server.json("/api/changes");
    let version = now["version"].as_i64().unwrap();
    assert_eq!(now["changes"], serde_json::json!([]));
    let count = |query: &str| {
        let page = server.json(&format!("/api/changes?limit=10000&{query}"));
        page["changes"].as_array().unwrap().len()
    };
    let all = count("since=0");
    assert!(all > 100);
    assert_eq!(count(&format!("since={version}")), 0);
    assert_eq!(count("since=2000-01-01T00:00:00Z"), all);
    assert_eq!(count("since=2000-01-01T00:00:00%2B02:00"), all);
    assert_eq!(count("since=2999-01-01T00:00:00Z"), 0);
    for (query, name) in [
        ("since=yesterday", "since"),
        ("since=-1", "since"),
        ("since=0&cursor=x", "cursor"),
        ("since=0&limit=0", "limit"),
        ("since=0&region=84", "region"),
    ] {
        let refused = server.get(&format!("/api/changes?{query}"));
        assert_eq!(refused.status, 400, "{query}");
        assert_eq!(refused.json()["errors"][0]["parameter"], name, "{query}");
    }
    // a mirror that knows more than the register copies it anew
    let ahead = server.get("/api/changes?since=1000000");
    assert_eq!((ahead.status, &ahead.json()["code"]), (410, &"copy-anew".into()));
    let first = server.json("/api/changes?since=0&limit=1&lang=en")["changes"][0].clone();
    assert_eq!(first["change"], "created");
    assert!(first["feature"]["properties"]["country_name"].is_string());
}

/// Links of a feed by their relation.
fn link<'f>(feed: &'f str, relation: &str) -> Option<&'f str> {
    let (_, rest) = feed.split_once(&format!("<link rel=\"{relation}\""))?;
    Some(rest.split_once("href=\"")?.1.split_once('"')?.0)
}

#[test]
fn feeds_have_pages_and_tombstones() {
    let database = TestDatabase::sqlite();
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("liens.csv");
    let row = |number: usize| format!("{number},Lyon,69123,Bamako,ML,Essai {number}\n");
    let header = "identifiant,collectivite,collectivite_code,partenaire,partenaire_pays,intitule\n";
    let write = |from: usize| {
        let rows: String = (from..120).map(row).collect();
        fs::write(&file, format!("{header}{rows}")).unwrap();
        import(&database, &file, &["--mode", "sync"]);
    };
    write(0);
    let server = Server::start(&database, &[]);
    let first = server.json("/api/collections/partnerships/items?limit=200");
    let ids: BTreeSet<String> = first["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|feature| feature["id"].as_str().unwrap().to_owned())
        .collect();
    write(7);
    let begun = Instant::now();
    let feed = loop {
        let feed = server.get("/en/feed.atom").body;
        if feed.contains("deleted-entry") {
            break feed;
        }
        assert!(begun.elapsed() < Duration::from_mins(1), "{feed}");
        thread::sleep(Duration::from_millis(100));
    };
    let ends = |feed: &str, before: &str| -> BTreeSet<String> {
        let after = feed.split(before).skip(1);
        after
            .map(|text| text.split(['"', '<']).next().unwrap())
            .map(|address| address.rsplit('/').next().unwrap().to_owned())
            .collect()
    };
    let removed = ends(&feed, "<at:deleted-entry ref=\"");
    assert_eq!(removed.len(), 7);
    let mut told = BTreeSet::new();
    let (mut page, mut pages) = (feed, 0);
    loop {
        pages += 1;
        assert!(link(&page, "first").unwrap().ends_with("/en/feed.atom"));
        told.extend(ends(&page, "<entry>\n<id>"));
        let Some(next) = link(&page, "next") else { break };
        page = server.get(next).body;
        assert!(!page.contains("deleted-entry"));
    }
    assert_eq!(pages, 3);
    assert_eq!(told.len(), 113);
    assert!(told.is_disjoint(&removed));
    assert_eq!(told.union(&removed).cloned().collect::<BTreeSet<_>>(), ids);
    assert_eq!(server.get("/flux.atom?cursor=0000000000000000").status, 400);
}
