//! The same facts, written as spreadsheets do, are the same records.

use std::collections::HashMap;

use atlas_aect::{
    domain::{Term, Vocabulary},
    reference::{Countries, vocabularies},
    storage::Database,
};

use crate::{
    plan::run,
    revert::export,
    support::{TestDatabase, generated_rows},
};

const ROWS: u64 = 20_000;

#[test]
fn messy_files_give_the_same_bytes() {
    let clean = String::from_utf8(generated_rows(ROWS)).unwrap();
    let messy = messy(&clean);
    let export_of = |csv: &str| {
        let place = TestDatabase::sqlite();
        let mut database = Database::open(&place.url).unwrap();
        let report = run(&mut database, csv);
        assert_eq!(report.outcome.created, ROWS, "{:?}", report.totals);
        export(&mut database)
    };
    assert!(export_of(&clean) == export_of(&messy), "the exports differ");
}

/// Labels for codes, `31/12/2024`, decimal commas, stray spaces, amounts as people write them,
/// countries by any name, `;` and CRLF.
fn messy(clean: &str) -> String {
    let mut reader = csv::Reader::from_reader(clean.as_bytes());
    let header = reader.headers().unwrap().clone();
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(&header).unwrap();
    for (number, row) in reader.deserialize().enumerate() {
        let row: HashMap<String, String> = row.unwrap();
        let cells = header.iter().map(|column| messy_cell(column, &row[column], number));
        writer.write_record(cells).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn messy_cell(column: &str, text: &str, number: usize) -> String {
    if text.is_empty() {
        return String::new();
    }
    match column {
        "type_lien" => label(vocabularies::kinds(), text).to_uppercase(),
        "statut" => format!("{} ", label(vocabularies::statuses(), text)),
        "themes" => {
            let themes = text.split('|').map(|code| label(vocabularies::themes(), code));
            themes.collect::<Vec<_>>().join(" | ")
        }
        "date_debut" => {
            let parts: Vec<&str> = text.split('-').collect();
            format!("{}/{}/{}", parts[2], parts[1], parts[0])
        }
        "longitude" | "latitude" => text.replace('.', ","),
        "budget_eur" => {
            let (thousands, rest) = text.split_at(text.len().saturating_sub(3));
            format!("{thousands}\u{a0}{rest} €")
        }
        "partenaire_pays" => {
            let country = Countries::bundled().by_alpha2(text).unwrap();
            match number % 3 {
                0 => country.name.fr.clone(),
                1 => country.name.en.to_uppercase(),
                _ => format!(" {}", text.to_lowercase()),
            }
        }
        _ => text.to_owned(),
    }
}

fn label(vocabulary: &'static Vocabulary, code: &str) -> &'static str {
    let term: &'static Term = vocabulary.by_code(code).unwrap();
    &term.label.fr
}
