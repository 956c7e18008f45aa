//! The list of partnerships on a page of its own kind: sorted, page by page.

use crate::http::{
    page::layout::Layout,
    site::{list::item::ListItem, share::page::printed_part},
};

/// A part of a list.
#[derive(Debug, Clone, Default)]
pub struct RecordList {
    /// This page of it.
    pub items: Vec<ListItem>,
    /// How many there are in all.
    pub total: u64,
    /// The orders it can have.
    pub sorts: Vec<SortLink>,
    /// The date that it is sorted by, in place of the status: the key of the column's head.
    pub dated: Option<Dated>,
    /// The page after this one.
    pub next_path: Option<String>,
    /// The first page, where this is another.
    pub first_path: Option<String>,
}

/// A date that a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dated {
    /// When records last changed.
    Changed,
    /// When they were last checked.
    Checked,
}

impl Dated {
    /// The catalogue's key of the column's head.
    pub fn key(self) -> &'static str {
        match self {
            Self::Changed => "listing.changed",
            Self::Checked => "listing.checked",
        }
    }

    /// The date of a row.
    pub fn of(self, item: &ListItem) -> Option<&str> {
        match self {
            Self::Changed => item.updated_at.as_deref(),
            Self::Checked => item.verified_on.as_deref(),
        }
    }
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
    /// What a printed page says of the part that is not on it.
    pub fn printed_part(&self, layout: &Layout) -> Option<String> {
        self.next_path.as_ref()?;
        let shown = self.items.len() as u64;
        Some(printed_part(layout, [shown, self.total], layout.canonical_path()))
    }
}
