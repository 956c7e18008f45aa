//! A database of an earlier release is brought up to date in place, with everything it holds.

use std::{
    fs,
    path::{Path, PathBuf},
};

use atlas_aect::{
    atlas::{
        imports::{Import, report::import_json},
        register::{
            document::history_json,
            history::history,
            revert::{Revert, revert},
        },
    },
    domain::{Mode, PartnershipId},
    storage::Database,
};
use diesel::{Connection, PgConnection, SqliteConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    import_jobs::Desk,
    plan::plain,
    session::token,
    support::{Server, TestDatabase, export, tamper},
};

/// A database as an earlier release left it, and what that release said of it.
struct Earlier {
    database: TestDatabase,
    folder: PathBuf,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/before-changesets")
}

impl Earlier {
    fn each() -> Vec<Self> {
        let restore = |database: TestDatabase| {
            let name = if database.name == "SQLite" { "sqlite" } else { "postgres" };
            let folder = fixtures().join(name);
            tamper(&database, &fs::read_to_string(folder.join("dump.sql")).unwrap());
            Self { database, folder }
        };
        TestDatabase::each().into_iter().map(restore).collect()
    }

    fn open(&self) -> Database {
        Database::open(&self.database.url).unwrap()
    }

    /// What the earlier release said.
    fn told(&self, file: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(self.folder.join(file)).unwrap()).unwrap()
    }
}

/// Whether `now` says everything that `then` says; it may say more.
fn says(now: &Value, then: &Value) -> bool {
    match (now, then) {
        (Value::Object(now), Value::Object(then)) => {
            then.iter().all(|(name, then)| now.get(name).is_some_and(|now| says(now, then)))
        }
        (Value::Array(now), Value::Array(then)) => {
            now.len() == then.len() && now.iter().zip(then).all(|(now, then)| says(now, then))
        }
        // an amount has decimals by now
        (Value::Number(now), Value::Number(then)) => now.as_f64() == then.as_f64(),
        // a moment has microseconds by now
        (Value::String(now), Value::String(then)) => {
            let to_the_second = then.strip_suffix('Z').filter(|then| then.contains('T'));
            let rest = to_the_second.and_then(|then| now.strip_prefix(then));
            now == then || rest.is_some_and(|rest| rest.starts_with('.') && rest.ends_with('Z'))
        }
        _ => now == then,
    }
}

#[test]
fn imports_histories_and_records_are_told_as_before() {
    for earlier in Earlier::each() {
        let mut database = earlier.open();
        assert_eq!(database.integrity_check().unwrap(), Vec::<String>::new());
        let imports: Vec<Value> = database.imports().unwrap().iter().map(import_json).collect();
        let then = earlier.told("imports.json");
        let causes: Vec<_> = imports.iter().map(|one| one["cause"].as_str().unwrap()).collect();
        let expected = ["import", "revert", "revert", "revert", "import", "import", "import"];
        assert_eq!(causes, expected);
        for (now, then) in imports.iter().zip(then.as_array().unwrap()) {
            // what was not known yet is null over HTTP
            let then = then.as_object().unwrap().iter().filter(|(name, then)| {
                !then.is_null() && !["request", "progress", "error"].contains(&name.as_str())
            });
            for (name, then) in then {
                assert_eq!(&now[name], then, "{name} of import {}", now["id"]);
            }
        }
        let removed = database.removed().unwrap();
        assert_eq!(removed.len(), 3);
        for then in earlier.told("histories.json").as_array().unwrap() {
            let id: PartnershipId = then["id"].as_str().unwrap().parse().unwrap();
            let (source, key) =
                removed.get(&id).cloned().unwrap_or_else(|| key_of(&mut database, id));
            let now = history(&mut database, &source, &key).unwrap().unwrap();
            let now = history_json(id, &now);
            assert!(says(&now, then), "{now:#} does not say {then:#}");
        }
        drop(database);
        let records: Value = serde_json::from_str(&export(&earlier.database, "geojson")).unwrap();
        let then = earlier.told("records.geojson");
        assert!(says(&records["features"], &then["features"]), "{records:#}");
    }
}

fn key_of(database: &mut Database, id: PartnershipId) -> (String, String) {
    let mut found = None;
    let look = |stored: atlas_aect::storage::Stored| {
        let record = stored.partnership;
        if record.id() == id {
            found = Some((record.source, record.key));
        }
    };
    database.read(look).unwrap();
    found.unwrap()
}

#[test]
fn the_same_files_change_only_the_areas_of_partners() {
    for earlier in Earlier::each() {
        let mut database = earlier.open();
        let second = || Import {
            mode: Mode::Sync,
            source: Some("ville".into()),
            file: "second.csv".into(),
            ..plain("ville")
        };
        let file = fs::read_to_string(fixtures().join("second.csv")).unwrap();
        let mut versions = Vec::new();
        // An earlier release knew no areas. An empty line more makes it another file, which is
        // compared record by record.
        for (file, with_areas) in [(file.clone(), 7), (file + "\n", 0)] {
            let report = second().run(&mut database, file.as_bytes()).unwrap();
            assert_eq!(report.outcome.changes(), with_areas, "{:#?}", report.changes);
            let cells = report.changes.iter().flat_map(|change| &change.cells);
            let cells: Vec<_> = cells.map(|cell| format!("{cell:?}")).collect();
            assert!(cells.iter().all(|cell| cell.contains("itude")), "{cells:#?}");
            assert_eq!(
                (report.outcome.updated, report.outcome.unchanged),
                (with_areas, 7 - with_areas)
            );
            assert!(report.import.unwrap() > 7);
            versions.push(database.version().unwrap());
        }
        assert_eq!(versions[0], versions[1]);
    }
}

#[test]
fn each_earlier_change_is_undone_without_false_conflicts() {
    for earlier in Earlier::each() {
        let mut database = earlier.open();
        let mut counts = Vec::new();
        // 3 and 4 are undone already; 5 brought 2 back, and 6 undid 3
        for id in [6, 3, 5, 1] {
            let wanted = Revert { changeset: id, actor: "a test".into(), skip_conflicts: false };
            let undone = revert(&mut database, &wanted);
            let Ok(undone) = undone else {
                counts.push((id, [0; 4]));
                continue;
            };
            let outcome = undone.outcome;
            let of = [outcome.created, outcome.updated, outcome.removed, undone.conflicts.total];
            counts.push((undone.changeset, of));
        }
        // undoing 6 brings two records back, and 3 can be undone again
        let expected =
            [(8, [2, 0, 0, 0]), (9, [0, 0, 2, 0]), (10, [1, 2, 1, 0]), (11, [0, 0, 7, 0])];
        assert_eq!(counts, expected);
        let mut left = 0;
        database.read(|_| left += 1).unwrap();
        assert_eq!(left, 0);
        assert_eq!(database.integrity_check().unwrap(), Vec::<String>::new());
    }
}

#[test]
fn a_job_that_waited_is_done() {
    for earlier in Earlier::each() {
        let folder = TempDir::new().unwrap();
        let uploads = folder.path().join("uploads");
        fs::create_dir(&uploads).unwrap();
        for entry in fs::read_dir(earlier.folder.join("uploads")).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), uploads.join(entry.file_name())).unwrap();
        }
        let server = Server::start(&earlier.database, &["--uploads", uploads.to_str().unwrap()]);
        let bearer = format!("Bearer {}", token(&earlier.database, "importer"));
        let desk = Desk { database: earlier.database, folder, server, bearer };
        let import = desk.wait(7, &["committed", "failed"]);
        assert_eq!(
            (&import["state"], &import["outcome"]["created"]),
            (&"committed".into(), &1.into())
        );
        assert_eq!(desk.matched(), 8);
        // its changeset has its number, and undoing it is the next one
        let undone = desk.act(7, "revert", &Value::Null);
        assert_eq!((undone.status, &undone.json()["id"]), (200, &8.into()));
    }
}

#[test]
fn the_way_back_keeps_imports_and_what_undid_them() {
    for earlier in Earlier::each() {
        drop(earlier.open());
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let back = |harness: &mut dyn Back| while harness.back(&folder) != "0004" {};
        let url = &earlier.database.url;
        match url.strip_prefix("sqlite:") {
            Some(path) => {
                // as the program has it: tables that others name are replaced
                let mut connection = SqliteConnection::establish(path).unwrap();
                diesel::connection::SimpleConnection::batch_execute(
                    &mut connection,
                    "PRAGMA foreign_keys = OFF",
                )
                .unwrap();
                back(&mut connection);
            }
            None => back(&mut PgConnection::establish(url).unwrap()),
        }
        // and up again: nothing was lost on the way
        let mut database = earlier.open();
        assert_eq!(database.integrity_check().unwrap(), Vec::<String>::new());
        let imports: Vec<Value> = database.imports().unwrap().iter().map(import_json).collect();
        for (now, then) in imports.iter().zip(earlier.told("imports.json").as_array().unwrap()) {
            for name in ["id", "state", "reverts", "reverted_by", "file", "mode", "outcome"] {
                assert_eq!(now[name], then[name], "{name} of import {}", now["id"]);
            }
        }
    }
}

/// Takes migrations back.
trait Back {
    /// Takes back the last migration; its number.
    fn back(&mut self, folder: &Path) -> String;
}

macro_rules! back {
    ($connection:ty, $folder:literal) => {
        impl Back for $connection {
            fn back(&mut self, folder: &Path) -> String {
                let all = FileBasedMigrations::from_path(folder.join($folder)).unwrap();
                self.revert_last_migration(all).unwrap().to_string()
            }
        }
    };
}
back!(SqliteConnection, "sqlite");
back!(PgConnection, "postgres");
