//! The map's page: filters, the sentence, the list. The map itself is drawn by `static/app/`.

use std::borrow::Borrow;

use askama::Template;
use chrono::{Months, NaiveDate};

use crate::http::{
    page::{
        checks,
        layout::{Layout, PageLink, escape_query},
        selection::{ActiveFilter, Chip, SelectionTotals, query, with_query},
        summary,
    },
    site::{
        chart::view::{ChartForm, ChartName},
        directory::act_here::ActHere,
        list::item::ListItem,
        map::view::SelectionView,
        place::page::PlaceKind,
        share::page::Share,
    },
    text::{grammar, texts::Texts},
};

/// The facets that have a button of their own; the others are under "more filters".
const MAIN_FACETS: [&str; 5] = ["region", "theme", "country", "kind", "status"];

/// `/` and `/en/`.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "site/map/map.html")]
pub struct MapPage {
    /// The frame. Title and description are those of [`MapPage::layout_texts`] unless the server has better.
    pub layout: Layout,
    /// The version of the snapshot that everything on this page comes from.
    pub data_version: u64,
    /// Every filter of the address in its order, one entry a value; no `limit`, `cursor`, `sortby`, `lang`.
    pub filters: Vec<ActiveFilter>,
    /// The dimensions with their counts, in the order to show them; those of [`MAIN_FACETS`] are
    /// shown in that order whatever this one is.
    pub facets: Vec<Facet>,
    /// What matches the filters, counted.
    pub totals: SelectionTotals,
    /// Today, where the page is read.
    pub today: NaiveDate,
    /// This page of the list, in title order; at most 50.
    pub items: Vec<ListItem>,
    /// The cursor of the next page of the list, if there is one.
    pub next_cursor: Option<String>,
    /// Whether this is a later page of the list (the address has a cursor).
    pub is_continued: bool,
    /// The order of the table as the address names it, unless it is the usual one.
    pub sort: Option<String>,
    /// The form in which the selection is shown.
    pub view: SelectionView,
    /// What may have been meant by words that nothing has, each as a filter in their place.
    pub meant: Vec<ActiveFilter>,
    /// How to share it.
    pub share: Share,
    /// What may help with what the filters ask for.
    pub act: ActHere,
    /// Whether it is the map in a frame of another site.
    pub is_embedded: bool,
}

/// A dimension to filter by.
#[derive(Debug, Clone, Default)]
pub struct Facet {
    /// The parameter: `region`, `theme`, `country`, `kind`, `status`, `zone`, `department`, `sdg`,
    /// `collectivity_kind`, `source`. Its label is the text `facet.{name}`.
    pub name: String,
    /// Values with a count above 0, and those selected, in the order to show them.
    pub values: Vec<FacetValue>,
}

/// One value of a dimension.
#[derive(Debug, Clone, Default)]
pub struct FacetValue {
    /// As in the address.
    pub value: String,
    /// What users read.
    pub label: String,
    /// Partnerships that match all other filters and this value.
    pub count: u64,
    /// Whether the address selects it.
    pub selected: bool,
}

impl MapPage {
    /// The title and description of the page: of a selection, its sentence.
    pub fn texts(&self) -> (String, String) {
        let texts = Texts::of(self.layout.language);
        let form = self.view.name().and_then(|name| texts.find(&format!("tabs.{name}")));
        if self.filters.is_empty() && form.is_none() {
            return (texts.text("map.title").to_owned(), texts.text("map.description").to_owned());
        }
        let sentence = self.sentence();
        let title = match form {
            Some(form) => texts.fill("views.title", &[("view", form), ("sentence", &sentence)]),
            None => sentence.clone(),
        };
        (title, format!("{sentence}."))
    }

    /// The map of the selection as the server draws it.
    pub fn drawing(&self) -> String {
        with_query("/carte.svg", &self.query())
    }

    /// The page with other filters, in the same form and order.
    pub fn path_with(&self, filters: &str) -> String {
        let own = [
            ("view", self.view.name()),
            ("sortby", self.sort.as_deref()),
            ("chart", self.view.chart().map(ChartName::code)),
        ];
        self.path_of(&own, filters)
    }

    /// The page with a value added to the filters, of years in place of another.
    pub fn path_adding(&self, name: &str, value: &str) -> String {
        let kept = self.filters.iter().filter(|filter| name != "year" || filter.name != "year");
        let added = ActiveFilter { name: name.into(), value: value.into(), label: String::new() };
        self.path_with(&query(kept.chain([&added])))
    }

    /// Those without a date, which no year has.
    pub fn undated_path(&self) -> Option<String> {
        Some(self.path_with(&checks::undated_query(&self.filters)?))
    }

    /// This selection in a form and an order.
    pub(crate) fn path_as(&self, view: Option<&str>, sort: Option<&str>, filters: &str) -> String {
        self.path_of(&[("view", view), ("sortby", sort)], filters)
    }

    fn path_of(&self, named: &[(&str, Option<&str>)], filters: &str) -> String {
        let own = named.iter().filter_map(|(name, value)| Some((name, (*value)?)));
        let own = own.map(|(name, value)| format!("{name}={}", escape_query(value)));
        let filters = Some(filters.to_owned()).filter(|filters| !filters.is_empty());
        let all: Vec<String> = own.chain(filters).collect();
        with_query(self.layout.home(), &all.join("&"))
    }

    /// The sentence that says what is shown.
    pub fn sentence(&self) -> String {
        summary::sentence(self.layout.language, self.totals, &self.filters)
    }

    /// The filters as a query string: `region=84&theme=sante`; empty without any.
    pub fn query(&self) -> String {
        query(self.filters.iter())
    }

    /// The pages of the one country, région, theme, authority or partner that the filters ask for.
    pub fn pages(&self) -> Vec<PageLink> {
        let page = |kind: PlaceKind| {
            let mut all = self.filters.iter().filter(|filter| filter.name == kind.parameter());
            let (only, None) = (all.next()?, all.next()) else { return None };
            let path = kind.path(self.layout.language, &only.value);
            Some(PageLink { label: only.label.clone(), path })
        };
        PlaceKind::ALL.into_iter().filter_map(page).collect()
    }

    /// The filters, each with the address that leaves it out.
    pub fn chips(&self) -> Vec<Chip> {
        let without = |left_out: &ActiveFilter| {
            let rest = query(self.filters.iter().filter(|filter| *filter != left_out));
            self.path_with(&rest)
        };
        self.filters
            .iter()
            .map(|filter| Chip {
                dimension: self.facet_label(&filter.name),
                label: filter.label.clone(),
                remove_path: without(filter),
            })
            .collect()
    }

    /// What may have been meant: label and page.
    pub fn offers(&self) -> Vec<PageLink> {
        let path = |meant| {
            let others = self.filters.iter().filter(|filter| filter.name != "q");
            self.path_with(&query(others.chain([meant])))
        };
        self.meant
            .iter()
            .map(|meant| PageLink { label: meant.label.clone(), path: path(meant) })
            .collect()
    }

    /// The facets with a button of their own.
    pub fn main_facets(&self) -> Vec<&Facet> {
        MAIN_FACETS
            .iter()
            .filter_map(|name| self.facets.iter().find(|facet| facet.name == *name))
            .collect()
    }

    /// The facets under "more filters".
    pub fn more_facets(&self) -> Vec<&Facet> {
        self.facets.iter().filter(|facet| !MAIN_FACETS.contains(&facet.name.as_str())).collect()
    }

    /// How many values are selected under "more filters".
    pub fn more_selected(&self) -> usize {
        let in_facets: usize = self.more_facets().iter().map(|facet| facet.selected()).sum();
        let has = |name: &str| self.filters.iter().any(|filter| filter.name == name);
        in_facets
            + usize::from(has("year"))
            + usize::from(has("verified_since"))
            + usize::from(has("filter"))
    }

    /// The year in the form's field: the one that the address asks for.
    pub fn year(&self) -> &str {
        self.only("year").unwrap_or_default()
    }

    /// Days since which a record may have to be verified: value, label, whether it is chosen.
    pub fn verified_choices(&self) -> Vec<(String, String, bool)> {
        let chosen = self.only("verified_since");
        let mut days: Vec<String> = [12, 24, 60]
            .into_iter()
            .filter_map(|months| self.today.checked_sub_months(Months::new(months)))
            .map(|day| day.to_string())
            .collect();
        days.extend(chosen.filter(|day| !days.iter().any(|one| one == day)).map(str::to_owned));
        let choice = |day: String| {
            let label = self.layout.date(&day);
            let is_chosen = chosen == Some(&*day);
            (day, label, is_chosen)
        };
        days.into_iter().map(choice).collect()
    }

    /// Expressions that find records to check: value, label, whether it is chosen.
    pub fn check_choices(&self) -> Vec<(String, String, bool)> {
        checks::choices(&self.layout, self.today, self.only("filter"))
    }

    /// The value of a filter that has one.
    fn only(&self, name: &str) -> Option<&str> {
        let mut values = self.filters.iter().filter(|filter| filter.name == name);
        let value = values.next()?;
        values.next().is_none().then_some(&*value.value)
    }

    /// The words searched for, if any.
    pub fn search_words(&self) -> &str {
        self.filters.iter().find(|filter| filter.name == "q").map_or("", |filter| &filter.value)
    }

    /// The filters that no control of the form holds: they travel as hidden fields.
    pub fn hidden_filters(&self) -> Vec<&ActiveFilter> {
        let in_form = |filter: &ActiveFilter| {
            filter.name == "q"
                || filter.name == "verified_since"
                || filter.name == "filter"
                || filter.name == "year" && self.year().parse::<u16>().is_ok()
                || self.facets.iter().any(|facet| {
                    facet.name == filter.name
                        && facet.values.iter().any(|value| value.value == filter.value)
                })
        };
        self.filters.iter().filter(|filter| !in_form(filter)).collect()
    }

    /// The label of a dimension; its parameter's name where the catalogue has none.
    pub fn facet_label(&self, name: &str) -> String {
        Texts::of(self.layout.language).find(&format!("facet.{name}")).unwrap_or(name).to_owned()
    }

    /// The next page of the list.
    pub fn next_path(&self) -> Option<String> {
        let cursor = format!("cursor={}", escape_query(self.next_cursor.as_deref()?));
        let first = self.first_path();
        let separator = if first.contains('?') { '&' } else { '?' };
        Some(format!("{first}{separator}{cursor}"))
    }

    /// The first page of the list.
    pub fn first_path(&self) -> String {
        self.path_with(&self.query())
    }

    /// The word after a total: `collectivités`.
    pub fn noun(&self, key: &str, count: impl Borrow<u64>) -> &'static str {
        let form = grammar::form(self.layout.language, *count.borrow());
        Texts::of(self.layout.language).find(&format!("{key}.{form}")).unwrap_or_default()
    }
}

impl Facet {
    /// How many of its values are selected.
    pub fn selected(&self) -> usize {
        self.values.iter().filter(|value| value.selected).count()
    }

    /// Whether it has so many values that a field to narrow them helps.
    pub fn is_long(&self) -> bool {
        self.values.len() > 12
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> MapPage {
        let filter = |name: &str, value: &str, label: &str| ActiveFilter {
            name: name.into(),
            value: value.into(),
            label: label.into(),
        };
        MapPage {
            filters: vec![
                filter("region", "84", "Auvergne-Rhône-Alpes"),
                filter("q", "eau & <b>", "eau & <b>"),
                filter("year", "2016,2018", "2016,2018"),
            ],
            facets: vec![Facet {
                name: "region".into(),
                values: vec![FacetValue {
                    value: "84".into(),
                    label: "Auvergne-Rhône-Alpes".into(),
                    count: 0,
                    selected: true,
                }],
            }],
            next_cursor: Some("a/b".into()),
            ..MapPage::default()
        }
    }

    #[test]
    fn a_chip_leaves_only_itself_out() {
        let chips = page().chips();
        assert_eq!(chips[0].remove_path, "/?q=eau+%26+%3Cb%3E&year=2016%2C2018");
        assert_eq!(chips[2].remove_path, "/?region=84&q=eau+%26+%3Cb%3E");
    }

    #[test]
    fn what_the_form_does_not_show_travels_hidden() {
        let page = page();
        let hidden: Vec<_> =
            page.hidden_filters().iter().map(|filter| filter.name.clone()).collect();
        assert_eq!(hidden, ["year"]);
        assert!(page.next_path().unwrap().ends_with("&cursor=a%2Fb"));
    }

    #[test]
    fn text_from_data_is_escaped() {
        let mut page = page();
        page.totals.partnerships = 1;
        page.items.push(ListItem {
            id: "x".into(),
            title: "<script>alert(1)</script>".into(),
            partner_name: "\"><img src=x onerror=y>".into(),
            ..ListItem::default()
        });
        let html = page.render().unwrap();
        assert!(!html.contains("<script>alert") && !html.contains("<img src=x"));
        assert!(html.contains("&#60;script&#62;"));
    }
}
