//! What the register is: method, sources, licence, accessibility, privacy.

use askama::Template;

use crate::{domain::Language, http::page::layout::Layout};

/// `/a-propos` and `/en/about`. Its prose stands in a template of each language.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "site/about/about.html")]
pub struct AboutPage {
    /// The frame.
    pub layout: Layout,
    /// Who publishes the data.
    pub publisher: String,
    /// Name and address of the licence of the data.
    pub licence: (String, String),
}

impl AboutPage {
    /// Whether the French prose is wanted.
    pub fn is_french(&self) -> bool {
        self.layout.language == Language::French
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parts of a page, in order.
    fn parts(language: Language) -> Vec<String> {
        let layout = Layout { language, ..Layout::default() };
        let html = AboutPage { layout, ..AboutPage::default() }.render().unwrap();
        let ids = html.split("<h2 id=\"").skip(1);
        ids.filter_map(|part| part.split('"').next()).map(str::to_owned).collect()
    }

    #[test]
    fn both_languages_have_the_same_parts() {
        let french = parts(Language::French);
        assert_eq!(french, parts(Language::English));
        for id in ["method", "sources", "licence", "accessibility", "privacy"] {
            assert!(french.iter().any(|part| part == id), "{id}");
        }
    }
}
