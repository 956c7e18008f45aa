//! What sharing a view takes: its data as files, how to cite it, its address as a QR code, and the
//! map of it for other sites.

use actix_web::{HttpRequest, HttpResponse, http::header::EntityTag};
use sha2::{Digest, Sha256};

use crate::{
    atlas::export::{Format, Purpose},
    http::{
        page::{
            layout::{Layout, escape_query},
            selection::with_query,
        },
        site::{
            list::listing::with,
            partnership::page::DataFormat,
            share::page::{Citation, FileGroup, Files, Share},
        },
        web::{about::About, address::PublicAddress, conditional, problem::Problem},
    },
    search::{Collection, Filter, ParameterError, Snapshot},
};

/// The longest path of a QR code, in bytes: more would be too fine to be read from paper.
const MAX_PATH_LENGTH: usize = 800;

/// What is to be shared.
pub(crate) struct ShareRequest<'a> {
    /// The sentence or the name that it is cited by.
    pub(crate) title: &'a str,
    /// Its own path.
    pub(crate) path: &'a str,
    /// Its filters; none where it is no selection.
    pub(crate) query: Option<&'a str>,
    /// Its files, where the page does not offer them elsewhere.
    pub(crate) files: Option<Files>,
}

/// How to share a page.
pub(crate) fn share(
    layout: &Layout,
    about: &About,
    snapshot: &Snapshot,
    shared: ShareRequest<'_>,
) -> Share {
    let ShareRequest { title, path, query, files } = shared;
    let permalink = layout.absolute(path);
    let date = snapshot.modified().map(|moment| moment.date_naive().to_string());
    let citation = Citation {
        publisher: about.publisher.clone(),
        title: title.to_owned(),
        date: date.unwrap_or_default(),
        licence: about.licence.name(layout.language).to_owned(),
        address: permalink.clone(),
    };
    let embedded = query.map(|query| {
        let separator = if query.is_empty() { "" } else { "&" };
        layout.absolute(&format!("{}?embed=1{separator}{query}", layout.home()))
    });
    Share {
        text: citation.text(layout.language),
        bibtex: citation.bibtex(),
        embed: embedded.map(|address| frame(&address, title)),
        qr_path: (path.len() <= MAX_PATH_LENGTH)
            .then(|| format!("/qr.svg?path={}", escape_query(path))),
        files,
        permalink,
    }
}

/// The element that shows the map or a chart on another site.
pub(crate) fn frame(address: &str, title: &str) -> String {
    let escape = |text: &str| {
        text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
    };
    format!(
        "<iframe src=\"{}\" title=\"{}\" width=\"800\" height=\"500\" loading=\"lazy\" style=\"border:0;max-width:100%\"></iframe>",
        escape(address),
        escape(title)
    )
}

/// The query that asks another collection for what a query selects of partnerships.
fn of_partnerships(query: &str) -> String {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let is_of_items = pairs.any(|(name, _)| Filter::is_of_items(&name));
    let more = is_of_items.then_some("&filter-of=partnerships");
    format!("{query}{}", more.unwrap_or_default())
}

/// A selection of partnerships in every format, as places.
pub(crate) fn formats(layout: &Layout, query: &str) -> Vec<DataFormat> {
    Format::ALL.map(|format| file(layout, query, (Collection::Partnerships, format))).into()
}

/// The same with lines from the French side to the partner, by what each is for.
pub(crate) fn files(layout: &Layout, query: &str) -> Files {
    let lines_query = of_partnerships(query);
    let (places, lines) = ((Collection::Partnerships, query), (Collection::Links, &*lines_query));
    let group = |name, (collection, query): (Collection, &str), purpose| {
        let formats = Format::listed().into_iter().filter(|format| format.purpose() == purpose);
        let files = formats.map(|format| file(layout, query, (collection, format)));
        FileGroup { name, files: files.collect() }
    };
    let spreadsheet = DataFormat {
        label: layout.text("format.spreadsheet").to_owned(),
        path: export_path(layout, query, (Collection::Partnerships, Format::Csv), "spreadsheet=1"),
        media_type: Format::Csv.media_type().to_owned(),
    };
    Files {
        usual: vec![
            FileGroup { name: "table", files: vec![spreadsheet] },
            group("places", places, Purpose::Map),
            group("lines", lines, Purpose::Map),
        ],
        others: vec![
            group("codes", places, Purpose::Table),
            group("places_streamed", places, Purpose::Stream),
            group("lines_streamed", lines, Purpose::Stream),
        ],
        api: layout.absolute(
            &layout.in_language(&with_query("/api/collections/partnerships/items", query)),
        ),
        tiles: layout.absolute(
            &layout.in_language(&with_query("/tiles/links/{z}/{x}/{y}.mvt", &lines_query)),
        ),
        changes_path: with(&with_query(layout.list_path(), query), "sortby", "-updated_at"),
        tilejson_path: layout.in_language(&with_query("/tiles/links.json", &lines_query)),
    }
}

fn file(layout: &Layout, query: &str, (collection, format): (Collection, Format)) -> DataFormat {
    DataFormat {
        label: layout.text(&format!("format.{}", format.extension())).to_owned(),
        path: export_path(layout, query, (collection, format), ""),
        media_type: format.media_type().to_owned(),
    }
}

fn export_path(
    layout: &Layout,
    query: &str,
    (collection, format): (Collection, Format),
    more: &str,
) -> String {
    let path = format!("/api/export/{}.{}", collection.id(), format.extension());
    let parts = [query, more].into_iter().filter(|part| !part.is_empty());
    layout.in_language(&with_query(&path, &parts.collect::<Vec<_>>().join("&")))
}

/// `GET /qr.svg?path=/pays/ML`: the address of a page of this site as a QR code (ISO/IEC 18004).
pub(crate) async fn qr(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let wrong = |reason: [&str; 2]| Problem::from(ParameterError::new("path", reason));
    let query = url::form_urlencoded::parse(request.query_string().as_bytes());
    let path = query.into_iter().find(|(name, _)| name == "path").map(|(_, path)| path);
    // nothing but this site: neither another host nor another scheme
    let path = path.filter(|path| path.starts_with('/') && !path.starts_with("//"));
    let path =
        path.filter(|path| path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\'));
    let path = path.ok_or_else(|| {
        wrong([
            "une adresse de ce site est attendue, comme /pays/ML",
            "a path of this site is expected, such as /pays/ML",
        ])
    })?;
    if path.len() > MAX_PATH_LENGTH {
        return Err(wrong(["elle a plus de 800 octets", "it has more than 800 bytes"]));
    }
    let address = format!("{}{path}", PublicAddress::of(&request).root());
    let code = qrcode::QrCode::with_error_correction_level(&address, qrcode::EcLevel::M);
    let code = code.map_err(|_| {
        wrong(["elle est trop longue pour un code QR", "it is too long for a QR code"])
    })?;
    let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(&address)[..12]);
    Ok(conditional::respond_tagged(&EntityTag::new_strong(digest), &request, |response| {
        response.content_type("image/svg+xml").body(drawn(&code))
    }))
}

/// Dark on light whatever the page's colours are, with the margin of four that readers need.
fn drawn(code: &qrcode::QrCode) -> String {
    use std::fmt::Write;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] == qrcode::Color::Dark {
                // a buffer in memory takes every write
                let _ = write!(path, "M{} {}h{}v1h-{}z", x + 4, y + 4, run.len(), run.len());
            }
            x += run.len();
        }
    }
    let size = width + 8;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{size}v{size}H0z\"/><path d=\"{path}\"/></svg>"
    )
}
