//! Caps concurrent expensive work; rejects instead of queueing.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How many tasks of a kind may run at a time.
pub(crate) struct ConcurrencyLimit {
    running: AtomicUsize,
    max: usize,
}

/// The permission to run one task; released when it is dropped.
pub(crate) struct ConcurrencyPermit(&'static ConcurrencyLimit);

impl ConcurrencyLimit {
    /// At most `max` tasks at a time.
    pub(crate) const fn new(max: usize) -> Self {
        Self { running: AtomicUsize::new(0), max }
    }

    /// A permit, unless as many tasks run as may.
    pub(crate) fn try_acquire(&'static self) -> Option<ConcurrencyPermit> {
        let before = self.running.fetch_add(1, Ordering::AcqRel);
        let permit = ConcurrencyPermit(self);
        (before < self.max).then_some(permit)
    }
}

impl Drop for ConcurrencyPermit {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_released_permit_can_be_acquired_again() {
        static LIMIT: ConcurrencyLimit = ConcurrencyLimit::new(1);
        let first = LIMIT.try_acquire();
        assert!(first.is_some() && LIMIT.try_acquire().is_none());
        drop(first);
        assert!(LIMIT.try_acquire().is_some());
    }
}
