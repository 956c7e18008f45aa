//! What stands in a cell of names and is none: words for nothing, totals, addresses.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;

use super::rows;
use crate::domain::text::fold;

/// Why a text is not the name of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NotName {
    /// A word for nothing, or an error of a spreadsheet.
    Nothing,
    /// The row sums others up.
    Total,
    /// An address of the web or of mail.
    Address,
    /// Numbers and marks alone.
    Number,
}

#[derive(Deserialize)]
struct Row {
    text: String,
    meaning: NotName,
}

/// No text of the list is longer, in bytes.
const LONGEST: usize = 40;

/// Why a text is no name; none where it may be one. A place may be called like a word for
/// nothing (Nan in Thailand, None in Piedmont): look it up first.
pub fn not_a_name(text: &str) -> Option<NotName> {
    static TEXTS: LazyLock<HashMap<String, NotName>> = LazyLock::new(|| {
        let listed: Vec<Row> = rows(include_bytes!("../../import/reference/kept/not_names.csv"));
        listed.into_iter().map(|row| (key(&row.text), row.meaning)).collect()
    });
    if is_address(text) {
        return Some(NotName::Address);
    }
    if !text.chars().any(char::is_alphabetic) {
        return Some(NotName::Number);
    }
    let folded = key(text);
    if folded.len() > 2 && folded.bytes().all(|byte| byte == b'x') {
        return Some(NotName::Nothing);
    }
    let words: Vec<&str> = folded.split(' ').collect();
    if words[0] == "total" || words.starts_with(&["sous", "total"]) || words[0] == "subtotal" {
        return Some(NotName::Total);
    }
    (folded.len() <= LONGEST).then(|| TEXTS.get(&folded).copied()).flatten()
}

/// Whether a text is an address of the web or of mail.
fn is_address(text: &str) -> bool {
    let starts =
        |word: &str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let mail = text
        .split_once('@')
        .is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !user.contains(' '));
    let host = text.rsplit_once('.').is_some_and(|(_, end)| {
        HOST_ENDINGS.contains(&end)
            && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'))
    });
    let begins = ["www.", "http:", "https:", "mailto:"].into_iter().any(starts);
    mail || host || text.contains("://") || begins
}

/// What hosts of the web usually end with.
const HOST_ENDINGS: [&str; 16] = [
    "be", "ca", "ch", "com", "de", "edu", "es", "eu", "fr", "gov", "info", "it", "net", "org",
    "pt", "uk",
];

/// Folded, with the mark that errors of spreadsheets begin with.
fn key(text: &str) -> String {
    let mark = if text.trim_start().starts_with('#') { "#" } else { "" };
    format!("{mark}{}", fold(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_nothing_totals_and_addresses_are_no_names() {
        for (texts, meaning) in [
            (
                &["#N/A", "#REF!", "NULL", "nan", "Inconnu", "inconnue", "(vide)", "Non renseigné"]
                    [..],
                NotName::Nothing,
            ),
            (
                &[
                    "Total",
                    "TOTAL",
                    "Sous-total",
                    "TOTAL GÉNÉRAL",
                    "Total Mali",
                    "Sous total :",
                    "Subtotal 2019",
                ],
                NotName::Total,
            ),
            (
                &[
                    "https://example.org/x",
                    "www.lyon.fr",
                    "mairie@lyon.fr",
                    "mailto:a@b.org",
                    "HTTP://A.ORG",
                ],
                NotName::Address,
            ),
            (&["12", "?", "-", "69 123", "…"], NotName::Number),
        ] {
            for text in texts {
                assert_eq!(not_a_name(text), Some(meaning), "{text}");
            }
        }
        for name in
            ["Lyon", "Totalán", "Y", "Nanterre", "Å", "Bamako @ Mali", "Nulles", "Inconnue-sur-Mer"]
        {
            assert_eq!(not_a_name(name), None, "{name}");
        }
    }
}
