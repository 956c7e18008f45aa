//! The bytes of a connection, counted on their way.

use std::{
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
    time::Instant,
};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{Connection, Registration, own_answer};

/// A stream that knows its connection, and fails once that has ended.
pub(crate) struct WatchedStream<S> {
    stream: S,
    connection: Rc<Connection>,
    _registration: Registration,
    /// Whether all that was given before has been taken: what comes next begins an answer.
    is_fresh: bool,
    /// What is sent in place of something that the library has said.
    instead: Bytes,
}

impl<S> WatchedStream<S> {
    pub(super) fn new(stream: S, connection: Rc<Connection>, registration: Registration) -> Self {
        let instead = Bytes::new();
        Self { stream, connection, _registration: registration, is_fresh: true, instead }
    }

    /// What is known of it.
    pub(crate) fn connection(&self) -> Rc<Connection> {
        Rc::clone(&self.connection)
    }

    /// An error once the connection has ended; else whoever waits is woken when it does.
    fn check(&self, direction: usize, context: &Context<'_>) -> io::Result<()> {
        if self.connection.is_ended.get() {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let waker = &mut self.connection.wakers.borrow_mut()[direction];
        if !waker.as_ref().is_some_and(|known| known.will_wake(context.waker())) {
            *waker = Some(context.waker().clone());
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WatchedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(0, context)?;
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let connection = &self.connection;
        let is_head = connection.answered.get() == 0 && connection.head_since.get().is_none();
        if is_head && buffer.filled().len() > before {
            connection.head_since.set(Some(Instant::now()));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> WatchedStream<S> {
    /// Sends what stands in the place of something else.
    fn poll_instead(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.instead.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &self.instead))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.instead.advance(written);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WatchedStream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(1, context)?;
        ready!(self.poll_instead(context))?;
        if self.is_fresh
            && self.connection.answered.get() == 0
            && let Some(instead) = own_answer::replace(bytes, self.connection.peer)
        {
            self.instead = instead;
            // what is not sent now is when it is flushed
            if let Poll::Ready(sent) = self.poll_instead(context) {
                sent?;
            }
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.connection.is_blocked.set(written.is_pending());
        let written = ready!(written)?;
        self.is_fresh = written == bytes.len();
        self.connection.written.set(self.connection.written.get() + written as u64);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_instead(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_instead(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
