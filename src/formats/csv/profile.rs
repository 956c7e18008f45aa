//! Profiles: how the columns of a producer's file are those of the native CSV.
//!
//! (long: a profile and the errors of its file are read together)

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Deserializer};

use super::{
    annotated::PROBLEMS,
    batch::Row,
    columns,
    formula::restored,
    rules::{self, BoundSplit, Rules, Split},
};
use crate::domain::{Column, Columns, text::fold};

/// A profile, as a file under `import/profiles` writes it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name on the command line.
    pub name: String,
    /// Who keeps the records, unless the command says.
    pub source: Option<String>,
    /// What separates the cells; recognised from the header where it is missing.
    pub separator: Option<char>,
    /// The file's encoding, by a name of the Encoding Standard; recognised where it is missing.
    pub encoding: Option<String>,
    /// Of a workbook, the sheet to read: its name, or its number among those shown.
    #[serde(default, deserialize_with = "name_or_number")]
    pub sheet: Option<String>,
    /// The titles of a file that this profile reads without being named: these and no others.
    /// Without it the titles that the profile reads.
    #[serde(default)]
    pub signature: Vec<String>,
    /// Takes the valid rows of a file that also has others, as `--valid-rows-only` does: for
    /// lists of third parties, which nobody here can correct.
    #[serde(default)]
    pub valid_rows_only: bool,
    /// Native column → text that every row has there.
    #[serde(default)]
    pub constants: BTreeMap<String, String>,
    /// Native column → the file's column, by its title or number.
    #[serde(default, deserialize_with = "names_or_numbers")]
    pub columns: BTreeMap<String, String>,
    /// Other ways to read each row, tried in turn until the French side is French; each adds to
    /// `columns`. A row that none of them fits is about no French authority.
    #[serde(default, deserialize_with = "lists_of_names_or_numbers")]
    pub readings: Vec<BTreeMap<String, String>>,
    /// Native column → the file's word (without regard to accents and case) → the register's.
    #[serde(default)]
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// Whether columns are known by their other names too (`import/columns.csv`).
    #[serde(default)]
    pub aliases: bool,
    /// Rows that the header has; recognised where it is missing, 0 where the file has none.
    pub header_rows: Option<u8>,
    /// Cells that say several things.
    #[serde(default)]
    pub split: Vec<Split>,
    /// Native columns that are empty where they say the same as in the row above.
    #[serde(default)]
    pub fill_down: Vec<String>,
    /// Native column → what stands between several values, beside `|`.
    #[serde(default)]
    pub several: BTreeMap<String, Vec<String>>,
    /// Titles of the file that nothing reads, whatever they are names for.
    #[serde(default)]
    pub unread: Vec<String>,
    /// Whether a file with the signature of a bundled profile is read by that one instead.
    #[serde(skip)]
    pub recognise: bool,
}

/// `"Données"` or `2`.
#[derive(Deserialize)]
#[serde(untagged)]
enum NameOrNumber {
    Name(String),
    Number(u32),
}

impl From<NameOrNumber> for String {
    fn from(either: NameOrNumber) -> Self {
        match either {
            NameOrNumber::Name(name) => name,
            NameOrNumber::Number(number) => number.to_string(),
        }
    }
}

pub(super) fn name_or_number<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<String>, D::Error> {
    NameOrNumber::deserialize(from).map(|either| Some(either.into()))
}

type Named = BTreeMap<String, NameOrNumber>;

fn names(named: Named) -> BTreeMap<String, String> {
    named.into_iter().map(|(column, title)| (column, title.into())).collect()
}

fn names_or_numbers<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<BTreeMap<String, String>, D::Error> {
    Named::deserialize(from).map(names)
}

fn lists_of_names_or_numbers<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Vec<BTreeMap<String, String>>, D::Error> {
    Ok(Vec::<Named>::deserialize(from)?.into_iter().map(names).collect())
}

/// What is wrong with a profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// No such profile in the release.
    #[error("no profile is called “{name}”; there are: {known}. A file's name ends in .toml")]
    Unknown {
        /// The name asked for.
        name: String,
        /// Those there are.
        known: String,
    },
    /// Not the TOML of a profile.
    #[error("the profile “{name}” cannot be read: {reason}")]
    Malformed {
        /// Its name or file.
        name: String,
        /// Where and what.
        reason: String,
    },
    /// A separator of more than one byte.
    #[error("the profile “{name}” separates cells by “{separator}”, which is no ASCII character")]
    Separator {
        /// The profile.
        name: String,
        /// What it says.
        separator: char,
    },
    /// A native column that does not exist.
    #[error("the profile “{name}” names the column “{column}”, which the native CSV does not have")]
    Column {
        /// The profile.
        name: String,
        /// The column.
        column: String,
    },
    /// Two columns of the file for one.
    #[error("“{first}” and “{second}” are both said to be {column}; one of them can be")]
    Twice {
        /// The native column.
        column: String,
        /// A title.
        first: String,
        /// Another.
        second: String,
    },
}

const BUNDLED: [(&str, &str); 2] = [
    ("wikidata-p190", include_str!("../../../import/profiles/wikidata-p190.toml")),
    ("twin-cities", include_str!("../../../import/profiles/twin-cities.toml")),
];

impl Profile {
    /// The profile of the native CSV: every column is called as it is, or by one of its other
    /// names.
    pub fn native() -> Self {
        let own = |column: &Column| (column.name().to_owned(), column.name().to_owned());
        Self {
            name: "aect-partenariats".into(),
            columns: Column::native().iter().map(own).collect(),
            aliases: true,
            ..Self::default()
        }
    }

    /// The profile for a file of which nothing is said: a bundled one whose signature it has,
    /// else the native one.
    pub fn recognised() -> Self {
        Self { recognise: true, ..Self::native() }
    }

    /// The bundled profile that a header is the signature of.
    pub(super) fn by_signature(header: &[String]) -> Option<Self> {
        let folded = |titles: &mut dyn Iterator<Item = &String>| {
            let mut titles: Vec<String> =
                titles.filter(|title| *title != PROBLEMS).map(|title| fold(title)).collect();
            titles.retain(|title| !title.is_empty());
            titles.sort_unstable();
            titles.dedup();
            titles
        };
        let header = folded(&mut header.iter());
        BUNDLED.iter().filter_map(|(name, _)| Self::bundled(name).ok()).find(|profile| {
            let read = profile.columns.values();
            let read = read.chain(profile.readings.iter().flat_map(BTreeMap::values));
            let signature = match profile.signature.as_slice() {
                [] => folded(&mut read.into_iter()),
                titles => folded(&mut titles.iter()),
            };
            signature == header
        })
    }

    /// Name and text of the bundled profile that a header is the signature of.
    pub(super) fn bundled_for(header: &[String]) -> Option<(&'static str, &'static str)> {
        let found = Self::by_signature(header)?;
        BUNDLED.iter().copied().find(|(name, _)| *name == found.name)
    }

    /// The names of the profiles of the release.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ["aect-partenariats"].into_iter().chain(BUNDLED.map(|(name, _)| name))
    }

    /// A profile of the release.
    pub fn bundled(name: &str) -> Result<Self, ProfileError> {
        if name == "aect-partenariats" {
            return Ok(Self::native());
        }
        let known = || BUNDLED.map(|(name, _)| name).join(", ");
        let (_, toml) = BUNDLED
            .iter()
            .find(|(bundled, _)| *bundled == name)
            .ok_or_else(|| ProfileError::Unknown { name: name.into(), known: known() })?;
        Self::parse(name, toml)
    }

    /// From TOML; `name` is what errors call it.
    pub fn parse(name: &str, toml: &str) -> Result<Self, ProfileError> {
        let profile: Self = toml::from_str(toml).map_err(|error| ProfileError::Malformed {
            name: name.into(),
            reason: error.to_string().trim_end().into(),
        })?;
        let named = [&profile.constants, &profile.columns].into_iter().chain(&profile.readings);
        let named = named.flat_map(BTreeMap::keys).chain(profile.values.keys());
        let named = named.chain(profile.several.keys()).chain(&profile.fill_down);
        for column in named {
            if Column::from_name(column).is_none() {
                return Err(ProfileError::Column { name: name.into(), column: column.clone() });
            }
        }
        for split in &profile.split {
            split.regex(name)?;
        }
        match profile.separator {
            Some(separator)
                if !separator.is_ascii() || separator.is_ascii_control() && separator != '\t' =>
            {
                Err(ProfileError::Separator { name: name.into(), separator })
            }
            _ => Ok(profile),
        }
    }

    /// What a file with this header holds. Fails with the columns that are required and missing.
    // long: one reading of the header after another
    pub(super) fn bind(&self, header: &[String]) -> Result<Bound, Vec<String>> {
        let readings = match self.readings.as_slice() {
            [] => vec![self.columns.clone()],
            several => several
                .iter()
                .map(|reading| {
                    let mut columns = self.columns.clone();
                    columns.extend(reading.clone());
                    columns
                })
                .collect(),
        };
        let folded: Vec<String> = header.iter().map(|title| fold(title)).collect();
        let unread: Vec<String> = self.unread.iter().map(|title| fold(title)).collect();
        let virtuals = self.virtuals();
        let mappings: Vec<Mapping> = readings
            .iter()
            .map(|columns| {
                let named: Vec<String> = columns.values().map(|title| fold(title)).collect();
                let free = |index: usize| {
                    self.aliases
                        && !unread.contains(&folded[index])
                        && !named.contains(&folded[index])
                };
                let other_names = by_other_names(header, free);
                Mapping(Column::ALL.map(|column| {
                    let named = columns.get(column.name());
                    let split = virtuals.iter().position(|split| *split == column);
                    let found = split
                        .map(|split| header.len() + split)
                        .or_else(|| position(named?, header, &folded))
                        .or_else(|| other_names.get(&(column as usize)).copied());
                    match found {
                        Some(index) => Cell::At(index),
                        None => match self.constants.get(column.name()) {
                            Some(text) => Cell::Constant(text.clone()),
                            None => Cell::Absent,
                        },
                    }
                }))
            })
            .collect();
        let mut missing = Vec::new();
        for (columns, mapping) in readings.iter().zip(&mappings) {
            for column in Column::REQUIRED {
                if matches!(mapping.0[column as usize], Cell::Absent) {
                    let name = columns.get(column.name()).map_or(column.name(), String::as_str);
                    missing.push(name.to_owned());
                }
            }
        }
        missing.dedup();
        if !missing.is_empty() {
            return Err(missing);
        }
        let rules = self.rules(header, &folded, &mappings, virtuals)?;
        let names = readings.iter().flat_map(BTreeMap::values);
        let numbers = names.filter_map(|name| name.parse::<usize>().ok()?.checked_sub(1));
        let mut bound = Bound {
            mappings,
            numbered: numbers.collect(),
            ignored: Vec::new(),
            values: HashMap::new(),
            rules,
        };
        for (index, title) in header.iter().enumerate() {
            if !title.is_empty() && title != PROBLEMS && !bound.reads(index) {
                bound.ignored.push(title.clone());
            }
        }
        for (column, words) in &self.values {
            let Some(column) = Column::from_name(column) else { continue };
            for mapping in &bound.mappings {
                if let Cell::At(index) = mapping.0[column as usize] {
                    let words = words.iter().map(|(word, ours)| (fold(word), ours.clone()));
                    bound.values.entry(index).or_default().extend(words);
                }
            }
        }
        Ok(bound)
    }
}

impl Profile {
    /// The native columns that patterns name.
    fn virtuals(&self) -> Vec<Column> {
        let named = self.split.iter().flat_map(Split::columns);
        let named: Vec<Column> = named.filter_map(Column::from_name).collect();
        Column::ALL.into_iter().filter(|column| named.contains(column)).collect()
    }

    fn rules(
        &self,
        header: &[String],
        folded: &[String],
        mappings: &[Mapping],
        virtuals: Vec<Column>,
    ) -> Result<Rules, Vec<String>> {
        let mut rules = Rules { width: header.len(), virtuals, ..Rules::default() };
        for split in &self.split {
            let named = split.column.as_deref().unwrap_or("1");
            let cell = position(named, header, folded).ok_or_else(|| vec![named.to_owned()])?;
            // a profile that was parsed has patterns that can be read
            if let Ok(regex) = split.regex(&self.name) {
                rules.splits.push(BoundSplit { cell, regex, is_heading: split.heading });
            }
        }
        let cells = |name: &str| {
            let column = Column::from_name(name);
            let cells = mappings.iter().filter_map(move |mapping| mapping.cell(column?));
            let mut cells: Vec<usize> = cells.collect();
            cells.dedup();
            cells
        };
        rules.fill_down = self.fill_down.iter().flat_map(|name| cells(name)).collect();
        for (name, between) in &self.several {
            if let Some(regex) = rules::separators(between) {
                rules.several.extend(cells(name).into_iter().map(|cell| (cell, regex.clone())));
            }
        }
        Ok(rules)
    }

    /// Whether all that it reads stands in the first column of the file.
    pub(super) fn reads_one_column(&self) -> bool {
        let named = self.columns.values().chain(self.readings.iter().flat_map(BTreeMap::values));
        let split = self.split.iter().filter_map(|split| split.column.as_ref());
        named.chain(split).all(|title| title == "1")
    }
}

/// The column of a file by its title, or by its number.
fn position(named: &str, header: &[String], folded: &[String]) -> Option<usize> {
    let by_title = header.iter().position(|title| title == named).or_else(|| {
        let named = fold(named);
        folded.iter().position(|title| *title == named)
    });
    by_title.or_else(|| {
        let number = named.trim().parse::<usize>().ok()?.checked_sub(1)?;
        (number < header.len()).then_some(number)
    })
}

/// The title of each column that one of its other names stands for; the most usual of several.
fn by_other_names(header: &[String], free: impl Fn(usize) -> bool) -> HashMap<usize, usize> {
    let mut found: HashMap<usize, (usize, usize)> = HashMap::new();
    for (index, title) in header.iter().enumerate().filter(|(index, _)| free(*index)) {
        if let Some((column, rank)) = columns::recognise(title) {
            let best = found.entry(column as usize).or_insert((rank, index));
            *best = (*best).min((rank, index));
        }
    }
    found.into_iter().map(|(column, (_, index))| (column, index)).collect()
}

/// A profile, bound to the header of a file.
#[derive(Debug, Clone)]
pub(super) struct Bound {
    /// One for each reading.
    pub(super) mappings: Vec<Mapping>,
    /// Columns of the file that are named by their numbers, whatever their titles.
    pub(super) numbered: HashSet<usize>,
    /// Columns of the file that nothing reads.
    pub(super) ignored: Vec<String>,
    /// By column of the file: its words, folded, and what the register calls them.
    pub(super) values: HashMap<usize, HashMap<String, String>>,
    pub(super) rules: Rules,
}

impl Bound {
    /// How many columns of the file are read.
    pub(super) fn columns(&self) -> usize {
        let columns = self
            .mappings
            .iter()
            .map(|mapping| mapping.0.iter().filter(|cell| matches!(cell, Cell::At(_))).count());
        columns.max().unwrap_or(0)
    }

    /// Whether a column of the file is read.
    pub(super) fn reads(&self, index: usize) -> bool {
        let mut cells = self.mappings.iter().flat_map(|mapping| &mapping.0);
        cells.any(|cell| matches!(cell, Cell::At(at) if *at == index))
            || self.rules.splits.iter().any(|split| split.cell == index)
    }

    /// How many cells a row must have: as many as hold what is required.
    pub(super) fn least_cells(&self) -> usize {
        let required = self.mappings.iter().flat_map(|mapping| {
            Column::REQUIRED.map(|column| match mapping.0[column as usize] {
                Cell::At(index) if index < self.rules.width => index + 1,
                _ => 0,
            })
        });
        let filled = |cells: usize| !self.rules.fill_down.contains(&cells.saturating_sub(1));
        let split = self.rules.splits.iter().map(|split| split.cell + 1);
        required.filter(|cells| filled(*cells)).chain(split).max().unwrap_or(0)
    }

    /// A cell in the register's words, where the profile translates it: as a whole, or value by
    /// value.
    pub(super) fn translated(&self, index: usize, text: &str) -> Option<String> {
        let words = self.values.get(&index)?;
        if let Some(ours) = words.get(&fold(text)) {
            return Some(ours.clone());
        }
        let mut changed = false;
        let values = text.split('|').map(|value| {
            let ours = words.get(&fold(value));
            changed |= ours.is_some();
            ours.map_or(value, String::as_str)
        });
        let values = values.collect::<Vec<_>>().join("|");
        changed.then_some(values)
    }
}

/// Where each native column of a file is.
#[derive(Debug, Clone)]
pub struct Mapping([Cell; Column::ALL.len()]);

#[derive(Debug, Clone)]
enum Cell {
    At(usize),
    Constant(String),
    Absent,
}

impl Mapping {
    /// The native columns of which it knows nothing: the file does not have them, and the profile
    /// says nothing for them. (An empty cell does say something.)
    pub fn absent(&self) -> Columns {
        let native = Column::native().iter().copied();
        native.filter(|column| matches!(self.0[*column as usize], Cell::Absent)).collect()
    }

    /// The cell that a native column is read from.
    pub fn cell(&self, column: Column) -> Option<usize> {
        match self.0[column as usize] {
            Cell::At(index) => Some(index),
            Cell::Constant(_) | Cell::Absent => None,
        }
    }

    /// The native column that is read from a cell.
    pub fn column(&self, cell: usize) -> Option<Column> {
        Column::ALL.into_iter().find(|column| self.cell(*column) == Some(cell))
    }

    /// The text of a native column in a row, without what keeps a spreadsheet from running it.
    pub(super) fn text<'row>(&'row self, row: Row<'row>, column: Column) -> &'row str {
        match &self.0[column as usize] {
            Cell::At(index) => restored(row.cell(*index)),
            Cell::Constant(text) => text,
            Cell::Absent => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_profile_reads() {
        for (name, _) in BUNDLED {
            assert_eq!(Profile::bundled(name).unwrap().name, name);
        }
        assert!(Profile::bundled("nope").unwrap_err().to_string().contains("twin-cities"));
        let wrong = Profile::parse("x", "name = 'x'\n[columns]\nville = 'city'");
        assert!(matches!(wrong, Err(ProfileError::Column { column, .. }) if column == "ville"));
    }

    #[test]
    fn a_column_is_absent_where_neither_the_file_nor_the_profile_has_it() {
        let toml = "name = 'x'\n[constants]\nstatut = 'en_cours'\n[columns]\ncollectivite = 'a'\n\
                    partenaire = 'b'\npartenaire_pays = 'c'\nurl = 'd'\nodd = 'e'";
        let profile = Profile::parse("x", toml).unwrap();
        let header = ["a", "b", "c", "d"].map(str::to_owned);
        let absent = profile.bind(&header).unwrap().mappings[0].absent();
        assert!(absent.contains(Column::Sdgs) && absent.contains(Column::Key));
        assert!(!absent.contains(Column::Url) && !absent.contains(Column::Status));
        assert!(!absent.contains(Column::CollectivityCountry), "only native ones are kept");
    }
}
