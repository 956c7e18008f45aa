//! Workbooks of Office Open XML (ECMA-376), by stream.

use std::collections::HashMap;

use quick_xml::events::Event;

use super::{
    super::{CsvError, intake::Rereadable},
    Cell, MAX_COLUMNS, MAX_ROWS, Merged, Sheet, SheetRow, Value, Visitor, number,
    package::{Package, Xml, append, attribute, broken},
};

/// What the texts that cells share may hold, in bytes.
const STRINGS_BYTES: usize = 256 * 1024 * 1024;
/// Sheets of one workbook.
const SHEETS: usize = 2_000;
/// Formats of one workbook; Excel keeps 65,490.
const STYLES: usize = 200_000;

/// A workbook.
pub(super) struct Xlsx<'a> {
    package: Package<'a>,
    sheets: Vec<Sheet>,
    /// The part of each.
    parts: Vec<String>,
    strings: Strings,
    /// Of each format of cells, whether it shows dates.
    dates: Vec<bool>,
    since_1904: bool,
}

/// Texts that cells share, one behind the other.
#[derive(Default)]
struct Strings {
    text: String,
    ends: Vec<u32>,
}

impl Strings {
    fn at(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.text.get(start..end)
    }
}

impl<'a> Xlsx<'a> {
    pub(super) fn open(input: Box<dyn Rereadable + 'a>) -> Result<Self, CsvError> {
        let package = Package::open(input)?;
        let mut book = Self {
            package,
            sheets: Vec::new(),
            parts: Vec::new(),
            strings: Strings::default(),
            dates: Vec::new(),
            since_1904: false,
        };
        let targets = book.relations()?;
        book.read_workbook(&targets)?;
        book.read_strings()?;
        book.read_styles()?;
        Ok(book)
    }

    pub(super) fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// The parts that the workbook refers to, by id.
    fn relations(&mut self) -> Result<HashMap<String, String>, CsvError> {
        let mut targets = HashMap::new();
        let Some(mut xml) = self.package.part("xl/_rels/workbook.xml.rels")? else {
            return Ok(targets);
        };
        loop {
            match xml.next()? {
                Event::Start(element) if element.local_name().as_ref() == "Relationship" => {
                    let (id, target) = (attribute(&element, "Id"), attribute(&element, "Target"));
                    if let (Some(id), Some(target)) = (id, target)
                        && targets.len() < SHEETS * 4
                    {
                        let target = target.replace('\\', "/");
                        let part = match target.strip_prefix('/') {
                            Some(absolute) => absolute.to_owned(),
                            None => format!("xl/{}", target.trim_start_matches("./")),
                        };
                        targets.insert(id, part);
                    }
                }
                Event::Eof => return Ok(targets),
                _ => {}
            }
        }
    }

    fn read_workbook(&mut self, targets: &HashMap<String, String>) -> Result<(), CsvError> {
        let Some(mut xml) = self.package.part("xl/workbook.xml")? else {
            return Err(CsvError::Packed("it has no xl/workbook.xml".into()));
        };
        loop {
            match xml.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "sheet" if self.sheets.len() < SHEETS => {
                        let part = attribute(&element, "id").and_then(|id| targets.get(&id));
                        // charts and dialogues are sheets too
                        let Some(part) = part.filter(|part| part.contains("worksheets/")) else {
                            continue;
                        };
                        let state = attribute(&element, "state").unwrap_or_default();
                        self.parts.push(part.clone());
                        self.sheets.push(Sheet {
                            name: attribute(&element, "name").unwrap_or_default(),
                            is_hidden: state.to_lowercase().contains("hidden"),
                        });
                    }
                    "workbookPr" => {
                        let since = attribute(&element, "date1904");
                        self.since_1904 |= since.is_some_and(|v| v == "1" || v == "true");
                    }
                    _ => {}
                },
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn read_strings(&mut self) -> Result<(), CsvError> {
        let Some(mut xml) = self.package.part("xl/sharedStrings.xml")? else { return Ok(()) };
        let Strings { text, ends } = &mut self.strings;
        let (mut is_text, mut is_phonetic) = (false, false);
        loop {
            let event = xml.next()?;
            match &event {
                Event::Start(element) => match element.local_name().as_ref() {
                    "t" => is_text = true,
                    "rPh" => is_phonetic = true,
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "t" => is_text = false,
                    "rPh" => is_phonetic = false,
                    "si" => ends.push(text.len() as u32),
                    _ => {}
                },
                Event::Eof => return Ok(()),
                event if is_text && !is_phonetic => append(text, event),
                _ => {}
            }
            if text.len() + ends.len() * size_of::<u32>() > STRINGS_BYTES {
                return Err(CsvError::Packed(
                    "its cells share more than 256 MiB of texts; save the table as CSV".into(),
                ));
            }
        }
    }

    fn read_styles(&mut self) -> Result<(), CsvError> {
        let Some(mut xml) = self.package.part("xl/styles.xml")? else { return Ok(()) };
        let mut own: HashMap<u32, bool> = HashMap::new();
        let mut is_within = false;
        loop {
            let event = xml.next()?;
            match &event {
                Event::Start(element) => match element.local_name().as_ref() {
                    "numFmt" if own.len() < STYLES => {
                        let id = attribute(element, "numFmtId").and_then(|id| id.parse().ok());
                        let code = attribute(element, "formatCode").unwrap_or_default();
                        if let Some(id) = id {
                            own.insert(id, number::is_date_code(&code));
                        }
                    }
                    "cellXfs" => is_within = true,
                    "xf" if is_within && self.dates.len() < STYLES => {
                        let id = attribute(element, "numFmtId").and_then(|id| id.parse().ok());
                        let is_date = |id| {
                            own.get(&id).copied().unwrap_or_else(|| number::is_date_format(id))
                        };
                        self.dates.push(id.is_some_and(is_date));
                    }
                    _ => {}
                },
                Event::End(element) if element.local_name().as_ref() == "cellXfs" => {
                    is_within = false;
                }
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    // long: one arm for each kind of element
    pub(super) fn visit(
        &mut self,
        sheet: usize,
        visitor: &mut dyn Visitor,
    ) -> Result<(), CsvError> {
        let (part, name) = (&self.parts[sheet], &self.sheets[sheet].name);
        let broken_off = |reason: String| CsvError::SheetBroken { sheet: name.clone(), reason };
        let Some(mut xml) = self.package.part(part)? else {
            return Err(broken_off(format!("its part {part} is missing")));
        };
        let values =
            Values { strings: &self.strings, dates: &self.dates, since_1904: self.since_1904 };
        let (mut index, mut column) = (0_u32, 0_u32);
        let mut row = SheetRow { index: 0, repeat: 1, cells: Vec::new() };
        loop {
            match xml.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "row" => {
                        let named = attribute(&element, "r").and_then(|r| r.parse::<u32>().ok());
                        index = named.map_or(index, |named| named.saturating_sub(1));
                        column = 0;
                        row = SheetRow { index, repeat: 1, cells: Vec::new() };
                    }
                    "c" => {
                        if let Some(address) = attribute(&element, "r") {
                            column = position(&address)
                                .ok_or_else(|| {
                                    broken_off(format!("“{address}” is not the address of a cell"))
                                })?
                                .1;
                        }
                        if column >= MAX_COLUMNS || row.cells.len() >= MAX_COLUMNS as usize {
                            return Err(broken_off(format!(
                                "row {} has more than {MAX_COLUMNS} columns",
                                index + 1
                            )));
                        }
                        let kind = attribute(&element, "t");
                        let style = attribute(&element, "s").and_then(|s| s.parse().ok());
                        let written = Written::read(&mut xml)?;
                        if let Some(value) = values.value(written, kind.as_deref(), style) {
                            row.cells.push(Cell { column, repeat: 1, value });
                        }
                        column += 1;
                    }
                    "mergeCell" => {
                        if let Some(merged) = attribute(&element, "ref").as_deref().and_then(area) {
                            visitor.merged(merged);
                        }
                    }
                    _ => {}
                },
                Event::End(element) if element.local_name().as_ref() == "row" => {
                    let mut done = std::mem::replace(
                        &mut row,
                        SheetRow { index, repeat: 1, cells: Vec::new() },
                    );
                    done.cells.sort_by_key(|cell| cell.column);
                    if index >= MAX_ROWS {
                        return Err(broken_off(format!("it has a row {}", u64::from(index) + 1)));
                    }
                    if !done.cells.is_empty() && !visitor.row(done)? {
                        return Ok(());
                    }
                    index += 1;
                }
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }
}

/// What a cell has between its tags.
#[derive(Default)]
struct Written {
    value: String,
    has_formula: bool,
}

impl Written {
    /// Reads to the end of the cell.
    fn read(xml: &mut Xml<'_, '_>) -> Result<Self, CsvError> {
        let mut written = Self::default();
        let (mut is_value, mut is_phonetic) = (false, false);
        loop {
            let event = xml.next()?;
            match &event {
                Event::Start(element) => match element.local_name().as_ref() {
                    "v" | "t" => is_value = true,
                    "f" => written.has_formula = true,
                    "rPh" => is_phonetic = true,
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "v" | "t" => is_value = false,
                    "rPh" => is_phonetic = false,
                    "c" => return Ok(written),
                    _ => {}
                },
                Event::Eof => return Err(broken(&"a sheet breaks off within a cell")),
                event if is_value && !is_phonetic => append(&mut written.value, event),
                _ => {}
            }
        }
    }
}

/// What the values of cells refer to.
struct Values<'b> {
    strings: &'b Strings,
    dates: &'b [bool],
    since_1904: bool,
}

impl Values<'_> {
    /// A cell as a person reads it, dates as ISO 8601; nothing where it is empty.
    fn value(&self, written: Written, kind: Option<&str>, style: Option<usize>) -> Option<Value> {
        let Written { value, has_formula } = written;
        let is_text = matches!(kind, Some("str" | "inlineStr" | "s"));
        if has_formula && value.is_empty() && !is_text {
            return Some(Value::Unread);
        }
        let text = match kind {
            Some("s") => {
                let index = value.trim().parse().ok();
                let shared = index.and_then(|index| self.strings.at(index));
                // a text that is not there is an error of the file, not an empty cell
                return match shared {
                    Some(text) if text.trim().is_empty() => None,
                    Some(text) => Some(Value::Text(text.to_owned())),
                    None => Some(Value::Unread),
                };
            }
            Some("b") => match value.trim() {
                "1" | "true" => "oui".to_owned(),
                "0" | "false" => "non".to_owned(),
                _ => value,
            },
            Some("e") => return Some(Value::Error(value)),
            Some("d") => value.split('T').next().unwrap_or_default().to_owned(),
            Some("str" | "inlineStr") => value,
            _ => match value.trim().parse::<f64>() {
                Ok(number) if style.is_some_and(|style| self.dates.get(style) == Some(&true)) => {
                    number::date(number, self.since_1904)
                }
                Ok(number) => number.to_string(),
                Err(_) => value,
            },
        };
        (!text.trim().is_empty()).then_some(Value::Text(text))
    }
}

/// Row and column of `B7`, counted from 0.
fn position(address: &str) -> Option<(u32, u32)> {
    let address = address.trim();
    let digits = address.find(|c: char| c.is_ascii_digit())?;
    let (letters, digits) = address.split_at(digits);
    let mut column: u32 = 0;
    for letter in letters.trim_matches('$').bytes() {
        let letter = letter.to_ascii_uppercase();
        letter.is_ascii_uppercase().then_some(())?;
        column = column.checked_mul(26)?.checked_add(u32::from(letter - b'A') + 1)?;
    }
    let row = digits.parse::<u32>().ok()?;
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}

/// The area of `B2:C3`.
fn area(text: &str) -> Option<Merged> {
    let (first, last) = text.split_once(':')?;
    let (first, last) = (position(first)?, position(last)?);
    Some(Merged { rows: (first.0, last.0), columns: (first.1, last.1) })
}
