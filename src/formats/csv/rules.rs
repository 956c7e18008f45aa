//! What a profile makes of rows beside reading their cells: one cell that says several things,
//! lines that say what those below them have in common, cells left empty because the one above
//! says it already, several values in one cell.

use std::collections::HashMap;

use regex::Regex;
use serde::Deserialize;

use super::{profile::ProfileError, workbook::Mark};
use crate::domain::Column;

/// A cell that says several things, by a pattern such as `{partenaire} ({partenaire_pays})[ -
/// {date_debut}]`: native columns in braces, what may be missing in brackets, `{_}` for what nobody
/// reads.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// The file's column, by its title or number.
    #[serde(deserialize_with = "super::profile::name_or_number")]
    pub column: Option<String>,
    /// What the cell looks like. Of several patterns for one column the first that fits is taken.
    pub pattern: String,
    /// The row is none of its own: what it says goes for the rows below.
    #[serde(default)]
    pub heading: bool,
}

impl Split {
    /// The native columns that the pattern names.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        let braces = self.pattern.split('{').skip(1);
        braces.filter_map(|rest| rest.split('}').next()).filter(|name| *name != "_")
    }

    /// The pattern as a regular expression with a group for each native column.
    pub(super) fn regex(&self, profile: &str) -> Result<Regex, ProfileError> {
        let malformed = |reason: &str| ProfileError::Malformed {
            name: profile.into(),
            reason: format!("the pattern “{}” {reason}", self.pattern),
        };
        for name in self.columns() {
            if Column::from_name(name).is_none() {
                return Err(ProfileError::Column { name: profile.into(), column: name.into() });
            }
        }
        let mut regex = String::from(r"(?is)^\s*");
        let mut letters = self.pattern.chars().peekable();
        let mut after_name = false;
        while let Some(letter) = letters.next() {
            let mut is_name = false;
            match letter {
                '{' => {
                    let name: String = letters.by_ref().take_while(|c| *c != '}').collect();
                    is_name = true;
                    let group = match name.as_str() {
                        "_" => "(?:.+?)".to_owned(),
                        // a name may have what stands before a date
                        "date_debut" | "date_fin" | "verifie_le" => {
                            format!(r"(?<{name}>\d[\d\s./-]*?)")
                        }
                        _ => format!("(?<{name}>.+?)"),
                    };
                    regex.push_str(&group);
                }
                '[' => regex.push_str("(?:"),
                ']' => regex.push_str(")?"),
                '-' | '–' | '—' => regex.push_str("[-–—]"),
                // names have hyphens of their own: one between names has a space before it
                space
                    if space.is_whitespace()
                        && after_name
                        && letters.next_if(|next| "-–—".contains(*next)).is_some() =>
                {
                    regex.push_str(r"(?:\s+[-–—]|\s*[–—])");
                }
                space if space.is_whitespace() => {
                    let between = after_name && letters.peek() == Some(&'{');
                    regex.push_str(if between { r"\s+" } else { r"\s*" });
                }
                other => regex.push_str(&regex::escape(&other.to_string())),
            }
            after_name = is_name;
        }
        regex.push_str(r"\s*$");
        Regex::new(&regex).map_err(|_| malformed("cannot be read"))
    }
}

/// Separators of several values as a regular expression: words stand between spaces.
pub(super) fn separators(separators: &[String]) -> Option<Regex> {
    let alternatives = separators.iter().map(|s| s.trim()).filter(|s| !s.is_empty());
    let alternatives: Vec<String> = alternatives
        .map(|separator| {
            let is_word = separator.chars().all(char::is_alphabetic);
            let gap = if is_word { r"\s+" } else { r"\s*" };
            format!("{gap}{}{gap}", regex::escape(separator))
        })
        .collect();
    if alternatives.is_empty() {
        return None;
    }
    Regex::new(&format!("(?i){}", alternatives.join("|"))).ok()
}

/// The rules of a profile, bound to the header of a file.
#[derive(Debug, Clone, Default)]
pub(super) struct Rules {
    /// Cells of the header; what is split off follows them.
    pub(super) width: usize,
    pub(super) splits: Vec<BoundSplit>,
    /// The native columns of the cells that follow.
    pub(super) virtuals: Vec<Column>,
    /// Cells that have the value of the one above where they are empty.
    pub(super) fill_down: Vec<usize>,
    pub(super) several: Vec<(usize, Regex)>,
}

/// A pattern, bound.
#[derive(Debug, Clone)]
pub(super) struct BoundSplit {
    pub(super) cell: usize,
    pub(super) regex: Regex,
    pub(super) is_heading: bool,
}

/// A row by the rules.
pub(super) struct Ruled {
    pub(super) cells: Vec<String>,
    pub(super) mark: Option<(usize, Mark)>,
}

impl Rules {
    pub(super) fn is_empty(&self) -> bool {
        self.splits.is_empty() && self.fill_down.is_empty() && self.several.is_empty()
    }

    /// The cells of a row, those split off behind them; nothing where it is a heading. `above` has
    /// what earlier rows have said.
    pub(super) fn apply(
        &self,
        cells: impl Iterator<Item = String>,
        above: &mut HashMap<usize, String>,
    ) -> Option<Ruled> {
        let mut cells: Vec<String> = cells.collect();
        cells.resize(self.width, String::new());
        cells.resize(self.width + self.virtuals.len(), String::new());
        let mut unmatched = None;
        let mut done: Vec<usize> = Vec::new();
        for split in &self.splits {
            let BoundSplit { cell, regex, is_heading } = split;
            let text = &cells[*cell];
            if done.contains(cell) || text.trim().is_empty() {
                continue;
            }
            let Some(found) = regex.captures(text) else {
                unmatched = unmatched.or(Some(*cell));
                continue;
            };
            let values: Vec<(usize, String)> = (self.width..)
                .zip(&self.virtuals)
                .filter_map(|(index, column)| {
                    let value = found.name(column.name())?;
                    Some((index, value.as_str().trim().to_owned()))
                })
                .collect();
            done.push(*cell);
            if *is_heading {
                above.extend(values);
                return None;
            }
            for (index, value) in values {
                cells[index] = value;
            }
        }
        let headings = self.splits.iter().any(|split| split.is_heading);
        let below = self.fill_down.iter().copied();
        let below = below.chain((self.width..cells.len()).filter(|_| headings));
        for index in below {
            if !cells[index].trim().is_empty() {
                if self.fill_down.contains(&index) {
                    above.insert(index, cells[index].clone());
                }
            } else if let Some(value) = above.get(&index) {
                cells[index].clone_from(value);
            }
        }
        for (index, separators) in &self.several {
            let values = separators.split(&cells[*index]).map(str::trim);
            let values: Vec<&str> = values.filter(|value| !value.is_empty()).collect();
            cells[*index] = values.join("|");
        }
        let unmatched = unmatched.filter(|cell| !done.contains(cell));
        let mark = unmatched.map(|cell| (cell, Mark::Unmatched));
        Some(Ruled { cells, mark })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'t>(pattern: &str, text: &'t str) -> Option<Vec<(String, &'t str)>> {
        let split = Split { column: None, pattern: pattern.into(), heading: false };
        let regex = split.regex("x").unwrap();
        let found = regex.captures(text)?;
        let names = regex.capture_names().flatten();
        let names = names.filter_map(|name| Some((name.to_owned(), found.name(name)?.as_str())));
        Some(names.collect())
    }

    #[test]
    fn patterns_take_cells_apart() {
        let pattern = "{partenaire} ({partenaire_pays})[ - {date_debut}]";
        for (text, values) in [
            ("PHOENIX (ETATS UNIS) - 1990", vec!["PHOENIX", "ETATS UNIS", "1990"]),
            ("Phoenix(USA)–1990 ", vec!["Phoenix", "USA", "1990"]),
            ("Ouagadougou (Burkina Faso)", vec!["Ouagadougou", "Burkina Faso"]),
            ("Stratford-upon-Avon (GB) - 12/1990", vec!["Stratford-upon-Avon", "GB", "12/1990"]),
        ] {
            let found = read(pattern, text).unwrap_or_default();
            assert_eq!(found.iter().map(|(_, v)| *v).collect::<Vec<_>>(), values, "{text}");
        }
        assert_eq!(read(pattern, "Phoenix"), None);
        let found = read("{partenaire}, {_} : {partenaire_pays}", "Turin, 1958 : Italie").unwrap();
        assert_eq!(found[1], ("partenaire_pays".to_owned(), "Italie"));
        let by_dash = "{partenaire_pays} - {partenaire}";
        for (text, values) in [
            ("ROYAUME-UNI - Stoke-on-Trent", Some(["ROYAUME-UNI", "Stoke-on-Trent"])),
            ("Guinée-Bissau–Bissau", Some(["Guinée-Bissau", "Bissau"])),
            ("Pays-Bas -Breda", Some(["Pays-Bas", "Breda"])),
            ("Pays-Bas", None),
        ] {
            let found = read(by_dash, text);
            let found = found.as_ref().map(|found| [found[0].1, found[1].1]);
            assert_eq!(found, values, "{text}");
        }
        let found = read("{partenaire} {date_debut}", "San Marino 1984").unwrap();
        assert_eq!(found[0].1, "San Marino");
        for wrong in ["{ville}", "{partenaire", "{partenaire} {partenaire}", "[{partenaire}"] {
            let split = Split { column: None, pattern: wrong.into(), heading: false };
            assert!(split.regex("x").is_err() || wrong == "{partenaire", "{wrong}");
        }
    }

    #[test]
    fn several_values_are_parted_by_signs_and_words() {
        let by = separators(&[",".into(), "et".into(), "/".into()]).unwrap();
        let parts = |text| by.split(text).collect::<Vec<_>>();
        assert_eq!(parts("Kayes, Mopti et Ségou/Gao"), ["Kayes", "Mopti", "Ségou", "Gao"]);
        assert_eq!(parts("Metz ET Trèves"), ["Metz", "Trèves"]);
        assert!(separators(&[" ".into()]).is_none());
    }
}
