//! Finished bodies, kept for whoever asks next: by their tags, which name version, address, form
//! and coding, so that none is ever out of date.

use std::sync::LazyLock;

use actix_web::http::header::EntityTag;
use bytes::Bytes;
use quick_cache::{Weighter, sync::Cache};

use super::problem::Problem;

/// All of them together take at most so many bytes.
const BYTES: u64 = 48 << 20;
/// How many of them there may be, about.
const ITEMS: usize = 4096;
/// A larger one would push out too many others.
const LARGEST: usize = 1 << 20;

static BODIES: LazyLock<Cache<Vec<u8>, Bytes, ByLength>> =
    LazyLock::new(|| Cache::with_weighter(ITEMS, BYTES, ByLength));

#[derive(Clone)]
struct ByLength;

impl Weighter<Vec<u8>, Bytes> for ByLength {
    fn weight(&self, tag: &Vec<u8>, body: &Bytes) -> u64 {
        (tag.len() + body.len()) as u64
    }
}

/// The body with a tag, or what `write` makes of it.
pub(super) fn written(
    tag: &EntityTag,
    write: impl FnOnce() -> Result<Vec<u8>, Problem>,
) -> Result<Bytes, Problem> {
    let tag = tag.tag().as_bytes();
    if let Some(body) = BODIES.get(tag) {
        return Ok(body);
    }
    let body = Bytes::from(write()?);
    if body.len() <= LARGEST {
        BODIES.insert(tag.to_vec(), body.clone());
    }
    Ok(body)
}

/// The body with a tag, or what `make` makes, once for all who wait for it.
pub(super) async fn made(tag: &[u8], make: impl Future<Output = Bytes>) -> Bytes {
    let body = BODIES.get_or_insert_async(tag, async { Ok::<_, ()>(make.await) }).await;
    body.unwrap_or_default()
}
