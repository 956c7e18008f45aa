//! `docs/imports.md` and `docs/profiles.md` tell the truth: commands run, examples are read, and
//! every code is explained.

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    import_jobs::{Desk, ITEMS},
    support::{TestDatabase, export, import},
};

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn its_commands_run() {
    if Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("skipped: curl is not here");
        return;
    }
    let desk = Desk::at(TestDatabase::sqlite(), &[]);
    let folder = desk.folder.path();
    symlink(env!("CARGO_BIN_EXE_atlas"), folder.join("atlas")).unwrap();
    fs::write(folder.join(".curlrc"), "fail-with-body\n").unwrap();
    fs::write(folder.join("liens.csv"), "collectivite,partenaire,partenaire_pays\nLyon,Milan,IT\n")
        .unwrap();
    let text = read("docs/imports.md");
    let blocks = text.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap());
    let script: String = blocks.collect();
    assert!(script.lines().count() > 10);
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let output = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &script])
        .current_dir(folder)
        .envs([("PATH", path.as_str()), ("ATLAS", &desk.server.url)])
        .envs([("ATLAS_DATABASE", desk.database.url.as_str()), ("ATLAS_LOG", "warn")])
        .env("CURL_HOME", folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("event: end") && said.contains("severity,code,line"), "{said}");
    assert_eq!(desk.server.json(ITEMS)["numberMatched"], 1);
}

#[test]
fn the_profile_of_the_handbook_reads_its_table() {
    let text = read("docs/profiles.md");
    let block = |language: &str| {
        let after = text.split(&format!("```{language}\n")).nth(1).unwrap();
        after.split("```").next().unwrap().to_owned()
    };
    let folder = tempfile::tempdir().unwrap();
    let (table, profile) = (folder.path().join("liens.csv"), folder.path().join("mine.toml"));
    fs::write(&table, block("csv")).unwrap();
    fs::write(&profile, block("toml")).unwrap();
    let database = TestDatabase::sqlite();
    let (code, report) = import(&database, &table, &["--profile", profile.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{report:#}");
    assert_eq!(report["outcome"]["created"], 2, "{report:#}");
    let rows = export(&database, "csv");
    for text in ["mon-reseau", "93066", "jumelage", "cooperation", "1989", "en_cours"] {
        assert!(rows.contains(text), "{text} in {rows}");
    }
}

#[test]
fn every_code_is_explained() {
    let text = read("docs/imports.md");
    let quoted = |source: &str, before: &str| -> Vec<String> {
        let after = source.split(before).skip(1).map(|rest| rest.trim_start().to_owned());
        let codes =
            after.filter_map(|rest| rest.strip_prefix('"')?.split('"').next().map(str::to_owned));
        codes.collect()
    };
    let problems = quoted(&read("src/http/web/problem/kinds.rs"), "Kind::new(");
    let failures = read("src/atlas/imports/jobs/failure.rs");
    let failures =
        [quoted(&failures, "Self::new("), quoted(&failures, "=> ("), quoted(&failures, "{ (")]
            .concat();
    assert!(problems.len() > 20 && failures.len() > 15, "{problems:?} {failures:?}");
    for code in [problems, failures].concat() {
        assert!(text.contains(&format!("`{code}`")), "docs/imports.md does not explain {code}");
    }
}
