//! A process may be killed at any moment: an import has happened whole, or not at all.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use atlas_aect::storage::Database;
use tempfile::TempDir;

use crate::support::{TestDatabase, atlas, import, shared};

const ROWS: u64 = 200_000;
const KILLS: u32 = 10;

fn generate(path: &Path) -> bool {
    let Some(script) = shared("bench/make_csv.py") else { return false };
    let output = Command::new("python3").arg(script).arg(ROWS.to_string()).output().unwrap();
    assert!(output.status.success());
    fs::write(path, output.stdout).unwrap();
    true
}

fn state(database: &TestDatabase) -> (u64, usize, Vec<String>) {
    let mut open = Database::open(&database.url).unwrap();
    let mut records = 0;
    open.read(|_| records += 1).unwrap();
    (records, open.imports().unwrap().len(), open.integrity_check().unwrap())
}

#[test]
fn a_killed_import_is_whole_or_absent() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rows.csv");
    if !generate(&path) {
        return;
    }
    for database in TestDatabase::each() {
        // how long it takes when nobody interferes, on a database of its own
        let undisturbed = match database.name {
            "SQLite" => TestDatabase::sqlite(),
            _ => TestDatabase::postgres().unwrap(),
        };
        let begun = Instant::now();
        let (code, _) = import(&undisturbed, &path, &[]);
        assert_eq!(code, Some(0));
        let whole = begun.elapsed();
        let mut done = 0;
        for kill in 1..=KILLS {
            let mut child = atlas(&["import", path.to_str().unwrap(), "--database", &database.url])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            sleep(whole * kill / KILLS);
            let _ = child.kill();
            let _ = child.wait();
            let (records, imports, faults) = state(&database);
            assert_eq!(faults, Vec::<String>::new(), "{} after kill {kill}", database.name);
            assert!(records == 0 || records == ROWS, "{records} records after kill {kill}");
            if records == ROWS {
                done = kill;
                assert!(imports >= 1);
                break;
            }
            assert_eq!(imports, 0, "an import that left nothing is not listed");
        }
        println!(
            "{}: killed {} times before one was quick enough",
            database.name,
            if done > 0 { done } else { KILLS }
        );
        let (code, report) = import(&database, &path, &[]);
        assert_eq!(code, Some(0), "{report:#}");
        assert_eq!(state(&database).0, ROWS);
    }
}

#[test]
fn a_terminated_import_says_so_and_leaves_nothing() {
    let database = TestDatabase::sqlite();
    let mut child = atlas(&["import", "-", "--database", &database.url])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    writeln!(input, "collectivite,partenaire,partenaire_pays").unwrap();
    let row = "Lyon,Birmingham,GB\n".repeat(5_000);
    input.write_all(row.as_bytes()).unwrap();
    sleep(Duration::from_millis(1_500));
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    // more rows make the import look at its switch
    for _ in 0..20 {
        if input.write_all(row.as_bytes()).is_err() {
            break;
        }
        sleep(Duration::from_millis(50));
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nothing was written"));
    assert_eq!(state(&database), (0, 0, Vec::new()));
}
