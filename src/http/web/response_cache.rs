//! Caches finished bodies by their entity tags, which name version, address, representation and
//! content coding, so that none is ever out of date.

use std::sync::LazyLock;

use actix_web::http::header::EntityTag;
use bytes::Bytes;
use quick_cache::{Weighter, sync::Cache};

use crate::http::web::problem::Problem;

/// How many bytes all cached bodies may take.
const MAX_TOTAL_BYTES: u64 = 32 << 20;
/// How many bodies are expected.
const EXPECTED_ITEMS: usize = 4096;
/// A larger body is not cached: it would evict too many others.
const MAX_BODY_BYTES: usize = 1 << 20;

static BODIES: LazyLock<Cache<Vec<u8>, Bytes, BodyWeighter>> =
    LazyLock::new(|| Cache::with_weighter(EXPECTED_ITEMS, MAX_TOTAL_BYTES, BodyWeighter));

#[derive(Clone)]
struct BodyWeighter;

impl Weighter<Vec<u8>, Bytes> for BodyWeighter {
    fn weight(&self, tag: &Vec<u8>, body: &Bytes) -> u64 {
        // an empty one has its cost as well
        (tag.len() + body.len() + 200) as u64
    }
}

/// The body with a tag, or what `write` makes of it. It is kept from the second time on: who reads
/// everything page by page pushes nothing out.
pub(crate) fn get_or_render(
    tag: &EntityTag,
    write: impl FnOnce() -> Result<Vec<u8>, Problem>,
) -> Result<Bytes, Problem> {
    let tag = tag.tag().as_bytes();
    let known = BODIES.get(tag);
    if let Some(body) = known.as_ref().filter(|body| !body.is_empty()) {
        return Ok(body.clone());
    }
    let body = Bytes::from(write()?);
    if body.len() <= MAX_BODY_BYTES {
        // an empty one only says that somebody has asked
        let kept = known.map_or_else(Bytes::new, |_| body.clone());
        BODIES.insert(tag.to_vec(), kept);
    }
    Ok(body)
}

/// The body with a tag, or what `make` makes, once for all who wait for it.
pub(crate) async fn get_or_insert(tag: &[u8], make: impl Future<Output = Bytes>) -> Bytes {
    let body = BODIES.get_or_insert_async(tag, async { Ok::<_, ()>(make.await) }).await;
    body.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_kept_from_the_second_time_on() {
        let tag = EntityTag::new_strong("that-nothing-else-has".to_owned());
        let mut times = 0;
        for _ in 0..4 {
            let body = get_or_render(&tag, || {
                times += 1;
                Ok(b"{}".to_vec())
            });
            assert_eq!(body.ok().as_deref(), Some(&b"{}"[..]));
        }
        assert_eq!(times, 2);
    }

    #[test]
    fn a_problem_is_not_kept() {
        let tag = EntityTag::new_strong("another-that-nothing-else-has".to_owned());
        assert!(get_or_render(&tag, || Err(Problem::missing(["rien", "nothing"]))).is_err());
        assert!(get_or_render(&tag, || Ok(b"{}".to_vec())).is_ok());
    }
}
