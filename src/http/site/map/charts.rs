//! The selection as charts: bars of its values, its years, who works with which part of the world.

use crate::{
    http::{
        site::map::{
            flow_chart::FlowChart,
            page::{Facet, FacetValue, MapPage},
        },
        text::{format::number, texts::Texts},
    },
    search::{crossings::Crossing, facets::Year},
};

/// The dimensions that have a chart, in order, each with the side that its colour tells.
const CHARTED: [(&str, &str); 6] = [
    ("theme", "theme"),
    ("country", "partner"),
    ("region", "home"),
    ("sdg", "theme"),
    ("kind", "theme"),
    ("status", "theme"),
];
/// Bars of a chart; the other values are in its table.
const DRAWN: usize = 12;
/// Values that a chart's sentence names.
const MAX_NAMED_ROWS: usize = 3;
/// The chart of years begins here; a few records say that they are centuries older.
const FIRST_YEAR: i32 = 1950;

/// All charts of a selection.
#[derive(Debug, Clone, Default)]
pub struct ChartsView {
    /// One for each dimension that has values.
    pub bars: Vec<BarChart>,
    /// How many were active in each year.
    pub years: Option<YearChart>,
    /// Which régions work with which zones.
    pub flows: Option<FlowChart>,
}

/// How many partnerships have each value of a dimension.
#[derive(Debug, Clone, Default)]
pub struct BarChart {
    /// The parameter of the dimension.
    pub name: &'static str,
    /// `Pays partenaires`
    pub title: String,
    /// `home`, `partner` or `theme`: what the colour tells.
    pub side: &'static str,
    /// What it shows, in a sentence.
    pub sentence: String,
    /// Every value, most frequent first.
    pub rows: Vec<ChartRow>,
    /// Whether some values are selected: the others are what they would add.
    pub is_narrowed: bool,
}

/// A value.
#[derive(Debug, Clone, Default)]
pub struct ChartRow {
    /// What it is called.
    pub label: String,
    /// Partnerships.
    pub count: u64,
    /// Of the largest, in thousandths.
    pub share: u64,
    /// The page with this value added to its filters; none where it is one of them.
    pub path: Option<String>,
}

/// How many partnerships were active in each year.
#[derive(Debug, Clone, Default)]
pub struct YearChart {
    /// What it shows, in a sentence.
    pub sentence: String,
    /// Every year from the first that is drawn.
    pub columns: Vec<YearColumn>,
    /// The highest of them.
    pub highest: u64,
    /// Years that the axis names, each with its place from the left in percent.
    pub ticks: Vec<(String, String)>,
}

/// A year.
#[derive(Debug, Clone, Default)]
pub struct YearColumn {
    /// The calendar year.
    pub year: String,
    /// Partnerships active in it.
    pub count: u64,
    /// Of the highest, in hundredths with a fraction.
    pub height: String,
    /// What is empty above it.
    pub rest: String,
    /// The page with this year as its filter.
    pub path: String,
}

impl ChartsView {
    /// Of a page, whose facets are counted already.
    pub fn new(page: &MapPage, years: &[Year], crossings: &[Crossing]) -> Self {
        let facet = |name: &str| page.facets.iter().find(|facet| facet.name == name);
        let charted = CHARTED.into_iter().filter_map(|(name, side)| {
            let facet = facet(name).filter(|facet| !facet.values.is_empty())?;
            Some(BarChart::new(page, facet, (name, side)))
        });
        Self {
            bars: charted.collect(),
            years: YearChart::new(page, years),
            flows: FlowChart::new(page, crossings),
        }
    }
}

impl BarChart {
    fn new(page: &MapPage, facet: &Facet, (name, side): (&'static str, &'static str)) -> Self {
        let largest = facet.values.iter().map(|value| value.count).max().unwrap_or(0).max(1);
        let row = |value: &FacetValue| ChartRow {
            label: value.label.clone(),
            count: value.count,
            share: (value.count * 1000).div_ceil(largest),
            path: (!value.selected).then(|| page.path_adding(name, &value.value)),
        };
        let rows: Vec<ChartRow> = facet.values.iter().map(row).collect();
        let is_narrowed = facet.selected() > 0;
        let title = Texts::of(page.layout.language).text(&format!("charts.{name}")).to_owned();
        Self { name, title, side, sentence: ranked(page, name, &rows), rows, is_narrowed }
    }

    /// The values that have a bar.
    pub fn drawn(&self) -> &[ChartRow] {
        &self.rows[..self.rows.len().min(DRAWN)]
    }

    /// How many have none.
    pub fn others(&self) -> u64 {
        self.rows.len().saturating_sub(DRAWN) as u64
    }
}

/// "Culture (120) vient d’abord, puis Santé (80) et Eau (60) ; 14 thèmes en tout."
fn ranked(page: &MapPage, dimension: &str, rows: &[ChartRow]) -> String {
    let language = page.layout.language;
    let texts = Texts::of(language);
    let told = |row: &ChartRow| format!("{} ({})", row.label, number(language, row.count));
    let names: Vec<String> = rows.iter().take(MAX_NAMED_ROWS).map(told).collect();
    let total = number(language, rows.len() as u64);
    match names.as_slice() {
        [] => String::new(),
        [only] => texts.fill("charts.ranked.one", &[("first", only)]),
        [first, rest @ ..] => {
            let rest = crate::http::text::grammar::join(texts, rest, "summary.and");
            let all = texts.fill(&format!("charts.{dimension}.all"), &[("count", &total)]);
            let values = [("first", first.as_str()), ("rest", &rest), ("all", &all)];
            texts.fill("charts.ranked.many", &values)
        }
    }
}

impl YearChart {
    fn new(page: &MapPage, years: &[Year]) -> Option<Self> {
        let recent: Vec<&Year> = years.iter().filter(|year| year.year >= FIRST_YEAR).collect();
        let (first, last) = (recent.first()?, recent.last()?);
        let peak = recent.iter().max_by_key(|year| (year.count, -year.year))?;
        let span = f64::from(last.year - first.year + 1);
        let column = |year: i32| {
            let found = recent.binary_search_by_key(&year, |one| one.year);
            let count = found.map_or(0, |at| recent[at].count);
            let height = count as f64 * 100.0 / peak.count as f64;
            YearColumn {
                year: year.to_string(),
                count,
                height: format!("{height:.1}"),
                rest: format!("{:.1}", 100.0 - height),
                path: page.path_adding("year", &year.to_string()),
            }
        };
        let tick = |year: i32| {
            let middle = (f64::from(year - first.year) + 0.5) * 100.0 / span;
            (year.to_string(), format!("{middle:.2}"))
        };
        let language = page.layout.language;
        let told = |year: &Year| [year.year.to_string(), number(language, year.count)];
        let [[from, begun], [to, now], [top, most]] = [told(first), told(last), told(peak)];
        let values = [
            ("from", from.as_str()),
            ("begun", &begun),
            ("to", &to),
            ("now", &now),
            ("top", &top),
            ("most", &most),
        ];
        Some(Self {
            sentence: Texts::of(language).fill("charts.years.sentence", &values),
            columns: (first.year..=last.year).map(column).collect(),
            highest: peak.count,
            // a label at the very edge would be cut
            ticks: (first.year..=last.year)
                .filter(|year| year % 10 == 0 && f64::from(year - first.year) < span - 3.0)
                .filter(|year| *year >= first.year + 2)
                .map(tick)
                .collect(),
        })
    }

    /// How wide the drawing is, in units: ten for each year.
    pub fn width(&self) -> usize {
        self.columns.len() * 10
    }
}
