//! Pictures for those who share a page, and the map that is printed with it: drawn by the server.

use std::sync::{Arc, LazyLock};

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use bytes::Bytes;
use quick_cache::sync::Cache;
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{self, fontdb},
};
use roaring::RoaringBitmap;

use crate::{
    domain::{Language, PartnershipId},
    http::{
        page::{
            query::PageQuery,
            reply::{self, Visit},
        },
        site::{
            place::{
                page::PlaceKind,
                picture::PictureView,
                subjects::{self, FoundSubject, find},
            },
            preview::picture::Preview,
        },
        web::{
            assets::StaticFiles,
            blocking, conditional,
            limits::concurrency_limit::ConcurrencyLimit,
            problem::{Problem, UNAVAILABLE},
            state::State,
        },
    },
    search::{
        CancellationToken, Collection, Dimension, Filter, Snapshot, profile::SelectionProfile,
    },
};

/// The most pictures that are drawn at once.
static LIMIT: ConcurrencyLimit = ConcurrencyLimit::new(8);
/// Pictures that are kept; each takes some 100 kB.
const KEPT: usize = 128;
/// Links of a picture.
const DRAWN: usize = 250;
/// What the fonts of pictures hold is in `static/vendor/VENDOR.md`.
const FONTS: [&str; 4] = [
    "vendor/fonts/figtree-latin-500.ttf",
    "vendor/fonts/figtree-latin-ext-500.ttf",
    "vendor/fonts/spectral-latin-500.ttf",
    "vendor/fonts/spectral-latin-ext-500.ttf",
];

/// What a picture shows.
struct PictureSubject {
    title: String,
    sentence: String,
    country: Option<String>,
    records: RoaringBitmap,
}

/// `GET /apercu.png` and `/en/preview.png`, with the filters of a selection.
pub(crate) async fn selection(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let subject = selected(&request);
    answer(request, &state, subject, true).await
}

/// `GET /carte.svg` and `/en/carte.svg`: the map of a selection alone.
pub(crate) async fn map(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let subject = selected(&request);
    answer(request, &state, subject, false).await
}

/// `GET /{folder}/{code}/apercu.png`, in English `…/preview.png`
pub(crate) async fn place(
    kind: PlaceKind,
    request: HttpRequest,
    code: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let subject = move |snapshot: &Snapshot, (_, language): (&CancellationToken, Language)| {
        let FoundSubject::Here(found) = find(snapshot, kind, &code, language) else {
            return Err(Problem::missing(["il n'y a pas de tel lieu", "there is no such place"]));
        };
        let mut filter = Filter::default();
        filter.set(kind.parameter(), &found.code)?;
        let records = snapshot.select(&filter.into(), Collection::Partnerships)?.items().clone();
        let profile = subjects::profile(snapshot, found.selects(), &records);
        let profile = SelectionProfile { since: None, ..profile };
        Ok(PictureSubject {
            title: found.name,
            sentence: subjects::sentence(snapshot, kind, (&profile, &records), language),
            country: found.country,
            records,
        })
    };
    answer(request, &state, subject, true).await
}

/// `GET /partenariats/{id}/apercu.png` and `/en/partnerships/{id}/preview.png`
pub(crate) async fn partnership(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let subject = move |snapshot: &Snapshot, (_, language): (&CancellationToken, Language)| {
        let found =
            id.parse::<PartnershipId>().ok().and_then(|id| snapshot.find(snapshot.lead_of(id)));
        let record = found.ok_or_else(|| {
            Problem::missing([
                "il n'y a pas de partenariat de cet identifiant",
                "there is no partnership with this id",
            ])
        })?;
        let partnership = snapshot.partnership(record);
        let partnership = partnership.ok_or_else(|| Problem::internal("an unreadable record"))?;
        let country = partnership.partners[0].country.clone();
        let kind = partnership.kind.label.get(language).to_owned();
        let start = partnership.period.start().map(|date| date.to_string());
        let parts = [Some(kind), Some(Dimension::Country.label(&country, language)), start];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        Ok(PictureSubject {
            title: partnership.title,
            sentence: parts.join(" · "),
            country: Some(country),
            records: RoaringBitmap::from_iter([record]),
        })
    };
    answer(request, &state, subject, true).await
}

/// The partnerships that the filters of an address leave.
fn selected(
    request: &HttpRequest,
) -> impl FnOnce(&Snapshot, (&CancellationToken, Language)) -> Result<PictureSubject, Problem> + use<>
{
    let query = request.query_string().to_owned();
    move |snapshot, (cancellation, language)| {
        let PageQuery { selection, sentence, .. } =
            PageQuery::read(&query, snapshot, (cancellation, language))?;
        Ok(PictureSubject {
            title: sentence,
            sentence: reply::text(language, "site.tagline").to_owned(),
            country: None,
            records: selection.items().clone(),
        })
    }
}

/// The picture of a subject, unless the client has it; with its title as a PNG, without as an SVG.
async fn answer(
    request: HttpRequest,
    state: &web::Data<State>,
    subject: impl FnOnce(&Snapshot, (&CancellationToken, Language)) -> Result<PictureSubject, Problem>
    + Send
    + 'static,
    is_titled: bool,
) -> Result<HttpResponse, Problem> {
    let media_type = if is_titled { "image/png" } else { "image/svg+xml" };
    let draw = move |visit: &Visit| {
        let subject = subject(&visit.snapshot, (&visit.cancellation, visit.language()))?;
        let svg = written(&visit.snapshot, &subject, visit.language(), is_titled);
        let body = svg.and_then(|svg| if is_titled { rendered(&svg) } else { Some(svg.into()) });
        body.ok_or_else(|| Problem::internal("a picture could not be drawn"))
    };
    drawn(request, state, media_type, draw).await
}

/// A drawing of a snapshot, unless the client has it or it was drawn lately.
pub(crate) async fn drawn(
    request: HttpRequest,
    state: &web::Data<State>,
    media_type: &'static str,
    draw: impl FnOnce(&Visit) -> Result<Bytes, Problem> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    static DRAWN: LazyLock<Cache<(u64, String), Bytes>> = LazyLock::new(|| Cache::new(KEPT));
    let snapshot = state.publisher.snapshot();
    let respond = |body: Bytes| {
        conditional::respond(&snapshot, &request, |response| {
            response.content_type(media_type).body(body)
        })
    };
    if conditional::is_current(&snapshot, &request) {
        return Ok(respond(Bytes::new()));
    }
    let key = (snapshot.fingerprint(), request.full_url().to_string());
    if let Some(body) = DRAWN.get(&key) {
        return Ok(respond(body));
    }
    let permit = LIMIT.try_acquire().ok_or_else(|| {
        Problem::new(
            &UNAVAILABLE,
            [
                "D'autres images sont en cours de dessin ; redemandez dans quelques secondes.",
                "Other pictures are being drawn; try again in a few seconds.",
            ],
        )
    })?;
    let visit = reply::visit(&request, state, &snapshot);
    let body = blocking::run(move |token| {
        let _permit = permit;
        draw(&visit(token))
    })
    .await??;
    DRAWN.insert(key, body.clone());
    Ok(respond(body))
}

fn written(
    snapshot: &Snapshot,
    subject: &PictureSubject,
    language: Language,
    is_titled: bool,
) -> Option<String> {
    let flows = snapshot.flows(&subject.records, DRAWN);
    let ratio = Preview::map_ratio(is_titled);
    let picture = PictureView::framed(&flows, subject.country.as_deref(), ratio);
    let preview = Preview::new(language, picture);
    let preview =
        if is_titled { preview.titled(&subject.title, &subject.sentence) } else { preview };
    preview.render().ok()
}

/// A drawing as a PNG of its own size.
pub(crate) fn rendered(svg: &str) -> Option<Bytes> {
    static FONT_DATABASE: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
        let mut fonts = fontdb::Database::new();
        for file in FONTS.iter().filter_map(|path| StaticFiles::get(path)) {
            fonts.load_font_data(file.data.into_owned());
        }
        Arc::new(fonts)
    });
    let options = usvg::Options { fontdb: FONT_DATABASE.clone(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options).ok()?;
    let size = tree.size().to_int_size();
    let mut pixels = Pixmap::new(size.width(), size.height())?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().ok().map(Bytes::from)
}
