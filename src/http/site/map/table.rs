//! The selection as a table, its columns sorted by links in their heads.

use crate::{http::site::map::page::MapPage, search::Order};

/// The columns: the catalogue's key of the head, and what sorts by it.
const COLUMNS: [(&str, Option<Order>); 10] = [
    ("table.title", Some(Order::Title)),
    ("table.collectivity", Some(Order::CollectivityName)),
    ("facet.region", Some(Order::RegionName)),
    ("facet.partner", Some(Order::PartnerName)),
    ("facet.country", Some(Order::CountryName)),
    ("table.themes", None),
    ("facet.kind", Some(Order::Kind)),
    ("facet.status", Some(Order::Status)),
    ("record.start", Some(Order::Start)),
    ("table.verified", Some(Order::VerifiedOn)),
];

/// What a table has beside its rows, which are the items of its page.
#[derive(Debug, Clone, Default)]
pub struct TableView {
    /// The heads of its columns.
    pub heads: Vec<ColumnHead>,
}

/// The head of a column.
#[derive(Debug, Clone, Default)]
pub struct ColumnHead {
    /// The catalogue's key of its text.
    pub key: &'static str,
    /// The table sorted by it, the other way round where it already is; none if nothing sorts so.
    pub path: Option<String>,
    /// `ascending` or `descending` where rows are in its order.
    pub sorted: Option<&'static str>,
}

/// Whether a column sorts so.
pub fn is_offered((order, _): (Order, bool)) -> bool {
    COLUMNS.iter().any(|(_, offered)| *offered == Some(order))
}

impl TableView {
    /// Of a page whose rows are in an order, turned round or not.
    pub fn new(page: &MapPage, (order, reverse): (Order, bool)) -> Self {
        let filters = page.query();
        let head = |(key, by): (&'static str, Option<Order>)| {
            let is_own = by == Some(order);
            let sort = by.map(|by| {
                let sign = if is_own && !reverse { "-" } else { "" };
                format!("{sign}{}", by.name())
            });
            let sort = sort.map(|sort| {
                let other = Some(sort.as_str()).filter(|sort| *sort != Order::Title.name());
                page.path_as(page.view.name(), other, &filters)
            });
            let direction = if reverse { "descending" } else { "ascending" };
            ColumnHead { key, path: sort, sorted: is_own.then_some(direction) }
        };
        Self { heads: COLUMNS.map(head).to_vec() }
    }
}
