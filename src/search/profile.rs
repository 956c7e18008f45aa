//! What stands out in a selection of partnerships: what pages of places tell.

use std::{cmp::Reverse, collections::HashMap};

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use roaring::RoaringBitmap;

use super::{Collection, Dimension, Snapshot, facets::Totals, interval::day};
use crate::domain::{Collectivity, Language, Partner, PartnerId, Position, text::fold};

/// A record that was checked longer ago than this is stale.
pub const STALE_AFTER: Months = Months::new(24);
/// Everything that began before this year is counted together.
const FIRST_DECADE: i32 = 1950;
/// So many places of the most frequent are ranked by name too, where counts are the same.
const TIES: usize = 4;

/// What a selection of partnerships holds, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectionProfile {
    /// How much it holds.
    pub totals: Totals,
    /// The year in which the first began, where one says.
    pub since: Option<i32>,
    /// How many began in each decade, from the first to the last that has any.
    pub decades: Vec<Decade>,
    /// How many do not say when they began.
    pub undated: u64,
    /// Whether they were checked.
    pub checks: Checks,
}

/// Ten years, or all the years before the first ten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decade {
    /// The first year; none of everything earlier.
    pub first: Option<i32>,
    /// How many partnerships began then.
    pub begun: u64,
}

/// When records were last checked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checks {
    /// Within [`STALE_AFTER`].
    pub fresh: u64,
    /// Longer ago.
    pub stale: u64,
    /// Never.
    pub never: u64,
}

/// A value, and how many of some records have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Its code or id.
    pub code: String,
    /// What it is called.
    pub label: String,
    /// Records.
    pub count: u64,
}

/// A foreign authority that a French one works with, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beginning {
    /// The year of their first partnership that says when it began.
    pub year: Option<i32>,
    /// Its place in the collection of foreign authorities.
    pub partner: u32,
}

/// A French and a foreign authority that work together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flow {
    /// Where the French one is, if known.
    pub from: Option<Position>,
    /// Where the foreign one is.
    pub to: Position,
    /// In how many partnerships.
    pub count: u32,
}

impl Snapshot {
    /// What some records hold; `today` tells stale records from fresh ones.
    pub fn profile(&self, records: &RoaringBitmap, today: NaiveDate) -> SelectionProfile {
        let years = self.start_years(records);
        let limit = today.checked_sub_months(STALE_AFTER).map_or(i32::MIN, day);
        let mut checks = Checks::default();
        for record in records {
            let dates = self.dates(record);
            match dates.verified {
                Some(verified) if verified >= limit => checks.fresh += 1,
                Some(_) => checks.stale += 1,
                None => checks.never += 1,
            }
        }
        SelectionProfile {
            totals: self.totals(records),
            since: years.iter().min().copied(),
            undated: records.len() - years.len() as u64,
            decades: decades(&years),
            checks,
        }
    }

    /// The years in which some records began, where they say.
    fn start_years(&self, records: &RoaringBitmap) -> Vec<i32> {
        let starts = records.iter().filter_map(|record| self.dates(record).start);
        starts.filter_map(NaiveDate::from_num_days_from_ce_opt).map(|day| day.year()).collect()
    }

    /// How many of some records began in each decade, by the values of a dimension: those that
    /// have most first.
    pub fn decades_by(
        &self,
        dimension: Dimension,
        records: &RoaringBitmap,
    ) -> Vec<(String, Vec<Decade>)> {
        let values = self.values(dimension).iter();
        let begun = values.map(|(code, with)| (code, self.start_years(&(with & records))));
        let mut begun: Vec<(&String, Vec<i32>)> =
            begun.filter(|(_, years)| !years.is_empty()).collect();
        begun.sort_by_key(|(code, years)| (Reverse(years.len()), *code));
        begun.into_iter().map(|(code, years)| (code.clone(), decades(&years))).collect()
    }

    /// The values of a dimension that some records have, most frequent first.
    pub fn counted(
        &self,
        dimension: Dimension,
        records: &RoaringBitmap,
        language: Language,
    ) -> Vec<Counted> {
        let whole = records.len() == self.len() as u64;
        let count = |with: &RoaringBitmap| {
            if whole { with.len() } else { with.intersection_len(records) }
        };
        let values = self.values(dimension).iter().map(|(code, with)| (code, count(with)));
        let mut counted: Vec<Counted> = values
            .filter(|(_, count)| *count > 0)
            .map(|(code, count)| Counted {
                code: code.clone(),
                label: dimension.label(code, language),
                count,
            })
            .collect();
        counted.sort_by_cached_key(|one| (Reverse(one.count), fold(&one.label)));
        counted
    }

    /// The entities that most of some records have, of those that count: at most so many, and how
    /// many there are.
    pub fn most_frequent(
        &self,
        collection: Collection,
        records: &RoaringBitmap,
        counts: impl Fn(u32) -> bool,
        (most, language): (usize, Language),
    ) -> (Vec<(u32, u32)>, u64) {
        let selection = self.entities_of(collection, records.clone());
        let mut found: Vec<(u32, u32)> =
            selection.counted().filter(|(item, _)| counts(*item)).collect();
        let total = found.len() as u64;
        if found.len() > most * TIES {
            found.select_nth_unstable_by_key(most * TIES, |(item, count)| (Reverse(*count), *item));
            found.truncate(most * TIES);
        }
        found.sort_by_cached_key(|(item, count)| {
            (Reverse(*count), fold(self.entity_name(collection, *item, language)), *item)
        });
        found.truncate(most);
        (found, total)
    }

    /// The partners of a French authority in the order in which they came; those without a year last.
    pub fn beginnings(&self, item: u32) -> Vec<Beginning> {
        let sides = self.entity_sides();
        let code = &sides.collectivity(item).code;
        let Some(records) = self.values(Dimension::Collectivity).get(code) else {
            return Vec::new();
        };
        let mut found: Vec<Beginning> = Vec::new();
        for record in records {
            let year = self.dates(record).start.and_then(NaiveDate::from_num_days_from_ce_opt);
            let year = year.map(|day| day.year());
            sides.each(Collection::Partners, record, |partner| {
                found.push(Beginning { year, partner });
            });
        }
        let order = |one: &Beginning| (one.year.is_none(), one.year, one.partner);
        found.sort_unstable_by_key(|one| (one.partner, order(one)));
        found.dedup_by_key(|one| one.partner);
        found.sort_unstable_by_key(order);
        found
    }

    /// Who works with whom in some records, where the foreign side has a position: the most
    /// frequent pairs, at most so many.
    pub fn flows(&self, records: &RoaringBitmap, most: usize) -> Vec<Flow> {
        let sides = self.entity_sides();
        let mut pairs: HashMap<(u32, u32), u32, foldhash::fast::FixedState> = HashMap::default();
        for record in records {
            let mut lead = None;
            sides.each(Collection::Collectivities, record, |one| {
                lead.get_or_insert(one);
            });
            let Some(lead) = lead else { continue };
            sides.each(Collection::Partners, record, |partner| {
                *pairs.entry((lead, partner)).or_default() += 1;
            });
        }
        let placed = pairs.into_iter().filter_map(|((from, to), count)| {
            let flow = Flow {
                from: sides.collectivity(from).position,
                to: sides.partner(to).1.position()?,
                count,
            };
            Some(((Reverse(count), from, to), flow))
        });
        let mut flows: Vec<_> = placed.collect();
        if flows.len() > most {
            flows.select_nth_unstable_by_key(most, |(key, _)| *key);
            flows.truncate(most);
        }
        flows.sort_unstable_by_key(|(key, _)| *key);
        flows.into_iter().map(|(_, flow)| flow).collect()
    }

    /// When a record last changed.
    pub fn updated(&self, record: u32) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.dates(record).updated).unwrap_or_default()
    }

    /// The French authority at a place of its collection.
    pub fn collectivity(&self, item: u32) -> &Collectivity {
        self.entity_sides().collectivity(item)
    }

    /// The foreign authority at a place of its collection.
    pub fn partner(&self, item: u32) -> (PartnerId, &Partner) {
        self.entity_sides().partner(item)
    }
}

/// How many of the years lie in each decade, from the first that has one to the last.
fn decades(years: &[i32]) -> Vec<Decade> {
    let decade = |year: i32| (year >= FIRST_DECADE).then(|| year.div_euclid(10) * 10);
    let (Some(first), Some(last)) = (years.iter().min(), years.iter().max()) else {
        return Vec::new();
    };
    let first_full = decade(*first).unwrap_or(FIRST_DECADE);
    let earlier = (*first < FIRST_DECADE).then_some(None);
    let later = (first_full..=decade(*last).unwrap_or(i32::MIN)).step_by(10).map(Some);
    let all = earlier.into_iter().chain(later);
    all.map(|first| Decade {
        first,
        begun: years.iter().filter(|year| decade(**year) == first).count() as u64,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decades_have_no_hole() {
        let counted = |years: &[i32]| -> Vec<(Option<i32>, u64)> {
            decades(years).iter().map(|decade| (decade.first, decade.begun)).collect()
        };
        assert_eq!(counted(&[]), []);
        assert_eq!(counted(&[836, 1949]), [(None, 2)]);
        assert_eq!(
            counted(&[836, 1960, 1969, 1980]),
            [(None, 1), (Some(1950), 0), (Some(1960), 2), (Some(1970), 0), (Some(1980), 1)]
        );
        assert_eq!(counted(&[2024, 2011]), [(Some(2010), 1), (Some(2020), 1)]);
    }
}
