//! What each record has, as lists of numbers: they are turned into what has which records once
//! the order of the records is known, so that no list needs sorting.

/// Lists of numbers, one for each record. What many records share stands in a list of its own.
#[derive(Default)]
pub(super) struct Forward {
    /// The numbers of all records, one record's after another's.
    listed: Vec<u32>,
    /// Where each record's end.
    ends: Vec<usize>,
    shared: Vec<Box<[u32]>>,
}

/// Marks the number of a shared list.
const SHARED: u32 = 1 << 31;

impl Forward {
    /// Keeps a list for [`Self::add_shared`]; returns its number, counted from 0.
    pub(super) fn share(&mut self, list: Vec<u32>) -> u32 {
        self.shared.push(list.into());
        self.shared.len() as u32 - 1
    }

    /// Adds a number to the record that is being read.
    pub(super) fn add(&mut self, number: u32) {
        self.listed.push(number);
    }

    /// Adds all of a shared list.
    pub(super) fn add_shared(&mut self, list: u32) {
        self.listed.push(list | SHARED);
    }

    /// Ends a record.
    pub(super) fn end(&mut self) {
        self.ends.push(self.listed.len());
    }

    /// Tells the numbers of a record, some of them more than once.
    pub(super) fn each(&self, record: u32, mut tell: impl FnMut(u32)) {
        let record = record as usize;
        let start = if record == 0 { 0 } else { self.ends[record - 1] };
        for number in &self.listed[start..self.ends[record]] {
            if number & SHARED == 0 {
                tell(*number);
            } else {
                self.shared[(number & !SHARED) as usize].iter().copied().for_each(&mut tell);
            }
        }
    }
}
