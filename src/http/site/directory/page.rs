//! What the pages of the directory are made of.

use askama::Template;

use crate::http::page::layout::{Layout, PageLink};

/// A page of the directory.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "site/directory/directory.html")]
pub struct DirectoryPage {
    /// The frame.
    pub layout: Layout,
    /// What stands above the title.
    pub what: String,
    /// The state of what it is about.
    pub badge: Option<Badge>,
    /// What the page is, in a sentence or two.
    pub lead: String,
    /// What is to be known before anything is believed.
    pub notices: Vec<String>,
    /// Filters or questions.
    pub form: Option<DirectoryForm>,
    /// Its parts.
    pub sections: Vec<PageSection>,
    /// The same elsewhere: calendar, feed, files.
    pub links: Vec<PageLink>,
}

/// A state in a word.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Badge {
    /// Which it is, for the style.
    pub code: &'static str,
    /// What is read.
    pub label: String,
}

/// Filters or questions.
#[derive(Debug, Clone, Default)]
pub struct DirectoryForm {
    /// Where it leads.
    pub action: String,
    /// What it is.
    pub label: String,
    /// Its fields.
    pub fields: Vec<FilterField>,
    /// What its button says.
    pub submit: String,
}

/// A field of a form: a choice, or a text where there is nothing to choose from.
#[derive(Debug, Clone, Default)]
pub struct FilterField {
    /// The parameter.
    pub name: &'static str,
    /// What is read.
    pub label: String,
    /// What was chosen or typed.
    pub value: String,
    /// What the empty choice says.
    pub any: String,
    /// Codes and labels.
    pub options: Vec<(String, String)>,
}

/// A part of a page.
#[derive(Debug, Clone, Default)]
pub struct PageSection {
    /// Its anchor.
    pub id: &'static str,
    /// Its heading.
    pub title: String,
    /// What is said of it.
    pub note: String,
    /// What is known, each with its name.
    pub facts: Vec<NamedFact>,
    /// A list.
    pub entries: Vec<DirectoryEntry>,
    /// Where it goes on.
    pub more: Option<PageLink>,
}

/// A fact with its name; some values lead somewhere.
#[derive(Debug, Clone, Default)]
pub struct NamedFact {
    /// Its name.
    pub label: String,
    /// What is known.
    pub values: Vec<PageLink>,
}

/// A scheme, a call or an actor in a list.
#[derive(Debug, Clone, Default)]
pub struct DirectoryEntry {
    /// Its name and page.
    pub link: PageLink,
    /// Its state.
    pub badge: Option<Badge>,
    /// When: a deadline, or a forecast that says that it is one.
    pub when: String,
    /// What else is said of it.
    pub lines: Vec<String>,
    /// Why it fits, or does not: the answer, its label, the reason.
    pub reasons: Vec<(&'static str, String, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_data_is_escaped() {
        let page = DirectoryPage { lead: "<script>".into(), ..DirectoryPage::default() };
        let html = page.render().unwrap();
        assert!(!html.contains("<script>") && html.contains("&#60;script&#62;"), "{html}");
    }
}
