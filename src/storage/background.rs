//! A thread that writes one batch while the next is prepared.

use std::{
    sync::mpsc::{self, Receiver, Sender},
    thread::Scope,
};

use super::{StorageError, connection::AnyConnection};

/// What writes rows on the connection.
pub(super) type WriteTask = Box<dyn FnOnce(&mut AnyConnection) -> Result<(), StorageError> + Send>;

/// A connection, and the thread that has it while it writes a batch.
pub(super) struct Background<'c> {
    /// Not here while the thread has it.
    connection: Option<&'c mut AnyConnection>,
    tasks: Sender<(&'c mut AnyConnection, WriteTask)>,
    written: Receiver<(&'c mut AnyConnection, Result<(), StorageError>)>,
    failure: Option<StorageError>,
}

impl<'c> Background<'c> {
    /// Starts the thread; it ends with this.
    pub(super) fn new<'s>(scope: &'s Scope<'s, '_>, connection: &'c mut AnyConnection) -> Self
    where
        'c: 's,
    {
        let (tasks, received) = mpsc::channel::<(&'c mut AnyConnection, WriteTask)>();
        let (tell, written) = mpsc::channel();
        scope.spawn(move || {
            for (connection, task) in received {
                let result = task(connection);
                // nobody listens where the transaction was given up
                let _ = tell.send((connection, result));
            }
        });
        Self { connection: Some(connection), tasks, written, failure: None }
    }

    /// The connection, once what was given to [`Self::write`] is written. Where that failed, so
    /// does the transaction: [`Self::finished`] says why.
    #[expect(clippy::expect_used, reason = "the thread ends before this only by a panic")]
    pub(super) fn connection(&mut self) -> &mut AnyConnection {
        let connection = self.connection.take().unwrap_or_else(|| {
            let (connection, result) = self.written.recv().expect("the thread that writes");
            self.failure = self.failure.take().or(result.err());
            connection
        });
        self.connection.insert(connection)
    }

    /// Has rows written after those before; none is begun after one that failed. Where the thread
    /// is gone by a panic, so is the transaction.
    pub(super) fn write(&mut self, task: WriteTask) -> Result<(), StorageError> {
        self.finished()?;
        if let Some(connection) = self.connection.take()
            && let Err(unsent) = self.tasks.send((connection, task))
        {
            self.connection = Some(unsent.0.0);
        }
        Ok(())
    }

    /// Waits until everything is written; why something was not.
    pub(super) fn finished(&mut self) -> Result<(), StorageError> {
        self.connection();
        self.failure.clone().map_or(Ok(()), Err)
    }
}
