//! The values of each record, dimension by dimension: what counts a small selection, where the
//! bitmaps of values count a large one. And its years.

use std::thread;

use chrono::{Datelike, NaiveDate};
use roaring::RoaringBitmap;

use super::{Dimension, Snapshot, facets::LISTED, snapshot::Dates};

/// A selection with fewer records than one in so many is walked through.
const SPARSE: u64 = 4;

/// Of one dimension, the values of every record: their combination, of which there are few.
pub(super) struct DimensionColumn {
    /// For each record the number of its combination.
    entries: Vec<u16>,
    /// Each combination is another one and one value more. The first is that of no value, and none
    /// comes before the one that it goes on from.
    combinations: Vec<(u16, u16)>,
}

impl DimensionColumn {
    /// None where there are too many combinations: those are not counted one by one.
    fn new<'v>(records: usize, values: impl Iterator<Item = &'v RoaringBitmap>) -> Option<Self> {
        let mut entries = vec![0u16; records];
        let mut combinations = vec![(0, 0)];
        for (value, bitmap) in (0..=u16::MAX).zip(values) {
            // what each combination becomes with this value, once a record has it
            let mut extended = vec![0u16; combinations.len()];
            for record in bitmap {
                let entry = &mut entries[record as usize];
                let with = &mut extended[usize::from(*entry)];
                if *with == 0 {
                    *with = u16::try_from(combinations.len()).ok()?;
                    combinations.push((*entry, value));
                }
                *entry = *with;
            }
        }
        Some(Self { entries, combinations })
    }

    /// How many of some records have each of so many values.
    fn count(&self, records: &RoaringBitmap, values: usize) -> Vec<u64> {
        let mut found = vec![0u32; self.combinations.len()];
        for record in records {
            found[usize::from(self.entries[record as usize])] += 1;
        }
        let mut counts = vec![0; values];
        for (number, (before, value)) in self.combinations.iter().enumerate().skip(1).rev() {
            counts[usize::from(*value)] += u64::from(found[number]);
            found[usize::from(*before)] += found[number];
        }
        counts
    }
}

/// The calendar years in which each record begins and ends.
pub(super) struct Spans {
    /// The first and the last that any record names.
    pub(super) first: i32,
    pub(super) last: i32,
    /// Counted from the first one.
    years: Vec<[u16; 2]>,
}

/// In place of a year that a record does not name.
const NO_YEAR: u16 = u16::MAX;

impl Spans {
    /// None where no record names any.
    fn new(days: Option<(i32, i32)>, dates: &[Dates]) -> Option<Self> {
        let calendar =
            |day: i32| NaiveDate::from_num_days_from_ce_opt(day).map_or(0, |date| date.year());
        let (first, last) = days.map(|(first, last)| (calendar(first), calendar(last)))?;
        let begins = (first + 1..=last).filter_map(|year| NaiveDate::from_yo_opt(year, 1));
        let begins: Vec<i32> = begins.map(|date| date.num_days_from_ce()).collect();
        let year = |day: i32| begins.partition_point(|begin| *begin <= day) as u16;
        let span = |dates: &Dates| [dates.start, dates.end].map(|day| day.map_or(NO_YEAR, year));
        Some(Self { first, last, years: dates.iter().map(span).collect() })
    }

    /// The years of a record, each where it names one.
    pub(super) fn of(&self, record: u32) -> [Option<i32>; 2] {
        self.years[record as usize]
            .map(|year| (year != NO_YEAR).then(|| self.first + i32::from(year)))
    }
}

impl Snapshot {
    /// How many of some records have each value of a dimension, in the order of values.
    pub(super) fn counts(&self, dimension: Dimension, records: &RoaringBitmap) -> Vec<u64> {
        let values = self.values(dimension).values();
        if records.len() == self.len() as u64 {
            return values.map(RoaringBitmap::len).collect();
        }
        let walked = (records.len() < self.len() as u64 / SPARSE).then(|| self.column(dimension));
        match walked.flatten() {
            Some(column) => column.count(records, values.len()),
            None => values.map(|value| value.intersection_len(records)).collect(),
        }
    }

    /// Makes what counting needs, so that the first who counts does not wait for it.
    pub(super) fn make_columns(&self) {
        let make = |dimensions: &[Dimension]| {
            for dimension in dimensions {
                self.column(*dimension);
            }
        };
        let (some, others) = LISTED.split_at(LISTED.len() / 2);
        thread::scope(|scope| {
            scope.spawn(|| make(some));
            make(others);
            self.spans();
        });
    }

    fn column(&self, dimension: Dimension) -> Option<&DimensionColumn> {
        let column = &self.columns[dimension as usize];
        let values = self.values(dimension).values();
        column.get_or_init(|| DimensionColumn::new(self.len(), values)).as_ref()
    }

    /// The years of all records.
    pub(super) fn spans(&self) -> Option<&Spans> {
        self.spans.get_or_init(|| Spans::new(self.days(), self.all_dates())).as_ref()
    }
}
