//! What goes back to the owner of a file: rejected rows to correct, rows with their issues, and
//! what its columns were taken for.

use std::{collections::BTreeMap, fs};

use atlas_aect::{
    atlas::imports::{
        Examined, examine, file_columns,
        issue_rows::{WantedRows, issue_rows},
    },
    domain::{Column, IssueCode, Language, Severity},
    formats::csv::{Input, Original, Profile, ProfileError, Reader, annotate},
};
use encoding_rs::{Encoding, ISO_8859_15, KOI8_R, MACINTOSH, WINDOWS_1252};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::support::{TestDatabase, run};

const HEADER: &str = "Collectivité;Partenaire;Pays;Début;Note interne";
const GOOD: &str = "Orléans;Münster;Allemagne;1960;à garder";
const BAD: &str = "Besançon;Fribourg;Absurdistan;l'été;=1+1";
const LONG: &str = "Lyon;Leipzig;DE;1981;a;b";

fn examined(file: &[u8]) -> Examined {
    examine(file, &Profile::recognised(), "test").unwrap()
}

/// The annotated copy of a file.
fn annotated(file: &[u8], language: Language) -> Vec<u8> {
    let issues = examined(file).issues;
    let original = Original::new(file, &Profile::recognised()).unwrap();
    let mut copy = Vec::new();
    let written = annotate(original, &issues, language, &mut copy).unwrap();
    assert_eq!(written, examined(file).rejected);
    copy
}

fn errors(examined: &Examined) -> Vec<(IssueCode, Option<String>)> {
    let errors = examined.issues.iter().filter(|i| i.code.severity() == Severity::Error);
    errors.map(|issue| (issue.code, issue.value.clone())).collect()
}

#[test]
fn rejected_rows_come_back_as_they_came() {
    let text = ["Liste 2024", "", HEADER, GOOD, BAD, GOOD, "Lyon;;;;", ""].join("\r\n");
    let (file, ..) = WINDOWS_1252.encode(&text);
    let copy = annotated(&file, Language::French);
    let (text, had_errors) = WINDOWS_1252.decode_without_bom_handling(&copy);
    assert!(!had_errors);
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines[0], format!("{HEADER};_problemes"));
    let said = lines[1].strip_prefix("Besançon;Fribourg;Absurdistan;l'été;'=1+1;").unwrap();
    assert!(said.contains("Pays : « Absurdistan » n'est pas un pays connu."), "{said}");
    assert!(said.contains("Début : « l'été » n'est pas une date"), "{said}");
    assert!(lines[2].starts_with("Lyon;;;;;Partenaire : Une valeur est obligatoire ici."));
    assert_eq!(lines[3..], [""]);

    // uncorrected it says the same, and the remarks are no column that is not read
    let again = examined(&copy);
    assert_eq!(errors(&again), errors(&examined(&file)));
    let reader = Reader::new(copy.as_slice(), &Profile::recognised()).unwrap();
    assert_eq!(reader.ignored(), ["Note interne"]);
    // a copy of the copy has the column once
    assert_eq!(annotated(&copy, Language::French), copy);

    let corrected = text.replace("Absurdistan", "Allemagne").replace("l'été", "1990");
    let corrected = corrected.lines().take(2).collect::<Vec<_>>().join("\r\n");
    let (corrected, ..) = WINDOWS_1252.encode(&corrected);
    let examined = examined(&corrected);
    assert_eq!((examined.rejected, examined.records.len()), (0, 1), "{:?}", examined.issues);
    assert_eq!(examined.records[0].1.collectivities[0].name, "Besançon");
}

#[test]
fn the_copy_is_in_the_form_of_the_file() {
    for (encoding, mark) in [
        (encoding_rs::UTF_8, false),
        (encoding_rs::UTF_8, true),
        (encoding_rs::UTF_16LE, true),
        (encoding_rs::UTF_16BE, true),
        (encoding_rs::UTF_16LE, false),
        (WINDOWS_1252, false),
        (ISO_8859_15, false),
        (MACINTOSH, false),
    ] {
        for line_end in ["\n", "\r\n", "\r"] {
            for separator in [",", ";", "\t"] {
                // the euro and the ligature tell ISO-8859-15 from Windows-1252
                let rows = [HEADER, GOOD, BAD, "Œuvré;Sœur;Absurdie;12 € à l'œuvre;é"];
                let text = rows.join(line_end).replace(';', separator);
                let file = encoded(encoding, &text, mark);
                let about = format!("{} {mark} {line_end:?} {separator:?}", encoding.name());
                let reader = Reader::new(file.as_slice(), &Profile::recognised()).unwrap();
                assert_eq!(reader.encoding(), encoding.name(), "{about}");
                let copy = annotated(&file, Language::English);
                let marks = encoded(encoding, "\u{feff}", false);
                assert_eq!(mark && copy.starts_with(&marks), mark, "{about}");
                let (shown, _) = encoding.decode_with_bom_removal(&copy);
                assert!(
                    shown.starts_with(&format!(
                        "{}{separator}_problemes{line_end}",
                        HEADER.replace(';', separator)
                    )),
                    "{about}: {shown}"
                );
                assert!(shown.ends_with(line_end) && !shown.contains('\u{fffd}'), "{about}");
                assert!(shown.contains("is not a known country."), "{about}: {shown}");
                let again = examined(&copy);
                assert_eq!(errors(&again), errors(&examined(&file)), "{about}: {shown}");
            }
        }
    }
}

fn encoded(encoding: &'static Encoding, text: &str, mark: bool) -> Vec<u8> {
    let text = format!("{}{text}", if mark { "\u{feff}" } else { "" });
    match encoding.name() {
        "UTF-16LE" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "UTF-16BE" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => encoding.encode(&text).0.into_owned(),
    }
}

#[test]
fn what_an_encoding_does_not_have_is_written_plainly() {
    // no French letter with an accent, no quotation mark of either language
    let (file, ..) = KOI8_R.encode("collectivite;partenaire;partenaire_pays\nЛион;Пермь;Ололо\n");
    let profile = Profile { encoding: Some("koi8-r".into()), ..Profile::native() };
    let issues = examine(&*file, &profile, "test").unwrap().issues;
    let mut copy = Vec::new();
    let original = Original::new(&*file, &profile).unwrap();
    annotate(original, &issues, Language::French, &mut copy).unwrap();
    let (text, _) = KOI8_R.decode_without_bom_handling(&copy);
    assert!(text.contains("\nЛион;Пермь;Ололо;"), "{text}");
    assert!(text.contains("<< Ололо >> n'est pas un pays connu."), "{text}");
    assert!(text.contains("collectivite francaise"), "{text}");
}

#[test]
fn rows_that_are_broken_come_back_whole() {
    let file = format!("{HEADER}\n{GOOD}\n{LONG}\nParis;Rome\n").into_bytes();
    let copy = String::from_utf8(annotated(&file, Language::English)).unwrap();
    let lines: Vec<&str> = copy.lines().collect();
    assert_eq!(lines[0], format!("{HEADER};_problemes"));
    assert!(lines[1].starts_with("Lyon;Leipzig;DE;1981;a;The number of cells does not"), "{copy}");
    assert!(lines[1].ends_with(";b"), "what is too much stands behind: {copy}");
    assert!(lines[2].starts_with("Paris;Rome;;;;The number of cells does not"), "{copy}");

    let mut file = format!("{HEADER}\n{GOOD}\n").into_bytes();
    // a line in another encoding is read, and comes back in that of the file
    file.extend(b"Besan\xe7on;Fribourg;Absurdie;;\n");
    let copy = String::from_utf8(annotated(&file, Language::English)).unwrap();
    assert!(copy.contains("Besan\u{e7}on;Fribourg;Absurdie;"), "{copy}");
}

#[test]
fn workbooks_and_archives_come_back_as_csv() {
    let mut archive = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let (file, ..) =
        WINDOWS_1252.encode("Collectivité,Partenaire,Pays\nBesançon,Fribourg,Absurdie");
    std::io::Write::write_all(&mut archive, &file).unwrap();
    let copy = annotated(&archive.finish().unwrap(), Language::French);
    let text = String::from_utf8(copy).unwrap();
    assert!(text.starts_with("\u{feff}Collectivité;Partenaire;Pays;_problemes\r\nBesançon;"));
}

#[test]
fn a_file_of_a_known_producer_keeps_its_profile() {
    let file = fs::read("tests/import/profile-recognised-twin-cities.csv").unwrap();
    let text = String::from_utf8(file).unwrap();
    let mut lines = text.lines();
    let header = lines.next().unwrap();
    let annotated = format!("{header},_problemes\n{}", lines.collect::<Vec<_>>().join("\n"));
    let profile = |file: &str| {
        Reader::new(file.as_bytes(), &Profile::recognised()).unwrap().profile().name.clone()
    };
    assert_eq!(profile(&annotated), profile(&text));
    assert_eq!(profile(&text), "twin-cities");
}

#[test]
fn rows_are_shown_with_their_issues_at_the_cells() {
    let file = format!("Titre\n{HEADER}\n{GOOD}\n{BAD}\n{LONG}\n\nParis;Rome;IT;2050-13;x\n");
    let issues = examined(file.as_bytes()).issues;
    let page =
        |wanted| issue_rows(file.as_bytes(), &Profile::recognised(), &issues, wanted).unwrap();
    let all = WantedRows { severity: None, after: 0, limit: 100 };
    let rows = page(all);
    assert_eq!(rows.header, HEADER.split(';').collect::<Vec<_>>());
    let lines: Vec<u64> = rows.rows.iter().map(|row| row.line).collect();
    assert_eq!((lines, rows.next), (vec![4, 5, 7], None));
    assert_eq!(rows.rows[0].cells, BAD.split(';').collect::<Vec<_>>());
    assert_eq!(rows.rows[1].cells.len(), 6);
    let cells =
        |row: usize| rows.rows[row].issues.iter().map(|issue| issue.cell).collect::<Vec<_>>();
    assert!(cells(0).contains(&Some(2)) && cells(0).contains(&Some(3)), "{:?}", rows.rows[0]);
    assert_eq!(cells(1), [None], "the whole row");
    let first = page(WantedRows { limit: 1, ..all });
    assert_eq!((first.rows.len(), first.next), (1, Some(4)));
    let rest = page(WantedRows { after: 4, ..all });
    assert_eq!(rest.rows, rows.rows[1..]);
    let json = rows.to_json();
    assert_eq!(json["rows"][1]["line"], 5);
    assert_eq!(json["rows"][0]["issues"][0]["severity"], "error");
}

/// A title, its column, and how sure that is.
type Told = (String, Option<Column>, Option<f64>);

fn columns(file: &str, profile: &Profile) -> (bool, Vec<Told>) {
    let open = || Ok(Input::from(file.as_bytes()));
    let found = file_columns(open, profile).unwrap();
    let columns = found.columns.into_iter();
    (
        found.as_read,
        columns.map(|column| (column.title, column.column, column.confidence)).collect(),
    )
}

#[test]
fn columns_are_told_as_they_are_read_and_else_proposed() {
    let file =
        "Collectivité française;partenaire;Pays;Note\nLyon;Leipzig;DE;a\nLyon;Birmingham;GB;b\n";
    let column = |title: &str, column, confidence| (title.to_owned(), column, confidence);
    assert_eq!(
        columns(file, &Profile::recognised()),
        (
            true,
            vec![
                column("Collectivité française", Some(Column::Collectivity), Some(0.9)),
                column("partenaire", Some(Column::Partner), Some(1.0)),
                column("Pays", Some(Column::PartnerCountry), Some(0.9)),
                column("Note", None, None),
            ]
        )
    );
    let open = || Ok(Input::from(file.as_bytes()));
    let found = file_columns(open, &Profile::recognised()).unwrap();
    assert_eq!(found.columns[0].examples, ["Lyon"]);
    assert_eq!(found.columns[1].examples, ["Leipzig", "Birmingham"]);

    let unknown = "Stadt;Partnerstadt;Staat\nLyon;Leipzig;Deutschland\nOrléans;Münster;Allemagne\n";
    let (as_read, proposed) = columns(unknown, &Profile::recognised());
    assert!(!as_read);
    let proposed: Vec<Option<Column>> = proposed.into_iter().map(|(_, column, _)| column).collect();
    assert_eq!(proposed, Column::REQUIRED.map(Some));
}

#[test]
fn a_corrected_mapping_is_read_as_it_was_corrected() {
    let file = "Stadt;Partnerstadt;Staat;Pays;type;Titre\nLyon;Leipzig;DE;zone A;sante;x\n";
    let corrections = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(title, column)| ((*title).into(), (*column).into())).collect()
    };
    let profile = Profile::recognised()
        .corrected(&corrections(&[
            ("Stadt", "collectivite"),
            ("Partnerstadt", "partenaire"),
            ("Staat", "partenaire_pays"),
            ("Pays", ""),
            ("type", "themes"),
        ]))
        .unwrap();
    let examined = examine(file.as_bytes(), &profile, "test").unwrap();
    assert_eq!((examined.issues.len(), examined.records.len()), (0, 1), "{:?}", examined.issues);
    let record = &examined.records[0].1;
    assert_eq!(record.partners[0].country, "DE");
    assert_eq!(record.themes[0].code, "sante");
    assert_eq!(record.title, "x", "what was not named is read as before");
    let (_, told) = columns(file, &profile);
    assert_eq!((told[3].1, told[4].1), (None, Some(Column::Themes)));

    // what was recognised by its own name can be left out as well
    let file = "collectivite;partenaire;partenaire_pays;url\nLyon;Leipzig;DE;pas une adresse\n";
    let profile = Profile::recognised().corrected(&corrections(&[("url", "")])).unwrap();
    assert_eq!(examine(file.as_bytes(), &profile, "test").unwrap().records.len(), 1);

    let twice = Profile::native().corrected(&corrections(&[("a", "url"), ("b", "url")]));
    assert!(matches!(twice, Err(ProfileError::Twice { .. })));
    let unknown = Profile::native().corrected(&corrections(&[("a", "ville")]));
    assert!(matches!(unknown, Err(ProfileError::Column { .. })));
}

#[test]
fn the_command_writes_the_rejected_rows() {
    let database = TestDatabase::sqlite();
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (file, ..) =
        WINDOWS_1252.encode("Collectivité;Partenaire;Pays\r\nBesançon;Fribourg;Absurdie");
    fs::write(path("in.csv"), file).unwrap();
    for (input, more) in [(path("in.csv"), "fr"), ("-".to_owned(), "en")] {
        let arguments = ["import", &input, "--database", &database.url, "--lang", more];
        let mut command = crate::support::atlas(&arguments);
        command.args(["--rejected", &path("out.csv")]);
        let output = command.stdin(fs::File::open(path("in.csv")).unwrap()).output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
        let copy = fs::read(path("out.csv")).unwrap();
        let copy = WINDOWS_1252.decode(&copy).0;
        assert!(copy.starts_with("Collectivité;Partenaire;Pays;_problemes\r\nBesançon;"), "{copy}");
        assert_eq!(copy.contains("n'est pas un pays connu"), more == "fr");
    }
    let output = run(&["import", &path("in.csv"), "--database", &database.url, "--rejected", "/"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("cannot write the rejected rows to /: "), "{said}");
    // the rows to correct never take the place of the others
    let before = fs::read(path("in.csv")).unwrap();
    let same = folder.path().join("./in.csv");
    let same = [
        "import",
        &path("in.csv"),
        "--database",
        &database.url,
        "--rejected",
        same.to_str().unwrap(),
    ];
    assert_eq!(run(&same).status.code(), Some(2));
    assert_eq!(fs::read(path("in.csv")).unwrap(), before);
}

fn cells() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(vec![
            "", "Lyon", "Leipzig", "DE", "Absurdistan", "=1", "'=1", "-4,5", "a\nb", "\"", ";", ",",
            "\u{2028}", "{{!}}", "été",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_copy_says_of_each_row_what_was_said(
        rows in proptest::collection::vec(proptest::collection::vec(cells(), 4), 1..8),
        separator in proptest::sample::select(vec![b',', b';', b'\t']),
    ) {
        let mut csv = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
        csv.write_record(["Collectivité", "Partenaire", "Pays", "Intitulé"]).unwrap();
        for row in &rows {
            csv.write_record(row).unwrap();
        }
        let file = csv.into_inner().unwrap();
        let before = examined(&file);
        let after = examined(&annotated(&file, Language::French));
        prop_assert_eq!(after.rejected, before.rejected);
        prop_assert_eq!(after.records.len(), 0);
        prop_assert_eq!(errors(&after), errors(&before));
    }
}
