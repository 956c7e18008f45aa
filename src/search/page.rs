//! Pages of a selection, in an order, by cursor: a deep page costs what the first does.

use roaring::RoaringBitmap;

use super::{Collection, Snapshot};
use crate::domain::{Language, PartnershipId, text::fold};

/// The most records of one page.
pub const MOST: usize = 10_000;
/// How many a page has unless the request says.
pub const USUAL: usize = 10;

/// What records can be sorted by. Those without the property come last; ties go by id.
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
}

impl Order {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Id, Self::Title, Self::Start, Self::End, Self::VerifiedOn, Self::UpdatedAt];

    /// The name of the property.
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Title => "title",
            Self::Start => "start",
            Self::End => "end",
            Self::VerifiedOn => "verified_on",
            Self::UpdatedAt => "updated_at",
        }
    }

    /// The order of a property.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.name() == name)
    }
}

/// All records in one order.
pub(super) struct Ranking {
    /// Records, first to last.
    order: Vec<u32>,
    /// For each record, where it stands in `order`.
    rank: Vec<u32>,
}

impl Ranking {
    pub(super) fn new(snapshot: &Snapshot, order: Order) -> Self {
        let records = 0..snapshot.len() as u32;
        let by_day = |day: &dyn Fn(u32) -> Option<i64>| {
            let mut sorted: Vec<u32> = records.clone().collect();
            sorted.sort_by_key(|record| day(*record).map_or((true, 0), |day| (false, day)));
            sorted
        };
        let dates = |record| snapshot.dates(record);
        let order = match order {
            Order::Id => records.collect(),
            Order::Title => {
                let title = |record| {
                    let properties = snapshot.properties(record, Language::French);
                    fold(properties["title"].as_str().unwrap_or_default())
                };
                let mut titles: Vec<(String, u32)> = records.map(|r| (title(r), r)).collect();
                titles.sort_unstable();
                titles.into_iter().map(|(_, record)| record).collect()
            }
            Order::Start => by_day(&|record| dates(record).start.map(i64::from)),
            Order::End => by_day(&|record| dates(record).end.map(i64::from)),
            Order::VerifiedOn => by_day(&|record| dates(record).verified.map(i64::from)),
            Order::UpdatedAt => by_day(&|record| Some(dates(record).updated)),
        };
        let mut rank = vec![0; order.len()];
        for (place, record) in order.iter().enumerate() {
            rank[*record as usize] = place as u32;
        }
        Self { order, rank }
    }
}

/// Which page is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// The order, and whether it is turned round.
    pub order: (Order, bool),
    /// The page begins after the record with this id.
    pub after: Option<PartnershipId>,
    /// At most so many records, 1 to [`MOST`].
    pub limit: usize,
}

impl Default for PageRequest {
    fn default() -> Self {
        Self { order: (Order::Id, false), after: None, limit: USUAL }
    }
}

/// A page of a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The records.
    pub records: Vec<u32>,
    /// The id after which the next page begins; none on the last page.
    pub next: Option<PartnershipId>,
}

/// The cursor's record is no longer there, and the order does not tell where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CursorGone;

/// A selection with fewer records than one in so many is sorted; a larger one is found along the
/// ranking.
const SPARSE: u64 = 16;

impl Snapshot {
    /// A page of selected records.
    pub fn page(&self, selected: &RoaringBitmap, request: PageRequest) -> Result<Page, CursorGone> {
        let PageRequest { order: (order, reverse), after, limit } = request;
        let wanted = limit + 1;
        let mut records: Vec<u32> = if order == Order::Id && !reverse {
            let first = match after.map(|id| self.place_of(id)) {
                None => 0,
                Some(Ok(place)) => place + 1,
                Some(Err(place)) => place,
            };
            selected.range(first..).take(wanted).collect()
        } else {
            let after = after.map(|id| self.find(id).ok_or(CursorGone)).transpose()?;
            self.ranked(selected, (order, reverse), after, wanted)
        };
        let more = records.len() > limit;
        records.truncate(limit);
        let next = if more { records.last().map(|record| self.id(*record)) } else { None };
        Ok(Page { records, next })
    }

    fn ranked(
        &self,
        selected: &RoaringBitmap,
        (order, reverse): (Order, bool),
        after: Option<u32>,
        wanted: usize,
    ) -> Vec<u32> {
        let Ranking { order, rank } = self.ranking(order);
        let count = order.len();
        // a place counted from the end that the page begins at
        let turned = |place: usize| if reverse { count - 1 - place } else { place };
        let first = after.map_or(0, |record| turned(rank[record as usize] as usize) + 1);
        if selected.len() < count as u64 / SPARSE {
            let places = selected.iter().map(|record| turned(rank[record as usize] as usize));
            let mut places: Vec<usize> = places.filter(|place| *place >= first).collect();
            places.sort_unstable();
            places.into_iter().take(wanted).map(|place| order[turned(place)]).collect()
        } else {
            let records = (first..count).map(|place| order[turned(place)]);
            records.filter(|record| selected.contains(*record)).take(wanted).collect()
        }
    }

    /// Appends a page's features, with commas between them.
    pub fn write_features(
        &self,
        out: &mut Vec<u8>,
        records: &[u32],
        collection: Collection,
        language: Language,
    ) {
        for (index, record) in records.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            self.write_feature(out, *record, collection, language);
        }
    }
}
