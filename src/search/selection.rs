//! What a filter wants of a collection.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use roaring::RoaringBitmap;

use super::{Dimension, entities::Tally};

/// What is kept of an item that was counted takes about so many bytes.
const TALLY: usize = 256;
/// What is kept of a few dimensions that were counted takes about so many bytes.
const COUNTS: usize = 2_048;

/// The selected items of a collection, by their places in the order of its ids; cheap to clone.
///
/// An entity is selected when at least one matching partnership has it, and the selection knows
/// how many do.
#[derive(Clone, Default)]
pub struct Selection(Arc<Selected>);

#[derive(Default)]
struct Selected {
    items: RoaringBitmap,
    /// Of entities: the matching partnerships, and how many each item has, in the items' order.
    entities: Option<(RoaringBitmap, Vec<u32>)>,
    /// Of entities in a list that is not too long: all that is counted of each item.
    tallies: OnceLock<Box<[OnceLock<Tally>]>>,
    /// How many of the items have each value of a dimension, once that was asked.
    counts: [OnceLock<Box<[u64]>>; Dimension::ALL.len()],
}

impl Selection {
    /// Of a collection whose items are partnerships.
    pub(super) fn of_partnerships(items: RoaringBitmap) -> Self {
        Self(Arc::new(Selected { items, ..Selected::default() }))
    }

    /// Of entities: the items in ascending order, each with how many of the records have it.
    pub(super) fn of_entities(
        records: RoaringBitmap,
        counted: impl Iterator<Item = (u32, u32)>,
    ) -> Self {
        let (mut items, mut counts) = (RoaringBitmap::new(), Vec::new());
        for (item, count) in counted {
            items.insert(item);
            counts.push(count);
        }
        let entities = Some((records, counts));
        Self(Arc::new(Selected { items, entities, ..Selected::default() }))
    }

    /// The entities that are among some places too.
    pub(super) fn within(&self, places: &RoaringBitmap) -> Self {
        let counted = self.counted().filter(|(item, _)| places.contains(*item));
        Self::of_entities(self.records().clone(), counted)
    }

    /// The selected items.
    pub fn items(&self) -> &RoaringBitmap {
        &self.0.items
    }

    /// How many items are selected.
    pub fn len(&self) -> u64 {
        self.0.items.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.0.items.is_empty()
    }

    /// How many bytes it takes, about.
    pub(super) fn bytes(&self) -> usize {
        let entities = self.0.entities.as_ref();
        let counted = |(records, counts): &(RoaringBitmap, Vec<u32>)| {
            records.serialized_size() + (4 + TALLY) * counts.len()
        };
        COUNTS + self.0.items.serialized_size() + entities.map_or(0, counted)
    }

    /// The matching partnerships: of entities those of all items, whatever their geometry.
    pub fn records(&self) -> &RoaringBitmap {
        self.0.entities.as_ref().map_or(&self.0.items, |(records, _)| records)
    }

    /// How many matching partnerships an item has; 0 where it is not selected.
    pub fn count(&self, item: u32) -> u32 {
        if !self.0.items.contains(item) {
            return 0;
        }
        match &self.0.entities {
            Some((_, counts)) => counts[self.0.items.rank(item) as usize - 1],
            None => 1,
        }
    }

    /// The selected items in ascending order, each with its count of matching partnerships.
    pub fn counted(&self) -> impl Iterator<Item = (u32, u32)> {
        let counts = self.0.entities.as_ref().map(|(_, counts)| counts.as_slice());
        let count = move |place: usize| counts.map_or(1, |counts| counts[place]);
        self.0.items.iter().enumerate().map(move |(place, item)| (item, count(place)))
    }

    /// Where what is counted of an item is kept, once it was asked for; none for an item that is
    /// not selected.
    pub(super) fn tally(&self, item: u32) -> Option<&OnceLock<Tally>> {
        let place = self.0.items.contains(item).then(|| self.0.items.rank(item) as usize - 1)?;
        let kept =
            self.0.tallies.get_or_init(|| (0..self.len()).map(|_| OnceLock::new()).collect());
        kept.get(place)
    }
}

impl Selection {
    /// What `count` counts of a dimension, which is done once.
    pub(super) fn counts(&self, dimension: Dimension, count: impl FnOnce() -> Vec<u64>) -> &[u64] {
        self.0.counts[dimension as usize].get_or_init(|| count().into())
    }
}

impl fmt::Debug for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Selection")
            .field("items", &self.len())
            .field("records", &self.records().len())
            .finish()
    }
}
