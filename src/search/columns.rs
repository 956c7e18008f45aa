//! The values of each record, dimension by dimension: what counts a small selection, where the
//! bitmaps of values count a large one.

use roaring::RoaringBitmap;

use super::{Dimension, Snapshot, facets::LISTED};

/// A selection with fewer records than one in so many is walked through.
const SPARSE: u64 = 4;

/// Of one dimension, the values of every record, by their numbers in the order of values.
pub(super) struct Column {
    numbers: Vec<u16>,
    /// Where each record's begin; nothing where every record has exactly one.
    starts: Vec<u32>,
}

impl Column {
    /// None where there are too many values: those are not counted one by one.
    fn new<'v>(
        records: usize,
        values: impl ExactSizeIterator<Item = &'v RoaringBitmap> + Clone,
    ) -> Option<Self> {
        u16::try_from(values.len()).ok()?;
        let mut starts = vec![0u32; records + 1];
        for record in values.clone().flatten() {
            starts[record as usize + 1] += 1;
        }
        let single = starts.iter().skip(1).all(|count| *count == 1);
        for record in 0..records {
            starts[record + 1] += starts[record];
        }
        let mut next = starts.clone();
        let mut numbers = vec![0; starts[records] as usize];
        for (number, bitmap) in (0..).zip(values) {
            for record in bitmap {
                let place = &mut next[record as usize];
                numbers[*place as usize] = number;
                *place += 1;
            }
        }
        Some(Self { numbers, starts: if single { Vec::new() } else { starts } })
    }

    fn of(&self, record: u32) -> &[u16] {
        let record = record as usize;
        match self.starts.get(record..record + 2) {
            Some([start, end]) => &self.numbers[*start as usize..*end as usize],
            _ => &self.numbers[record..=record],
        }
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
            for value in column.of(record) {
                counts[usize::from(*value)] += 1;
            }
        }
        counts
    }

    /// Makes what counting needs, so that the first who counts does not wait for it.
    pub fn make_columns(&self) {
        for dimension in LISTED {
            self.column(dimension);
        }
    }

    fn column(&self, dimension: Dimension) -> Option<&Column> {
        let column = &self.columns[dimension as usize];
        let values = self.values(dimension).values();
        column.get_or_init(|| Column::new(self.len(), values)).as_ref()
    }
}
