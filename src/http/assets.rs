//! The files of `static/`, embedded in the binary.

use std::{
    collections::HashMap,
    io::Write,
    sync::{LazyLock, Mutex, PoisonError},
};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, EntityTag},
    web,
};
use bytes::Bytes;
use data_encoding::HEXLOWER;
use flate2::{Compression, write::GzEncoder};
use rust_embed::RustEmbed;

use super::{conditional, problem::Problem};

/// Everything that a browser gets.
#[derive(RustEmbed)]
#[folder = "static/"]
pub(crate) struct Files;

/// Files that are smaller than this, in bytes, are left to the server's own compression.
const WORTH_KEEPING: usize = 16 * 1024;

/// `GET /static/{path}`
pub(crate) async fn file(
    request: HttpRequest,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let file = Files::get(&path).ok_or_else(|| Problem::missing("there is no such file"))?;
    let kind = match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("geojson") => "application/geo+json",
        Some("mjs" | "js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        _ => file.metadata.mimetype(),
    };
    let packed = kind != "font/woff2" && file.data.len() >= WORTH_KEEPING && accepts_gzip(&request);
    let digest = HEXLOWER.encode(&file.metadata.sha256_hash()[..12]);
    // the packed bytes are another representation, with a tag of its own (RFC 9110, 8.8.3)
    let tag = EntityTag::new_strong(if packed { format!("{digest}-gzip") } else { digest });
    Ok(conditional::respond_tagged(&tag, &request, |response| {
        response.content_type(kind);
        if packed {
            response.insert_header((header::CONTENT_ENCODING, "gzip"));
            response.body(gzip(&path, &file.data))
        } else {
            response.body(file.data)
        }
    }))
}

fn accepts_gzip(request: &HttpRequest) -> bool {
    let accepted = request.headers().get(header::ACCEPT_ENCODING);
    let accepted = accepted.and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        name.trim() == "gzip" && weight.replace(' ', "") != "q=0"
    })
}

/// The file packed as small as gzip can; packed once, on first use.
fn gzip(path: &str, data: &[u8]) -> Bytes {
    static PACKED: LazyLock<Mutex<HashMap<String, Bytes>>> = LazyLock::new(Mutex::default);
    if let Some(packed) = PACKED.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
        return packed.clone();
    }
    let mut encoder = GzEncoder::new(Vec::with_capacity(data.len() / 3), Compression::best());
    // a buffer in memory takes every write
    let _ = encoder.write_all(data);
    let packed = Bytes::from(encoder.finish().unwrap_or_default());
    let mut all = PACKED.lock().unwrap_or_else(PoisonError::into_inner);
    all.insert(path.to_owned(), packed.clone());
    packed
}
