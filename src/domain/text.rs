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
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    let mut push = |byte: u8| {
        if byte.is_ascii_alphanumeric() {
            if std::mem::take(&mut gap) {
                folded.push(' ');
            }
            folded.push(byte.to_ascii_lowercase() as char);
        } else {
            gap = !folded.is_empty();
        }
    };
    for c in text.chars() {
        if c.is_ascii() {
            push(c as u8);
        } else {
            deunicode::deunicode_char(c).unwrap_or("?").bytes().for_each(&mut push);
        }
    }
    folded
}

/// A cell's text as people meant it: no-break and other odd spaces become plain ones, runs of
/// white space one space, none at the ends, no control characters.
pub fn tidy(text: &str) -> Cow<'_, str> {
    if is_tidy(text) {
        return text.into();
    }
    let mut tidy = String::with_capacity(text.len());
    for word in text.split(|c| c == ' ' || is_odd(c)).filter(|word| !word.is_empty()) {
        if !tidy.is_empty() {
            tidy.push(' ');
        }
        tidy.push_str(word);
    }
    tidy.into()
}

fn is_tidy(text: &str) -> bool {
    let mut before = b' ';
    for (at, byte) in text.bytes().enumerate() {
        let untidy = match byte {
            b' ' => before == b' ',
            0..b' ' | 0x7f => true,
            // with these begin all odd characters that are not ASCII, and some others
            0xc2 | 0xe1..=0xe3 | 0xef => text[at..].chars().next().is_some_and(is_odd),
            _ => false,
        };
        if untidy {
            return false;
        }
        before = byte;
    }
    before != b' ' || text.is_empty()
}

/// Whether a character is no text: a control character, or white space other than the plain space.
fn is_odd(c: char) -> bool {
    c != ' ' && (c.is_control() || c.is_whitespace() || c == '\u{feff}')
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
        for (text, tidied) in [("", ""), (" ", ""), ("a ", "a"), (" a", "a"), ("a  b", "a b")] {
            assert_eq!(tidy(text), tidied, "{text:?}");
        }
        for odd in (char::MIN..=char::MAX).filter(|c| is_odd(*c)) {
            assert_eq!(tidy(&format!("é{odd}")), "é", "{odd:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn folding_is_transliterating_then_dropping_what_is_no_word(text in "\\PC*") {
            let ascii = deunicode::deunicode(&text).to_ascii_lowercase();
            let words = ascii.split(|c: char| !c.is_ascii_alphanumeric());
            let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
            proptest::prop_assert_eq!(fold(&text), words.join(" "));
        }
    }
}
