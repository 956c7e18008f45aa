//! `/financements` and the page of a scheme.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};

use crate::{
    domain::directory::{Call, CellValue, DirectoryRecord, FundingScheme, Rate, choice},
    http::{
        page::{
            layout::{Layout, PageLink},
            reply::{self, Visit},
            site_page::SitePage,
        },
        site::directory::{
            entry::EntryWriter,
            form::DirectoryQuery,
            linked_data, months,
            page::{DirectoryEntry, DirectoryForm, DirectoryPage, NamedFact, PageSection},
        },
        text::{format, format::typeset},
        web::{problem::Problem, state::State},
    },
    reference::vocabularies,
    search::{Dimension, directory::Directory},
};

/// `GET /financements` and `GET /en/funding`
pub(crate) async fn list(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    reply::page(&request, &state, |visit| list_page(visit, Utc::now())).await
}

/// `GET /financements/{code}` and `GET /en/funding/{code}`
pub(crate) async fn scheme(
    request: HttpRequest,
    code: web::Path<String>,
    state: web::Data<State>,
) -> HttpResponse {
    if state.directory.scheme(&code).is_none() {
        return reply::missing(&request);
    }
    reply::page(&request, &state, move |visit| {
        let directory = &visit.state.directory;
        let scheme = directory.scheme(&code).ok_or_else(|| Problem::missing(["", ""]))?;
        Ok(scheme_page(visit, scheme, Utc::now()))
    })
    .await
}

fn list_page(visit: &Visit, at: DateTime<Utc>) -> Result<DirectoryPage, Problem> {
    let layout = visit.layout.clone();
    let directory = &visit.state.directory;
    let query = DirectoryQuery::read(&visit.query)?;
    let writer = EntryWriter { directory, layout: &layout, at };
    let found = directory.find_schemes(&query.filter, at);
    let entries: Vec<DirectoryEntry> =
        found.iter().map(|one| writer.scheme(one.record, one.state)).collect();
    let count = entries.len() as u64;
    let path = SitePage::Funding.path(layout.language);
    let note = if entries.is_empty() { layout.text("directory.nothing") } else { "" }.to_owned();
    Ok(DirectoryPage {
        lead: layout.text("funding.lead").to_owned(),
        form: Some(DirectoryForm {
            action: path.to_owned(),
            label: layout.text("directory.filters").to_owned(),
            fields: vec![
                query.themes(&layout),
                query.countries(&layout),
                query.regions(&layout),
                query.states(&layout),
                query.text_field(&layout, "q"),
            ],
            submit: layout.text("directory.filter").to_owned(),
        }),
        sections: [PageSection {
            id: "list",
            title: layout.counted("funding.count", count),
            note,
            entries,
            more: Some(PageLink {
                label: layout.text("funding.services").to_owned(),
                path: SitePage::Services.path(layout.language).to_owned(),
            }),
            ..PageSection::default()
        }]
        .into_iter()
        .chain(months::calendar(&writer, &found))
        .collect(),
        links: list_links(&layout, &query.text()),
        layout: Layout {
            description: layout.text("funding.lead").to_owned(),
            canonical: Some(path.to_owned()),
            no_index: !query.is_empty(),
            ..layout.of(SitePage::Funding)
        },
        ..DirectoryPage::default()
    })
}

/// The same selection for calendars, feed readers and programs.
fn list_links(layout: &Layout, query: &str) -> Vec<PageLink> {
    let path = SitePage::Funding.path(layout.language);
    let links = [
        ("directory.calendar", format!("{path}.ics{query}")),
        ("directory.feed", format!("{path}.atom{query}")),
        ("directory.csv.schemes", "/api/export/schemes.csv".to_owned()),
        ("directory.csv.calls", "/api/export/calls.csv".to_owned()),
        ("directory.json", layout.in_language(&format!("/api/collections/schemes/items{query}"))),
    ];
    links.map(|(key, path)| PageLink { label: layout.text(key).to_owned(), path }).into()
}

// long: one part of the page after another
fn scheme_page(visit: &Visit, scheme: &FundingScheme, at: DateTime<Utc>) -> DirectoryPage {
    let layout = visit.layout.clone();
    let language = layout.language;
    let directory = &*visit.state.directory;
    let writer = EntryWriter { directory, layout: &layout, at };
    let state = directory.state_of(scheme, at);
    let calls = directory.calls_of(&scheme.code);
    let link = writer.scheme_link(scheme);
    let mut sections = vec![
        PageSection {
            id: "when",
            title: layout.text("scheme.when").to_owned(),
            note: writer.when(scheme, state),
            entries: calls.iter().map(|call| edition(&writer, call)).collect(),
            ..PageSection::default()
        },
        PageSection {
            id: "rules",
            title: layout.text("scheme.rules").to_owned(),
            facts: rules(&writer, scheme),
            ..PageSection::default()
        },
    ];
    sections.push(source(&writer, scheme));
    sections.push(PageSection {
        id: "case",
        title: layout.text("scheme.case").to_owned(),
        note: layout.text("scheme.case.note").to_owned(),
        more: Some(PageLink {
            label: layout.text("funding.services").to_owned(),
            path: SitePage::Services.path(language).to_owned(),
        }),
        ..PageSection::default()
    });
    let summary = writer.set(scheme.summary(language));
    DirectoryPage {
        what: choice::label(choice::SCHEME_KINDS, &scheme.kind, language),
        badge: Some(writer.badge(state)),
        lead: summary.clone(),
        notices: notices(&writer, scheme),
        sections,
        links: vec![PageLink {
            label: layout.text("directory.calendar").to_owned(),
            path: format!("{}.ics?scheme={}", SitePage::Funding.path(language), scheme.code),
        }],
        layout: Layout {
            title: link.label,
            description: if summary.is_empty() {
                layout.text("funding.lead").to_owned()
            } else {
                summary
            },
            canonical: Some(link.path),
            crumbs: vec![PageLink {
                label: layout.text("funding.title").to_owned(),
                path: SitePage::Funding.path(language).to_owned(),
            }],
            linked_data: vec![linked_data::of_scheme(&writer, scheme)],
            ..layout.clone()
        },
        ..DirectoryPage::default()
    }
}

/// Doubt, told before the facts.
pub(crate) fn notices<T: DirectoryRecord>(writer: &EntryWriter<'_>, record: &T) -> Vec<String> {
    writer.doubt(record).into_iter().collect()
}

/// Where facts come from.
pub(crate) fn source<T: DirectoryRecord>(writer: &EntryWriter<'_>, record: &T) -> PageSection {
    let layout = writer.layout;
    let facts = record.facts();
    let date = |date: Option<crate::domain::PartialDate>| {
        date.map(|date| layout.date(&date.to_string())).unwrap_or_default()
    };
    let certainty = choice::label(choice::CERTAINTIES, &facts.certainty, layout.language);
    let told = [
        ("directory.source", writer.set(&facts.source)),
        ("directory.seen_on", date(facts.seen_on)),
        ("directory.facts_of", date(facts.of)),
        ("directory.certainty", certainty),
    ];
    let told = told.into_iter().filter(|(_, value)| !value.is_empty());
    PageSection {
        id: "source",
        title: layout.text("directory.sources").to_owned(),
        facts: told.map(|(key, value)| fact(layout.text(key), vec![said(value)])).collect(),
        ..PageSection::default()
    }
}

pub(crate) fn said(label: String) -> PageLink {
    PageLink { label, path: String::new() }
}

pub(crate) fn fact(label: &str, values: Vec<PageLink>) -> NamedFact {
    NamedFact { label: label.to_owned(), values }
}

/// An edition: its dates, those that they replaced, its state.
fn edition(writer: &EntryWriter<'_>, call: &Call) -> DirectoryEntry {
    let layout = writer.layout;
    let date = |text: String| layout.date(&text);
    let mut lines = Vec::new();
    if let Some(opens) = call.opens {
        lines.push(layout.fill("scheme.opened", "date", &date(opens.to_string())));
    }
    for deadline in &call.deadlines {
        let mut line = layout.fill("scheme.closed", "date", &date(deadline.date.to_string()));
        if let Some(kind) = &deadline.applicant {
            line = layout.headed(&choice::label(choice::APPLICANTS, kind, layout.language), &line);
        }
        lines.push(line);
    }
    for deadline in &call.replaced {
        let mut line = layout.fill("scheme.replaced", "date", &date(deadline.date.to_string()));
        if let Some(kind) = &deadline.applicant {
            line = layout.headed(&choice::label(choice::APPLICANTS, kind, layout.language), &line);
        }
        lines.push(line);
    }
    if let Some(budget) = call.budget {
        let amount = format::euros(layout.language, budget as f64);
        lines.push(layout.fill("scheme.budget", "amount", &amount));
    }
    lines.push(call.note(layout.language).to_owned());
    lines.extend(writer.doubt(call).filter(|_| !call.facts.are_certain()));
    let mut lines: Vec<String> = lines.iter().map(|line| writer.set(line)).collect();
    lines.retain(|line| !line.is_empty());
    DirectoryEntry {
        link: PageLink {
            label: writer.set(call.name(layout.language)),
            path: layout.in_language(&format!("/api/collections/calls/items/{}", call.code)),
        },
        badge: Some(writer.badge(call.state(writer.at, None))),
        lines,
        ..DirectoryEntry::default()
    }
}

/// The rules in words, from the table of fields.
fn rules(writer: &EntryWriter<'_>, scheme: &FundingScheme) -> Vec<NamedFact> {
    let layout = writer.layout;
    let language = layout.language;
    let told = [
        "operators",
        "nature",
        "themes",
        "sdgs",
        "periodicity",
        "since",
        "applicants",
        "territories",
        "countries",
        "min_authorities",
        "joint",
        "sponsor",
        "conditions",
        "yields_to",
        "rates",
        "min_amount_eur",
        "max_amount_eur",
        "own_share",
        "duration_months",
        "site",
    ];
    let fields =
        told.iter().filter_map(|name| FundingScheme::fields().iter().find(|one| one.name == *name));
    let facts = fields.filter_map(|field| {
        let value = (field.get)(scheme);
        let values = match (field.name, &value) {
            ("countries", CellValue::Nothing) => {
                vec![said(layout.text("scheme.countries.unknown").to_owned())]
            }
            ("applicants", CellValue::Nothing) => {
                vec![said(layout.text("scheme.applicants.unknown").to_owned())]
            }
            ("territories", CellValue::Nothing) => {
                vec![said(layout.text("scheme.territories.all").to_owned())]
            }
            ("themes", CellValue::Nothing) => {
                vec![said(layout.text("scheme.themes.all").to_owned())]
            }
            (_, CellValue::Nothing) => return None,
            _ => values_of(writer, field.name, &value),
        };
        Some(fact(&typeset(language, field.title(language)), values))
    });
    facts.collect()
}

/// The values of a field as people read them.
fn values_of(writer: &EntryWriter<'_>, name: &str, value: &CellValue) -> Vec<PageLink> {
    let layout = writer.layout;
    let language = layout.language;
    let directory = writer.directory;
    let texts: Vec<String> = match value {
        CellValue::Texts(list) => list.clone(),
        CellValue::Rates(rates) => {
            rates.iter().map(|rate| rate_in_words(directory, layout, rate)).collect()
        }
        CellValue::Number(number) if name.ends_with("_eur") => {
            vec![format::euros(language, *number as f64)]
        }
        CellValue::Number(number) if name == "own_share" => vec![format!("{number} %")],
        CellValue::Date(date) => vec![layout.date(&date.to_string())],
        other => vec![other.to_string().replace('|', ", ")],
    };
    let list = match name {
        "nature" => Some(choice::NATURES),
        "periodicity" => Some(choice::PERIODICITIES),
        "applicants" => Some(choice::APPLICANTS),
        "conditions" => Some(choice::CONDITIONS),
        "joint" | "sponsor" => Some(choice::FLAGS),
        _ => None,
    };
    let link = |text: String| match name {
        "operators" => {
            directory.actor(&text).map_or_else(|| said(text), |one| writer.actor_link(one))
        }
        "yields_to" => {
            directory.scheme(&text).map_or_else(|| said(text), |one| writer.scheme_link(one))
        }
        "themes" => {
            let term = vocabularies::themes().by_code(&text);
            said(term.map_or(text, |term| term.label.get(language).to_owned()))
        }
        "territories" => said(writer.set(&group_name(directory, layout, &text))),
        "countries" => said(writer.set(&country_in_words(directory, layout, &text))),
        "site" => PageLink { label: text.clone(), path: text },
        _ => said(
            writer.set(&list.map_or(text.clone(), |list| choice::label(list, &text, language))),
        ),
    };
    texts.into_iter().map(link).collect()
}

fn group_name(directory: &Directory, layout: &Layout, code: &str) -> String {
    let group = directory.group(code);
    group.map_or_else(|| code.to_owned(), |group| group.name(layout.language).to_owned())
}

fn country_in_words(directory: &Directory, layout: &Layout, text: &str) -> String {
    match text.strip_prefix('@') {
        Some(code) => group_name(directory, layout, code),
        None if text == "*" => layout.text("scheme.countries.all").to_owned(),
        None => Dimension::Country.label(text, layout.language),
    }
}

fn rate_in_words(directory: &Directory, layout: &Layout, rate: &Rate) -> String {
    let max = format!("{} %", rate.max);
    match rate.group.as_str() {
        "*" => layout.fill("scheme.rate", "rate", &max),
        code => layout.headed(&group_name(directory, layout, code), &max),
    }
}
