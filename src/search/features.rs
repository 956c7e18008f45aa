//! The written features of a snapshot: one buffer, copied from, in either language.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use chrono::{DateTime, Utc};
use foldhash::fast::RandomState;

use super::sides::country_place;
use crate::{
    domain::{Collectivity, Language, Partnership, Position, Term},
    formats::geojson::{
        BodyParts, BodyTexts, GEOMETRY_START, Names, read_body, title_of, write_body, write_json,
        write_lead, write_lines, write_partners,
    },
    reference::{Countries, Subdivisions, territories, vocabularies},
};

/// The names that features are written with.
pub(super) const NAMES: Names<'static> = Names {
    region: &|code| territories::regions().get(code).map(|region| region.name.as_str()),
    country: &|alpha2, language| {
        Countries::bundled().by_alpha2(alpha2).map_or("", |country| country.name.get(language))
    },
    area: &|code, language| {
        Subdivisions::bundled().by_code(code).map(|area| area.name.get(language))
    },
    zone: &|alpha2, language| {
        let zone = Countries::bundled().by_alpha2(alpha2)?.zone;
        Some((zone.code.as_str(), zone.label.get(language)))
    },
};

/// Properties as texts, ready to be copied: `,"kind_label":"Jumelage"`.
struct Fragments {
    /// Of each kind with each status, by the ranks of both.
    kinds: Vec<Vec<Vec<u8>>>,
    /// Of each country and its zone, up to where the list of themes begins.
    countries: Vec<Vec<u8>>,
    /// Of no area, then of each.
    areas: Vec<Vec<u8>>,
    /// Each after a comma.
    themes: Vec<Vec<u8>>,
}

impl Fragments {
    fn of(language: Language) -> &'static Self {
        static BOTH: LazyLock<[Fragments; 2]> = LazyLock::new(|| Language::ALL.map(Fragments::new));
        &BOTH[language as usize]
    }

    fn new(language: Language) -> Self {
        let label = |before: &str, term: &Term| property(before, term.label.get(language));
        let kind = |kind: &Term| {
            let kind = label(r#","kind_label":"#, kind);
            let status = |status| [&*kind, &label(r#","status_label":"#, status)].concat();
            vocabularies::statuses().terms().iter().map(status).collect()
        };
        let country = |country: &crate::reference::Country| {
            let mut text = property(r#","country_name":"#, country.name.get(language));
            text.extend(property(r#","zone_label":"#, country.zone.label.get(language)));
            text.extend_from_slice(br#","theme_labels":["#);
            text
        };
        let area =
            |area: &crate::reference::Subdivision| property(AREA_NAME, area.name.get(language));
        let no_area = [AREA_NAME.as_bytes(), b"null"].concat();
        let areas = Subdivisions::bundled().list().iter().map(area);
        let themes = vocabularies::themes().terms().iter();
        Self {
            areas: std::iter::once(no_area).chain(areas).collect(),
            kinds: vocabularies::kinds().terms().iter().map(kind).collect(),
            countries: Countries::bundled().list().iter().map(country).collect(),
            themes: themes.map(|theme| label(",", theme)).collect(),
        }
    }
}

const AREA_NAME: &str = r#","partner_area_name":"#;

fn property(before: &str, value: &str) -> Vec<u8> {
    let mut text = before.as_bytes().to_vec();
    write_json(&mut text, value);
    text
}

/// Texts of all records. Those of one snapshot are shared with the next.
#[derive(Default, Clone)]
pub(super) struct FeatureTexts {
    /// Chunks, so that growing never copies what is there.
    chunks: Vec<Arc<Vec<u8>>>,
    /// The properties of each lead collectivity.
    leads: Vec<Arc<[u8]>>,
}

/// How large chunks are, in bytes; a smaller last one is continued by the next snapshot.
const CHUNK: usize = 16 << 20;
const CONTINUED: usize = 1 << 20;

/// Where a record's texts are, and what the labels of its feature depend on. In the buffer there
/// follow one another: the body, the key, the property `partners` in each language where there
/// are several, the ranks of the themes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    chunk: u32,
    start: u32,
    body: u32,
    key: u32,
    partners: [u32; 2],
    themes: u8,
    kind: u8,
    status: u8,
    /// Place in the list of countries.
    country: u16,
    /// Place in the list of areas, counted from 1; 0 for none.
    area: u16,
    geometry: u32,
    /// Where in the body the lead collectivity's properties belong.
    lead_at: u32,
    lead: u32,
}

impl Slot {
    /// The slot in texts that were appended to others.
    pub(super) fn shifted(self, by: Shift) -> Self {
        let (chunk, start) = (self.chunk + by.chunks, self.start + by.bytes);
        Self { chunk, start, lead: self.lead + by.leads, ..self }
    }
}

/// How far texts were moved that were appended to others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shift {
    chunks: u32,
    bytes: u32,
    leads: u32,
}

/// Writes down the texts of records, one after another.
#[derive(Default)]
pub(super) struct FeatureTextsBuilder {
    done: FeatureTexts,
    open: Vec<u8>,
    leads: HashMap<usize, u32, RandomState>,
    /// Held, so that an address is not used again.
    held: Vec<Arc<Collectivity>>,
}

impl FeatureTextsBuilder {
    /// Writes a record down.
    pub(super) fn push(
        &mut self,
        record: &Partnership,
        sources: &[&str],
        updated_at: DateTime<Utc>,
    ) -> Slot {
        if self.open.capacity() - self.open.len() < CHUNK / 64 {
            self.close();
            self.open = Vec::with_capacity(CHUNK);
        }
        let lead = self.lead(&record.collectivities[0]);
        let open = &mut self.open;
        let start = open.len();
        let parts = write_body(open, record, sources, updated_at, &NAMES);
        let body = open.len() - start;
        open.extend_from_slice(record.key.as_bytes());
        let mut partners = [0; 2];
        if record.partners.len() > 1 {
            for language in Language::ALL {
                let before = open.len();
                write_partners(open, record, &NAMES, language);
                partners[language as usize] = (open.len() - before) as u32;
            }
        }
        open.extend(record.themes.iter().map(|theme| theme.rank));
        Slot {
            chunk: self.done.chunks.len() as u32,
            start: start as u32,
            body: body as u32,
            key: record.key.len() as u32,
            partners,
            themes: record.themes.len() as u8,
            kind: record.kind.rank,
            status: record.status.rank,
            country: country_place(&record.partners[0].country).unwrap_or(0) as u16,
            area: area_number(record.partners[0].area.as_deref()),
            geometry: parts.geometry as u32,
            lead_at: parts.lead as u32,
            lead,
        }
    }

    fn lead(&mut self, lead: &Arc<Collectivity>) -> u32 {
        let next = self.held.len() as u32;
        let number = *self.leads.entry(Arc::as_ptr(lead) as usize).or_insert(next);
        if number == next {
            let mut text = Vec::new();
            write_lead(&mut text, lead, &NAMES);
            self.done.leads.push(text.into());
            self.held.push(Arc::clone(lead));
        }
        number
    }

    fn close(&mut self) {
        let mut full = std::mem::take(&mut self.open);
        if !full.is_empty() {
            full.shrink_to_fit();
            self.done.chunks.push(Arc::new(full));
        }
    }

    /// The texts written.
    pub(super) fn finish(mut self) -> FeatureTexts {
        self.close();
        self.done
    }
}

impl FeatureTexts {
    /// Takes in the texts of other records; what is there already is shared with its clones.
    pub(super) fn append(&mut self, other: Self) -> Shift {
        let leads = self.leads.len() as u32;
        self.leads.extend(other.leads);
        let small = |chunk: &&Arc<Vec<u8>>| chunk.len() < CONTINUED;
        if let (Some(last), [more]) = (self.chunks.last().filter(small), &*other.chunks) {
            let continued = [last.as_slice(), more.as_slice()].concat();
            let shift =
                Shift { chunks: self.chunks.len() as u32 - 1, bytes: last.len() as u32, leads };
            self.chunks.pop();
            self.chunks.push(Arc::new(continued));
            return shift;
        }
        let chunks = self.chunks.len() as u32;
        self.chunks.extend(other.chunks);
        Shift { chunks, bytes: 0, leads }
    }

    /// From the beginning of a record's texts to the end of its chunk.
    fn from(&self, slot: Slot) -> &[u8] {
        &self.chunks[slot.chunk as usize][slot.start as usize..]
    }

    /// Reads a byte of every other cache line of a record's body.
    pub(super) fn prefetch(&self, slot: Slot) -> u8 {
        self.body(slot).iter().step_by(128).fold(0, |mixed, byte| mixed ^ byte)
    }

    /// What the producer calls a record.
    pub(super) fn key(&self, slot: Slot) -> &str {
        let key = &self.from(slot)[slot.body as usize..][..slot.key as usize];
        std::str::from_utf8(key).unwrap_or_default()
    }

    /// Ranks of a record's themes, in its order.
    pub(super) fn themes(&self, slot: Slot) -> &[u8] {
        let [french, english] = slot.partners;
        let before = slot.body + slot.key + french + english;
        &self.from(slot)[before as usize..][..usize::from(slot.themes)]
    }

    /// The body of a feature, up to and without the end of its properties, without those of the
    /// lead collectivity.
    pub(super) fn body(&self, slot: Slot) -> &[u8] {
        &self.from(slot)[..slot.body as usize]
    }

    /// The parts of a record that only its texts have.
    pub(super) fn read(&self, slot: Slot) -> Option<BodyTexts> {
        let body = &self.from(slot)[..slot.body as usize];
        let parts = BodyParts { geometry: slot.geometry as usize, lead: slot.lead_at as usize };
        read_body(body, parts)
    }

    /// A record's title.
    pub(super) fn title(&self, slot: Slot) -> String {
        let body = &self.from(slot)[..slot.body as usize];
        title_of(body, slot.geometry as usize)
    }

    /// Appends a feature without its closing brace, so that `links` may follow. `link` gives its
    /// two sides where a line is drawn instead of points.
    pub(super) fn write(
        &self,
        out: &mut Vec<u8>,
        slot: Slot,
        language: Language,
        link: Option<(Option<Position>, Vec<Position>)>,
    ) {
        let texts = self.from(slot);
        let body = &texts[..slot.body as usize];
        let (head, tail) = body.split_at(slot.lead_at as usize);
        match link {
            None => out.extend_from_slice(head),
            Some((from, to)) => {
                out.extend_from_slice(&head[..GEOMETRY_START]);
                write_lines(out, from, &to);
                out.extend_from_slice(&head[GEOMETRY_START + slot.geometry as usize..]);
            }
        }
        out.extend_from_slice(&self.leads[slot.lead as usize]);
        out.extend_from_slice(tail);
        let fragments = Fragments::of(language);
        let kinds = &fragments.kinds[usize::from(slot.kind)];
        out.extend_from_slice(&kinds[usize::from(slot.status)]);
        out.extend_from_slice(&fragments.areas[usize::from(slot.area)]);
        out.extend_from_slice(&fragments.countries[usize::from(slot.country)]);
        for (index, theme) in self.themes(slot).iter().enumerate() {
            // the first one needs no comma
            let from = usize::from(index == 0);
            out.extend_from_slice(&fragments.themes[usize::from(*theme)][from..]);
        }
        out.push(b']');
        let [french, _] = slot.partners;
        if french > 0 {
            let before = if language == Language::French { 0 } else { french };
            let partners = &texts[(slot.body + slot.key + before) as usize..];
            out.extend_from_slice(&partners[..slot.partners[language as usize] as usize]);
        }
        out.push(b'}');
    }
}

/// The place of an area in the list, counted from 1; 0 for none.
fn area_number(code: Option<&str>) -> u16 {
    code.and_then(|code| Subdivisions::bundled().place(code)).map_or(0, |place| place as u16 + 1)
}

impl Slot {
    /// The ranks of the kind of link and of the status, and the place of the country.
    pub(super) fn label_codes(self) -> (u8, u8, u16) {
        (self.kind, self.status, self.country)
    }

    /// Ranks of the kind of link and of the status in their vocabularies.
    pub(super) fn kind_and_status(self) -> (usize, usize) {
        (usize::from(self.kind), usize::from(self.status))
    }
}
