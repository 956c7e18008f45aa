//! The snapshot after a few changes, made from the one before: texts are shared, bitmaps patched,
//! and only what is cheap is made anew.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use super::{
    Builder, Snapshot,
    builder::Entry,
    sides::SidesBuilder,
    snapshot::{Parts, ValueIndex},
};
use crate::domain::{Collectivity, DataVersion, PartnershipId};

/// Beyond a share of one in so many, changed since all records were read, all are read again.
const SHARE: usize = 8;
/// So many may always change.
const FEW: usize = 64;

/// A record that changed, or is gone.
pub type RecordChange = (PartnershipId, Option<Entry>);

/// Where the records of a snapshot stand in the next.
pub(super) struct Moves {
    /// By place in the old one; [`Self::GONE`] where the record changed or is gone.
    places: Vec<u32>,
    /// The same as a bitmap: what changed or is gone.
    left: RoaringBitmap,
    /// Whether every record that stays keeps its place.
    still: bool,
    /// By place among the changed records, in the new one.
    added: Vec<u32>,
}

/// Where a record of the new snapshot comes from.
#[derive(Clone, Copy)]
enum RecordOrigin {
    Old(u32),
    New(u32),
}

impl Moves {
    const GONE: u32 = u32::MAX;

    /// A bitmap of old records and one of added ones as one of new records.
    pub(super) fn patch(
        &self,
        old: &RoaringBitmap,
        added: Option<&RoaringBitmap>,
    ) -> RoaringBitmap {
        let mut bitmap = if self.still {
            old - &self.left
        } else {
            let moved = old.iter().map(|record| self.places[record as usize]);
            let moved = moved.filter(|place| *place != Self::GONE);
            RoaringBitmap::from_sorted_iter(moved).unwrap_or_default()
        };
        bitmap.extend(added.into_iter().flatten().map(|record| self.added[record as usize]));
        bitmap.optimize();
        bitmap
    }

    /// The same for sorted lists; appends to `out`.
    pub(super) fn patch_list(
        &self,
        out: &mut Vec<u32>,
        old: &[u32],
        added: impl Iterator<Item = u32>,
    ) {
        let begin = out.len();
        let moved = old.iter().map(|record| self.places[*record as usize]);
        out.extend(moved.filter(|place| *place != Self::GONE));
        let stayed = out.len();
        out.extend(added.map(|record| self.added[record as usize]));
        if out.len() > stayed {
            out[begin..].sort_unstable();
        }
    }
}

impl Snapshot {
    /// How many changes are worth patching; with more, all records are better read again.
    pub fn most_changes(&self) -> u64 {
        (self.len() / SHARE + FEW).saturating_sub(self.parts.patched) as u64
    }

    /// Whether French authorities are as this snapshot has them, those that it knows.
    pub fn agrees_with(&self, collectivities: &[Collectivity]) -> bool {
        let known = self.parts.sides.collectivities();
        collectivities.iter().all(|one| {
            let place = known.binary_search_by(|known| known.code.cmp(&one.code));
            place.map_or(true, |place| *known[place] == *one)
        })
    }

    /// The next snapshot: what a [`Builder`] makes of all records after these changes. Each record
    /// is named once.
    #[must_use]
    pub fn with(&self, version: DataVersion, mut changes: Vec<RecordChange>) -> Self {
        changes.sort_unstable_by_key(|(id, _)| *id);
        let mut builder = Builder::default();
        changes.iter().filter_map(|(_, entry)| entry.as_ref()).for_each(|e| builder.push_entry(e));
        let new = builder.parts(version);
        let (moves, origins, ids) = self.moves(&changes, &new.ids);
        let old = &self.parts;
        let mut texts = old.texts.clone();
        let shift = texts.append(new.texts);
        let pick = |origin: &RecordOrigin| match *origin {
            RecordOrigin::Old(record) => old.slots[record as usize],
            RecordOrigin::New(record) => new.slots[record as usize].shifted(shift),
        };
        let slots = origins.iter().map(pick).collect();
        let mut sides = SidesBuilder::default();
        let places = origins.iter().map(|origin| {
            let (sides_of, record) = match *origin {
                RecordOrigin::Old(record) => (&old.sides, record),
                RecordOrigin::New(record) => (&new.sides, record),
            };
            let (collectivities, partners) = sides_of.all_of(record);
            sides.push(collectivities, partners)
        });
        let places = places.collect();
        Self::new(Parts {
            version,
            ids,
            slots,
            dates: gather(&origins, &old.dates, &new.dates),
            budgets: gather(&origins, &old.budgets, &new.budgets),
            sides: sides.finish(places),
            texts,
            values: patch_values(&moves, &old.values, &new.values),
            words: old.words.patched(&moves, &new.words),
            patched: old.patched + changes.len(),
        })
        .following(self)
    }

    /// Merges old and added records in the order of their ids.
    fn moves(
        &self,
        changes: &[RecordChange],
        added_ids: &[PartnershipId],
    ) -> (Moves, Vec<RecordOrigin>, Vec<PartnershipId>) {
        let capacity = self.len() + added_ids.len();
        let (mut origins, mut ids) = (Vec::with_capacity(capacity), Vec::with_capacity(capacity));
        let mut moves = Moves {
            places: vec![Moves::GONE; self.len()],
            left: changes.iter().filter_map(|(id, _)| self.find(*id)).collect(),
            still: true,
            added: Vec::with_capacity(added_ids.len()),
        };
        let mut new = (0..).zip(added_ids).peekable();
        let end = [(self.len() as u32, None)];
        let olds = (0..).zip(self.parts.ids.iter().map(Some)).chain(end);
        for (record, id) in olds {
            while let Some((number, added)) = new.next_if(|(_, new)| id.is_none_or(|id| *new <= id))
            {
                moves.added.push(ids.len() as u32);
                origins.push(RecordOrigin::New(number));
                ids.push(*added);
            }
            if let Some(id) = id
                && !moves.left.contains(record)
            {
                moves.still &= record == ids.len() as u32;
                moves.places[record as usize] = ids.len() as u32;
                origins.push(RecordOrigin::Old(record));
                ids.push(*id);
            }
        }
        (moves, origins, ids)
    }
}

fn gather<T: Copy>(origins: &[RecordOrigin], old: &[T], new: &[T]) -> Vec<T> {
    let pick = |origin: &RecordOrigin| match *origin {
        RecordOrigin::Old(record) => old[record as usize],
        RecordOrigin::New(record) => new[record as usize],
    };
    origins.iter().map(pick).collect()
}

fn patch_values(moves: &Moves, old: &ValueIndex, new: &ValueIndex) -> ValueIndex {
    std::array::from_fn(|dimension| {
        let (old, new) = (&old[dimension], &new[dimension]);
        let kept = old
            .iter()
            .map(|(value, records)| (value.clone(), moves.patch(records, new.get(value))));
        let came = new.iter().filter(|(value, _)| !old.contains_key(*value));
        let came = came.map(|(value, records)| {
            (value.clone(), moves.patch(&RoaringBitmap::new(), Some(records)))
        });
        let patched = kept.chain(came).filter(|(_, records)| !records.is_empty());
        patched.collect::<BTreeMap<_, _>>()
    })
}
