//! Columns: how many partnerships were active in each year, how many began in each decade.

use crate::{
    http::{
        page::layout::Layout,
        site::{
            chart::{
                bars::count_heading,
                view::{Chart, ChartForm, ChartName, ChartRow},
            },
            map::page::MapPage,
        },
        text::{format::number, texts::Texts},
    },
    search::{facets::Year, profile::Decade},
};

/// The chart of years begins here; a few records say that they are centuries older.
const FIRST_YEAR: i32 = 1950;

/// How the years or decades are drawn.
#[derive(Debug, Clone, Default)]
pub struct TimeColumns {
    /// From the first to the last, without a hole.
    pub columns: Vec<TimeColumn>,
    /// The highest of them.
    pub highest: u64,
    /// What the axis names, each with its place from the left in percent.
    pub ticks: Vec<(String, String)>,
    /// What the parts of a column are, from the bottom; empty where it has one alone.
    pub series: Vec<String>,
}

/// A year or a decade.
#[derive(Debug, Clone, Default)]
pub struct TimeColumn {
    /// What it is called.
    pub label: String,
    /// Partnerships.
    pub count: u64,
    /// From the bottom.
    pub parts: Vec<ColumnPart>,
    /// The page with it as a filter, where there is one.
    pub path: Option<String>,
}

/// A part of a column, in hundredths of the highest column.
#[derive(Debug, Clone, Default)]
pub struct ColumnPart {
    /// Which of the series it is.
    pub series: usize,
    /// Partnerships.
    pub count: u64,
    /// How far its top is from the top of the drawing.
    pub top: f64,
    /// How high it is.
    pub height: f64,
}

impl ColumnPart {
    /// Its top and its height as they are written.
    pub fn written(&self) -> [String; 2] {
        [self.top, self.height].map(|length| format!("{length:.1}"))
    }
}

impl TimeColumns {
    /// Columns of these counts, each with its label, its page and the count of each series.
    fn new(counted: Vec<(String, Option<String>, Vec<u64>)>, series: Vec<String>) -> Self {
        let sum = |counts: &[u64]| counts.iter().sum::<u64>();
        let highest = counted.iter().map(|(_, _, counts)| sum(counts)).max().unwrap_or(0).max(1);
        let column = |(label, path, counts): (String, Option<String>, Vec<u64>)| {
            let mut top = 100.0;
            let part = |(series, count): (usize, &u64)| {
                let height = *count as f64 * 100.0 / highest as f64;
                top -= height;
                ColumnPart { series, count: *count, top, height }
            };
            let parts = counts.iter().enumerate().filter(|(_, count)| **count > 0).map(part);
            let parts = parts.collect();
            TimeColumn { label, count: sum(&counts), parts, path }
        };
        Self { columns: counted.into_iter().map(column).collect(), highest, ticks: vec![], series }
    }

    /// How wide the drawing is, in units: ten for each column.
    pub fn width(&self) -> usize {
        self.columns.len() * 10
    }

    /// The middle of a column from the left, in percent.
    fn middle(&self, column: usize) -> String {
        format!("{:.2}", (column as f64 + 0.5) * 100.0 / self.columns.len().max(1) as f64)
    }
}

/// How many were active in each year.
pub(super) fn years(page: &MapPage, years: &[Year], undated: u64) -> Option<Chart> {
    let recent: Vec<&Year> = years.iter().filter(|year| year.year >= FIRST_YEAR).collect();
    let (first, last) = (recent.first()?, recent.last()?);
    let peak = recent.iter().max_by_key(|year| (year.count, -year.year))?;
    let counted = |year: i32| {
        let found = recent.binary_search_by_key(&year, |one| one.year);
        let count = found.map_or(0, |at| recent[at].count);
        (year.to_string(), Some(page.path_adding("year", &year.to_string())), vec![count])
    };
    let span = first.year..=last.year;
    let mut columns = TimeColumns::new(span.clone().map(counted).collect(), Vec::new());
    // a label at the very edge would be cut
    let named = span
        .enumerate()
        .filter(|(at, year)| year % 10 == 0 && *at >= 2 && at + 3 < columns.columns.len());
    columns.ticks = named.map(|(at, year)| (year.to_string(), columns.middle(at))).collect();
    let layout = &page.layout;
    let told = |year: &Year| [year.year.to_string(), number(layout.language, year.count)];
    let [[from, begun], [to, now], [top, most]] = [told(first), told(last), told(peak)];
    let values = [
        ("from", from.as_str()),
        ("begun", &begun),
        ("to", &to),
        ("now", &now),
        ("top", &top),
        ("most", &most),
    ];
    let row = |column: &TimeColumn| ChartRow {
        labels: vec![column.label.clone()],
        count: column.count,
        path: column.path.clone(),
        is_selected: false,
    };
    Some(Chart {
        sentence: Texts::of(layout.language).fill("charts.years.sentence", &values),
        notes: [Some(layout.text("charts.years.note").to_owned()), undated_note(layout, undated)]
            .into_iter()
            .flatten()
            .collect(),
        headings: vec![page.facet_label("year"), count_heading(layout)],
        rows: columns.columns.iter().map(row).collect(),
        ..Chart::new(page, ChartName::Years, ChartForm::Columns(columns))
    })
}

/// How many of each kind began in each decade.
pub(super) fn starts(
    page: &MapPage,
    starts: &[(String, Vec<Decade>)],
    undated: u64,
) -> Option<Chart> {
    let layout = &page.layout;
    let all = || starts.iter().flat_map(|(_, decades)| decades).map(|decade| decade.first);
    let (first, last) = (all().min()?, all().max()?);
    // everything earlier than the first decade is one column
    let earlier = first.is_none().then_some(None);
    let first = all().flatten().min();
    let later = first.into_iter().flat_map(|first| (first..=last.unwrap_or(first)).step_by(10));
    let decades: Vec<Option<i32>> = earlier.into_iter().chain(later.map(Some)).collect();
    let begun = |(_, decades): &(String, Vec<Decade>), first: Option<i32>| {
        decades.iter().find(|decade| decade.first == first).map_or(0, |decade| decade.begun)
    };
    let label = |first: &Option<i32>| match first {
        Some(year) => layout.fill("charts.decade", "year", &year.to_string()),
        None => layout.text("charts.decade.earlier").to_owned(),
    };
    let counted = |first: &Option<i32>| {
        (label(first), None, starts.iter().map(|kind| begun(kind, *first)).collect())
    };
    let series: Vec<String> =
        starts.iter().map(|(code, _)| value_label(page, "kind", code)).collect();
    let mut columns = TimeColumns::new(decades.iter().map(counted).collect(), series);
    let tick = |(at, first): (usize, &Option<i32>)| {
        (first.map_or_else(|| "…".to_owned(), |year| year.to_string()), columns.middle(at))
    };
    columns.ticks = decades.iter().enumerate().map(tick).collect();
    let row = |column: &TimeColumn| -> Vec<ChartRow> {
        let labelled = |part: &ColumnPart| ChartRow {
            labels: vec![column.label.clone(), columns.series[part.series].clone()],
            count: part.count,
            path: None,
            is_selected: false,
        };
        column.parts.iter().map(labelled).collect()
    };
    let rows: Vec<ChartRow> = columns.columns.iter().flat_map(row).collect();
    let most = columns.columns.iter().rev().max_by_key(|column| column.count)?;
    let count = number(layout.language, most.count);
    let values = [("decade", most.label.as_str()), ("count", &count)];
    Some(Chart {
        sentence: Texts::of(layout.language).fill("charts.starts.sentence", &values),
        notes: undated_note(layout, undated).into_iter().collect(),
        headings: vec![
            layout.text("charts.starts.decade").to_owned(),
            page.facet_label("kind"),
            count_heading(layout),
        ],
        rows,
        ..Chart::new(page, ChartName::Starts, ChartForm::Columns(columns))
    })
}

/// How many do not say when they began.
fn undated_note(layout: &Layout, undated: u64) -> Option<String> {
    (undated > 0).then(|| layout.counted("charts.undated", undated))
}

/// What a value is called; the facets have every one that some record has.
pub(super) fn value_label(page: &MapPage, dimension: &str, code: &str) -> String {
    let facet = page.facets.iter().find(|facet| facet.name == dimension);
    let mut values = facet.into_iter().flat_map(|facet| &facet.values);
    let found = values.find(|value| value.value == code);
    found.map_or_else(|| code.to_owned(), |value| value.label.clone())
}
