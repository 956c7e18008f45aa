//! `/`: a selection as a map with its list, as a table, or as charts.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{header, header::HeaderValue},
    web,
};
use chrono::{Datelike, NaiveDate, Utc};
use roaring::RoaringBitmap;

use crate::{
    domain::Language,
    http::{
        page::{
            addresses::{PICTURE, home},
            language,
            layout::Layout,
            query::PageQuery,
            reply::{self, Visit},
            selection::{ActiveFilter, query, with_query},
            site_page::SitePage,
        },
        site::{
            chart::view::{ChartData, ChartName, ChartsView},
            directory::act_here::{ActHere, ActSubject, act_here},
            list::item::ListItem,
            map::{
                map_view::MapView,
                page::{Facet, FacetValue, MapPage},
                table::{self, TableView},
                timeline::Timeline,
                view::SelectionView,
            },
            share::{
                handler::{ShareRequest, files, share},
                page::Share,
            },
        },
        web::{
            conditional, middleware,
            params::{Params, order},
            problem::Problem,
            state::State,
        },
    },
    search::{
        Collection, Dimension, Order, PageRequest, ParameterError, Query, Selection, Snapshot,
        facets,
        page::{CursorGone, Page},
        suggest::SuggestRequest,
    },
};

/// Records of one page of the list.
const LIST_LIMIT: usize = 50;
/// The most offers of what words with a typo may have meant.
const MAX_OFFERS: usize = 3;
/// Schemes that are named above the list.
const MAX_SCHEMES: usize = 3;
/// Rows of one page of the table.
const TABLE_LIMIT: usize = 100;

/// `GET /` and `GET /en/`
pub(crate) async fn show(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let mut answer = reply::page(&request, &state, page).await;
    if request.path() == home(Language::French) {
        answer = conditional::vary_by(language::VARY, answer);
    }
    if let Some(basemap) = &state.about.basemap
        && let Ok(policy) = HeaderValue::from_str(&middleware::policy_with_tiles(&basemap.tiles))
    {
        answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    answer
}

/// `/en` is `/en/` without its end.
pub(crate) async fn to_english(request: HttpRequest) -> HttpResponse {
    let query = request.query_string();
    let separator = if query.is_empty() { "" } else { "?" };
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, format!("/en/{separator}{query}")))
        .finish()
}

/// What an address says beside its filters. What is unknown is left alone, as in [`asked`].
#[derive(Debug, Default)]
struct ViewQuery {
    view: SelectionView,
    /// The value of `sortby` and what it means, unless it is the usual order.
    sort: Option<(String, (Order, bool))>,
    /// Whether a frame of another site asks: it shows the map alone.
    is_embedded: bool,
}

/// The parameter that asks for one chart alone.
const CHART: &str = "chart";

impl ViewQuery {
    fn read(query: &str) -> Self {
        let mut wanted = Self::default();
        let (mut sort, mut chart) = (None, None);
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "embed" => wanted.is_embedded = value == "1",
                "view" => wanted.view = SelectionView::from_name(&value),
                CHART => chart = ChartName::from_code(&value),
                "sortby" => sort = Some(value.into_owned()),
                _ => {}
            }
        }
        match (chart, wanted.is_embedded) {
            (Some(name), true) => wanted.view = SelectionView::of_chart(name),
            (Some(name), false) if wanted.view.name() == Some("charts") => {
                wanted.view = SelectionView::of_chart(name);
            }
            // a frame has the map or one chart
            (None, true) => wanted.view = SelectionView::default(),
            (_, false) => {}
        }
        // nothing but the table is sorted
        if let (SelectionView::Table(_), Some(value)) = (&wanted.view, sort) {
            let known = order(Collection::Partnerships, &value).ok();
            let known = known.filter(|order| table::is_offered(*order) && *order != DEFAULT_ORDER);
            wanted.sort =
                known.map(|order| (value.trim_start_matches([' ', '+']).to_owned(), order));
        }
        wanted
    }
}

/// The order of lists that ask for no other.
const DEFAULT_ORDER: (Order, bool) = (Order::Title, false);

fn page(visit: &Visit) -> Result<MapPage, Problem> {
    page_as(visit, ViewQuery::read(&visit.query))
}

/// The page of a selection with one of its charts.
pub(crate) fn charts(visit: &Visit, name: ChartName) -> Result<MapPage, Problem> {
    page_as(visit, ViewQuery { view: SelectionView::of_chart(name), ..ViewQuery::default() })
}

fn page_as(visit: &Visit, asked: ViewQuery) -> Result<MapPage, Problem> {
    let (snapshot, state, language) = (&visit.snapshot, &visit.state, visit.language());
    let PageQuery { params, query: wanted, cursor, selection, filters, totals, .. } =
        PageQuery::read(&visit.query, snapshot, (&visit.cancellation, language))?;
    let ViewQuery { view, sort, is_embedded } = asked;
    let is_continued = cursor.is_some();
    let limit = match view {
        SelectionView::Map(_) => LIST_LIMIT,
        SelectionView::Table(_) => TABLE_LIMIT,
        SelectionView::Charts(_) => 0,
    };
    let by = sort.as_ref().map_or(DEFAULT_ORDER, |(_, order)| *order);
    let request = PageRequest { order: by, after: cursor, limit, language };
    let page = list(snapshot, &selection, &request);
    let mut page = MapPage {
        layout: visit.layout.clone(),
        data_version: snapshot.version() as u64,
        filters,
        facets: facets(snapshot, &wanted, selection.items(), language)?,
        totals,
        items: page
            .items
            .iter()
            .filter_map(|record| ListItem::read(snapshot, *record, language))
            .collect(),
        next_cursor: page.next,
        is_continued,
        sort: sort.map(|(value, _)| value),
        view,
        meant: meant(&wanted, &selection, snapshot, language)?,
        share: Share::default(),
        act: if is_embedded { ActHere::default() } else { act(visit, &params) },
        is_embedded,
        today: Utc::now().date_naive(),
    };
    page.layout = framed(&page, &params);
    page.share = shared(&page, snapshot, state);
    match page.view {
        SelectionView::Map(_) => {
            page.view = SelectionView::Map(MapView {
                unplaced: snapshot.unplaced(selection.items()),
                extents: snapshot.extents(&wanted)?,
                timeline: timeline(snapshot, &wanted)?,
                basemap: state.about.basemap.clone(),
            });
        }
        SelectionView::Table(_) => page.view = SelectionView::Table(TableView::new(&page, by)),
        SelectionView::Charts(ref charts) => {
            let (only, data) = (charts.only, chart_data(snapshot, selection.items()));
            page.view = SelectionView::Charts(Box::new(ChartsView::new(&page, only, &data)));
        }
    }
    Ok(page)
}

/// What may help with what the filters ask for: nothing where they name no country and no theme.
fn act(visit: &Visit, params: &Params) -> ActHere {
    let values = |dimension| params.filter.values(dimension);
    let (countries, themes) = (values(Dimension::Country), values(Dimension::Theme));
    if countries.is_empty() && themes.is_empty() {
        return ActHere::default();
    }
    let collectivity = match values(Dimension::Collectivity) {
        [one] => Some(one.as_str()),
        _ => None,
    };
    let subject = ActSubject { collectivity, region: None, countries, themes };
    let mut act = act_here(&visit.state.directory, &visit.layout, subject);
    act.entries.truncate(MAX_SCHEMES);
    act
}

/// What charts show beside the facets.
fn chart_data(snapshot: &Snapshot, records: &RoaringBitmap) -> ChartData {
    let this_year = Utc::now().year();
    let mut years = snapshot.years(records, this_year);
    years.retain(|year| year.year <= this_year);
    ChartData {
        years,
        starts: snapshot.decades_by(Dimension::Kind, records),
        undated: snapshot.undated(records),
        crossings: snapshot.crossings(records),
    }
}

/// Where nothing has the words that were searched for: what has them but for one typo.
fn meant(
    query: &Query,
    selection: &Selection,
    snapshot: &Snapshot,
    language: Language,
) -> Result<Vec<ActiveFilter>, ParameterError> {
    if !selection.is_empty() || query.words().is_empty() {
        return Ok(Vec::new());
    }
    let (typed, filter) = (query.query(), &query.with(query.without_words()));
    let found = snapshot
        .suggest(SuggestRequest { typed, filter, language, limit: MAX_OFFERS })?
        .into_iter();
    let corrected = found.filter(|one| one.corrected).filter_map(|one| {
        let label = one.label;
        Some(ActiveFilter { name: one.parameter?.to_owned(), value: one.value?, label })
    });
    Ok(corrected.collect())
}

/// The part of the list that is wanted. A cursor whose record is gone leads to the first, which is
/// better than an error.
fn list(snapshot: &Snapshot, selection: &Selection, wanted: &PageRequest) -> Page {
    let nothing = || Page { items: Vec::new(), next: None };
    if wanted.limit == 0 {
        return nothing();
    }
    let page = |wanted: &PageRequest| snapshot.page(Collection::Partnerships, selection, wanted);
    let first = |CursorGone| page(&PageRequest { after: None, ..wanted.clone() });
    // without a cursor there is none that could be gone
    page(wanted).or_else(first).unwrap_or_else(|CursorGone| nothing())
}

/// The frame: one address for all forms of a selection, which search engines keep where nothing
/// is filtered.
fn framed(page: &MapPage, params: &Params) -> Layout {
    let layout = page.layout.clone();
    let (title, description) = page.texts();
    Layout {
        page: Some(SitePage::Map),
        feed: Some(with_query(layout.feed_path(), &page.query())),
        title,
        description,
        no_index: !params.filter.is_empty() || page.is_continued || page.sort.is_some(),
        picture: Some(with_query(PICTURE[layout.language as usize], &query(page.filters.iter()))),
        canonical: Some(with_query(layout.home(), &query(page.filters.iter()))),
        ..layout
    }
}

fn shared(page: &MapPage, snapshot: &Snapshot, state: &State) -> Share {
    let query = page.query();
    let shared = ShareRequest {
        title: &page.sentence(),
        path: &page.first_path(),
        query: Some(&query),
        files: Some(files(&page.layout, &query)),
    };
    share(&page.layout, &state.about, snapshot, shared)
}

/// The years of what matches all filters but that of the year.
fn timeline(snapshot: &Snapshot, query: &Query) -> Result<Timeline, ParameterError> {
    let selection =
        snapshot.select(&query.with(query.without_years()), Collection::Partnerships)?;
    let this_year = Utc::now().year();
    let year_of = |day| NaiveDate::from_num_days_from_ce_opt(day).map(|date| date.year());
    let known_from = snapshot.days().and_then(|(first, _)| year_of(first)).unwrap_or(this_year);
    let years = snapshot.years(selection.items(), this_year);
    let undated = snapshot.undated(selection.items());
    Ok(Timeline::new((known_from, this_year), &years, query.years(), undated))
}

/// Every dimension with the counts of its values.
pub(crate) fn facets(
    snapshot: &Snapshot,
    query: &Query,
    selected: &RoaringBitmap,
    language: Language,
) -> Result<Vec<Facet>, ParameterError> {
    let facet = |dimension: crate::search::Dimension| {
        let values = snapshot.facet(query, dimension, selected, language)?.into_iter();
        let value = |facets::ValueCount { value, label, count, selected }| FacetValue {
            value,
            label,
            count,
            selected,
        };
        Ok(Facet { name: dimension.name().to_owned(), values: values.map(value).collect() })
    };
    facets::LISTED.into_iter().map(facet).collect()
}
