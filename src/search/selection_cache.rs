//! Caches selections while the snapshot lives: pages, tiles, facets and exports of one filter
//! select once.

use std::fmt;

use quick_cache::{Weighter, sync::Cache};

use super::{Collection, Filter, Selection, filter::FilterKey};

type Key = (Collection, FilterKey);

/// How many bytes all cached selections may take.
const MAX_TOTAL_BYTES: u64 = 32 << 20;
/// How many bytes a small selection takes.
const SMALL_SELECTION_BYTES: u64 = 4_096;

/// The last selections, by collection and filter.
pub(super) struct SelectionCache(Cache<Key, Selection, SelectionWeighter>);

#[derive(Clone)]
struct SelectionWeighter;

impl Weighter<Key, Selection> for SelectionWeighter {
    fn weight(&self, (_, filter): &Key, selection: &Selection) -> u64 {
        (filter.bytes() + selection.bytes()) as u64 + 64
    }
}

impl Default for SelectionCache {
    fn default() -> Self {
        Self(Cache::with_weighter(
            (MAX_TOTAL_BYTES / SMALL_SELECTION_BYTES) as usize,
            MAX_TOTAL_BYTES,
            SelectionWeighter,
        ))
    }
}

impl SelectionCache {
    /// The selection of a filter; `select` makes it where it is not there. Those who ask for it
    /// at once wait for one.
    pub(super) fn get_or_select<E>(
        &self,
        filter: &Filter,
        collection: Collection,
        select: impl FnOnce() -> Result<Selection, E>,
    ) -> Result<Selection, E> {
        self.0.get_or_insert_with(&(collection, filter.key()), select)
    }
}

impl fmt::Debug for SelectionCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SelectionCache").field("selections", &self.0.len()).finish()
    }
}
