//! Pages of a selection, in an order, by cursor: a deep page costs what the first does.

use roaring::RoaringBitmap;

use super::{Collection, Selection, Snapshot};
use crate::domain::{Language, text::fold};

/// The most records of one page.
pub const MOST: usize = 10_000;
/// How many a page has unless the request says.
pub const USUAL: usize = 10;

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
    /// The name of an entity, without accents or case.
    Name,
    /// How many of the matching partnerships an entity has.
    Partnerships,
}

impl Order {
    /// What partnerships can be sorted by.
    pub(super) const OF_PARTNERSHIPS: [Self; 6] =
        [Self::Id, Self::Title, Self::Start, Self::End, Self::VerifiedOn, Self::UpdatedAt];

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
    pub(super) fn new(snapshot: &Snapshot, order: Order) -> Self {
        let records = 0..snapshot.len() as u32;
        let by_day = |day: &dyn Fn(u32) -> Option<i64>| {
            let mut sorted: Vec<u32> = records.clone().collect();
            sorted.sort_by_key(|record| day(*record).map_or((true, 0), |day| (false, day)));
            sorted
        };
        let dates = |record| snapshot.dates(record);
        let order = match order {
            Order::Id | Order::Name | Order::Partnerships => records.collect(),
            Order::Title => {
                let mut titles: Vec<(String, u32)> =
                    records.map(|record| (fold(&snapshot.title(record)), record)).collect();
                titles.sort_unstable();
                titles.into_iter().map(|(_, record)| record).collect()
            }
            Order::Start => by_day(&|record| dates(record).start.map(i64::from)),
            Order::End => by_day(&|record| dates(record).end.map(i64::from)),
            Order::VerifiedOn => by_day(&|record| dates(record).verified.map(i64::from)),
            Order::UpdatedAt => by_day(&|record| Some(dates(record).updated)),
        };
        Self::of(order)
    }

    /// All places of a collection of entities by name; language is that of the names.
    pub(super) fn by_name(snapshot: &Snapshot, collection: Collection, language: Language) -> Self {
        let places = 0..snapshot.entity_sides().places(collection) as u32;
        let name = |item| fold(snapshot.entity_name(collection, item, language));
        let mut names: Vec<(String, u32)> = places.map(|item| (name(item), item)).collect();
        names.sort_unstable();
        Self::of(names.into_iter().map(|(_, item)| item).collect())
    }

    fn of(order: Vec<u32>) -> Self {
        let mut rank = vec![0; order.len()];
        for (place, record) in order.iter().enumerate() {
            rank[*record as usize] = place as u32;
        }
        Self { order, rank }
    }
}

/// Which page is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The order, and whether it is turned round.
    pub order: (Order, bool),
    /// The page begins after the item with this id.
    pub after: Option<String>,
    /// At most so many items, 1 to [`MOST`].
    pub limit: usize,
    /// The language of the names to sort by.
    pub language: Language,
}

impl Default for PageRequest {
    fn default() -> Self {
        let language = Language::default();
        Self { order: (Order::Id, false), after: None, limit: USUAL, language }
    }
}

/// A page of a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The items.
    pub items: Vec<u32>,
    /// The id after which the next page begins; none on the last page.
    pub next: Option<String>,
}

/// The cursor is no id, or that of an item that is no longer there while the order does not tell
/// where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CursorGone;

/// A selection with fewer records than one in so many is sorted; a larger one is found along the
/// ranking.
const SPARSE: u64 = 16;

impl Snapshot {
    /// A page of selected items.
    pub fn page(
        &self,
        collection: Collection,
        selection: &Selection,
        request: &PageRequest,
    ) -> Result<Page, CursorGone> {
        let PageRequest { order: (order, reverse), after, limit, language } = request;
        let after = after.as_deref().map(|id| self.find_place(collection, id));
        let after = after.map(|found| found.ok_or(CursorGone)).transpose()?;
        let wanted = limit + 1;
        let selected = selection.items();
        let item = || after.map(|found| found.map_err(|_| CursorGone)).transpose();
        let mut items: Vec<u32> = match order {
            Order::Id if *reverse => {
                let end = after.map_or(u32::MAX, |found| found.unwrap_or_else(|place| place));
                selected.range(..end).rev().take(wanted).collect()
            }
            Order::Id => {
                let first = match after {
                    None => 0,
                    Some(Ok(place)) => place + 1,
                    Some(Err(place)) => place,
                };
                selected.range(first..).take(wanted).collect()
            }
            Order::Partnerships => by_count(selection, *reverse, item()?, wanted),
            Order::Name => {
                let ranking = self.name_ranking(collection, *language);
                ranking.page(selected, *reverse, item()?, wanted)
            }
            order => self.ranking(*order).page(selected, *reverse, item()?, wanted),
        };
        let more = items.len() > *limit;
        items.truncate(*limit);
        let last = if more { items.last() } else { None };
        Ok(Page { next: last.map(|item| self.item_id(collection, *item)), items })
    }

    /// Appends a page's features, with commas between them.
    pub fn write_features(
        &self,
        out: &mut Vec<u8>,
        collection: Collection,
        selection: &Selection,
        items: &[u32],
        language: Language,
    ) {
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            self.write_feature(out, collection, selection, *item, language);
        }
    }
}

impl Ranking {
    fn page(
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

/// A page by how many partnerships each item has; the cursor's item may have none any more.
fn by_count(selection: &Selection, reverse: bool, after: Option<u32>, wanted: usize) -> Vec<u32> {
    let key = |item: u32, count: u32| {
        let key = u64::from(count) << 32 | u64::from(item);
        if reverse { u64::MAX - key } else { key }
    };
    let after = after.map(|item| key(item, selection.count(item)));
    let keys = selection.counted().map(|(item, count)| (key(item, count), item));
    let mut keys: Vec<(u64, u32)> = keys.filter(|(key, _)| Some(*key) > after).collect();
    if keys.len() > wanted {
        keys.select_nth_unstable(wanted);
        keys.truncate(wanted);
    }
    keys.sort_unstable();
    keys.into_iter().map(|(_, item)| item).collect()
}
