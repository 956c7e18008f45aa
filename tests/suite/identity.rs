//! No copy that lies: a register that is missing is not made in silence, and running servers show
//! what the database holds also where that is no later state of what they showed.

use std::{
    fs,
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use atlas_aect::domain::Cause;
use atlas_aect::storage::{Change, Database, NewChangeset, StorageError};
use tempfile::TempDir;

use crate::{
    import_jobs::{ITEMS, rows},
    support::{Server, TestDatabase, atlas, export, import, run, tamper, timeless},
};

/// How long a server may take to notice.
const SOON: Duration = Duration::from_secs(3);

/// The file of a test's SQLite.
fn file(database: &TestDatabase) -> PathBuf {
    database.url.strip_prefix("sqlite:").unwrap().into()
}

fn import_rows(database: &TestDatabase, numbers: std::ops::Range<u32>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rows.csv");
    fs::write(&path, rows(numbers, "en_cours")).unwrap();
    let (code, report) = import(database, &path, &[]);
    assert_eq!(code, Some(0), "{report:#}");
}

/// The keys of the records that a server shows, as they are in the database's export.
fn shown(server: &Server) -> String {
    timeless(&server.get("/api/export/partnerships.geojson?records=all").body)
}

/// Waits until a server shows exactly what the database holds.
fn agrees(server: &Server, database: &TestDatabase, what: &str) {
    let begun = Instant::now();
    let held = || timeless(&succeed_all(database));
    loop {
        let (shown, held) = (shown(server), held());
        if shown == held {
            return;
        }
        assert!(begun.elapsed() < SOON + Duration::from_secs(5), "{what}: {shown}\n{held}");
        sleep(Duration::from_millis(50));
    }
}

fn succeed_all(database: &TestDatabase) -> String {
    crate::support::succeed(&["export", "--records", "all", "--database", &database.url])
}

#[test]
fn a_missing_register_is_not_made_in_silence() {
    let place = TestDatabase::sqlite();
    let path = file(&place);
    let url = place.url.as_str();
    let commands: [&[&str]; 6] = [
        &["serve", "--listen", "127.0.0.1:0"],
        &["export"],
        &["imports", "list"],
        &["token", "create", "--name", "a", "--role", "admin"],
        &["token", "list"],
        &["migrate"],
    ];
    let refuse = || {
        for command in commands {
            let output = run(&[command, &["--database", url]].concat());
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(1), "{command:?}: {error}");
            assert!(error.contains("there is no register at"), "{command:?}: {error}");
            assert!(error.contains("--create"), "{error}");
        }
    };
    refuse();
    assert!(!path.exists());
    // nor is an empty file filled
    fs::write(&path, "").unwrap();
    refuse();
    assert_eq!(fs::metadata(&path).unwrap().len(), 0);
    fs::remove_file(&path).unwrap();
    // what is only tried leaves nothing
    let folder = TempDir::new().unwrap();
    let csv = folder.path().join("rows.csv");
    fs::write(&csv, rows(0..3, "en_cours")).unwrap();
    let (code, report) = import(&place, &csv, &["--dry-run"]);
    assert_eq!((code, &report["outcome"]["created"]), (Some(0), &3.into()), "{report:#}");
    assert!(!path.exists());
    // a first import makes it
    import_rows(&place, 0..3);
    assert!(export(&place, "csv").contains("n2"));
    let made = TestDatabase::sqlite();
    let create = ["token", "create", "--create", "--name", "a", "--role", "admin"];
    let output = run(&[&create[..], &["--database", &made.url]].concat());
    assert!(output.status.success());
}

#[test]
fn a_misspelt_variable_is_refused() {
    let place = TestDatabase::sqlite();
    let output = atlas(&["imports", "list"]).env("ATLAS_DATABSE", &place.url).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert!(error.contains("ATLAS_DATABSE") && error.contains("ATLAS_DATABASE?"), "{error}");
    assert!(!error.contains(&place.url), "its value may be a password: {error}");
}

#[test]
fn servers_show_what_the_database_holds_after_changes_were_lost() {
    for place in TestDatabase::each() {
        import_rows(&place, 0..3);
        let servers = [Server::start(&place, &[]), Server::start(&place, &[])];
        import_rows(&place, 3..5);
        for server in &servers {
            agrees(server, &place, "a commit");
        }
        // what a failover to a server does that had not yet heard of the last commit
        let lose = "
            DELETE FROM partnership_collectivities WHERE partnership_id > 3;
            DELETE FROM partnership_partners WHERE partnership_id > 3;
            DELETE FROM partnerships WHERE id > 3;
            DELETE FROM import_issues WHERE import_id = 2;
            DELETE FROM imports WHERE id = 2;
            DELETE FROM changesets WHERE id = 2;
            UPDATE dataset SET version = 1;";
        tamper(&place, &format!("BEGIN;{lose}COMMIT;"));
        for server in &servers {
            agrees(server, &place, "a commit that was lost");
        }
        // another version of the number that was shown before
        import_rows(&place, 7..9);
        for server in &servers {
            agrees(server, &place, "another commit in its place");
        }
        for server in &servers {
            let metrics = server.get("/metrics").body;
            assert!(metrics.contains("atlas_snapshot_divergences 1"), "{}: {metrics}", place.name);
            assert_eq!(server.json(ITEMS)["numberMatched"], 5);
        }
    }
}

#[test]
fn a_version_of_the_same_number_is_another_one() {
    for place in TestDatabase::each() {
        import_rows(&place, 0..3);
        let server = Server::start(&place, &[]);
        let tag = server.get(ITEMS).header("etag").to_owned();
        // as if the same number had been given to another commit while nobody looked
        tamper(
            &place,
            "UPDATE partnerships SET title = 'Autre'; \
             UPDATE changesets SET version_id = register_id FROM dataset",
        );
        agrees(&server, &place, "another version of the same number");
        assert_ne!(server.get(ITEMS).header("etag"), tag);
        assert!(shown(&server).contains("Autre"));
    }
}

#[test]
fn the_file_that_was_replaced_or_removed_is_noticed() {
    let place = TestDatabase::sqlite();
    let path = file(&place);
    import_rows(&place, 0..3);
    let older = path.with_extension("older");
    fs::copy(&path, &older).unwrap();
    let server = Server::start(&place, &[]);
    import_rows(&place, 3..5);
    agrees(&server, &place, "a commit");
    assert!(is_tidy(&path), "the log is emptied soon after an import");
    fs::rename(&older, &path).unwrap();
    agrees(&server, &place, "an older file in its place");
    assert_eq!(server.json(ITEMS)["numberMatched"], 3);
    // another register altogether
    let other = TestDatabase::sqlite();
    import_rows(&other, 10..11);
    fs::rename(file(&other), &path).unwrap();
    agrees(&server, &place, "another register in its place");
    // gone: the last version stays, and nothing is made in its place
    let away = path.with_extension("away");
    fs::rename(&path, &away).unwrap();
    sleep(Duration::from_millis(1_500));
    assert_eq!(server.json("/readyz")["database"], "unreachable");
    assert_eq!(server.json(ITEMS)["numberMatched"], 1);
    assert!(!path.exists());
    fs::rename(&away, &path).unwrap();
    import_rows(&place, 11..13);
    agrees(&server, &place, "the file that came back");
    assert_eq!(server.json("/readyz")["database"], "reachable");
}

/// Whether the log of a file is empty or gone before long.
fn is_tidy(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let log = PathBuf::from(log);
    let begun = Instant::now();
    while begun.elapsed() < SOON {
        if fs::metadata(&log).map_or(0, |about| about.len()) == 0 {
            return true;
        }
        sleep(Duration::from_millis(50));
    }
    false
}

#[test]
fn the_file_by_itself_is_the_register() {
    let place = TestDatabase::sqlite();
    let mut server = Server::start(&place, &[]);
    import_rows(&place, 0..40);
    let path = file(&place);
    assert!(is_tidy(&path), "the log is emptied soon after an import");
    let copy = TestDatabase::sqlite();
    fs::copy(&path, file(&copy)).unwrap();
    assert_eq!(timeless(&export(&copy, "geojson")), timeless(&export(&place, "geojson")));
    import_rows(&place, 40..50);
    assert_eq!(server.terminate().0, Some(0));
    assert!(is_tidy(&path), "the log is emptied at the end");
}

#[test]
fn nothing_is_written_to_a_file_that_is_no_longer_the_register() {
    let place = TestDatabase::sqlite();
    import_rows(&place, 0..3);
    let path = file(&place);
    let mut database = Database::open(&place.url).unwrap();
    let edit =
        NewChangeset { cause: Cause::Edit, source: None, actor: "a test".into(), undoes: None };
    let write = |database: &mut Database| {
        database.write(|writer| {
            writer.begin(&edit)?;
            writer.change(&[] as &[Change<'_>])
        })
    };
    write(&mut database).unwrap();
    database.checkpoint().unwrap();
    let away = path.with_extension("away");
    fs::rename(&path, &away).unwrap();
    assert!(matches!(write(&mut database), Err(StorageError::Gone { .. })));
    import_rows(&place, 5..6);
    assert!(matches!(write(&mut database), Err(StorageError::Replaced { .. })));
    drop(database);
    let kept = TestDatabase::sqlite();
    fs::rename(&away, file(&kept)).unwrap();
    assert_eq!(Database::open(&kept.url).unwrap().imports().unwrap().len(), 2);
}

#[test]
fn tables_are_brought_up_to_date_when_that_is_wanted() {
    for place in TestDatabase::each() {
        let url = place.url.as_str();
        drop(Database::open(url).unwrap());
        let arguments = |command: &[&'static str]| -> Vec<String> {
            let mut all: Vec<String> = command.iter().map(|&one| one.to_owned()).collect();
            all.extend(["--database".to_owned(), url.to_owned()]);
            all
        };
        let run = |command: &[&'static str]| {
            let arguments = arguments(command);
            run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
        };
        assert_eq!(run(&["migrate", "--check"]).status.code(), Some(0));
        // the last migration undone
        tamper(
            &place,
            "ALTER TABLE changesets DROP COLUMN version_id;
             ALTER TABLE dataset DROP COLUMN register_id;
             DELETE FROM __diesel_schema_migrations WHERE version = '0008';",
        );
        for command in [&["migrate", "--check"][..], &["imports", "list", "--migrate", "never"]] {
            let output = run(command);
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(1), "{error}");
            assert!(error.contains("lack 0008") && error.contains("atlas migrate"), "{error}");
        }
        assert_eq!(run(&["migrate"]).status.code(), Some(0));
        assert_eq!(run(&["migrate", "--check"]).status.code(), Some(0));
        assert_eq!(run(&["imports", "list", "--migrate", "never"]).status.code(), Some(0));
    }
}
