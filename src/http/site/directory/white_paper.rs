//! `/livre-blanc`: the three axes of the policy that the register serves, what of each it does, with
//! live figures. Only what is certain is told; the text of the 21 propositions is not known here.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::Utc;

use crate::{
    http::{
        page::{
            layout::{Layout, PageLink},
            reply::{self, Visit},
            site_page::SitePage,
        },
        site::directory::{
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
    DirectoryPage {
        lead: layout.text("white_paper.lead").to_owned(),
        notices: vec![layout.text("white_paper.unknown").to_owned()],
        sections: axes.into_iter().map(section).collect(),
        layout: Layout {
            description: layout.text("white_paper.lead").to_owned(),
            canonical: Some(SitePage::WhitePaper.path(layout.language).to_owned()),
            ..layout.clone().of(SitePage::WhitePaper)
        },
        ..DirectoryPage::default()
    }
}
