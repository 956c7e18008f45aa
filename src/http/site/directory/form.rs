//! Filters and questions of the pages of the directory.

use crate::{
    domain::directory::{CallState, ChoiceItem},
    http::{page::layout::Layout, site::directory::page::FilterField, web::problem::Problem},
    reference::{Countries, territories, vocabularies},
    search::directory::DirectoryFilter,
};

/// What an address asks of a page of the directory.
#[derive(Debug, Default)]
pub(crate) struct DirectoryQuery {
    /// The parameters that are known, as they came.
    pairs: Vec<(String, String)>,
    /// The filters among them.
    pub(crate) filter: DirectoryFilter,
}

/// What pages take beside the filters.
const QUESTIONS: [&str; 2] = ["who", "collectivity"];

impl DirectoryQuery {
    /// Reads the query of an address. What is unknown is left alone: links are shared with all kinds
    /// of things appended; a value that is no value is told.
    pub(crate) fn read(query: &str) -> Result<Self, Problem> {
        let mut read = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let value = value.trim();
            // a form sends its empty fields too
            if value.is_empty() {
                continue;
            }
            if QUESTIONS.contains(&&*name) || read.filter.set(&name, value)? {
                read.pairs.push((name.into_owned(), value.to_owned()));
            }
        }
        Ok(read)
    }

    /// The value of a parameter; empty without.
    pub(crate) fn value(&self, name: &str) -> &str {
        self.pairs.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value)
    }

    /// Whether nothing is asked.
    pub(crate) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The filters again, with a question mark; nothing where nothing is filtered.
    pub(crate) fn text(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.pairs.iter().filter(|(name, _)| !QUESTIONS.contains(&&**name)));
        let query = query.finish();
        if query.is_empty() { query } else { format!("?{query}") }
    }

    fn field(
        &self,
        layout: &Layout,
        name: &'static str,
        options: Vec<(String, String)>,
    ) -> FilterField {
        FilterField {
            name,
            label: layout.text(&format!("directory.field.{name}")).to_owned(),
            value: self.value(name).to_owned(),
            any: layout.text("directory.any").to_owned(),
            options,
        }
    }

    pub(crate) fn text_field(&self, layout: &Layout, name: &'static str) -> FilterField {
        self.field(layout, name, Vec::new())
    }

    pub(crate) fn themes(&self, layout: &Layout) -> FilterField {
        let terms = vocabularies::themes().terms().iter();
        let options =
            terms.map(|term| (term.code.clone(), term.label.get(layout.language).to_owned()));
        self.field(layout, "theme", options.collect())
    }

    pub(crate) fn countries(&self, layout: &Layout) -> FilterField {
        let countries = Countries::bundled().list().iter().filter(|country| !country.french);
        let mut options: Vec<(String, String)> = countries
            .map(|one| (one.alpha2.clone(), one.name.get(layout.language).to_owned()))
            .collect();
        options.sort_by_cached_key(|(_, name)| crate::domain::text::fold(name));
        self.field(layout, "country", options)
    }

    pub(crate) fn regions(&self, layout: &Layout) -> FilterField {
        let regions = territories::regions().values();
        let mut options: Vec<(String, String)> =
            regions.map(|one| (one.code.clone(), one.name.clone())).collect();
        options.sort_by_cached_key(|(_, name)| crate::domain::text::fold(name));
        self.field(layout, "region", options)
    }

    pub(crate) fn states(&self, layout: &Layout) -> FilterField {
        let states = CallState::ALL.into_iter().filter(|state| *state != CallState::Results);
        let options =
            states.map(|one| (one.code().to_owned(), one.label(layout.language).to_owned()));
        self.field(layout, "state", options.collect())
    }

    pub(crate) fn choices(
        &self,
        layout: &Layout,
        name: &'static str,
        list: &[ChoiceItem],
    ) -> FilterField {
        let options =
            list.iter().map(|one| (one.code.to_owned(), one.label(layout.language).to_owned()));
        self.field(layout, name, options.collect())
    }
}
