//! Records to a snapshot: read in any order, kept in the order of their ids.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    thread,
};

use chrono::{DateTime, Utc};
use foldhash::fast::RandomState;
use roaring::RoaringBitmap;

use super::{
    Dimension, Snapshot,
    features::{NAMES, Slot, TextsBuilder},
    filter::day,
    forward::Forward,
    sides::{Place, SidesBuilder},
    snapshot::{Dates, NO_BUDGET, Parts, Values},
    text::WordsBuilder,
};
use crate::{
    domain::{
        Collectivity, Euros, Language, Partner, Partnership, PartnershipId, Term, text::fold,
    },
    reference::vocabularies,
};

/// Collects records until [`Builder::finish`].
#[derive(Default)]
pub struct Builder {
    records: Vec<(PartnershipId, Read)>,
    texts: TextsBuilder,
    values: ValuesBuilder,
    words: WordsBuilder,
    /// Holds every authority that it met: an address is not used again.
    sides: SidesBuilder,
    /// By address, what is shared by all records of an authority or a term: the number of a list
    /// of values, which is that of a list of words too.
    shared: HashMap<usize, u32, RandomState>,
}

/// A record, as far as a snapshot keeps it outside its texts.
#[derive(Clone, Copy)]
struct Read {
    slot: Slot,
    dates: Dates,
    place: Place,
    budget: i64,
}

impl Builder {
    /// Adds one record; `updated_at` is when it last changed.
    pub fn push(&mut self, record: &Partnership, updated_at: DateTime<Utc>) {
        self.index(record);
        let place = self.sides.push(&record.collectivities, &record.partners);
        let slot = self.texts.push(record, updated_at);
        let dates = Dates {
            start: record.period.start().map(|date| day(date.first_day())),
            end: record.period.end().map(|date| day(date.last_day())),
            verified: record.verified_on.map(day),
            updated: updated_at.timestamp(),
        };
        let budget = record.budget.map_or(NO_BUDGET, Euros::cents);
        self.records.push((record.id(), Read { slot, dates, place, budget }));
    }

    /// Notes the record's values and words.
    fn index(&mut self, record: &Partnership) {
        for collectivity in &record.collectivities {
            self.share(Arc::as_ptr(collectivity) as usize, || of_collectivity(collectivity));
        }
        for partner in &record.partners {
            self.share(Arc::as_ptr(partner) as usize, || of_partner(partner));
        }
        let term = |term: &'static Term| std::ptr::from_ref(term) as usize;
        for theme in &record.themes {
            let texts = || vec![theme.label.fr.clone(), theme.label.en.clone()];
            self.share(term(theme), || (vec![(Dimension::Theme, theme.code.clone())], texts()));
        }
        for (dimension, one) in [(Dimension::Kind, record.kind), (Dimension::Status, record.status)]
        {
            self.share(term(one), || (vec![(dimension, one.code.clone())], Vec::new()));
        }
        for sdg in &record.sdgs {
            let code = &vocabularies::sdgs().terms()[usize::from(*sdg) - 1].code;
            self.values.add(Dimension::Sdg, code);
        }
        self.values.add(Dimension::Source, &record.source);
        self.words.add(&fold(&record.title));
        self.words.add(&fold(record.description.as_deref().unwrap_or_default()));
        self.values.records.end();
        self.words.end();
    }

    /// Adds what all records share that have the thing at an address.
    fn share(
        &mut self,
        address: usize,
        of: impl FnOnce() -> (Vec<(Dimension, String)>, Vec<String>),
    ) {
        let list = *self.shared.entry(address).or_insert_with(|| {
            let (values, texts) = of();
            let folded: Vec<String> = texts.iter().map(|text| fold(text)).collect();
            self.words.share(&folded);
            self.values.share(&values)
        });
        self.values.records.add_shared(list);
        self.words.add_shared(list);
    }

    /// Sorts and indexes what was added; `version` is that of the register.
    pub fn finish(self, version: i64) -> Snapshot {
        Snapshot::new(self.parts(version))
    }

    /// What was added, in the order of ids.
    pub(super) fn parts(self, version: i64) -> Parts {
        let Self { records, texts, values, words, sides, shared: _ } = self;
        let mut sorted: Vec<(PartnershipId, u32)> =
            records.iter().map(|(id, _)| *id).zip(0..).collect();
        sorted.sort_unstable();
        let (ids, order): (Vec<PartnershipId>, Vec<u32>) = sorted.into_iter().unzip();
        // words take as long as all the rest
        thread::scope(|scope| {
            let words = scope.spawn(|| words.finish(&order));
            let values = values.finish(&order);
            let read: Vec<Read> = order.iter().map(|number| records[*number as usize].1).collect();
            drop(records);
            let sides = sides.finish(read.iter().map(|record| record.place).collect());
            let slots = read.iter().map(|record| record.slot).collect();
            let dates = read.iter().map(|record| record.dates).collect();
            let budgets = read.iter().map(|record| record.budget).collect();
            drop(read);
            let texts = texts.finish();
            let words = words.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Parts { version, ids, slots, dates, budgets, sides, texts, values, words, patched: 0 }
        })
    }
}

fn of_collectivity(collectivity: &Collectivity) -> (Vec<(Dimension, String)>, Vec<String>) {
    let Collectivity { code, kind, name, department, region, .. } = collectivity;
    let mut values = vec![
        (Dimension::Collectivity, code.clone()),
        (Dimension::CollectivityKind, kind.code.clone()),
    ];
    let mut texts = vec![name.clone()];
    for (dimension, value) in [(Dimension::Region, region), (Dimension::Department, department)] {
        if let Some(value) = value {
            texts.push(dimension.label(value, Language::French));
            values.push((dimension, value.clone()));
        }
    }
    (values, texts)
}

fn of_partner(partner: &Partner) -> (Vec<(Dimension, String)>, Vec<String>) {
    let Partner { name, country, region, .. } = partner;
    let mut values = vec![(Dimension::Country, country.clone())];
    let zone = (NAMES.zone)(country, Language::French);
    values.extend(zone.map(|(zone, _)| (Dimension::Zone, zone.to_owned())));
    let mut texts = vec![name.clone(), region.clone().unwrap_or_default()];
    texts.extend(Language::ALL.map(|language| (NAMES.country)(country, language).to_owned()));
    (values, texts)
}

/// Collects which values records have.
#[derive(Default)]
struct ValuesBuilder {
    numbers: [HashMap<String, u32, RandomState>; Dimension::ALL.len()],
    count: u32,
    records: Forward,
}

impl ValuesBuilder {
    fn number(&mut self, dimension: Dimension, value: &str) -> u32 {
        let numbers = &mut self.numbers[dimension as usize];
        if let Some(number) = numbers.get(value) {
            return *number;
        }
        numbers.insert(value.to_owned(), self.count);
        self.count += 1;
        self.count - 1
    }

    fn add(&mut self, dimension: Dimension, value: &str) {
        let number = self.number(dimension, value);
        self.records.add(number);
    }

    fn share(&mut self, values: &[(Dimension, String)]) -> u32 {
        let list = values.iter().map(|(dimension, value)| self.number(*dimension, value)).collect();
        self.records.share(list)
    }

    fn finish(self, order: &[u32]) -> Values {
        let mut bitmaps = vec![RoaringBitmap::new(); self.count as usize];
        for (record, read) in (0..).zip(order) {
            // a value that the record has already is not pushed again
            self.records.each(*read, |value| {
                let _ = bitmaps[value as usize].try_push(record);
            });
        }
        self.numbers.map(|numbers| {
            let mut taken = |number: u32| {
                let mut bitmap = std::mem::take(&mut bitmaps[number as usize]);
                bitmap.optimize();
                bitmap
            };
            numbers
                .into_iter()
                .map(|(value, number)| (value, taken(number)))
                .collect::<BTreeMap<_, _>>()
        })
    }
}
