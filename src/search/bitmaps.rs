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

/// The bitmap of ascending lists together.
pub(super) fn of_lists(lists: &[&[u32]]) -> RoaringBitmap {
    match lists {
        [only] => RoaringBitmap::from_sorted_iter(only.iter().copied()).unwrap_or_default(),
        several => of(several.concat()),
    }
}

/// The bitmap of the places of what is true.
pub(super) fn where_true(marks: impl ExactSizeIterator<Item = bool>) -> RoaringBitmap {
    let mut bits = vec![0u8; marks.len().div_ceil(8)];
    for (place, mark) in marks.enumerate() {
        bits[place / 8] |= u8::from(mark) << (place % 8);
    }
    RoaringBitmap::from_lsb0_bytes(0, &bits)
}

#[cfg(test)]
mod tests {
    proptest::proptest! {
        #[test]
        fn places_of_what_is_true(marks in proptest::collection::vec(proptest::bool::ANY, 0..200)) {
            let wanted = (0..).zip(&marks).filter(|(_, mark)| **mark).map(|(place, _)| place);
            let wanted = wanted.collect::<roaring::RoaringBitmap>();
            proptest::prop_assert_eq!(super::where_true(marks.into_iter()), wanted);
        }

        #[test]
        fn a_bitmap_has_the_numbers_and_no_other(numbers in proptest::collection::vec(0u32..100_000, 0..2_000)) {
            let found = super::of(numbers.clone());
            proptest::prop_assert_eq!(found, numbers.into_iter().collect());
        }
    }
}
