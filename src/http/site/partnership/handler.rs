//! The page of one partnership.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use chrono::{NaiveDate, Utc};

use crate::{
    domain::{
        Collectivity, Column, Language, Partner, Partnership, PartnershipId, Position, Term,
        directory::Actor, timestamp,
    },
    http::{
        api::history,
        page::{
            addresses::picture_of,
            error::ErrorPage,
            history::steps,
            layout::{Layout, PageLink},
            reply::{error, error_page, layout, respond},
            site_page::SitePage,
        },
        site::{
            directory::act_here::{ActHere, ActSubject, act_here},
            linked_data,
            partnership::page::{
                CollectivityView, DataFormat, PartnerView, PartnershipPage, SourceView, ThemeView,
                Verification,
            },
            share::handler::{ShareRequest, share},
        },
        web::{gone, state::State},
    },
    reference::territories,
    search::{
        Collection, Dimension, Snapshot, directory::Directory, merging::Group,
        profile::STALE_AFTER, told_beside,
    },
};

/// `GET /partenariats/{id}` and `GET /en/partnerships/{id}`
// long: one field of the page after another
pub(crate) async fn show(
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
    let Some(Partnership {
        source,
        title,
        kind,
        status,
        period,
        collectivities,
        partners,
        themes,
        sdgs,
        description,
        budget,
        funders,
        url,
        verified_on,
        verified_by,
        ..
    }) = snapshot.partnership(record)
    else {
        return error(request, language, StatusCode::INTERNAL_SERVER_ERROR, None);
    };
    let items = [Collection::Partnerships, Collection::Links].map(|collection| {
        layout.in_language(&format!("/api/collections/{}/items/{id}", collection.id()))
    });
    let [place_path, line_path] = items;
    let format = |label: &str, path| DataFormat {
        label: label.to_owned(),
        path,
        media_type: "application/geo+json".to_owned(),
    };
    let path = layout.partnership_path(&id.to_string());
    let shared = ShareRequest { title: &title, path: &path, query: None, files: None };
    let act = act(&layout, state, (&collectivities, &partners, &themes));
    let page = PartnershipPage {
        act,
        share: share(&layout, &state.about, &snapshot, shared),
        layout: Layout {
            description: description.clone().unwrap_or_else(|| title.clone()),
            title: title.clone(),
            crumbs: vec![PageLink {
                label: layout.text("nav.list").to_owned(),
                path: layout.list_path().to_owned(),
            }],
            picture: Some(picture_of(language, &path)),
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
        kind: Some(kind.code.clone()),
        kind_label: Some(kind.label.get(language).to_owned()),
        status: Some(status.code.clone()),
        status_label: Some(status.label.get(language).to_owned()),
        start: period.start().map(|date| date.to_string()),
        end: period.end().map(|date| date.to_string()),
        collectivities: collectivities.iter().map(|one| collectivity(one, language)).collect(),
        partners: partners.iter().map(|one| partner(one, language)).collect(),
        themes: themes.iter().map(|term| theme(term, language)).collect(),
        sdgs,
        description,
        budget_eur: budget.map(|budget| budget.cents() as f64 / 100.0),
        funders: funders.into_iter().map(|name| funder(&state.directory, language, name)).collect(),
        url,
        verification: verification(verified_on, Utc::now().date_naive()),
        verified_on: verified_on.map(|day| day.to_string()),
        verified_by,
        source,
        sources: sources(&snapshot, group),
        filled: group.map_or_else(Vec::new, |group| group.filled.clone()),
        updated_at: Some(timestamp(snapshot.updated(record))),
        formats: vec![format("GeoJSON", place_path), format("GeoJSON (arc)", line_path)],
    };
    respond(&snapshot, request, &page)
}

/// Who can help, and who pays, with a partnership of these sides and themes.
fn act(
    layout: &Layout,
    state: &State,
    (collectivities, partners, themes): (&[Arc<Collectivity>], &[Arc<Partner>], &[&'static Term]),
) -> ActHere {
    let countries: Vec<String> = partners.iter().map(|one| one.country.clone()).collect();
    let codes: Vec<String> = themes.iter().map(|term| term.code.clone()).collect();
    let subject = ActSubject {
        collectivity: collectivities.first().map(|one| one.code.as_str()),
        countries: &countries,
        themes: &codes,
        ..ActSubject::default()
    };
    act_here(&state.directory, layout, subject)
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

/// A funder, with the page of the actor that it is, where it is one.
fn funder(directory: &Directory, language: Language, name: String) -> PageLink {
    let actor = directory.actor_named(&name);
    let path = |actor: &Actor| format!("{}/{}", SitePage::Actors.path(language), actor.code);
    PageLink { path: actor.map(path).unwrap_or_default(), label: name }
}

fn collectivity(one: &Collectivity, language: Language) -> CollectivityView {
    let Collectivity { code, kind, name, department, region, position } = one;
    let known = region.as_deref().and_then(|code| territories::regions().get(code));
    CollectivityView {
        code: code.clone(),
        name: name.clone(),
        kind_label: kind.label.get(language).to_owned(),
        department_name: department
            .as_deref()
            .map(|code| Dimension::Department.label(code, language)),
        region_name: known.map(|region| region.name.clone()),
        region_code: region.clone(),
        lon: position.map(Position::lon),
        lat: position.map(Position::lat),
    }
}

fn partner(one: &Partner, language: Language) -> PartnerView {
    PartnerView {
        id: one.id().to_string(),
        name: one.name.clone(),
        details: told_beside(one, language).collect(),
        country_code: one.country.clone(),
        country_name: Dimension::Country.label(&one.country, language),
        lon: one.position().map(Position::lon),
        lat: one.position().map(Position::lat),
    }
}

fn theme(term: &Term, language: Language) -> ThemeView {
    ThemeView { code: term.code.clone(), label: term.label.get(language).to_owned() }
}

fn verification(verified_on: Option<NaiveDate>, today: NaiveDate) -> Verification {
    let Some(day) = verified_on else { return Verification::Never };
    match today.checked_sub_months(STALE_AFTER) {
        Some(limit) if day < limit => Verification::Stale,
        _ => Verification::Fresh,
    }
}
