//! Text in a page: what HTML takes for its own is escaped, and what turns the direction of writing is
//! left out, so that no text changes how what stands around it is read (UTS #55, 3.1).

use std::fmt::{self, Write};

use askama::filters::{Escaper, Html};

/// How templates write text (`askama.toml`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageText;

/// Embeddings, overrides and isolates, which hold until something ends them. Marks that are of one
/// place, as names in Arabic have them, stay.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl Escaper for PageText {
    fn write_escaped_str<W: Write>(&self, mut dest: W, text: &str) -> fmt::Result {
        // with this begin all of them, and other punctuation
        if !text.as_bytes().contains(&0xe2) {
            return Html.write_escaped_str(dest, text);
        }
        text.split(turns).try_for_each(|part| Html.write_escaped_str(&mut dest, part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_turns_what_stands_around_it() {
        let written = |text: &str| {
            let mut page = String::new();
            PageText.write_escaped_str(&mut page, text).unwrap();
            page
        };
        assert_eq!(written("Lyon \u{202e}<b>\u{202c} – \u{2067}x\u{2069}"), "Lyon &#60;b&#62; – x");
        assert_eq!(written("سوسة\u{200f} & co"), "سوسة\u{200f} &#38; co");
        assert_eq!(written("« L’Haÿ »"), "« L’Haÿ »");
    }
}
