//! The register at one version, ready to be read.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, OnceLock},
};

use roaring::RoaringBitmap;

use super::{
    Collection, Dimension, Filter,
    features::{Labels, Slot, Texts},
    filter::{Interval, day},
    page::{Order, Ranking},
    spatial::{Lines, Points},
    text::Words,
};
use crate::{
    domain::{Collectivity, Language, Partner, PartnershipId},
    formats::csv::source_and_key,
};

/// Every public record of one version of the register, in the order of their ids.
///
/// Records are named by their place in that order, from 0.
pub struct Snapshot {
    parts: Parts,
    fingerprint: u64,
    all: RoaringBitmap,
    unplaced: RoaringBitmap,
    unlinked: RoaringBitmap,
    rankings: [OnceLock<Ranking>; Order::ALL.len()],
}

/// What a builder hands over; every list has one entry for each record.
pub(super) struct Parts {
    pub(super) version: i64,
    pub(super) ids: Vec<PartnershipId>,
    pub(super) slots: Vec<(Slot, u32)>,
    pub(super) labels: Vec<Labels>,
    pub(super) dates: Vec<Dates>,
    pub(super) places: Vec<Place>,
    /// By the number of [`Place::collectivity`].
    pub(super) collectivities: Vec<Arc<Collectivity>>,
    /// Those of all records, one record's after another's.
    pub(super) partners: Vec<Arc<Partner>>,
    pub(super) texts: Texts,
    pub(super) values: [BTreeMap<String, RoaringBitmap>; Dimension::ALL.len()],
    pub(super) words: Words,
    pub(super) points: Points,
    pub(super) lines: Lines,
}

/// The days of a record, from the common era, and the second of its last change.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dates {
    pub(super) start: Option<i32>,
    pub(super) end: Option<i32>,
    pub(super) verified: Option<i32>,
    pub(super) updated: i64,
}

impl Dates {
    /// Whether the record holds on some day of an interval; one without dates always does.
    fn meet(&self, interval: Interval) -> bool {
        let begins = self.start.is_none_or(|start| interval.to.is_none_or(|to| start <= to));
        let lasts = self.end.is_none_or(|end| interval.from.is_none_or(|from| end >= from));
        begins && lasts
    }
}

/// The two sides of a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Number of the lead collectivity.
    pub(super) collectivity: u32,
    /// Number of the first partner: the same for the same name in a country.
    pub(super) partner: u32,
    /// The partners, as a range of those of all records.
    pub(super) partners: (u32, u32),
}

impl Place {
    /// The partners among those of all records.
    pub(super) fn of<'p>(&self, partners: &'p [Arc<Partner>]) -> &'p [Arc<Partner>] {
        &partners[self.partners.0 as usize..self.partners.1 as usize]
    }
}

impl Snapshot {
    pub(super) fn new(parts: Parts) -> Self {
        let count = parts.ids.len() as u32;
        let placed =
            |place: &Place| place.of(&parts.partners).iter().any(|p| p.position().is_some());
        let linked = |place: &Place| {
            let lead = &parts.collectivities[place.collectivity as usize];
            lead.position.is_some() && placed(place)
        };
        let without = |with: &dyn Fn(&Place) -> bool| {
            let numbered = parts.places.iter().zip(0..count);
            numbered.filter(|(place, _)| !with(place)).map(|(_, record)| record).collect()
        };
        let unplaced = without(&placed);
        let unlinked = without(&linked);
        let all = (0..count).collect();
        let mut fingerprint = DefaultHasher::new();
        (parts.version, &parts.ids).hash(&mut fingerprint);
        parts.dates.iter().for_each(|dates| dates.updated.hash(&mut fingerprint));
        Self {
            fingerprint: fingerprint.finish(),
            parts,
            all,
            unplaced,
            unlinked,
            rankings: std::array::from_fn(|_| OnceLock::new()),
        }
    }

    /// The version of the register.
    pub fn version(&self) -> i64 {
        self.parts.version
    }

    /// Tells this snapshot from one of the same version of another register.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
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

    /// The records that a filter wants of a collection.
    pub fn select(&self, filter: &Filter, collection: Collection) -> RoaringBitmap {
        self.select_but(filter, collection, None)
    }

    /// The same, as though the filter did not restrict one dimension.
    pub(super) fn select_but(
        &self,
        filter: &Filter,
        collection: Collection,
        ignored: Option<Dimension>,
    ) -> RoaringBitmap {
        let mut selected: Option<RoaringBitmap> = None;
        let mut keep = |found: RoaringBitmap| {
            selected = Some(match selected.take() {
                None => found,
                Some(kept) => kept & found,
            });
        };
        for (dimension, wanted) in filter.dimensions().filter(|(d, _)| Some(*d) != ignored) {
            let values = self.values(dimension);
            let mut any = RoaringBitmap::new();
            for value in wanted {
                if let Some(records) = values.get(value) {
                    any |= records;
                }
            }
            keep(any);
        }
        for word in filter.words() {
            keep(self.parts.words.beginning_with(word));
        }
        // OGC API – Features Part 1, 7.15.3: what has no geometry matches every box
        if let Some(bbox) = filter.bbox() {
            keep(match collection {
                Collection::Partnerships => self.parts.points.within(bbox) | &self.unplaced,
                Collection::Links => self.parts.lines.meeting(bbox) | &self.unlinked,
            });
        }
        let (datetime, years) = filter.periods();
        if let Some(interval) = datetime {
            keep(self.by_dates(|dates| dates.meet(interval)));
        }
        if !years.is_empty() {
            let years: Vec<Interval> = years.iter().map(|year| whole_year(*year)).collect();
            keep(self.by_dates(|dates| years.iter().any(|year| dates.meet(*year))));
        }
        if let Some(since) = filter.verified_since().map(day) {
            keep(self.by_dates(|dates| dates.verified.is_some_and(|verified| verified >= since)));
        }
        selected.unwrap_or_else(|| self.all.clone())
    }

    fn by_dates(&self, wanted: impl Fn(&Dates) -> bool) -> RoaringBitmap {
        let numbered = self.parts.dates.iter().zip(0u32..);
        let found = numbered.filter(|(dates, _)| wanted(dates)).map(|(_, record)| record);
        RoaringBitmap::from_sorted_iter(found).unwrap_or_default()
    }

    /// The records of each value of a dimension.
    pub(super) fn values(&self, dimension: Dimension) -> &BTreeMap<String, RoaringBitmap> {
        &self.parts.values[dimension as usize]
    }

    pub(super) fn dates(&self, record: u32) -> &Dates {
        &self.parts.dates[record as usize]
    }

    pub(super) fn place(&self, record: u32) -> &Place {
        &self.parts.places[record as usize]
    }

    pub(super) fn ranking(&self, order: Order) -> &Ranking {
        self.rankings[order as usize].get_or_init(|| Ranking::new(self, order))
    }

    /// The smallest box around all positions of partners: west, south, east, north.
    pub fn extent(&self) -> Option<[f64; 4]> {
        self.parts.points.extent()
    }

    /// The first and the last day of a period that any record names, from the common era.
    pub fn days(&self) -> Option<(i32, i32)> {
        let days = || self.parts.dates.iter().flat_map(|dates| [dates.start, dates.end]).flatten();
        Some((days().min()?, days().max()?))
    }

    /// The lead collectivity of a record, and all its partners.
    pub fn sides(&self, record: u32) -> (&Collectivity, &[Arc<Partner>]) {
        let place = self.place(record);
        (&self.parts.collectivities[place.collectivity as usize], place.of(&self.parts.partners))
    }

    /// What a French authority is called that leads a record, by code.
    pub fn collectivity_name(&self, code: &str) -> Option<&str> {
        let found = self.parts.collectivities.iter().find(|collectivity| collectivity.code == code);
        found.map(|collectivity| collectivity.name.as_str())
    }

    /// Appends a record as a GeoJSON feature, without its closing brace.
    pub fn write_open_feature(
        &self,
        out: &mut Vec<u8>,
        record: u32,
        collection: Collection,
        language: Language,
    ) {
        let link = (collection == Collection::Links).then(|| {
            let (lead, partners) = self.sides(record);
            (lead.position, partners.iter().filter_map(|p| p.position()).collect())
        });
        let index = record as usize;
        let labels = &self.parts.labels[index];
        self.parts.texts.write(out, self.parts.slots[index], labels, language, link);
    }

    /// Appends a record as a GeoJSON feature.
    pub fn write_feature(
        &self,
        out: &mut Vec<u8>,
        record: u32,
        collection: Collection,
        language: Language,
    ) {
        self.write_open_feature(out, record, collection, language);
        out.push(b'}');
    }

    /// A record as a row of the native CSV, with its line end.
    pub fn csv_row(&self, record: u32) -> &[u8] {
        self.parts.texts.csv_row(self.parts.slots[record as usize].0)
    }

    /// Who keeps a record, and what they call it.
    pub fn source_and_key(&self, record: u32) -> Option<(String, String)> {
        source_and_key(self.csv_row(record))
    }

    /// A record's properties, to be read by name.
    pub fn properties(&self, record: u32, language: Language) -> serde_json::Value {
        let mut text = Vec::new();
        self.write_feature(&mut text, record, Collection::Partnerships, language);
        serde_json::from_slice::<serde_json::Value>(&text)
            .map(|mut feature| feature["properties"].take())
            .unwrap_or_default()
    }
}

fn whole_year(year: i32) -> Interval {
    let edge = |month, day_of| chrono::NaiveDate::from_ymd_opt(year, month, day_of).map(day);
    Interval { from: edge(1, 1), to: edge(12, 31) }
}
