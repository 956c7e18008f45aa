//! The values of each record, dimension by dimension: what counts a small selection, where the
//! bitmaps of values count a large one. And its years.

use std::thread;

use chrono::{Datelike, NaiveDate};
use roaring::RoaringBitmap;

use super::{Dimension, Snapshot, facets::LISTED, snapshot::Dates};

/// A selection with fewer records than one in so many is walked through.
const SPARSE: u64 = 4;

/// Of one dimension, the values of every record, by their numbers in the order of values.
pub(super) struct Column {
    /// For each record the number of its value, or [`SEVERAL`] and where its list begins.
    entries: Vec<u32>,
    /// The numbers of records that have several or none, each list after its length.
    lists: Vec<u16>,
}

/// Set in the entry of a record that has not exactly one value.
const SEVERAL: u32 = 1 << 31;

impl Column {
    /// None where there are too many values: those are not counted one by one.
    fn new<'v>(
        records: usize,
        values: impl ExactSizeIterator<Item = &'v RoaringBitmap> + Clone,
    ) -> Option<Self> {
        u16::try_from(values.len()).ok()?;
        let mut entries = vec![0u32; records];
        for record in values.clone().flatten() {
            entries[record as usize] += 1;
        }
        // the first list is that of all who have none
        let mut lists = vec![0u16];
        for entry in &mut entries {
            *entry = match *entry {
                0 => SEVERAL,
                1 => 0,
                several => {
                    let begin = lists.len();
                    lists.resize(begin + 1 + several as usize, 0);
                    SEVERAL | begin as u32
                }
            };
        }
        for (number, bitmap) in (0..).zip(values) {
            for record in bitmap {
                let entry = &mut entries[record as usize];
                if *entry & SEVERAL == 0 {
                    *entry = u32::from(number);
                } else {
                    let begin = (*entry & !SEVERAL) as usize;
                    lists[begin] += 1;
                    let place = begin + usize::from(lists[begin]);
                    lists[place] = number;
                }
            }
        }
        Some(Self { entries, lists })
    }

    /// Counts the values of a record.
    fn count(&self, record: u32, counts: &mut [u64]) {
        let entry = self.entries[record as usize];
        if entry & SEVERAL == 0 {
            counts[entry as usize] += 1;
            return;
        }
        let begin = (entry & !SEVERAL) as usize;
        let length = usize::from(self.lists[begin]);
        for number in &self.lists[begin + 1..][..length] {
            counts[usize::from(*number)] += 1;
        }
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
        let Some(column) = walked.flatten() else {
            return values.map(|value| value.intersection_len(records)).collect();
        };
        let mut counts = vec![0; values.len()];
        for record in records {
            column.count(record, &mut counts);
        }
        counts
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

    fn column(&self, dimension: Dimension) -> Option<&Column> {
        let column = &self.columns[dimension as usize];
        let values = self.values(dimension).values();
        column.get_or_init(|| Column::new(self.len(), values)).as_ref()
    }

    /// The years of all records.
    pub(super) fn spans(&self) -> Option<&Spans> {
        self.spans.get_or_init(|| Spans::new(self.days(), self.all_dates())).as_ref()
    }
}
