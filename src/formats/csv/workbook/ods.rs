//! Workbooks of OpenDocument (ISO/IEC 26300), by stream.

use std::collections::HashSet;

use quick_xml::events::{BytesStart, Event};

use super::{
    super::{CsvError, intake::Rereadable},
    Cell, MAX_COLUMNS, MAX_ROWS, Merged, Sheet, SheetRow, Value, Visitor,
    package::{Package, Xml, append, attribute, broken},
};

/// Sheets of one workbook.
const SHEETS: usize = 2_000;

/// A workbook.
pub(super) struct Ods<'a> {
    package: Package<'a>,
    sheets: Vec<Sheet>,
}

impl<'a> Ods<'a> {
    pub(super) fn open(input: Box<dyn Rereadable + 'a>) -> Result<Self, CsvError> {
        let mut package = Package::open(input)?;
        let sheets = sheets(&mut content(&mut package)?)?;
        Ok(Self { package, sheets })
    }

    pub(super) fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    pub(super) fn visit(
        &mut self,
        sheet: usize,
        visitor: &mut dyn Visitor,
    ) -> Result<(), CsvError> {
        let mut xml = content(&mut self.package)?;
        let mut tables = 0;
        loop {
            match xml.next()? {
                Event::Start(element) if element.local_name().as_ref() == "table" => {
                    if tables == sheet {
                        return table(&mut xml, visitor);
                    }
                    tables += 1;
                    pass(&mut xml)?;
                }
                Event::Eof => return Err(broken(&"a sheet is missing")),
                _ => {}
            }
        }
    }
}

fn content<'p, 'a>(package: &'p mut Package<'a>) -> Result<Xml<'p, 'a>, CsvError> {
    package.part("content.xml")?.ok_or_else(|| broken(&"it has no content.xml"))
}

/// The sheets, and which of them the workbook hides.
fn sheets(xml: &mut Xml<'_, '_>) -> Result<Vec<Sheet>, CsvError> {
    let mut sheets = Vec::new();
    let mut hidden: HashSet<String> = HashSet::new();
    let mut style = String::new();
    loop {
        match xml.next()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "style" => style = attribute(&element, "name").unwrap_or_default(),
                "table-properties"
                    if attribute(&element, "display").as_deref() == Some("false")
                        && hidden.len() < SHEETS =>
                {
                    hidden.insert(style.clone());
                }
                "table" => {
                    if sheets.len() < SHEETS {
                        let style = attribute(&element, "style-name").unwrap_or_default();
                        sheets.push(Sheet {
                            name: attribute(&element, "name").unwrap_or_default(),
                            is_hidden: hidden.contains(&style),
                        });
                    }
                    pass(xml)?;
                }
                _ => {}
            },
            Event::Eof => return Ok(sheets),
            _ => {}
        }
    }
}

/// Passes over the rest of an element that has begun.
fn pass(xml: &mut Xml<'_, '_>) -> Result<(), CsvError> {
    let mut depth = 1;
    while depth > 0 {
        match xml.next()? {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Eof => return Err(broken(&"it breaks off within a sheet")),
            _ => {}
        }
    }
    Ok(())
}

/// The rows of a table that has begun, to its end.
fn table(xml: &mut Xml<'_, '_>, visitor: &mut dyn Visitor) -> Result<(), CsvError> {
    let mut index: u32 = 0;
    loop {
        match xml.next()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "table-row" => {
                    let repeat = number(&element, "number-rows-repeated");
                    let cells = row(xml, index, visitor)?;
                    let is_used = !cells.is_empty();
                    if is_used && !visitor.row(SheetRow { index, repeat, cells })? {
                        return Ok(());
                    }
                    index = index.saturating_add(repeat).min(2 * MAX_ROWS);
                }
                // groups of rows are within the table; a shape may hold a table of its own
                "table-header-rows" | "table-rows" | "table-row-group" => {}
                _ => pass(xml)?,
            },
            Event::End(element) if element.local_name().as_ref() == "table" => return Ok(()),
            Event::Eof => return Err(broken(&"it breaks off within a sheet")),
            _ => {}
        }
    }
}

/// The cells of a row that has begun, to its end.
fn row(
    xml: &mut Xml<'_, '_>,
    index: u32,
    visitor: &mut dyn Visitor,
) -> Result<Vec<Cell>, CsvError> {
    let mut cells: Vec<Cell> = Vec::new();
    let mut column: u32 = 0;
    loop {
        match xml.next()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "table-cell" | "covered-table-cell" => {
                    let repeat = number(&element, "number-columns-repeated");
                    let spanned = ["number-rows-spanned", "number-columns-spanned"]
                        .map(|n| number(&element, n));
                    if spanned != [1, 1] {
                        let [rows, columns] = spanned;
                        visitor.merged(Merged {
                            rows: (index, index.saturating_add(rows - 1)),
                            columns: (column, column.saturating_add(columns - 1)),
                        });
                    }
                    let about = About::of(&element);
                    let text = text(xml)?;
                    if let Some(value) = about.value(text) {
                        if cells.len() >= MAX_COLUMNS as usize {
                            let row = index + 1;
                            return Err(broken(&format!("row {row} has too many cells")));
                        }
                        cells.push(Cell { column, repeat, value });
                    }
                    column = column.saturating_add(repeat).min(2 * MAX_COLUMNS);
                }
                _ => pass(xml)?,
            },
            Event::End(element) if element.local_name().as_ref() == "table-row" => {
                return Ok(cells);
            }
            Event::Eof => return Err(broken(&"it breaks off within a row")),
            _ => {}
        }
    }
}

/// A count, 1 where it is not given; bounded by what a sheet can have, and one more.
fn number(element: &BytesStart<'_>, name: &str) -> u32 {
    let number = attribute(element, name).and_then(|text| text.parse::<u64>().ok());
    number.unwrap_or(1).clamp(1, u64::from(MAX_ROWS) + 1) as u32
}

/// What the attributes of a cell say.
struct About {
    kind: Option<String>,
    value: Option<String>,
    has_formula: bool,
    is_error: bool,
}

impl About {
    fn of(element: &BytesStart<'_>) -> Self {
        let mut about = Self { kind: None, value: None, has_formula: false, is_error: false };
        let mut attributes = element.attributes();
        for attribute in attributes.with_checks(false).flatten() {
            let text = || {
                let version = quick_xml::XmlVersion::Implicit1_0;
                attribute.normalized_value(version).unwrap_or_default().into_owned()
            };
            match attribute.key.local_name().as_ref() {
                // LibreOffice has a kind of its own for errors beside the standard's
                "value-type" => {
                    let kind = text();
                    about.is_error |= kind == "error";
                    about.kind = Some(kind).filter(|kind| kind != "error").or(about.kind);
                }
                "value" | "date-value" | "time-value" | "boolean-value" | "string-value" => {
                    about.value = Some(text());
                }
                "formula" => about.has_formula = true,
                _ => {}
            }
        }
        about
    }

    /// A cell as a person reads it; nothing where it is empty.
    fn value(self, shown: String) -> Option<Value> {
        let Self { kind, value, has_formula, is_error } = self;
        if is_error {
            return Some(Value::Error(shown));
        }
        let text = match (kind.as_deref(), value) {
            (Some("float" | "percentage" | "currency"), Some(value)) => {
                value.parse::<f64>().map_or(value, |number| number.to_string())
            }
            (Some("date"), Some(value)) => value.split('T').next().unwrap_or_default().to_owned(),
            (Some("boolean"), Some(value)) => {
                if value == "true" {
                    "oui".to_owned()
                } else {
                    "non".to_owned()
                }
            }
            (None, None) if has_formula && shown.is_empty() => return Some(Value::Unread),
            (Some("string"), Some(value)) if shown.is_empty() => value,
            _ => shown,
        };
        (!text.trim().is_empty()).then_some(Value::Text(text))
    }
}

/// The text of a cell that has begun, to its end: its paragraphs, without its comments.
fn text(xml: &mut Xml<'_, '_>) -> Result<String, CsvError> {
    let mut text = String::new();
    let mut depth = 1;
    let mut paragraphs = 0;
    let mut within = 0;
    while depth > 0 {
        let event = xml.next()?;
        match &event {
            Event::Start(element) => {
                depth += 1;
                match element.local_name().as_ref() {
                    "annotation" | "table" | "frame" | "shapes" => {
                        pass(xml)?;
                        depth -= 1;
                    }
                    "p" | "h" => {
                        if paragraphs > 0 {
                            text.push('\n');
                        }
                        paragraphs += 1;
                        within = depth;
                    }
                    "s" => {
                        let count = number(element, "c").min(1_000) as usize;
                        text.extend(std::iter::repeat_n(' ', count));
                    }
                    "tab" => text.push('\t'),
                    "line-break" => text.push('\n'),
                    _ => {}
                }
            }
            Event::End(_) => {
                if within == depth {
                    within = 0;
                }
                depth -= 1;
            }
            Event::Eof => return Err(broken(&"it breaks off within a cell")),
            event if within > 0 => append(&mut text, event),
            _ => {}
        }
        if text.len() > 4 * 1024 * 1024 {
            return Err(broken(&"one of its cells holds more than 4 MiB; save the table as CSV"));
        }
    }
    Ok(text)
}
