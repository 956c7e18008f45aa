//! A register as one file, and back, from either database to either.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    thread::sleep,
    time::{Duration, Instant},
};

use atlas_aect::{formats::backup::BackupWriter, storage::Database};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    import_jobs::{Desk, ITEMS, rows},
    support::{
        Server, TestDatabase, atlas, generated_rows, import, run, succeed, tamper, timeless,
    },
};

/// Enough for an import to take longer than a backup.
const ROWS: u64 = 5_000;
/// How many of the backups made meanwhile are restored.
const RESTORED: usize = 4;

fn all(database: &TestDatabase) -> String {
    let native = succeed(&["export", "--database", &database.url, "--format", "csv"]);
    let geojson = succeed(&["export", "--records", "all", "--database", &database.url]);
    native + &geojson
}

fn backup(database: &TestDatabase, file: &Path, uploads: &Path) -> String {
    let (file, uploads) = (file.to_str().unwrap(), uploads.to_str().unwrap());
    succeed(&["backup", file, "--database", &database.url, "--uploads", uploads])
}

/// Tries to restore; the exit code and what was said.
fn restore(
    database: &TestDatabase,
    file: &Path,
    uploads: &Path,
    more: &[&str],
) -> (Option<i32>, String) {
    let (file, uploads) = (file.to_str().unwrap(), uploads.to_str().unwrap());
    let arguments = ["restore", file, "--database", &database.url, "--uploads", uploads];
    let output = run(&[&arguments[..], more].concat());
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

fn check(database: &TestDatabase) -> (Option<i32>, String) {
    let output = run(&["check", "--database", &database.url]);
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

/// A path that nothing is at.
fn fresh(folder: &TempDir, name: &str) -> PathBuf {
    folder.path().join(name)
}

fn import_file(database: &TestDatabase, folder: &TempDir, csv: &[u8]) {
    let path = folder.path().join("rows.csv");
    fs::write(&path, csv).unwrap();
    let (code, report) = import(database, &path, &["--valid-rows-only"]);
    assert!(matches!(code, Some(0 | 3)), "{report:#}");
}

#[test]
fn what_is_backed_up_is_restored_on_either_database() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("import/sample.csv");
    for from in TestDatabase::each() {
        let folder = TempDir::new().unwrap();
        import_file(&from, &folder, &fs::read(&sample).unwrap());
        import_file(&from, &folder, &generated_rows(200));
        import_file(&from, &folder, rows(0..30, "en_cours").as_bytes());
        import_file(&from, &folder, rows(5..40, "termine").as_bytes());
        succeed(&["imports", "revert", "3", "--skip-conflicts", "--database", &from.url]);
        succeed(&["token", "create", "--name", "a", "--role", "admin", "--database", &from.url]);
        let file = fresh(&folder, "backup.zst");
        let told = backup(&from, &file, &fresh(&folder, "uploads"));
        assert!(told.contains("version 5 of register"), "{told}");
        for to in TestDatabase::each() {
            let uploads = fresh(&folder, "no-uploads");
            let (code, told) = restore(&to, &file, &uploads, &[]);
            assert_eq!(code, Some(0), "{} to {}: {told}", from.name, to.name);
            assert_eq!(all(&to), all(&from), "{} to {}", from.name, to.name);
            let (code, told) = check(&to);
            assert_eq!(code, Some(0), "{told}");
            for command in [&["imports", "list", "--json"][..], &["token", "list", "--json"]] {
                let said = |place: &TestDatabase| {
                    succeed(&[command, &["--database", &place.url]].concat())
                };
                assert_eq!(said(&to), said(&from), "{} to {}: {command:?}", from.name, to.name);
            }
            // a backup of the copy has the same lines
            let again = fresh(&folder, "again.zst");
            backup(&to, &again, &uploads);
            let lines = |file: &Path| {
                let text = zstd::decode_all(fs::File::open(file).unwrap()).unwrap();
                let text = String::from_utf8(text).unwrap().replace(", ", ",");
                let mut lines: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
                lines.sort_unstable();
                lines
            };
            if from.name == to.name {
                assert_eq!(lines(&again), lines(&file), "{}", from.name);
            }
            // it takes the place of another register only where that is said
            let (code, told) = restore(&to, &file, &uploads, &[]);
            assert!(code == Some(1) && told.contains("--replace"), "{told}");
            // what comes later goes on from there
            import_file(&to, &folder, rows(50..52, "en_cours").as_bytes());
            assert_eq!(restore(&to, &file, &uploads, &["--replace"]).0, Some(0));
            assert_eq!(all(&to), all(&from), "{} to {} again", from.name, to.name);
        }
    }
}

/// A backup as the release before the ids would have written it.
fn of_earlier_release(file: &Path) -> Vec<u8> {
    let text = zstd::decode_all(fs::File::open(file).unwrap()).unwrap();
    let mut writer = BackupWriter::new(Vec::new()).unwrap();
    let mut left_out = None;
    for (number, line) in str::from_utf8(&text).unwrap().lines().enumerate() {
        let mut value: Value = serde_json::from_str(line).unwrap();
        if number == 0 {
            let migrations = value["migrations"].as_array_mut().unwrap();
            migrations.retain(|one| one != "0008");
        } else if let Some(columns) = value.get_mut("columns") {
            let columns = columns.as_array_mut().unwrap();
            left_out = columns
                .iter()
                .position(|one| matches!(one.as_str(), Some("register_id" | "version_id")));
            left_out.map(|place| columns.remove(place));
        } else if let (Some(place), Some(row)) = (left_out, value.as_array_mut()) {
            row.remove(place);
        }
        writer.line(&value.to_string()).unwrap();
    }
    writer.finish().unwrap()
}

#[test]
fn a_backup_of_an_earlier_release_is_brought_up_to_date() {
    for place in TestDatabase::each() {
        let folder = TempDir::new().unwrap();
        import_file(&place, &folder, rows(0..30, "en_cours").as_bytes());
        let file = fresh(&folder, "backup.zst");
        let uploads = fresh(&folder, "uploads");
        backup(&place, &file, &uploads);
        let before = all(&place);
        fs::write(&file, of_earlier_release(&file)).unwrap();
        for to in TestDatabase::each() {
            for more in [&[][..], &["--replace"]] {
                let (code, told) = restore(&to, &file, &uploads, more);
                assert_eq!(code, Some(0), "{} to {}: {told}", place.name, to.name);
                assert_eq!(all(&to), before, "{} to {}", place.name, to.name);
                assert_eq!(check(&to).0, Some(0));
            }
        }
    }
}

#[test]
fn a_backup_that_is_not_whole_is_refused() {
    for place in TestDatabase::each() {
        let folder = TempDir::new().unwrap();
        import_file(&place, &folder, rows(0..30, "en_cours").as_bytes());
        let file = fresh(&folder, "backup.zst");
        let uploads = fresh(&folder, "uploads");
        backup(&place, &file, &uploads);
        let whole = fs::read(&file).unwrap();
        let before = all(&place);
        let bad = fresh(&folder, "bad.zst");
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 4;
        let cut = whole[..whole.len() - 1].to_vec();
        let half = whole[..whole.len() / 2].to_vec();
        for (what, bytes) in [
            ("changed", flipped),
            ("cut short", cut),
            ("cut short", half),
            ("no backup", Vec::new()),
            ("no backup", b"identifiant,collectivite\n".repeat(9)),
        ] {
            fs::write(&bad, bytes).unwrap();
            let (code, told) = restore(&place, &bad, &uploads, &["--replace"]);
            assert_eq!(code, Some(1), "{what}: {told}");
            assert!(told.contains(what) && told.contains("Nothing was changed"), "{told}");
            assert_eq!(all(&place), before, "{what}");
            // nor does it leave an empty register behind
            let nowhere = TestDatabase::sqlite();
            assert_eq!(restore(&nowhere, &bad, &uploads, &[]).0, Some(1));
            assert!(!Path::new(nowhere.url.strip_prefix("sqlite:").unwrap()).exists());
        }
    }
}

#[test]
fn a_backup_is_of_one_moment_while_imports_run() {
    for place in TestDatabase::each() {
        let folder = TempDir::new().unwrap();
        import_file(&place, &folder, rows(0..30, "en_cours").as_bytes());
        let csv = fresh(&folder, "many.csv");
        fs::write(&csv, generated_rows(ROWS)).unwrap();
        let mut importing = atlas(&["import", csv.to_str().unwrap(), "--database", &place.url])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut backups = Vec::new();
        while importing.try_wait().unwrap().is_none() || backups.len() < 3 {
            let file = fresh(&folder, &format!("{}.zst", backups.len()));
            backup(&place, &file, &fresh(&folder, "uploads"));
            backups.push(file);
        }
        assert!(importing.wait().unwrap().success());
        let step = backups.len().div_ceil(RESTORED);
        for file in backups.into_iter().step_by(step) {
            let copy = TestDatabase::sqlite();
            let (code, told) = restore(&copy, &file, &fresh(&folder, "no-uploads"), &[]);
            assert_eq!(code, Some(0), "{told}");
            assert_eq!(check(&copy).0, Some(0));
            let mut records = 0;
            let version =
                Database::open(&copy.url).unwrap().read(|_| records += 1).unwrap().version.number;
            let whole = [(1, 30), (2, 30 + ROWS)];
            assert!(whole.contains(&(version, records)), "{}: {records}", place.name);
        }
    }
}

#[test]
fn files_that_wait_are_restored_with_their_imports() {
    for desk in Desk::each() {
        let id = desk.post("dry_run=true", rows(0..3, "en_cours").as_bytes());
        desk.wait(id, &["planned"]);
        let folder = TempDir::new().unwrap();
        let file = fresh(&folder, "backup.zst");
        let told = backup(&desk.database, &file, &desk.folder.path().join("uploads"));
        assert!(told.contains("1 files of imports"), "{told}");
        // the machine is lost; another one takes over
        let mut other = Desk { database: TestDatabase::sqlite(), folder, ..desk };
        let uploads = other.folder.path().join("uploads");
        assert_eq!(restore(&other.database, &file, &uploads, &[]).0, Some(0));
        other.server = Desk::serve(&other.database, &other.folder, &[]);
        assert_eq!(other.get(id)["state"], "planned");
        let digest = other.get(id)["plan"]["digest"].clone();
        let agreed = other.act(id, "commit", &json!({"digest": digest}));
        assert!(agreed.status < 300, "{}", agreed.body);
        other.wait(id, &["committed"]);
        assert_eq!(other.matched(), 3);
    }
}

#[test]
fn running_servers_show_what_was_restored() {
    for place in TestDatabase::each() {
        let folder = TempDir::new().unwrap();
        import_file(&place, &folder, rows(0..30, "en_cours").as_bytes());
        let file = fresh(&folder, "backup.zst");
        let uploads = fresh(&folder, "uploads");
        backup(&place, &file, &uploads);
        let before = timeless(&all(&place));
        let servers = [Server::start(&place, &[]), Server::start(&place, &[])];
        import_file(&place, &folder, rows(20..50, "termine").as_bytes());
        let (code, told) = restore(&place, &file, &uploads, &["--replace"]);
        assert_eq!(code, Some(0), "{told}");
        assert_eq!(timeless(&all(&place)), before);
        let begun = Instant::now();
        for server in &servers {
            while server.json(ITEMS)["numberMatched"] != 30 {
                assert!(begun.elapsed() < Duration::from_secs(8), "{}", place.name);
                sleep(Duration::from_millis(50));
            }
        }
        // and patch what comes next on top of that
        import_file(&place, &folder, rows(60..61, "termine").as_bytes());
        let begun = Instant::now();
        for server in &servers {
            while server.json(ITEMS)["numberMatched"] != 31 {
                assert!(begun.elapsed() < Duration::from_secs(8), "{}", place.name);
                sleep(Duration::from_millis(50));
            }
        }
    }
}

#[test]
fn a_check_finds_what_does_not_fit() {
    for place in TestDatabase::each() {
        let folder = TempDir::new().unwrap();
        import_file(&place, &folder, rows(0..30, "en_cours").as_bytes());
        let (code, told) = check(&place);
        assert!(code == Some(0) && told.contains("30 records, version 1"), "{told}");
        for (damage, named, repair) in [
            (
                "UPDATE partnerships SET title = 'Autre' WHERE id = 7",
                "partnership 7",
                "UPDATE partnerships SET title = (SELECT title FROM partnerships WHERE id = 8) \
                 WHERE id = 7",
            ),
            (
                "UPDATE partnerships SET changeset_id = 99 WHERE id = 3",
                "changesets",
                "UPDATE partnerships SET changeset_id = 1 WHERE id = 3",
            ),
        ] {
            // SQLite would refuse that, were it asked to
            let off = if place.name == "SQLite" { "PRAGMA foreign_keys = OFF;" } else { "" };
            tamper(&place, &format!("{off}{damage}"));
            let (code, told) = check(&place);
            assert!(code == Some(1) && told.contains(named), "{}: {damage}: {told}", place.name);
            tamper(&place, repair);
        }
        assert_eq!(check(&place).0, Some(0));
    }
}
