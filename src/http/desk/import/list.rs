//! The pages of importers before there is an import: signing in, giving a file, what was imported.

use askama::Template;

use crate::{
    domain::{Bilingual, ImportState, Language},
    http::{
        desk::import::document::ImportDocument,
        page::{
            layout::{Layout, escape_query},
            site_page::SitePage,
        },
        text::format,
    },
};

/// Who is signed in.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    /// What they are called.
    pub name: String,
    /// `reader`, `importer` or `admin` of a token, else `person`.
    pub role: String,
    /// Whether files can be imported.
    pub can_import: bool,
}

impl Visitor {
    /// The key of what the role is called.
    pub fn role_key(&self) -> String {
        format!("import.role.{}", self.role)
    }
}

/// Something that went wrong with what was just asked for.
#[derive(Debug, Clone, Default)]
pub struct Notice {
    /// In a few words.
    pub title: String,
    /// What, and what to do.
    pub body: String,
}

/// `/import` for somebody who has not signed in; also in place of any page of imports.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "desk/import/import_sign_in.html")]
pub struct SignInPage {
    /// The frame.
    pub layout: Layout,
    /// What went wrong, if something did.
    pub notice: Option<Notice>,
    /// Path of the page to go to afterwards.
    pub to: String,
}

impl SignInPage {
    /// Where the form goes.
    pub fn action(&self) -> String {
        format!("{}/session", SitePage::Import.path(self.layout.language))
    }
}

/// `/import`: give a file, and what was imported.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "desk/import/import_list.html")]
pub struct ImportListPage {
    /// The frame.
    pub layout: Layout,
    /// Who is signed in.
    pub visitor: Visitor,
    /// What went wrong, if something did.
    pub notice: Option<Notice>,
    /// The largest file that is taken, in bytes.
    pub limit: u64,
    /// Profiles of the release.
    pub profiles: Vec<String>,
    /// The imports, newest first.
    pub imports: Vec<ImportDocument>,
}

/// Encodings that files come in, by their names in the Encoding Standard.
pub const ENCODINGS: [&str; 6] =
    ["utf-8", "windows-1252", "iso-8859-15", "macintosh", "utf-16le", "utf-16be"];

impl ImportListPage {
    /// A path of the importers' pages.
    pub fn path(&self, rest: &str) -> String {
        format!("{}{rest}", SitePage::Import.path(self.layout.language))
    }

    /// The limit in megabytes.
    pub fn limit_in_words(&self) -> String {
        let megabytes = self.layout.number(self.limit / 1_000_000);
        self.layout.fill("import.file.limit", "size", &megabytes)
    }

    /// Who kept records before, each once, newest first.
    pub fn sources(&self) -> Vec<&str> {
        let mut sources: Vec<&str> = Vec::new();
        for source in self.imports.iter().filter_map(|import| import.source.as_deref()) {
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        sources
    }

    /// What an import has done, in a few words.
    pub fn counts(&self, import: &ImportDocument) -> String {
        counts(&self.layout, import)
    }
}

/// The non-zero counts of an import: `12 nouveaux · 3 modifiés`.
pub(crate) fn counts(layout: &Layout, import: &ImportDocument) -> String {
    let outcome = &import.outcome;
    let parts = [
        ("import.count.created", outcome.created),
        ("import.count.updated", outcome.updated),
        ("import.count.removed", outcome.removed),
        ("import.count.rejected", outcome.rejected),
        ("import.count.unchanged", outcome.unchanged),
    ];
    let parts = parts.iter().filter(|(_, count)| *count > 0);
    let parts: Vec<String> = parts.map(|(key, count)| layout.counted(key, *count)).collect();
    parts.join(" · ")
}

impl ImportDocument {
    /// The key of what its state is called.
    pub fn state_key(&self) -> String {
        let state = match self.state {
            ImportState::Committed if self.reverted_by.is_some() => "reverted",
            state => state.code(),
        };
        format!("import.state.{state}")
    }

    /// Its file; of a change without one, what it is.
    pub fn title(&self, layout: &Layout) -> String {
        if self.file.is_empty() {
            return layout.text(&format!("changeset.{}", self.cause)).to_owned();
        }
        self.file.clone()
    }

    /// When it began, in words.
    pub fn day(&self, layout: &Layout) -> String {
        moment(layout.language, &self.started_at)
    }

    /// Whether it can be taken back.
    pub fn can_be_undone(&self) -> bool {
        self.state == ImportState::Committed && self.reverted_by.is_none()
    }
}

/// An instant in words, to the minute, in universal time.
pub(crate) fn moment(language: Language, iso: &str) -> String {
    let (day, time) = iso.split_once(['T', ' ']).unwrap_or((iso, ""));
    let day = format::date(language, day);
    match time.get(..5) {
        Some(time) => format!("{day}, {time} UTC"),
        None => day,
    }
}

/// A text that both languages have, in that of a page.
pub fn told(layout: &Layout, text: &Bilingual) -> String {
    text.get(layout.language).to_owned()
}

/// A path with a query of one parameter more.
pub(crate) fn with_query(path: &str, pairs: &[(&str, String)]) -> String {
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<String> =
        pairs.map(|(name, value)| format!("{name}={}", escape_query(value))).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_to_the_minute() {
        let told = |iso| moment(Language::French, iso);
        assert_eq!(told("2026-11-03T07:05:09.123Z"), "3 novembre 2026, 07:05 UTC");
        assert_eq!(told("2026-11-03"), "3 novembre 2026");
        assert_eq!(told(""), "");
    }

    #[test]
    fn pages_with_nothing_on_them_render() {
        for language in Language::ALL {
            let layout = Layout { language, ..Layout::default() };
            let list = ImportListPage { layout: layout.clone(), ..ImportListPage::default() };
            assert!(list.render().unwrap().contains("<main"));
            let page = SignInPage { layout, to: "/import".into(), ..SignInPage::default() };
            assert!(page.render().unwrap().contains("name=\"token\""));
        }
    }
}
