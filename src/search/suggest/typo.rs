//! Words that begin with a text in which one letter may be wrong, missing, too many, or swapped
//! with its neighbour (optimal string alignment distance of at most 1), as an automaton for the
//! dictionary. Ready made ones know no swaps, and build a table for every text.

use fst::Automaton;

/// The longest text, in bytes: a place in it is a bit of a word of 64.
pub(super) const MAX_WORD_LENGTH: usize = 60;

/// One typed word.
pub(super) struct OneTypo<'a>(&'a [u8]);

/// Which beginnings of the text what was read so far can stand for: bit `i` for the first `i`
/// bytes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reached {
    /// Without a typo.
    exact: u64,
    /// With one.
    forgiven: u64,
    /// Bit `i`: the byte after the next was read in its place; the next must follow.
    swapped: u64,
}

impl<'a> OneTypo<'a> {
    /// For a folded word; only its first [`MAX_WORD_LENGTH`] bytes count.
    pub(super) fn new(word: &'a str) -> Self {
        Self(&word.as_bytes()[..word.len().min(MAX_WORD_LENGTH)])
    }

    /// Whether a whole word was read, from its first byte to its last.
    pub(super) fn is_whole(&self, word: &[u8]) -> bool {
        let end = word.iter().fold(self.start(), |state, byte| self.accept(&state, *byte));
        self.is_match(&end)
    }

    /// Whether a word begins with the text.
    pub(super) fn is_beginning(&self, word: &[u8]) -> bool {
        let mut state = self.start();
        self.is_match(&state)
            || word.iter().any(|byte| {
                state = self.accept(&state, *byte);
                self.is_match(&state)
            })
    }

    /// The places of the text that have a byte.
    fn places(&self, byte: u8) -> u64 {
        self.0.iter().zip(0..).filter(|(own, _)| **own == byte).map(|(_, place)| 1 << place).sum()
    }
}

impl Automaton for OneTypo<'_> {
    type State = Reached;

    fn start(&self) -> Reached {
        // the first byte may be missing
        Reached { exact: 1, forgiven: 2, swapped: 0 }
    }

    fn accept(&self, state: &Reached, byte: u8) -> Reached {
        let Reached { exact, forgiven, swapped } = *state;
        let places = self.places(byte);
        let right = (exact & places) << 1;
        let after_typo = (forgiven & places) << 1;
        let one_too_many = exact;
        let another = exact << 1;
        let one_missing = right << 1;
        let swap_ends = (swapped & places) << 2;
        Reached {
            exact: right,
            forgiven: after_typo | one_too_many | another | one_missing | swap_ends,
            swapped: exact & (places >> 1),
        }
    }

    fn is_match(&self, state: &Reached) -> bool {
        (state.exact | state.forgiven) >> self.0.len() & 1 == 1
    }

    fn can_match(&self, state: &Reached) -> bool {
        let within = (2 << self.0.len()) - 1;
        (state.exact | state.forgiven | state.swapped) & within != 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_slip_of_the_fingers_is_forgiven() {
        let whole = |typed: &str, word: &str| OneTypo::new(typed).is_whole(word.as_bytes());
        for word in ["bordeaux", "bordeau", "bordeauxx", "borxeaux", "brodeaux", "ordeaux"] {
            assert!(whole("bordeaux", word), "{word}");
        }
        for word in ["bodreuax", "bord", "", "brodeau", "xordeauxx"] {
            assert!(!whole("bordeaux", word), "{word}");
        }
    }

    proptest! {
        #[test]
        fn it_is_the_distance_of_optimal_string_alignment(a in "[ab]{1,6}", b in "[abc]{0,7}") {
            let near = strsim::osa_distance(&a, &b) <= 1;
            prop_assert_eq!(OneTypo::new(&a).is_whole(b.as_bytes()), near);
        }
    }
}
