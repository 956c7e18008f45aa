//! What single cells say is understood, or told: no part of one is dropped in silence, no code
//! overrules a name, no place is a guess.

use std::{collections::BTreeMap, fs};

use crate::support::{TestDatabase, export, import, shared};

/// What a file comes to, row by row: `69123 Lyon → Birmingham GB` (with dates and an amount where
/// it has them), or `rejected`; then each issue with its suggestion.
fn outcomes(csv: &str) -> BTreeMap<String, String> {
    let (place, folder) = (TestDatabase::sqlite(), tempfile::tempdir().unwrap());
    let file = folder.path().join("in.csv");
    fs::write(&file, csv).unwrap();
    let (_, report) = import(&place, &file, &["--valid-rows-only"]);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let keys: Vec<String> = reader.records().map(|row| row.unwrap()[0].to_owned()).collect();
    let mut outcomes: BTreeMap<String, String> =
        keys.iter().map(|key| (key.clone(), "rejected".to_owned())).collect();
    let written = export(&place, "csv");
    let mut reader = csv::Reader::from_reader(written.as_bytes());
    for row in reader.deserialize::<BTreeMap<String, String>>() {
        let row = row.unwrap();
        let cell = |name: &str| row[name].clone();
        let mut said = vec![
            cell("collectivite_code"),
            cell("collectivite"),
            "→".into(),
            cell("partenaire"),
            cell("partenaire_pays"),
        ];
        said.extend(["date_debut", "date_fin", "budget_eur"].map(cell));
        said.retain(|text| !text.is_empty());
        outcomes.insert(cell("identifiant"), said.join(" "));
    }
    for issue in report["issues"].as_array().unwrap() {
        let line = issue["line"].as_u64().unwrap() as usize;
        let code = issue["code"].as_str().unwrap();
        // what the gazetteer lacks is told elsewhere
        if code == "partner-unplaced" {
            continue;
        }
        let suggestion =
            issue["suggestion"].as_str().map(|s| format!(" = {s}")).unwrap_or_default();
        let said = outcomes.get_mut(&keys[line - 2]).unwrap();
        *said = format!("{said}; {code}{suggestion}");
    }
    outcomes
}

/// The rows of a table of cases, by column.
fn rows(csv: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_reader(csv.as_bytes()).deserialize().map(Result::unwrap).collect()
}

/// Compares each row with what is expected of it, and shows all that differ.
fn compare(case: &str, outcomes: &BTreeMap<String, String>, expected: &[(&str, &str)]) {
    let differ = expected.iter().filter(|(key, said)| outcomes[*key] != *said);
    let differ: Vec<String> = differ
        .map(|(key, said)| format!("{key}: {}\n  instead of {said}", outcomes[*key]))
        .collect();
    assert!(differ.is_empty(), "{case}:\n{}", differ.join("\n"));
}

/// The rows of a table of cases as a file to import: the columns between the first so many and the
/// last, which says what is expected.
fn as_file(table: &str, skipped: usize) -> String {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let native = reader.headers().unwrap().len() - 1 - skipped;
    writer.write_record(reader.headers().unwrap().iter().skip(skipped).take(native)).unwrap();
    for row in reader.records() {
        writer.write_record(row.unwrap().iter().skip(skipped).take(native)).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

#[test]
fn each_cell_is_understood_or_told() {
    let table = include_str!("cells/own.csv");
    let rows = rows(table);
    let expected: Vec<(&str, &str)> =
        rows.iter().map(|row| (&*row["identifiant"], &*row["attendu"])).collect();
    compare("own", &outcomes(&as_file(table, 0)), &expected);
}

/// For each kind of fault, what comes the same way in other words and languages.
#[test]
fn other_cells_of_each_kind_are_understood_or_told() {
    let table = include_str!("cells/kinds.csv");
    let rows = rows(table);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        *kinds.entry(&row["kind"]).or_default() += 1;
    }
    assert!(kinds.len() == 10 && kinds.values().all(|count| *count >= 5), "{kinds:?}");
    let mut outcomes = outcomes(&as_file(table, 1));
    for said in outcomes.values_mut() {
        // which towns are told is another test's
        if let Some(at) = said.find("partner-ambiguous = ") {
            said.truncate(at + "partner-ambiguous".len());
        }
    }
    let expected: Vec<(&str, &str)> =
        rows.iter().map(|row| (&*row["identifiant"], &*row["attendu"])).collect();
    compare("kinds", &outcomes, &expected);
}

#[test]
fn the_cases_that_failed_give_the_right_result_or_issue() {
    let rows = rows(include_str!("cells/shared.csv"));
    let mut cases: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for row in &rows {
        cases.entry(&row["case"]).or_default().push((&row["identifiant"], &row["attendu"]));
    }
    assert_eq!(cases.len(), 11);
    for (case, expected) in cases {
        let Some(path) = shared(&format!("cases/{case}")) else { continue };
        let mut csv = fs::read_to_string(path).unwrap();
        if !csv.starts_with("identifiant") {
            let numbered = csv.lines().enumerate().map(|(index, line)| match index {
                0 => format!("identifiant,{line}\n"),
                _ => format!("e{},{line}\n", index + 1),
            });
            csv = numbered.collect();
        }
        compare(case, &outcomes(&csv), &expected);
    }
}
