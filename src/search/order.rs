//! What items can be sorted by, and all items in such an order.

use std::sync::Arc;

use roaring::RoaringBitmap;

use super::{Collection, Snapshot, sides::country_place};
use crate::{
    domain::{Collectivity, Language, Vocabulary, text::fold},
    reference::{Countries, territories, vocabularies},
};

/// A selection with fewer records than one in so many is sorted; a larger one is found along the
/// ranking.
const SPARSE: u64 = 16;

/// What items can be sorted by. Those without the property come last; ties go by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// The id.
    Id,
    /// The title, without accents or case.
    Title,
    /// The start of the period.
    Start,
    /// The end of the period.
    End,
    /// The last verification.
    VerifiedOn,
    /// The last change.
    UpdatedAt,
    /// The code of the kind of link.
    Kind,
    /// The code of the status.
    Status,
    /// The name of the lead collectivity, without accents or case.
    CollectivityName,
    /// The name of the first partner, without accents or case.
    PartnerName,
    /// The country of the first partner.
    CountryCode,
    /// The budget.
    Budget,
    /// The name of the lead collectivity's région, without accents or case.
    RegionName,
    /// The name of the first partner's country in the language asked for, without accents or case.
    CountryName,
    /// The name of an entity, without accents or case.
    Name,
    /// How many of the matching partnerships an entity has.
    Partnerships,
}

impl Order {
    /// What partnerships can be sorted by.
    pub(super) const OF_PARTNERSHIPS: [Self; 14] = [
        Self::Id,
        Self::Title,
        Self::Start,
        Self::End,
        Self::VerifiedOn,
        Self::UpdatedAt,
        Self::Kind,
        Self::Status,
        Self::CollectivityName,
        Self::PartnerName,
        Self::CountryCode,
        Self::Budget,
        Self::RegionName,
        Self::CountryName,
    ];

    /// What the items of a collection can be sorted by.
    pub fn of(collection: Collection) -> &'static [Self] {
        if collection.is_of_partnerships() {
            &Self::OF_PARTNERSHIPS
        } else {
            &[Self::Id, Self::Name, Self::Partnerships]
        }
    }

    /// The name of the property.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Title => "title",
            Self::Start => "start",
            Self::End => "end",
            Self::VerifiedOn => "verified_on",
            Self::UpdatedAt => "updated_at",
            Self::Kind => "kind",
            Self::Status => "status",
            Self::CollectivityName => "collectivity_name",
            Self::PartnerName => "partner_name",
            Self::CountryCode => "country_code",
            Self::Budget => "budget_eur",
            Self::RegionName => "region_name",
            Self::CountryName => "country_name",
            Self::Name => "name",
            Self::Partnerships => "partnerships",
        }
    }

    /// The order of a collection's property.
    pub fn from_name(collection: Collection, name: &str) -> Option<Self> {
        Self::of(collection).iter().copied().find(|order| order.name() == name)
    }
}

/// All items in one order.
pub(super) struct Ranking {
    /// Items, first to last.
    order: Vec<u32>,
    /// For each item, where it stands in `order`.
    rank: Vec<u32>,
}

impl Ranking {
    /// All partnerships; language is that of names.
    // long: one arm for each order
    pub(super) fn new(snapshot: &Snapshot, order: Order, language: Language) -> Self {
        let sides = snapshot.entity_sides();
        let dates = |record| snapshot.dates(record);
        let by_key = |key: &dyn Fn(u32) -> Option<i64>| {
            let mut sorted: Vec<u32> = (0..snapshot.len() as u32).collect();
            sorted.sort_by_cached_key(|record| key(*record).map_or((true, 0), |key| (false, key)));
            Self::of(sorted)
        };
        match order {
            Order::Id | Order::Name | Order::Partnerships => by_key(&|_| None),
            Order::Title => {
                let titles = (0..).take(snapshot.len()).map(|record| fold(&snapshot.title(record)));
                Self::by_text(titles)
            }
            Order::Start => by_key(&|record| dates(record).start.map(i64::from)),
            Order::End => by_key(&|record| dates(record).end.map(i64::from)),
            Order::VerifiedOn => by_key(&|record| dates(record).verified.map(i64::from)),
            Order::UpdatedAt => by_key(&|record| Some(dates(record).updated)),
            Order::Kind => {
                let places = by_code(vocabularies::kinds());
                by_key(&|record| Some(places[snapshot.kind_and_status(record).0]))
            }
            Order::Status => {
                let places = by_code(vocabularies::statuses());
                by_key(&|record| Some(places[snapshot.kind_and_status(record).1]))
            }
            Order::CollectivityName => {
                let names = sides.collectivities().iter().map(|one| fold(&one.name));
                let places = places_of(names.collect());
                by_key(&|record| Some(places[sides.first(record).0 as usize]))
            }
            Order::PartnerName => {
                let names = sides.partners().iter().map(|(_, partner)| fold(&partner.name));
                let places = places_of(names.collect());
                by_key(&|record| Some(places[sides.first(record).1 as usize]))
            }
            Order::CountryCode => by_key(&|record| {
                let partner = sides.partner(sides.first(record).1).1;
                country_place(&partner.country).map(i64::from)
            }),
            Order::Budget => by_key(&|record| snapshot.budget(record)),
            Order::RegionName => {
                let regions = territories::regions();
                let name = |one: &Arc<Collectivity>| {
                    let region = one.region.as_deref().and_then(|code| regions.get(code));
                    region.map(|region| fold(&region.name)).unwrap_or_default()
                };
                let places = places_of(sides.collectivities().iter().map(name).collect());
                by_key(&|record| {
                    let lead = sides.first(record).0;
                    let place = places[lead as usize];
                    sides.collectivity(lead).region.as_ref().map(|_| place)
                })
            }
            Order::CountryName => {
                let countries = Countries::bundled().list().iter();
                let places = places_of(countries.map(|one| fold(one.name.get(language))).collect());
                by_key(&|record| {
                    let partner = sides.partner(sides.first(record).1).1;
                    country_place(&partner.country).map(|place| places[place as usize])
                })
            }
        }
    }

    fn by_text(texts: impl Iterator<Item = String>) -> Self {
        let mut sorted: Vec<(String, u32)> = texts.zip(0..).collect();
        sorted.sort_unstable();
        Self::of(sorted.into_iter().map(|(_, item)| item).collect())
    }

    /// All places of a collection of entities by name; language is that of the names.
    pub(super) fn by_name(snapshot: &Snapshot, collection: Collection, language: Language) -> Self {
        let places = 0..snapshot.entity_sides().places(collection) as u32;
        let name = |item| fold(snapshot.entity_name(collection, item, language));
        Self::by_text(places.map(name))
    }

    fn of(order: Vec<u32>) -> Self {
        let mut rank = vec![0; order.len()];
        for (place, record) in order.iter().enumerate() {
            rank[*record as usize] = place as u32;
        }
        Self { order, rank }
    }
}

impl Ranking {
    /// A page of selected items, after an item, in this order or turned round.
    pub(super) fn page(
        &self,
        selected: &RoaringBitmap,
        reverse: bool,
        after: Option<u32>,
        wanted: usize,
    ) -> Vec<u32> {
        let Self { order, rank } = self;
        let count = order.len();
        // a place counted from the end that the page begins at
        let turned = |place: usize| if reverse { count - 1 - place } else { place };
        let first = after.map_or(0, |item| turned(rank[item as usize] as usize) + 1);
        if selected.len() < count as u64 / SPARSE {
            let places = selected.iter().map(|item| turned(rank[item as usize] as usize));
            let mut places: Vec<usize> = places.filter(|place| *place >= first).collect();
            places.sort_unstable();
            places.into_iter().take(wanted).map(|place| order[turned(place)]).collect()
        } else {
            let items = (first..count).map(|place| order[turned(place)]);
            items.filter(|item| selected.contains(*item)).take(wanted).collect()
        }
    }
}

/// For each rank of a vocabulary the place of its code in alphabetical order.
fn by_code(vocabulary: &Vocabulary) -> Vec<i64> {
    places_of(vocabulary.terms().iter().map(|term| term.code.clone()).collect())
}

/// For each text its place among all, the same for the same text.
fn places_of(texts: Vec<String>) -> Vec<i64> {
    let mut sorted: Vec<(String, usize)> = texts.into_iter().zip(0..).collect();
    sorted.sort_unstable();
    let mut places = vec![0; sorted.len()];
    for (place, same) in sorted.chunk_by(|a, b| a.0 == b.0).enumerate() {
        for (_, index) in same {
            places[*index] = place as i64;
        }
    }
    places
}
