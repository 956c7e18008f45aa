//! A forward index (the numbers of each record), inverted into the records of each number once the
//! order of the records is known: no list needs sorting.

/// Lists of numbers, one for each record.
#[derive(Default)]
pub(super) struct ForwardIndex {
    /// The numbers of all records, one record's after another's.
    listed: Vec<u32>,
    /// Where each record's end.
    ends: Vec<u32>,
}

impl ForwardIndex {
    /// Adds a number to the record that is being read, unless it has it already.
    pub(super) fn add(&mut self, number: u32) {
        let begin = self.ends.last().map_or(0, |end| *end as usize);
        // lists are short: looking back is cheaper than remembering
        if !self.listed[begin..].contains(&number) {
            self.listed.push(number);
        }
    }

    /// Ends a record.
    pub(super) fn end(&mut self) {
        self.ends.push(self.listed.len() as u32);
    }

    fn of(&self, record: u32) -> &[u32] {
        let record = record as usize;
        let start = if record == 0 { 0 } else { self.ends[record - 1] };
        &self.listed[start as usize..self.ends[record] as usize]
    }

    /// The records of each of `count` numbers (a counting sort); `order` names the records, which
    /// become numbers from 0 in that order.
    pub(super) fn invert(&self, order: &[u32], count: usize) -> InvertedIndex {
        let mut starts = vec![0u32; count + 1];
        for number in &self.listed {
            starts[*number as usize + 1] += 1;
        }
        for number in 0..count {
            starts[number + 1] += starts[number];
        }
        let mut next = starts.clone();
        let mut records = vec![0; starts[count] as usize];
        for (record, read) in (0..).zip(order) {
            for number in self.of(*read) {
                let place = &mut next[*number as usize];
                records[*place as usize] = record;
                *place += 1;
            }
        }
        InvertedIndex { records, starts }
    }
}

/// Ascending records of each number.
pub(super) struct InvertedIndex {
    /// One number's after another's, and where each one's begin.
    records: Vec<u32>,
    starts: Vec<u32>,
}

impl InvertedIndex {
    /// The records of a number.
    pub(super) fn of(&self, number: u32) -> &[u32] {
        let number = number as usize;
        &self.records[self.starts[number] as usize..self.starts[number + 1] as usize]
    }
}
