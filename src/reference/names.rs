//! An index from folded names to the places that bear them.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Places by name, as sorted pairs of a name's hash and a place's index: twelve bytes a name.
#[derive(Debug, Default)]
pub(super) struct NameIndex(Vec<(u64, u32)>);

impl NameIndex {
    /// From (folded name, place) pairs; a place may have many names.
    pub(super) fn new<'n>(names: impl Iterator<Item = (&'n str, u32)>) -> Self {
        let mut pairs: Vec<_> = names.map(|(name, place)| (hash(name), place)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        pairs.shrink_to_fit();
        Self(pairs)
    }

    /// The places with this folded name, in the order of their list.
    pub(super) fn find(&self, folded: &str) -> impl Iterator<Item = usize> + '_ {
        let wanted = hash(folded);
        let first = self.0.partition_point(|(hash, _)| *hash < wanted);
        self.0[first..]
            .iter()
            .take_while(move |(hash, _)| *hash == wanted)
            .map(|(_, i)| *i as usize)
    }
}

fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}
