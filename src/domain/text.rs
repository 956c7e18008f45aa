//! How names are compared: without accents, case, punctuation or ligatures.

use std::borrow::Cow;

/// Folds a text for comparison: transliterated to ASCII, lower case, every run of anything that
/// is neither a letter nor a digit becomes one space.
///
/// ```
/// # use atlas_aect::domain::text::fold;
/// assert_eq!(fold("  Saint-Étienne\u{a0}/ L’Œuvre "), "saint etienne l oeuvre");
/// ```
pub fn fold(text: &str) -> String {
    let ascii: Cow<'_, str> =
        if text.is_ascii() { text.into() } else { deunicode::deunicode(text).into() };
    let mut folded = String::with_capacity(ascii.len());
    for byte in ascii.bytes() {
        if byte.is_ascii_alphanumeric() {
            folded.push(byte.to_ascii_lowercase() as char);
        } else if !folded.ends_with(' ') && !folded.is_empty() {
            folded.push(' ');
        }
    }
    if folded.ends_with(' ') {
        folded.pop();
    }
    folded
}

/// A cell's text as people meant it: no-break and other odd spaces become plain ones, runs of
/// white space one space, none at the ends, no control characters.
pub fn tidy(text: &str) -> Cow<'_, str> {
    let untidy = |c: char| c.is_control() || (c.is_whitespace() && c != ' ') || c == '\u{feff}';
    if !text.contains(untidy) && !text.contains("  ") && text.trim().len() == text.len() {
        return text.into();
    }
    let mut tidy = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || untidy(c)).filter(|w| !w.is_empty()) {
        if !tidy.is_empty() {
            tidy.push(' ');
        }
        tidy.push_str(word);
    }
    tidy.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_fold_to_one_text() {
        for name in ["L'Haÿ-les-Roses", "L’HAŸ LES ROSES", " l haÿ  les_roses "] {
            assert_eq!(fold(name), "l hay les roses");
        }
        assert_eq!(fold("Škofja Loka, Łódź, Straße"), "skofja loka lodz strasse");
        assert_eq!(fold("—"), "");
    }

    #[test]
    fn tidying_keeps_words_and_accents() {
        assert_eq!(tidy("Orléans"), "Orléans");
        assert_eq!(tidy("\u{feff} a\u{a0}\u{202f}b\r\nc\0"), "a b c");
    }
}
