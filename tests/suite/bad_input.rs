//! What is wrong gets a clear message, the right exit code, and leaves nothing behind.

use std::{fs, path::Path};

use tempfile::TempDir;

use crate::support::{TestDatabase, atlas, export, import, is_empty, run, succeed};

const HEADER: &str = "collectivite,partenaire,partenaire_pays,date_debut,date_fin,longitude,latitude,themes,odd,url,budget_eur\n";

/// Runs an import that must fail before any row; its message.
fn refusal(path: &Path, code: i32) -> String {
    let database = TestDatabase::sqlite();
    let output = run(&["import", path.to_str().unwrap(), "--database", &database.url]);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{message}");
    assert!(!message.contains("panicked") && !message.contains("Err("), "{message}");
    assert!(is_empty(&database), "nothing was written");
    message
}

#[test]
fn what_is_no_table_is_refused() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    for (path, words) in [
        (folder.path().join("missing.csv"), "No such file"),
        (folder.path().to_owned(), "it is a folder"),
        (write("empty.csv", b""), "it is empty"),
        (write("program.csv", b"\x7fELF\x02\x01\x01\0\0\0"), "not a text file"),
        (
            write("cities.csv", b"ort,staat\nLyon,GB\n"),
            "required columns are missing: collectivite, partenaire, partenaire_pays",
        ),
        (
            write("twice.csv", b"collectivite,collectivite,partenaire,partenaire_pays\n"),
            "is there twice",
        ),
    ] {
        let message = refusal(&path, 1);
        assert!(message.contains(words), "{message}");
    }
}

#[test]
fn every_bad_value_is_told_with_its_line_and_column() {
    for (row, code, column) in [
        ("Lyon,Birmingham,Ruritanie,,,,,,,,", "country-unknown", "partenaire_pays"),
        ("Lyon,Grenoble,France,,,,,,,,", "both-in-france", "partenaire_pays"),
        ("Lyon,Birmingham,GB,,,-1.9,95,,,,", "position-invalid", "latitude"),
        ("Lyon,Birmingham,GB,,,-190,52,,,,", "position-invalid", "longitude"),
        ("Lyon,Birmingham,GB,,,-1.9,,,,,", "position-incomplete", "latitude"),
        ("Lyon,Birmingham,GB,2016,2015,,,,,,", "period-reversed", "date_fin"),
        ("Lyon,Birmingham,GB,demain,,,,,,,", "date-invalid", "date_debut"),
        ("Lyon,Birmingham,GB,,,,,astrologie,,,", "term-unknown", "themes"),
        ("Lyon,Birmingham,GB,,,,,,18,,", "sdg-invalid", "odd"),
        ("Lyon,Birmingham,GB,,,,,,,javascript:alert(1),", "url-invalid", "url"),
        ("Lyon,Birmingham,GB,,,,,,,,-5", "amount-invalid", "budget_eur"),
        ("Lyon,,GB,,,,,,,,", "value-missing", "partenaire"),
        ("Lyon,Q42,GB,,,,,,,,", "name-unreadable", "partenaire"),
        ("Saint-Denis,Annaba,DZ,,,,,,,,", "collectivity-ambiguous", "collectivite"),
        ("Lyonn,Birmingham,GB,,,,,,,,", "collectivity-unknown", "collectivite"),
        ("Lyon,A|B|C,GB|DE,,,,,,,,", "values-uneven", "partenaire_pays"),
    ] {
        let database = TestDatabase::sqlite();
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("rows.csv");
        fs::write(
            &path,
            format!(
                "{HEADER}Paris,Rome,IT,1956,,,,,,,\n\"Nantes\",\"Cardiff\n\",GB,,,,,,,,\n{row}\n"
            ),
        )
        .unwrap();
        let (exit, report) = import(&database, &path, &[]);
        assert_eq!(exit, Some(3), "{row}: {report:#}");
        assert_eq!(report["written"], false);
        let issues = report["issues"].as_array().unwrap();
        assert_eq!(issues.len(), 1, "{row}: {report:#}");
        let issue = &issues[0];
        assert_eq!((&issue["code"], &issue["column"]), (&code.into(), &column.into()), "{row}");
        assert_eq!(issue["line"], 5, "{row}");
        for language in ["fr", "en"] {
            assert!(issue["message"][language].as_str().unwrap().len() > 20, "{row}");
        }
        assert_eq!(export(&database, "csv").lines().count(), 1, "{row}: nothing was written");

        let (exit, report) = import(&database, &path, &["--valid-rows-only"]);
        assert_eq!(exit, Some(3), "{row}");
        assert_eq!(report["outcome"]["created"], 2, "{row}: {report:#}");
        assert_eq!(export(&database, "csv").lines().count(), 3, "{row}");
    }
}

#[test]
fn wrong_usage_exits_with_two() {
    let database = TestDatabase::sqlite();
    let create = ["token", "create", "--create", "--name", "a", "--role", "reader"];
    succeed(&[&create[..], &["--database", &database.url]].concat());
    for arguments in [
        &["import", "x.csv", "--profile", "nope"][..],
        &["import", "x.csv", "--report", "report.xml"],
        &["import", "x.csv", "--mode", "maybe"],
        &["export", "planets", "--database", &database.url],
        &["export", "--filter", "colour=red", "--database", &database.url],
        &["export", "--filter", "region=999", "--database", &database.url],
        &["imports", "show", "7", "--database", &database.url],
        &["imports", "list", "--database", "mysql://x"],
        &["frobnicate"],
        &[],
    ] {
        let output = run(arguments);
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {message}");
        assert!(message.len() > 20, "{arguments:?}: {message}");
    }
}

#[test]
fn a_password_is_never_shown() {
    let output = run(&["imports", "list", "--database", "postgres://user:s3cret@127.0.0.1:1/none"]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("127.0.0.1") && !message.contains("s3cret"), "{message}");
}

#[test]
fn standard_input_and_both_kinds_of_report_work() {
    use std::io::Write as _;
    let database = TestDatabase::sqlite();
    let folder = TempDir::new().unwrap();
    for (ending, words) in [
        ("json", "\"country-unknown\""),
        ("csv", "error,country-unknown,2,partenaire_pays,Ruritanie"),
    ] {
        let report = folder.path().join(format!("report.{ending}"));
        let mut child = atlas(&[
            "import",
            "-",
            "--database",
            &database.url,
            "--report",
            report.to_str().unwrap(),
        ])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
        let text = format!("{HEADER}Lyon,Birmingham,Ruritanie,,,,,,,,\n");
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(3));
        assert!(fs::read_to_string(report).unwrap().contains(words));
    }
}

#[test]
fn a_code_and_a_name_of_two_authorities_contradict_each_other() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rows.csv");
    for (name, code, agrees) in [
        ("Sens", "89387", true),
        ("Ville de Sens", "89387", true),
        ("Senss", "89387", true),
        ("Sen", "89387", false),
        ("Châlons", "51108", false),
        ("Lens", "89387", false),
        ("Paris", "38485", false),
        ("Lyon", "69202", false),
        ("a", "69123", false),
    ] {
        let row = format!(
            "collectivite,collectivite_code,partenaire,partenaire_pays\n{name},{code},Rome,IT\n"
        );
        fs::write(&path, row).unwrap();
        let (_, report) = import(&TestDatabase::sqlite(), &path, &["--dry-run"]);
        let contradicts = report["issue_totals"]["collectivity-code-mismatch"] == 1;
        assert_eq!(contradicts, !agrees, "{name} {code}: {report:#}");
    }
}
