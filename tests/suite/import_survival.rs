//! Imports over HTTP that are cancelled, killed, taken up again, or find no file or database.

use std::{
    fs,
    thread::sleep,
    time::{Duration, Instant},
};

use atlas_aect::storage::Database;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    import_jobs::{Desk, ITEMS, outcome, rows},
    support::{Server, TestDatabase, import, succeed, tamper},
};

/// Whole or absent, and the database is sound.
fn check_whole(desk: &Desk, most: usize) -> usize {
    let mut database = Database::open(&desk.database.url).unwrap();
    let mut records = 0;
    database.read(|_| records += 1).unwrap();
    assert_eq!(database.integrity_check().unwrap(), Vec::<String>::new(), "{}", desk.database.name);
    assert!(records == 0 || records == most, "{records} records of {most}");
    records
}

const MANY: u32 = 30_000;

#[test]
fn a_cancelled_import_leaves_nothing() {
    for desk in Desk::each() {
        let file = rows(0..MANY, "en_cours");
        for state in ["checking", "committing"] {
            let id = desk.post("", file.as_bytes());
            let behind = desk.post("", rows(0..1, "termine").as_bytes());
            desk.wait(id, &[state, "committed"]);
            assert_eq!(desk.act(behind, "cancel", &json!({})).json()["state"], "cancelled");
            let cancelled = desk.act(id, "cancel", &json!({}));
            // it may have been too late; then it is told, and nothing is lost
            let import = desk.wait(id, &["cancelled", "committed"]);
            println!("{}: cancelled while {state}: {}", desk.database.name, import["state"]);
            if import["state"] == "cancelled" {
                assert_eq!(cancelled.status, 200, "{}", cancelled.body);
                assert_eq!(check_whole(&desk, MANY as usize), 0);
            } else {
                assert_eq!(cancelled.status, 409);
                assert_eq!(desk.act(id, "revert", &json!({})).status, 200);
            }
        }
        for _ in 0..50 {
            if desk.uploads().is_empty() {
                break;
            }
            sleep(Duration::from_millis(100));
        }
        assert_eq!(desk.uploads().len(), 0);
    }
}

#[test]
fn a_killed_server_is_taken_up_by_the_next() {
    for mut desk in Desk::each() {
        let file = rows(0..MANY, "en_cours");
        for state in ["waiting", "checking", "planned", "committing"] {
            let dry = if state == "planned" { "dry_run=true" } else { "" };
            let id = desk.post(dry, file.as_bytes());
            let second =
                (state == "waiting").then(|| desk.post("", rows(0..1, "en_cours").as_bytes()));
            desk.wait(id, &[if state == "waiting" { "checking" } else { state }, "committed"]);
            desk.again(Server::kill);
            println!("{}: killed while {state}", desk.database.name);
            if state == "planned" {
                assert_eq!(desk.get(id)["state"], "planned");
                assert_eq!(desk.act(id, "commit", &json!({})).status, 202);
            }
            let import = desk.wait(id, &["committed", "failed"]);
            assert_eq!((&import["state"], &import["error"]), (&json!("committed"), &Value::Null));
            assert_eq!(outcome(&import), [u64::from(MANY), 0, 0, 0, 0]);
            if let Some(second) = second {
                assert_eq!(outcome(&desk.wait(second, &["committed"])), [0, 0, 1, 0, 0]);
            }
            assert_eq!(check_whole(&desk, MANY as usize), MANY as usize);
            assert_eq!(desk.act(id, "revert", &json!({})).status, 200);
        }
    }
}

#[test]
fn a_job_that_kills_its_process_twice_is_failed() {
    for mut desk in Desk::each() {
        let id = desk.post("dry_run=1", rows(0..MANY, "en_cours").as_bytes());
        for _ in 0..2 {
            while desk.get(id)["progress"].is_null() {
                assert_ne!(desk.get(id)["state"], "failed");
                sleep(Duration::from_millis(5));
            }
            desk.again(Server::kill);
        }
        let import = desk.wait(id, &["failed"]);
        assert_eq!(import["error"]["code"], "killed");
        assert_eq!(check_whole(&desk, MANY as usize), 0);
        let next = desk.post("", rows(0..1, "en_cours").as_bytes());
        desk.wait(next, &["committed"]);
        // whoever asks for it again is given another try
        assert_eq!(desk.act(id, "plan", &json!({})).status, 202);
        desk.wait(id, &["planned"]);
    }
}

#[test]
fn a_job_whose_file_is_gone_fails_clearly() {
    for mut desk in Desk::each() {
        let id = desk.post("", rows(0..MANY, "en_cours").as_bytes());
        desk.wait(id, &["checking", "committing"]);
        let uploads = desk.uploads();
        desk.again(|server| {
            server.kill();
            for upload in uploads {
                fs::remove_file(upload).unwrap();
            }
        });
        let import = desk.wait(id, &["failed"]);
        assert_eq!(import["error"]["code"], "upload-gone");
        assert_eq!(check_whole(&desk, MANY as usize), 0);
    }
}

#[test]
fn files_are_kept_for_thirty_days() {
    for mut desk in Desk::each() {
        let planned = desk.post("dry_run=1", rows(0..1, "en_cours").as_bytes());
        let failed = desk.post("", b"x");
        let fresh = desk.post("dry_run=1", rows(0..1, "termine").as_bytes());
        for (id, state) in [(planned, "planned"), (failed, "failed"), (fresh, "planned")] {
            desk.wait(id, &[state]);
        }
        assert_eq!(desk.uploads().len(), 3);
        for id in [planned, failed] {
            let old = "UPDATE imports SET finished_at = '2001-02-03 04:05:06' WHERE id = ";
            tamper(&desk.database, &format!("{old}{id}"));
        }
        desk.again(Server::kill);
        let import = desk.wait(planned, &["failed"]);
        assert_eq!(import["error"]["code"], "upload-expired");
        assert_eq!(desk.get(failed)["error"]["code"], "columns-missing", "as it was");
        let again = desk.act(failed, "plan", &json!({}));
        assert_eq!((again.status, &again.json()["code"]), (410, &json!("no-file")));
        assert_eq!(desk.uploads().len(), 1);
        assert_eq!(desk.act(fresh, "commit", &json!({})).status, 202);
        desk.wait(fresh, &["committed"]);
    }
}

#[test]
fn a_server_that_is_told_to_stop_does_so_soon_and_the_next_goes_on() {
    for mut desk in Desk::each() {
        let id = desk.post("", rows(0..MANY, "en_cours").as_bytes());
        desk.wait(id, &["checking"]);
        let mut ended = None;
        desk.again(|server| ended = Some(server.terminate()));
        let (code, time) = ended.unwrap();
        assert_eq!(code, Some(0));
        assert!(time < Duration::from_secs(8), "{time:?}");
        assert_eq!(desk.wait(id, &["committed", "failed"])["state"], "committed");
    }
}

#[test]
fn servers_share_a_database_and_a_folder() {
    for mut desk in Desk::each() {
        let second = Desk::serve(&desk.database, &desk.folder, &[]);
        let other_folder = TempDir::new().unwrap();
        let third = Desk::serve(&desk.database, &other_folder, &[]);
        let headers = [("Authorization", desk.bearer.as_str())];
        let post = |server: &Server, number: u32| {
            let file = rows(number..number + 1, "en_cours");
            let sent = server.send("POST", "/api/imports", &headers, file.as_bytes());
            assert_eq!(sent.status, 202, "{}", sent.body);
            sent.json()["id"].as_i64().unwrap()
        };
        let ids: Vec<i64> =
            (0..9).map(|n| post([&desk.server, &second, &third][n as usize % 3], n)).collect();
        for id in ids {
            assert_eq!(outcome(&desk.wait(id, &["committed", "failed"])), [1, 0, 0, 0, 0]);
        }
        // who is left goes on with the files of one that is gone
        desk.server.kill();
        let id = post(&second, 10);
        desk.server = second;
        assert_eq!(outcome(&desk.wait(id, &["committed", "failed"])), [1, 0, 0, 0, 0]);
        // a file in a folder of nobody waits for its server, and can be given up
        let id = {
            let mut third = third;
            let id = third.send("POST", "/api/imports?dry_run=1", &headers, b"x").json()["id"]
                .as_i64()
                .unwrap();
            desk.wait(id, &["failed"]);
            third.kill();
            id
        };
        let again = desk.act(id, "plan", &json!({}));
        assert_eq!(again.status, 202, "{}", again.body);
        sleep(Duration::from_millis(1_500));
        assert_eq!(desk.get(id)["state"], "waiting");
        assert_eq!(desk.act(id, "cancel", &json!({})).json()["state"], "cancelled");
    }
}

#[test]
fn a_database_that_was_away_is_found_again() {
    let Some(database) = TestDatabase::postgres() else { return };
    let desk = Desk::at(database, &[]);
    let id = desk.post("", rows(0..MANY, "en_cours").as_bytes());
    desk.wait(id, &["checking"]);
    let hang_up = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
    tamper(&desk.database, hang_up);
    assert_eq!(desk.wait(id, &["committed", "failed"])["state"], "committed");
    tamper(&desk.database, hang_up);
    // what another process writes is published again too
    let other = desk.folder.path().join("other.csv");
    fs::write(&other, rows(MANY..MANY + 1, "suspendu")).unwrap();
    import(&desk.database, &other, &[]);
    let deadline = Instant::now() + Duration::from_secs(20);
    while desk.matched() <= u64::from(MANY) {
        assert!(Instant::now() < deadline, "{} records", desk.matched());
        sleep(Duration::from_millis(100));
    }
}

#[test]
fn readers_do_not_wait_for_an_import() {
    for desk in Desk::each() {
        let id = desk.post("", rows(0..MANY, "en_cours").as_bytes());
        let mut longest = Duration::ZERO;
        loop {
            let begun = Instant::now();
            let state = desk.get(id)["state"].clone();
            assert_eq!(desk.send("GET", "/api/imports", &[]).status, 200);
            assert_eq!(desk.server.get(ITEMS).status, 200);
            longest = longest.max(begun.elapsed());
            if state == "committed" {
                break;
            }
            sleep(Duration::from_millis(5));
        }
        println!("{}: the longest three requests took {longest:?}", desk.database.name);
        assert!(longest < Duration::from_secs(3), "{longest:?}");
        let _ = succeed(&["imports", "list", "--database", &desk.database.url]);
    }
}
