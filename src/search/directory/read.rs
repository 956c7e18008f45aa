//! Reads a table of the directory: every fault with its line, its column and what to do.

use std::fmt;

use super::cell::{CellFault, value};
use crate::{
    domain::{
        Bilingual, Language,
        directory::{CellKind, CellValue, DirectoryField, DirectoryRecord},
        text::{fold, tidy},
    },
    formats::csv::restored,
};

/// What is wrong in a file of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryIssue {
    /// The collection that the file holds.
    pub file: &'static str,
    /// Line of the file, counted from 1 as an editor does.
    pub line: u64,
    /// The column.
    pub column: Option<&'static str>,
    /// The cell's text.
    pub value: String,
    /// What is wrong.
    pub message: Bilingual,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl fmt::Display for DirectoryIssue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.csv, line {}", self.file, self.line)?;
        if let Some(column) = self.column {
            write!(f, ", {column}")?;
        }
        write!(f, ": {}", self.text(Language::English))
    }
}

impl DirectoryIssue {
    /// The sentence with the suggestion, in a language.
    pub fn text(&self, language: Language) -> String {
        let message = self.message.get(language);
        match (&self.suggestion, language) {
            (None, _) => message.to_owned(),
            (Some(meant), Language::French) => {
                format!("{message} Vouliez-vous dire : {meant} ?")
            }
            (Some(meant), Language::English) => format!("{message} Did you mean: {meant}?"),
        }
    }
}

/// A record and the line of the file that it begins on.
pub(super) struct Lined<T> {
    pub(super) line: u64,
    pub(super) record: T,
}

/// Reads a table: CSV in UTF-8 with `,`, `;` or tab between the cells.
// long: one thing after another that can be wrong with a row
pub(super) fn table<T: DirectoryRecord>(
    bytes: &[u8],
    issues: &mut Vec<DirectoryIssue>,
) -> Vec<Lined<T>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(bytes))
        .from_reader(bytes);
    let mut tell = |line, column, value: &str, fault: CellFault| {
        let CellFault { message, suggestion } = fault;
        let value = value.chars().take(80).collect();
        issues.push(DirectoryIssue {
            file: T::COLLECTION,
            line,
            column,
            value,
            message,
            suggestion,
        });
    };
    let mut columns: Option<Vec<Option<&DirectoryField<T>>>> = None;
    let mut records: Vec<Lined<T>> = Vec::new();
    let mut row = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut row) {
            Ok(false) => break,
            Ok(true) => {}
            Err(reason) => {
                let line = reason.position().map_or(line, csv::Position::line);
                let message = [
                    "La ligne n’est pas du texte en UTF-8.",
                    "The row is not text in UTF-8: save the file as CSV UTF-8.",
                ];
                tell(line, None, "", CellFault::new(message));
                continue;
            }
        }
        let line = row.position().map_or(line, csv::Position::line);
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let Some(columns) = &columns else {
            columns = Some(header::<T>(&row, &mut |value, fault| tell(line, None, value, fault)));
            continue;
        };
        if row.len() != columns.len() {
            let message = [
                format!("La ligne a {} cellules, l’en-tête {}.", row.len(), columns.len()),
                format!("The row has {} cells, the header {}.", row.len(), columns.len()),
            ];
            tell(line, None, "", CellFault::new(message));
            continue;
        }
        let mut record = T::default();
        for (field, cell) in columns.iter().zip(&row) {
            let Some(field) = field else { continue };
            match value(field.kind, field.is_required, &tidy(restored(cell))) {
                Ok(value) => (field.set)(&mut record, value),
                Err(fault) => tell(line, Some(field.column), cell, fault),
            }
        }
        if let Some(first) = records.iter().find(|first| first.record.code() == record.code()) {
            let message = [
                format!("Ce code est déjà celui de la ligne {}.", first.line),
                format!("Line {} has this code already.", first.line),
            ];
            tell(line, Some("code"), record.code(), CellFault::new(message));
        }
        records.push(Lined { line, record });
    }
    if columns.is_none() {
        let message = ["Le fichier est vide.", "The file is empty: it needs a header."];
        tell(1, None, "", CellFault::new(message));
    }
    records
}

/// What stands between the cells: whatever the first line has most of.
fn delimiter(bytes: &[u8]) -> u8 {
    let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| memchr::memchr_iter(wanted, header).count();
    [b'\t', b';', b','].into_iter().max_by_key(|byte| count(*byte)).unwrap_or(b',')
}

/// The field of each column.
fn header<T: DirectoryRecord>(
    row: &csv::StringRecord,
    tell: &mut dyn FnMut(&str, CellFault),
) -> Vec<Option<&'static DirectoryField<T>>> {
    let mut columns: Vec<Option<&'static DirectoryField<T>>> = Vec::new();
    for cell in row {
        let field = of_heading::<T>(cell);
        let is_twice = |field: &&DirectoryField<T>| {
            columns.iter().flatten().any(|other| other.name == field.name)
        };
        match field {
            None => {
                let message = ["Cette colonne n’est pas connue.", "This column is not known."];
                tell(cell, CellFault::new(message).suggest(nearest_heading::<T>(cell)));
                columns.push(None);
            }
            Some(field) if is_twice(&field) => {
                let message = ["Cette colonne est là deux fois.", "This column is there twice."];
                tell(cell, CellFault::new(message));
                columns.push(None);
            }
            Some(field) => columns.push(Some(field)),
        }
    }
    for field in T::fields().iter().filter(|field| field.is_required) {
        if !columns.iter().flatten().any(|known| known.name == field.name) {
            let message = [
                format!("La colonne obligatoire « {} » manque.", field.column),
                format!("The required column “{}” is missing.", field.column),
            ];
            tell(field.column, CellFault::new(message));
        }
    }
    columns
}

/// The field that a heading means.
pub(super) fn of_heading<T: DirectoryRecord>(heading: &str) -> Option<&'static DirectoryField<T>> {
    let folded = fold(heading);
    let by_column = T::fields().iter().find(|field| fold(field.column) == folded);
    by_column.or_else(|| {
        T::fields().iter().find(|field| {
            let mut names = field.aliases.iter().chain([&field.name, &field.title[0]]);
            names.any(|name| fold(name) == folded)
        })
    })
}

fn nearest_heading<T: DirectoryRecord>(heading: &str) -> Option<&'static str> {
    let folded = fold(heading);
    let edits =
        |field: &DirectoryField<T>| strsim::damerau_levenshtein(&folded, &fold(field.column));
    let near = T::fields().iter().map(|field| (edits(field), field.column));
    near.filter(|(edits, _)| *edits <= 2).min().map(|(_, column)| column)
}

/// Whether every code that a record refers to exists.
pub(super) fn references<T: DirectoryRecord>(
    records: &[Lined<T>],
    exists: &dyn Fn(&str, &str) -> bool,
    issues: &mut Vec<DirectoryIssue>,
) {
    for Lined { line, record } in records {
        for field in T::fields() {
            let (collection, codes): (&str, Vec<String>) = match (field.kind, (field.get)(record)) {
                (CellKind::Ref(collection), CellValue::Text(code)) => (collection, vec![code]),
                (CellKind::Codes(collection), CellValue::Texts(codes)) => (collection, codes),
                (CellKind::Territories, CellValue::Texts(codes)) => ("groups", codes),
                (CellKind::Countries, CellValue::Texts(codes)) => {
                    let groups = codes.iter().filter_map(|one| one.strip_prefix('@'));
                    ("groups", groups.map(str::to_owned).collect())
                }
                (CellKind::Rates, CellValue::Rates(rates)) => {
                    let groups = rates.into_iter().map(|rate| rate.group);
                    ("groups", groups.filter(|group| group != "*").collect())
                }
                _ => continue,
            };
            for code in codes.iter().filter(|code| !exists(collection, code)) {
                issues.push(DirectoryIssue {
                    file: T::COLLECTION,
                    line: *line,
                    column: Some(field.column),
                    value: code.clone(),
                    message: [
                        format!("« {code} » n’est pas un code de {collection}.csv."),
                        format!("“{code}” is not a code of {collection}.csv."),
                    ]
                    .into(),
                    suggestion: None,
                });
            }
        }
    }
}
