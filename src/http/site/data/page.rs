//! The data to take away: files, filters, interfaces, columns, licence, and how to open them.

use askama::Template;

use crate::{
    http::page::{layout::Layout, site_page::SitePage},
    search::Dimension,
};

/// The filters that are explained beside the dimensions; each has a text `data.filter.…`.
const OTHER_FILTERS: [&str; 5] = ["q", "verified_since", "bbox", "datetime", "year"];

/// `/donnees`.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "site/data/data.html")]
pub struct DataPage {
    /// The frame.
    pub layout: Layout,
    /// Day of the last change, ISO.
    pub modified: Option<String>,
    /// The collections, each with its files.
    pub collections: Vec<DataCollection>,
    /// Who publishes the data.
    pub publisher: String,
    /// The licence's name and the address of its text.
    pub licence: (String, String),
    /// schema.org's `Dataset`, as a text that can stand in a script element.
    pub dataset: String,
}

/// A collection that can be downloaded.
#[derive(Debug, Clone, Default)]
pub struct DataCollection {
    /// Its id in the API.
    pub id: String,
    /// How many features it has.
    pub count: u64,
    /// Its files.
    pub files: Vec<DataFile>,
    /// The properties of its features.
    pub columns: Vec<DataColumn>,
}

/// A file to download.
#[derive(Debug, Clone, Default)]
pub struct DataFile {
    /// The key of the format's name.
    pub label: String,
    /// Where it is.
    pub path: String,
    /// Its media type.
    pub media_type: String,
}

/// A property of a collection's features.
#[derive(Debug, Clone, Default)]
pub struct DataColumn {
    /// Its name.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// What it says.
    pub description: String,
}

impl DataPage {
    /// What a collection is called.
    pub fn title(&self, collection: &str) -> String {
        self.layout.text(&format!("data.collection.{collection}")).to_owned()
    }

    /// What one of its features is.
    pub fn about(&self, collection: &str) -> String {
        self.layout.text(&format!("data.collection.{collection}.about")).to_owned()
    }

    /// The filters, each with what it takes.
    pub fn filters(&self) -> Vec<(&'static str, String)> {
        let text = |name: &str| self.layout.text(&format!("data.filter.{name}")).to_owned();
        let names = Dimension::ALL.map(Dimension::name).into_iter().chain(OTHER_FILTERS);
        names.map(|name| (name, text(name))).collect()
    }

    /// A page with a map of this register, to copy: by Leaflet, and by `MapLibre`.
    pub fn map_examples(&self) -> [(&'static str, String); 2] {
        let fill = |example: &str| {
            example
                .replace("ORIGIN", &self.layout.origin)
                .replace("LANGUAGE", self.layout.language.code())
                .replace("TITLE", self.layout.text("data.example.title"))
        };
        [
            ("Leaflet", fill(include_str!("leaflet.html"))),
            ("MapLibre", fill(include_str!("maplibre.html"))),
        ]
    }

    /// How to quote the data.
    pub fn citation(&self) -> String {
        let dataset = self.layout.text("data.dataset.title");
        let day = self.modified.as_deref().map(|day| self.layout.date(day));
        let path = format!("{}{}", self.layout.origin, SitePage::Data.path(self.layout.language));
        let parts = [Some(self.publisher.clone()), Some(dataset.to_owned()), day, Some(path)];
        format!(
            "{}. {}.",
            parts.into_iter().flatten().collect::<Vec<_>>().join(", "),
            self.licence.0
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{atlas::export::Format, domain::Language, search::ApiCollection};

    #[test]
    fn every_part_has_its_texts_in_both_languages() {
        for language in Language::ALL {
            let page = DataPage {
                layout: Layout { language, ..Layout::default() },
                collections: ApiCollection::all()
                    .map(|c| DataCollection { id: c.id().to_owned(), ..DataCollection::default() })
                    .collect(),
                ..DataPage::default()
            };
            let mut asked: Vec<String> = page.filters().into_iter().map(|(_, text)| text).collect();
            for DataCollection { id, .. } in &page.collections {
                asked.extend([page.title(id), page.about(id)]);
            }
            let key = |format: Format| format!("data.format.{}", format.name());
            asked.extend(page.map_examples().map(|(_, example)| example));
            asked.extend(Format::ALL.map(|format| page.layout.text(&key(format)).to_owned()));
            let key = |format: Format| format!("format.{}", format.extension());
            asked.extend(Format::ALL.map(|format| page.layout.text(&key(format)).to_owned()));
            let is_key = |text: &String| text.starts_with("data.") || text.starts_with("format.");
            assert!(!asked.iter().any(is_key), "{asked:?}");
            assert!(page.render().unwrap().contains("<h1"));
        }
    }
}
