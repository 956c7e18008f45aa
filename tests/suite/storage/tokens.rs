//! Tokens: made once, shown once, used, revoked; also while an import holds the writer's place.

use std::time::{Duration, Instant};

use atlas_aect::{
    atlas::accounts::tokens::{self, TokenError, TokenWish},
    domain::{Role, Scope},
    storage::Database,
};
use chrono::{TimeDelta, Utc};
use diesel::{
    Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query, sql_types::Binary,
};
use serde_json::Value;

use crate::{
    storage::samples::import,
    support::{TestDatabase, run, succeed, tamper},
};

#[derive(diesel::QueryableByName)]
struct Kept {
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
}

fn wish(name: &str, role: Role) -> TokenWish {
    TokenWish { name: name.into(), role, scope: Scope::Everything, expires_at: None }
}

fn kept(place: &TestDatabase) -> Vec<Kept> {
    let query = sql_query("SELECT hash FROM tokens");
    match place.url.strip_prefix("sqlite:") {
        Some(path) => query.load(&mut SqliteConnection::establish(path).unwrap()).unwrap(),
        None => query.load(&mut PgConnection::establish(&place.url).unwrap()).unwrap(),
    }
}

#[test]
fn a_token_is_made_used_and_revoked() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        let token = tokens::create(&mut database, &wish("réseau", Role::Importer), "me").unwrap();
        assert!(token.starts_with("atlas_") && token.len() > 50, "{token}");
        let kept: Vec<u8> = kept(&place).remove(0).hash;
        assert_eq!(kept.len(), 32, "a hash is kept, and nothing of the token");

        let shown = tokens::verify(&mut database, &token).unwrap().unwrap();
        assert_eq!((shown.name.as_str(), shown.role), ("réseau", Role::Importer));
        assert!(database.tokens().unwrap()[0].last_used_at.is_some());
        for wrong in ["", "atlas_", &token[1..], &token.to_uppercase(), &format!("{token} ")] {
            assert_eq!(tokens::verify(&mut database, wrong).unwrap(), None, "{wrong}");
        }
        let again = tokens::create(&mut database, &wish("réseau", Role::Admin), "me").unwrap_err();
        assert!(matches!(again, TokenError::NameTaken(_)), "{again}");

        tokens::revoke(&mut database, "réseau", "me").unwrap();
        assert_eq!(tokens::verify(&mut database, &token).unwrap(), None);
        let twice = tokens::revoke(&mut database, "réseau", "me").unwrap_err();
        assert!(matches!(twice, TokenError::Unknown(_)), "{twice}");

        // the same person gets another one
        let second = tokens::create(&mut database, &wish("réseau", Role::Reader), "me").unwrap();
        assert_eq!(tokens::verify(&mut database, &token).unwrap(), None);
        let shown = tokens::verify(&mut database, &second).unwrap().unwrap();
        assert_eq!((shown.role, shown.revoked_at), (Role::Reader, None));
    }
}

#[test]
fn a_token_is_worth_nothing_after_its_end() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        let in_a_minute = Some(Utc::now() + TimeDelta::minutes(1));
        let limited = TokenWish { expires_at: in_a_minute, ..wish("a", Role::Importer) };
        let token = tokens::create(&mut database, &limited, "me").unwrap();
        assert!(tokens::verify(&mut database, &token).unwrap().is_some());
        tamper(&place, "UPDATE tokens SET expires_at = '2026-01-01 00:00:00'");
        assert_eq!(tokens::verify(&mut database, &token).unwrap(), None);
        // its name is free again
        tokens::create(&mut database, &limited, "me").unwrap();
        let scope = Scope::Region("99".into());
        let nowhere = TokenWish { scope, ..wish("b", Role::Importer) };
        let error = tokens::create(&mut database, &nowhere, "me").unwrap_err();
        assert!(matches!(error, TokenError::Scope(_)), "{error}");
    }
}

#[test]
fn names_are_names() {
    let place = TestDatabase::sqlite();
    let mut database = Database::open(&place.url).unwrap();
    for wrong in ["", " ", " a", "a@b.fr", "a\n", "a\u{0}", "\u{7}", &"a".repeat(81)] {
        let error = tokens::create(&mut database, &wish(wrong, Role::Reader), "me").unwrap_err();
        assert!(matches!(error, TokenError::Name(_)), "{wrong:?}: {error}");
        assert!(!error.to_string().contains('\u{7}'));
    }
    for right in ["a", "Jeanne d'Arc", "'; DROP TABLE tokens; --", &"é".repeat(80)] {
        tokens::create(&mut database, &wish(right, Role::Reader), "me").unwrap();
    }
    assert_eq!(database.tokens().unwrap().len(), 4);
}

#[test]
fn a_token_is_verified_while_an_import_runs() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        let mut other = database.reopen().unwrap();
        let token = tokens::create(&mut database, &wish("a", Role::Importer), "me").unwrap();
        let begun = Instant::now();
        import(&mut database, |_| {
            assert!(tokens::verify(&mut other, &token).unwrap().is_some());
            assert!(begun.elapsed() < Duration::from_secs(5), "it waited for the import");
            // SQLite has one place for a writer, PostgreSQL need not wait
            let noted = other.tokens().unwrap()[0].last_used_at.is_some();
            assert_eq!(noted, place.name == "PostgreSQL");
            if noted {
                tokens::revoke(&mut other, "a", "me").unwrap();
            }
            Ok(())
        })
        .unwrap();
        assert_eq!(other.patience(), Duration::from_secs(30));
    }
}

#[test]
fn the_time_of_use_is_not_written_at_every_use() {
    for place in TestDatabase::each() {
        let mut database = Database::open(&place.url).unwrap();
        let token = tokens::create(&mut database, &wish("a", Role::Importer), "me").unwrap();
        let mut used = || {
            tokens::verify(&mut database, &token).unwrap().unwrap();
            database.tokens().unwrap()[0].last_used_at.unwrap()
        };
        let first = used();
        assert_eq!(used(), first);
        tamper(&place, "UPDATE tokens SET last_used_at = '2001-02-03 04:05:06'");
        assert!(used() >= first);
    }
}

#[test]
fn the_command_line_makes_lists_and_revokes() {
    for place in TestDatabase::each() {
        drop(Database::open(&place.url).unwrap());
        let database = ["--database", &place.url];
        let succeed = |command: &[&str]| succeed(&[&["token"], command, &database].concat());
        let run = |command: &[&str]| run(&[&["token"], command, &database].concat());
        assert!(succeed(&["list"]).starts_with("There is no token"));
        let made = succeed(&["create", "--name", "steward", "--role", "importer"]);
        assert!(made.starts_with("atlas_") && made.lines().count() == 1, "{made}");
        let listed: Value = serde_json::from_str(&succeed(&["list", "--json"])).unwrap();
        assert_eq!(
            (&listed[0]["name"], &listed[0]["role"]),
            (&"steward".into(), &"importer".into())
        );
        assert!(!listed.to_string().contains(made.trim()));
        assert!(succeed(&["list"]).contains("never used"));
        succeed(&["revoke", "steward"]);
        assert!(succeed(&["list"]).contains("revoked"));
        let unknown = run(&["revoke", "steward"]);
        assert_eq!(unknown.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&unknown.stderr).contains("no valid token is called"));
        assert_eq!(run(&["create", "--name", "", "--role", "reader"]).status.code(), Some(2));
    }
}
