//! The picture of a page for those who share it, and the map of a selection for print: an SVG.

use askama::Template;

use crate::{
    domain::Language,
    http::{
        page::layout::Layout,
        site::place::picture::{PictureView, land_paths},
    },
};

/// The width of a picture, in pixels; what Open Graph asks for.
pub const WIDTH: u32 = 1200;
/// Its height.
pub const HEIGHT: u32 = 630;
/// Where the map begins below a title.
const TITLE: u32 = 250;
/// The longest line of text.
const LINE: f64 = 1080.0;
/// Sizes of a title, largest first, and the lines that it may then have.
const SIZES: [(u32, usize); 3] = [(62, 1), (48, 2), (40, 2)];
/// Letters that a sentence may have; more is cut.
const SENTENCE_SIZE: u32 = 27;

/// A picture.
#[derive(Debug, Clone, Template)]
#[template(path = "site/preview/preview.svg")]
pub struct Preview {
    layout: Layout,
    picture: PictureView,
    land: &'static str,
    /// Lines of the title, each with the line that it stands on.
    title: Vec<(u32, String)>,
    title_size: u32,
    sentence: String,
    sentence_line: u32,
    top: u32,
}

impl Preview {
    /// How many times the map is as wide as high.
    pub fn map_ratio(is_titled: bool) -> f64 {
        let top = if is_titled { TITLE } else { 0 };
        f64::from(WIDTH) / f64::from(HEIGHT - top)
    }

    /// A map alone.
    pub fn new(language: Language, picture: PictureView) -> Self {
        Self {
            layout: Layout { language, ..Layout::default() },
            picture,
            land: land_paths(),
            title: Vec::new(),
            title_size: 0,
            sentence: String::new(),
            sentence_line: 0,
            top: 0,
        }
    }

    /// The same below a title and a sentence. Of a title that the fonts cannot draw the sentence
    /// takes its place.
    #[must_use]
    pub fn titled(mut self, title: &str, sentence: &str) -> Self {
        let (drawn, sentence) = (drawable(title), drawable(sentence));
        let title = if drawn.is_empty() { &sentence } else { &drawn };
        let mut lines = Vec::new();
        for (size, most) in SIZES {
            self.title_size = size;
            lines = wrapped(title, f64::from(size), most);
            if !lines.last().is_some_and(|line| line.ends_with('…')) {
                break;
            }
        }
        let mut line = 82;
        for text in lines {
            line += self.title_size + 3;
            self.title.push((line, text));
        }
        self.sentence = wrapped(&sentence, f64::from(SENTENCE_SIZE), 1).pop().unwrap_or_default();
        self.sentence_line = line + SENTENCE_SIZE + 14;
        self.top = TITLE;
        self
    }

    fn height(&self) -> u32 {
        HEIGHT - self.top
    }
}

/// What the bundled fonts have of a text: Latin letters, and Greek and Cyrillic ones in Latin.
/// Other scripts, emoji and what turns the direction round are left out.
pub(crate) fn drawable(text: &str) -> String {
    let letters = text.chars().map(|letter| match letter {
        ' '..='~'
        | '\u{a1}'..='\u{24f}'
        | '\u{1e00}'..='\u{1ef9}'
        | '‐'..='―'
        | '‘'..='‟'
        | '…'
        | '€'
        | '•' => letter.to_string(),
        '\u{370}'..='\u{52f}' => deunicode::deunicode_char(letter).unwrap_or_default().to_owned(),
        letter if letter.is_whitespace() => " ".to_owned(),
        _ => String::new(),
    });
    let text: String = letters.collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().any(char::is_alphanumeric) { text } else { String::new() }
}

/// A text in lines, the last cut where there would be more.
pub(crate) fn wrapped(text: &str, size: f64, most: usize) -> Vec<String> {
    let fits = |line: &str| line.chars().map(|letter| width(letter) * size).sum::<f64>() <= LINE;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match longer.filter(|line| fits(line)) {
            Some(line) => {
                lines.pop();
                lines.push(line);
            }
            None => lines.push(word.to_owned()),
        }
        if lines.len() > most {
            break;
        }
    }
    let is_cut = lines.len() > most;
    lines.truncate(most);
    for line in &mut lines {
        // a word of its own may be too long for a line
        let end = line.char_indices().map(|(at, _)| at).find(|at| !fits(&line[..*at]));
        if let Some(end) = end {
            let end = line[..end].char_indices().next_back().map_or(0, |(at, _)| at);
            line.truncate(end);
            line.push('…');
        }
    }
    if let Some(last) = lines.last_mut().filter(|line| is_cut && !line.ends_with('…')) {
        while !fits(&format!("{last}…")) && last.pop().is_some() {}
        last.push('…');
    }
    lines
}

/// How wide a letter is at most, in parts of the font's size.
fn width(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | '\'' | '’' | ':' | ';' | '!' | '|' | ' ' => 0.3,
        'f' | 't' | 'r' | '(' | ')' | '-' | '/' => 0.4,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | 'Œ' | 'Æ' | '…' | '—' => 0.95,
        letter if letter.is_uppercase() => 0.72,
        _ => 0.56,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_drawn_is_left_out_and_the_rest_fits() {
        assert_eq!(drawable("Львів 🇺🇦 – Lyon\u{202e}"), "L'viv – Lyon");
        assert_eq!(drawable("東京都 🎉"), "");
        assert_eq!(drawable("a\u{0}b\n c"), "ab c");
        for text in ["W".repeat(10_000), "mot ".repeat(5_000), "é".into(), String::new()] {
            for (size, most) in SIZES {
                let lines = wrapped(&text, f64::from(size), most);
                assert!(lines.len() <= most);
                let longest = lines.iter().map(|line| {
                    line.chars().map(|letter| width(letter) * f64::from(size)).sum::<f64>()
                });
                assert!(longest.fold(0.0, f64::max) <= LINE + f64::from(size));
            }
        }
    }

    #[test]
    fn hostile_text_is_text() {
        let picture = PictureView::framed(&[], None, 1.9);
        let preview = Preview::new(Language::French, picture);
        let svg = preview.titled("</text><script>x</script>&#0;", "\"'><image/>").render().unwrap();
        assert!(!svg.contains("<script") && !svg.contains("<image"), "{svg}");
    }
}
