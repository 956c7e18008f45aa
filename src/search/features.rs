//! The written features of a snapshot: one buffer, copied from, in either language.

use std::{collections::HashMap, sync::LazyLock};

use crate::{
    domain::{Language, Partnership, Position, Term, Vocabulary},
    formats::geojson::{GEOMETRY_START, Names, write_json, write_lines, write_partners},
    reference::{Countries, territories, vocabularies},
};

/// The properties that every feature has, in the order of the contract.
pub const PROPERTIES: [&str; 33] = [
    "id",
    "title",
    "kind",
    "kind_label",
    "status",
    "status_label",
    "start",
    "end",
    "collectivity_code",
    "collectivity_name",
    "collectivity_kind",
    "department_code",
    "region_code",
    "region_name",
    "collectivity_lon",
    "collectivity_lat",
    "partner_name",
    "partner_region",
    "country_code",
    "country_name",
    "zone",
    "zone_label",
    "themes",
    "theme_labels",
    "sdgs",
    "description",
    "budget_eur",
    "funders",
    "url",
    "verified_on",
    "position_source",
    "source",
    "updated_at",
];

/// The names that features are written with.
pub(super) const NAMES: Names<'static> = Names {
    region: &|code| territories::regions().get(code).map(|region| region.name.as_str()),
    country: &|alpha2, language| {
        Countries::bundled().by_alpha2(alpha2).map_or("", |country| country.name.get(language))
    },
    zone: &|alpha2, language| {
        let zone = Countries::bundled().by_alpha2(alpha2)?.zone;
        Some((zone.code.as_str(), zone.label.get(language)))
    },
};

/// What the tail of a feature's properties depends on.
#[derive(Debug, Clone)]
pub(super) struct Labels {
    pub(super) kind: u8,
    pub(super) status: u8,
    /// Place in the list of countries.
    pub(super) country: u16,
    /// Ranks of the themes, as bits: their order in the record is that of `themes`.
    pub(super) themes: Box<[u8]>,
}

/// One property's text for each value, ready to be copied: `,"kind_label":"Jumelage"`.
struct Fragments {
    kinds: Vec<Vec<u8>>,
    statuses: Vec<Vec<u8>>,
    countries: Vec<Vec<u8>>,
    themes: Vec<Vec<u8>>,
}

impl Fragments {
    fn of(language: Language) -> &'static Self {
        static BOTH: LazyLock<[Fragments; 2]> = LazyLock::new(|| Language::ALL.map(Fragments::new));
        &BOTH[language as usize]
    }

    fn new(language: Language) -> Self {
        let labels = |vocabulary: &'static Vocabulary, before: &str| {
            let fragment = |term: &Term| property(before, term.label.get(language));
            vocabulary.terms().iter().map(fragment).collect()
        };
        let country = |country: &crate::reference::Country| {
            let mut text = property(r#","country_name":"#, country.name.get(language));
            text.extend(property(r#","zone_label":"#, country.zone.label.get(language)));
            text
        };
        Self {
            kinds: labels(vocabularies::kinds(), r#","kind_label":"#),
            statuses: labels(vocabularies::statuses(), r#","status_label":"#),
            themes: labels(vocabularies::themes(), ""),
            countries: Countries::bundled().list().iter().map(country).collect(),
        }
    }
}

fn property(before: &str, value: &str) -> Vec<u8> {
    let mut text = before.as_bytes().to_vec();
    write_json(&mut text, value);
    text
}

/// Texts of all records, in the order in which they were read.
#[derive(Default)]
pub(super) struct Texts {
    /// Chunks, so that growing never copies what is there.
    chunks: Vec<Vec<u8>>,
    /// The `partners` property of records with several, in both languages, by place in the order
    /// of reading.
    several_partners: HashMap<u32, [Vec<u8>; 2]>,
}

const CHUNK: usize = 16 << 20;

/// Where a record's texts are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    chunk: u32,
    start: u32,
    /// Length of the feature's body; the CSV row follows it.
    body: u32,
    row: u32,
    geometry: u32,
}

impl Texts {
    /// Writes a record down; `write` appends the body and returns the length of its geometry.
    pub(super) fn push(
        &mut self,
        record: u32,
        partnership: &Partnership,
        write: impl FnOnce(&mut Vec<u8>) -> usize,
        csv_row: &[u8],
    ) -> Slot {
        if self.chunks.last().is_none_or(|chunk| chunk.capacity() - chunk.len() < CHUNK / 64) {
            if let Some(full) = self.chunks.last_mut() {
                full.shrink_to_fit();
            }
            self.chunks.push(Vec::with_capacity(CHUNK));
        }
        let chunk_index = self.chunks.len() - 1;
        let chunk = &mut self.chunks[chunk_index];
        let start = chunk.len();
        let geometry = write(chunk);
        let body = chunk.len() - start;
        chunk.extend_from_slice(csv_row);
        if partnership.partners.len() > 1 {
            let texts = Language::ALL.map(|language| {
                let mut text = Vec::new();
                write_partners(&mut text, partnership, &NAMES, language);
                text
            });
            self.several_partners.insert(record, texts);
        }
        Slot {
            chunk: chunk_index as u32,
            start: start as u32,
            body: body as u32,
            row: csv_row.len() as u32,
            geometry: geometry as u32,
        }
    }

    /// Gives back what the last chunk did not need.
    pub(super) fn shrink(&mut self) {
        if let Some(last) = self.chunks.last_mut() {
            last.shrink_to_fit();
        }
    }

    fn body(&self, slot: Slot) -> &[u8] {
        let start = slot.start as usize;
        &self.chunks[slot.chunk as usize][start..start + slot.body as usize]
    }

    /// The record as a row of the native CSV, with its line end.
    pub(super) fn csv_row(&self, slot: Slot) -> &[u8] {
        let start = (slot.start + slot.body) as usize;
        &self.chunks[slot.chunk as usize][start..start + slot.row as usize]
    }

    /// Appends a feature without its closing brace, so that `links` may follow. `link` gives its
    /// two sides where a line is drawn instead of points.
    pub(super) fn write(
        &self,
        out: &mut Vec<u8>,
        (slot, record): (Slot, u32),
        labels: &Labels,
        language: Language,
        link: Option<(Option<Position>, Vec<Position>)>,
    ) {
        let body = self.body(slot);
        match link {
            None => out.extend_from_slice(body),
            Some((from, to)) => {
                out.extend_from_slice(&body[..GEOMETRY_START]);
                write_lines(out, from, &to);
                out.extend_from_slice(&body[GEOMETRY_START + slot.geometry as usize..]);
            }
        }
        let fragments = Fragments::of(language);
        out.extend_from_slice(&fragments.kinds[labels.kind as usize]);
        out.extend_from_slice(&fragments.statuses[labels.status as usize]);
        out.extend_from_slice(&fragments.countries[labels.country as usize]);
        out.extend_from_slice(br#","theme_labels":["#);
        for (index, theme) in labels.themes.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&fragments.themes[*theme as usize]);
        }
        out.push(b']');
        if let Some(texts) = self.several_partners.get(&record) {
            out.extend_from_slice(&texts[language as usize]);
        }
        out.push(b'}');
    }
}
