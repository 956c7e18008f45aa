//! Who may ask for what: each address that needs a right, by nobody, by each capability, and by
//! the right and the wrong source.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    session::token,
    sign_in::{Person, Sink},
    support::{Server, TestDatabase, succeed},
};

const FILE: &str = "collectivite,partenaire,partenaire_pays\nLyon,Leipzig,DE\n";
const MIXED: &str =
    "collectivite,partenaire,partenaire_pays\nLyon,Leipzig,DE\nLyon,Ici,Absurdistan\n";
const OTHER: &str = "collectivite,partenaire,partenaire_pays,source\nLyon,Leipzig,DE,b\n";

/// A capability and its scope.
type Right = (&'static str, &'static str);
/// Method, path, and who may.
type Row = (&'static str, &'static str, &'static [Right]);

/// Who asks, with a right of a scope.
const CALLERS: [Right; 12] = [
    ("read-private", "everything"),
    ("propose", "everything"),
    ("edit", "everything"),
    ("verify", "everything"),
    ("moderate", "everything"),
    ("import", "everything"),
    ("publish-directory", "everything"),
    ("administer", "everything"),
    ("import", "source:a"),
    ("import", "source:b"),
    ("read-private", "source:a"),
    ("edit", "region:53"),
];

/// What may be asked for by whom: method, path with `{id}` for an import of the source a, tag
/// and path of the description, and callers.
const TABLE: [Row; 17] = [
    ("GET", "/api/imports", LOOKS),
    ("GET", "/api/imports/{id}", LOOKS_AT_A),
    ("GET", "/api/imports/{id}/events", LOOKS_AT_A),
    ("GET", "/api/imports/{id}/issues.csv", LOOKS_AT_A),
    ("GET", "/api/imports/{id}/rows", LOOKS_AT_A),
    ("GET", "/api/imports/{id}/rejected", LOOKS_AT_A),
    ("POST", "/api/imports", &[IMPORTS, IMPORTS_A, IMPORTS_B]),
    ("POST", "/api/imports/{id}/plan", &[IMPORTS, IMPORTS_A]),
    ("POST", "/api/imports/{id}/commit", &[IMPORTS, IMPORTS_A]),
    ("POST", "/api/imports/{id}/cancel", &[IMPORTS, IMPORTS_A]),
    ("POST", "/api/imports/{id}/revert", &[IMPORTS, IMPORTS_A]),
    ("GET", "/api/merges/proposals", &[("read-private", "everything")]),
    ("POST", "/api/merges", &[("moderate", "everything")]),
    ("POST", "/api/splits", &[("moderate", "everything")]),
    ("GET", "/api/me", &CALLERS),
    ("GET", "/api/memberships", &CALLERS),
    ("GET", "/api/session", &CALLERS),
];
const IMPORTS: Right = ("import", "everything");
const IMPORTS_A: Right = ("import", "source:a");
const IMPORTS_B: Right = ("import", "source:b");
const LOOKS: &[Right] =
    &[("read-private", "everything"), ("read-private", "source:a"), IMPORTS, IMPORTS_A, IMPORTS_B];
const LOOKS_AT_A: &[Right] =
    &[("read-private", "everything"), ("read-private", "source:a"), IMPORTS, IMPORTS_A];

/// An account with one right, signed in.
fn person<'s>(
    (database, server): (&TestDatabase, &'s Server),
    sink: &Sink,
    (capability, scope): (&str, &str),
) -> Person<'s> {
    let email = format!("{capability}.{}@ville.example", scope.replace(':', "."));
    let name = format!("{capability} {scope}");
    let person = Person::new(server, sink, &email, &name, 1);
    let grant = ["account", "grant", &email, capability, "--scope", scope];
    succeed(&[&grant[..], &["--database", &database.url]].concat());
    person
}

fn post(person: &Person<'_>, query: &str, file: &str) -> (u16, Value) {
    let path = format!("/api/imports?{query}");
    let answer = person.upload(&path, file);
    (answer.status, answer.json())
}

fn wait(person: &Person<'_>, id: i64) -> Value {
    loop {
        let import = person.get(&format!("/api/imports/{id}"));
        let state = import["state"].as_str().unwrap();
        if !["waiting", "checking", "committing"].contains(&state) {
            return import;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn each_right_opens_what_it_names_and_nothing_else() {
    for database in TestDatabase::each() {
        let sink = Sink::start();
        let server = Server::start(&database, &["--smtp", &sink.url]);
        let people: Vec<_> = CALLERS
            .iter()
            .map(|caller| (*caller, person((&database, &server), &sink, *caller)))
            .collect();
        let (_, importer) = people.iter().find(|(caller, _)| *caller == IMPORTS_A).unwrap();
        let (status, import) = post(importer, "dry_run=true", MIXED);
        assert_eq!(status, 202, "{import}");
        let id = import["id"].as_i64().unwrap();
        assert_eq!(wait(importer, id)["request"]["only_source"], "a");
        let mut surprises = Vec::new();
        for (method, path, may) in TABLE {
            let path = path.replace("{id}", &id.to_string());
            // what is sent does nothing, where it is let in
            let body = if method == "POST" { json!({"not": "valid"}) } else { Value::Null };
            let bytes = if method == "POST" { b"{}".as_slice() } else { b"" };
            let nobody = server.send(method, &path, &[], bytes).status;
            if nobody != 401 {
                surprises.push(format!("{method} {path} by nobody: {nobody}"));
            }
            for (caller, person) in &people {
                if path.ends_with("/cancel") || path.ends_with("/revert") {
                    continue;
                }
                let status = person.send(method, &path, &body).status;
                let is_let_in = ![401, 403, 404].contains(&status);
                if is_let_in != may.contains(caller) {
                    surprises.push(format!("{method} {path} by {caller:?}: {status}"));
                }
            }
        }
        assert!(surprises.is_empty(), "{surprises:#?}");
    }
}

#[test]
fn every_address_that_needs_a_right_is_in_the_table() {
    let document: Value = serde_json::from_str(&succeed(&["openapi"])).unwrap();
    let mut missing = BTreeSet::new();
    let changes: [(&str, &str); 4] = [
        // these need somebody who is signed in, and are told of elsewhere
        ("POST", "/api/memberships"),
        ("POST", "/api/memberships/{id}/decision"),
        ("DELETE", "/api/me/sessions/{id}"),
        ("DELETE", "/api/session"),
    ];
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let tag = operation["tags"][0].as_str().unwrap_or_default();
            let path = format!("/api{path}");
            let method = method.to_uppercase();
            let known = TABLE.iter().map(|(method, path, _)| (*method, *path)).chain(changes);
            if operation["security"].as_array().is_some_and(|ways| !ways.is_empty())
                && ["imports", "merges", "session"].contains(&tag)
                && !known.clone().any(|known| known == (method.as_str(), path.as_str()))
            {
                missing.insert(format!("{method} {path}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn an_importer_of_one_source_touches_no_other() {
    for database in TestDatabase::each() {
        let sink = Sink::start();
        let server = Server::start(&database, &["--smtp", &sink.url]);
        let a = person((&database, &server), &sink, IMPORTS_A);
        let b = person((&database, &server), &sink, IMPORTS_B);
        let (status, refused) = post(&a, "source=b", FILE);
        assert_eq!((status, &refused["code"]), (403, &json!("role")), "{refused}");
        // a row of the file names another source
        let (_, import) = post(&a, "source=a", OTHER);
        let import = wait(&a, import["id"].as_i64().unwrap());
        assert_eq!(import["error"]["code"], "foreign-source", "{import:#}");
        let (_, import) = post(&a, "source=a", FILE);
        let id = import["id"].as_i64().unwrap();
        assert_eq!(wait(&a, id)["state"], "committed");
        let revert = format!("/api/imports/{id}/revert");
        assert_eq!(b.send("GET", &format!("/api/imports/{id}"), &Value::Null).status, 404);
        assert_eq!(b.send("POST", &revert, &json!({})).status, 404);
        assert_eq!(b.get("/api/imports"), json!({"imports": []}));
        assert!(b.page("/import").contains("import source:b"));
        // an import of everybody's is not theirs either
        let admin = format!("Bearer {}", token(&database, "admin"));
        let headers = [("Authorization", admin.as_str()), ("Content-Type", "text/csv")];
        let sent = server.send("POST", "/api/imports?source=a", &headers, FILE.as_bytes());
        let theirs = sent.json()["id"].as_i64().unwrap();
        let path = format!("/api/imports/{theirs}/revert");
        assert_eq!(a.send("POST", &path, &json!({})).status, 404);
        assert_eq!(a.send("POST", &revert, &json!({})).status, 200);
    }
}
