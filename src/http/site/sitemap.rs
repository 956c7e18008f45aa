//! What search engines may read: robots.txt and a sitemap (sitemaps.org 0.9) of every page in both
//! languages, in parts.

use std::fmt::Write;

use actix_web::{HttpRequest, HttpResponse, web};

use crate::{
    domain::Language,
    http::{
        page::{
            addresses::{in_other_language, partnership_path},
            layout::Layout,
            reply,
            site_page::SitePage,
        },
        site::{feeds::xml, place::page::PlaceKind},
        web::{conditional, state::State},
    },
    reference::vocabularies,
    search::{Collection, Snapshot, directory::Directory},
};

/// Pages of one part: each has two addresses, of which a part may have 50,000.
const PART: usize = 25_000;
/// The collections whose items have pages.
const COLLECTIONS: [(Collection, Option<PlaceKind>); 5] = [
    (Collection::Countries, Some(PlaceKind::Country)),
    (Collection::Regions, Some(PlaceKind::Region)),
    (Collection::Collectivities, Some(PlaceKind::Collectivity)),
    (Collection::Partners, Some(PlaceKind::Partner)),
    (Collection::Partnerships, None),
];

/// `GET /robots.txt`: everything but filtered views and files, of which there is no end.
pub(crate) async fn robots(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let snapshot = state.publisher.snapshot();
    let layout = reply::layout(&request, Language::French);
    conditional::respond(&snapshot, &request, |response| {
        let unlisted = SitePage::ALL.into_iter().filter(|page| !page.is_listed());
        let unlisted: String = unlisted
            .flat_map(|page| Language::ALL.map(|language| page.path(language)))
            .map(|path| ["Disallow: ", path, "\n"].concat())
            .collect();
        response.content_type("text/plain; charset=utf-8").body(format!(
            "User-agent: *\nDisallow: /api/\n{unlisted}\
             Disallow: /*?*cursor=\nDisallow: /*?*sortby=\nSitemap: {}\n",
            layout.absolute("/sitemap.xml")
        ))
    })
}

/// `GET /sitemap.xml`: the parts.
pub(crate) async fn index(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    let snapshot = state.publisher.snapshot();
    let layout = reply::layout(&request, Language::French);
    let parts = COLLECTIONS.iter().flat_map(|(collection, _)| {
        let parts = snapshot.whole(*collection).len().div_ceil(PART as u64);
        (1..=parts).map(move |part| format!("{}-{part}", collection.id()))
    });
    let parts = [String::from("pages")].into_iter().chain(parts);
    let mut list = String::new();
    for part in parts {
        let address = xml(&layout.absolute(&format!("/sitemap/{part}.xml")));
        // a buffer in memory takes every write
        let _ = writeln!(list, "<sitemap><loc>{address}</loc></sitemap>");
    }
    respond(&snapshot, &request, || {
        format!(
            "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{list}</sitemapindex>\n"
        )
    })
}

/// `GET /sitemap/{part}.xml`: some pages, each in both languages.
pub(crate) async fn part(
    request: HttpRequest,
    part: web::Path<String>,
    state: web::Data<State>,
) -> HttpResponse {
    let snapshot = state.publisher.snapshot();
    let layout = reply::layout(&request, Language::French);
    let Some(pages) =
        part.strip_suffix(".xml").and_then(|part| pages_of((&snapshot, &state.directory), part))
    else {
        return reply::missing(&request);
    };
    respond(&snapshot, &request, || {
        let pages: String = pages.iter().map(|page| page.write(&layout)).collect();
        format!(
            "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:xhtml=\"http://www.w3.org/1999/xhtml\">\n{pages}</urlset>\n"
        )
    })
}

fn respond(
    snapshot: &Snapshot,
    request: &HttpRequest,
    body: impl FnOnce() -> String,
) -> HttpResponse {
    conditional::respond(snapshot, request, |response| {
        let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        response.content_type("application/xml; charset=utf-8").body(head.to_owned() + &body())
    })
}

/// A page: its French path, and the day of its last change where that is known.
struct Listed {
    path: String,
    changed: Option<String>,
}

impl Listed {
    fn write(&self, layout: &Layout) -> String {
        let english = in_other_language(Language::French, &self.path);
        let [french, english] = [&self.path, &english].map(|path| xml(&layout.absolute(path)));
        let changed = self.changed.as_ref();
        let changed = changed.map(|day| format!("<lastmod>{day}</lastmod>")).unwrap_or_default();
        let alternates = format!(
            "<xhtml:link rel=\"alternate\" hreflang=\"fr\" href=\"{french}\"/><xhtml:link rel=\"alternate\" hreflang=\"en\" href=\"{english}\"/>"
        );
        format!(
            "<url><loc>{french}</loc>{changed}{alternates}</url>\n<url><loc>{english}</loc>{changed}{alternates}</url>\n"
        )
    }
}

/// The pages of a part; none where there is no such part.
fn pages_of((snapshot, directory): (&Snapshot, &Directory), part: &str) -> Option<Vec<Listed>> {
    let still = |path: String| Listed { path, changed: None };
    if part == "pages" {
        let themes = vocabularies::themes().terms().iter();
        let themes = themes.map(|term| PlaceKind::Theme.path(Language::French, &term.code));
        let listed = SitePage::ALL.into_iter().filter(|page| page.is_listed());
        let listed = listed.map(|page| page.path(Language::French).to_owned());
        let below = |page: SitePage, code: &str| format!("{}/{code}", page.path(Language::French));
        let schemes = directory.schemes.iter().map(|one| below(SitePage::Funding, &one.code));
        let actors = directory.actors.iter().map(|one| below(SitePage::Actors, &one.code));
        return Some(listed.chain(themes).chain(schemes).chain(actors).map(still).collect());
    }
    let (id, number) = part.rsplit_once('-')?;
    let (collection, kind) = COLLECTIONS.iter().find(|(one, _)| one.id() == id)?;
    let first = number.parse::<usize>().ok()?.checked_sub(1)?.checked_mul(PART)?;
    let items = snapshot.whole(*collection).items().iter().skip(first).take(PART);
    let page = |item| {
        let id = snapshot.item_id(*collection, item);
        match kind {
            Some(kind) => still(kind.path(Language::French, &id)),
            None => Listed {
                path: partnership_path(Language::French, &id),
                changed: Some(snapshot.updated(item).format("%Y-%m-%d").to_string()),
            },
        }
    };
    Some(items.map(page).collect::<Vec<_>>()).filter(|pages| !pages.is_empty())
}
