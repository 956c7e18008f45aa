//! `/services`: who I am, what I want, where: whom to call, what can be had.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};

use crate::{
    domain::directory::choice,
    http::{
        page::{
            layout::{Layout, PageLink},
            reply::{self, Visit},
            site_page::SitePage,
        },
        site::directory::{
            actors::without_network,
            entry::EntryWriter,
            form::DirectoryQuery,
            page::{DirectoryForm, DirectoryPage, PageSection},
        },
        web::{problem::Problem, state::State},
    },
    reference::{Collectivities, Unresolved, Wanted},
    search::directory::{Applicant, DirectoryFilter, FitAnswer, Situation},
};

/// Whom to call, at most.
const MAX_ACTORS: usize = 8;
/// Schemes that fit or may, and that do not, at most.
const MAX_SCHEMES: usize = 15;

/// `GET /services` and `GET /en/services`
pub(crate) async fn services(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    reply::page(&request, &state, |visit| page(visit, Utc::now())).await
}

/// What an address says of who asks.
struct Asked {
    situation: Situation,
    /// Where the applicant lies.
    region: Option<String>,
    /// Its name, where it is a known authority.
    name: Option<String>,
    /// What is wrong with the name that was typed.
    notice: Option<String>,
}

/// What an authority's code or name means.
pub(crate) fn applicant_of(text: &str) -> Result<(Applicant, String), Unresolved> {
    let lists = Collectivities::bundled();
    let found = match lists.by_code(text, None) {
        Some(found) => found,
        None => lists.by_name(Wanted { name: text, ..Wanted::default() })?,
    };
    let one = &*found.collectivity;
    let applicant = Applicant {
        kind: one.kind.code.clone(),
        region: one.region.clone(),
        department: one.department.clone(),
    };
    Ok((applicant, one.name.clone()))
}

fn asked(layout: &Layout, query: &DirectoryQuery) -> Asked {
    let mut situation = Situation {
        applicant: None,
        countries: query.filter.countries.clone(),
        themes: query.filter.themes.clone(),
    };
    let typed = query.value("collectivity");
    let mut asked = Asked { situation: situation.clone(), region: None, name: None, notice: None };
    if !typed.is_empty() {
        match applicant_of(typed) {
            Ok((applicant, name)) => {
                situation.applicant = Some(applicant);
                asked.name = Some(name);
            }
            Err(Unresolved::Ambiguous(several)) => {
                let list = several.join(", ");
                asked.notice = Some(layout.fill("services.ambiguous", "names", &list));
            }
            Err(_) => asked.notice = Some(layout.fill("services.unknown", "name", typed)),
        }
    }
    let (who, region) = (query.value("who"), query.filter.regions.first().cloned());
    if situation.applicant.is_none() && choice::recognise(choice::APPLICANTS, who).is_some() {
        let kind = who.to_owned();
        situation.applicant = Some(Applicant { kind, region: region.clone(), department: None });
    }
    asked.region = situation.applicant.as_ref().and_then(|one| one.region.clone()).or(region);
    asked.situation = situation;
    asked
}

fn page(visit: &Visit, at: DateTime<Utc>) -> Result<DirectoryPage, Problem> {
    let layout = visit.layout.clone();
    let directory = &*visit.state.directory;
    let query = DirectoryQuery::read(&visit.query)?;
    let writer = EntryWriter { directory, layout: &layout, at };
    let asked = asked(&layout, &query);
    let path = SitePage::Services.path(layout.language);
    let mut notices: Vec<String> = asked.notice.iter().cloned().collect();
    let mut sections = Vec::new();
    if !query.is_empty() {
        let regions: Vec<String> = asked.region.iter().cloned().collect();
        notices.extend(without_network(&writer, &regions));
        sections = vec![
            whom_to_call(&writer, &query, regions),
            what_can_be_had(&writer, &asked),
            what_does_not_fit(&writer, &asked),
        ];
        sections.retain(|section| !section.entries.is_empty() || !section.note.is_empty());
        sections.push(who_does_the_same(&layout, &asked, &query));
    }
    let applicants = choice::APPLICANTS.iter().filter(|one| one.code != "partenaire-etranger");
    let who: Vec<choice::ChoiceItem> = applicants.copied().collect();
    Ok(DirectoryPage {
        lead: match &asked.name {
            Some(name) => layout.fill("services.for", "name", name),
            None => layout.text("services.lead").to_owned(),
        },
        notices,
        form: Some(DirectoryForm {
            action: path.to_owned(),
            label: layout.text("services.form").to_owned(),
            fields: vec![
                query.text_field(&layout, "collectivity"),
                query.choices(&layout, "who", &who),
                query.regions(&layout),
                query.choices(&layout, "service", choice::SERVICES),
                query.themes(&layout),
                query.countries(&layout),
            ],
            submit: layout.text("services.submit").to_owned(),
        }),
        sections,
        layout: Layout {
            description: layout.text("services.lead").to_owned(),
            canonical: Some(path.to_owned()),
            no_index: !query.is_empty(),
            ..layout.of(SitePage::Services)
        },
        ..DirectoryPage::default()
    })
}

/// Those nearest first: of the région, then of the country, then of the theme.
fn whom_to_call(
    writer: &EntryWriter<'_>,
    query: &DirectoryQuery,
    regions: Vec<String>,
) -> PageSection {
    let filter = DirectoryFilter {
        regions,
        countries: query.filter.countries.clone(),
        themes: query.filter.themes.clone(),
        services: query.filter.services.clone(),
        ..DirectoryFilter::default()
    };
    let found = writer.directory.find_actors(&filter);
    PageSection {
        id: "call",
        title: writer.layout.text("services.call").to_owned(),
        entries: found.iter().take(MAX_ACTORS).map(|actor| writer.actor(actor)).collect(),
        more: Some(PageLink {
            label: writer.layout.text("actors.all").to_owned(),
            path: SitePage::Actors.path(writer.layout.language).to_owned(),
        }),
        ..PageSection::default()
    }
}

fn what_can_be_had(writer: &EntryWriter<'_>, asked: &Asked) -> PageSection {
    let matches = writer.directory.matches(&asked.situation, writer.at);
    let fitting = matches.iter().filter(|one| one.fit != FitAnswer::No);
    PageSection {
        id: "funding",
        title: writer.layout.text("services.funding").to_owned(),
        entries: fitting.take(MAX_SCHEMES).map(|one| writer.matched(one)).collect(),
        more: Some(PageLink {
            label: writer.layout.text("funding.all").to_owned(),
            path: SitePage::Funding.path(writer.layout.language).to_owned(),
        }),
        ..PageSection::default()
    }
}

fn what_does_not_fit(writer: &EntryWriter<'_>, asked: &Asked) -> PageSection {
    let matches = writer.directory.matches(&asked.situation, writer.at);
    let others = matches.iter().filter(|one| one.fit == FitAnswer::No);
    PageSection {
        id: "others",
        title: writer.layout.text("services.others").to_owned(),
        entries: others.map(|one| writer.matched(one)).collect(),
        ..PageSection::default()
    }
}

/// The partnerships of the région, the country, the theme.
fn who_does_the_same(layout: &Layout, asked: &Asked, query: &DirectoryQuery) -> PageSection {
    let mut filters = url::form_urlencoded::Serializer::new(String::new());
    filters.extend_pairs(asked.region.iter().map(|region| ("region", region)));
    filters.extend_pairs(query.filter.countries.iter().map(|country| ("country", country)));
    filters.extend_pairs(query.filter.themes.iter().map(|theme| ("theme", theme)));
    PageSection {
        id: "same",
        title: layout.text("services.same").to_owned(),
        more: Some(PageLink {
            label: layout.text("services.same.link").to_owned(),
            path: format!("{}?{}", layout.list_path(), filters.finish()),
        }),
        ..PageSection::default()
    }
}
