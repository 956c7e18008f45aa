//! `/livre-blanc`: the three axes of the policy that the register serves, what of each it does, with
//! live figures. Only what is certain is told; the text of the 21 propositions is not known here.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::Utc;

use crate::{
    domain::directory::{DirectoryRecord, Proposition, choice},
    http::{
        page::{
            layout::{Layout, PageLink},
            reply::{self, Visit},
            site_page::SitePage,
        },
        site::directory::{
            entry::EntryWriter,
            funding::{fact, said},
            page::{DirectoryPage, PageSection},
        },
        web::state::State,
    },
    reference::territories,
    search::{Collection, directory::DirectoryFilter},
};

/// `GET /livre-blanc` and `GET /en/white-paper`
pub(crate) async fn white_paper(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    reply::page(&request, &state, |visit| Ok(page(visit))).await
}

// long: one part of the page after another
fn page(visit: &Visit) -> DirectoryPage {
    let layout = visit.layout.clone();
    let (directory, snapshot) = (&visit.state.directory, &visit.snapshot);
    let regions = territories::regions().keys();
    let covered = regions.filter(|code| !directory.networks_of(code).is_empty()).count();
    let now = Utc::now();
    let schemes = directory.find_schemes(&DirectoryFilter::default(), now);
    let expected = schemes.iter().filter(|one| one.state.code() == "attendu").count();
    let open = schemes.iter().filter(|one| one.state.is_open()).count();
    let items = |collection| snapshot.whole(collection).len();
    let axes = [
        (
            "services",
            vec![("actors", directory.actors.len() as u64), ("networks", covered as u64)],
            SitePage::Services,
        ),
        (
            "funding",
            vec![
                ("schemes", directory.schemes.len() as u64),
                ("calls", directory.calls.len() as u64),
                ("open", open as u64),
                ("expected", expected as u64),
            ],
            SitePage::Funding,
        ),
        (
            "framework",
            vec![
                ("partnerships", items(Collection::Partnerships)),
                ("collectivities", items(Collection::Collectivities)),
                ("countries", items(Collection::Countries)),
            ],
            SitePage::Partnerships,
        ),
    ];
    let section = |(axis, figures, leads_to): (&'static str, Vec<(&str, u64)>, SitePage)| {
        let figure = |(name, count): (&str, u64)| {
            let label = layout.text(&format!("white_paper.figure.{name}")).to_owned();
            fact(&label, vec![said(layout.number(count))])
        };
        PageSection {
            id: axis,
            title: layout.text(&format!("white_paper.{axis}")).to_owned(),
            note: layout.text(&format!("white_paper.{axis}.note")).to_owned(),
            facts: figures.into_iter().map(figure).collect(),
            more: Some(PageLink {
                label: layout.text(&format!("white_paper.{axis}.link")).to_owned(),
                path: leads_to.path(layout.language).to_owned(),
            }),
            ..PageSection::default()
        }
    };
    let unknown = directory.propositions.is_empty().then(|| layout.text("white_paper.unknown"));
    DirectoryPage {
        lead: layout.text("white_paper.lead").to_owned(),
        notices: unknown.into_iter().map(str::to_owned).collect(),
        sections: axes.into_iter().map(section).chain(propositions(visit)).collect(),
        layout: Layout {
            description: layout.text("white_paper.lead").to_owned(),
            canonical: Some(SitePage::WhitePaper.path(layout.language).to_owned()),
            ..layout.clone().of(SitePage::WhitePaper)
        },
        ..DirectoryPage::default()
    }
}

/// The propositions that a steward has filled in, each with what is done of it; nothing without.
fn propositions(visit: &Visit) -> Option<PageSection> {
    let (layout, directory) = (&visit.layout, &visit.state.directory);
    let language = layout.language;
    let writer = EntryWriter { directory, layout, at: Utc::now() };
    let told = |one: &Proposition| {
        let number = one.number.unwrap_or_default().to_string();
        let axis = choice::label(choice::AXES, &one.axis, language);
        let answer = match one.answer(language) {
            "" => layout.text("white_paper.no_answer"),
            answer => answer,
        };
        let values = [one.name(language), answer].map(|text| said(writer.set(text)));
        let doubt = writer.doubt(one).map(said);
        let label = layout.fill("white_paper.proposition", "number", &number);
        fact(&layout.headed(&label, &axis), values.into_iter().chain(doubt).collect())
    };
    (!directory.propositions.is_empty()).then(|| PageSection {
        id: "propositions",
        title: layout.text("white_paper.propositions").to_owned(),
        facts: directory.propositions.iter().map(told).collect(),
        ..PageSection::default()
    })
}
