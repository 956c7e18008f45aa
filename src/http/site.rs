//! The pages: fills the view models of [`pages`] from a snapshot.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode, http::header, web};
use askama::Template;
use chrono::{Months, NaiveDate, Utc};
use serde_json::Value;

use super::{
    State, conditional, history, linked_data,
    pages::{
        self, ActiveFilter, CollectivityView, DataFormat, ErrorPage, Facet, FacetValue, Layout,
        ListItem, MapPage, PartnerView, PartnershipPage, ThemeView, Totals, Verification,
    },
    params::{Params, Takes},
    problem::Problem,
};
use crate::{
    domain::{Language, PartnershipId, Position},
    search::{
        Collection, Dimension, Filter, Order, PageRequest, ParameterError, Snapshot, facets,
        page::CursorGone,
    },
};

/// Records of one page of the list.
const LIST_LENGTH: usize = 50;
/// A record that was verified longer ago than this is shown as stale.
const STALE_AFTER: Months = Months::new(24);

pub(crate) async fn home_french(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    home(&request, &state, Language::French)
}

pub(crate) async fn home_english(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    home(&request, &state, Language::English)
}

/// `/en` is `/en/` without its end.
pub(crate) async fn to_english(request: HttpRequest) -> HttpResponse {
    let query = request.query_string();
    let separator = if query.is_empty() { "" } else { "?" };
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, format!("/en/{separator}{query}")))
        .finish()
}

pub(crate) async fn partnership_french(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> HttpResponse {
    partnership(&request, &id, &state, Language::French).await
}

pub(crate) async fn partnership_english(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> HttpResponse {
    partnership(&request, &id, &state, Language::English).await
}

/// `GET /a-propos` and `GET /en/a-propos`
pub(crate) async fn about(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let snapshot = state.publisher.snapshot();
    let language = language_of(&request);
    let layout = layout(&request, language);
    let licence = &state.about.licence;
    let page = pages::AboutPage {
        publisher: state.about.publisher.clone(),
        licence: (licence.name(language).to_owned(), licence.url.clone()),
        contact: state.about.contact.clone(),
        layout: Layout {
            title: layout.text("about.title").to_owned(),
            description: layout.text("about.description").to_owned(),
            canonical: Some(layout.about_path()),
            ..layout
        },
    };
    respond(&snapshot, &request, &page)
}

/// Any other address.
pub(crate) async fn not_found(request: HttpRequest) -> HttpResponse {
    missing(&request)
}

pub(super) fn language_of(request: &HttpRequest) -> Language {
    if request.path().starts_with("/en/") { Language::English } else { Language::French }
}

/// A page that is not there.
pub(super) fn missing(request: &HttpRequest) -> HttpResponse {
    error(request, language_of(request), StatusCode::NOT_FOUND, None)
}

/// A text of the catalogue.
pub(super) fn text(language: Language, key: &'static str) -> &'static str {
    pages::Texts::of(language).text(key)
}

pub(super) fn html(page: &impl Template) -> (StatusCode, String) {
    match page.render() {
        Ok(text) => (StatusCode::OK, text),
        Err(reason) => {
            tracing::error!("a page could not be written: {reason}");
            (StatusCode::INTERNAL_SERVER_ERROR, String::new())
        }
    }
}

pub(super) fn error(
    request: &HttpRequest,
    language: Language,
    status: StatusCode,
    detail: Option<String>,
) -> HttpResponse {
    let layout = Layout { no_index: true, ..layout(request, language) };
    let mut page = ErrorPage { layout, status: status.as_u16(), detail, request_id: None };
    page.layout.title = page.message("title").to_owned();
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(html(&page).1)
}

pub(super) fn respond(
    snapshot: &Snapshot,
    request: &HttpRequest,
    page: &impl Template,
) -> HttpResponse {
    conditional::respond(snapshot, request, |response| {
        let (status, text) = html(page);
        response.status(status).content_type("text/html; charset=utf-8").body(text)
    })
}

pub(super) fn layout(request: &HttpRequest, language: Language) -> Layout {
    let connection = request.connection_info();
    let uri = request.uri();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let alternate_path = match language {
        Language::French => format!("/en{path}"),
        Language::English => path.strip_prefix("/en").unwrap_or("/").to_owned(),
    };
    Layout {
        language,
        title: String::new(),
        description: String::new(),
        origin: format!("{}://{}", connection.scheme(), connection.host()),
        path: path.to_owned(),
        alternate_path,
        static_base: "/static".to_owned(),
        no_index: false,
        ..Layout::default()
    }
}

/// Filters and cursor of a page's address. What a page does not know is left alone: links are
/// shared with all kinds of things appended.
pub(super) fn page_query(request: &HttpRequest) -> Result<(Params, Option<String>), Problem> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let mut cursor = None;
    for (name, value) in url::form_urlencoded::parse(request.query_string().as_bytes()) {
        if name == "cursor" {
            cursor = Some(value.into_owned());
        } else if !value.is_empty() && Filter::takes(&name) {
            // a form sends its empty fields too
            query.append_pair(&name, &value);
        }
    }
    Ok((Params::parse(&query.finish(), Takes::Filters)?, cursor))
}

fn home(request: &HttpRequest, state: &State, language: Language) -> HttpResponse {
    map(request, state, language).unwrap_or_else(|problem| {
        let detail = Some(problem.detail().to_owned());
        error(request, language, problem.status(), detail)
    })
}

fn map(request: &HttpRequest, state: &State, language: Language) -> Result<HttpResponse, Problem> {
    let snapshot = state.publisher.snapshot();
    let (params, cursor) = page_query(request)?;
    let filter = &params.filter;
    let selection = snapshot.select(filter, Collection::Partnerships)?;
    let selected = selection.items();
    let is_continued = cursor.is_some();
    let order = (Order::Title, false);
    let first = PageRequest { order, after: None, limit: LIST_LENGTH, language };
    let wanted = PageRequest { after: cursor, ..first.clone() };
    let page_of = |request| snapshot.page(Collection::Partnerships, &selection, request);
    // a cursor whose record is gone leads to the first page, which is better than an error
    let Ok(page) = page_of(&wanted).or_else(|CursorGone| page_of(&first)) else {
        return Ok(error(request, language, StatusCode::INTERNAL_SERVER_ERROR, None));
    };
    let facets = facets::LISTED.map(|dimension| {
        let values = snapshot.facet(filter, dimension, selected, language)?.into_iter();
        let value = |facets::Value { value, label, count, selected }| FacetValue {
            value,
            label,
            count,
            selected,
        };
        Ok(Facet { name: dimension.name().to_owned(), values: values.map(value).collect() })
    });
    let facets::Totals { partnerships, collectivities, partners, countries } =
        snapshot.totals(selected);
    let (title, description) = MapPage::layout_texts(language);
    let page = MapPage {
        layout: Layout {
            title,
            description,
            no_index: !filter.is_empty() || is_continued,
            ..layout(request, language)
        },
        data_version: snapshot.version() as u64,
        filters: active_filters(&params, &snapshot, language),
        facets: facets.into_iter().collect::<Result<_, ParameterError>>()?,
        totals: Totals { partnerships, collectivities, partners, countries },
        items: page.items.iter().map(|record| list_item(&snapshot, *record, language)).collect(),
        next_cursor: page.next,
        is_continued,
    };
    Ok(respond(&snapshot, request, &page))
}

pub(super) fn active_filters(
    params: &Params,
    snapshot: &Snapshot,
    language: Language,
) -> Vec<ActiveFilter> {
    let mut filters: Vec<ActiveFilter> = Vec::new();
    for (name, value) in &params.pairs {
        let dimension = Dimension::from_name(name);
        let values: Vec<&str> = if dimension.is_some() {
            value.split(',').map(str::trim).collect()
        } else {
            vec![value]
        };
        for value in values {
            let normal = dimension.and_then(|dimension| dimension.normalise(value));
            let value = normal.unwrap_or_else(|| value.to_owned());
            let label = match dimension {
                Some(Dimension::Collectivity) => {
                    snapshot.collectivity_name(&value).map(str::to_owned)
                }
                Some(dimension) => Some(dimension.label(&value, language)),
                None => None,
            };
            let filter = ActiveFilter {
                name: name.clone(),
                label: label.unwrap_or_else(|| value.clone()),
                value,
            };
            if !filters.contains(&filter) {
                filters.push(filter);
            }
        }
    }
    filters
}

/// A feature's properties, read by name.
struct Properties(Value);

impl Properties {
    fn of(snapshot: &Snapshot, record: u32, language: Language) -> Self {
        Self(snapshot.properties(record, language))
    }

    fn text(&self, name: &str) -> Option<String> {
        self.0[name].as_str().map(str::to_owned)
    }

    fn required(&self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let list = self.0[name].as_array().into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// All of a side: the list where there are several, else the record's own properties.
    fn side(&self, name: &str) -> Vec<Self> {
        match self.0[name].as_array() {
            Some(several) => several.iter().cloned().map(Self).collect(),
            None => vec![Self(self.0.clone())],
        }
    }
}

pub(super) fn list_item(snapshot: &Snapshot, record: u32, language: Language) -> ListItem {
    let properties = Properties::of(snapshot, record, language);
    let others = |name: &str| properties.0[name].as_array().map_or(0, |all| all.len() as u64 - 1);
    let (_, partners) = snapshot.sides(record);
    ListItem {
        id: properties.required("id"),
        title: properties.required("title"),
        kind_label: properties.text("kind_label"),
        status: properties.text("status"),
        status_label: properties.text("status_label"),
        start: properties.text("start"),
        end: properties.text("end"),
        collectivity_name: properties.required("collectivity_name"),
        region_name: properties.text("region_name"),
        other_collectivities: others("collectivities"),
        partner_name: properties.required("partner_name"),
        country_name: properties.required("country_name"),
        other_partners: others("partners"),
        theme_labels: properties.texts("theme_labels"),
        is_placed: partners[0].position().is_some(),
    }
}

async fn partnership(
    request: &HttpRequest,
    id: &str,
    state: &web::Data<State>,
    language: Language,
) -> HttpResponse {
    let snapshot = state.publisher.snapshot();
    let parsed = id.parse::<PartnershipId>().ok();
    let Some((id, record)) = parsed.and_then(|id| Some((id, snapshot.find(id)?))) else {
        return error(request, language, StatusCode::NOT_FOUND, None);
    };
    // a register that cannot be asked just now is no reason to withhold the record
    let history = history::of(state, &snapshot, id).await.ok().flatten();
    let layout = layout(request, language);
    let history = history.map(|history| pages::history::steps(&layout, &history));
    let history = history.unwrap_or_default();
    let properties = Properties::of(&snapshot, record, language);
    let verified_on = properties.text("verified_on");
    let title = properties.required("title");
    let collectivities =
        properties.side("collectivities").iter().map(|side| collectivity(side, language)).collect();
    let (_, record_partners) = snapshot.sides(record);
    let partners =
        properties.side("partners").into_iter().zip(record_partners).map(|(side, partner)| {
            PartnerView {
                id: partner.id().to_string(),
                name: partner.name.clone(),
                region: partner.region.clone(),
                country_code: partner.country.clone(),
                country_name: side.required("country_name"),
                lon: partner.position().map(Position::lon),
                lat: partner.position().map(Position::lat),
            }
        });
    let themes = properties.texts("themes").into_iter().zip(properties.texts("theme_labels"));
    let item = |collection: Collection| format!("/api/collections/{}/items/{id}", collection.id());
    let format = |label: &str, path| DataFormat {
        label: label.to_owned(),
        path,
        media_type: "application/geo+json".to_owned(),
    };
    let page = PartnershipPage {
        layout: Layout {
            description: properties.text("description").unwrap_or_else(|| title.clone()),
            title: title.clone(),
            crumbs: vec![pages::place::Link {
                label: layout.text("nav.list").to_owned(),
                path: layout.list_path(),
            }],
            canonical: Some(layout.partnership_path(&id.to_string())),
            linked_data: vec![linked_data::partnership(
                &layout,
                (&title, id),
                snapshot.sides(record),
            )],
            ..layout
        },
        history,
        contact: state.about.contact.clone(),
        id: id.to_string(),
        title,
        kind: properties.text("kind"),
        kind_label: properties.text("kind_label"),
        status: properties.text("status"),
        status_label: properties.text("status_label"),
        start: properties.text("start"),
        end: properties.text("end"),
        collectivities,
        partners: partners.collect(),
        themes: themes.map(|(code, label)| ThemeView { code, label }).collect(),
        sdgs: properties.0["sdgs"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_u64)
            .map(|sdg| sdg as u8)
            .collect(),
        description: properties.text("description"),
        budget_eur: properties.0["budget_eur"].as_f64(),
        funders: properties.texts("funders"),
        url: properties.text("url"),
        verification: verification(verified_on.as_deref(), Utc::now().date_naive()),
        verified_on,
        source: properties.required("source"),
        updated_at: properties.text("updated_at"),
        formats: vec![
            format("GeoJSON", item(Collection::Partnerships)),
            format("GeoJSON (arc)", item(Collection::Links)),
        ],
    };
    respond(&snapshot, request, &page)
}

fn collectivity(side: &Properties, language: Language) -> CollectivityView {
    let label = |dimension: Dimension, name: &str| {
        side.text(name).map(|code| dimension.label(&code, language))
    };
    CollectivityView {
        code: side.required("collectivity_code"),
        name: side.required("collectivity_name"),
        kind_label: label(Dimension::CollectivityKind, "collectivity_kind").unwrap_or_default(),
        department_name: label(Dimension::Department, "department_code"),
        region_name: side.text("region_name"),
        region_code: side.text("region_code"),
        lon: side.0["collectivity_lon"].as_f64(),
        lat: side.0["collectivity_lat"].as_f64(),
    }
}

fn verification(verified_on: Option<&str>, today: NaiveDate) -> Verification {
    let Some(day) = verified_on.and_then(|day| day.parse::<NaiveDate>().ok()) else {
        return Verification::Never;
    };
    match today.checked_sub_months(STALE_AFTER) {
        Some(limit) if day < limit => Verification::Stale,
        _ => Verification::Fresh,
    }
}
