//! Accounts of people: made, given and taken what they may do, disabled; and what was done.

use atlas_aect::{
    atlas::accounts::people::{self, PersonError},
    domain::{Capability, Grant, Language},
    storage::{Database, StorageError},
};
use serde_json::{Value, json};

use crate::support::{TestDatabase, run, succeed, tamper};

/// Runs a command about a database that must succeed.
fn done(database: &TestDatabase, command: &[&str]) -> String {
    succeed(&[command, &["--database", &database.url]].concat())
}

/// The exit code of a command that must not, and what it said.
fn refused(database: &TestDatabase, command: &[&str]) -> (Option<i32>, String) {
    let output = run(&[command, &["--database", &database.url]].concat());
    assert!(!output.status.success(), "{command:?}");
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

fn listed(database: &TestDatabase) -> Value {
    serde_json::from_str(&done(database, &["account", "list", "--json"])).unwrap()
}

const ADDRESS: &str = "jeanne@ville.example";

#[test]
fn the_command_line_makes_grants_and_disables() {
    for place in TestDatabase::each() {
        drop(Database::open(&place.url).unwrap());
        let done = |command: &[&str]| done(&place, &[&["account"], command].concat());
        let refused = |command: &[&str]| refused(&place, &[&["account"], command].concat());
        assert!(done(&["list"]).starts_with("There is no account"));
        done(&[
            "create",
            "--email",
            "Jeanne@Ville.example",
            "--name",
            "Jeanne",
            "--language",
            "en",
        ]);
        for (email, name, code, why) in [
            (ADDRESS, "Autre", 1, "already"),
            ("autre@ville.example", "Jeanne", 1, "already"),
            ("ville.example", "Autre", 2, "no mail address"),
            ("a@b.fr\nBcc: x@y.fr", "Autre", 2, "no mail address"),
            ("autre@ville.example", "autre@ville.example", 2, "names are public"),
        ] {
            let (status, error) = refused(&["create", "--email", email, "--name", name]);
            assert!(status == Some(code) && error.contains(why), "{email} {name}: {error}");
        }
        done(&["grant", ADDRESS, "edit", "--scope", "authority:35238"]);
        done(&["grant", ADDRESS, "verify", "--scope", "country:mli", "--until", "2999-12-31"]);
        done(&["grant", ADDRESS, "verify", "--scope", "country:ML"]);
        done(&["grant", ADDRESS, "moderate", "--until", "2020-01-01"]);
        for (command, code, why) in [
            (["grant", ADDRESS, "fly", "--scope", "everything"], 2, "read-private, propose"),
            (["grant", ADDRESS, "edit", "--scope", "planet:3"], 2, "region:53"),
            (["grant", ADDRESS, "edit", "--scope", "region:99"], 2, "there is no region"),
            (["grant", "no@ville.example", "edit", "--scope", "region:53"], 1, "no account of"),
            (["revoke", ADDRESS, "edit", "--scope", "region:53"], 1, "has no such"),
        ] {
            let (status, error) = refused(&command);
            assert!(status == Some(code) && error.contains(why), "{command:?}: {error}");
        }
        let person = &listed(&place)[0];
        assert_eq!((&person["email"], &person["language"]), (&json!(ADDRESS), &json!("en")));
        let grants = person["grants"].as_array().unwrap();
        let grants: Vec<_> = grants.iter().map(|g| (&g["capability"], &g["scope"])).collect();
        // the same was given twice and holds once, and what has ended holds no more
        assert_eq!(
            grants,
            [(&json!("edit"), &json!("authority:35238")), (&json!("verify"), &json!("country:ML"))]
        );
        done(&["revoke", ADDRESS, "verify"]);
        assert!(!done(&["list"]).contains("verify"));
        done(&["disable", ADDRESS]);
        assert!(done(&["list"]).contains("disabled"));
        assert_eq!(refused(&["disable", ADDRESS]).0, Some(1));
        assert_eq!(refused(&["grant", ADDRESS, "edit"]).0, Some(1));
    }
}

#[test]
fn names_of_tokens_and_accounts_differ() {
    for place in TestDatabase::each() {
        let token =
            |name: &str| ["token", "create", "--name", name, "--role", "reader"].map(str::to_owned);
        let account = |name: &str| {
            ["account", "create", "--email", ADDRESS, "--name", name].map(str::to_owned)
        };
        drop(Database::open(&place.url).unwrap());
        let run = |command: &[String]| {
            let command: Vec<&str> = command.iter().map(String::as_str).collect();
            run(&[&command[..], &["--database", &place.url]].concat()).status.code()
        };
        assert_eq!(run(&token("a")), Some(0));
        assert_eq!(run(&account("a")), Some(1));
        assert_eq!(run(&account("b")), Some(0));
        assert_eq!(run(&token("b")), Some(1));
    }
}

#[test]
fn the_audit_shows_what_was_changed() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        assert!(done(&place, &["audit", "--check"]).contains("no entry"));
        people::create(&mut database, (ADDRESS, "Jeanne"), Language::French, "moi").unwrap();
        for scope in ["region:53", "country:ML", "source:a"] {
            let grant = Grant { capability: Capability::Edit, scope: scope.parse().unwrap() };
            people::grant(&mut database, ADDRESS, &grant, None, "moi").unwrap();
        }
        let told = done(&place, &["audit", "--json"]);
        assert!(!told.contains('@'), "no address: {told}");
        let entries: Vec<Value> =
            told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(entries.len(), 4);
        assert_eq!(entries[1]["details"]["scope"], "region:53");
        assert_eq!(entries[1]["object"], "account 1");
        let check = || run(&["audit", "--check", "--database", &place.url]);
        let fine = String::from_utf8(check().stdout).unwrap();
        assert!(fine.contains(entries[3]["hash"].as_str().unwrap()), "{fine}");
        for sql in [
            "UPDATE audit SET actor = 'personne' WHERE id = 2",
            "UPDATE audit SET actor = 'moi' WHERE id = 2; UPDATE audit SET at = '2026-01-01 00:00:00' WHERE id = 4",
            "DELETE FROM audit WHERE id = 3",
        ] {
            tamper(&place, sql);
            let told = check();
            assert_eq!(told.status.code(), Some(1), "{sql}");
        }
    }
}

#[test]
fn nothing_is_done_without_its_entry_in_the_audit() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        tamper(&place, "DROP TABLE audit");
        let error = people::create(&mut database, (ADDRESS, "Jeanne"), Language::French, "moi")
            .unwrap_err();
        assert!(matches!(error, PersonError::Storage(StorageError::Statement { .. })), "{error}");
        assert_eq!(database.people().unwrap(), []);
    }
}
