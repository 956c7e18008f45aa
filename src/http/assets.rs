//! The files of `static/`, embedded in the binary.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, EntityTag, Header, IfNoneMatch},
    web,
};
use data_encoding::HEXLOWER;
use rust_embed::RustEmbed;

use super::problem::Problem;

/// Everything that a browser gets.
#[derive(RustEmbed)]
#[folder = "static/"]
pub(crate) struct Files;

/// `GET /static/{path}`
pub(crate) async fn file(
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let missing = || Problem::missing("there is no such file");
    let file = Files::get(&path).ok_or_else(missing)?;
    let tag = EntityTag::new_strong(HEXLOWER.encode(&file.metadata.sha256_hash()[..12]));
    let unchanged = match IfNoneMatch::parse(&request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(&tag)),
        Err(_) => false,
    };
    let mut response = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::ETAG, tag.to_string()))
        .insert_header((header::CACHE_CONTROL, "public, no-cache"))
        .insert_header((header::VARY, "Accept-Encoding"));
    if unchanged {
        return Ok(response.finish());
    }
    let kind = match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("geojson") => "application/geo+json",
        Some("mjs" | "js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        _ => file.metadata.mimetype(),
    };
    Ok(response.content_type(kind).body(file.data))
}
