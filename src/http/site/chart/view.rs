//! What a chart is, and the charts of a selection.

use crate::{
    http::{
        page::selection::with_query,
        site::{
            chart::{bars, columns, columns::TimeColumns, flows::FlowChart},
            map::page::MapPage,
            share::handler::frame,
        },
    },
    search::{crossings::Crossing, facets::Year, profile::Decade},
};

/// The charts, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartName {
    /// How many partnerships are about each theme.
    Themes,
    /// How many have partners in each country.
    Countries,
    /// How many each French région has.
    Regions,
    /// How many serve each Sustainable Development Goal.
    Sdgs,
    /// How many are twinnings, cooperations …
    Kinds,
    /// How many are active, ended …
    Statuses,
    /// How many began in each decade, by kind.
    Starts,
    /// How many were active in each year.
    Years,
    /// Which régions work with which zones.
    Flows,
}

impl ChartName {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Themes,
        Self::Countries,
        Self::Regions,
        Self::Sdgs,
        Self::Kinds,
        Self::Statuses,
        Self::Starts,
        Self::Years,
        Self::Flows,
    ];

    /// As in addresses: `countries`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Themes => "themes",
            Self::Countries => "countries",
            Self::Regions => "regions",
            Self::Sdgs => "sdgs",
            Self::Kinds => "kinds",
            Self::Statuses => "statuses",
            Self::Starts => "starts",
            Self::Years => "years",
            Self::Flows => "flows",
        }
    }

    /// The catalogue's key of its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Themes => "charts.theme",
            Self::Countries => "charts.country",
            Self::Regions => "charts.region",
            Self::Sdgs => "charts.sdg",
            Self::Kinds => "charts.kind",
            Self::Statuses => "charts.status",
            Self::Starts => "charts.starts",
            Self::Years => "charts.years",
            Self::Flows => "charts.flows",
        }
    }

    /// The reverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.code() == code)
    }
}

/// A chart.
#[derive(Debug, Clone)]
pub struct Chart {
    /// Which one.
    pub name: ChartName,
    /// `Pays partenaires`
    pub title: String,
    /// What it shows, in a sentence.
    pub sentence: String,
    /// What is to be known of its numbers, each a sentence.
    pub notes: Vec<String>,
    /// What its columns hold, the number last.
    pub headings: Vec<String>,
    /// Everything that it shows, as a table.
    pub rows: Vec<ChartRow>,
    /// How it is drawn.
    pub form: ChartForm,
    /// Where it is to be had.
    pub links: ChartLinks,
}

/// A line of the table of a chart.
#[derive(Debug, Clone, Default)]
pub struct ChartRow {
    /// What is counted: a value, or a combination of values.
    pub labels: Vec<String>,
    /// Partnerships.
    pub count: u64,
    /// The page with this value added to its filters, where there is one.
    pub path: Option<String>,
    /// Whether it is one of the filters.
    pub is_selected: bool,
}

/// How a chart is drawn.
#[derive(Debug, Clone)]
pub enum ChartForm {
    /// A bar for each of the first rows.
    Bars(bars::Bars),
    /// A column for each year or decade.
    Columns(TimeColumns),
    /// Bands between two sides.
    Flows(FlowChart),
}

/// Where a chart is to be had.
#[derive(Debug, Clone, Default)]
pub struct ChartLinks {
    /// The chart alone, as a page.
    pub page: String,
    /// Its files: extension and path.
    pub files: Vec<(&'static str, String)>,
    /// The element that shows it on another site.
    pub embed: String,
}

/// The formats of the files of a chart, by their extensions.
pub const FILES: [&str; 3] = ["png", "svg", "csv"];

impl ChartLinks {
    /// Those of a chart of a page.
    fn new(page: &MapPage, name: ChartName, title: &str) -> Self {
        let (layout, query) = (&page.layout, page.query());
        let with = |more: &str| {
            let parts = [more, &query].into_iter().filter(|part| !part.is_empty());
            with_query(layout.home(), &parts.collect::<Vec<_>>().join("&"))
        };
        let code = name.code();
        let framed = layout.absolute(&with(&format!("embed=1&chart={code}")));
        let file = |extension| {
            let path = format!("{}/{code}.{extension}", layout.charts_path());
            (extension, with_query(&path, &query))
        };
        Self {
            page: with(&format!("view=charts&chart={code}")),
            files: FILES.map(file).into(),
            embed: frame(&framed, &format!("{title} – {}", page.sentence())),
        }
    }
}

impl Chart {
    /// A chart of a page, which says nothing yet.
    pub(super) fn new(page: &MapPage, name: ChartName, form: ChartForm) -> Self {
        let title = page.layout.text(name.title()).to_owned();
        Self {
            links: ChartLinks::new(page, name, &title),
            name,
            title,
            sentence: String::new(),
            notes: Vec::new(),
            headings: Vec::new(),
            rows: Vec::new(),
            form,
        }
    }

    /// A chart of a page on which there is nothing to show.
    pub(super) fn empty(page: &MapPage, name: ChartName) -> Self {
        let chart = Self::new(page, name, ChartForm::Bars(bars::Bars::default()));
        Self {
            sentence: page.layout.text("results.empty.title").to_owned(),
            headings: vec![chart.title.clone(), bars::count_heading(&page.layout)],
            ..chart
        }
    }

    /// Whether it has room beside another.
    pub fn is_narrow(&self) -> bool {
        matches!(self.form, ChartForm::Bars(_))
    }

    /// What its colours tell: of bars `home`, `partner` or `theme`, else the form.
    pub fn side(&self) -> &'static str {
        match &self.form {
            ChartForm::Bars(bars) => bars.side,
            ChartForm::Columns(_) => "time",
            ChartForm::Flows(_) => "flow",
        }
    }

    /// The id of the field with its frame.
    pub fn embed_id(&self) -> String {
        format!("embed-{}", self.name.code())
    }
}

/// The charts of a selection.
#[derive(Debug, Clone, Default)]
pub struct ChartsView {
    /// The only one that is asked for.
    pub only: Option<ChartName>,
    /// Those that have anything to show.
    pub charts: Vec<Chart>,
}

/// What the charts show beside the facets, which a page has.
#[derive(Debug, Clone, Default)]
pub struct ChartData {
    /// How many were active in each year.
    pub years: Vec<Year>,
    /// How many of each kind began in each decade: the kind's code first.
    pub starts: Vec<(String, Vec<Decade>)>,
    /// How many do not say when they began.
    pub undated: u64,
    /// Which régions work with which zones.
    pub crossings: Vec<Crossing>,
}

impl ChartsView {
    /// Of a page, whose facets are counted already.
    pub fn new(page: &MapPage, only: Option<ChartName>, data: &ChartData) -> Self {
        let wanted = ChartName::ALL.into_iter().filter(|name| only.is_none_or(|one| one == *name));
        let chart = |name| match name {
            ChartName::Themes => bars::chart(page, name, "theme", "theme"),
            ChartName::Countries => bars::chart(page, name, "country", "partner"),
            ChartName::Regions => bars::chart(page, name, "region", "home"),
            ChartName::Sdgs => bars::chart(page, name, "sdg", "theme"),
            ChartName::Kinds => bars::chart(page, name, "kind", "theme"),
            ChartName::Statuses => bars::chart(page, name, "status", "theme"),
            ChartName::Starts => columns::starts(page, &data.starts, data.undated),
            ChartName::Years => columns::years(page, &data.years, data.undated),
            ChartName::Flows => FlowChart::chart(page, &data.crossings),
        };
        Self { only, charts: wanted.filter_map(chart).collect() }
    }
}
