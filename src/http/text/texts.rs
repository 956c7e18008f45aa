//! The catalogue of every text that users read, from `static/text/`.

use std::{collections::HashMap, sync::LazyLock};

use crate::domain::Language;

static FRENCH: LazyLock<Texts> =
    LazyLock::new(|| Texts::parse(include_str!("../../../static/text/fr.json")));
static ENGLISH: LazyLock<Texts> =
    LazyLock::new(|| Texts::parse(include_str!("../../../static/text/en.json")));

/// The texts of one language, by key.
#[derive(Debug, Default)]
pub struct Texts {
    by_key: HashMap<String, String>,
}

impl Texts {
    /// The catalogue of a language.
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::French => &FRENCH,
            Language::English => &ENGLISH,
        }
    }

    /// A file that is not a flat JSON object of texts gives an empty catalogue; a test sees to it.
    fn parse(json: &str) -> Self {
        Self { by_key: serde_json::from_str(json).unwrap_or_default() }
    }

    /// The text of a key, if there is one.
    pub fn find(&self, key: &str) -> Option<&str> {
        self.by_key.get(key).map(String::as_str)
    }

    /// The text of a key; the key itself where it is missing, so that a page still says something.
    pub fn text<'a>(&'a self, key: &'a str) -> &'a str {
        self.find(key).unwrap_or(key)
    }

    /// The text of a key with each `{name}` replaced.
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut rest = self.text(key);
        let mut out = String::with_capacity(rest.len() + 32);
        while let Some(open) = rest.find('{') {
            let Some(close) = rest[open..].find('}').map(|at| open + at) else { break };
            out.push_str(&rest[..open]);
            let name = &rest[open + 1..close];
            match values.iter().find(|(candidate, _)| *candidate == name) {
                Some((_, value)) => out.push_str(value),
                None => out.push_str(&rest[open..=close]),
            }
            rest = &rest[close + 1..];
        }
        out.push_str(rest);
        out
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|part| part.split('}').next()).collect()
    }

    #[test]
    fn both_languages_have_the_same_keys_and_placeholders() {
        let (french, english) = (Texts::of(Language::French), Texts::of(Language::English));
        assert!(!french.by_key.is_empty());
        let keys = |texts: &Texts| texts.by_key.keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(keys(french), keys(english));
        for (key, text) in &french.by_key {
            let other = &english.by_key[key];
            assert!(!text.trim().is_empty() && !other.trim().is_empty(), "{key} is empty");
            if key.starts_with("summary.") || key == "date.first_day" {
                continue; // word order may drop a placeholder there
            }
            assert_eq!(placeholders(text), placeholders(other), "{key}");
        }
    }

    /// French has no-break spaces inside its guillemets and before double punctuation, and both
    /// languages have curly apostrophes.
    #[test]
    fn texts_are_set_as_their_language_is() {
        for (key, text) in &Texts::of(Language::French).by_key {
            let wrong = ["'", "\"", "...", " :", " ;", " ?", " !", " »", "« "];
            let found = wrong.into_iter().find(|wrong| text.contains(wrong));
            assert!(found.is_none() || text.contains("English"), "{key}: {text:?}");
        }
        for (key, text) in &Texts::of(Language::English).by_key {
            assert!(
                !["'", "\"", "...", "« "].iter().any(|wrong| text.contains(wrong)),
                "{key}: {text:?}"
            );
        }
    }

    #[test]
    fn every_kind_of_issue_has_a_name() {
        for code in crate::domain::IssueCode::ALL {
            let key = format!("issue.{}", code.code());
            assert!(Texts::of(Language::French).find(&key).is_some(), "{key}");
        }
    }

    /// Every key that a template or a module of the browser names in full is in the catalogue.
    #[test]
    fn every_key_that_is_asked_for_exists() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let texts = Texts::of(Language::French);
        let mut asked = 0;
        let mut rest = vec![root.join("src/http"), root.join("static/app")];
        while let Some(path) = rest.pop() {
            if path.is_dir() {
                rest.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            } else if path.extension().is_some_and(|found| found == "html" || found == "js") {
                // a canvas has contexts, which are no texts
                let source = fs::read_to_string(&path).unwrap().replace("getContext(", "");
                for call in ["text(\"", "fill(\"", "text('", "fill('"] {
                    for part in source.split(call).skip(1) {
                        let Some(key) = part.split(['"', '\'']).next() else { continue };
                        asked += 1;
                        let known = texts.find(key).is_some()
                            || texts.find(&format!("{key}.one")).is_some();
                        assert!(known, "{} asks for {key}", path.display());
                    }
                }
            }
        }
        assert!(asked > 40, "only {asked} keys found: has the search gone blind?");
    }

    #[test]
    fn placeholders_are_filled_once_and_values_are_not_read_again() {
        let texts = Texts::parse(r#"{"a":"{x} and {y} and {z"}"#);
        assert_eq!(texts.fill("a", &[("x", "{y}"), ("y", "2")]), "{y} and 2 and {z");
        assert_eq!(texts.text("missing"), "missing");
    }
}
