//! Two selections of partnerships side by side: what both have, and what one has alone.

use std::cmp::Reverse;

use roaring::RoaringBitmap;

use super::{Collection, Dimension, Snapshot};
use crate::domain::{Language, text::fold};

/// A value, and how many records of each selection have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValuePair {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub label: String,
    /// Records of the one and of the other.
    pub counts: [u64; 2],
}

impl Snapshot {
    /// Every value of a dimension that one selection has or the other, most frequent first.
    pub fn compare(
        &self,
        dimension: Dimension,
        [one, other]: [&RoaringBitmap; 2],
        language: Language,
    ) -> Vec<ValuePair> {
        let count = |(code, with): (&String, &RoaringBitmap)| ValuePair {
            label: dimension.label(code, language),
            code: code.clone(),
            counts: [with.intersection_len(one), with.intersection_len(other)],
        };
        let mut pairs: Vec<ValuePair> = self.values(dimension).iter().map(count).collect();
        pairs.retain(|pair| pair.counts != [0, 0]);
        pairs.sort_by_cached_key(|pair| {
            (Reverse(pair.counts.iter().sum::<u64>()), fold(&pair.label))
        });
        pairs
    }

    /// The entities that records of both selections have, most frequent first, at most so many,
    /// each with its records in both; and how many such entities there are.
    pub fn common(
        &self,
        collection: Collection,
        [one, other]: [&RoaringBitmap; 2],
        (most, language): (usize, Language),
    ) -> (Vec<(u32, [u32; 2])>, u64) {
        let (one, other) = (
            self.entities_of(collection, one.clone()),
            self.entities_of(collection, other.clone()),
        );
        let both = one.counted().filter(|(item, _)| other.items().contains(*item));
        let mut both: Vec<(u32, [u32; 2])> =
            both.map(|(item, count)| (item, [count, other.count(item)])).collect();
        let total = both.len() as u64;
        let rank = |(item, [a, b]): &(u32, [u32; 2])| (Reverse(a + b), *item);
        if both.len() > most {
            both.select_nth_unstable_by_key(most, rank);
            both.truncate(most);
        }
        both.sort_by_cached_key(|pair| {
            (rank(pair).0, fold(self.entity_name(collection, pair.0, language)), pair.0)
        });
        (both, total)
    }
}
