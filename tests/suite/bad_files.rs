//! The files of `tests/import`, each named for what is odd about it: what an import says of it is
//! in the `.expected` file beside it. `UPDATE_EXPECTED=1` writes these anew, to be read in the diff.

use std::{fmt::Write as _, fs, path::Path};

use atlas_aect::{
    atlas::imports::{Import, Report, import::Progress},
    domain::{Issue, Mode},
    formats::csv::Profile,
    storage::Database,
};

#[test]
fn every_file_gives_the_issues_it_must() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import");
    let scratch = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", scratch.path().join("empty.db").display());
    let mut database = Database::open(&url).unwrap();
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".expected") && !name.ends_with(".md"))
        .collect();
    names.sort();
    assert!(names.len() >= 60, "{} files", names.len());
    let mut wrong = String::new();
    for name in &names {
        let said = said(&mut database, &folder, name);
        let expected = folder.join(format!("{name}.expected"));
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            fs::write(&expected, &said).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != said {
            let _ = writeln!(wrong, "── {name} says now:\n{said}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What an import that writes nothing says of a file.
fn said(database: &mut Database, folder: &Path, name: &str) -> String {
    let import = Import {
        profile: Profile::recognised(),
        source: None,
        only_source: None,
        file: name.to_owned(),
        mode: Mode::Upsert,
        actor: "test".into(),
        dry_run: true,
        valid_rows_only: false,
        allow_mass_removal: false,
        expect: None,
        job: None,
        progress: std::sync::Arc::new(Progress::default()),
    };
    let file = fs::File::open(folder.join(name)).unwrap();
    match import.run(database, file) {
        Ok(report) => shown(&report),
        Err(error) => format!("refused: {error}\n"),
    }
}

fn shown(report: &Report) -> String {
    let outcome = &report.outcome;
    let mut said = format!("{}, {}", report.encoding, report.profile);
    if !report.ignored_columns.is_empty() {
        let _ = write!(said, ", not read: {}", report.ignored_columns.join(", "));
    }
    let _ = write!(said, "\n{} rows: {} records", outcome.rows, outcome.created);
    for (count, what) in [
        (outcome.rejected, "rejected"),
        (outcome.repeated, "repeated"),
        (outcome.skipped, "skipped"),
    ] {
        if count > 0 {
            let _ = write!(said, ", {count} {what}");
        }
    }
    said.push('\n');
    for issue in &report.issues {
        let Issue { code, line, column, value, suggestion } = issue;
        let _ = write!(said, "line {line}: {} {}", code.severity().code(), code.code());
        if let (Some(column), Some(value)) = (column, value) {
            let value: String = value.chars().take(60).collect();
            let _ = write!(said, ", {column} {value:?}");
        }
        if let Some(suggestion) = suggestion {
            let _ = write!(said, " → {suggestion}");
        }
        said.push('\n');
    }
    said
}
