//! Which French régions work with which parts of the world, as two columns and bands between them.

use std::collections::HashMap;

use crate::{
    http::{
        site::{
            chart::{
                bars::count_heading,
                columns::value_label as label,
                view::{Chart, ChartForm, ChartName, ChartRow},
            },
            map::page::MapPage,
        },
        text::{format::number, grammar, texts::Texts},
    },
    search::crossings::Crossing,
};

/// Régions that are drawn by themselves; the others together.
const REGIONS: usize = 12;
/// Flows that the sentence names.
const MAX_NAMED_ROWS: usize = 3;
/// All lengths are in units of the drawing, which is [`WIDTH`] wide.
pub const WIDTH: f64 = 760.0;
const LEFT: f64 = 236.0;
const RIGHT: f64 = 520.0;
/// How wide the bar of a node is.
const BAR: f64 = 10.0;
/// What all bands together take, and what a node takes at least so that its name can be read.
const BANDS: f64 = 360.0;
const ROW: f64 = 23.0;
const GAP: f64 = 5.0;

/// The chart of flows.
#[derive(Debug, Clone, Default)]
pub struct FlowChart {
    /// Régions, on the left.
    pub regions: Vec<Node>,
    /// Zones, on the right.
    pub zones: Vec<Node>,
    /// The bands between them.
    pub bands: Vec<Band>,
    /// From top to bottom.
    pub height: f64,
}

/// A région or a zone.
#[derive(Debug, Clone, Default)]
pub struct Node {
    /// What it is called.
    pub label: String,
    /// Partnerships in its bands.
    pub count: u64,
    /// The page with it added to its filters; none of several together.
    pub path: Option<String>,
    /// The top of its bar.
    pub top: String,
    /// The height of its bar.
    pub height: String,
    /// The line that its name stands on.
    pub middle: String,
}

/// A band.
#[derive(Debug, Clone, Default)]
pub struct Band {
    /// The data of its path.
    pub path: String,
    /// `Bretagne – Afrique subsaharienne (45)`
    pub label: String,
}

/// A node that is being placed.
struct NodePlace {
    /// Its code; several where nodes are drawn together.
    codes: Vec<String>,
    label: String,
    count: u64,
    top: f64,
    /// Where its next band begins.
    next: f64,
}

impl NodePlace {
    fn new(label: String, codes: Vec<String>, count: u64) -> Self {
        Self { codes, label, count, top: 0.0, next: 0.0 }
    }

    fn has(&self, code: &str) -> bool {
        self.codes.iter().any(|own| own == code)
    }
}

impl FlowChart {
    /// The chart of the pairs of a page; none where there is no pair.
    pub(super) fn chart(page: &MapPage, crossings: &[Crossing]) -> Option<Chart> {
        let flows = Self::new(page, crossings)?;
        let row = |one: &Crossing| ChartRow {
            labels: vec![label(page, "region", &one.region), label(page, "zone", one.zone)],
            count: one.count,
            path: None,
            is_selected: false,
        };
        let rows: Vec<ChartRow> = crossings.iter().map(row).collect();
        let layout = &page.layout;
        Some(Chart {
            sentence: sentence(page, &rows),
            notes: vec![layout.text("charts.flows.note").to_owned()],
            headings: vec![
                page.facet_label("region"),
                page.facet_label("zone"),
                count_heading(layout),
            ],
            rows,
            ..Chart::new(page, ChartName::Flows, ChartForm::Flows(flows))
        })
    }

    fn new(page: &MapPage, crossings: &[Crossing]) -> Option<Self> {
        let mut left = ranked(page, "region", crossings, |one| &one.region);
        let mut right = ranked(page, "zone", crossings, |one| one.zone);
        let total = left.iter().map(|place| place.count).sum::<u64>();
        if total == 0 {
            return None;
        }
        if left.len() > REGIONS + 1 {
            let rest = left.split_off(REGIONS);
            left.push(together(page, rest));
        }
        let scale = BANDS / total as f64;
        let height = stack(&mut left, scale).max(stack(&mut right, scale));
        let bands = bands(&mut left, &mut right, crossings, scale);
        let node = |dimension: &str, place: &NodePlace| node(page, dimension, place, scale);
        Some(Self {
            regions: left.iter().map(|place| node("region", place)).collect(),
            zones: right.iter().map(|place| node("zone", place)).collect(),
            bands,
            height: height.round(),
        })
    }

    /// Where bars and names stand, from the left: names of régions, their bars, bars of zones,
    /// their names.
    pub fn columns(&self) -> [f64; 4] {
        [LEFT - 10.0, LEFT, RIGHT - BAR, RIGHT + 10.0]
    }
}

/// The values at one end of all pairs, most frequent first.
fn ranked<'c>(
    page: &MapPage,
    dimension: &str,
    crossings: &'c [Crossing],
    end: impl Fn(&'c Crossing) -> &'c str,
) -> Vec<NodePlace> {
    let mut sums: HashMap<&str, u64> = HashMap::new();
    for one in crossings {
        *sums.entry(end(one)).or_default() += one.count;
    }
    let mut sums: Vec<(&str, u64)> = sums.into_iter().collect();
    sums.sort_unstable_by(|a, b| (b.1, a.0).cmp(&(a.1, b.0)));
    let place = |(code, count): (&str, u64)| {
        NodePlace::new(label(page, dimension, code), vec![code.to_owned()], count)
    };
    sums.into_iter().map(place).collect()
}

/// Several nodes as one.
fn together(page: &MapPage, rest: Vec<NodePlace>) -> NodePlace {
    let texts = Texts::of(page.layout.language);
    let label = texts.fill("charts.flows.others", &[("count", &rest.len().to_string())]);
    let count = rest.iter().map(|place| place.count).sum();
    NodePlace::new(label, rest.into_iter().flat_map(|place| place.codes).collect(), count)
}

/// Puts nodes below each other; how much they take.
fn stack(side: &mut [NodePlace], scale: f64) -> f64 {
    let mut y = GAP;
    for place in side {
        let bar = place.count as f64 * scale;
        let row = bar.max(ROW);
        place.top = y + (row - bar) / 2.0;
        place.next = place.top;
        y += row + GAP;
    }
    y
}

/// The bands, each below the one before at both of its ends.
fn bands(
    left: &mut [NodePlace],
    right: &mut [NodePlace],
    crossings: &[Crossing],
    scale: f64,
) -> Vec<Band> {
    let mut bands = Vec::new();
    for from in left.iter_mut() {
        for to in right.iter_mut() {
            let pairs = crossings.iter().filter(|one| from.has(&one.region) && to.has(one.zone));
            let count: u64 = pairs.map(|one| one.count).sum();
            if count == 0 {
                continue;
            }
            let thickness = count as f64 * scale;
            let [start, end] = [LEFT + BAR, RIGHT - BAR];
            let (a, b, half) = (from.next, to.next, f64::midpoint(start, end));
            let path = format!(
                "M{start} {a:.1}C{half} {a:.1} {half} {b:.1} {end} {b:.1}V{:.1}C{half} {:.1} {half} {:.1} {start} {:.1}Z",
                b + thickness,
                b + thickness,
                a + thickness,
                a + thickness
            );
            bands.push(Band { path, label: format!("{} – {} ({count})", from.label, to.label) });
            from.next += thickness;
            to.next += thickness;
        }
    }
    bands
}

fn node(page: &MapPage, dimension: &str, place: &NodePlace, scale: f64) -> Node {
    let height = (place.count as f64 * scale).max(1.0);
    let single = if let [code] = place.codes.as_slice() { Some(code) } else { None };
    Node {
        label: place.label.clone(),
        count: place.count,
        path: single.map(|code| page.path_adding(dimension, code)),
        top: format!("{:.1}", place.top),
        height: format!("{height:.1}"),
        middle: format!("{:.1}", place.top + height / 2.0 + 5.0),
    }
}

/// "Les courants les plus forts : Bretagne – Europe (120), …"
fn sentence(page: &MapPage, rows: &[ChartRow]) -> String {
    let language = page.layout.language;
    let texts = Texts::of(language);
    let told = |ChartRow { labels, count, .. }: &ChartRow| {
        format!("{} ({})", labels.join(" – "), number(language, *count))
    };
    let names: Vec<String> = rows.iter().take(MAX_NAMED_ROWS).map(told).collect();
    let names = grammar::join(texts, &names, "summary.and");
    texts.fill("charts.flows.sentence", &[("flows", &names)])
}
