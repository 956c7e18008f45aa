//! Lists of partnerships on pages: one part of a selection, in an order that the address names.

use crate::{
    http::{
        page::layout::{Layout, escape_query},
        site::list::{
            item::ListItem,
            view::{Dated, RecordList, SortLink},
        },
    },
    search::{Collection, Order, PageRequest, Selection, Snapshot, page::CursorGone},
};

/// The orders that pages offer: the key of their name, the value of `sortby`.
const ORDERS: [(&str, &str, (Order, bool)); 5] = [
    ("listing.by_title", "title", (Order::Title, false)),
    ("listing.by_newest", "-start", (Order::Start, true)),
    ("listing.by_oldest", "start", (Order::Start, false)),
    ("listing.by_change", "-updated_at", (Order::UpdatedAt, true)),
    ("listing.by_check", "-verified_on", (Order::VerifiedOn, true)),
];

/// What an address says of its list, whatever else it says.
#[derive(Debug, Default)]
pub(crate) struct ListQuery {
    /// Where it stands in [`ORDERS`].
    order: usize,
    cursor: Option<String>,
}

impl ListQuery {
    /// What is unknown is left alone: links are shared with all kinds of things appended.
    pub(crate) fn read(query: &str) -> Self {
        let mut wanted = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "sortby" => {
                    let known = ORDERS.iter().position(|(_, code, _)| *code == value);
                    wanted.order = known.unwrap_or_default();
                }
                "cursor" => wanted.cursor = Some(value.into_owned()),
                _ => {}
            }
        }
        wanted
    }

    /// Whether the address is that of the page itself, not of another order or part of its list.
    pub(crate) fn is_usual(&self) -> bool {
        self.order == 0 && self.cursor.is_none()
    }

    /// The value of `sortby`, unless it is the usual one.
    pub(crate) fn sort(&self) -> Option<&'static str> {
        (self.order > 0).then_some(ORDERS[self.order].1)
    }
}

/// A part of some partnerships; `path` is the page's own, with the query of its filters.
pub(crate) fn list(
    snapshot: &Snapshot,
    selection: &Selection,
    wanted: &ListQuery,
    (layout, path, limit): (&Layout, &str, usize),
) -> RecordList {
    let language = layout.language;
    let (_, _, order) = ORDERS[wanted.order];
    let first = PageRequest { order, after: None, limit, language };
    let request = PageRequest { after: wanted.cursor.clone(), ..first.clone() };
    let page = |request| snapshot.page(Collection::Partnerships, selection, request);
    // a cursor whose record is gone leads to the first page, which is better than an error
    let page = page(&request).or_else(|CursorGone| page(&first));
    let (items, next) = page.map(|page| (page.items, page.next)).unwrap_or_default();
    let sorted = |code: &str| with(path, "sortby", code);
    let here = wanted.sort().map_or_else(|| path.to_owned(), sorted);
    let sort = |(at, (key, code, _)): (usize, &(&str, &str, _))| SortLink {
        label: layout.text(key).to_owned(),
        path: format!("{}#list", if at == 0 { path.to_owned() } else { sorted(code) }),
        is_current: at == wanted.order,
    };
    let dated = match order {
        (Order::UpdatedAt, _) => Some(Dated::Changed),
        (Order::VerifiedOn, _) => Some(Dated::Checked),
        _ => None,
    };
    RecordList {
        dated,
        items: items
            .iter()
            .filter_map(|record| ListItem::read(snapshot, *record, language))
            .collect(),
        total: selection.len(),
        sorts: ORDERS.iter().enumerate().map(sort).collect(),
        next_path: next.map(|cursor| format!("{}#list", with(&here, "cursor", &cursor))),
        first_path: wanted.cursor.as_ref().map(|_| format!("{here}#list")),
    }
}

/// A path with one more parameter.
pub(crate) fn with(path: &str, name: &str, value: &str) -> String {
    let separator = if path.contains('?') { '&' } else { '?' };
    format!("{path}{separator}{name}={}", escape_query(value))
}
