//! The forms of a selection: map with list, table, charts.

use crate::http::site::{
    chart::view::{ChartName, ChartsView},
    map::{map_view::MapView, page::MapPage, table::TableView},
    share::page::printed_part,
};

/// The form in which a selection is shown.
#[derive(Debug, Clone)]
pub enum SelectionView {
    /// The map and its list.
    Map(MapView),
    /// A table.
    Table(TableView),
    /// Charts.
    Charts(Box<ChartsView>),
}

/// A form to change to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewLink {
    /// The catalogue's key of its name.
    pub key: &'static str,
    /// The same selection in it.
    pub path: String,
    /// Whether this is the form now.
    pub is_current: bool,
}

impl Default for SelectionView {
    fn default() -> Self {
        Self::Map(MapView::default())
    }
}

impl SelectionView {
    /// The form that the parameter `view` asks for, yet empty; the map where it is another word.
    pub fn from_name(name: &str) -> Self {
        match name {
            "table" => Self::Table(TableView::default()),
            "charts" => Self::Charts(Box::default()),
            _ => Self::default(),
        }
    }

    /// One chart, yet empty.
    pub fn of_chart(name: ChartName) -> Self {
        Self::Charts(Box::new(ChartsView { only: Some(name), charts: Vec::new() }))
    }

    /// The only chart that is shown.
    pub fn chart(&self) -> Option<ChartName> {
        match self {
            Self::Charts(charts) => charts.only,
            Self::Map(_) | Self::Table(_) => None,
        }
    }

    /// The value of the parameter `view`; the map has none.
    pub fn name(&self) -> Option<&'static str> {
        match self {
            Self::Map(_) => None,
            Self::Table(_) => Some("table"),
            Self::Charts(_) => Some("charts"),
        }
    }
}

impl MapPage {
    /// Whether the map is on this page.
    pub fn has_map(&self) -> bool {
        matches!(self.view, SelectionView::Map(_))
    }

    /// What a printed page says of the part that is not on it.
    pub fn printed_part(&self) -> Option<String> {
        self.next_cursor.as_ref()?;
        let shown = self.items.len() as u64;
        Some(printed_part(&self.layout, [shown, self.totals.partnerships], &self.first_path()))
    }

    /// The same selection with all charts.
    pub fn all_charts_path(&self) -> String {
        self.path_as(Some("charts"), None, &self.query())
    }

    /// The three forms.
    pub fn views(&self) -> Vec<ViewLink> {
        let link = |(key, view): (&'static str, Option<&str>)| ViewLink {
            key,
            path: self.path_as(view, None, &self.query()),
            is_current: view == self.view.name(),
        };
        let all =
            [("tabs.map", None), ("tabs.table", Some("table")), ("tabs.charts", Some("charts"))];
        all.map(link).to_vec()
    }
}
