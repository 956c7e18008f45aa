//! An import while it is done, as server-sent events (HTML Living Standard, 9.2).

use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

use actix_web::{rt::time::sleep, web};
use bytes::Bytes;
use futures_util::{Stream, stream};
use serde_json::Value;

use crate::{
    atlas::imports::jobs::Watched,
    http::web::{auth::ask, state::State},
};

/// How often it is looked how far the import is.
const TICK: Duration = Duration::from_millis(200);
/// How often the register is asked about an import that this server is not at.
const ASK: Duration = Duration::from_secs(1);
/// How long nothing is said before a comment tells that the connection lives.
const SILENCE: Duration = Duration::from_secs(15);

struct Watch {
    id: i64,
    state: web::Data<State>,
    last: Watched,
    /// Whether `last` is still to be told.
    is_news: bool,
    /// Whether this server was at it.
    was_running: bool,
    asked: Instant,
    told: Instant,
    ended: bool,
}

/// Events until the import waits for somebody or has ended, the server stops, or nobody listens.
pub(crate) fn stream(
    id: i64,
    first: Watched,
    state: web::Data<State>,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let now = Instant::now();
    let watch = Watch {
        id,
        state,
        last: first,
        is_news: true,
        was_running: false,
        asked: now,
        told: now,
        ended: false,
    };
    stream::unfold(watch, async |mut watch| {
        let bytes = watch.next().await?;
        Some((Ok(bytes), watch))
    })
}

impl Watch {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.ended || self.state.jobs.is_stopping() {
                return None;
            }
            if self.is_news {
                self.is_news = false;
                self.told = Instant::now();
                self.ended = self.last.is_still;
                let event = if self.ended { "end" } else { "progress" };
                return Some(format!("event: {event}\ndata: {}\n\n", self.last.document).into());
            }
            if self.told.elapsed() > SILENCE {
                self.told = Instant::now();
                return Some(Bytes::from_static(b":\n\n"));
            }
            sleep(TICK).await;
            self.look().await;
        }
    }

    /// Looks how far the import is. The register is asked when it begins or ends here, and now
    /// and then otherwise.
    async fn look(&mut self) {
        let progress = self.state.jobs.progress(self.id);
        let is_running = progress.is_some();
        if is_running != self.was_running || self.asked.elapsed() > ASK {
            self.was_running = is_running;
            self.asked = Instant::now();
            let id = self.id;
            // who cannot be asked now is asked again
            if let Ok(now) = ask(&self.state, move |jobs| jobs.watch(id)).await {
                self.is_news = now != self.last;
                self.last = now;
            }
        } else if is_running {
            let progress = progress.unwrap_or(Value::Null);
            self.is_news = self.last.document["progress"] != progress;
            self.last.document["progress"] = progress;
        }
    }
}
