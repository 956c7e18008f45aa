//! Bodies on their way out, compressed as the client wants them.
//!
//! A body that is written already and has a tag is compressed once and kept, well; one that is
//! streamed as it goes, fast. Small ones, and what is compressed in itself, go as they are.

use std::io::{self, Write};

use actix_http::encoding::Encoder;
use actix_web::{
    HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    http::{
        StatusCode,
        header::{self, ContentEncoding, HeaderMap, HeaderValue},
    },
    web,
};
use bytes::Bytes;

use crate::http::web::{content_coding::Coding, response_cache};

/// Bodies of fewer bytes are not worth it: they fit into one packet.
const LEAST: u64 = 1024;
/// Larger bodies are compressed on a thread that may take its time.
const AT_ONCE: usize = 64 * 1024;
/// Compresses the body of a response, if `coding` is wanted and it is worth it.
pub(crate) async fn compress(mut response: HttpResponse, coding: Option<Coding>) -> HttpResponse {
    if response.headers().get(header::CONTENT_ENCODING).is_some_and(|coding| coding == "identity") {
        // says that nobody is to compress it, which no client needs to know
        response.headers_mut().remove(header::CONTENT_ENCODING);
        return response;
    }
    if !is_compressible(&response) {
        return response;
    }
    let headers = response.headers_mut();
    if !headers.contains_key(header::VARY) {
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    let Some(coding) = coding else { return response };
    let tag = tagged(response.headers_mut(), coding);
    let (response, body) = response.into_parts();
    match body.try_into_bytes() {
        Ok(plain) => {
            let body = packed(plain, coding, tag).await;
            encoded(response.set_body(BoxBody::new(body)), coding)
        }
        Err(stream) => {
            let kind = match coding {
                Coding::Zstd => ContentEncoding::Zstd,
                Coding::Brotli => ContentEncoding::Brotli,
                Coding::Gzip => ContentEncoding::Gzip,
            };
            let vary = response.headers().get(header::VARY).cloned();
            let mut response = response
                .set_body(())
                .map_body(|head, ()| BoxBody::new(Encoder::response(kind, head, stream)));
            // the encoder has said again what is said already
            if let Some(vary) = vary {
                response.headers_mut().insert(header::VARY, vary);
            }
            response
        }
    }
}

fn encoded(mut response: HttpResponse, coding: Coding) -> HttpResponse {
    let name = HeaderValue::from_static(coding.name());
    response.headers_mut().insert(header::CONTENT_ENCODING, name);
    response
}

fn is_compressible(response: &HttpResponse) -> bool {
    let large = match response.body().size() {
        BodySize::None => false,
        BodySize::Sized(size) => size >= LEAST,
        BodySize::Stream => true,
    };
    let headers = response.headers();
    large
        && response.status() != StatusCode::PARTIAL_CONTENT
        && !headers.contains_key(header::CONTENT_ENCODING)
        && headers.get(header::CONTENT_TYPE).is_some_and(|kind| is_text(kind.as_bytes()))
}

/// Whether bytes of a media type get smaller: fonts and most images are packed already.
fn is_text(kind: &[u8]) -> bool {
    const WORDS: [&[u8]; 6] =
        [b"json", b"xml", b"javascript", b"mapbox-vector-tile", b"flatgeobuf", b"manifest"];
    let has = |word: &[u8]| memchr::memmem::find(kind, word).is_some();
    if kind.starts_with(b"text/") {
        kind != b"text/event-stream"
    } else {
        WORDS.into_iter().any(has)
    }
}

/// Gives the tag of a response its coding; that tag.
fn tagged(headers: &mut HeaderMap, coding: Coding) -> Option<Bytes> {
    let tag = headers.get(header::ETAG)?.as_bytes();
    let open = tag.strip_suffix(b"\"")?;
    let tag = Bytes::from([open, b"-", coding.name().as_bytes(), b"\""].concat());
    headers.insert(header::ETAG, HeaderValue::from_maybe_shared(tag.clone()).ok()?);
    Some(tag)
}

/// The bytes compressed: those that are kept, or they are made, once for all who wait for them.
async fn packed(plain: Bytes, coding: Coding, tag: Option<Bytes>) -> Bytes {
    let make = async move {
        if plain.len() <= AT_ONCE {
            return pack(&plain, coding).unwrap_or_default();
        }
        let made = web::block(move || pack(&plain, coding)).await;
        made.ok().and_then(Result::ok).unwrap_or_default()
    };
    match tag {
        Some(tag) => response_cache::get_or_insert(&tag, make).await,
        None => make.await,
    }
}

/// Compresses into memory, which takes every write.
fn pack(plain: &[u8], coding: Coding) -> io::Result<Bytes> {
    let out = Vec::with_capacity(plain.len() / 4);
    let packed = match coding {
        Coding::Zstd => zstd::bulk::compress(plain, 6)?,
        Coding::Brotli => {
            let mut encoder = brotli::CompressorWriter::new(out, 32 * 1024, 5, 22);
            encoder.write_all(plain)?;
            encoder.into_inner()
        }
        Coding::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(out, flate2::Compression::new(6));
            encoder.write_all(plain)?;
            encoder.finish()?
        }
    };
    Ok(packed.into())
}
