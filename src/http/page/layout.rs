//! The frame that every page shares.

use std::borrow::Borrow;

use crate::{
    domain::Language,
    http::{
        page::{
            addresses::{self, contribute_root, home, in_other_language, partnership_path},
            site_page::SitePage,
        },
        text::{format, grammar, texts::Texts},
    },
};

/// A text that may lead somewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageLink {
    /// What is read.
    pub label: String,
    /// Where it leads; empty where nowhere.
    pub path: String,
}

/// What the head, the header and the footer of a page need.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// The language of the page.
    pub language: Language,
    /// Which page of the site it is, if it is one of them.
    pub page: Option<SitePage>,
    /// The page's own title, without the site's name.
    pub title: String,
    /// One or two sentences for search engines and link previews.
    pub description: String,
    /// Where the site begins, without a slash at the end (`https://atlas.example`); empty if not
    /// known.
    pub origin: String,
    /// Path and query of this page, beginning with `/`.
    pub path: String,
    /// Path and query of the same page in the other language.
    pub alternate_path: String,
    /// Where the files of `static/` are served, without a slash at the end: `/static`.
    pub static_base: String,
    /// Whether search engines are asked to leave the page out (errors, filtered views).
    pub no_index: bool,
    /// Path of this page as search engines should keep it; [`Layout::path`] where none is given.
    pub canonical: Option<String>,
    /// The way to this page from the map's, this page left out.
    pub crumbs: Vec<PageLink>,
    /// What the page says for machines, as JSON-LD.
    pub linked_data: Vec<serde_json::Value>,
    /// The feed of what changed in what the page shows.
    pub feed: Option<String>,
    /// The picture of the page for those who share it.
    pub picture: Option<String>,
    /// The mail address of whoever corrects the register, if it has one.
    pub contact: Option<String>,
}

/// An entry of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MenuEntry {
    /// What is read.
    pub label: &'static str,
    /// Where it leads.
    pub path: &'static str,
    /// Whether it leads to this page.
    pub is_current: bool,
}

impl Layout {
    /// The frame of a page, with its title.
    #[must_use]
    pub fn of(self, page: SitePage) -> Self {
        let title = self.text(page.title()).to_owned();
        Self { page: Some(page), title, ..self }
    }

    /// The pages that the menu lists.
    pub fn menu(&self) -> Vec<MenuEntry> {
        let entry = |page: SitePage| {
            Some(MenuEntry {
                label: Texts::of(self.language).text(page.menu()?),
                path: page.path(self.language),
                is_current: self.page == Some(page),
            })
        };
        SitePage::ALL.into_iter().filter_map(entry).collect()
    }

    /// The text of a key, in the page's language.
    pub fn text<'a>(&self, key: &'a str) -> &'a str {
        Texts::of(self.language).find(key).unwrap_or(key)
    }

    /// The text of a key with one placeholder filled.
    pub fn fill(&self, key: &str, name: &str, value: &str) -> String {
        Texts::of(self.language).fill(key, &[(name, value)])
    }

    /// A name and what is said of it: `Mali : 12 partenariats`, `Mali: 12 partnerships`.
    pub fn headed(&self, name: &str, said: &str) -> String {
        format!("{name}{}{said}", self.text("colon"))
    }

    /// `{key}.one` or `{key}.many` with `{count}` filled.
    pub fn counted(&self, key: &str, count: impl Borrow<u64>) -> String {
        grammar::counted(self.language, key, *count.borrow())
    }

    /// A whole number as the language writes it.
    pub fn number(&self, value: impl Borrow<u64>) -> String {
        format::number(self.language, *value.borrow())
    }

    /// An ISO date in words.
    pub fn date(&self, iso: &str) -> String {
        format::date(self.language, iso)
    }

    /// The path that search engines should keep.
    pub fn canonical_path(&self) -> &str {
        self.canonical.as_deref().unwrap_or(&self.path)
    }

    /// The same in the other language.
    pub fn canonical_alternate(&self) -> String {
        match &self.canonical {
            Some(path) => in_other_language(self.language, path),
            None => self.alternate_path.clone(),
        }
    }

    /// The languages as Open Graph names them: this one, then the other.
    pub fn locales(&self) -> [&'static str; 2] {
        match self.language {
            Language::French => ["fr_FR", "en_GB"],
            Language::English => ["en_GB", "fr_FR"],
        }
    }

    /// Everything that machines are told, each ready to stand in a script element.
    pub fn data_blocks(&self) -> Vec<String> {
        let trail = (!self.crumbs.is_empty()).then(|| self.trail());
        let all = trail.iter().chain(&self.linked_data);
        // nothing in it can end the element that it stands in
        all.map(|data| data.to_string().replace('<', "\\u003c")).collect()
    }

    fn trail(&self) -> serde_json::Value {
        let home =
            PageLink { label: self.text("site.name").to_owned(), path: self.home().to_owned() };
        let own = PageLink { label: self.title.clone(), path: self.canonical_path().to_owned() };
        let steps = [&home].into_iter().chain(&self.crumbs).chain([&own]);
        let step = |(at, link): (usize, &PageLink)| serde_json::json!({"@type": "ListItem", "position": at + 1, "name": link.label, "item": self.absolute(&link.path)});
        serde_json::json!({
            "@context": "https://schema.org",
            "@type": "BreadcrumbList",
            "itemListElement": steps.enumerate().map(step).collect::<Vec<_>>(),
        })
    }

    /// A mail that says which page is meant, if there is somebody to write to.
    pub fn report_path(&self, what: &str) -> Option<String> {
        let contact = self.contact.as_deref()?;
        let subject = escape(&self.fill("report.subject", "what", what));
        let address = self.absolute(self.canonical_path());
        let body = escape(&self.fill("report.body", "address", &address));
        Some(format!("mailto:{contact}?subject={subject}&body={body}"))
    }

    /// A path with scheme and host.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// The list of partnerships in the page's language.
    pub fn list_path(&self) -> &'static str {
        SitePage::Partnerships.path(self.language)
    }

    /// The comparison in the page's language.
    pub fn compare_path(&self) -> &'static str {
        SitePage::Comparison.path(self.language)
    }

    /// Who can help, and what the register is for, in the page's language.
    pub fn directory_links(&self) -> [PageLink; 3] {
        [SitePage::Services, SitePage::Actors, SitePage::WhitePaper].map(|page| PageLink {
            label: self.text(page.title()).to_owned(),
            path: page.path(self.language).to_owned(),
        })
    }

    /// What the register is, in the page's language.
    pub fn about_path(&self) -> &'static str {
        SitePage::About.path(self.language)
    }

    /// The feed of everything that changes, in the page's language.
    pub fn feed_path(&self) -> &'static str {
        addresses::FEED[self.language as usize]
    }

    /// Where the files of charts are, in the page's language.
    pub fn charts_path(&self) -> &'static str {
        addresses::CHARTS[self.language as usize]
    }

    /// The map's page in the page's language.
    pub fn home(&self) -> &'static str {
        home(self.language)
    }

    /// The data to take away.
    pub fn data_path(&self) -> &'static str {
        SitePage::Data.path(self.language)
    }

    /// Where a name leads to the page of an authority.
    pub fn authorities_path(&self) -> &'static str {
        SitePage::Authorities.path(self.language)
    }

    /// The page of one's account.
    pub fn account_path(&self) -> &'static str {
        SitePage::Account.path(self.language)
    }

    /// Where importers begin.
    pub fn import_path(&self) -> &'static str {
        SitePage::Import.path(self.language)
    }

    /// The language the page is not in.
    pub fn other_language(&self) -> Language {
        match self.language {
            Language::French => Language::English,
            Language::English => Language::French,
        }
    }

    /// The record of a partnership in the page's language.
    pub fn partnership_path(&self, id: &str) -> String {
        partnership_path(self.language, id)
    }

    /// Where a partnership's record is corrected, in the page's language.
    pub fn correct_path(&self, id: &str) -> String {
        format!("{}/{}", contribute_root(self.language), escape(id))
    }

    /// An address of the API or of tiles, which names the page's language: what the browser prefers may
    /// be the other one.
    pub fn in_language(&self, path: &str) -> String {
        let separator = if path.contains('?') { '&' } else { '?' };
        format!("{path}{separator}lang={}", self.language.code())
    }

    /// The map's page with one filter: `/?country=ML`.
    pub fn filter_path(&self, name: &str, value: &str) -> String {
        format!("{}?{}={}", self.home(), escape_query(name), escape_query(value))
    }
}

/// A name or value as browsers write it in a query: `eau+%26+air`.
pub fn escape_query(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// A text as a component of a URL's path.
pub fn escape(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
