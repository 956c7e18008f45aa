//! What people correct, propose and confirm: it holds against imports, is undone as an import is,
//! and what is private about it is in no public byte.

#![allow(clippy::needless_pass_by_value, reason = "calls with literals read better")]

use std::fs;

use atlas_aect::domain::PartnershipId;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    session::token,
    support::{Response, Server, TestDatabase, import, succeed},
};

/// A server, and those who ask it.
pub struct Desk {
    pub server: Server,
    pub admin: String,
    pub reader: String,
    folder: TempDir,
    place: TestDatabase,
}

const HEADER: &str = "identifiant,intitule,statut,date_debut,date_fin,collectivite,partenaire,\
                      partenaire_pays,themes,description\n";
pub const ROWS: &str = "\
a,Eau,en_cours,2016,,Lyon,Kayes,ML,sante,
b,Culture,en_cours,2001,2030,Lille,Saint-Louis,SN,,
c,Sport,projet,,,Nantes,Cardiff,GB,,
";

impl Desk {
    pub fn open(place: TestDatabase) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("rows.csv");
        fs::write(&path, [HEADER, ROWS].concat()).unwrap();
        let (code, report) = import(&place, &path, &["--source", "liste"]);
        assert_eq!(code, Some(0), "{report:#}");
        let server = Server::start(&place, &["--trusted-proxies", "127.0.0.1"]);
        let [admin, reader] =
            ["admin", "reader"].map(|role| format!("Bearer {}", token(&place, role)));
        Self { server, admin, reader, folder, place }
    }

    /// Imports rows; the report.
    pub fn import(&self, rows: &str) -> Value {
        let path = self.folder.path().join("rows.csv");
        fs::write(&path, [HEADER, rows].concat()).unwrap();
        let (code, report) = import(&self.place, &path, &["--source", "liste"]);
        assert_eq!(code, Some(0), "{report:#}");
        report
    }

    pub fn send(&self, method: &str, path: &str, who: &str, body: &Value) -> Response {
        let json = ("Content-Type", "application/json");
        let headers = if who.is_empty() { vec![json] } else { vec![json, ("Authorization", who)] };
        self.server.send(method, path, &headers, body.to_string().as_bytes())
    }

    pub fn correct(&self, key: &str, cells: Value) -> Response {
        let body = json!({"cells": cells});
        self.send("PATCH", &format!("/api/partnerships/{}", id(key)), &self.admin, &body)
    }

    pub fn propose(&self, key: &str, cells: Value) -> (i64, String) {
        let body = json!({"record": id(key), "cells": cells, "reason": "je le sais"});
        let made = self.send("POST", "/api/proposals", "", &body);
        assert_eq!(made.status, 201, "{}", made.body);
        let made = made.json();
        (made["id"].as_i64().unwrap(), made["secret"].as_str().unwrap().to_owned())
    }

    pub fn decide(&self, number: i64, body: Value) -> Response {
        self.send("POST", &format!("/api/proposals/{number}/decision"), &self.admin, &body)
    }

    pub fn follow(&self, number: i64, secret: &str) -> Response {
        let path = format!("/api/proposals/{number}");
        self.server.get_with(&path, &[("X-Proposal-Secret", secret)])
    }

    pub fn revert(&self, changeset: i64) -> Response {
        let path = format!("/api/imports/{changeset}/revert");
        self.send("POST", &path, &self.admin, &json!({}))
    }

    /// A record's cells, as the register's CSV has them, by the names of columns.
    pub fn record(&self, key: &str) -> Value {
        let csv = succeed(&["export", "--database", &self.place.url, "--format", "csv"]);
        let mut csv = csv::Reader::from_reader(csv.as_bytes());
        let header = csv.headers().unwrap().clone();
        let row = csv.records().map(Result::unwrap).find(|row| &row[0] == key);
        let Some(row) = row else { return Value::Null };
        header.iter().zip(&row).map(|(name, cell)| (name.to_owned(), json!(cell))).collect()
    }

    pub fn history(&self, key: &str) -> Value {
        self.server.json(&format!("/api/partnerships/{}/history", id(key)))
    }
}

pub fn id(key: &str) -> String {
    PartnershipId::new("liste", key).to_string()
}

fn warnings(report: &Value) -> Vec<&str> {
    let issues = report["issues"].as_array().unwrap().iter();
    issues.filter_map(|issue| issue["code"].as_str()).collect()
}

// long: one story
#[test]
fn a_correction_stays_until_it_is_taken_back() {
    for place in TestDatabase::each() {
        let desk = Desk::open(place);
        let dry = json!({"cells": {"intitule": "Eau potable"}, "dry_run": true});
        let path = format!("/api/partnerships/{}", id("a"));
        let planned = desk.send("PATCH", &path, &desk.admin, &dry);
        assert_eq!(planned.status, 200, "{}", planned.body);
        let change = json!([{"column": "intitule", "before": "Eau", "after": "Eau potable"}]);
        assert_eq!(planned.json()["changes"], change);
        assert_eq!(desk.history("a")["versions"].as_array().unwrap().len(), 1);

        let done = desk.correct("a", json!({"intitule": "Eau potable", "statut": "en cours"}));
        assert_eq!(done.status, 200, "{}", done.body);
        assert_eq!(done.json()["changes"], change, "what is said already is no change");
        let changeset = done.json()["changeset"].as_i64().unwrap();
        let item = format!("/api/collections/partnerships/items/{}", id("a"));
        let title = || desk.server.json(&item)["properties"]["title"].clone();
        assert_eq!(title(), "Eau potable", "whoever is told that it is done sees it");
        let step = &desk.history("a")["versions"][0];
        assert_eq!((&step["cause"], &step["import"]), (&json!("edit"), &json!(changeset)));

        // the file again says what it said, and it is told that it is not taken
        for _ in 0..2 {
            let again = desk.import(ROWS);
            assert_eq!(again["outcome"]["updated"], 0, "{again:#}");
            assert_eq!(again["outcome"]["unchanged"], 3);
            assert_eq!(warnings(&again), ["value-confirmed"]);
            let issue = &again["issues"][0];
            assert_eq!((&issue["line"], &issue["column"]), (&json!(2), &json!("intitule")));
            let kept = issue["suggestion"].as_str().unwrap();
            assert!(kept.starts_with("Eau potable (") && kept.ends_with(", admin)"), "{kept}");
        }
        // the rest of the row is taken
        let other = desk.import(&ROWS.replace("2016,,Lyon", "2017,,Lyon"));
        assert_eq!(other["outcome"]["updated"], 1);
        let record = desk.record("a");
        assert_eq!(
            (&record["intitule"], &record["date_debut"]),
            (&json!("Eau potable"), &json!("2017"))
        );

        // undone, and the value is the file's again
        let undone = desk.revert(changeset);
        assert_eq!(undone.status, 200, "{}", undone.body);
        assert_eq!(
            (title(), desk.record("a")["date_debut"].clone()),
            ("Eau".into(), "2017".into())
        );
        let free = desk.import(&ROWS.replace("Eau", "Eaux"));
        assert_eq!(free["outcome"]["updated"], 1);
        assert_eq!(
            (warnings(&free), desk.record("a")["intitule"].clone()),
            (vec![], "Eaux".into())
        );
    }
}

#[test]
fn what_cannot_be_taken_is_told_as_an_import_tells_it() {
    let desk = Desk::open(TestDatabase::sqlite());
    for (cells, code, column) in [
        (json!({"date_debut": "hier"}), "date-invalid", "date_debut"),
        (json!({"date_fin": "1999"}), "period-reversed", "date_fin"),
        (
            json!({"collectivite": "Lyonne-sur-Mer", "collectivite_code": ""}),
            "collectivity-unknown",
            "collectivite",
        ),
        (json!({"partenaire_pays": "Malie sur Loire"}), "country-unknown", "partenaire_pays"),
        (json!({"themes": "voyance"}), "term-unknown", "themes"),
    ] {
        let refused = desk.correct("a", cells.clone());
        assert_eq!(refused.status, 422, "{cells}: {}", refused.body);
        let refused = refused.json();
        assert_eq!(refused["code"], "invalid-values");
        let issue = &refused["issues"][0];
        assert_eq!((&issue["code"], &issue["column"]), (&json!(code), &json!(column)));
    }
    let same = desk.correct("a", json!({"intitule": " Eau "}));
    assert_eq!((same.status, same.json()["code"].clone()), (409, "nothing-changed".into()));
    for wrong in
        [json!({"identifiant": "x"}), json!({"verifie_le": "2024-01-01"}), json!({"couleur": "x"})]
    {
        assert_eq!(desk.correct("a", wrong).status, 400);
    }
    let long = desk.correct("a", json!({"description": "x".repeat(70_000)}));
    assert_eq!(long.status, 422);
    let unknown = desk.send(
        "PATCH",
        "/api/partnerships/0000000000000000",
        &desk.admin,
        &json!({"cells": {"intitule": "x"}}),
    );
    assert_eq!((unknown.status, unknown.json()["code"].clone()), (422, "unknown-record".into()));
    let path = format!("/api/partnerships/{}", id("a"));
    let body = json!({"cells": {"intitule": "x"}});
    assert_eq!(desk.send("PATCH", &path, "", &body).status, 401);
    assert_eq!(desk.send("PATCH", &path, &desk.reader, &body).status, 403);
    assert_eq!(desk.history("a")["versions"].as_array().unwrap().len(), 1, "nothing was written");
}

#[test]
fn a_correction_of_an_earlier_version_says_what_collides() {
    for place in TestDatabase::each() {
        let desk = Desk::open(place);
        assert_eq!(desk.correct("a", json!({"intitule": "Eau potable"})).status, 200);
        let path = format!("/api/partnerships/{}", id("a"));
        let on_first = |cells: Value| {
            desk.send("PATCH", &path, &desk.admin, &json!({"base": 1, "cells": cells}))
        };
        let collides = on_first(json!({"intitule": "L’eau", "description": "Des puits."}));
        assert_eq!((collides.status, collides.json()["code"].clone()), (409, "collides".into()));
        assert_eq!(
            collides.json()["collisions"],
            json!([{"column": "intitule", "now": "Eau potable"}])
        );
        // all the cells of a form, of which one was changed
        let other = on_first(json!({"intitule": "Eau", "description": "Des puits."}));
        assert_eq!(other.status, 200, "{}", other.body);
        let record = desk.record("a");
        assert_eq!(
            (&record["intitule"], &record["description"]),
            (&json!("Eau potable"), &json!("Des puits."))
        );
        let none =
            desk.send("PATCH", &path, &desk.admin, &json!({"base": 9, "cells": {"intitule": "x"}}));
        assert_eq!(none.status, 422);
    }
}

#[test]
fn imports_are_undone_around_corrections() {
    for place in TestDatabase::each() {
        let desk = Desk::open(place);
        let rows = ROWS.replace("a,Eau,en_cours", "a,Eaux,suspendu");
        let second = desk.import(&rows)["import"].as_i64().unwrap();
        let edit = desk.correct("a", json!({"description": "Des puits.", "intitule": "Eau vive"}));
        let edit = edit.json()["changeset"].as_i64().unwrap();
        // the import has changed the title too, which was corrected since: that stays
        let undone = desk.revert(second);
        assert_eq!(undone.status, 200, "{}", undone.body);
        let record = desk.record("a");
        assert_eq!(record["statut"], "en_cours");
        assert_eq!(record["intitule"], "Eau vive");
        assert_eq!(record["description"], "Des puits.");
        // what made the record cannot be undone without losing what a person says of it
        let conflict = desk.revert(1);
        assert_eq!((conflict.status, conflict.json()["code"].clone()), (409, "conflicts".into()));
        assert_eq!(desk.revert(edit).status, 200);
        let record = desk.record("a");
        assert_eq!((&record["intitule"], &record["description"]), (&json!("Eaux"), &json!("")));
        assert_eq!(desk.import(ROWS)["outcome"]["updated"], 1);
    }
}

// long: one story
#[test]
fn a_proposal_is_decided_part_by_part() {
    for place in TestDatabase::each() {
        let desk = Desk::open(place);
        let (number, secret) = desk.propose(
            "b",
            json!({"intitule": "Culture et livre", "statut": "terminé", "date_fin": "2020"}),
        );
        assert_eq!(desk.record("b")["intitule"], "Culture", "nothing is changed yet");
        let seen = desk.follow(number, &secret);
        assert_eq!((seen.status, seen.json()["state"].clone()), (200, "waiting".into()));
        assert_eq!(seen.header("cache-control"), "no-store");
        assert_eq!(desk.follow(number, "wrong").status, 404);
        assert_eq!(desk.follow(number + 1, &secret).status, 404);
        assert_eq!(desk.server.get(&format!("/api/proposals/{number}")).status, 401);

        assert_eq!(desk.server.get("/api/proposals").status, 401);
        let list =
            desk.server.get_with("/api/proposals?state=open", &[("Authorization", &desk.reader)]);
        assert_eq!(list.json()["proposals"][0]["id"], number);
        assert_eq!(list.json()["counts"], json!({"waiting": 1}));
        let ruling = json!({"refused": {"statut": "unproven"}, "note": "Merci."});
        let path = format!("/api/proposals/{number}/decision");
        assert_eq!(desk.send("POST", &path, &desk.reader, &ruling).status, 403);

        // somebody corrects the end in between
        assert_eq!(desk.correct("b", json!({"date_fin": "2025"})).status, 200);
        let ruled = desk.decide(number, ruling.clone());
        assert_eq!(ruled.status, 200, "{}", ruled.body);
        let verdicts =
            json!({"intitule": "accepted", "statut": "unproven", "date_fin": "collided"});
        assert_eq!(
            (ruled.json()["state"].clone(), &ruled.json()["verdicts"]),
            ("partly".into(), &verdicts)
        );
        let changeset = ruled.json()["changeset"].as_i64().unwrap();
        let record = desk.record("b");
        assert_eq!(record["intitule"], "Culture et livre");
        assert_eq!((&record["statut"], &record["date_fin"]), (&json!("en_cours"), &json!("2025")));
        assert_eq!(desk.history("b")["versions"][0]["cause"], "proposal");
        let answered = desk.follow(number, &secret).json();
        assert_eq!((&answered["note"], &answered["state"]), (&json!("Merci."), &json!("partly")));
        let twice = desk.decide(number, json!({}));
        assert_eq!((twice.status, twice.json()["code"].clone()), (409, "proposal-closed".into()));

        // it is confirmed, and undone as an import is
        assert_eq!(warnings(&desk.import(ROWS)), ["value-confirmed", "value-confirmed"]);
        assert_eq!(desk.revert(changeset).status, 200);
        assert_eq!(desk.record("b")["intitule"], "Culture");

        // what the register says by then is outdated
        let (number, _) = desk.propose("c", json!({"statut": "en_cours"}));
        assert_eq!(desk.correct("c", json!({"statut": "en_cours"})).status, 200);
        let ruled = desk.decide(number, json!({})).json();
        assert_eq!((&ruled["state"], &ruled["changeset"]), (&json!("outdated"), &Value::Null));
        let (number, _) = desk.propose("c", json!({"intitule": "Rugby"}));
        let ruled = desk.decide(number, json!({"refused": {"intitule": "unclear"}})).json();
        assert_eq!((&ruled["state"], &ruled["changeset"]), (&json!("refused"), &Value::Null));
    }
}

// long: one thing that is refused after another
#[test]
fn proposals_are_measured_withdrawn_and_decided_by_somebody_else() {
    for place in TestDatabase::each() {
        let desk = Desk::open(place);
        let propose = |who: &str, body: Value| desk.send("POST", "/api/proposals", who, &body);
        let cells = json!({"intitule": "Autre"});
        let whole = json!({"record": id("a"), "cells": cells, "reason": "je le sais"});
        let with = |name: &str, value: Value| {
            let mut body = whole.clone();
            body[name] = value;
            body
        };
        for (body, status) in [
            (with("reason", json!(" ")), 422),
            (with("reason", json!("x".repeat(2_001))), 422),
            (with("proof", json!("javascript:alert(1)")), 422),
            (with("cells", json!({"intitule": "Eau"})), 409),
            (with("cells", json!({"date_debut": "?!"})), 422),
            (with("record", json!("x")), 422),
            (with("colour", json!("red")), 400),
        ] {
            let refused = propose("", body.clone());
            assert_eq!(refused.status, status, "{body}: {}", refused.body);
        }
        let foreign = [("Content-Type", "application/json"), ("Origin", "https://evil.example")];
        let refused =
            desk.server.send("POST", "/api/proposals", &foreign, whole.to_string().as_bytes());
        assert_eq!(refused.status, 403);
        let dry = propose("", with("dry_run", json!(true)));
        assert_eq!((dry.status, dry.json()["valid"].clone()), (200, true.into()));

        let (number, secret) = desk.propose("a", cells.clone());
        let withdraw = |secret: &str| {
            let path = format!("/api/proposals/{number}/withdrawal");
            desk.server.send("POST", &path, &[("X-Proposal-Secret", secret)], b"").status
        };
        assert_eq!(withdraw("wrong"), 404);
        assert_eq!(withdraw(&secret), 204);
        assert_eq!(withdraw(&secret), 409);
        assert_eq!(desk.follow(number, &secret).json()["state"], "withdrawn");

        // whoever is signed in is known, and decides about nothing of their own
        let own = propose(&desk.admin, whole.clone());
        let number = own.json()["id"].as_i64().unwrap();
        let refused = desk.decide(number, json!({}));
        assert_eq!((refused.status, refused.json()["code"].clone()), (409, "second-person".into()));
        let (number, secret) = desk.propose("a", cells);
        assert_eq!(desk.decide(number, json!({"ask": true})).status, 422, "a question has words");
        let asked = desk.decide(number, json!({"ask": true, "note": "Depuis quand ?"}));
        assert_eq!(asked.json()["state"], "asked");
        assert_eq!(desk.follow(number, &secret).json()["note"], "Depuis quand ?");

        // one client does not fill the queue; another one has room, behind a proxy too
        let mut refused = 0;
        for _ in 0..25 {
            refused += u32::from(propose("", whole.clone()).status == 429);
        }
        assert_eq!(refused, 6, "19 beside the one that is asked");
        let headers =
            [("Content-Type", "application/json"), ("X-Forwarded-For", "203.0.113.9, 127.0.0.1")];
        let other =
            desk.server.send("POST", "/api/proposals", &headers, whole.to_string().as_bytes());
        assert_eq!(other.status, 201, "{}", other.body);
    }
}

#[test]
fn records_are_confirmed_in_one_press() {
    for place in TestDatabase::each() {
        let desk = Desk::open(place);
        let all = json!({"records": [id("a"), id("b"), id("c")]});
        assert_eq!(desk.send("POST", "/api/verifications", "", &all).status, 401);
        assert_eq!(desk.send("POST", "/api/verifications", &desk.reader, &all).status, 403);
        for wrong in [json!({"records": []}), json!({"records": [id("a"), "x"]})] {
            let status = desk.send("POST", "/api/verifications", &desk.admin, &wrong).status;
            assert!(matches!(status, 400 | 422), "{status}");
        }
        assert_eq!(desk.record("a")["verifie_le"], "");
        let done = desk.send("POST", "/api/verifications", &desk.admin, &all);
        assert_eq!(done.status, 201, "{}", done.body);
        let changeset = done.json()["changeset"].as_i64().unwrap();
        let today = chrono::Utc::now().date_naive().to_string();
        for key in ["a", "b", "c"] {
            assert_eq!(desk.record(key)["verifie_le"], today.as_str());
            assert_eq!(desk.history(key)["versions"][0]["cause"], "verification");
        }
        // what is confirmed stays; what nobody has said can still be said
        let rows = ROWS.replace("c,Sport,projet,,,", "c,Rugby,projet,2019,,");
        let report = desk.import(&rows);
        assert_eq!(warnings(&report), ["value-confirmed"]);
        let record = desk.record("c");
        assert_eq!((&record["intitule"], &record["date_debut"]), (&json!("Sport"), &json!("2019")));
        assert_eq!(desk.revert(changeset).status, 200);
        assert_eq!(desk.record("c")["verifie_le"], "");
        desk.import(&rows);
        assert_eq!(desk.record("c")["intitule"], "Rugby");
    }
}

#[test]
fn open_data_says_for_whom_a_record_was_confirmed() {
    for place in TestDatabase::each() {
        let desk = Desk::open(place);
        let scoped = |name: &str, scope: &str| {
            let create = ["token", "create", "--name", name, "--role", "admin", "--scope", scope];
            let made = succeed(&[&create[..], &["--database", &desk.place.url]].concat());
            format!("Bearer {}", made.trim())
        };
        let (lyon, senegal) = (scoped("lyon", "authority:69123"), scoped("dakar", "country:SN"));
        let confirm = |who: &str, key: &str| {
            let body = json!({"records": [id(key)]});
            desk.send("POST", "/api/verifications", who, &body)
        };
        let said = |key: &str| {
            let path = format!("/api/collections/partnerships/items/{}", id(key));
            desk.server.json(&path)["properties"]["verified_by"].clone()
        };
        assert_eq!(confirm(&lyon, "b").status, 403);
        assert_eq!(said("b"), Value::Null);
        for (who, key, by) in [
            (&lyon, "a", "authority"),
            (&senegal, "b", "embassy"),
            (&desk.admin, "c", "steward"),
            (&desk.admin, "b", "steward"),
        ] {
            let done = confirm(who, key);
            assert_eq!((done.status, said(key)), (201, by.into()), "{}", done.body);
        }
        let page = desk.server.get(&format!("/partenariats/{}", id("a"))).body;
        assert!(page.contains("par la collectivité"), "{page}");
        let found = desk.server.json("/api/collections/partnerships/items?verified_by=steward");
        assert_eq!(found["numberMatched"], 2);
        // an import that says the same leaves it, and so does a correction of something else
        let report = desk.import(ROWS);
        assert_eq!(
            (report["outcome"]["unchanged"].clone(), said("a")),
            (3.into(), "authority".into())
        );
        assert_eq!(desk.correct("a", json!({"intitule": "Eau potable"})).status, 200);
        assert_eq!(said("a"), "authority");
        // undone, nobody has confirmed it
        let changeset = confirm(&senegal, "b").json()["changeset"].as_i64().unwrap();
        assert_eq!(said("b"), "embassy");
        assert_eq!(desk.revert(changeset).status, 200);
        assert_eq!(said("b"), "steward");
    }
}

#[test]
fn a_partnership_is_declared_and_made_once() {
    for place in TestDatabase::each() {
        let desk = Desk::open(place);
        let declare = |cells: Value| {
            let body = json!({"cells": cells, "reason": "je le sais"});
            desk.send("POST", "/api/proposals", "", &body)
        };
        let missing = declare(json!({"collectivite": "Brest", "partenaire": "Kiel"}));
        assert_eq!(
            (missing.status, missing.json()["code"].clone()),
            (422, "invalid-values".into())
        );
        let abroad =
            declare(json!({"collectivite": "Rome", "partenaire": "Kiel", "partenaire_pays": "DE"}));
        assert_eq!(abroad.status, 422, "{}", abroad.body);
        let made = declare(
            json!({"collectivite": "Brest", "partenaire": "Kiel", "partenaire_pays": "Allemagne", "type_lien": "jumelage"}),
        );
        assert_eq!(made.status, 201, "{}", made.body);
        let number = made.json()["id"].as_i64().unwrap();
        let count =
            || desk.server.json("/api/collections/partnerships/items")["numberMatched"].clone();
        assert_eq!(count(), 3);
        let ruled = desk.decide(number, json!({}));
        assert_eq!(ruled.status, 200, "{}", ruled.body);
        assert_eq!((ruled.json()["state"].clone(), count()), ("accepted".into(), 4.into()));
        let shown = desk.follow(number, made.json()["secret"].as_str().unwrap()).json();
        let record = shown["record"].as_str().unwrap();
        let item = desk.server.json(&format!("/api/collections/partnerships/items/{record}"));
        assert_eq!(item["properties"]["source"], "contributions");
        assert_eq!(item["properties"]["title"], "Brest – Kiel");
        let changeset = ruled.json()["changeset"].as_i64().unwrap();
        assert_eq!(desk.revert(changeset).status, 200);
        assert_eq!(count(), 3);
    }
}

#[test]
fn what_is_private_is_in_no_public_byte() {
    let desk = Desk::open(TestDatabase::sqlite());
    let marks = ["zq1@exemple.fr", "zq2@exemple.fr", "zq3-secret-proof", "zq4@exemple.fr"];
    let body = json!({
        "record": id("a"),
        "cells": {"intitule": "Eau vive"},
        "reason": format!("écrivez à {}", marks[0]),
        "proof": format!("https://example.org/{}", marks[2]),
    });
    let made = desk.send("POST", "/api/proposals", "", &body).json();
    let secret = made["secret"].as_str().unwrap();
    let ruled =
        desk.decide(made["id"].as_i64().unwrap(), json!({"note": format!("voir {}", marks[1])}));
    assert_eq!(ruled.status, 200, "{}", ruled.body);
    let waits = json!({"record": id("b"), "cells": {"intitule": "Livre"}, "reason": marks[3]});
    assert_eq!(desk.send("POST", "/api/proposals", "", &waits).status, 201);
    let a = id("a");
    let mut public = vec![
        "/".to_owned(),
        "/partenariats".to_owned(),
        "/flux.atom".to_owned(),
        "/sitemap.xml".to_owned(),
        "/metrics".to_owned(),
        "/api".to_owned(),
        "/api/changes?since=0".to_owned(),
        "/api/facets".to_owned(),
        "/api/suggest?q=eau".to_owned(),
        "/api/dcat.jsonld".to_owned(),
        "/api/openapi.json".to_owned(),
        format!("/partenariats/{a}"),
        format!("/en/partnerships/{a}"),
        format!("/api/partnerships/{a}/history"),
        format!("/api/collections/partnerships/items/{a}"),
        format!("/contribuer/{a}"),
        "/contribuer/nouveau".to_owned(),
        "/moderation".to_owned(),
    ];
    for format in ["csv", "geojson"] {
        public.push(format!("/api/export/partnerships.{format}"));
    }
    for path in &public {
        let response = desk.server.get(path);
        assert!(response.status < 500, "{path}: {}", response.status);
        for mark in marks.iter().chain([&secret]) {
            assert!(!response.body.contains(mark), "{path} has {mark}");
        }
    }
    // moderators read it
    let list = desk.server.get_with("/api/proposals", &[("Authorization", &desk.reader)]).body;
    assert!(list.contains(marks[0]) && list.contains(marks[3]) && !list.contains(secret));
}
