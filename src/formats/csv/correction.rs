//! What a person says that the columns of a file are.

use std::collections::BTreeMap;

use super::profile::{Profile, ProfileError};
use crate::domain::{Column, text::fold};

impl Profile {
    /// This profile as a person has corrected it for one file: each title of the file with the
    /// native column that it holds, or with nothing where nobody is to read it. Titles that are
    /// not named are read as before, unless their column was given to another.
    pub fn corrected(&self, titles: &BTreeMap<String, String>) -> Result<Self, ProfileError> {
        let mut profile = Self { recognise: false, ..self.clone() };
        let mut given: BTreeMap<&str, &str> = BTreeMap::new();
        for (title, column) in titles {
            let (name, title) = (column.trim(), title.trim());
            if name.is_empty() {
                profile.unread.push(title.to_owned());
                continue;
            }
            if Column::from_name(name).is_none() {
                return Err(ProfileError::Column { name: self.name.clone(), column: name.into() });
            }
            if let Some(other) = given.insert(name, title) {
                return Err(ProfileError::Twice {
                    column: name.into(),
                    first: other.into(),
                    second: title.into(),
                });
            }
        }
        let corrected: Vec<String> = titles.keys().map(|title| fold(title)).collect();
        for columns in std::iter::once(&mut profile.columns).chain(&mut profile.readings) {
            columns.retain(|name, title| {
                !given.contains_key(name.as_str()) && !corrected.contains(&fold(title))
            });
        }
        profile.columns.extend(given.into_iter().map(|(name, title)| (name.into(), title.into())));
        Ok(profile)
    }
}
