//! `/acteurs` and the page of an actor.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};

use crate::{
    domain::directory::{Actor, choice},
    http::{
        page::{
            layout::{Layout, PageLink},
            reply::{self, Visit},
            site_page::SitePage,
        },
        site::{
            directory::{
                entry::EntryWriter,
                form::DirectoryQuery,
                funding::{fact, notices, said, source},
                linked_data,
                page::{DirectoryForm, DirectoryPage, PageSection},
            },
            list::listing,
        },
        web::{problem::Problem, state::State},
    },
    reference::{territories, vocabularies},
    search::{Collection, Dimension, Filter},
};

/// `GET /acteurs` and `GET /en/actors`
pub(crate) async fn list(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    reply::page(&request, &state, |visit| list_page(visit, Utc::now())).await
}

/// `GET /acteurs/{code}` and `GET /en/actors/{code}`
pub(crate) async fn actor(
    request: HttpRequest,
    code: web::Path<String>,
    state: web::Data<State>,
) -> HttpResponse {
    if state.directory.actor(&code).is_none() {
        return reply::missing(&request);
    }
    reply::page(&request, &state, move |visit| {
        let directory = &visit.state.directory;
        let actor = directory.actor(&code).ok_or_else(|| Problem::missing(["", ""]))?;
        Ok(actor_page(visit, actor, Utc::now()))
    })
    .await
}

fn list_page(visit: &Visit, at: DateTime<Utc>) -> Result<DirectoryPage, Problem> {
    let layout = visit.layout.clone();
    let directory = &visit.state.directory;
    let query = DirectoryQuery::read(&visit.query)?;
    let writer = EntryWriter { directory, layout: &layout, at };
    let found = directory.find_actors(&query.filter);
    let path = SitePage::Actors.path(layout.language);
    let note = if found.is_empty() { layout.text("directory.nothing") } else { "" }.to_owned();
    let links = [
        ("directory.csv.actors", "/api/export/actors.csv".to_owned()),
        (
            "directory.json",
            layout.in_language(&format!("/api/collections/actors/items{}", query.text())),
        ),
    ];
    let links = links.map(|(key, path)| PageLink { label: layout.text(key).to_owned(), path });
    Ok(DirectoryPage {
        lead: layout.text("actors.lead").to_owned(),
        notices: without_network(&writer, &query.filter.regions),
        form: Some(DirectoryForm {
            action: path.to_owned(),
            label: layout.text("directory.filters").to_owned(),
            fields: vec![
                query.regions(&layout),
                query.choices(&layout, "service", choice::SERVICES),
                query.choices(&layout, "kind", choice::ACTOR_KINDS),
                query.themes(&layout),
                query.text_field(&layout, "q"),
            ],
            submit: layout.text("directory.filter").to_owned(),
        }),
        sections: vec![PageSection {
            id: "list",
            title: layout.counted("actors.count", found.len() as u64),
            note,
            entries: found.iter().map(|actor| writer.actor(actor)).collect(),
            ..PageSection::default()
        }],
        links: links.into(),
        layout: Layout {
            description: layout.text("actors.lead").to_owned(),
            canonical: Some(path.to_owned()),
            no_index: !query.is_empty(),
            ..layout.of(SitePage::Actors)
        },
        ..DirectoryPage::default()
    })
}

/// Of each of some régions, that it has no network that is known.
pub(crate) fn without_network(writer: &EntryWriter<'_>, regions: &[String]) -> Vec<String> {
    let without = regions.iter().filter(|code| writer.directory.networks_of(code).is_empty());
    let name = |code: &String| territories::regions().get(code).map(|region| region.name.as_str());
    without
        .filter_map(name)
        .map(|name| writer.layout.fill("actors.no_network", "region", name))
        .collect()
}

/// The partnerships that name an actor as who paid; nothing where none does.
fn funded(visit: &Visit, layout: &Layout, actor: &Actor) -> Option<PageSection> {
    let mut filter = Filter::default();
    filter.set(Dimension::Funder.name(), &actor.code).ok()?;
    let found = visit.snapshot.select(&filter.into(), Collection::Partnerships).ok()?;
    let list = SitePage::Partnerships.path(layout.language);
    (!found.is_empty()).then(|| PageSection {
        id: "funded",
        title: layout.text("actor.funded").to_owned(),
        more: Some(PageLink {
            label: layout.counted("actor.funded", found.len()),
            path: listing::with(list, Dimension::Funder.name(), &actor.code),
        }),
        ..PageSection::default()
    })
}

// long: one part of the page after another
fn actor_page(visit: &Visit, actor: &Actor, at: DateTime<Utc>) -> DirectoryPage {
    let layout = visit.layout.clone();
    let language = layout.language;
    let directory = &*visit.state.directory;
    let writer = EntryWriter { directory, layout: &layout, at };
    let link = writer.actor_link(actor);
    let linked = |code: &str| directory.actor(code).map(|one| writer.actor_link(one));
    let label = |list: &'static [choice::ChoiceItem], codes: &[String]| -> Vec<PageLink> {
        codes.iter().map(|code| said(choice::label(list, code, language))).collect()
    };
    let themes = actor.themes.iter().filter_map(|code| vocabularies::themes().by_code(code));
    let text = |text: &str| {
        if text.is_empty() { Vec::new() } else { vec![said(writer.set(text))] }
    };
    let territory = writer.territory(actor);
    let site = PageLink { label: actor.site.clone(), path: actor.site.clone() };
    let facts = [
        ("acronym", text(&actor.acronym)),
        ("former_names", text(&actor.former_names.join(", "))),
        ("site", if actor.site.is_empty() { Vec::new() } else { vec![site] }),
        ("contact", text(actor.contact(language))),
        ("territory", text(&territory)),
        ("themes", themes.map(|term| said(term.label.get(language).to_owned())).collect()),
        ("services", label(choice::SERVICES, &actor.services)),
        ("parent", linked(&actor.parent).into_iter().collect()),
        ("predecessor", linked(&actor.predecessor).into_iter().collect()),
    ];
    let facts = facts.into_iter().filter(|(_, values)| !values.is_empty());
    let facts = facts.map(|(name, values)| fact(layout.text(&format!("actor.{name}")), values));
    let mut sections = vec![PageSection {
        id: "facts",
        title: layout.text("actor.facts").to_owned(),
        facts: facts.collect(),
        ..PageSection::default()
    }];
    let schemes = directory.schemes_of(&actor.code);
    if !schemes.is_empty() {
        let entry = |scheme: &&crate::domain::directory::FundingScheme| {
            writer.scheme(scheme, directory.state_of(scheme, at))
        };
        sections.push(PageSection {
            id: "schemes",
            title: layout.text("actor.schemes").to_owned(),
            entries: schemes.iter().map(entry).collect(),
            ..PageSection::default()
        });
    }
    sections.extend(funded(visit, &layout, actor));
    sections.push(source(&writer, actor));
    let role = writer.set(actor.role(language));
    DirectoryPage {
        what: choice::label(choice::ACTOR_KINDS, &actor.kind, language),
        lead: role.clone(),
        notices: notices(&writer, actor),
        sections,
        layout: Layout {
            title: link.label,
            description: if role.is_empty() { layout.text("actors.lead").to_owned() } else { role },
            canonical: Some(link.path.clone()),
            crumbs: vec![PageLink {
                label: layout.text("actors.title").to_owned(),
                path: SitePage::Actors.path(language).to_owned(),
            }],
            linked_data: vec![linked_data::of_actor(&layout, actor, &link.path)],
            ..layout.clone()
        },
        ..DirectoryPage::default()
    }
}
