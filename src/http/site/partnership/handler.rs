//! The page of one partnership.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use chrono::{NaiveDate, Utc};
use serde_json::Value;

use crate::{
    domain::{Column, Language, PartnershipId, Position},
    http::{
        api::history,
        page::{
            error::ErrorPage,
            history::steps,
            layout::{Layout, PageLink},
            reply::{error, error_page, layout, respond},
        },
        site::{
            linked_data,
            list::properties::Properties,
            partnership::page::{
                CollectivityView, DataFormat, PartnerView, PartnershipPage, SourceView, ThemeView,
                Verification,
            },
            share::handler::{Shared, share},
        },
        web::{gone, state::State},
    },
    search::{Collection, Dimension, Snapshot, merging::Group, profile::STALE_AFTER, told_beside},
};

pub(crate) async fn french(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> HttpResponse {
    partnership(&request, &id, &state, Language::French).await
}

pub(crate) async fn english(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> HttpResponse {
    partnership(&request, &id, &state, Language::English).await
}

async fn partnership(
    request: &HttpRequest,
    id: &str,
    state: &web::Data<State>,
    language: Language,
) -> HttpResponse {
    let snapshot = state.publisher.snapshot();
    let parsed = id.parse::<PartnershipId>().ok();
    if let Some(lead) = parsed.map(|id| snapshot.lead_of(id)).filter(|lead| Some(*lead) != parsed) {
        return led_by(request, language, lead);
    }
    let Some((id, record)) = parsed.and_then(|id| Some((id, snapshot.find(id)?))) else {
        return absent(request, parsed, state, &snapshot, language).await;
    };
    // a register that cannot be asked just now is no reason to withhold the record
    let history = history::of(state, &snapshot, id).await.ok().flatten();
    let layout = layout(request, language);
    let history = history.map(|history| steps(&layout, &history));
    let history = history.unwrap_or_default();
    let group = snapshot.group(id);
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
                details: told_beside(partner, language).collect(),
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
    let path = layout.partnership_path(&id.to_string());
    let shared = Shared { title: &title, path: &path, query: None, files: None };
    let page = PartnershipPage {
        share: share(&layout, &state.about, &snapshot, shared),
        layout: Layout {
            description: properties.text("description").unwrap_or_else(|| title.clone()),
            title: title.clone(),
            crumbs: vec![PageLink {
                label: layout.text("nav.list").to_owned(),
                path: layout.list_path(),
            }],
            picture: Some(format!("{path}/apercu.png")),
            canonical: Some(path.clone()),
            linked_data: vec![linked_data::partnership(
                &layout,
                (&title, id),
                snapshot.sides(record),
            )],
            ..layout
        },
        history,
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
        sources: sources(&snapshot, group),
        filled: group.map_or_else(Vec::new, |group| group.filled.clone()),
        updated_at: properties.text("updated_at"),
        formats: vec![
            format("GeoJSON", item(Collection::Partnerships)),
            format("GeoJSON (arc)", item(Collection::Links)),
        ],
    };
    respond(&snapshot, request, &page)
}

/// The page of a record that another one leads is that of the partnership. Which one leads may
/// change, so that nobody is to remember it for good.
fn led_by(request: &HttpRequest, language: Language, lead: PartnershipId) -> HttpResponse {
    let path = layout(request, language).partnership_path(&lead.to_string());
    HttpResponse::TemporaryRedirect()
        .insert_header((header::LOCATION, path))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .finish()
}

/// The records of a partnership that several sources keep, the one that leads first.
fn sources(snapshot: &Arc<Snapshot>, group: Option<&Group>) -> Vec<SourceView> {
    let every_record = snapshot.every_record();
    let view = |id: &PartnershipId| {
        let (source, _) = every_record.source_and_key(every_record.find(*id)?)?;
        Some(SourceView { source, id: id.to_string() })
    };
    group.map_or_else(Vec::new, |group| group.records.iter().filter_map(view).collect())
}

/// A record that was removed, told by its history; else a page that is not there.
async fn absent(
    request: &HttpRequest,
    id: Option<PartnershipId>,
    state: &State,
    snapshot: &Snapshot,
    language: Language,
) -> HttpResponse {
    let missing = || error(request, language, StatusCode::NOT_FOUND, None);
    let Some(id) = id else { return missing() };
    let history = match gone::history(state, snapshot, id).await {
        Ok(Some(history)) => history,
        Ok(None) => return missing(),
        Err(problem) => return error(request, language, problem.status(), None),
    };
    let layout = Layout { no_index: true, ..layout(request, language) };
    let cells = history.steps.iter().flat_map(|step| &step.cells);
    let title = cells.filter(|cell| cell.column == Column::Title).map(|cell| cell.after.clone());
    let page = ErrorPage {
        status: StatusCode::GONE.as_u16(),
        detail: title.into_iter().next().map(|title| layout.fill("error.410.was", "title", &title)),
        history: steps(&layout, &history),
        history_path: Some(format!("/api/partnerships/{id}/history")),
        ..ErrorPage::new(layout)
    };
    error_page(page)
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
