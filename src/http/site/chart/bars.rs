//! Bars: how many partnerships have each value of a dimension.

use crate::http::{
    page::layout::Layout,
    site::{
        chart::view::{Chart, ChartForm, ChartName, ChartRow},
        map::page::{FacetValue, MapPage},
    },
    text::{format::number, grammar, texts::Texts},
};

/// Bars of a chart; the other values are in its table.
const DRAWN: usize = 12;
/// Values that a chart's sentence names.
const MAX_NAMED_ROWS: usize = 3;
/// What a vocabulary calls a value that is not known.
const UNKNOWN: &str = "inconnu";

/// How the values are drawn.
#[derive(Debug, Clone, Default)]
pub struct Bars {
    /// `home`, `partner` or `theme`: what the colour tells.
    pub side: &'static str,
    /// The first rows, each with its part of the largest, in thousandths.
    pub drawn: Vec<(ChartRow, u64)>,
    /// How many rows have no bar.
    pub others: u64,
}

/// The chart of a dimension; none where no partnership has a value of it.
pub(super) fn chart(
    page: &MapPage,
    name: ChartName,
    dimension: &'static str,
    side: &'static str,
) -> Option<Chart> {
    let facet = page.facets.iter().find(|facet| facet.name == dimension)?;
    let row = |value: &FacetValue| ChartRow {
        labels: vec![value.label.clone()],
        count: value.count,
        path: (!value.selected).then(|| page.path_adding(dimension, &value.value)),
        is_selected: value.selected,
    };
    let (unknown, known): (Vec<&FacetValue>, Vec<_>) =
        facet.values.iter().partition(|value| value.value == UNKNOWN && !value.selected);
    let rows: Vec<ChartRow> = known.into_iter().map(row).collect();
    let largest = rows.iter().map(|row| row.count).max()?.max(1);
    let drawn = rows.iter().take(DRAWN);
    let bars = Bars {
        side,
        drawn: drawn.map(|row| (row.clone(), (row.count * 1000).div_ceil(largest))).collect(),
        others: rows.len().saturating_sub(DRAWN) as u64,
    };
    let layout = &page.layout;
    let narrowed = (facet.selected() > 0).then(|| layout.text("charts.narrowed").to_owned());
    let unknown = unknown.first().map(|value| layout.counted("charts.unknown", value.count));
    let headings = vec![page.facet_label(dimension), count_heading(layout)];
    Some(Chart {
        sentence: ranked(layout, dimension, &rows),
        notes: narrowed.into_iter().chain(unknown).collect(),
        headings,
        rows,
        ..Chart::new(page, name, ChartForm::Bars(bars))
    })
}

/// What the column of numbers holds.
pub(super) fn count_heading(layout: &Layout) -> String {
    layout.text("place.partnerships").to_owned()
}

/// "Culture (120) vient d’abord, puis Santé (80) et Eau (60) ; 14 thèmes en tout."
fn ranked(layout: &Layout, dimension: &str, rows: &[ChartRow]) -> String {
    let language = layout.language;
    let texts = Texts::of(language);
    let told = |row: &ChartRow| format!("{} ({})", row.labels[0], number(language, row.count));
    let names: Vec<String> = rows.iter().take(MAX_NAMED_ROWS).map(told).collect();
    let total = number(language, rows.len() as u64);
    match names.as_slice() {
        [] => String::new(),
        [only] => texts.fill("charts.ranked.one", &[("first", only)]),
        [first, rest @ ..] => {
            let rest = grammar::join(texts, rest, "summary.and");
            let all = texts.fill(&format!("charts.{dimension}.all"), &[("count", &total)]);
            let values = [("first", first.as_str()), ("rest", &rest), ("all", &all)];
            texts.fill("charts.ranked.many", &values)
        }
    }
}
