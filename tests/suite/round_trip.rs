//! What a register writes, it reads back without a change.

use std::path::Path;

use tempfile::TempDir;

use crate::support::{Server, TestDatabase, export, generated_rows, import, shared, succeed};

/// Exports records and partnerships as CSV, and imports what was written as the whole of what each
/// source says.
fn reads_back(database: &TestDatabase, what: &str) {
    let partnerships = export(database, "csv");
    let every = ["export", "--database", &database.url, "--format", "csv", "--records", "all"];
    assert!(succeed(&every) == partnerships, "{what}: a table has every record");
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("export.csv");
    std::fs::write(&file, &partnerships).unwrap();
    let (code, report) = import(database, &file, &["--mode", "sync"]);
    let outcome = &report["outcome"];
    assert_eq!(code, Some(0), "{what}: {outcome}");
    for changes in ["created", "updated", "removed", "rejected", "skipped"] {
        assert_eq!(outcome[changes].as_u64().unwrap_or(0), 0, "{what}: {outcome}");
    }
    assert!(outcome["unchanged"].as_u64().unwrap() > 0, "{what}: {outcome}");
}

#[test]
fn the_sample_is_read_back() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("import/sample.csv");
    for database in TestDatabase::each() {
        assert_eq!(import(&database, &sample, &[]).0, Some(0));
        reads_back(&database, database.name);
    }
}

#[test]
fn the_demo_is_read_back() {
    for database in TestDatabase::each() {
        drop(Server::start(&database, &["--demo"]));
        reads_back(&database, database.name);
    }
}

#[test]
fn real_link_files_are_read_back() {
    for database in TestDatabase::each() {
        for (file, profile) in [
            ("data/links/wikidata_p190_france.tsv", "wikidata-p190"),
            ("data/links/twin_cities_world.csv", "twin-cities"),
        ] {
            let Some(file) = shared(file) else { return };
            import(&database, &file, &["--profile", profile, "--valid-rows-only"]);
        }
        reads_back(&database, database.name);
    }
}

#[test]
fn many_generated_rows_are_read_back() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("rows.csv");
    std::fs::write(&file, generated_rows(20_000)).unwrap();
    let database = TestDatabase::sqlite();
    let (code, report) = import(&database, &file, &[]);
    assert_eq!(code, Some(0), "{}", report["outcome"]);
    reads_back(&database, database.name);
}
