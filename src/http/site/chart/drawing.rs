//! A chart as a picture that stands by itself: title, selection, sentence, drawing, source.

use std::borrow::Borrow;

use askama::Template;

use crate::http::{
    page::layout::Layout,
    site::{
        chart::{
            columns::TimeColumns,
            view::{Chart, ChartForm},
        },
        map::page::MapPage,
        preview::picture::{drawable, wrapped},
    },
};

/// All lengths are pixels of a picture that is 1,200 wide.
const TITLE: u32 = 44;
const TEXT: u32 = 24;
const SMALL: u32 = 18;
/// From one bar to the next.
const ROW: u32 = 40;
/// Columns with their axis.
const COLUMNS: u32 = 410;
/// A line of the key of columns, and the names in it.
const KEY_LINE: u32 = 30;
const KEY_NAMES: usize = 3;
/// The longest name of a bar, in letters.
const NAME: usize = 34;
/// Kinds of a column, in order; the page's style sheet has the same.
const SERIES: [&str; 6] = ["#0e5873", "#b23a0e", "#5d7f3c", "#c08a1e", "#6f4f8f", "#8a8f98"];

/// A line of text.
#[derive(Debug, Clone)]
struct Line {
    y: u32,
    size: u32,
    ink: &'static str,
    is_title: bool,
    text: String,
}

/// The picture of a chart.
#[derive(Debug, Clone, Template)]
#[template(path = "site/chart/drawing.svg")]
pub struct ChartDrawing<'p> {
    layout: &'p Layout,
    chart: &'p Chart,
    title: String,
    lines: Vec<Line>,
    /// Where the drawing begins.
    top: u32,
    height: u32,
}

impl<'p> ChartDrawing<'p> {
    /// Of a chart of a page.
    pub fn new(page: &'p MapPage, chart: &'p Chart) -> Self {
        let mut lines: Vec<Line> = Vec::new();
        let mut y = 40;
        let mut write = |text: &str, size: u32, ink, most: usize, gap: u32| {
            y += gap;
            for text in wrapped(&drawable(text), f64::from(size), most) {
                y += size + size / 4;
                lines.push(Line { y, size, ink, is_title: size == TITLE, text });
            }
            y
        };
        write(&chart.title, TITLE, "#17202b", 2, 0);
        write(&page.sentence(), TEXT, "#17202b", 2, 10);
        let end = write(&chart.sentence, TEXT, "#465160", 3, 6);
        let top = end + 30;
        let drawn = match &chart.form {
            ChartForm::Bars(bars) => ROW * bars.drawn.len() as u32,
            ChartForm::Columns(columns) => {
                COLUMNS + KEY_LINE * columns.series.len().div_ceil(KEY_NAMES) as u32
            }
            ChartForm::Flows(flows) => (flows.height * 1080.0 / 760.0) as u32,
        };
        let notes = chart.notes.join(" ");
        write(&notes, SMALL, "#465160", 3, 30 + drawn + 14);
        let end = write(&page.share.text, SMALL, "#465160", 3, 6);
        let title = format!("{} – {}", chart.title, page.sentence());
        Self { layout: &page.layout, chart, title, lines, top, height: end + 30 }
    }

    fn row(&self, at: impl Borrow<usize>) -> u32 {
        self.top + ROW * *at.borrow() as u32
    }

    /// Where each name of the key of columns stands.
    fn key(&self, columns: &TimeColumns) -> Vec<(u32, u32, String)> {
        let place = |(at, name): (usize, &String)| {
            let (line, column) = ((at / KEY_NAMES) as u32, (at % KEY_NAMES) as u32);
            (60 + column * 360, self.top + COLUMNS + line * KEY_LINE, shortened(name))
        };
        columns.series.iter().enumerate().map(place).collect()
    }
}

fn shortened(name: &str) -> String {
    let name = drawable(name);
    if name.chars().count() <= NAME {
        return name;
    }
    let start: String = name.chars().take(NAME - 1).collect();
    format!("{}…", start.trim_end())
}

fn side_colour(side: &str) -> &'static str {
    match side {
        "home" => SERIES[0],
        "partner" => SERIES[1],
        _ => SERIES[5],
    }
}

fn series_colour(series: impl Borrow<usize>) -> &'static str {
    SERIES[(*series.borrow()).min(SERIES.len() - 1)]
}
