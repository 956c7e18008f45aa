//! Records to a snapshot: read in any order, kept in the order of their ids.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    thread,
};

use super::{
    Dimension, Snapshot, bitmaps,
    directory::funder,
    features::{FeatureTextsBuilder, NAMES, Slot},
    interval::day,
    inverted_index::{ForwardIndex, InvertedIndex},
    sides::{RecordSides, SidesBuilder},
    snapshot::{Dates, NO_BUDGET, Parts, ValueIndex},
    text::WordsBuilder,
};
use crate::{
    domain::{
        Collectivity, DataVersion, Euros, Language, Partner, Partnership, PartnershipId, Term,
        text::fold,
    },
    reference::{Subdivisions, vocabularies},
};
use chrono::{DateTime, Utc};
use foldhash::fast::RandomState;

/// A partnership as it is read: one record, or one that leads others.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What it says.
    pub record: Partnership,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// What other sources say of the same partnership; it is found by their words too.
    pub followers: Vec<Partnership>,
}

impl Entry {
    /// Of one record.
    pub fn of(record: Partnership, updated_at: DateTime<Utc>) -> Self {
        Self { record, updated_at, followers: Vec::new() }
    }
}

/// Collects records until [`Builder::finish`]: in two halves, which may be filled at once by two
/// threads with the same records in the same order.
#[derive(Default)]
pub struct Builder {
    index: RecordIndex,
    texts: RecordTexts,
}

/// What records are found by.
#[derive(Default)]
pub struct RecordIndex {
    records: Vec<(PartnershipId, RecordData)>,
    values: ValuesBuilder,
    words: WordsBuilder,
    /// Holds every authority that it met: an address is not used again.
    sides: SidesBuilder,
    /// By address, the numbers of authorities and terms: all records that have one have the same
    /// values and words by it.
    shared: HashMap<usize, u32, RandomState>,
    /// Which of these records have.
    has: ForwardIndex,
}

/// What records say.
#[derive(Default)]
pub struct RecordTexts {
    written: FeatureTextsBuilder,
    slots: Vec<Slot>,
}

/// A record, as far as a snapshot keeps it outside its texts.
#[derive(Clone, Copy)]
struct RecordData {
    dates: Dates,
    place: RecordSides,
    budget: i64,
}

impl RecordTexts {
    /// Writes one record down; `updated_at` is when it last changed.
    pub fn push(&mut self, record: &Partnership, updated_at: DateTime<Utc>) {
        self.push_of(record, &[record.source.as_str()], updated_at);
    }

    fn push_of(&mut self, record: &Partnership, sources: &[&str], updated_at: DateTime<Utc>) {
        self.slots.push(self.written.push(record, sources, updated_at));
    }
}

impl RecordIndex {
    /// Adds one record; `updated_at` is when it last changed.
    pub fn push(&mut self, record: &Partnership, updated_at: DateTime<Utc>) {
        self.push_with(record, &[], updated_at);
    }

    fn push_with(
        &mut self,
        record: &Partnership,
        followers: &[Partnership],
        updated_at: DateTime<Utc>,
    ) {
        self.index(record);
        for follower in followers {
            self.index_follower(record, follower);
        }
        self.end();
        let place = self.sides.push(&record.collectivities, &record.partners);
        let dates = Dates {
            start: record.period.start().map(|date| day(date.first_day())),
            end: record.period.end().map(|date| day(date.last_day())),
            verified: record.verified_on.map(day),
            updated: updated_at.timestamp_micros(),
        };
        let budget = record.budget.map_or(NO_BUDGET, Euros::cents);
        self.records.push((record.id(), RecordData { dates, place, budget }));
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
        let mut funders: Vec<String> =
            record.funders.iter().filter_map(|name| funder::value(name)).collect();
        // two names may be one actor's
        funders.sort_unstable();
        funders.dedup();
        for funder in &funders {
            self.values.add(Dimension::Funder, funder);
        }
        self.values.add(Dimension::Source, &record.source);
        self.words.add(&fold(&record.title));
        self.words.add(&fold(record.description.as_deref().unwrap_or_default()));
    }

    /// Notes who else keeps the record, and their words.
    fn index_follower(&mut self, record: &Partnership, follower: &Partnership) {
        if follower.source != record.source {
            self.values.add(Dimension::Source, &follower.source);
        }
        let partners = follower.partners.iter().map(|partner| partner.name.as_str());
        let texts = partners.chain([&*follower.title]).chain(follower.description.as_deref());
        texts.for_each(|text| self.words.add(&fold(text)));
    }

    /// Ends a record.
    fn end(&mut self) {
        self.values.records.end();
        self.words.end();
        self.has.end();
    }

    /// Adds what all records share that have the thing at an address.
    fn share(
        &mut self,
        address: usize,
        of: impl FnOnce() -> (Vec<(Dimension, String)>, Vec<String>),
    ) {
        let number = *self.shared.entry(address).or_insert_with(|| {
            let (values, texts) = of();
            let folded: Vec<String> = texts.iter().map(|text| fold(text)).collect();
            self.words.share(&folded);
            self.values.share(&values)
        });
        self.has.add(number);
    }
}

impl Builder {
    /// From both halves.
    pub fn of(index: RecordIndex, texts: RecordTexts) -> Self {
        Self { index, texts }
    }

    /// Adds one record; `updated_at` is when it last changed.
    pub fn push(&mut self, record: &Partnership, updated_at: DateTime<Utc>) {
        self.index.push(record, updated_at);
        self.texts.push(record, updated_at);
    }

    /// Adds one partnership.
    pub(super) fn push_entry(&mut self, entry: &Entry) {
        let Entry { record, updated_at, followers } = entry;
        self.index.push_with(record, followers, *updated_at);
        self.texts.push_of(record, &entry.sources(), *updated_at);
    }

    /// Sorts and indexes what was added; `version` is that of the register.
    pub fn finish(self, version: DataVersion) -> Snapshot {
        Snapshot::new(self.parts(version))
    }

    /// What was added, in the order of ids.
    pub(super) fn parts(self, version: DataVersion) -> Parts {
        let Self { index: RecordIndex { records, values, mut words, sides, shared, has }, texts } =
            self;
        let mut sorted: Vec<(PartnershipId, u32)> =
            records.iter().map(|(id, _)| *id).zip(0..).collect();
        sorted.sort_unstable();
        let (ids, order): (Vec<PartnershipId>, Vec<u32>) = sorted.into_iter().unzip();
        let (own, has) = thread::scope(|scope| {
            let own = scope.spawn(|| words.invert(&order));
            let has = has.invert(&order, shared.len());
            (joined(own), has)
        });
        // words take as long as all the rest
        thread::scope(|scope| {
            let words = scope.spawn(|| words.finish(&own, &has));
            let values = values.finish(&order, &has);
            let read: Vec<RecordData> =
                order.iter().map(|number| records[*number as usize].1).collect();
            drop(records);
            let sides = sides.finish(read.iter().map(|record| record.place).collect());
            let slots = order.iter().map(|number| texts.slots[*number as usize]).collect();
            let dates = read.iter().map(|record| record.dates).collect();
            let budgets = read.iter().map(|record| record.budget).collect();
            drop(read);
            let texts = texts.written.finish();
            let words = joined(words);
            Parts { version, ids, slots, dates, budgets, sides, texts, values, words, patched: 0 }
        })
    }
}

/// What a thread made; where it failed this one fails too.
pub fn joined<T>(working: thread::ScopedJoinHandle<'_, T>) -> T {
    working.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
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
    let Partner { name, country, region, kind, place: _, area } = partner;
    let mut values = vec![(Dimension::Country, country.clone())];
    let zone = (NAMES.zone)(country, Language::French);
    values.extend(zone.map(|(zone, _)| (Dimension::Zone, zone.to_owned())));
    values.extend(kind.map(|kind| (Dimension::PartnerKind, kind.term.code.clone())));
    let mut texts = vec![name.clone(), region.clone().unwrap_or_default()];
    texts.extend(Language::ALL.map(|language| (NAMES.country)(country, language).to_owned()));
    for area in area.iter().flat_map(|code| Subdivisions::bundled().with_parents(code)) {
        values.push((Dimension::PartnerArea, area.code.clone()));
        texts.extend(area.searched());
    }
    (values, texts)
}

/// Collects which values records have.
#[derive(Default)]
struct ValuesBuilder {
    numbers: [HashMap<String, u32, RandomState>; Dimension::ALL.len()],
    count: u32,
    /// Values that come by nothing shared.
    records: ForwardIndex,
    /// The values of what is shared, by its number.
    shared: Vec<Vec<u32>>,
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

    /// Keeps the values of something that records share; returns its number, counted from 0.
    fn share(&mut self, values: &[(Dimension, String)]) -> u32 {
        let list = values.iter().map(|(dimension, value)| self.number(*dimension, value)).collect();
        self.shared.push(list);
        self.shared.len() as u32 - 1
    }

    fn finish(self, order: &[u32], has: &InvertedIndex) -> ValueIndex {
        let own = self.records.invert(order, self.count as usize);
        let mut lists: Vec<Vec<&[u32]>> =
            (0..self.count).map(|value| vec![own.of(value)]).collect();
        for (shared, values) in (0..).zip(&self.shared) {
            for value in values {
                lists[*value as usize].push(has.of(shared));
            }
        }
        self.numbers.map(|numbers| {
            let mut records = |number: u32| {
                let lists = &mut lists[number as usize];
                lists.retain(|list| !list.is_empty());
                let mut bitmap = bitmaps::of_lists(lists);
                bitmap.optimize();
                bitmap
            };
            numbers
                .into_iter()
                .map(|(value, number)| (value, records(number)))
                .collect::<BTreeMap<_, _>>()
        })
    }
}
