//! What somebody asks of an import.

use std::collections::BTreeMap;

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Column, Mode},
    formats::csv::{Profile, ProfileError},
    search::ParameterError,
};

/// Letters of a name of a source.
const SOURCE_LENGTH: usize = 200;
/// Letters of a name of a file.
const FILE_LENGTH: usize = 200;

/// The most texts that are read as others.
const MAX_VALUES: usize = 1_000;
/// Letters of one of them.
const VALUE_LENGTH: usize = 1_000;

/// Native column → a text of the file → what it is read as.
pub type Values = BTreeMap<String, BTreeMap<String, String>>;

/// What is asked of an import, beside its file. Kept as JSON with it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Request {
    /// Stop at the plan, and wait for somebody to say yes.
    pub dry_run: bool,
    /// Import the valid rows although others are rejected.
    pub valid_rows_only: bool,
    /// Let `sync` remove more than a fifth of a source's records.
    pub allow_mass_removal: bool,
    /// The file's encoding; detected by default.
    pub encoding: Option<String>,
    /// A bundled profile; detected by default.
    pub profile: Option<String>,
    /// Titles of the file, and the native column that each is; empty where nothing is to read it.
    pub columns: BTreeMap<String, String>,
    /// Native column → a text of the file → what it is read as.
    pub values: Values,
    /// Who keeps the records, where neither profile nor row says.
    pub source: Option<String>,
    /// The only source whose records may be touched; said by the server, by the rights of whoever
    /// asks.
    pub only_source: Option<String>,
    /// What becomes of absent records: `upsert` or `sync`.
    #[serde(with = "mode")]
    pub mode: Mode,
    /// Of a workbook, the sheet to read, by its name or number; chosen without it.
    pub sheet: Option<String>,
    /// How often a process has begun it and did not come to its end.
    pub tries: u8,
    /// The plan that somebody has agreed to.
    pub agreed: Option<String>,
}

impl Request {
    /// Takes one parameter as a query or a form writes it; `false` where there is no such one.
    // long: one arm for each parameter
    pub fn set(&mut self, name: &str, value: &str) -> Result<bool, ParameterError> {
        let wrong = |reason: [&str; 2]| Err(ParameterError::new(name, reason));
        let text = Some(value.trim()).filter(|text| !text.is_empty()).map(str::to_owned);
        match name {
            "dry_run" => self.dry_run = switch(name, value)?,
            "valid_rows_only" => self.valid_rows_only = switch(name, value)?,
            "allow_mass_removal" => self.allow_mass_removal = switch(name, value)?,
            "mode" => match Mode::from_code(value) {
                Some(mode) => self.mode = mode,
                None => return wrong(["upsert ou sync est attendu", "upsert or sync is expected"]),
            },
            "encoding" => match &text {
                Some(label) if Encoding::for_label(label.as_bytes()).is_none() => {
                    return wrong([
                        "un nom de l'Encoding Standard est attendu, par exemple windows-1252",
                        "a name of the Encoding Standard is expected, for example windows-1252",
                    ]);
                }
                _ => self.encoding = text,
            },
            "profile" => {
                if let Some(profile) = &text {
                    Profile::bundled(profile).map_err(|error| {
                        ParameterError::new(
                            name,
                            [format!("ce profil ne peut pas servir ({error})"), error.to_string()],
                        )
                    })?;
                }
                self.profile = text;
            }
            "sheet" => {
                if text.as_ref().is_some_and(|sheet| sheet.chars().count() > SOURCE_LENGTH) {
                    return wrong([
                        "un nom ou un numéro de feuille est attendu",
                        "the name or the number of a sheet is expected",
                    ]);
                }
                self.sheet = text;
            }
            "source" => {
                let source = text.unwrap_or_default();
                if source.chars().count() > SOURCE_LENGTH || source.chars().any(char::is_control) {
                    return wrong([
                        "un nom d'au plus 200 lettres, sans retour à la ligne, est attendu",
                        "a name of at most 200 letters, without line breaks, is expected",
                    ]);
                }
                self.source = Some(source).filter(|source| !source.is_empty());
            }
            "columns" => match serde_json::from_str(value) {
                Ok(columns) => self.set_columns(columns)?,
                Err(_) => {
                    return wrong([
                        "un objet JSON est attendu : à chaque titre du fichier sa colonne native",
                        "a JSON object is expected, titles of the file with native columns",
                    ]);
                }
            },
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Says what titles of the file are.
    pub fn set_columns(&mut self, columns: BTreeMap<String, String>) -> Result<(), ParameterError> {
        let is_native = |name: &str| Column::from_name(name).is_some();
        let mut taken = BTreeMap::new();
        for (title, column) in columns.iter().filter(|(_, column)| !column.is_empty()) {
            let wrong = |reason: [String; 2]| Err(ParameterError::new("columns", reason));
            if !is_native(column) {
                return wrong([
                    format!(
                        "« {column} » n'est pas une colonne qui soit lue ; atlas schema les énumère"
                    ),
                    format!(
                        "“{column}” is no column that is read; atlas schema prints those there are"
                    ),
                ]);
            }
            if let Some(other) = taken.insert(column, title) {
                return wrong([
                    format!(
                        "« {other} » et « {title} » ne peuvent pas être {column} tous les deux"
                    ),
                    format!("“{other}” and “{title}” cannot both be {column}"),
                ]);
            }
        }
        self.columns = columns;
        Ok(())
    }

    /// Says what texts of the file are read as.
    pub fn set_values(&mut self, values: Values) -> Result<(), ParameterError> {
        let wrong = |reason: [String; 2]| Err(ParameterError::new("values", reason));
        if let Some(column) = values.keys().find(|name| Column::from_name(name).is_none()) {
            return wrong([
                format!("« {column} » n'est pas une colonne qui soit lue"),
                format!("“{column}” is no column that is read"),
            ]);
        }
        let mut texts = values.values().flatten();
        let is_long = |text: &str| text.chars().count() > VALUE_LENGTH;
        if texts.clone().count() > MAX_VALUES
            || texts.any(|(from, to)| is_long(from) || is_long(to))
        {
            return wrong([
                format!(
                    "au plus {MAX_VALUES} textes d'au plus {VALUE_LENGTH} lettres sont attendus"
                ),
                format!(
                    "at most {MAX_VALUES} texts of at most {VALUE_LENGTH} letters are expected"
                ),
            ]);
        }
        self.values = values;
        Ok(())
    }

    /// How the file is to be read.
    pub(super) fn profile(&self) -> Result<Profile, ProfileError> {
        let profile = self.profile.as_deref();
        let mut profile = profile.map_or_else(|| Ok(Profile::recognised()), Profile::bundled)?;
        if self.encoding.is_some() {
            profile.encoding.clone_from(&self.encoding);
        }
        if self.sheet.is_some() {
            profile.sheet.clone_from(&self.sheet);
        }
        for (column, texts) in &self.values {
            profile.values.entry(column.clone()).or_default().extend(texts.clone());
        }
        if self.columns.is_empty() { Ok(profile) } else { profile.corrected(&self.columns) }
    }

    pub(super) fn to_json(&self) -> String {
        // of texts, switches and a map: there is nothing that cannot be written
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The last part of a name of a file, fit to be shown; `upload` where there is none.
pub fn file_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String =
        name.chars().filter(|c| !c.is_control()).take(FILE_LENGTH).collect::<String>();
    let name = name.trim();
    if name.is_empty() { "upload".to_owned() } else { name.to_owned() }
}

/// What a switch can be.
pub const SWITCH: [&str; 2] = ["true ou false est attendu", "true or false is expected"];

/// A switch is on by its name alone, as in `?dry_run`, or as a browser's form sends it.
fn switch(name: &str, value: &str) -> Result<bool, ParameterError> {
    match value {
        "" | "true" | "1" | "on" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(ParameterError::new(name, SWITCH)),
    }
}

mod mode {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::domain::Mode;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
    pub(super) fn serialize<S: Serializer>(mode: &Mode, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(mode.code())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Mode, D::Error> {
        let code = String::deserialize(from)?;
        Mode::from_code(&code).ok_or_else(|| D::Error::custom("upsert or sync is expected"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_taken_or_named() {
        let mut request = Request::default();
        for (name, value) in [
            ("dry_run", ""),
            ("valid_rows_only", "on"),
            ("allow_mass_removal", "false"),
            ("mode", "sync"),
            ("encoding", "windows-1252"),
            ("profile", "twin-cities"),
            ("source", " réseau "),
            ("sheet", "2"),
            ("columns", r#"{"Ville": "collectivite", "Log": ""}"#),
        ] {
            assert_eq!(request.set(name, value), Ok(true), "{name}");
        }
        let back: Request = serde_json::from_str(&request.to_json()).unwrap();
        assert_eq!(back, request);
        assert!(request.dry_run && request.valid_rows_only && !request.allow_mass_removal);
        assert_eq!((request.mode, request.source.as_deref()), (Mode::Sync, Some("réseau")));
        for (name, value) in [
            ("dry_run", "perhaps"),
            ("mode", "destroy"),
            ("encoding", "klingon"),
            ("profile", "../../etc/passwd"),
            ("source", "a\nb"),
            ("columns", "[]"),
            ("columns", r#"{"Ville": "town"}"#),
            ("columns", r#"{"Ville": "collectivite", "Commune": "collectivite"}"#),
        ] {
            assert_eq!(request.set(name, value).unwrap_err().name, name, "{value}");
        }
        for (column, text) in [("town", "x"), ("collectivite", &*"x".repeat(VALUE_LENGTH + 1))] {
            let values = BTreeMap::from([(text.to_owned(), "y".to_owned())]);
            let values = BTreeMap::from([(column.to_owned(), values)]);
            assert_eq!(request.set_values(values).unwrap_err().name, "values");
        }
        assert_eq!(request.set("colour", "red"), Ok(false));
        let before: Request = serde_json::from_str("{}").unwrap();
        assert_eq!(before, Request::default(), "what an earlier release kept is read");
    }

    #[test]
    fn names_of_files_are_shown_without_their_folders() {
        for (name, shown) in [
            ("C:\\Users\\ann\\liens.csv", "liens.csv"),
            ("../../etc/passwd", "passwd"),
            ("été\u{7}\n.csv", "été.csv"),
            ("", "upload"),
            ("folder/", "upload"),
        ] {
            assert_eq!(file_name(name), shown);
        }
    }
}
