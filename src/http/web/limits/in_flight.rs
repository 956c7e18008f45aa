//! Bounds the memory of answers that clients have not taken yet.
//!
//! A large answer goes out in pieces, each when the one before has gone; what is left of it counts
//! until the client has taken it or is gone. While more than the budget is on its way, whoever asks
//! next waits a little, and is then told to come back.

use std::{
    pin::Pin,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use actix_web::{
    HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    rt::time::sleep,
};
use bytes::Bytes;

/// Smaller answers go at once and are not counted: a connection holds as much anyway.
const COUNTED: usize = 128 * 1024;
/// Bytes of a piece.
const PIECE: usize = 64 * 1024;
/// How long a request waits for room, and how often it looks.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(50);

static BYTES: AtomicU64 = AtomicU64::new(0);
static BUDGET: AtomicU64 = AtomicU64::new(u64::MAX);
static REFUSED: AtomicU64 = AtomicU64::new(0);

/// Sets how many bytes may be on their way.
pub(crate) fn set_budget(bytes: u64) {
    BUDGET.store(bytes, Relaxed);
}

/// How many bytes are on their way.
pub(crate) fn bytes() -> u64 {
    BYTES.load(Relaxed)
}

/// How many requests were told to come back.
pub(crate) fn refused() -> u64 {
    REFUSED.load(Relaxed)
}

/// Waits until there is room for another answer; whether there is.
pub(crate) async fn room() -> bool {
    let has_room = || bytes() <= BUDGET.load(Relaxed);
    if has_room() {
        return true;
    }
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        sleep(LOOK).await;
        if has_room() {
            return true;
        }
    }
    REFUSED.fetch_add(1, Relaxed);
    false
}

/// Counts the body of a response until it has gone.
pub(crate) fn count(response: HttpResponse) -> HttpResponse {
    let is_large = |size| matches!(size, BodySize::Sized(length) if length > COUNTED as u64);
    if !is_large(response.body().size()) {
        return response;
    }
    let (response, body) = response.into_parts();
    match body.try_into_bytes() {
        Ok(rest) => {
            BYTES.fetch_add(rest.len() as u64, Relaxed);
            response.set_body(BoxBody::new(CountedBody { rest }))
        }
        Err(body) => response.set_body(body),
    }
}

/// What is left of a body.
struct CountedBody {
    rest: Bytes,
}

impl MessageBody for CountedBody {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.rest.len() as u64)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.rest.len().min(PIECE);
        BYTES.fetch_sub(length as u64, Relaxed);
        Poll::Ready(Some(Ok(self.rest.split_to(length))))
    }
}

impl Drop for CountedBody {
    fn drop(&mut self) {
        BYTES.fetch_sub(self.rest.len() as u64, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn what_is_left_is_counted_until_it_has_gone() {
        let length = COUNTED * 3 + 7;
        let answer = HttpResponse::Ok().body(vec![7; length]);
        let mut body = Box::pin(count(answer).into_body());
        assert_eq!(body.size(), BodySize::Sized(length as u64));
        assert_eq!(bytes(), length as u64);
        set_budget(1);
        let begun = Instant::now();
        assert!(!room().await && begun.elapsed() >= PATIENCE);
        assert_eq!(refused(), 1);
        let next = std::future::poll_fn(|context| body.as_mut().poll_next(context));
        assert_eq!(next.await.unwrap().unwrap().len(), PIECE);
        assert_eq!(bytes(), (length - PIECE) as u64);
        drop(body);
        assert!(bytes() == 0 && room().await);
        // small ones are not
        let small = count(HttpResponse::Ok().body(vec![7; COUNTED]));
        assert_eq!((small.body().size(), bytes()), (BodySize::Sized(COUNTED as u64), 0));
    }
}
