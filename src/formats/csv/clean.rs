//! Cells as they were meant: without invisible characters, and with the letters that a wrong
//! conversion has split put together again, where that is certain.

use encoding_rs::{Encoding, MACINTOSH, WINDOWS_1252};

use super::batch::Row;

/// A row whose texts were not what was meant.
pub struct Cleaned {
    text: String,
    ends: Vec<u32>,
    /// Cells that a wrong conversion had garbled.
    pub repaired: Vec<Repaired>,
}

/// A cell that was garbled.
pub struct Repaired {
    /// Which one, counted from 0.
    pub cell: usize,
    /// As the file has it.
    pub original: String,
    /// As it was meant.
    pub text: String,
}

impl Row<'_> {
    /// The row as it was meant, where that is another. Cells of free text keep their spaces.
    pub fn cleaned(&self, free: &[usize]) -> Option<Cleaned> {
        if self.text().is_ascii() || !may_need(self.text()) {
            return None;
        }
        let mut cleaned = Cleaned { text: String::new(), ends: Vec::new(), repaired: Vec::new() };
        for index in 0..self.len() {
            let original = self.cell(index);
            match repaired(original) {
                Some(text) => {
                    cleaned.text.push_str(&text);
                    let original = original.to_owned();
                    cleaned.repaired.push(Repaired { cell: index, original, text });
                }
                None => push_visible(&mut cleaned.text, original, free.contains(&index)),
            }
            cleaned.ends.push(cleaned.text.len() as u32);
        }
        Some(cleaned)
    }
}

impl Cleaned {
    /// The row, in place of the one that it was made from.
    pub fn row<'c>(&'c self, original: &Row<'c>) -> Row<'c> {
        original.replaced(&self.text, &self.ends)
    }
}

/// A text without characters that nobody sees, and with plain spaces.
pub(super) fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    push_visible(&mut visible, text, false);
    visible
}

fn push_visible(out: &mut String, text: &str, is_free: bool) {
    if text.is_ascii() {
        out.push_str(text);
        return;
    }
    out.extend(text.chars().filter_map(|c| match c {
        // scripts and emoji join letters by these
        '\u{200c}' | '\u{200d}' if is_free => Some(c),
        _ if is_invisible(c) => None,
        '\u{2028}' | '\u{2029}' => Some(c),
        _ if !c.is_ascii() && c.is_whitespace() && !is_free => Some(' '),
        _ => Some(c),
    }));
}

/// Whether a character has no width: marks of order and direction, joiners, soft hyphens.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
    )
}

/// Whether a look at each cell is worth it: something invisible, an odd space, or two characters
/// beside each other that may have been one.
fn may_need(text: &str) -> bool {
    let mut after_wide = false;
    text.chars().any(|c| {
        let is_wide = !c.is_ascii();
        let needs = is_wide && (after_wide || is_invisible(c) || c.is_whitespace() || c == 'Ã');
        after_wide = is_wide;
        needs
    })
}

/// Conversions, one after another, that are looked for.
const ROUNDS: usize = 3;

/// The text that was meant, where UTF-8 was read as Windows-1252, Latin-1 or Macintosh, once or
/// several times.
fn repaired(text: &str) -> Option<String> {
    let mut meant = once(text)?;
    for _ in 1..ROUNDS {
        match once(&meant) {
            Some(further) => meant = further,
            None => break,
        }
    }
    Some(visible(&meant)).filter(|meant| is_text(meant))
}

/// The text whose UTF-8, read as something else, makes this one.
fn once(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let utf_8 = |bytes: Vec<u8>| {
        let meant = String::from_utf8(bytes).ok()?;
        // the text of a further round may be garbled itself
        (!meant.contains('\u{fffd}')).then_some(meant)
    };
    let by = |encoding: &'static Encoding, text: &str| {
        let (bytes, _, is_lossy) = encoding.encode(text);
        if is_lossy { None } else { utf_8(bytes.into_owned()) }
    };
    let latin = |text: &str| {
        let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
        utf_8(bytes?)
    };
    by(WINDOWS_1252, text)
        .or_else(|| latin(text))
        .or_else(|| by(MACINTOSH, text))
        // the second half of "à" is a no-break space, which spreadsheets make a plain one
        .or_else(|| {
            let restored = text.replace("Ã ", "Ã\u{a0}");
            (restored != text).then(|| by(WINDOWS_1252, &restored)).flatten()
        })
}

/// Whether every character is one that people write in names and sentences.
fn is_text(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii() || c.is_alphanumeric() || "’‘“”«»‹›–—…€£°·•№²³ \u{2028}".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_letters_are_put_together() {
        for text in [
            "Orléans",
            "Évry",
            "À la Région",
            "L’Haÿ",
            "Cœuvres",
            "Łódź",
            "12 € – n° 3",
            "Škofja Loka",
            "Çà",
        ] {
            let bytes = text.as_bytes();
            let read = |encoding: &'static Encoding, text: &str| {
                encoding.decode_without_bom_handling(text.as_bytes()).0.into_owned()
            };
            let latin: String = bytes.iter().map(|byte| char::from(*byte)).collect();
            for garbled in [
                read(WINDOWS_1252, text),
                read(MACINTOSH, text),
                latin.clone(),
                read(WINDOWS_1252, &read(WINDOWS_1252, text)),
                read(MACINTOSH, &read(MACINTOSH, text)),
                read(WINDOWS_1252, &latin),
            ] {
                assert_eq!(repaired(&garbled).as_deref(), Some(text), "{garbled}");
            }
        }
        assert_eq!(repaired("OrlÃ©ans Ã  lÂ’est").as_deref(), None, "not in part");
        assert_eq!(repaired("VoilÃ  Lyon").as_deref(), Some("Voilà Lyon"));
    }

    #[test]
    fn what_was_meant_stays() {
        for text in [
            "Orléans",
            "São João",
            "Ångström",
            "Łódź",
            "東京",
            "Αθήνα",
            "Москва",
            "Ç",
            "Ãé",
            "ÂÊ",
            "naïveté",
            "« oui »",
            "5 °C",
        ] {
            assert_eq!(repaired(text), None, "{text}");
        }
    }

    #[test]
    fn nobody_misses_what_nobody_sees() {
        for (text, meant) in [
            ("Ly\u{200b}on", "Lyon"),
            ("\u{feff}Birming\u{200c}ham\u{200d}", "Birmingham"),
            ("ju\u{ad}melage", "jumelage"),
            ("\u{202a}USA\u{202c}\u{a0}", "USA "),
            ("1\u{202f}000", "1 000"),
        ] {
            assert!(may_need(text), "{text:?}");
            assert_eq!(visible(text), meant);
        }
        assert!(!may_need("Orléans"));
    }
}
