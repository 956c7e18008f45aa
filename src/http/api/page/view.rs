//! The resources of the API as pages: the same data and the same links, to be read.

use askama::Template;
use serde_json::Value as Json;

use crate::http::page::{layout::Layout, selection::Chip};

/// Coordinates of a geometry with more characters than this are shown on demand.
const SHORT_GEOMETRY: usize = 60;

/// Any resource of the API. All texts are in the page's language, all addresses absolute or
/// beginning with `/`.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "api/page/resource.html")]
pub struct ApiPage {
    /// The frame.
    pub layout: Layout,
    /// The resources above this one, the topmost first.
    pub crumbs: Vec<Target>,
    /// The heading.
    pub heading: String,
    /// What the resource is, or how much of it there is.
    pub lead: String,
    /// The filters of the address.
    pub chips: Vec<Chip>,
    /// What it holds.
    pub sections: Vec<Section>,
    /// The way to other pages of the same list.
    pub pager: Vec<Target>,
    /// Everything the document links to.
    pub links: Vec<ApiLink>,
}

/// A name and where it leads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// What it is called.
    pub label: String,
    /// Where it is.
    pub href: String,
}

/// A link of the document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiLink {
    /// The relation (RFC 8288).
    pub rel: String,
    /// The media type.
    pub media_type: String,
    /// Where it leads, and its title.
    pub target: Target,
}

/// A part of a resource.
#[derive(Debug, Clone)]
pub struct Section {
    /// Unique in the page.
    pub id: &'static str,
    /// Its heading.
    pub heading: String,
    /// What it holds.
    pub body: SectionBody,
}

/// Ways to show data.
#[derive(Debug, Clone)]
pub enum SectionBody {
    /// Resources, each with a few facts.
    Cards(Vec<Card>),
    /// Names and their values.
    Facts(Vec<Fact>),
    /// Addresses or codes, one a line.
    List(Vec<ShownValue>),
    /// One row an item.
    Table(SectionTable),
}

/// A resource of a list of them.
#[derive(Debug, Clone, Default)]
pub struct Card {
    /// Its name and address.
    pub target: Target,
    /// What it is.
    pub text: String,
    /// The rest of it.
    pub facts: Vec<Fact>,
    /// Everything it links to, where its own page is not the place.
    pub links: Vec<ApiLink>,
}

/// A name and its value.
#[derive(Debug, Clone, Default)]
pub struct Fact {
    /// What it is called.
    pub label: String,
    /// Its name in the data, where it has one.
    pub name: Option<String>,
    /// The value.
    pub value: ShownValue,
}

/// Rows under named columns; the first cell of a row names it.
#[derive(Debug, Clone, Default)]
pub struct SectionTable {
    /// Labels, each with its name in the data.
    pub columns: Vec<(String, String)>,
    /// As many cells as columns.
    pub rows: Vec<Vec<ShownValue>>,
}

/// A value as people read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShownValue {
    /// The text; empty where there is none.
    pub text: String,
    /// Where it leads, if anywhere.
    pub href: Option<String>,
    /// Whether it is a number, to be set at the end of its cell.
    pub is_number: bool,
    /// Whether it is long data that is shown on demand.
    pub is_long: bool,
}

impl ShownValue {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A text that leads somewhere.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { href: Some(href.into()), ..Self::text(text) }
    }

    /// A property as people read it: lists with commas, objects as they are.
    pub fn of(json: &Json) -> Self {
        match json {
            Json::Null => Self::default(),
            Json::Bool(yes) => Self::text(yes.to_string()),
            Json::Number(number) => Self { is_number: true, ..Self::text(number.to_string()) },
            Json::String(text) if text.starts_with("http") => Self::link(text, text),
            Json::String(text) => Self::text(text),
            Json::Array(list) if list.iter().all(|one| !one.is_object()) => {
                let texts: Vec<String> = list.iter().map(|one| Self::of(one).text).collect();
                Self::text(texts.join(", "))
            }
            other => Self::long(serde_json::to_string_pretty(other).unwrap_or_default()),
        }
    }

    /// A geometry of GeoJSON: its kind and its coordinates.
    pub fn of_geometry(json: &Json) -> Self {
        let Some(kind) = json["type"].as_str() else { return Self::default() };
        let text = format!("{kind} {}", json["coordinates"]);
        if text.len() <= SHORT_GEOMETRY { Self::text(text) } else { Self::long(text) }
    }

    fn long(text: String) -> Self {
        Self { is_long: true, ..Self::text(text) }
    }

    /// Whether an address is one of the web: others are shown and not linked.
    pub fn href(&self) -> Option<&str> {
        let safe = |href: &&str| ["https://", "http://", "/"].iter().any(|s| href.starts_with(s));
        self.href.as_deref().filter(safe)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_links() {
        assert_eq!(
            ShownValue::link("a", "https://example.org/").href(),
            Some("https://example.org/")
        );
        assert_eq!(ShownValue::link("a", "javascript:alert(1)").href(), None);
        let value = ShownValue::link("<b>", "javascript:alert(1)");
        let facts = vec![Fact { label: "x".into(), name: None, value }];
        let section = Section { id: "a", heading: "A".into(), body: SectionBody::Facts(facts) };
        let page = ApiPage { sections: vec![section], ..ApiPage::default() };
        let html = page.render().unwrap();
        assert!(html.contains("&#60;b&#62;") || html.contains("&lt;b&gt;"));
        assert!(!html.contains("javascript:"));
    }
}
