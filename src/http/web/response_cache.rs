//! Finished bodies, kept for whoever asks next: by their tags, which name version, address, form
//! and coding, so that none is ever out of date.

use std::sync::LazyLock;

use actix_web::http::header::EntityTag;
use bytes::Bytes;
use quick_cache::{Weighter, sync::Cache};

use crate::http::web::problem::Problem;

/// All of them together take at most so many bytes.
const BYTES: u64 = 32 << 20;
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
        // an empty one has its cost as well
        (tag.len() + body.len() + 200) as u64
    }
}

/// The body with a tag, or what `write` makes of it. It is kept from the second time on: who reads
/// everything page by page pushes nothing out.
pub(crate) fn written(
    tag: &EntityTag,
    write: impl FnOnce() -> Result<Vec<u8>, Problem>,
) -> Result<Bytes, Problem> {
    let tag = tag.tag().as_bytes();
    let known = BODIES.get(tag);
    if let Some(body) = known.as_ref().filter(|body| !body.is_empty()) {
        return Ok(body.clone());
    }
    let body = Bytes::from(write()?);
    if body.len() <= LARGEST {
        // an empty one only says that somebody has asked
        let kept = known.map_or_else(Bytes::new, |_| body.clone());
        BODIES.insert(tag.to_vec(), kept);
    }
    Ok(body)
}

/// The body with a tag, or what `make` makes, once for all who wait for it.
pub(crate) async fn made(tag: &[u8], make: impl Future<Output = Bytes>) -> Bytes {
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
            let body = written(&tag, || {
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
        assert!(written(&tag, || Err(Problem::missing(["rien", "nothing"]))).is_err());
        assert!(written(&tag, || Ok(b"{}".to_vec())).is_ok());
    }
}
