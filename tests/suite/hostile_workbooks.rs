//! Workbooks that ask for more memory than there is end with a message, and end soon.

use std::{
    fs,
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use crate::{
    support::{TestDatabase, shared},
    workbooks::{data, package, xlsx},
};

/// What a process may ask for, in KiB.
const MEMORY: u32 = 2_000_000;
const TIME: Duration = Duration::from_secs(20);

/// Imports a file within bounds, and says how it ended.
fn bounded(file: &Path) -> (Option<i32>, String, Duration) {
    let database = TestDatabase::sqlite();
    let begin = Instant::now();
    let output = Command::new("sh")
        .args([
            "-c",
            &format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\""),
            env!("CARGO_BIN_EXE_atlas"),
        ])
        .args(["import", file.to_str().unwrap(), "--dry-run", "--database", &database.url])
        .env("LC_ALL", "C")
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned(), begin.elapsed())
}

fn check(file: &Path) {
    let (code, said, time) = bounded(file);
    let name = file.display();
    assert!(matches!(code, Some(0 | 1 | 3)), "{name}: {code:?} {said}");
    assert!(!said.trim().is_empty(), "{name}: {said}");
    assert!(time < TIME, "{name}: {time:?}");
}

const TABLE: &[&[&str]] =
    &[&["collectivite", "partenaire", "partenaire_pays"], &["Lyon", "Birmingham", "GB"]];

/// `XFD1048576`
fn address(column: u32, row: u32) -> String {
    let (mut letters, mut rest) = (String::new(), column);
    while rest > 0 {
        letters.insert(0, char::from(b'A' + ((rest - 1) % 26) as u8));
        rest = (rest - 1) / 26;
    }
    format!("{letters}{row}")
}

/// A sheet of a table and what `more` puts behind its rows.
fn behind(more: &str) -> Vec<u8> {
    let sheet = data(TABLE).replace("</sheetData>", &format!("{more}</sheetData>"));
    xlsx(&[("S", "visible", sheet)])
}

fn far(row: u32, column: u32) -> Vec<u8> {
    let at = address(column, row);
    behind(&format!(r#"<row r="{row}"><c r="{at}"><v>1</v></c></row>"#))
}

/// A shared string that is told to be one of very many, in a workbook that uses it.
fn strings(count: &str, items: &str) -> Vec<u8> {
    let sst = format!(r#"<sst uniqueCount="{count}">{items}</sst>"#);
    let sheet = format!(
        "<worksheet>{}</worksheet>",
        data(TABLE)
            .replace("</sheetData>", r#"<row r="3"><c t="s"><v>0</v></c></row></sheetData>"#)
    );
    of_parts(&sheet, &[("xl/sharedStrings.xml", &sst)])
}

fn of_parts(sheet: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("xl/workbook.xml", br#"<workbook><sheets><sheet name="S" r:id="r"/></sheets></workbook>"#),
        (
            "xl/_rels/workbook.xml.rels",
            br#"<Relationships><Relationship Id="r" Target="worksheets/s.xml"/></Relationships>"#,
        ),
        ("xl/worksheets/s.xml", sheet.as_bytes()),
    ];
    parts.extend(more.iter().map(|(name, part)| (*name, part.as_bytes())));
    package(&parts)
}

fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        r#"<office:document-content><office:body><office:spreadsheet><table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    package(&[("content.xml", content.as_bytes())])
}

/// A compound file whose stream has these records.
fn xls(records: &[(u16, Vec<u8>)]) -> Vec<u8> {
    use std::io::Write as _;
    let mut stream = Vec::new();
    for (kind, data) in records {
        stream.extend(kind.to_le_bytes());
        stream.extend((data.len() as u16).to_le_bytes());
        stream.extend(data);
    }
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    file.create_stream("/Workbook").unwrap().write_all(&stream).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// A sheet that says how far it reaches, or has a cell there.
fn xls_of(rows: u32, columns: u16, has_cell: bool) -> Vec<u8> {
    let bof = |kind: u16| {
        let fields = [0x0600, kind, 0, 0, 0, 0, 0, 0_u16];
        (0x0809, fields.iter().flat_map(|word| word.to_le_bytes()).collect())
    };
    let mut dimensions = [0_u32, rows].map(u32::to_le_bytes).concat();
    dimensions.extend([0_u16, columns, 0].iter().flat_map(|word| word.to_le_bytes()));
    let mut number: Vec<u8> =
        [(rows - 1) as u16, columns - 1, 0].iter().flat_map(|word| word.to_le_bytes()).collect();
    number.extend(1_f64.to_le_bytes());
    let first = [0_u16; 3].iter().flat_map(|word| word.to_le_bytes());
    let first: Vec<u8> = first.chain(1_f64.to_le_bytes()).collect();
    // the sheet begins behind the workbook's own records
    let begin: u32 = 20 + (4 + 8 + 1) + 4;
    let mut about = begin.to_le_bytes().to_vec();
    about.extend([0, 0, 1, 0, b'S']);
    let mut records =
        vec![bof(5), (0x0085, about), (0x000a, Vec::new()), bof(0x10), (0x0200, dimensions)];
    if has_cell {
        records.push((0x0203, first));
        records.push((0x0203, number));
    }
    records.push((0x000a, Vec::new()));
    xls(&records)
}

/// A sheet of these records, whatever they say.
fn xls_sheet(sheet: Vec<(u16, Vec<u8>)>) -> Vec<u8> {
    let bof = |kind: u16| {
        let fields = [0x0600, kind, 0, 0, 0, 0, 0, 0];
        (0x0809, words(&fields))
    };
    let begin: u32 = 20 + (4 + 8 + 1) + 4;
    let mut about = begin.to_le_bytes().to_vec();
    about.extend([0, 0, 1, 0, b'S']);
    let mut records = vec![bof(5), (0x0085, about), (0x000a, Vec::new()), bof(0x10)];
    records.extend(sheet);
    records.push((0x000a, Vec::new()));
    xls(&records)
}

/// One long text that so many cells have.
fn xls_amplified(cells: u16) -> Vec<u8> {
    let text = [&words(&[0, 0, 0, 0, 32_767])[..], &[0], &vec![b'x'; 32_767]].concat();
    let cells = (0..cells).map(|row| (0x00fd, words(&[row, 0, 0, 0, 0])));
    let bof = |kind: u16| (0x0809, words(&[0x0600, kind, 0, 0, 0, 0, 0, 0]));
    let begin = 20 + (4 + text.len() as u32) + (4 + 8 + 1) + 4;
    let about = [&begin.to_le_bytes()[..], &[0, 0, 1, 0, b'S']].concat();
    let globals = [bof(5), (0x00fc, text), (0x0085, about), (0x000a, Vec::new()), bof(0x10)];
    xls(&globals.into_iter().chain(cells).chain([(0x000a, Vec::new())]).collect::<Vec<_>>())
}

/// So many sheets, all of which are the same records.
fn xls_same(sheets: u32, rows: u16) -> Vec<u8> {
    let bof = |kind: u16| (0x0809, words(&[0x0600, kind, 0, 0, 0, 0, 0, 0]));
    let begin = 20 + sheets * (4 + 8 + 1) + 4;
    let about = [&begin.to_le_bytes()[..], &[0, 0, 1, 0, b'S']].concat();
    let numbers = (0..rows).map(|row| (0x0203, words(&[row, 0, 0, 0, 0, 0, 0x3ff0])));
    let globals = [bof(5)].into_iter().chain((0..sheets).map(|_| (0x0085, about.clone())));
    let sheet = [(0x000a, Vec::new()), bof(0x10)].into_iter().chain(numbers);
    xls(&globals.chain(sheet).chain([(0x000a, Vec::new())]).collect::<Vec<_>>())
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// Records that contradict themselves: a first row or column behind the last, the result of a formula
/// that is not there, a run of cells that ends before it begins.
fn contradictory() -> Vec<(&'static str, Vec<u8>)> {
    let number = |row: u16, column: u16| (0x0203, words(&[row, column, 0, 0, 0, 0, 0x3ff0]));
    let text = (0x0207, words(&[1, 0, 0x78]));
    let run = |first: u16, last: u16, cells: usize| {
        let mut run = words(&[0, first]);
        run.extend(vec![0; 6 * cells]);
        run.extend(last.to_le_bytes());
        (0x00bd, run)
    };
    vec![
        ("rows", xls_sheet(vec![(0x0200, words(&[0x12, 2, 0, 0x0800, 0, 0x0800, 0]))])),
        ("rows-far", xls_sheet(vec![(0x0200, words(&[9, 0, 3, 0, 0, 256, 0]))])),
        ("rows-short", xls_sheet(vec![(0x0200, words(&[9, 3, 0, 256, 0]))])),
        ("columns", xls_sheet(vec![(0x0200, words(&[0, 0, 0xffff, 0xffff, 200, 100, 0]))])),
        ("text", xls_sheet(vec![text, number(65_535, 65_535)])),
        ("run", xls_sheet(vec![run(65_535, 200, 201), number(65_535, 0)])),
        ("amplified", xls_amplified(60_000)),
        ("same", xls_same(499, 10_000)),
        ("run-long", xls_sheet(vec![run(60_000, 4_999, 10_536), number(65_535, 60_000)])),
    ]
}

/// More than two hundred of them.
#[expect(clippy::too_many_lines, reason = "a list")]
fn generated() -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |name: String, bytes: Vec<u8>| all.push((name, bytes));
    // one cell far away, further than a sheet reaches, beyond what a number holds
    for row in [65_536, 100_000, 1_048_576, 1_048_577, 4_294_967_295] {
        for column in [27, 256, 1_000, 16_384, 16_385, 18_278] {
            add(format!("far-{row}-{column}.xlsx"), far(row, column));
        }
    }
    for at in ["A0", "A", "1", "$XFD$1048576", "AAAAAAAAAAAA1", "A99999999999", "é1", ""] {
        add(
            format!("address-{at}.xlsx"),
            behind(&format!(r#"<row><c r="{at}"><v>1</v></c></row>"#)),
        );
    }
    // huge and sparse
    for step in [1_000, 10_000, 100_000] {
        for column in [100, 1_000, 16_384] {
            let row = |n: u32| {
                let row = n * step;
                format!(r#"<row r="{row}"><c r="{}"><v>1</v></c></row>"#, address(column, row))
            };
            let rows: String = (1..=1_048_576 / step).map(row).collect();
            add(format!("sparse-{step}-{column}.xlsx"), behind(&rows));
        }
    }
    // rows out of order, cells without end, one row again and again
    add(
        "order.xlsx".into(),
        behind(r#"<row r="900000"><c><v>1</v></c></row><row r="5"><c><v>1</v></c></row>"#),
    );
    add("cells.xlsx".into(), behind(&format!("<row>{}</row>", "<c><v>1</v></c>".repeat(200_000))));
    add(
        "same.xlsx".into(),
        behind(&format!("<row>{}</row>", r#"<c r="A3"><v>1</v></c>"#.repeat(200_000))),
    );
    add("empty-rows.xlsx".into(), behind(&"<row/>".repeat(3_000_000)));
    add("rows.xlsx".into(), behind(&"<row><c><v>1</v></c></row>".repeat(300_000)));
    // shared strings: said to be many, many, long
    for count in ["4294967295", "18446744073709551615", "99999999999", "-1", "x"] {
        add(format!("count-{count}.xlsx"), strings(count, "<si><t>x</t></si>"));
    }
    add("strings-many.xlsx".into(), strings("1", &"<si/>".repeat(3_000_000)));
    add(
        "strings-long.xlsx".into(),
        strings("1", &format!("<si><t>{}</t></si>", "x".repeat(30_000_000))),
    );
    add(
        "strings-runs.xlsx".into(),
        strings("1", &format!("<si>{}</si>", "<r><t>xxxxxxxx</t></r>".repeat(1_000_000))),
    );
    // few bytes that stand for a long text, again and again
    for times in [1_000, 20_000, 100_000] {
        let rows = r#"<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>"#.repeat(times);
        let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
        let long = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(32_000));
        add(
            format!("amplified-{times}.xlsx"),
            of_parts(&sheet, &[("xl/sharedStrings.xml", &long)]),
        );
    }
    // styles: many, deep, wrong
    for count in [1_000, 100_000, 2_000_000] {
        let styles =
            format!("<styleSheet><cellXfs>{}</cellXfs></styleSheet>", "<xf/>".repeat(count));
        add(format!("styles-{count}.xlsx"), of_parts(&data(TABLE), &[("xl/styles.xml", &styles)]));
        let formats = r#"<numFmt numFmtId="200" formatCode="yyyy"/>"#.repeat(count / 10);
        let formats = format!("<styleSheet><numFmts>{formats}</numFmts></styleSheet>");
        add(
            format!("formats-{count}.xlsx"),
            of_parts(&data(TABLE), &[("xl/styles.xml", &formats)]),
        );
    }
    for depth in [100, 1_000, 100_000, 3_000_000] {
        let deep = "<a>".repeat(depth);
        add(
            format!("deep-styles-{depth}.xlsx"),
            of_parts(&data(TABLE), &[("xl/styles.xml", &deep)]),
        );
        add(format!("deep-sheet-{depth}.xlsx"), of_parts(&deep, &[]));
        add(format!("deep-cell-{depth}.xlsx"), behind(&format!("<row><c>{deep}</c></row>")));
        add(format!("deep-strings-{depth}.xlsx"), strings("1", &deep));
        add(format!("deep-{depth}.ods"), ods(&deep));
    }
    // bombs
    for megabytes in [10, 50] {
        let blank = " ".repeat(megabytes * 1024 * 1024);
        add(format!("blank-{megabytes}.xlsx"), behind(&blank));
        add(format!("text-{megabytes}.xlsx"), behind(&format!("<row><c><v>{blank}</v></c></row>")));
        add(format!("blank-{megabytes}.ods"), ods(&blank));
    }
    for mebi in [1, 10, 30] {
        let attribute = "x".repeat(mebi * 1024 * 1024);
        add(format!("attribute-{mebi}.xlsx"), behind(&format!(r#"<row r="{attribute}"/>"#)));
        add(format!("comment-{mebi}.xlsx"), behind(&format!("<!--{attribute}-->")));
        add(format!("tag-{mebi}.xlsx"), behind(&format!("<{attribute}>")));
    }
    // many sheets, of one part too
    for count in [100, 3_000, 50_000] {
        let sheets = r#"<sheet name="S" r:id="r"/>"#.repeat(count);
        let book = format!("<workbook><sheets>{sheets}</sheets></workbook>");
        let relation =
            br#"<Relationships><Relationship Id="r" Target="worksheets/s.xml"/></Relationships>"#;
        let sheet = format!("<worksheet>{}</worksheet>", data(TABLE));
        add(
            format!("sheets-{count}.xlsx"),
            package(&[
                ("xl/workbook.xml", book.as_bytes()),
                ("xl/_rels/workbook.xml.rels", relation),
                ("xl/worksheets/s.xml", sheet.as_bytes()),
            ]),
        );
    }
    // merged cells: over everything, over each other, wrong
    for area in ["A1:XFD1048576", "A2:A1048576", "XFD1:XFD1048576", "C3:A1", "A1", "A1:ZZZZZZZZ9"] {
        let sheet = data(TABLE) + &format!(r#"<mergeCells><mergeCell ref="{area}"/></mergeCells>"#);
        add(format!("merged-{}.xlsx", area.replace(':', "-")), xlsx(&[("S", "visible", sheet)]));
    }
    for count in [1_000, 300_000] {
        let merged = r#"<mergeCell ref="A1:XFD1048576"/>"#.repeat(count);
        let sheet = data(TABLE) + &format!("<mergeCells>{merged}</mergeCells>");
        add(format!("merged-{count}.xlsx"), xlsx(&[("S", "visible", sheet)]));
    }
    // repetitions
    let cell = |repeat: &str| {
        format!(
            r#"<table:table-cell table:number-columns-repeated="{repeat}" office:value-type="string"><text:p>x</text:p></table:table-cell>"#
        )
    };
    for rows in ["2", "1048576", "4294967295", "99999999999999999999", "-1"] {
        for columns in ["2", "1024", "16384", "4294967295"] {
            let row = format!(
                r#"<table:table-row table:number-rows-repeated="{rows}">{}</table:table-row>"#,
                cell(columns)
            );
            add(format!("repeated-{rows}-{columns}.ods"), ods(&row));
        }
    }
    for count in ["5", "4294967295", "18446744073709551615"] {
        let text = format!(
            r#"<table:table-row><table:table-cell><text:p><text:s text:c="{count}"/>x</text:p></table:table-cell></table:table-row>"#
        );
        add(format!("spaces-{count}.ods"), ods(&text));
        let text = format!(
            r#"<table:table-row><table:table-cell table:number-rows-spanned="{count}" table:number-columns-spanned="{count}"><text:p>x</text:p></table:table-cell></table:table-row>"#
        );
        add(format!("spanned-{count}.ods"), ods(&text));
    }
    // records that say more than there is
    for (rows, columns) in
        [(10, 5), (65_536, 256), (65_536, 65_535), (4_000_000_000, 256), (2, 65_535)]
    {
        for has_cell in [false, true] {
            add(format!("xls-{rows}-{columns}-{has_cell}.xls"), xls_of(rows, columns, has_cell));
        }
    }
    for (name, bytes) in contradictory() {
        add(format!("xls-{name}.xls"), bytes);
    }
    // cut off, overwritten, anything
    let whole = [far(9, 9), ods(&cell("2")), xls_of(10, 5, true)];
    for (kind, bytes) in ["xlsx", "ods", "xls"].iter().zip(&whole) {
        for part in 1..10 {
            let cut = bytes.len() * part / 10;
            add(format!("cut-{part}.{kind}"), bytes[..cut].to_vec());
            let mut other = bytes.clone();
            for byte in other.iter_mut().skip(cut).step_by(7 * part) {
                *byte = byte.wrapping_add((part as u8).wrapping_mul(31));
            }
            add(format!("other-{part}.{kind}"), other);
        }
    }
    all
}

#[test]
fn every_hostile_workbook_ends_with_a_message() {
    let folder = tempfile::tempdir().unwrap();
    let all = generated();
    assert!(all.len() >= 200, "{}", all.len());
    let files: Vec<_> = (0..)
        .zip(all)
        .map(|(index, (name, bytes))| {
            let extension = name.rsplit('.').next().unwrap();
            let file = folder.path().join(format!(
                "{index}-{}.{extension}",
                &name[..name.len().min(40)].replace('/', "-")
            ));
            fs::write(&file, bytes).unwrap();
            file
        })
        .collect();
    thread::scope(|scope| {
        for half in files.chunks(files.len().div_ceil(2)) {
            scope.spawn(|| half.iter().for_each(|file| check(file)));
        }
    });
}

#[test]
fn a_far_cell_is_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("far.xlsx");
    fs::write(&file, far(1_048_576, 16_384)).unwrap();
    let (code, said, _) = bounded(&file);
    assert_eq!(code, Some(1));
    for words in ["far.xlsx", "“S”", "XFD1048576", "Delete what stands far from the table"] {
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn the_shared_workbooks_end_with_a_message() {
    let Some(folder) = shared("cases/10-xlsx") else { return };
    for file in fs::read_dir(folder).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_some_and(|extension| extension == "xlsx") {
            check(&file);
        }
    }
}
