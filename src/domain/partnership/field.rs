//! What a field of a partnership is: its names, its texts, and how it is read.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use crate::domain::{
    Collectivity, Column, Euros, PartialDate, Partner, Partnership, period::PeriodError,
};

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// A text.
    Text,
    /// An address, `http` or `https`.
    Url,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A date as precise as it is known: `2016`, `2016-12` or `2016-12-15`.
    PartialDate,
    /// A day: `2016-12-15`.
    Date,
    /// A moment, RFC 3339.
    Datetime,
    /// A list of texts.
    List,
    /// A list of whole numbers.
    Numbers,
    /// A list of objects.
    Objects,
}

/// A value of a field; a field of several authorities or of a list has several.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FieldValue<'a> {
    /// Nothing is known.
    Nothing,
    /// A text.
    Text(&'a str),
    /// A text that follows from others: cells show it, the content hash leaves it out.
    Implied(&'a str),
    /// A date.
    Date(PartialDate),
    /// A whole number.
    Integer(u8),
    /// Degrees.
    Number(f64),
    /// An amount.
    Euros(Euros),
}

impl<'a> FieldValue<'a> {
    /// A text that may be missing.
    pub(super) fn text(text: Option<&'a String>) -> Self {
        text.map_or(Self::Nothing, |text| Self::Text(text))
    }

    /// A date that may be missing.
    pub(super) fn date(date: Option<impl Into<PartialDate>>) -> Self {
        date.map_or(Self::Nothing, |date| Self::Date(date.into()))
    }

    /// Degrees that may be missing.
    pub(super) fn number(number: Option<f64>) -> Self {
        number.map_or(Self::Nothing, Self::Number)
    }
}

/// As the native CSV writes it.
impl fmt::Display for FieldValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Text(text) | Self::Implied(text) => f.write_str(text),
            Self::Date(date) => date.fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Euros(euros) => euros.fmt(f),
        }
    }
}

/// Takes the values of a field, one after another.
pub type Sink<'s> = &'s mut dyn FnMut(FieldValue<'_>);
/// Gives the values that a record has.
type ReadRecord = fn(&Partnership, Sink<'_>);
type ReadCollectivity = fn(&Collectivity) -> FieldValue<'_>;
type ReadPartner = fn(&Partner) -> FieldValue<'_>;
/// Puts what another version of the record says in its place.
type Keep = fn(&mut Partnership, &Partnership) -> Result<(), PeriodError>;

/// Where the values of a field are read from.
#[derive(Debug, Clone, Copy)]
enum Reader {
    /// It follows from other fields.
    Derived,
    /// The record.
    Record(ReadRecord),
    /// Each of its French authorities.
    Collectivity(ReadCollectivity),
    /// Each of its partners.
    Partner(ReadPartner),
}

/// A field of a partnership, declared once in `fields.rs`.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// The name of the property, and the field's tag in the content hash: it never changes.
    pub name: &'static str,
    /// What it holds.
    pub kind: FieldKind,
    /// What people call it as a property, in French and in English; empty where it is none.
    pub title: [&'static str; 2],
    /// What it says as a property, in a sentence.
    pub description: [&'static str; 2],
    /// The column of the native CSV that holds it.
    pub csv: Option<CsvColumn>,
    /// The dimension whose codes it holds.
    pub dimension: Option<&'static str>,
    /// Of partners: shown beside the name, on pages and in tiles, and how a tile describes it.
    pub beside_name: Option<&'static str>,
    reader: Reader,
    /// None where the value tells which record a row is about.
    keep: Option<Keep>,
}

/// A column of the native CSV, as Table Schema describes it.
#[derive(Debug, Clone, Copy)]
pub struct CsvColumn {
    /// Which one.
    pub column: Column,
    /// What people call it.
    pub title: &'static str,
    /// What it holds, in French and in English.
    pub description: [&'static str; 2],
    /// A cell.
    pub example: Option<&'static str>,
    /// What its cells have to be.
    pub constraint: Option<Constraint>,
}

/// A rule for the cells of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint {
    /// There is a value.
    Required,
    /// At most so many characters.
    MaxLength(u32),
    /// A number of 0 or more.
    NotNegative,
}

/// The same name, the same field.
impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Field {}

impl Hash for Field {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl Field {
    /// A field of the record itself.
    pub(super) const fn of_record(name: &'static str, kind: FieldKind, read: ReadRecord) -> Self {
        Self { reader: Reader::Record(read), ..Self::derived(name, kind) }
    }

    /// A field of each French authority.
    pub(super) const fn of_collectivity(
        name: &'static str,
        kind: FieldKind,
        read: ReadCollectivity,
    ) -> Self {
        Self { reader: Reader::Collectivity(read), ..Self::derived(name, kind) }
    }

    /// A field of each partner.
    pub(super) const fn of_partner(name: &'static str, kind: FieldKind, read: ReadPartner) -> Self {
        Self { reader: Reader::Partner(read), ..Self::derived(name, kind) }
    }

    /// A property that follows from other fields.
    pub(super) const fn derived(name: &'static str, kind: FieldKind) -> Self {
        Self {
            name,
            kind,
            title: [""; 2],
            description: [""; 2],
            csv: None,
            dimension: None,
            beside_name: None,
            reader: Reader::Derived,
            keep: None,
        }
    }

    /// Makes it a property.
    pub(super) const fn property(
        self,
        title: [&'static str; 2],
        description: [&'static str; 2],
    ) -> Self {
        Self { title, description, ..self }
    }

    /// Makes it a column of the native CSV.
    pub(super) const fn csv(
        self,
        column: Column,
        title: &'static str,
        description: [&'static str; 2],
    ) -> Self {
        let (example, constraint) = (None, None);
        Self { csv: Some(CsvColumn { column, title, description, example, constraint }), ..self }
    }

    /// Shows a cell of the column.
    pub(super) const fn example(mut self, example: &'static str) -> Self {
        if let Some(csv) = &mut self.csv {
            csv.example = Some(example);
        }
        self
    }

    /// Gives the column a rule.
    pub(super) const fn constraint(mut self, constraint: Constraint) -> Self {
        if let Some(csv) = &mut self.csv {
            csv.constraint = Some(constraint);
        }
        self
    }

    /// Names the dimension whose codes it holds.
    pub(super) const fn codes_of(self, dimension: &'static str) -> Self {
        Self { dimension: Some(dimension), ..self }
    }

    /// Shows it beside the name of a partner.
    pub(super) const fn beside_name(self, text: &'static str) -> Self {
        Self { beside_name: Some(text), ..self }
    }

    /// Leaves the value alone where a file has no column for it.
    pub(super) const fn kept(self, keep: Keep) -> Self {
        Self { keep: Some(keep), ..self }
    }

    /// Whether features have it; lists of objects only where there are several.
    pub fn is_property(&self) -> bool {
        !self.title[0].is_empty()
    }

    /// Whether a file without its column leaves the value alone.
    pub fn is_kept(&self) -> bool {
        self.keep.is_some()
    }

    /// Gives a record what another version of it says here; an error where it ends before it
    /// begins then.
    pub fn keep(&self, record: &mut Partnership, other: &Partnership) -> Result<(), PeriodError> {
        self.keep.map_or(Ok(()), |keep| keep(record, other))
    }

    /// Gives the values that a record has, each authority's in its place.
    pub fn read(&self, record: &Partnership, sink: Sink<'_>) {
        match self.reader {
            Reader::Derived => {}
            Reader::Record(read) => read(record, sink),
            Reader::Collectivity(read) => {
                record.collectivities.iter().for_each(|one| sink(read(one)));
            }
            Reader::Partner(read) => record.partners.iter().for_each(|one| sink(read(one))),
        }
    }

    /// Whether each partner has one of its own.
    pub fn is_of_partners(&self) -> bool {
        matches!(self.reader, Reader::Partner(_))
    }

    /// What a partner says here; none where it is no field of partners.
    pub fn of<'p>(&self, partner: &'p Partner) -> Option<FieldValue<'p>> {
        match self.reader {
            Reader::Partner(read) => Some(read(partner)),
            _ => None,
        }
    }

    /// The cell of the native CSV: values with `|` between them, nothing where all are empty.
    pub fn cell(&self, record: &Partnership) -> String {
        let (mut cell, mut count) = (String::new(), 0_usize);
        self.read(record, &mut |value| {
            use fmt::Write;
            if count > 0 {
                cell.push('|');
            }
            count += 1;
            // writing to memory cannot fail
            let _ = write!(cell, "{value}");
        });
        if cell.len() + 1 == count { String::new() } else { cell }
    }
}
