//! Selections that were made, kept while the snapshot lives: pages, tiles, facets and exports of
//! one filter select once.

use std::fmt;

use quick_cache::{Weighter, sync::Cache};

use super::{Collection, Filter, Selection};

/// How many bytes of selections are kept, and how many a small one takes.
const BYTES: u64 = 32 << 20;
const SMALL: u64 = 4_096;

/// The last selections, by collection and filter.
pub(super) struct Kept(Cache<String, Selection, ByBytes>);

#[derive(Clone)]
struct ByBytes;

impl Weighter<String, Selection> for ByBytes {
    fn weight(&self, key: &String, selection: &Selection) -> u64 {
        (key.len() + selection.bytes()) as u64 + 64
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self(Cache::with_weighter((BYTES / SMALL) as usize, BYTES, ByBytes))
    }
}

impl Kept {
    /// The selection of a filter; `select` makes it where it is not there. Those who ask for it
    /// at once wait for one.
    pub(super) fn get<E>(
        &self,
        filter: &Filter,
        collection: Collection,
        select: impl FnOnce() -> Result<Selection, E>,
    ) -> Result<Selection, E> {
        self.0.get_or_insert_with(&key(filter, collection), select)
    }
}

/// The same for filters that differ in the order of their values only.
fn key(filter: &Filter, collection: Collection) -> String {
    // everything that a filter has is in its debugging form, whatever it will have
    format!("{collection:?} {:?}", filter.sorted())
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("selections", &self.0.len()).finish()
    }
}
