//! Cells that a spreadsheet would run as formulas, and the apostrophe that keeps them texts.
//!
//! The pair is one to one: [`restored`] takes off what [`inert`] has put on and nothing else, so
//! that a table that is written and read again says the same, whatever its texts begin with.

use std::borrow::Cow;

/// What a formula begins with in one spreadsheet or another: the full-width forms in East Asian
/// editions, a tab or a line end because it is passed over.
const BEGINNINGS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A text as a cell that no spreadsheet runs: an apostrophe goes before what would be a formula.
/// Negative numbers stay as they are, and so do texts that merely begin with an apostrophe.
///
/// ```
/// # use atlas_aect::formats::csv::inert;
/// assert_eq!(inert("=1+1"), "'=1+1");
/// assert_eq!(inert("-4.5"), "-4.5");
/// assert_eq!(inert("'s-Hertogenbosch"), "'s-Hertogenbosch");
/// ```
pub fn inert(text: &str) -> Cow<'_, str> {
    // a text that looks guarded already gets one more, which is the one that is taken off again
    if is_formula(text.trim_start_matches('\'')) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text of a cell that [`inert`] has written, and any other cell as it is.
pub fn restored(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula(text.trim_start_matches('\'')) => text,
        _ => cell,
    }
}

fn is_formula(text: &str) -> bool {
    text.starts_with(BEGINNINGS) && !is_negative_number(text)
}

/// `-4.5`, `-4,5`, and several of them in one cell.
fn is_negative_number(text: &str) -> bool {
    let number = |text: &str| {
        let text = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        digits(whole) && digits(fraction)
    };
    text.starts_with('-')
        && text.split('|').all(|value| value.is_empty() || number(value))
        && text.contains(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_become_texts_and_numbers_stay() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("+33 4 72", "'+33 4 72"),
            ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\r=1", "'\r=1"),
            ("＝1+1", "'＝1+1"),
            ("-", "'-"),
            ("-|-", "'-|-"),
            ("'=1+1", "''=1+1"),
            ("''@x", "'''@x"),
            ("-4.5", "-4.5"),
            ("-4,5", "-4,5"),
            ("-1.9|52.48|-3", "-1.9|52.48|-3"),
            ("'-4.5", "'-4.5"),
            ("'s-Hertogenbosch", "'s-Hertogenbosch"),
            ("'", "'"),
            ("", ""),
            (" =1", " =1"),
        ] {
            assert_eq!(inert(text), cell);
            assert_eq!(restored(cell), text);
        }
        // what nobody guarded is left alone
        for cell in ["=1+1", "-", "@x", "'-4.5", "''", "'Lyon'"] {
            assert_eq!(restored(cell), cell);
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "['=+@\t\r|0-9.,a -]{0,8}|\\PC{0,20}") {
            let cell = inert(&text);
            prop_assert!(!is_formula(&cell), "{cell:?} would run");
            prop_assert_eq!(restored(&cell), text.as_str());
        }

        #[test]
        fn two_texts_never_make_one_cell(a in "'{0,3}[=a-]{0,2}", b in "'{0,3}[=a-]{0,2}") {
            prop_assert_eq!(a == b, inert(&a) == inert(&b));
        }
    }
}
