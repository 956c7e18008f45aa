//! Properties of reading: any table of text is read or refused, and what is written reads back.

use std::sync::OnceLock;

use atlas_aect::{
    atlas::{
        export::for_people,
        imports::{Examined, examine},
    },
    domain::{Issue, IssueCode, Language, Severity},
    formats::csv::{BYTE_ORDER_MARK, Profile, Writer, header},
};
use proptest::prelude::*;

/// Texts that mean something in one column or another, and texts that mean nothing.
fn cell() -> impl Strategy<Value = String> {
    let words = [
        "",
        "Lyon",
        "Birmingham",
        "GB",
        "Allemagne",
        "Saint-Denis",
        "La Réunion",
        "Grand Lyon",
        "69123",
        "216901231",
        "2016",
        "31/12/2024",
        "03/04/12",
        "déc. 2024",
        "12 500,50 €",
        "1.500",
        "eau|sante",
        "6|13",
        "-1.9",
        "52,48",
        "jumelage",
        "en cours",
        "www.lyon.fr",
        "https://exemple.fr/",
        "?",
        "n/a",
        "Lyon|Villeurbanne",
        "GB|DE",
        "{{!}}",
        "Q42",
        "Köln / Cologne",
        "=1+1",
        "=HYPERLINK(\"http://exemple.fr\")",
        "-2+3+cmd|' /C calc'!A0",
        "-4.5",
        "+33 4 72",
        "@maire",
        "'=1+1",
        "''-a",
        "'s-Hertogenbosch",
        "\u{fffd}",
        "Ã©",
        "\u{2028}",
        "a\nb",
        "\"",
        ";",
        "\t",
        "|",
        "||",
        "é\u{301}",
        "東京",
        "٣",
    ];
    prop_oneof![
        6 => proptest::sample::select(words.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[0-9 .,/€-]{0,14}",
    ]
}

fn table() -> impl Strategy<Value = Vec<Vec<String>>> {
    (3usize..13).prop_flat_map(|width| {
        let row = proptest::collection::vec(cell(), width);
        proptest::collection::vec(row, 0..8)
    })
}

/// Columns that a table may have beside the required ones.
const OTHERS: [&str; 10] = [
    "Intitulé",
    "description",
    "financeurs",
    "partenaire_region",
    "Date de début",
    "budget",
    "themes",
    "longitude",
    "latitude",
    "statut",
];

fn text(rows: &[Vec<String>], separator: u8) -> Vec<u8> {
    let width = rows.first().map_or(3, Vec::len);
    let titles = ["Collectivité", "Partenaire", "Pays"].into_iter().chain(OTHERS).take(width);
    let mut csv =
        csv::WriterBuilder::new().delimiter(separator).flexible(true).from_writer(Vec::new());
    csv.write_record(titles).unwrap();
    for row in rows {
        csv.write_record(row).unwrap();
    }
    csv.into_inner().unwrap()
}

fn explained(issues: &[Issue]) {
    for issue in issues {
        for language in [Language::French, Language::English] {
            assert!(!issue.message(language).is_empty());
        }
        assert!(issue.line >= 2, "{issue:?}");
    }
}

fn written(examined: &Examined) -> Vec<u8> {
    let mut csv = header().into_bytes();
    let mut writer = Writer::new(&mut csv);
    for (_, record) in &examined.records {
        writer.write(record).unwrap();
    }
    drop(writer);
    csv
}

fn reads_back(examined: &Examined) {
    let csv = written(examined);
    for row in csv::Reader::from_reader(csv.as_slice()).records() {
        for cell in &row.unwrap() {
            let number = cell.split('|').all(|value| value.parse::<f64>().is_ok());
            assert!(!cell.starts_with(['=', '+', '-', '@']) || number, "{cell:?} would run");
        }
    }
    let excel = |language| [BYTE_ORDER_MARK.as_bytes(), &for_people(&csv, language)].concat();
    for csv in [excel(Language::French), excel(Language::English), csv] {
        let again = examine(csv.as_slice(), &Profile::native(), "other").unwrap();
        let shown = String::from_utf8_lossy(&csv);
        let errors: Vec<&Issue> =
            again.issues.iter().filter(|issue| issue.code.severity() == Severity::Error).collect();
        assert!(errors.is_empty(), "{errors:?}\n{shown}");
        let records = |examined: &Examined| {
            examined.records.iter().map(|(_, record)| record.clone()).collect::<Vec<_>>()
        };
        assert_eq!(records(&again), records(examined), "{shown}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_table_is_read_or_refused_with_issues(
        rows in table(),
        separator in proptest::sample::select(vec![b',', b';', b'\t']),
    ) {
        let examined = examine(text(&rows, separator), &Profile::recognised(), "test");
        if let Ok(examined) = examined {
            explained(&examined.issues);
            let rejects = |issue: &&Issue| issue.code.severity() == Severity::Error;
            let errors = examined.issues.iter().filter(rejects).count() as u64;
            prop_assert!(errors >= examined.rejected, "every rejected row says why");
            reads_back(&examined);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = examine(bytes.as_slice(), &Profile::recognised(), "test");
        let mut behind_a_header = b"collectivite;partenaire;partenaire_pays\n".to_vec();
        behind_a_header.extend(&bytes);
        let _ = examine(behind_a_header, &Profile::recognised(), "test");
    }

    #[test]
    fn any_profile_is_read_or_refused(toml in "(?s)[a-z_\\[\\]=\"'\n .,;|é0-9]{0,200}") {
        let _ = Profile::parse("test", &toml);
    }
}

#[test]
fn the_sample_reads_back() {
    static SAMPLE: OnceLock<Vec<u8>> = OnceLock::new();
    let sample = SAMPLE.get_or_init(|| {
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/import/sample.csv")).unwrap()
    });
    let examined = examine(sample.as_slice(), &Profile::native(), "test").unwrap();
    assert!(examined.records.len() > 100);
    assert_eq!(examined.rejected, 0);
    reads_back(&examined);
}

#[test]
fn the_documentation_explains_every_issue() {
    let docs = include_str!("../../docs/import-issues.md");
    let explained: Vec<(&str, &str)> = docs
        .split("\n## `")
        .skip(1)
        .filter_map(|section| {
            let (code, rest) = section.split_once("`\n")?;
            Some((code, rest.split(" — ").next()?.trim()))
        })
        .collect();
    let known: Vec<(&str, &str)> = IssueCode::ALL
        .iter()
        .map(|code| {
            let severity = match code.severity() {
                Severity::Error => "Erreur · Error",
                Severity::Warning => "Avertissement · Warning",
            };
            (code.code(), severity)
        })
        .collect();
    assert_eq!(explained, known);
}

#[test]
fn issues_are_told_once_for_each_language() {
    for code in IssueCode::ALL {
        assert_ne!(code.message(Language::French), code.message(Language::English));
    }
}
