//! Entities in a snapshot: which a filter selects, what is counted of each, and where they are.

use roaring::RoaringBitmap;

use super::{
    Collection, Dimension, Selection, Snapshot,
    shapes::Shapes,
    sides::{country, region},
    spatial::{Bbox, PointIndex},
};
use crate::domain::Position;

/// A selection with fewer records than one entity in so many is sorted; a larger one is counted
/// in a table of all entities.
const SPARSE: u64 = 16;
/// What is counted of the items of a list so short is kept with the selection.
const SHORT: usize = 1 << 16;

/// Kilometres of a degree of latitude.
const DEGREE_KM: f64 = 111.2;

/// What is counted of an entity, among the partnerships that match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Partnerships.
    pub partnerships: u64,
    /// French authorities in them.
    pub collectivities: u64,
    /// Foreign authorities in them.
    pub partners: u64,
    /// Countries of these.
    pub countries: u64,
    /// Themes by their rank in the vocabulary, each with how many of the partnerships have it,
    /// most frequent first.
    pub themes: Vec<(u8, u64)>,
}

/// Where entities with a position are.
pub(super) struct Spots {
    points: PointIndex,
    unplaced: RoaringBitmap,
}

impl Spots {
    pub(super) fn new(positions: impl Iterator<Item = Option<Position>>) -> Self {
        let (mut placed, mut unplaced) = (Vec::new(), RoaringBitmap::new());
        for (item, position) in (0..).zip(positions) {
            match position {
                Some(position) => placed.push((position, item)),
                None => {
                    unplaced.insert(item);
                }
            }
        }
        Self { points: PointIndex::new(&placed), unplaced }
    }
}

impl Spots {
    /// Those at most so many km away, and some that are a little farther.
    pub(super) fn around(&self, at: Position, km: f64) -> RoaringBitmap {
        let high = km / DEGREE_KM;
        let wide = high / at.lat().to_radians().cos().max(0.05);
        let (south, north) = ((at.lat() - high).max(-90.0), (at.lat() + high).min(90.0));
        // past the antimeridian a box goes on from its other side
        let turned = |lon: f64| (lon + 540.0).rem_euclid(360.0) - 180.0;
        let (west, east) = (turned(at.lon() - wide), turned(at.lon() + wide));
        self.points.within(Bbox::new(west, south, east, north))
    }
}

impl Snapshot {
    /// The entities of the records that match; `None` where all records do.
    pub(super) fn select_entities(
        &self,
        collection: Collection,
        records: Option<RoaringBitmap>,
        bbox: Option<Bbox>,
    ) -> Selection {
        let selection = match records {
            None => self.whole(collection).clone(),
            Some(records) => self.entities_of(collection, records),
        };
        match bbox {
            None => selection,
            Some(bbox) => selection.within(&self.entities_within(collection, bbox)),
        }
    }

    /// The entities that some records have.
    pub(super) fn entities_of(&self, collection: Collection, records: RoaringBitmap) -> Selection {
        let counted = self.count_entities(collection, &records);
        Selection::of_entities(records, counted.into_iter())
    }

    /// The entities that some records have, in ascending order, each with how many have it.
    pub(super) fn counted_entities(
        &self,
        collection: Collection,
        records: &RoaringBitmap,
    ) -> Vec<(u32, u32)> {
        if records.len() == self.len() as u64 {
            self.whole(collection).counted().collect()
        } else {
            self.count_entities(collection, records)
        }
    }

    fn count_entities(&self, collection: Collection, records: &RoaringBitmap) -> Vec<(u32, u32)> {
        let places = self.entity_sides().places(collection);
        if records.len() < places as u64 / SPARSE {
            let mut found = Vec::new();
            for record in records {
                self.entity_sides().each(collection, record, |item| found.push(item));
            }
            found.sort_unstable();
            let counted = found.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u32));
            return counted.collect();
        }
        let mut counts = vec![0u32; places];
        for record in records {
            self.entity_sides().each(collection, record, |item| counts[item as usize] += 1);
        }
        (0..).zip(counts).filter(|(_, count)| *count > 0).collect()
    }

    fn entities_within(&self, collection: Collection, bbox: Bbox) -> RoaringBitmap {
        match (Shapes::of(collection), self.spots(collection)) {
            (Some(shapes), _) => shapes.meeting(bbox),
            (None, Some(spots)) => spots.points.within(bbox) | &spots.unplaced,
            (None, None) => RoaringBitmap::new(),
        }
    }

    /// The smallest box around all entities of a collection: west, south, east, north.
    pub(super) fn entities_extent(&self, collection: Collection) -> Option<[f64; 4]> {
        match Shapes::of(collection) {
            Some(shapes) => shapes.extent(self.whole(collection).items()),
            None => self.spots(collection)?.points.extent(),
        }
    }

    /// Tells the selected records of an entity, in ascending order.
    fn each_record(
        &self,
        (collection, item): (Collection, u32),
        records: &RoaringBitmap,
        mut tell: impl FnMut(u32),
    ) {
        let of_value = |dimension: Dimension, code: &str| self.values(dimension).get(code);
        let found = match collection {
            Collection::Partnerships | Collection::Links => return tell(item),
            Collection::Partners => {
                let all = self.entity_sides().partner_records(item).iter();
                return all.filter(|record| records.contains(**record)).copied().for_each(tell);
            }
            Collection::Collectivities => {
                of_value(Dimension::Collectivity, &self.entity_sides().collectivity(item).code)
            }
            Collection::Countries => of_value(Dimension::Country, &country(item).alpha2),
            Collection::Regions => of_value(Dimension::Region, &region(item).code),
        };
        if records.len() == self.len() as u64 {
            found.into_iter().flatten().for_each(tell);
        } else if let Some(found) = found {
            (found & records).iter().for_each(&mut tell);
        }
    }

    /// What is counted of an item, among the partnerships that a selection has.
    pub fn tally(&self, collection: Collection, selection: &Selection, item: u32) -> Tally {
        let count = || self.count((collection, item), selection.records());
        if self.entity_sides().places(collection) > SHORT {
            return count();
        }
        selection.tally(item).map_or_else(count, |kept| kept.get_or_init(count).clone())
    }

    fn count(&self, (collection, item): (Collection, u32), records: &RoaringBitmap) -> Tally {
        let sides = self.entity_sides();
        let mut themes = [0u64; u8::MAX as usize + 1];
        let (mut collectivities, mut partners) = (Vec::new(), Vec::new());
        let mut countries = Vec::new();
        let mut partnerships = 0;
        self.each_record((collection, item), records, |record| {
            partnerships += 1;
            if collection != Collection::Collectivities {
                sides.each(Collection::Collectivities, record, |one| collectivities.push(one));
            }
            if collection != Collection::Partners {
                sides.each(Collection::Partners, record, |one| partners.push(one));
                sides.each(Collection::Countries, record, |one| countries.push(one));
            }
            self.themes(record).iter().for_each(|theme| themes[usize::from(*theme)] += 1);
        });
        let mut themes: Vec<(u8, u64)> =
            (0..=u8::MAX).zip(themes).filter(|(_, count)| *count > 0).collect();
        themes.sort_by_key(|(rank, count)| (std::cmp::Reverse(*count), *rank));
        let distinct = |found, of| distinct(found, sides.places(of));
        Tally {
            partnerships,
            collectivities: distinct(collectivities, Collection::Collectivities),
            partners: distinct(partners, Collection::Partners),
            countries: distinct(countries, Collection::Countries),
            themes,
        }
    }
}

/// How many different numbers there are, all of them below `places`.
fn distinct(mut numbers: Vec<u32>, places: usize) -> u64 {
    if numbers.len() < places / SPARSE as usize {
        numbers.sort_unstable();
        numbers.dedup();
        return numbers.len() as u64;
    }
    let mut seen = vec![false; places];
    numbers
        .into_iter()
        .filter(|number| !std::mem::replace(&mut seen[*number as usize], true))
        .count() as u64
}
