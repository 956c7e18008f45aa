//! The register at one version, ready to be read.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::OnceLock,
    thread,
};

use chrono::{DateTime, Utc};
use roaring::RoaringBitmap;

use super::{
    Bbox, Collection, Dimension, Selection,
    columns::{DimensionColumn, Spans},
    entities::Spots,
    features::{FeatureTexts, Slot},
    interval::Interval,
    merging::Merges,
    order::{Order, Ranking},
    selection_cache::SelectionCache,
    sides::Sides,
    spatial::{LineIndex, PointIndex},
    suggest::Names,
    text::Words,
    tiles::Tiles,
};
use crate::domain::{DataVersion, Language, PartnershipId};

/// Every public record of one version of the register, in the order of their ids.
///
/// Records are named by their place in that order, from 0.
pub struct Snapshot {
    pub(super) parts: Parts,
    fingerprint: u64,
    built_at: DateTime<Utc>,
    pub(super) all: RoaringBitmap,
    pub(super) unplaced: RoaringBitmap,
    pub(super) unlinked: RoaringBitmap,
    tiles: Tiles,
    rankings: [[OnceLock<Ranking>; 2]; Order::OF_PARTNERSHIPS.len()],
    /// Entities by name; countries have names in two languages.
    by_name: [[OnceLock<Ranking>; 2]; Collection::ALL.len()],
    /// All entities of each collection.
    whole: [OnceLock<Selection>; Collection::ALL.len()],
    collectivity_spots: Spots,
    partner_spots: Spots,
    pub(super) points: PointIndex,
    /// Made when first asked for.
    lines: OnceLock<LineIndex>,
    pub(super) columns: [OnceLock<Option<DimensionColumn>>; Dimension::ALL.len()],
    pub(super) spans: OnceLock<Option<Spans>>,
    pub(super) selection_cache: SelectionCache,
    days: Option<(i32, i32)>,
    names: OnceLock<Names>,
    modified: OnceLock<Option<i64>>,
    /// Which of the items several records tell of.
    pub(super) merges: Merges,
}

/// What a builder hands over; every list has one entry for each record.
pub(super) struct Parts {
    pub(super) version: DataVersion,
    pub(super) ids: Vec<PartnershipId>,
    pub(super) slots: Vec<Slot>,
    pub(super) dates: Vec<Dates>,
    /// In cents, or [`NO_BUDGET`].
    pub(super) budgets: Vec<i64>,
    pub(super) sides: Sides,
    pub(super) texts: FeatureTexts,
    pub(super) values: ValueIndex,
    pub(super) words: Words,
    /// How many records were written anew since all were.
    pub(super) patched: usize,
}

/// For each dimension the records of each value.
pub(super) type ValueIndex = [BTreeMap<String, RoaringBitmap>; Dimension::ALL.len()];

/// The budget of a record that names none.
pub(super) const NO_BUDGET: i64 = -1;

/// The days of a record, from the common era, and the microsecond of its last change, from 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dates {
    pub(super) start: Option<i32>,
    pub(super) end: Option<i32>,
    pub(super) verified: Option<i32>,
    pub(super) updated: i64,
}

impl Dates {
    /// Whether the record holds on some day of an interval; one without dates always does.
    pub(super) fn meet(&self, interval: Interval) -> bool {
        let begins = self.start.is_none_or(|start| interval.to.is_none_or(|to| start <= to));
        let lasts = self.end.is_none_or(|end| interval.from.is_none_or(|from| end >= from));
        begins && lasts
    }
}

impl Snapshot {
    pub(super) fn new(parts: Parts) -> Self {
        let count = parts.ids.len() as u32;
        let (mut unplaced, mut unlinked) = (RoaringBitmap::new(), RoaringBitmap::new());
        let mut points = Vec::with_capacity(parts.ids.len());
        for record in 0..count {
            let (lead, partners) = parts.sides.of(record);
            let placed = partners.iter().any(|partner| partner.position().is_some());
            let positions = partners.iter().filter_map(|partner| partner.position());
            points.extend(positions.map(|at| (at, record)));
            if !placed {
                unplaced.insert(record);
            }
            // nothing is drawn from a place to itself
            let drawn = |from| partners.iter().any(|to| to.position().is_some_and(|to| to != from));
            if !lead.position.is_some_and(drawn) {
                unlinked.insert(record);
            }
        }
        let days = || parts.dates.iter().flat_map(|dates| [dates.start, dates.end]).flatten();
        let all = (0..count).collect();
        let mut fingerprint = DefaultHasher::new();
        (parts.version, &parts.ids).hash(&mut fingerprint);
        parts.dates.iter().for_each(|dates| dates.updated.hash(&mut fingerprint));
        let collectivities = parts.sides.collectivities().iter();
        let partners = parts.sides.partners().iter();
        let snapshot = Self {
            fingerprint: fingerprint.finish(),
            built_at: Utc::now(),
            collectivity_spots: Spots::new(collectivities.map(|one| one.position)),
            partner_spots: Spots::new(partners.map(|(_, partner)| partner.position())),
            points: PointIndex::new(&points),
            lines: OnceLock::new(),
            columns: Default::default(),
            spans: OnceLock::new(),
            selection_cache: SelectionCache::default(),
            days: days().min().zip(days().max()),
            parts,
            all,
            unplaced,
            unlinked,
            rankings: Default::default(),
            tiles: Tiles::default(),
            by_name: Default::default(),
            whole: Default::default(),
            names: OnceLock::new(),
            modified: OnceLock::new(),
            merges: Merges::default(),
        };
        thread::scope(|scope| {
            scope.spawn(|| snapshot.make_columns());
            for collection in Collection::ALL {
                snapshot.whole(collection);
            }
        });
        snapshot
    }

    /// The version of the register.
    pub fn version(&self) -> i64 {
        self.parts.version.number
    }

    /// The version of the register, with the ids that tell it from others of the same number.
    pub fn data_version(&self) -> DataVersion {
        self.parts.version
    }

    /// When it was built, to the millisecond as answers tell it.
    pub fn built_at(&self) -> DateTime<Utc> {
        self.built_at
    }

    /// Tells this snapshot from one of the same version of another register.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// When a record last changed; none where there is no record.
    pub fn modified(&self) -> Option<DateTime<Utc>> {
        let last = || self.parts.dates.iter().map(|dates| dates.updated).max();
        DateTime::from_timestamp_micros(self.modified.get_or_init(last).as_ref().copied()?)
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.parts.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.parts.ids.is_empty()
    }

    /// The record with an id.
    pub fn find(&self, id: PartnershipId) -> Option<u32> {
        self.parts.ids.binary_search(&id).ok().map(|index| index as u32)
    }

    /// Where an id stands, or would stand, in the order of ids.
    pub(super) fn place_of(&self, id: PartnershipId) -> Result<u32, u32> {
        self.parts.ids.binary_search(&id).map(|i| i as u32).map_err(|i| i as u32)
    }

    /// The id of a record.
    pub fn id(&self, record: u32) -> PartnershipId {
        self.parts.ids[record as usize]
    }

    /// Everything that a collection has.
    pub fn whole(&self, collection: Collection) -> &Selection {
        self.whole[collection as usize].get_or_init(|| {
            if collection.is_of_partnerships() {
                Selection::of_partnerships(self.all.clone())
            } else {
                self.entities_of(collection, self.all.clone())
            }
        })
    }

    /// Names that can be suggested; collected when they are first asked for.
    pub(super) fn names(&self) -> &Names {
        self.names.get_or_init(|| Names::new(self))
    }

    pub(super) fn words(&self) -> &Words {
        &self.parts.words
    }

    /// The records of each value of a dimension.
    pub(super) fn values(&self, dimension: Dimension) -> &BTreeMap<String, RoaringBitmap> {
        &self.parts.values[dimension as usize]
    }

    pub(super) fn tiles(&self) -> &Tiles {
        &self.tiles
    }

    /// The same, after another one.
    pub(super) fn following(self, before: &Self) -> Self {
        Self { tiles: before.tiles.next(), ..self }
    }

    pub(super) fn all_dates(&self) -> &[Dates] {
        &self.parts.dates
    }

    pub(super) fn entity_sides(&self) -> &Sides {
        &self.parts.sides
    }

    /// The partnerships that have no geometry as a collection draws them.
    pub(super) fn without_geometry(&self, collection: Collection) -> &RoaringBitmap {
        if collection == Collection::Links { &self.unlinked } else { &self.unplaced }
    }

    /// How many of some partnerships have no place on the map.
    pub fn unplaced(&self, records: &RoaringBitmap) -> u64 {
        self.unplaced.intersection_len(records)
    }

    /// The partnerships whose geometry may meet a box, and more.
    pub(super) fn near(&self, collection: Collection, bbox: Bbox) -> RoaringBitmap {
        if collection == Collection::Links {
            self.lines().near(bbox)
        } else {
            self.points.within(bbox)
        }
    }

    /// Where the entities of a collection are, where they are points.
    pub(super) fn spots(&self, collection: Collection) -> Option<&Spots> {
        match collection {
            Collection::Collectivities => Some(&self.collectivity_spots),
            Collection::Partners => Some(&self.partner_spots),
            _ => None,
        }
    }

    /// All entities of a collection by name.
    pub(super) fn name_ranking(&self, collection: Collection, language: Language) -> &Ranking {
        let language =
            if collection == Collection::Countries { language } else { Language::French };
        self.by_name[collection as usize][language as usize]
            .get_or_init(|| Ranking::by_name(self, collection, language))
    }

    /// Where an id stands, or would stand, among the ids of a collection; none where it is none.
    pub(super) fn find_place(&self, collection: Collection, id: &str) -> Option<Result<u32, u32>> {
        if collection.is_of_partnerships() {
            id.parse().ok().map(|id| self.place_of(id))
        } else {
            // codes and ids of partners have such letters: anything else would stand nowhere
            let is_id =
                (1..=24).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric());
            is_id.then(|| self.parts.sides.find(collection, id)).flatten()
        }
    }

    /// The item with an id, if the collection has it; the id of any record of a partnership is that
    /// of the partnership.
    pub fn item(&self, collection: Collection, id: &str) -> Option<u32> {
        if collection.is_of_partnerships() {
            return self.find(self.lead_of(id.parse().ok()?));
        }
        let item = match collection {
            Collection::Partners => self.partner_place(id.parse().ok()?)?,
            _ => self.find_place(collection, id)?.ok()?,
        };
        self.whole(collection).items().contains(item).then_some(item)
    }

    /// All partnerships in an order; language is that of names.
    pub(super) fn ranking(&self, order: Order, language: Language) -> &Ranking {
        let language = if order == Order::CountryName { language } else { Language::French };
        self.rankings[order as usize][language as usize]
            .get_or_init(|| Ranking::new(self, order, language))
    }

    /// The smallest box around all geometries of a collection: west, south, east, north.
    pub fn extent(&self, collection: Collection) -> Option<[f64; 4]> {
        match collection {
            Collection::Partnerships => self.points.extent(),
            Collection::Links => self.lines().extent(),
            entities => self.entities_extent(entities),
        }
    }

    /// The first and the last day of a period that any record names, from the common era.
    pub fn days(&self) -> Option<(i32, i32)> {
        self.days
    }

    /// What a French authority of a record is called, by code.
    pub fn collectivity_name(&self, code: &str) -> Option<&str> {
        let item = self.parts.sides.find(Collection::Collectivities, code)?.ok()?;
        Some(&self.parts.sides.collectivity(item).name)
    }

    /// Makes what only some questions need, so that the first who asks does not wait for it.
    pub fn prepare(&self) {
        self.prepare_tiles();
        self.names();
        self.lines();
        for collection in [Collection::Countries, Collection::Regions] {
            let whole = self.whole(collection);
            for item in whole.items() {
                self.tally(collection, whole, item);
            }
        }
    }

    /// The drawn links, which need not be there for all else.
    pub(super) fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| {
            let ends = (0..self.len() as u32).flat_map(|record| {
                let (lead, partners) = self.sides(record);
                let to = partners.iter().filter_map(|partner| partner.position());
                lead.position
                    .into_iter()
                    .flat_map(move |from| to.clone().map(move |to| (from, to, record)))
            });
            LineIndex::new(ends.collect())
        })
    }
}
