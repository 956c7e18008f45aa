//! Which items a tile draws, in a form that is asked a million times.

use roaring::RoaringBitmap;

/// What is drawn.
pub(super) enum Wanted<'s> {
    /// Everything.
    All,
    /// A few: to ask is slower than to list.
    Few(&'s RoaringBitmap),
    /// A bit for each item.
    Bits(Vec<u64>),
}

impl<'s> Wanted<'s> {
    /// The items of a selection out of `all`, to be asked about `asked` times.
    pub(super) fn new(selected: &'s RoaringBitmap, all: usize, asked: usize) -> Self {
        if selected.len() == all as u64 {
            return Self::All;
        }
        // to list an item costs about a tenth of asking the bitmap
        if (asked as u64) < selected.len() / 10 {
            return Self::Few(selected);
        }
        let mut bits = vec![0; all / 64 + 1];
        for item in selected {
            bits[item as usize / 64] |= 1 << (item % 64);
        }
        Self::Bits(bits)
    }

    /// Whether an item is drawn.
    #[inline]
    pub(super) fn has(&self, item: u32) -> bool {
        match self {
            Self::All => true,
            Self::Few(selected) => selected.contains(item),
            Self::Bits(bits) => bits[item as usize / 64] & 1 << (item % 64) != 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_says_the_same() {
        let selected: RoaringBitmap = (0..1000).filter(|n| n % 3 == 0).collect();
        for asked in [1, 1_000_000] {
            let wanted = Wanted::new(&selected, 1000, asked);
            assert!((0..1000).all(|n| wanted.has(n) == selected.contains(n)));
        }
        let everything = (0..1000).collect();
        assert!(matches!(Wanted::new(&everything, 1000, 1), Wanted::All));
    }
}
