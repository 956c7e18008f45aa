//! What a snapshot has of each record: its numbers, and its texts as a feature, a row or a record.

use std::sync::Arc;

use super::{
    Collection, Selection, Snapshot,
    snapshot::{Dates, NO_BUDGET},
};
use crate::{
    domain::{Collectivity, Euros, Language, Partner, Partnership, Period, Verifier},
    formats::csv::Writer,
    reference::vocabularies,
};

impl Snapshot {
    pub(super) fn dates(&self, record: u32) -> &Dates {
        &self.parts.dates[record as usize]
    }

    /// Ranks of a record's kind of link and status in their vocabularies.
    pub(super) fn kind_and_status(&self, record: u32) -> (usize, usize) {
        self.parts.slots[record as usize].kind_and_status()
    }

    /// The ranks of a record's kind and status, and the place of its country.
    pub(super) fn label_codes(&self, record: u32) -> (u8, u8, u16) {
        self.parts.slots[record as usize].label_codes()
    }

    /// A record's budget in cents.
    pub(super) fn budget(&self, record: u32) -> Option<i64> {
        Some(self.parts.budgets[record as usize]).filter(|budget| *budget != NO_BUDGET)
    }

    /// Ranks of a record's themes in their vocabulary.
    pub(super) fn themes(&self, record: u32) -> &[u8] {
        self.parts.texts.themes(self.parts.slots[record as usize])
    }

    /// Prefetches the texts of some records into the CPU cache: their cache misses overlap, where
    /// those of a copy would come one after another.
    pub(super) fn prefetch(&self, records: &[u32]) {
        let texts = records.iter().map(|record| self.parts.slots[*record as usize]);
        std::hint::black_box(texts.fold(0, |mixed, slot| mixed ^ self.parts.texts.prefetch(slot)));
    }

    /// The body of a record's feature, up to and without the end of its properties.
    pub(super) fn body(&self, record: u32) -> &[u8] {
        self.parts.texts.body(self.parts.slots[record as usize])
    }

    /// The lead collectivity of a record, and all its partners.
    pub fn sides(&self, record: u32) -> (&Collectivity, &[Arc<Partner>]) {
        self.parts.sides.of(record)
    }

    /// Appends an item as a GeoJSON feature, without its closing brace; the counts of an entity
    /// are those of the selection.
    pub fn write_open_feature(
        &self,
        out: &mut Vec<u8>,
        collection: Collection,
        selection: &Selection,
        item: u32,
        language: Language,
    ) {
        let link = match collection {
            Collection::Partnerships => None,
            Collection::Links => {
                let (lead, partners) = self.sides(item);
                Some((lead.position, partners.iter().filter_map(|p| p.position()).collect()))
            }
            _ => return self.write_entity(out, collection, selection, item, language),
        };
        self.parts.texts.write(out, self.parts.slots[item as usize], language, link);
    }

    /// Appends an item as a GeoJSON feature; the counts of an entity are those of the selection.
    pub fn write_feature(
        &self,
        out: &mut Vec<u8>,
        collection: Collection,
        selection: &Selection,
        item: u32,
        language: Language,
    ) {
        self.write_open_feature(out, collection, selection, item, language);
        out.push(b'}');
    }

    /// A record as the register has it.
    pub fn partnership(&self, record: u32) -> Option<Partnership> {
        let index = record as usize;
        let slot = self.parts.slots[index];
        let texts = self.parts.texts.read(slot)?;
        let (kind, status) = slot.kind_and_status();
        let theme = |rank: &u8| &vocabularies::themes().terms()[usize::from(*rank)];
        let date = |text: Option<String>| text.and_then(|text| text.parse().ok());
        let (collectivities, partners) = self.parts.sides.all_of(record);
        Some(Partnership {
            source: texts.source,
            key: self.parts.texts.key(slot).to_owned(),
            title: texts.title,
            kind: &vocabularies::kinds().terms()[kind],
            status: &vocabularies::statuses().terms()[status],
            period: Period::new(date(texts.start), date(texts.end)).ok()?,
            collectivities: collectivities.map(Arc::clone).collect(),
            partners: partners.to_vec(),
            themes: self.themes(record).iter().map(theme).collect(),
            sdgs: texts.sdgs,
            description: texts.description,
            budget: Euros::from_cents(self.parts.budgets[index]).ok(),
            funders: texts.funders,
            url: texts.url,
            verified_on: texts.verified_on,
            verified_by: texts.verified_by.as_deref().and_then(Verifier::from_code),
        })
    }

    /// A record as a row of the native CSV, with its line end.
    pub fn csv_row(&self, record: u32) -> Vec<u8> {
        let mut row = Vec::with_capacity(512);
        if let Some(partnership) = self.partnership(record) {
            // a buffer in memory takes every write
            let _ = Writer::new(&mut row).write(&partnership);
        }
        row
    }

    /// Who keeps a record, and what they call it.
    pub fn source_and_key(&self, record: u32) -> Option<(String, String)> {
        let slot = self.parts.slots[record as usize];
        let key = self.parts.texts.key(slot).to_owned();
        self.parts.texts.read(slot).map(|texts| (texts.source, key))
    }

    /// A record's title.
    pub fn title(&self, record: u32) -> String {
        self.parts.texts.title(self.parts.slots[record as usize])
    }
}
