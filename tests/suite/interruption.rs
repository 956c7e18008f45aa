//! A process may be killed at any moment: an import has happened whole, or not at all.

use std::{
    fs,
    hash::{BuildHasher, Hasher, RandomState},
    io::Write,
    path::Path,
    process::{Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use atlas_aect::storage::Database;
use tempfile::TempDir;

use crate::support::{TestDatabase, atlas, generated_rows, import};

/// Enough for an import to take about half a second.
const ROWS: u64 = 20_000;

fn state(database: &TestDatabase) -> (u64, usize, Vec<String>) {
    let mut open = Database::open(&database.url).unwrap();
    let mut records = 0;
    open.read(|_| records += 1).unwrap();
    (records, open.imports().unwrap().len(), open.integrity_check().unwrap())
}

/// A number from 0 to 1, another one each time: every map of the standard library has its own key.
fn any() -> f64 {
    RandomState::new().build_hasher().finish() as f64 / u64::MAX as f64
}

/// Kills imports at so many random moments, from their start to a little after their end.
fn kill_at_random(kills: u32, another: impl Fn() -> TestDatabase) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rows.csv");
    fs::write(&path, generated_rows(ROWS)).unwrap();
    let mut database = another();
    let begun = Instant::now();
    assert_eq!(import(&database, &path, &[]).0, Some(0));
    let mut whole = begun.elapsed();
    database = another();
    let (mut absent, mut done) = (0, 0);
    let mut in_a_row = 0;
    for kill in 1..=kills {
        let moment = whole.mul_f64(1.2 * any());
        let mut child = atlas(&["import", path.to_str().unwrap(), "--database", &database.url])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        sleep(moment);
        let _ = child.kill();
        let _ = child.wait();
        let (records, imports, faults) = state(&database);
        assert_eq!(faults, Vec::<String>::new(), "{} after kill {kill}", database.name);
        match (records, imports) {
            (0, 0) => {
                absent += 1;
                in_a_row += 1;
                // a machine that has become busier takes longer than it did at first
                if in_a_row % 8 == 0 {
                    whole = whole.mul_f64(1.5);
                }
            }
            (ROWS, 1) => {
                done += 1;
                in_a_row = 0;
                database = another();
            }
            half => panic!("{half:?} records and imports after {moment:?} of {whole:?}"),
        }
    }
    println!("{}: {kills} kills, {absent} imports absent, {done} whole", database.name);
    assert!(absent > 0 && done > 0, "the moments are spread over the import");
    let (code, report) = import(&database, &path, &[]);
    assert_eq!(code, Some(0), "{report:#}");
    assert_eq!(state(&database).0, ROWS);
}

#[test]
fn killed_imports_are_whole_or_absent_on_sqlite() {
    kill_at_random(100, TestDatabase::sqlite);
}

#[test]
fn killed_imports_are_whole_or_absent_on_postgres() {
    if TestDatabase::postgres().is_some() {
        kill_at_random(50, || TestDatabase::postgres().unwrap());
    }
}

#[test]
fn a_full_disk_leaves_the_register_as_it_was() {
    let folder = TempDir::new().unwrap();
    let (disk, path) = (folder.path().join("disk"), folder.path().join("rows.csv"));
    fs::create_dir(&disk).unwrap();
    let mount = ["-t", "tmpfs", "-o", "size=12m", "tmpfs", disk.to_str().unwrap()];
    let mounted = Command::new("mount").args(mount).stderr(Stdio::null()).status();
    if !mounted.is_ok_and(|status| status.success()) {
        println!("skipped: this user may not mount a small disk");
        return;
    }
    let outcome = std::panic::catch_unwind(|| {
        fs::write(&path, generated_rows(100_000)).unwrap();
        let small = folder.path().join("few.csv");
        fs::write(&small, generated_rows(1_000)).unwrap();
        let url = format!("sqlite:{}", disk.join("atlas.db").display());
        let run = |file: &Path| {
            atlas(&["import", file.to_str().unwrap(), "--database", &url]).output().unwrap()
        };
        assert!(run(&small).status.success());
        let output = run(&path);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.contains("full"), "{message}");
        let mut database = Database::open(&url).unwrap();
        let mut records = 0;
        database.read(|_| records += 1).unwrap();
        assert_eq!((records, database.imports().unwrap().len()), (1_000, 1));
        assert_eq!(database.integrity_check().unwrap(), Vec::<String>::new());
        drop(database);
        assert!(run(&small).status.success(), "and it goes on");
    });
    let _ = Command::new("umount").arg(&disk).status();
    outcome.unwrap();
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
