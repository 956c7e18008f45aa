//! Records to a snapshot: read in any order, kept in the order of their ids.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use roaring::RoaringBitmap;

use super::{
    Dimension, Snapshot,
    features::{Labels, NAMES, Slot, Texts},
    filter::day,
    sides::{Place, SidesBuilder, country_place},
    snapshot::{Dates, Parts},
    spatial::{Lines, Points},
    text::WordsBuilder,
};
use crate::{
    domain::{Collectivity, Language, Partnership, PartnershipId, text::fold},
    formats::{csv::Writer, geojson::write_body},
    reference::vocabularies,
};

/// Collects records until [`Builder::finish`].
#[derive(Default)]
pub struct Builder {
    records: Vec<Read>,
    texts: Texts,
    values: [HashMap<String, Vec<u32>>; Dimension::ALL.len()],
    words: WordsBuilder,
    sides: SidesBuilder,
    row: Vec<u8>,
}

/// A record, as far as a snapshot keeps it outside its texts.
struct Read {
    id: PartnershipId,
    slot: Slot,
    labels: Labels,
    dates: Dates,
    place: Place,
}

impl Builder {
    /// Adds one record; `updated_at` is when it last changed.
    pub fn push(&mut self, record: &Partnership, updated_at: DateTime<Utc>) {
        let number = self.records.len() as u32;
        let id = record.id();
        self.index_values(number, record);
        self.index_words(number, record);
        self.row.clear();
        write_csv_row(&mut self.row, record);
        let write = |out: &mut Vec<u8>| write_body(out, id, record, updated_at, &NAMES);
        let slot = self.texts.push(number, record, write, &self.row);
        let place = self.sides.push(&record.collectivities, &record.partners);
        let dates = Dates {
            start: record.period.start().map(|date| day(date.first_day())),
            end: record.period.end().map(|date| day(date.last_day())),
            verified: record.verified_on.map(day),
            updated: updated_at.timestamp(),
        };
        let country = country_place(&record.partners[0].country).unwrap_or(0) as u16;
        let labels = Labels {
            kind: record.kind.rank,
            status: record.status.rank,
            country,
            themes: record.themes.iter().map(|theme| theme.rank).collect(),
        };
        self.records.push(Read { id, slot, labels, dates, place });
    }

    fn index_values(&mut self, number: u32, record: &Partnership) {
        let mut add = |dimension: Dimension, value: &str| {
            let values = &mut self.values[dimension as usize];
            match values.get_mut(value) {
                Some(records) if records.last() == Some(&number) => {}
                Some(records) => records.push(number),
                None => {
                    values.insert(value.to_owned(), vec![number]);
                }
            }
        };
        for collectivity in &record.collectivities {
            let Collectivity { code, kind, department, region, .. } = &**collectivity;
            add(Dimension::Collectivity, code);
            add(Dimension::CollectivityKind, &kind.code);
            for (dimension, value) in
                [(Dimension::Region, region), (Dimension::Department, department)]
            {
                if let Some(value) = value {
                    add(dimension, value);
                }
            }
        }
        for partner in &record.partners {
            add(Dimension::Country, &partner.country);
            if let Some((zone, _)) = (NAMES.zone)(&partner.country, Language::French) {
                add(Dimension::Zone, zone);
            }
        }
        for theme in &record.themes {
            add(Dimension::Theme, &theme.code);
        }
        for sdg in &record.sdgs {
            add(Dimension::Sdg, &vocabularies::sdgs().terms()[usize::from(*sdg) - 1].code);
        }
        add(Dimension::Kind, &record.kind.code);
        add(Dimension::Status, &record.status.code);
        add(Dimension::Source, &record.source);
    }

    fn index_words(&mut self, number: u32, record: &Partnership) {
        let mut add = |text: &str| self.words.add(number, &fold(text));
        add(&record.title);
        for collectivity in &record.collectivities {
            add(&collectivity.name);
            for (dimension, code) in [
                (Dimension::Region, &collectivity.region),
                (Dimension::Department, &collectivity.department),
            ] {
                if let Some(code) = code {
                    add(&dimension.label(code, Language::French));
                }
            }
        }
        for partner in &record.partners {
            add(&partner.name);
            add(partner.region.as_deref().unwrap_or_default());
            for language in Language::ALL {
                add((NAMES.country)(&partner.country, language));
            }
        }
        for theme in &record.themes {
            add(&theme.label.fr);
            add(&theme.label.en);
        }
        add(record.description.as_deref().unwrap_or_default());
    }

    /// Sorts and indexes what was added; `version` is that of the register.
    pub fn finish(mut self, version: i64) -> Snapshot {
        self.texts.shrink();
        let mut order: Vec<u32> = (0..self.records.len() as u32).collect();
        order.sort_unstable_by_key(|number| self.records[*number as usize].id);
        // `place[number]`: where the record read as number `number` stands in the snapshot
        let mut place = vec![0; order.len()];
        for (index, number) in order.iter().enumerate() {
            place[*number as usize] = index as u32;
        }
        let bitmap = |mut numbers: Vec<u32>| -> RoaringBitmap {
            for number in &mut numbers {
                *number = place[*number as usize];
            }
            numbers.sort_unstable();
            let mut bitmap: RoaringBitmap = numbers.into_iter().collect();
            bitmap.optimize();
            bitmap
        };
        let values = self.values.map(|values| {
            values
                .into_iter()
                .map(|(value, numbers)| (value, bitmap(numbers)))
                .collect::<BTreeMap<_, _>>()
        });
        let words = self.words.finish(&place);
        let records: Vec<&Read> =
            order.iter().map(|number| &self.records[*number as usize]).collect();
        let sides = self.sides.finish(records.iter().map(|record| record.place).collect());
        let (mut points, mut ends) = (Vec::new(), Vec::new());
        for record in 0..records.len() as u32 {
            let (lead, partners) = sides.of(record);
            for to in partners.iter().filter_map(|partner| partner.position()) {
                points.push((to, record));
                ends.extend(lead.position.map(|from| (from, to, record)));
            }
        }
        Snapshot::new(Parts {
            version,
            ids: records.iter().map(|record| record.id).collect(),
            slots: order.iter().map(|n| (self.records[*n as usize].slot, *n)).collect(),
            labels: records.iter().map(|record| record.labels.clone()).collect(),
            dates: records.iter().map(|record| record.dates).collect(),
            sides,
            texts: self.texts,
            values,
            words,
            points: Points::new(&points),
            lines: Lines::new(ends),
        })
    }
}

fn write_csv_row(out: &mut Vec<u8>, record: &Partnership) {
    // a buffer in memory takes every write
    let _ = Writer::new(out).write(record);
}
