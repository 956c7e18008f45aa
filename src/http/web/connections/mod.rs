//! The connections of each thread that answers, and which of them end before their clients want it.
//!
//! Every thread knows its own connections. Where there are as many as may be, the one that has waited
//! longest for a request of its client ends, and makes room for whoever comes. Once a second those
//! end whose clients send the head of a request, or take an answer, too slowly: by drops a client
//! could hold a connection, and what answers it, for ever.
//!
//! | file | holds |
//! |---|---|
//! | `stream.rs` | [`WatchedStream`]: the bytes of a connection, counted |
//! | `own_answer.rs` | what the HTTP library answers by itself, as a problem with the usual headers |

mod own_answer;
mod stream;

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    net::IpAddr,
    pin::Pin,
    rc::{Rc, Weak},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    task::{Context, Poll, Waker, ready},
    time::{Duration, Instant},
};

use actix_web::{
    HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    rt,
};
use bytes::Bytes;

use crate::http::web::middleware::access_log::AccessLine;

pub(crate) use stream::WatchedStream;

/// How often slow clients are looked for.
const SWEEP: Duration = Duration::from_secs(1);
/// Bytes a second that a client takes at least of what waits for it.
pub(crate) const MIN_RATE: u64 = 1_000;
/// Smaller bodies are in the connection's own buffer as soon as they are there.
const SMALL: u64 = 128 * 1024;

/// What connections may take, for each thread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ConnectionLimits {
    /// As many are open before the longest idle one ends for the next.
    pub(crate) max: usize,
    /// How long the head of a request may take to come.
    pub(crate) header_timeout: Duration,
    /// Over what time a client takes [`MIN_RATE`].
    pub(crate) write_timeout: Duration,
}

/// Why a connection ended before its client wanted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EndReason {
    /// Somebody else needed the room.
    Full,
    /// The head of a request came too slowly.
    SlowHead,
    /// An answer was taken too slowly.
    SlowReader,
}

static OPEN: AtomicU64 = AtomicU64::new(0);
static ENDED: [AtomicU64; 3] = [const { AtomicU64::new(0) }; 3];

/// How many connections are open, of all threads.
pub(crate) fn open() -> u64 {
    OPEN.load(Relaxed)
}

/// How many were ended, by why.
pub(crate) fn ended() -> [(&'static str, u64); 3] {
    [
        (EndReason::Full, "full"),
        (EndReason::SlowHead, "slow_head"),
        (EndReason::SlowReader, "slow_reader"),
    ]
    .map(|(reason, name)| (name, ENDED[reason as usize].load(Relaxed)))
}

/// The connections of one thread.
pub(crate) struct Connections {
    limits: ConnectionLimits,
    open: RefCell<HashMap<u64, Rc<Connection>>>,
    next: Cell<u64>,
}

/// One connection, as far as it is known here.
pub(crate) struct Connection {
    /// Whom it is with.
    peer: Option<IpAddr>,
    /// Requests that are being answered.
    answered: Cell<u32>,
    /// Since when there is none.
    idle_since: Cell<Instant>,
    /// When the head of a request began to come that is not whole yet.
    head_since: Cell<Option<Instant>>,
    /// Whether the client has not taken what is there for it.
    is_blocked: Cell<bool>,
    /// Bytes that it has taken.
    written: Cell<u64>,
    /// When it was first found blocked, and how much it had taken then.
    blocked_since: Cell<Option<(Instant, u64)>>,
    is_ended: Cell<bool>,
    wakers: RefCell<[Option<Waker>; 2]>,
}

impl Connections {
    pub(crate) fn new(limits: ConnectionLimits) -> Rc<Self> {
        Rc::new(Self { limits, open: RefCell::default(), next: Cell::new(0) })
    }

    /// Knows a connection until its stream is dropped; makes room for it where there is none.
    pub(crate) fn watch<S>(self: &Rc<Self>, stream: S, peer: Option<IpAddr>) -> WatchedStream<S> {
        let number = self.next.get();
        self.next.set(number + 1);
        if number == 0 {
            self.sweep_regularly();
        }
        self.make_room();
        let connection = Rc::new(Connection::new(peer));
        self.open.borrow_mut().insert(number, Rc::clone(&connection));
        OPEN.fetch_add(1, Relaxed);
        WatchedStream::new(stream, connection, Registration { number, all: Rc::downgrade(self) })
    }

    /// Ends the connections that have been idle longest, where there are as many as may be.
    fn make_room(&self) {
        let open = self.open.borrow();
        if open.len() < self.limits.max {
            return;
        }
        let living = open.values().filter(|connection| !connection.is_ended.get());
        let more = (living.clone().count() + 1).saturating_sub(self.limits.max);
        let mut idle: Vec<&Rc<Connection>> =
            living.filter(|connection| connection.answered.get() == 0).collect();
        idle.sort_by_key(|connection| connection.idle_since.get());
        for connection in idle.into_iter().take(more) {
            connection.end(EndReason::Full);
        }
    }

    fn sweep_regularly(self: &Rc<Self>) {
        let all = Rc::downgrade(self);
        rt::spawn(async move {
            loop {
                rt::time::sleep(SWEEP).await;
                let Some(all) = all.upgrade() else { return };
                all.sweep(Instant::now());
            }
        });
    }

    /// Ends the connections of clients that are too slow.
    fn sweep(&self, now: Instant) {
        for connection in self.open.borrow().values().filter(|one| !one.is_ended.get()) {
            let is_late = |since: Instant| now.duration_since(since) > self.limits.header_timeout;
            if connection.answered.get() == 0 && connection.head_since.get().is_some_and(is_late) {
                connection.end(EndReason::SlowHead);
            } else if connection.takes_too_little(now, self.limits.write_timeout) {
                connection.end(EndReason::SlowReader);
            }
        }
    }
}

/// Forgets a connection once it is dropped.
struct Registration {
    number: u64,
    all: Weak<Connections>,
}

impl Drop for Registration {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Relaxed);
        if let Some(all) = self.all.upgrade() {
            all.open.borrow_mut().remove(&self.number);
        }
    }
}

impl Connection {
    fn new(peer: Option<IpAddr>) -> Self {
        Self {
            peer,
            answered: Cell::new(0),
            idle_since: Cell::new(Instant::now()),
            head_since: Cell::default(),
            is_blocked: Cell::default(),
            written: Cell::default(),
            blocked_since: Cell::default(),
            is_ended: Cell::default(),
            wakers: RefCell::default(),
        }
    }

    /// Notes that a request is being answered, until what this gives is dropped.
    pub(crate) fn begin_answer(self: &Rc<Self>) -> Answering {
        self.answered.set(self.answered.get() + 1);
        self.head_since.set(None);
        Answering(Rc::clone(self))
    }

    fn takes_too_little(&self, now: Instant, over: Duration) -> bool {
        if !self.is_blocked.get() {
            self.blocked_since.set(None);
            return false;
        }
        let written = self.written.get();
        let (since, before) = self.blocked_since.get().unwrap_or((now, written));
        self.blocked_since.set(Some((since, before)));
        let waited = now.duration_since(since);
        if waited < over {
            return false;
        }
        self.blocked_since.set(Some((now, written)));
        (written - before) < waited.as_secs() * MIN_RATE
    }

    /// Has its stream fail, which ends what answers it.
    fn end(&self, reason: EndReason) {
        self.is_ended.set(true);
        ENDED[reason as usize].fetch_add(1, Relaxed);
        for waker in self.wakers.take().into_iter().flatten() {
            waker.wake();
        }
    }
}

/// A request is being answered as long as there is this.
pub(crate) struct Answering(Rc<Connection>);

impl Answering {
    /// Goes on until the body of an answer has gone, if that may take; then the line is written.
    pub(crate) fn until_sent(self, response: HttpResponse, line: AccessLine) -> HttpResponse {
        let size = response.body().size();
        let known = match size {
            BodySize::None => Some(0),
            BodySize::Sized(size) if size <= SMALL => Some(size),
            _ => None,
        };
        if let Some(bytes) = known {
            line.write(bytes, true);
            return response;
        }
        let sent = Sent { size, bytes: 0, is_whole: false, line, _until: self };
        response.map_body(|_, body| BoxBody::new(AnsweringBody { body, sent }))
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let connection = &self.0;
        connection.answered.set(connection.answered.get() - 1);
        connection.idle_since.set(Instant::now());
    }
}

/// What has gone of a body.
struct Sent {
    size: BodySize,
    bytes: u64,
    is_whole: bool,
    line: AccessLine,
    _until: Answering,
}

impl Drop for Sent {
    fn drop(&mut self) {
        let is_whole = self.is_whole || self.size == BodySize::Sized(self.bytes);
        self.line.write(self.bytes, is_whole);
    }
}

struct AnsweringBody {
    body: BoxBody,
    sent: Sent,
}

impl MessageBody for AnsweringBody {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let piece = ready!(Pin::new(&mut self.body).poll_next(context));
        match &piece {
            Some(Ok(bytes)) => self.sent.bytes += bytes.len() as u64,
            Some(Err(_)) => {}
            None => self.sent.is_whole = true,
        }
        Poll::Ready(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: ConnectionLimits = ConnectionLimits {
        max: 3,
        header_timeout: Duration::from_secs(10),
        write_timeout: Duration::from_mins(1),
    };

    fn ended(streams: &[WatchedStream<()>]) -> Vec<bool> {
        streams.iter().map(|stream| stream.connection().is_ended.get()).collect()
    }

    #[actix_web::test]
    async fn the_longest_idle_one_makes_room() {
        let all = Connections::new(LIMITS);
        let mut streams: Vec<_> = (0..3).map(|_| all.watch((), None)).collect();
        // the first is being answered: it is the second that goes
        let answering = streams[0].connection().begin_answer();
        streams.push(all.watch((), None));
        assert_eq!(ended(&streams), [false, true, false, false]);
        streams.remove(1);
        assert_eq!(all.open.borrow().len(), 3);
        // it has become idle after the third
        drop(answering);
        streams.push(all.watch((), None));
        assert_eq!(ended(&streams), [false, true, false, false]);
        drop(streams);
        assert!(all.open.borrow().is_empty());
    }

    #[actix_web::test]
    async fn slow_clients_are_found() {
        let all = Connections::new(ConnectionLimits { max: 10, ..LIMITS });
        let streams: Vec<_> = (0..4).map(|_| all.watch((), None)).collect();
        let [idle, head, dribble, reader] = [0, 1, 2, 3].map(|at| streams[at].connection());
        let begun = Instant::now();
        let after = |seconds| begun + Duration::from_secs(seconds);
        head.head_since.set(Some(begun));
        let _answers = (dribble.begin_answer(), reader.begin_answer());
        for blocked in [&dribble, &reader] {
            blocked.is_blocked.set(true);
        }
        all.sweep(begun);
        all.sweep(after(9));
        assert_eq!(ended(&streams), [false; 4]);
        all.sweep(after(11));
        assert_eq!(ended(&streams), [false, true, false, false]);
        dribble.written.set(59_000);
        reader.written.set(70_000);
        all.sweep(after(59));
        assert_eq!(ended(&streams), [false, true, false, false]);
        all.sweep(after(60));
        assert_eq!(ended(&streams), [false, true, true, false]);
        assert!(!idle.is_ended.get(), "the library ends it, when its time has come");
    }
}
