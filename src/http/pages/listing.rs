//! The list of partnerships on a page of its own kind: sorted, page by page.

use super::{Layout, ListItem, Texts, format};

/// A part of a list.
#[derive(Debug, Clone, Default)]
pub struct RecordList {
    /// This page of it.
    pub items: Vec<ListItem>,
    /// How many there are in all.
    pub total: u64,
    /// The orders it can have.
    pub sorts: Vec<SortLink>,
    /// The page after this one.
    pub next_path: Option<String>,
    /// The first page, where this is another.
    pub first_path: Option<String>,
}

/// An order of the list.
#[derive(Debug, Clone, Default)]
pub struct SortLink {
    /// What it is called.
    pub label: String,
    /// The list in this order.
    pub path: String,
    /// Whether this is the order now.
    pub is_current: bool,
}

impl RecordList {
    /// `depuis 1951`, `1951 – 2004` or nothing.
    pub fn period(&self, layout: &Layout, item: &ListItem) -> Option<String> {
        let texts = Texts::of(layout.language);
        match (item.start.as_deref().map(format::year), item.end.as_deref().map(format::year)) {
            (Some(start), Some(end)) if start == end => Some(start.to_owned()),
            (Some(start), Some(end)) => {
                Some(texts.fill("results.between", &[("start", start), ("end", end)]))
            }
            (Some(start), None) => Some(texts.fill("results.since", &[("date", start)])),
            (None, Some(end)) => Some(texts.fill("results.until", &[("date", end)])),
            (None, None) => None,
        }
    }
}
