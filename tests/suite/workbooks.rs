//! Workbooks as people make them: sheets, hidden ones, formulas, errors, merged cells, headers of
//! two rows. Those of `../shared/cases/10-xlsx`, and equivalents that are made here.

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
};

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;

use crate::support::{TestDatabase, import, run, shared};

/// A package of parts.
pub fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(part).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of sheets: name, state, and what is between the tags of the worksheet.
pub fn xlsx(sheets: &[(&str, &str, String)]) -> Vec<u8> {
    let (mut book, mut relations, mut parts) = (String::new(), String::new(), Vec::new());
    for (index, (name, state, body)) in sheets.iter().enumerate() {
        let _ = write!(
            book,
            r#"<sheet name="{name}" sheetId="{index}" state="{state}" r:id="r{index}"/>"#
        );
        let _ = write!(
            relations,
            r#"<Relationship Id="r{index}" Target="worksheets/sheet{index}.xml"/>"#
        );
        parts.push((
            format!("xl/worksheets/sheet{index}.xml"),
            format!("<worksheet>{body}</worksheet>"),
        ));
    }
    let styles = r#"<styleSheet><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>"#;
    let mut all = vec![
        ("xl/workbook.xml".to_owned(), format!("<workbook><sheets>{book}</sheets></workbook>")),
        (
            "xl/_rels/workbook.xml.rels".to_owned(),
            format!("<Relationships>{relations}</Relationships>"),
        ),
        ("xl/styles.xml".to_owned(), styles.to_owned()),
    ];
    all.extend(parts);
    let all: Vec<(&str, &[u8])> =
        all.iter().map(|(name, part)| (name.as_str(), part.as_bytes())).collect();
    package(&all)
}

/// Rows of cells: a text, XML that begins with `<`, or nothing.
pub fn data(rows: &[&[&str]]) -> String {
    let mut xml = String::from("<sheetData>");
    for (row, cells) in (1..).zip(rows) {
        let _ = write!(xml, r#"<row r="{row}">"#);
        for (letter, cell) in ('A'..).zip(*cells) {
            let address = format!("{letter}{row}");
            let written = match cell.strip_prefix('<') {
                Some(rest) => format!(r#"<c r="{address}" {rest}"#),
                None if cell.is_empty() => String::new(),
                None => format!(r#"<c r="{address}" t="inlineStr"><is><t>{cell}</t></is></c>"#),
            };
            xml.push_str(&written);
        }
        xml += "</row>";
    }
    xml + "</sheetData>"
}

const HEADER: &[&str] =
    &["identifiant", "collectivite", "partenaire", "partenaire_pays", "date_debut", "budget_eur"];

/// What a dry run says of a file.
fn said(name: &str, bytes: &[u8], more: &[&str]) -> (Option<i32>, Value) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, bytes).unwrap();
    import(&TestDatabase::sqlite(), &file, &[&["--dry-run"], more].concat())
}

/// Code, line and column of each issue.
fn issues(report: &Value) -> Vec<(String, u64, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let issues = report["issues"].as_array().unwrap().iter();
    issues.map(|i| (text(&i["code"]), i["line"].as_u64().unwrap(), text(&i["column"]))).collect()
}

fn issue(code: &str, line: u64, column: &str) -> (String, u64, String) {
    (code.to_owned(), line, column.to_owned())
}

#[test]
fn the_shared_cases_give_what_they_must() {
    let Some(folder) = shared("cases/10-xlsx") else { return };
    let case = |name: &str, more: &[&str]| {
        let file = folder.join(name);
        import(&TestDatabase::sqlite(), &file, &[&["--dry-run"], more].concat())
    };
    let (code, report) = case("hidden-first.xlsx", &[]);
    assert_eq!((code, report["sheet"].as_str()), (Some(0), Some("Données")));
    assert_eq!(report["other_sheets"], json!([{"name": "Brouillon", "hidden": true}]));
    let (_, report) = case("hidden-first.xlsx", &["--sheet", "Brouillon"]);
    assert_eq!(report["sheet"], "Brouillon");
    let (code, report) = case("readme-then-two.xlsx", &[]);
    assert_eq!((code, report["sheet"].as_str()), (Some(0), Some("2023")));
    assert_eq!(report["other_sheets"][1]["name"], "2024");
    let (_, report) = case("readme-then-two.xlsx", &["--sheet", "3"]);
    assert_eq!(report["sheet"], "2024");
    let (_, report) = case("formulas-nocache.xlsx", &[]);
    let unread = ["date_debut", "budget_eur", "partenaire", "budget_eur"];
    let mut wanted: Vec<_> =
        unread.iter().zip([2, 2, 3, 3]).map(|(c, line)| issue("formula-unread", line, c)).collect();
    wanted.push(issue("value-missing", 3, "partenaire"));
    assert_eq!(issues(&report), wanted);
    let (code, report) = case("errors.xlsx", &[]);
    assert_eq!(code, Some(3));
    for column in ["partenaire", "date_debut", "budget_eur"] {
        assert!(issues(&report).contains(&issue("cell-error", 2, column)), "{report}");
    }
    let (code, report) = case("merged-header.xlsx", &[]);
    assert_eq!((code, &report["outcome"]["created"]), (Some(0), &json!(1)), "{report}");
    let cells = &report["changes"][0];
    assert_eq!(
        (&cells["collectivity"]["name"], &cells["partner"]["name"]),
        (&json!("Lyon"), &json!("Birmingham"))
    );
    let (code, report) = case("far-cell.xlsx", &[]);
    assert_eq!((code, &report["outcome"]["created"]), (Some(0), &json!(1)), "{report}");
}

#[test]
fn the_sheet_with_the_table_is_read_and_the_others_are_named() {
    let table = |key: &str| data(&[HEADER, &[key, "Lyon", "Birmingham", "GB", "1951", ""]]);
    let note = || data(&[&["Lisez-moi"], &["Contact", "x"]]);
    let book = xlsx(&[
        ("Aide", "visible", note()),
        ("Masquée", "hidden", table("h")),
        ("Très masquée", "veryHidden", table("v")),
        ("Vide", "visible", String::from("<sheetData/>")),
        ("2023", "visible", table("a")),
        ("2024", "visible", table("b")),
    ]);
    let read = |more: &[&str]| said("liens.xlsx", &book, more).1["sheet"].clone();
    assert_eq!(read(&[]), "2023");
    // a name comes before a number, and numbers count what is shown
    for (asked, sheet) in
        [("2024", "2024"), ("4", "2024"), ("1", "Aide"), ("très masquée", "Très masquée")]
    {
        if sheet == "Aide" {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("liens.xlsx");
            std::fs::write(&file, &book).unwrap();
            let output = run(&[
                "import",
                file.to_str().unwrap(),
                "--dry-run",
                "--sheet",
                asked,
                "--database",
                &TestDatabase::sqlite().url,
            ]);
            assert_eq!(output.status.code(), Some(1));
            continue;
        }
        assert_eq!(read(&["--sheet", asked]), sheet, "{asked}");
    }
    let (_, report) = said("liens.xlsx", &book, &[]);
    let others = report["other_sheets"].as_array().unwrap();
    let hidden: Vec<bool> = others.iter().map(|sheet| sheet["hidden"] == true).collect();
    assert_eq!(hidden, [false, true, true, false, false]);
    let hidden = xlsx(&[("Liste", "hidden", table("h"))]);
    for (book, more, told) in [
        (&book, ["--sheet", "2025"], "no sheet “2025”; it has: Aide, Masquée"),
        (&hidden, ["--sheet", "1"], "no sheet “1”"),
        (&hidden, ["--lang", "en"], "name a hidden one with --sheet: Liste"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("liens.xlsx");
        std::fs::write(&file, book).unwrap();
        let database = TestDatabase::sqlite();
        let all = ["import", file.to_str().unwrap(), "--dry-run", "--database", &database.url];
        let output = run(&[&all[..], &more].concat());
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(error.contains(told), "{error}");
    }
}

#[test]
fn formulas_without_a_result_and_errors_clear_nothing() {
    let whole = xlsx(&[(
        "S",
        "visible",
        data(&[
            HEADER,
            &["a", "Lyon", "Birmingham", "GB", r#"<s="1"><v>18752</v></c>"#, "1200"],
            &["b", "Lyon", "Leipzig", "DE", "1981", "<><f>100+20</f><v>120</v></c>"],
        ]),
    )]);
    let partly = xlsx(&[(
        "S",
        "visible",
        data(&[
            HEADER,
            &[
                "a",
                "Lyon",
                "Birmingham",
                "GB",
                r#"<s="1"><f>DATE(1951,5,4)</f></c>"#,
                r#"<t="e"><v>#SPILL!</v></c>"#,
            ],
            &[
                "b",
                "Lyon",
                "Leipzig",
                "DE",
                r#"<t="str"><f>""</f><v></v></c>"#,
                "<><f>1/0</f><v/></c>",
            ],
            &["<><f>A2</f></c>", "Lyon", "Turin", "IT", "", ""],
        ]),
    )]);
    let database = TestDatabase::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("liens.xlsx");
    std::fs::write(&file, whole).unwrap();
    assert_eq!(import(&database, &file, &[]).0, Some(0));
    std::fs::write(&file, partly).unwrap();
    let (code, report) = import(&database, &file, &["--valid-rows-only"]);
    assert_eq!(code, Some(3));
    for wanted in [
        issue("formula-unread", 2, "date_debut"),
        issue("cell-error", 2, "budget_eur"),
        issue("formula-unread", 3, "budget_eur"),
        issue("formula-unread", 4, "identifiant"),
        issue("value-missing", 4, "identifiant"),
    ] {
        assert!(issues(&report).contains(&wanted), "{wanted:?} of {report}");
    }
    // an empty text is a result like another, and clears the date
    let changed = report["changes"].as_array().unwrap();
    assert_eq!(changed.len(), 1, "{report}");
    assert_eq!(
        changed[0]["cells"],
        json!([{"column": "date_debut", "before": "1981", "after": ""}])
    );
}

#[test]
fn merged_cells_are_filled_down_and_told_beside() {
    let merges = "<mergeCells><mergeCell ref=\"B2:B4\"/><mergeCell ref=\"D2:D3\"/><mergeCell ref=\"C5:D5\"/></mergeCells>";
    let sheet = data(&[
        HEADER,
        &["a", "Lyon", "Birmingham", "GB"],
        &["b", "", "Leeds", ""],
        &["c", "", "Leipzig", "DE"],
        &["d", "Lille", "Leeds", "", "1990"],
    ]) + merges;
    let (code, report) = said("liens.xlsx", &xlsx(&[("S", "visible", sheet)]), &[]);
    assert_eq!((code, &report["outcome"]["created"]), (Some(3), &json!(3)));
    let names = report["changes"].as_array().unwrap().iter().map(|c| &c["collectivity"]["name"]);
    assert!(names.clone().all(|name| name == "Lyon"), "{report}");
    assert!(issues(&report).contains(&issue("cell-merged", 5, "partenaire_pays")), "{report}");
}

#[test]
fn a_header_of_two_rows_is_one() {
    let header: [&[&str]; 3] = [
        &["Partenariats"],
        &["", "Collectivité", "", "", "Partenaire", "", "Suivi", ""],
        &["identifiant", "nom", "code", "type", "ville", "pays", "début", "budget"],
    ];
    let rows: [&[&str]; 1] =
        [&["h1", "Lyon", "69123", "commune", "Birmingham", "GB", "1951", "100"]];
    let all = [&header[..], &rows[..]].concat();
    let (code, report) = said("liens.xlsx", &xlsx(&[("S", "visible", data(&all))]), &[]);
    assert_eq!((code, &report["outcome"]["created"]), (Some(0), &json!(1)), "{report}");
    assert_eq!(report["ignored_columns"], json!([]));
    let csv = all.iter().map(|row| row.join(";") + "\n").collect::<String>();
    let (code, report) = said("liens.csv", csv.as_bytes(), &[]);
    assert_eq!((code, &report["outcome"]["created"]), (Some(0), &json!(1)), "{report}");
    // the group stands once beside each of its columns, or merged
    let merged = data(&all)
        + "<mergeCells><mergeCell ref=\"B2:D2\"/><mergeCell ref=\"E2:F2\"/></mergeCells>";
    let (code, _) = said("liens.xlsx", &xlsx(&[("S", "visible", merged)]), &[]);
    assert_eq!(code, Some(0));
}

#[test]
fn an_open_document_is_read_alike() {
    let content = r#"<office:document-content><office:automatic-styles><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>
<table:table table:name="Caché" table:style-name="ta2"><table:table-row><table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table>
<table:table table:name="Liens"><table:table-header-rows><table:table-row>
<table:table-cell office:value-type="string"><text:p>collectivite</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>partenaire</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>partenaire_pays</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>date_debut</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>budget_eur</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16379"/></table:table-row></table:table-header-rows>
<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
<table:table-row><table:table-cell table:number-rows-spanned="2" table:number-columns-spanned="1" office:value-type="string"><office:annotation><text:p>note</text:p></office:annotation><text:p>Ly<text:span>on</text:span></text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>Birmingham</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>GB</text:p></table:table-cell><table:table-cell office:value-type="date" office:date-value="1951-05-04"><text:p>04/05/51</text:p></table:table-cell><table:table-cell table:formula="of:=1/0" office:value-type="string" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell></table:table-row>
<table:table-row><table:covered-table-cell/><table:table-cell office:value-type="string"><text:p>Leipzig</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>DE</text:p></table:table-cell><table:table-cell table:formula="of:=A1"/><table:table-cell office:value-type="float" office:value="1200"><text:p>1 200 €</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"#;
    let (code, report) = said("liens.ods", &package(&[("content.xml", content.as_bytes())]), &[]);
    assert_eq!((code, &report["outcome"]["created"]), (Some(0), &json!(2)), "{report}");
    assert_eq!(report["sheet"], "Liens");
    assert_eq!(report["other_sheets"], json!([{"name": "Caché", "hidden": true}]));
    assert_eq!(
        issues(&report),
        [issue("cell-error", 4, "budget_eur"), issue("formula-unread", 5, "date_debut")]
    );
}
