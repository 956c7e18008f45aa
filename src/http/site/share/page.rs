//! The panel that shares a view.

use crate::{
    domain::Language,
    http::{
        page::layout::Layout,
        site::partnership::page::DataFormat,
        text::{format, texts::Texts},
    },
};

/// How a view is shared.
#[derive(Debug, Clone, Default)]
pub struct Share {
    /// Its data; none where the page offers it elsewhere.
    pub files: Option<Files>,
    /// Its address, with scheme and host.
    pub permalink: String,
    /// Where its QR code is; none where the address is too long for one.
    pub qr_path: Option<String>,
    /// How to cite it, in a sentence.
    pub text: String,
    /// The same for programs that keep references.
    pub bibtex: String,
    /// The element that shows its map on another site.
    pub embed: Option<String>,
}

/// A selection to take away.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// What most come for.
    pub usual: Vec<FileGroup>,
    /// The other formats.
    pub others: Vec<FileGroup>,
    /// The address of its features in the API.
    pub api: String,
    /// The address of its vector tiles, with places for zoom, column and row.
    pub tiles: String,
    /// Where TileJSON describes them.
    pub tilejson_path: String,
    /// The list of it with what changed lately first.
    pub changes_path: String,
}

/// Files for one use.
#[derive(Debug, Clone, Default)]
pub struct FileGroup {
    /// The use: the texts `share.files.{use}` and `share.files.{use}.note`.
    pub name: &'static str,
    /// Its files.
    pub files: Vec<DataFormat>,
}

impl FileGroup {
    /// What they are for.
    pub fn title<'l>(&self, layout: &'l Layout) -> &'l str {
        Texts::of(layout.language).find(&format!("share.files.{}", self.name)).unwrap_or_default()
    }

    /// What is to be known of them, in a sentence.
    pub fn note<'l>(&self, layout: &'l Layout) -> &'l str {
        let key = format!("share.files.{}.note", self.name);
        Texts::of(layout.language).find(&key).unwrap_or_default()
    }
}

/// What a printed page says of a list that it has only a part of: so many of so many, and where
/// all of it is.
pub fn printed_part(layout: &Layout, [shown, total]: [u64; 2], path: &str) -> String {
    let [shown, total] = [shown, total].map(|count| layout.number(count));
    let values =
        [("shown", shown.as_str()), ("total", &total), ("address", &layout.absolute(path))];
    Texts::of(layout.language).fill("print.part", &values)
}

/// What a citation names.
#[derive(Debug, Clone, Default)]
pub struct Citation {
    /// Who publishes the data.
    pub publisher: String,
    /// The sentence of the view, or the name of the page.
    pub title: String,
    /// ISO date of the last change; empty if there was none.
    pub date: String,
    /// What may be done with it.
    pub licence: String,
    /// Where it is.
    pub address: String,
}

impl Citation {
    /// `Atlas AECT, « 38 partenariats … », données du 20 novembre 2026, Licence Ouverte 2.0, https://…`
    pub fn text(&self, language: Language) -> String {
        let texts = Texts::of(language);
        let date = format::date(language, &self.date);
        let Self { publisher, title, licence, address, .. } = self;
        let key = if self.date.is_empty() { "share.citation.undated" } else { "share.citation" };
        let values = [
            ("publisher", publisher.as_str()),
            ("title", title),
            ("date", &date),
            ("licence", licence),
            ("address", address),
        ];
        texts.fill(key, &values)
    }

    /// An entry of BibTeX. What its braces mean to a program stays out of the texts.
    pub fn bibtex(&self) -> String {
        let plain = |text: &str| {
            text.chars().filter(|c| !"{}\\\"".contains(*c) && !c.is_control()).collect::<String>()
        };
        let [publisher, title, licence] =
            [&self.publisher, &self.title, &self.licence].map(|text| plain(text));
        let (date, address) = (plain(&self.date), plain(&self.address));
        let year = date.split('-').next().unwrap_or_default();
        format!(
            "@misc{{atlas-aect-{date},\n  author = {{{{{publisher}}}}},\n  title = {{{{{title}}}}},\n  year = {{{year}}},\n  note = {{{licence}}},\n  urldate = {{{date}}},\n  url = {{{address}}}\n}}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_citation_says_who_what_when_and_where() {
        let citation = Citation {
            publisher: "Atlas AECT".into(),
            title: "3 partenariats } \\input".into(),
            date: "2026-11-20".into(),
            licence: "Licence Ouverte 2.0".into(),
            address: "https://atlas.example/?q=eau".into(),
        };
        let text = citation.text(Language::French);
        for part in
            ["Atlas AECT", "3 partenariats", "20 novembre 2026", "Licence Ouverte", "?q=eau"]
        {
            assert!(text.contains(part), "{text}");
        }
        let bibtex = citation.bibtex();
        assert!(!bibtex.contains("\\input"), "{bibtex}");
        assert_eq!(bibtex.matches('{').count(), bibtex.matches('}').count());
    }
}
