//! Who partnerships are between: the authorities and territories of a snapshot, and which records
//! have them.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, LazyLock},
};

use foldhash::fast::RandomState;

use super::Collection;
use crate::{
    domain::{Collectivity, Partner, PartnerId},
    reference::{Countries, Country, territories, territories::Territory},
};

/// The two sides of a record, as ranges of the lists in [`Sides`].
#[derive(Debug, Clone, Copy)]
pub(super) struct RecordSides {
    pub(super) collectivities: (u32, u32),
    pub(super) partners: (u32, u32),
}

fn part<T>(list: &[T], (start, end): (u32, u32)) -> &[T] {
    &list[start as usize..end as usize]
}

/// Entities by their places in the order of their ids, and the records that have them.
pub(super) struct Sides {
    /// For each record.
    places: Vec<RecordSides>,
    /// French authorities, by code.
    collectivities: Vec<Arc<Collectivity>>,
    /// Those of all records, one record's after another's.
    record_collectivities: Vec<u32>,
    /// Foreign authorities, by id.
    partners: Vec<(PartnerId, Arc<Partner>)>,
    /// Those of all records, one record's after another's, and as the record itself names them.
    record_partners: Vec<u32>,
    named_partners: Vec<Arc<Partner>>,
    /// For each collectivity the place of its région.
    regions: Vec<Option<u32>>,
    /// For each partner the place of its country.
    countries: Vec<u32>,
    /// The records of each partner, one partner's after another's, and where each one's begin.
    partner_records: Vec<u32>,
    partner_starts: Vec<u32>,
}

/// Régions by code: a région's place in this list is its place among the items.
pub(super) fn regions() -> &'static [&'static Territory] {
    static LIST: LazyLock<Vec<&Territory>> =
        LazyLock::new(|| territories::regions().values().collect());
    &LIST
}

/// The région at a place.
pub(super) fn region(item: u32) -> &'static Territory {
    regions()[item as usize]
}

/// The country at a place of the list of [`Countries`], which is by alpha-2.
pub(super) fn country(item: u32) -> &'static Country {
    &Countries::bundled().list()[item as usize]
}

/// The place of a code in the list of [`Countries`].
pub(super) fn country_place(alpha2: &str) -> Option<u32> {
    Countries::bundled().place(alpha2).map(|place| place as u32)
}

fn region_place(code: &str) -> Option<u32> {
    regions().binary_search_by(|region| region.code.as_str().cmp(code)).ok().map(|i| i as u32)
}

impl Sides {
    /// How many places a collection of entities has; not all are of items that have records.
    pub(super) fn places(&self, collection: Collection) -> usize {
        match collection {
            Collection::Partnerships | Collection::Links => self.places.len(),
            Collection::Collectivities => self.collectivities.len(),
            Collection::Partners => self.partners.len(),
            Collection::Countries => Countries::bundled().list().len(),
            Collection::Regions => regions().len(),
        }
    }

    /// Tells each entity of a record once.
    pub(super) fn each(&self, collection: Collection, record: u32, mut tell: impl FnMut(u32)) {
        let place = self.places[record as usize];
        let collectivities = part(&self.record_collectivities, place.collectivities);
        let partners = part(&self.record_partners, place.partners);
        match collection {
            Collection::Partnerships | Collection::Links => tell(record),
            Collection::Collectivities => each_once(collectivities, Some, tell),
            Collection::Partners => each_once(partners, Some, tell),
            Collection::Countries => {
                each_once(partners, |partner| Some(self.countries[partner as usize]), tell);
            }
            Collection::Regions => {
                each_once(collectivities, |one| self.regions[one as usize], &mut tell);
            }
        }
    }

    /// The records of a partner, in ascending order.
    pub(super) fn partner_records(&self, partner: u32) -> &[u32] {
        let partner = partner as usize;
        part(
            &self.partner_records,
            (self.partner_starts[partner], self.partner_starts[partner + 1]),
        )
    }

    /// The place of the partner with an id.
    pub(super) fn partner_place(&self, id: PartnerId) -> Option<u32> {
        self.partners.binary_search_by_key(&id, |(id, _)| *id).ok().map(|place| place as u32)
    }

    /// French authorities, by code.
    pub(super) fn collectivities(&self) -> &[Arc<Collectivity>] {
        &self.collectivities
    }

    /// Foreign authorities, by id.
    pub(super) fn partners(&self) -> &[(PartnerId, Arc<Partner>)] {
        &self.partners
    }

    /// A French authority.
    pub(super) fn collectivity(&self, item: u32) -> &Collectivity {
        &self.collectivities[item as usize]
    }

    /// A foreign authority.
    pub(super) fn partner(&self, item: u32) -> (PartnerId, &Partner) {
        let (id, partner) = &self.partners[item as usize];
        (*id, partner)
    }

    /// The lead collectivity and the first partner of a record.
    pub(super) fn first(&self, record: u32) -> (u32, u32) {
        let RecordSides { collectivities, partners } = self.places[record as usize];
        let lead = self.record_collectivities[collectivities.0 as usize];
        (lead, self.record_partners[partners.0 as usize])
    }

    /// The lead collectivity of a record, and its partners as it names them.
    pub(super) fn of(&self, record: u32) -> (&Collectivity, &[Arc<Partner>]) {
        let place = self.places[record as usize];
        let lead = self.record_collectivities[place.collectivities.0 as usize];
        (self.collectivity(lead), part(&self.named_partners, place.partners))
    }

    /// All collectivities and all partners of a record, in its order.
    pub(super) fn items_of(&self, record: u32) -> (&[u32], &[u32]) {
        let RecordSides { collectivities, partners } = self.places[record as usize];
        (part(&self.record_collectivities, collectivities), part(&self.record_partners, partners))
    }

    /// All collectivities of a record, and its partners as it names them.
    pub(super) fn all_of(
        &self,
        record: u32,
    ) -> (impl Iterator<Item = &Arc<Collectivity>>, &[Arc<Partner>]) {
        let place = self.places[record as usize];
        let collectivities = part(&self.record_collectivities, place.collectivities);
        let collectivities = collectivities.iter().map(|one| &self.collectivities[*one as usize]);
        (collectivities, part(&self.named_partners, place.partners))
    }

    /// Where an id stands, or would stand, in the order of a collection's ids; none where no
    /// item can have it.
    pub(super) fn find(&self, collection: Collection, id: &str) -> Option<Result<u32, u32>> {
        let found = match collection {
            Collection::Partnerships | Collection::Links => return None,
            Collection::Collectivities => {
                self.collectivities.binary_search_by(|item| item.code.as_str().cmp(id))
            }
            Collection::Partners => {
                let id: PartnerId = id.parse().ok()?;
                self.partners.binary_search_by_key(&id, |(id, _)| *id)
            }
            Collection::Countries => {
                Countries::bundled().list().binary_search_by(|item| item.alpha2.as_str().cmp(id))
            }
            Collection::Regions => regions().binary_search_by(|item| item.code.as_str().cmp(id)),
        };
        Some(found.map(|place| place as u32).map_err(|place| place as u32))
    }
}

/// Lists have an entry or few: looking back is cheaper than remembering.
fn each_once(list: &[u32], entity: impl Fn(u32) -> Option<u32>, mut tell: impl FnMut(u32)) {
    for (place, one) in list.iter().enumerate() {
        if let Some(found) = entity(*one)
            && list[..place].iter().all(|other| entity(*other) != Some(found))
        {
            tell(found);
        }
    }
}

/// Collects the sides of records, in any order of records.
#[derive(Default)]
pub(super) struct SidesBuilder {
    collectivities: Numbers<String, Collectivity>,
    record_collectivities: Vec<u32>,
    partners: Numbers<PartnerId, Partner>,
    record_partners: Vec<u32>,
    named_partners: Vec<Arc<Partner>>,
}

/// Numbers for places, by what makes them one.
struct Numbers<K, T> {
    by_address: HashMap<usize, usize, RandomState>,
    by_key: HashMap<K, u32, RandomState>,
    /// Every allocation that was met (held, so that its address is not used again), its number,
    /// and how many records have it.
    met: Vec<(Arc<T>, u32, u32)>,
}

impl<K, T> Default for Numbers<K, T> {
    fn default() -> Self {
        Self { by_address: HashMap::default(), by_key: HashMap::default(), met: Vec::new() }
    }
}

impl<K: Eq + Hash + Ord, T: PartialEq> Numbers<K, T> {
    fn number(&mut self, place: &Arc<T>, key: impl FnOnce(&T) -> K) -> u32 {
        // the same allocation is the same place: most look-ups end here
        let address = Arc::as_ptr(place) as usize;
        if let Some(met) = self.by_address.get(&address) {
            let (_, number, records) = &mut self.met[*met];
            *records += 1;
            return *number;
        }
        let next = self.by_key.len() as u32;
        let number = *self.by_key.entry(key(place)).or_insert(next);
        self.by_address.insert(address, self.met.len());
        self.met.push((Arc::clone(place), number, 1));
        number
    }

    /// The places in the order of their keys, each as the spelling that `better` prefers, and for
    /// each number its place in that order.
    fn finish<R: Ord>(self, better: impl Fn(&T, u32) -> R) -> (Vec<(K, Arc<T>)>, Vec<u32>) {
        // spellings by number; equal ones may have been met as several allocations
        let mut spellings: Vec<Vec<(Arc<T>, u32)>> = vec![Vec::new(); self.by_key.len()];
        for (place, number, records) in self.met {
            let known = &mut spellings[number as usize];
            match known.iter_mut().find(|(held, _)| *held == place) {
                Some((_, count)) => *count += records,
                None => known.push((place, records)),
            }
        }
        let best = |spellings: &mut Vec<(Arc<T>, u32)>| {
            let spellings = std::mem::take(spellings).into_iter();
            spellings.max_by_key(|(place, records)| better(place, *records))
        };
        let mut keys: Vec<(K, u32)> = self.by_key.into_iter().collect();
        keys.sort_unstable();
        let mut order = vec![0; keys.len()];
        let mut places = Vec::with_capacity(keys.len());
        for (key, number) in keys {
            order[number as usize] = places.len() as u32;
            if let Some((place, _)) = best(&mut spellings[number as usize]) {
                places.push((key, place));
            }
        }
        (places, order)
    }
}

impl SidesBuilder {
    /// Adds a record's two sides.
    pub(super) fn push<'a>(
        &mut self,
        collectivities: impl IntoIterator<Item = &'a Arc<Collectivity>>,
        partners: &[Arc<Partner>],
    ) -> RecordSides {
        let start = self.record_collectivities.len() as u32;
        for one in collectivities {
            let number = self.collectivities.number(one, |one| one.code.clone());
            self.record_collectivities.push(number);
        }
        let first = self.record_partners.len() as u32;
        for partner in partners {
            self.record_partners.push(self.partners.number(partner, Partner::id));
            self.named_partners.push(Arc::clone(partner));
        }
        RecordSides {
            collectivities: (start, self.record_collectivities.len() as u32),
            partners: (first, self.record_partners.len() as u32),
        }
    }

    /// Sorts; `places` are those of the records, in the order of the snapshot.
    pub(super) fn finish(mut self, places: Vec<RecordSides>) -> Sides {
        let (collectivities, order) = self.collectivities.finish(|_, records| records);
        self.record_collectivities.iter_mut().for_each(|one| *one = order[*one as usize]);
        // placed before unplaced, then what most records say; the rest only settles ties
        let (partners, order) = self.partners.finish(|partner, records| {
            let kind = partner.kind.map(|kind| (kind.given, kind.term.rank));
            let name = std::cmp::Reverse((partner.name.clone(), partner.position(), kind));
            (partner.position().is_some(), records, name)
        });
        self.record_partners.iter_mut().for_each(|one| *one = order[*one as usize]);
        let collectivities: Vec<_> = collectivities.into_iter().map(|(_, one)| one).collect();
        let region = |one: &Arc<Collectivity>| region_place(one.region.as_deref()?);
        let country = |(_, partner): &(_, Arc<Partner>)| country_place(&partner.country);
        let mut sides = Sides {
            places,
            regions: collectivities.iter().map(region).collect(),
            // a country is one of the list: records are checked before they are stored
            countries: partners.iter().map(|partner| country(partner).unwrap_or(0)).collect(),
            collectivities,
            record_collectivities: self.record_collectivities,
            partners,
            record_partners: self.record_partners,
            named_partners: self.named_partners,
            partner_records: Vec::new(),
            partner_starts: Vec::new(),
        };
        sides.invert_partners();
        sides
    }
}

impl Sides {
    /// Lists the records of each partner (a counting sort).
    fn invert_partners(&mut self) {
        let mut starts = vec![0u32; self.partners.len() + 1];
        let records = 0..self.places.len() as u32;
        for record in records.clone() {
            self.each(Collection::Partners, record, |partner| starts[partner as usize + 1] += 1);
        }
        for partner in 0..self.partners.len() {
            starts[partner + 1] += starts[partner];
        }
        let mut next = starts.clone();
        let mut list = vec![0; starts.last().map_or(0, |total| *total as usize)];
        for record in records {
            self.each(Collection::Partners, record, |partner| {
                let place = &mut next[partner as usize];
                list[*place as usize] = record;
                *place += 1;
            });
        }
        self.partner_records = list;
        self.partner_starts = starts;
    }
}
