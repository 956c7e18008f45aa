//! Profiles: how the columns of a producer's file are those of the native CSV.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::Column;

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
    /// Takes the valid rows of a file that also has others, as `--valid-rows-only` does: for
    /// lists of third parties, which nobody here can correct.
    #[serde(default)]
    pub valid_rows_only: bool,
    /// Native column → text that every row has there.
    #[serde(default)]
    pub constants: BTreeMap<String, String>,
    /// Native column → the file's column.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// Other ways to read each row, tried in turn until the French side is French; each adds to
    /// `columns`. A row that none of them fits is about no French authority.
    #[serde(default)]
    pub readings: Vec<BTreeMap<String, String>>,
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
    /// A native column that does not exist.
    #[error("the profile “{name}” names the column “{column}”, which the native CSV does not have")]
    Column {
        /// The profile.
        name: String,
        /// The column.
        column: String,
    },
}

const BUNDLED: [(&str, &str); 2] = [
    ("wikidata-p190", include_str!("../../../import/profiles/wikidata-p190.toml")),
    ("twin-cities", include_str!("../../../import/profiles/twin-cities.toml")),
];

impl Profile {
    /// The profile of the native CSV: every column is called as it is.
    pub fn native() -> Self {
        let own = |column: &Column| (column.name().to_owned(), column.name().to_owned());
        Self {
            name: "aect-partenariats".into(),
            columns: Column::native().iter().map(own).collect(),
            ..Self::default()
        }
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
        let maps = [&profile.constants, &profile.columns].into_iter().chain(&profile.readings);
        for column in maps.flat_map(BTreeMap::keys) {
            if Column::from_name(column).is_none() {
                return Err(ProfileError::Column { name: name.into(), column: column.clone() });
            }
        }
        Ok(profile)
    }

    /// The mappings of a file with this header, one for each reading, and the columns that
    /// nothing reads. Fails with the columns that are required and missing.
    pub(super) fn bind(
        &self,
        header: &[String],
    ) -> Result<(Vec<Mapping>, Vec<String>), Vec<String>> {
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
        let mappings: Vec<Mapping> = readings
            .iter()
            .map(|columns| {
                Mapping(Column::ALL.map(|column| {
                    let named = columns.get(column.name());
                    match named.and_then(|named| header.iter().position(|title| title == named)) {
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
        let read =
            |title: &String| readings.iter().any(|columns| columns.values().any(|c| c == title));
        let ignored = header.iter().filter(|title| !title.is_empty() && !read(title));
        Ok((mappings, ignored.cloned().collect()))
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
    /// The text of a native column in a row.
    pub(super) fn text<'row>(
        &'row self,
        row: &'row csv::StringRecord,
        column: Column,
    ) -> &'row str {
        match &self.0[column as usize] {
            Cell::At(index) => row.get(*index).unwrap_or_default(),
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
}
