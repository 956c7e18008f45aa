//! Text as CQL2 compares it: patterns of LIKE, and folding of case and accents.

/// A pattern: `%` is any number of characters, `_` one; `\` takes the next one as it stands
/// (OGC 21-065r2, 7.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    tokens: Vec<Token>,
    /// What `%text%` looks for, the most usual pattern.
    part: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Many,
    One,
    Is(char),
}

impl Token {
    fn character(self) -> Option<char> {
        if let Self::Is(c) = self { Some(c) } else { None }
    }
}

impl Pattern {
    /// Reads a pattern.
    pub fn new(text: &str) -> Self {
        let mut tokens = Vec::with_capacity(text.len());
        let mut characters = text.chars();
        while let Some(c) = characters.next() {
            tokens.push(match c {
                '%' if tokens.last() == Some(&Token::Many) => continue,
                '%' => Token::Many,
                '_' => Token::One,
                '\\' => Token::Is(characters.next().unwrap_or('\\')),
                c => Token::Is(c),
            });
        }
        let part = match tokens.as_slice() {
            [Token::Many, part @ .., Token::Many] => {
                part.iter().copied().map(Token::character).collect()
            }
            _ => None,
        };
        Self { tokens, part }
    }

    /// Whether a whole text is like the pattern.
    pub fn matches(&self, text: &str) -> bool {
        if let Some(part) = &self.part {
            return memchr::memmem::find(text.as_bytes(), part.as_bytes()).is_some();
        }
        let tokens = &self.tokens;
        let (mut token, mut at) = (0, 0);
        // where to go on when what follows the last `%` does not fit
        let mut retry: Option<(usize, usize)> = None;
        loop {
            let next = text[at..].chars().next();
            match (tokens.get(token), next) {
                (None, None) => return true,
                (Some(Token::Many), _) => {
                    token += 1;
                    if token == tokens.len() {
                        return true;
                    }
                    retry = Some((token, at));
                    continue;
                }
                (Some(Token::One), Some(c)) => {
                    (token, at) = (token + 1, at + c.len_utf8());
                    continue;
                }
                (Some(Token::Is(wanted)), Some(c)) if *wanted == c => {
                    (token, at) = (token + 1, at + c.len_utf8());
                    continue;
                }
                // a text that has ended does not grow by trying again
                (Some(_), None) => return false,
                _ => {}
            }
            let Some((after, from)) = retry else { return false };
            let Some(skipped) = text[from..].chars().next() else { return false };
            (token, at) = (after, from + skipped.len_utf8());
            retry = Some((token, at));
        }
    }
}

/// A text as CASEI compares it: each character in upper, then in lower case, so that `ß` is `ss`
/// and `ς` is `σ`.
pub(super) fn fold_case(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase());
        } else {
            folded.extend(c.to_uppercase().flat_map(char::to_lowercase));
        }
    }
    folded
}

/// A text as ACCENTI compares it: decomposed, without combining marks.
pub(super) fn fold_accents(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            folded.push(c);
        } else {
            // a mark by itself decomposes to nothing, so one character after another will do
            folded.push_str(&unaccent::unaccent(c.encode_utf8(&mut [0; 4])));
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_texts() {
        for (pattern, text, expected) in [
            ("B_r%", "Berlin", true),
            ("B_r%", "Bern", true),
            ("B_r%", "Br", false),
            ("%lin", "Berlin", true),
            ("%l%i%", "Berlin", true),
            ("%", "", true),
            ("_", "", false),
            ("_", "é", true),
            ("%é_", "caféé", true),
            ("%é_", "café", false),
            ("100\\%", "100%", true),
            ("100\\%", "1000", false),
            ("a\\_b", "axb", false),
            ("%ab%ab", "abab", true),
            ("%aab", "aaab", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{text} LIKE {pattern}");
        }
    }

    #[test]
    fn folding_is_full() {
        assert_eq!(fold_case("STRASSE"), fold_case("Straße"));
        assert_eq!(fold_case("ΟΔΟΣ"), fold_case("οδος"));
        assert_eq!(fold_accents("Chișinău"), "Chisinau");
    }
}
