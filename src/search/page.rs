//! Pages of a selection, in an order, by cursor: a deep page costs what the first does.

use std::{borrow::Borrow, iter};

use super::{Collection, Order, Selection, Snapshot};
use crate::domain::Language;

/// How many records a page may have.
pub const MAX_LIMIT: usize = 10_000;
/// How many a page has unless the request says.
pub const DEFAULT_LIMIT: usize = 10;

/// How many features are prefetched into the CPU cache before they are written.
const PREFETCH: usize = 32;

/// Which page is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The order, and whether it is turned round.
    pub order: (Order, bool),
    /// The page begins after the item with this id.
    pub after: Option<String>,
    /// At most so many items, 1 to [`MAX_LIMIT`].
    pub limit: usize,
    /// The language of the names to sort by.
    pub language: Language,
}

impl Default for PageRequest {
    fn default() -> Self {
        let language = Language::default();
        Self { order: (Order::Id, false), after: None, limit: DEFAULT_LIMIT, language }
    }
}

/// A page of a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The items.
    pub items: Vec<u32>,
    /// The id after which the next page begins; none on the last page.
    pub next: Option<String>,
}

/// The cursor is no id, or that of an item that is no longer there while the order does not tell
/// where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CursorGone;

impl Snapshot {
    /// A page of selected items.
    pub fn page(
        &self,
        collection: Collection,
        selection: &Selection,
        request: &PageRequest,
    ) -> Result<Page, CursorGone> {
        let PageRequest { order: (order, reverse), after, limit, language } = request;
        let after = after.as_deref().map(|id| self.find_place(collection, id));
        let after = after.map(|found| found.ok_or(CursorGone)).transpose()?;
        let wanted = limit + 1;
        let selected = selection.items();
        let item = || after.map(|found| found.map_err(|_| CursorGone)).transpose();
        let mut items: Vec<u32> = match order {
            Order::Id if *reverse => {
                let end = after.map_or(u32::MAX, |found| found.unwrap_or_else(|place| place));
                selected.range(..end).rev().take(wanted).collect()
            }
            Order::Id => {
                let first = match after {
                    None => 0,
                    Some(Ok(place)) => place + 1,
                    Some(Err(place)) => place,
                };
                selected.range(first..).take(wanted).collect()
            }
            Order::Partnerships => by_count(selection, *reverse, item()?, wanted),
            Order::Name => {
                let ranking = self.name_ranking(collection, *language);
                ranking.page(selected, *reverse, item()?, wanted)
            }
            order => self.ranking(*order, *language).page(selected, *reverse, item()?, wanted),
        };
        let more = items.len() > *limit;
        items.truncate(*limit);
        let last = if more { items.last() } else { None };
        Ok(Page { next: last.map(|item| self.item_id(collection, *item)), items })
    }

    /// Appends a page's features, with commas between them.
    pub fn write_features(
        &self,
        out: &mut Vec<u8>,
        collection: Collection,
        selection: &Selection,
        items: &[u32],
        language: Language,
    ) {
        for (index, item) in prefetched(self, collection, items.iter().copied()).enumerate() {
            if index > 0 {
                out.push(b',');
            }
            self.write_feature(out, collection, selection, item, language);
        }
    }
}

/// Items of a collection whose texts are prefetched into the CPU cache, batch by batch: the cache
/// misses of a batch overlap.
pub fn prefetched(
    snapshot: impl Borrow<Snapshot>,
    collection: Collection,
    mut items: impl Iterator<Item = u32>,
) -> impl Iterator<Item = u32> {
    let batches = iter::from_fn(move || {
        let batch: Vec<u32> = items.by_ref().take(PREFETCH).collect();
        if collection.is_of_partnerships() {
            snapshot.borrow().prefetch(&batch);
        }
        (!batch.is_empty()).then_some(batch)
    });
    batches.flatten()
}

/// A page by how many partnerships each item has; the cursor's item may have none any more.
fn by_count(selection: &Selection, reverse: bool, after: Option<u32>, wanted: usize) -> Vec<u32> {
    let key = |item: u32, count: u32| {
        let key = u64::from(count) << 32 | u64::from(item);
        if reverse { u64::MAX - key } else { key }
    };
    let after = after.map(|item| key(item, selection.count(item)));
    let keys = selection.counted().map(|(item, count)| (key(item, count), item));
    let mut keys: Vec<(u64, u32)> = keys.filter(|(key, _)| Some(*key) > after).collect();
    if keys.len() > wanted {
        keys.select_nth_unstable(wanted);
        keys.truncate(wanted);
    }
    keys.sort_unstable();
    keys.into_iter().map(|(_, item)| item).collect()
}
