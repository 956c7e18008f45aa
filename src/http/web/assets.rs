//! The files of `static/`, embedded in the binary.

use std::{borrow::Cow, io::Read};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, EntityTag},
    web,
};
use data_encoding::HEXLOWER;
use flate2::read::GzDecoder;
use rust_embed::RustEmbed;

use crate::http::web::{
    conditional,
    content_coding::{self, Coding},
    problem::Problem,
};

/// Everything that a browser gets. Large files of others are kept packed, as `NAME.gz`.
#[derive(RustEmbed)]
#[folder = "static/"]
pub(crate) struct StaticFiles;

/// `GET /static/{path}`
pub(crate) async fn file(
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let plain = StaticFiles::get(&path);
    let is_packed = plain.is_none();
    let file = plain.or_else(|| StaticFiles::get(&format!("{path}.gz")));
    let file = file.ok_or_else(|| {
        Problem::missing(["il n'y a pas de tel fichier", "there is no such file"])
    })?;
    let kind = match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("geojson") => "application/geo+json",
        Some("mjs" | "js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        _ => file.metadata.mimetype(),
    };
    let as_packed = is_packed && content_coding::accepts(request.headers(), Coding::Gzip);
    let digest = HEXLOWER.encode(&file.metadata.sha256_hash()[..12]);
    let tag = EntityTag::new_strong(if as_packed { format!("{digest}-gzip") } else { digest });
    let bytes = if is_packed && !as_packed { unpacked(&file.data)? } else { file.data };
    Ok(conditional::respond_tagged(&tag, &request, |response| {
        response.content_type(kind);
        if as_packed {
            response.insert_header((header::CONTENT_ENCODING, "gzip"));
        }
        response.body(bytes)
    }))
}

/// For the rare client that does not take gzip.
fn unpacked(packed: &[u8]) -> Result<Cow<'static, [u8]>, Problem> {
    let mut plain = Vec::new();
    let read = GzDecoder::new(packed).read_to_end(&mut plain);
    read.map_err(|error| Problem::internal(&error.to_string()))?;
    Ok(plain.into())
}
