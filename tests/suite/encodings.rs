//! Files of two encodings, garbled letters and characters that nobody sees.

use atlas_aect::{
    atlas::imports::{Examined, examine},
    domain::IssueCode,
    formats::csv::Profile,
};
use encoding_rs::{ISO_8859_15, MACINTOSH, WINDOWS_1252};

use crate::support::{TestDatabase, import, run, shared};

const HEADER: &str = "identifiant,collectivite,partenaire,partenaire_pays,description\n";

fn read(bytes: &[u8]) -> Examined {
    examine(bytes, &Profile::recognised(), "test").unwrap()
}

/// Names of both sides, in the order of the file.
fn names(examined: &Examined) -> Vec<String> {
    let records = examined.records.iter().map(|(_, record)| record);
    records.map(|r| format!("{} {}", r.collectivities[0].name, r.partners[0].name)).collect()
}

fn lines(examined: &Examined, code: IssueCode) -> Vec<u64> {
    let issues = examined.issues.iter().filter(|issue| issue.code == code);
    issues.map(|issue| issue.line).collect()
}

#[test]
fn the_shared_cases_give_what_they_must() {
    let Some(folder) = shared("cases/12-encoding") else { return };
    let of = |name: &str| read(&std::fs::read(folder.join(name)).unwrap());
    let mixed = of("two-utf8-three-1252.csv");
    let all = names(&mixed);
    for name in [
        "Lyon Évora",
        "Lyon Łódź",
        "Lyon Francfort-sur-l’Oder",
        "Lyon Cœuvres",
        "Lyon İzmir",
        "Nîmes Cordoue",
        "Besançon Freiburg",
        "Béziers Heilbronn",
        "Orléans Trévise",
    ] {
        assert!(all.contains(&name.to_owned()), "{name} of {all:?}");
    }
    let told = lines(&mixed, IssueCode::TextRecoded);
    assert!(told == [2, 3, 4, 5, 6] || told == [7, 8, 9, 10, 11, 12], "{told:?}");
    let hidden = of("zero-width.csv");
    let errors: Vec<_> =
        hidden.issues.iter().filter(|i| i.code == IssueCode::ValueMissing).collect();
    assert_eq!((hidden.records.len(), hidden.rejected), (17, 1), "{:?}", hidden.issues);
    assert_eq!(errors[0].line, 19);
}

#[test]
fn each_line_is_read_in_its_encoding() {
    let utf_8 = "u1,Orléans,Évora,PT,\nu2,Orléans,Łódź,PL,\n";
    let other = "c1,Nîmes,Prague,CZ,\nc2,Besançon,Trèves,DE,\nc3,Béziers,Kraków,PL,\n";
    for (encoding, name) in
        [(WINDOWS_1252, "windows-1252"), (MACINTOSH, "macintosh"), (ISO_8859_15, "")]
    {
        let other = encoding.encode(other).0.into_owned();
        for is_first in [true, false] {
            for times in [1, 9] {
                let mut bytes = HEADER.as_bytes().to_vec();
                let parts = [utf_8.repeat(times).into_bytes(), other.clone()];
                let [first, second] = if is_first {
                    parts
                } else {
                    let [a, b] = parts;
                    [b, a]
                };
                bytes.extend(first);
                bytes.extend(second);
                let examined = read(&bytes);
                let all = names(&examined);
                for name in ["Orléans Évora", "Nîmes Prague", "Besançon Trèves", "Béziers Kraków"]
                {
                    // Kraków has a letter that MacRoman and Latin-9 have too
                    assert!(all.contains(&name.to_owned()), "{encoding:?}: {name} of {all:?}");
                }
                assert_eq!(examined.rejected, 0);
                let told = lines(&examined, IssueCode::TextRecoded).len();
                assert!(told == 3 || told == 2 * times, "{told}");
                if times == 9 {
                    assert_eq!(told, 3, "the rarer ones are told");
                    let issue = examined.issues.iter().find(|i| i.code == IssueCode::TextRecoded);
                    assert!(issue.unwrap().value.as_deref().unwrap().contains(name));
                }
            }
        }
    }
    // the header too, and a file of one encoding says nothing
    let header = WINDOWS_1252.encode("collectivité;partenaire étranger;pays\n").0.into_owned();
    let examined = read(&[header.clone(), "Orléans;Évora;PT\n".into()].concat());
    assert_eq!(names(&examined), ["Orléans Évora"]);
    let one = WINDOWS_1252.encode("Orléans;Évora;PT\n").0.into_owned();
    assert!(lines(&read(&[header, one].concat()), IssueCode::TextRecoded).is_empty());
}

#[test]
fn garbled_letters_are_restored_and_told() {
    let garbled = |encoding: &'static encoding_rs::Encoding, text: &str| {
        encoding.decode_without_bom_handling(text.as_bytes()).0.into_owned()
    };
    let row = "Orléans,Kraków,Pologne,L’été";
    for text in [
        garbled(WINDOWS_1252, row),
        garbled(MACINTOSH, row),
        garbled(WINDOWS_1252, &garbled(WINDOWS_1252, row)),
        row.bytes().map(char::from).collect(),
        garbled(MACINTOSH, &garbled(MACINTOSH, row)),
    ] {
        let examined = read(format!("{HEADER}a,{text}\n").as_bytes());
        assert_eq!(names(&examined), ["Orléans Kraków"], "{text}");
        assert_eq!(examined.records[0].1.description.as_deref(), Some("L’été"));
        assert_eq!(lines(&examined, IssueCode::TextRepaired), [2, 2, 2]);
    }
    // what is lost is told, and kept
    for lost in ["OrlÃ©ans \u{fffd}", "lâ€\u{2122} d\u{fffd}"] {
        let examined = read(format!("{HEADER}a,Lyon,Leeds,GB,{lost}\n").as_bytes());
        assert_eq!(lines(&examined, IssueCode::TextGarbled), [2], "{lost}");
    }
}

#[test]
fn what_nobody_sees_is_in_no_cell() {
    for hidden in [
        "\u{200b}", "\u{200e}", "\u{ad}", "\u{feff}", "\u{2060}", "\u{202a}", "\u{2067}",
        "\u{180e}",
    ] {
        let text = format!(
            "identifiant,collectivite,collectivite_code,partenaire,partenaire_pays,date_debut,budget_eur,type_lien,odd,longitude,latitude,url\n\
             k{hidden}1,Ly{hidden}on,69{hidden}123,{hidden}Birmingham,G{hidden}B,19{hidden}51,1{hidden}000,jume{hidden}lage,{hidden}6,-1.{hidden}9,52.5{hidden},https{hidden}://example.org/\n"
        );
        let examined = read(text.as_bytes());
        assert!(
            examined
                .issues
                .iter()
                .all(|i| i.code.severity() != atlas_aect::domain::Severity::Error),
            "{hidden:?}: {:?}",
            examined.issues
        );
        let record = &examined.records[0].1;
        assert_eq!((record.key.as_str(), record.partners[0].name.as_str()), ("k1", "Birmingham"));
    }
}

#[test]
fn a_line_too_long_for_a_header_is_told_with_its_number() {
    let database = TestDatabase::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("long.csv");
    for (text, told) in [
        ("x".repeat(3_000_000), "line 1: the line is longer than 60 KiB"),
        (format!("Liste\n{}", "a;".repeat(200_000)), "line 2: the line is longer than 60 KiB"),
        (
            format!("collectivite,{}\n", "y,".repeat(100_000)),
            "line 1: the line is longer than 60 KiB",
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        let arguments =
            ["import", file.to_str().unwrap(), "--dry-run", "--database", &database.url];
        let output = run(&arguments);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && error.contains(told), "{error}");
    }
    std::fs::write(&file, format!("{HEADER}a,Lyon,Leeds,GB,\n")).unwrap();
    assert_eq!(import(&database, &file, &["--dry-run"]).0, Some(0));
}

#[test]
fn a_database_of_another_encoding_is_refused() {
    use diesel::{Connection, PgConnection, connection::SimpleConnection};
    let Ok(server) = std::env::var("ATLAS_TEST_POSTGRES") else {
        println!("skipped: ATLAS_TEST_POSTGRES names no PostgreSQL server");
        return;
    };
    let mut admin = PgConnection::establish(&server).unwrap();
    let (base, _) = server.rsplit_once('/').unwrap();
    for encoding in ["LATIN1", "SQL_ASCII"] {
        let name = format!("atlas_{}_{}", encoding.to_lowercase(), std::process::id());
        let create = format!(
            "CREATE DATABASE {name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        );
        admin.batch_execute(&create).unwrap();
        let output = run(&["imports", "list", "--database", &format!("{base}/{name}")]);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(error.contains(encoding) && error.contains("ENCODING 'UTF8'"), "{error}");
    }
}
