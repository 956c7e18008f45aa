//! The list of partnerships on a page of its own kind: sorted, page by page.

use super::{Layout, ListItem, Texts, format, grammar, share::printed_part};

/// Countries of a partnership that a row names; of more the first and how many others.
const NAMED: usize = 3;

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

impl ListItem {
    /// Its countries: `Mali, Sénégal et Togo`, `Mali et 4 autres pays`.
    pub fn countries_in_words(&self, layout: &Layout) -> String {
        if self.countries.len() <= NAMED {
            return grammar::join(Texts::of(layout.language), &self.countries, "summary.and");
        }
        let others = self.countries.len() as u64 - 1;
        format!("{} {}", self.countries[0], layout.counted("listing.other_countries", others))
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
