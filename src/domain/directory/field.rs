//! What a field of a record of the directory is: its column, its kind, its texts, and how it is
//! read and set. Each kind of record declares its own in one table.

use std::fmt;

use chrono::NaiveDate;

use super::{ChoiceItem, Deadline, Rate};
use crate::domain::{Language, PartialDate};

/// What the cells of a field hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum CellKind {
    /// A code: lower-case letters, digits and hyphens.
    Code,
    /// The code of a record of a collection.
    Ref(&'static str),
    /// Several of them.
    Codes(&'static str),
    /// A text of at most so many characters.
    Text(usize),
    /// Several texts.
    Texts,
    /// An address, `http` or `https`.
    Url,
    /// One value of a list.
    Choice(&'static [ChoiceItem]),
    /// Several values of a list.
    Choices(&'static [ChoiceItem]),
    /// Themes, by code, label or alias.
    Themes,
    /// Numbers from 1 to the greatest: goals, months.
    Numbers(u64),
    /// French régions, by code or name.
    Regions,
    /// Countries, by code or name; `@` before a named group, `*` for all.
    Countries,
    /// Named groups of French territories.
    Territories,
    /// A whole number.
    Number,
    /// A percentage.
    Percent,
    /// Two whole numbers, `12-36`.
    Range,
    /// A date as precise as it is known.
    Date,
    /// Deadlines.
    Deadlines,
    /// Rates by group of countries.
    Rates,
}

impl CellKind {
    /// Whether a value is a list: of several values, or of the two ends of a range.
    pub fn has_several(self) -> bool {
        self.is_list() || self == Self::Range
    }

    /// Whether a cell may have several values, with `|` between them.
    pub fn is_list(self) -> bool {
        matches!(
            self,
            Self::Codes(_)
                | Self::Texts
                | Self::Choices(_)
                | Self::Themes
                | Self::Numbers(_)
                | Self::Regions
                | Self::Countries
                | Self::Territories
                | Self::Deadlines
                | Self::Rates
        )
    }
}

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum CellValue {
    /// Nothing is known.
    #[default]
    Nothing,
    /// A text or a code.
    Text(String),
    /// Several.
    Texts(Vec<String>),
    /// A whole number.
    Number(u64),
    /// Several.
    Numbers(Vec<u64>),
    /// Two whole numbers.
    Range(u64, u64),
    /// A date.
    Date(PartialDate),
    /// Deadlines.
    Deadlines(Vec<Deadline>),
    /// Rates.
    Rates(Vec<Rate>),
}

impl CellValue {
    /// Whether nothing is known.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Nothing)
    }
}

/// As a cell writes it.
impl fmt::Display for CellValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn joined<T: ToString>(f: &mut fmt::Formatter<'_>, list: &[T]) -> fmt::Result {
            let texts: Vec<String> = list.iter().map(ToString::to_string).collect();
            f.write_str(&texts.join("|"))
        }
        match self {
            Self::Nothing => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Texts(list) => joined(f, list),
            Self::Number(number) => number.fmt(f),
            Self::Numbers(list) => joined(f, list),
            Self::Range(least, most) => write!(f, "{least}-{most}"),
            Self::Date(date) => date.fmt(f),
            Self::Deadlines(list) => joined(f, list),
            Self::Rates(list) => joined(f, list),
        }
    }
}

/// A member of a record that a cell fills.
pub trait Member {
    /// What it holds.
    fn value(&self) -> CellValue;
    /// Takes a value of the kind that its field declares.
    fn set(&mut self, value: CellValue);
}

impl Member for String {
    fn value(&self) -> CellValue {
        if self.is_empty() { CellValue::Nothing } else { CellValue::Text(self.clone()) }
    }

    fn set(&mut self, value: CellValue) {
        if let CellValue::Text(text) = value {
            *self = text;
        }
    }
}

impl Member for Vec<String> {
    fn value(&self) -> CellValue {
        if self.is_empty() { CellValue::Nothing } else { CellValue::Texts(self.clone()) }
    }

    fn set(&mut self, value: CellValue) {
        if let CellValue::Texts(list) = value {
            *self = list;
        }
    }
}

impl Member for Vec<u64> {
    fn value(&self) -> CellValue {
        if self.is_empty() { CellValue::Nothing } else { CellValue::Numbers(self.clone()) }
    }

    fn set(&mut self, value: CellValue) {
        if let CellValue::Numbers(list) = value {
            *self = list;
        }
    }
}

impl Member for Option<u64> {
    fn value(&self) -> CellValue {
        self.map_or(CellValue::Nothing, CellValue::Number)
    }

    fn set(&mut self, value: CellValue) {
        if let CellValue::Number(number) = value {
            *self = Some(number);
        }
    }
}

impl Member for Option<(u64, u64)> {
    fn value(&self) -> CellValue {
        self.map_or(CellValue::Nothing, |(least, most)| CellValue::Range(least, most))
    }

    fn set(&mut self, value: CellValue) {
        if let CellValue::Range(least, most) = value {
            *self = Some((least, most));
        }
    }
}

impl Member for Option<PartialDate> {
    fn value(&self) -> CellValue {
        self.map_or(CellValue::Nothing, CellValue::Date)
    }

    fn set(&mut self, value: CellValue) {
        if let CellValue::Date(date) = value {
            *self = Some(date);
        }
    }
}

impl Member for Vec<Deadline> {
    fn value(&self) -> CellValue {
        if self.is_empty() { CellValue::Nothing } else { CellValue::Deadlines(self.clone()) }
    }

    fn set(&mut self, value: CellValue) {
        if let CellValue::Deadlines(list) = value {
            *self = list;
        }
    }
}

impl Member for Vec<Rate> {
    fn value(&self) -> CellValue {
        if self.is_empty() { CellValue::Nothing } else { CellValue::Rates(self.clone()) }
    }

    fn set(&mut self, value: CellValue) {
        if let CellValue::Rates(list) = value {
            *self = list;
        }
    }
}

/// A field of a kind of record.
#[derive(Debug)]
pub struct DirectoryField<T: 'static> {
    /// The name of the property.
    pub name: &'static str,
    /// The column.
    pub column: &'static str,
    /// Other headings that files use.
    pub aliases: &'static [&'static str],
    /// What its cells hold.
    pub kind: CellKind,
    /// Whether every record has it.
    pub is_required: bool,
    /// What people call it, in French and in English.
    pub title: [&'static str; 2],
    /// What it says, in a sentence.
    pub description: [&'static str; 2],
    /// Gives the value of a record.
    pub get: fn(&T) -> CellValue,
    /// Gives a record its value.
    pub set: fn(&mut T, CellValue),
}

/// Declares a field: name, column and other headings, kind, member, titles, descriptions.
macro_rules! field {
    (required $($rest:tt)*) => { $crate::domain::directory::field::field!(@ true, $($rest)*) };
    (@ $required:literal, $name:literal, $column:literal $aliases:expr, $kind:expr, $($member:ident).+, $title:expr, $description:expr) => {
        $crate::domain::directory::DirectoryField {
            name: $name,
            column: $column,
            aliases: &$aliases,
            kind: $kind,
            is_required: $required,
            title: $title,
            description: $description,
            get: |record| $crate::domain::directory::field::Member::value(&record.$($member).+),
            set: |record, value| {
                $crate::domain::directory::field::Member::set(&mut record.$($member).+, value);
            },
        }
    };
    ($($rest:tt)*) => { $crate::domain::directory::field::field!(@ false, $($rest)*) };
}
pub(super) use field;

impl<T> DirectoryField<T> {
    /// Its title in a language.
    pub fn title(&self, language: Language) -> &'static str {
        self.title[language as usize]
    }
}

/// Where the facts of a record come from, and how sure they are.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// The document or the address.
    pub source: String,
    /// When it was seen.
    pub seen_on: Option<PartialDate>,
    /// The time that the facts are of, where that is earlier.
    pub of: Option<PartialDate>,
    /// A code of [`CERTAINTIES`](super::choice::CERTAINTIES).
    pub certainty: String,
}

/// After so many days facts are old.
const STALE_AFTER: i64 = 365;

impl Facts {
    /// Whether they were read at their source.
    pub fn are_certain(&self) -> bool {
        self.certainty == "certain"
    }

    /// Whether they are older than a year.
    pub fn are_stale(&self, today: NaiveDate) -> bool {
        let date = self.of.or(self.seen_on);
        date.is_none_or(|date| (today - date.last_day()).num_days() > STALE_AFTER)
    }
}

/// A kind of record of the directory.
pub trait DirectoryRecord: Default + Sized + 'static {
    /// The name of the collection: `actors`, `schemes`, `calls`.
    const COLLECTION: &'static str;
    /// Its fields, in the order of the columns.
    fn fields() -> &'static [DirectoryField<Self>];
    /// Its code.
    fn code(&self) -> &str;
    /// Its name in a language.
    fn name(&self, language: Language) -> &str;
    /// Where its facts come from.
    fn facts(&self) -> &Facts;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_grow_old_after_a_year() {
        let facts = |of: Option<PartialDate>| Facts {
            of,
            seen_on: PartialDate::new(2026, Some(11), None).ok(),
            ..Facts::default()
        };
        let day = |text: &str| text.parse().unwrap();
        assert!(!facts(None).are_stale(day("2027-11-30")));
        assert!(facts(None).are_stale(day("2027-12-01")));
        assert!(facts(PartialDate::new(2024, None, None).ok()).are_stale(day("2026-11-30")));
        assert!(Facts::default().are_stale(day("2026-11-30")));
    }
}
