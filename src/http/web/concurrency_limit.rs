//! What takes long is done so many times at once, and nobody waits in a queue for it.

use std::sync::atomic::{AtomicUsize, Ordering};

/// So many turns.
pub(crate) struct Turns {
    taken: AtomicUsize,
    most: usize,
}

/// One of them; given back when it is dropped.
pub(crate) struct Turn(&'static Turns);

impl Turns {
    /// At most so many at once.
    pub(crate) const fn of(most: usize) -> Self {
        Self { taken: AtomicUsize::new(0), most }
    }

    /// A turn, if one is left.
    pub(crate) fn take(&'static self) -> Option<Turn> {
        let before = self.taken.fetch_add(1, Ordering::AcqRel);
        let turn = Turn(self);
        (before < self.most).then_some(turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_that_is_given_back_is_there_for_the_next() {
        static TURNS: Turns = Turns::of(1);
        let first = TURNS.take();
        assert!(first.is_some() && TURNS.take().is_none());
        drop(first);
        assert!(TURNS.take().is_some());
    }
}
