//! Bitmaps of records, from whatever is at hand.

use roaring::RoaringBitmap;

/// The bitmap of numbers in any order, some of them more than once.
pub(super) fn of(mut numbers: Vec<u32>) -> RoaringBitmap {
    let last = numbers.iter().copied().max().unwrap_or_default() as usize;
    // beyond a number in so many, setting bits costs less than sorting
    if numbers.len() > last / 256 + 64 {
        let mut bits = vec![0u8; last / 8 + 1];
        for number in numbers {
            bits[number as usize / 8] |= 1 << (number % 8);
        }
        return RoaringBitmap::from_lsb0_bytes(0, &bits);
    }
    numbers.sort_unstable();
    numbers.into_iter().collect()
}

#[cfg(test)]
mod tests {
    proptest::proptest! {
        #[test]
        fn a_bitmap_has_the_numbers_and_no_other(numbers in proptest::collection::vec(0u32..100_000, 0..2_000)) {
            let found = super::of(numbers.clone());
            proptest::prop_assert_eq!(found, numbers.into_iter().collect());
        }
    }
}
