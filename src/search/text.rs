//! Words to records: a dictionary (`fst`) over posting lists.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use foldhash::fast::RandomState;
use fst::{IntoStreamer, Streamer};
use roaring::{MultiOps, RoaringBitmap};

use super::{bitmaps, forward::Forward, patch::Moves};

/// Words of one byte say nothing; longer ones than this are cut.
const LONGEST_WORD: usize = 40;
/// A word of so many records has a bitmap of its own.
const MANY: u32 = 256;

/// Collects the words of records, in any order of records.
#[derive(Default)]
pub(super) struct WordsBuilder {
    numbers: HashMap<Box<str>, u32, RandomState>,
    records: Forward,
}

impl WordsBuilder {
    /// Adds the words of a folded text to the record that is being read.
    pub(super) fn add(&mut self, folded: &str) {
        for word in words_of(folded) {
            let number = number(&mut self.numbers, word);
            self.records.add(number);
        }
    }

    /// Keeps the words of folded texts that many records share.
    pub(super) fn share(&mut self, texts: &[String]) -> u32 {
        let words = texts.iter().flat_map(|text| words_of(text));
        let list = words.map(|word| number(&mut self.numbers, word)).collect();
        self.records.share(list)
    }

    /// Adds what is shared to the record that is being read.
    pub(super) fn add_shared(&mut self, list: u32) {
        self.records.add_shared(list);
    }

    /// Ends a record.
    pub(super) fn end(&mut self) {
        self.records.end();
    }

    /// Sorts; `order` names the records in the order of the snapshot.
    pub(super) fn finish(self, order: &[u32]) -> Words {
        let mut sorted: Vec<(Box<str>, u32)> = self.numbers.into_iter().collect();
        sorted.sort_unstable();
        // the number of each word in the order of words
        let mut place = vec![0; sorted.len()];
        for (index, (_, number)) in (0..).zip(&sorted) {
            place[*number as usize] = index;
        }
        let mut dictionary = fst::MapBuilder::memory();
        for (number, (word, _)) in (0..).zip(&sorted) {
            insert(&mut dictionary, word.as_bytes(), number);
        }
        let dictionary = Arc::new(dictionary.into_map());
        let postings = Postings::new(sorted.len(), |tell| {
            for (record, read) in (0..).zip(order) {
                self.records.each(*read, |number| tell(place[number as usize], record));
            }
        });
        Words { dictionary, postings }
    }
}

fn number(numbers: &mut HashMap<Box<str>, u32, RandomState>, word: &str) -> u32 {
    if let Some(number) = numbers.get(word) {
        return *number;
    }
    let next = numbers.len() as u32;
    numbers.insert(word.into(), next);
    next
}

fn words_of(folded: &str) -> impl Iterator<Item = &str> {
    let words = folded.split(' ').filter(|word| !word.is_empty());
    words.map(|word| &word[..word.len().min(LONGEST_WORD)])
}

#[expect(clippy::expect_used, reason = "sorted words and a buffer in memory cannot fail")]
fn insert(dictionary: &mut fst::MapBuilder<Vec<u8>>, word: &[u8], number: u64) {
    dictionary.insert(word, number).expect("words in order");
}

/// The numbers that two dictionaries give a word.
type Pair = (Option<u32>, Option<u32>);

fn each_word(mut both: fst::map::Union<'_>, mut tell: impl FnMut(&[u8], Pair)) {
    while let Some((word, found)) = both.next() {
        let number = |index| {
            let found = found.iter().find(|found| found.index == index);
            found.map(|found| found.value as u32)
        };
        tell(word, (number(0), number(1)));
    }
}

/// The records of each word, by the word's number in the order of words.
#[derive(Clone, Default)]
struct Postings {
    /// The records of words of few, one word's after another's, and where each word's begin.
    few: Vec<u32>,
    starts: Vec<u32>,
    many: BTreeMap<u32, RoaringBitmap>,
}

impl Postings {
    /// Of `words` words; `each` tells every word of every record, in the order of records.
    fn new(words: usize, each: impl Fn(&mut dyn FnMut(u32, u32))) -> Self {
        let mut counts = vec![0u32; words];
        let mut last = vec![u32::MAX; words];
        each(&mut |word, record| {
            if std::mem::replace(&mut last[word as usize], record) != record {
                counts[word as usize] += 1;
            }
        });
        let mut many = BTreeMap::new();
        let mut starts = Vec::with_capacity(words + 1);
        let mut next = Vec::with_capacity(words);
        let mut total = 0;
        for (word, count) in (0..).zip(counts) {
            starts.push(total);
            next.push(total);
            if count < MANY {
                total += count;
            } else {
                many.insert(word, RoaringBitmap::new());
            }
        }
        starts.push(total);
        let mut few = vec![0; total as usize];
        last.fill(u32::MAX);
        let mut bitmaps: Vec<Option<&mut RoaringBitmap>> = Vec::new();
        bitmaps.resize_with(words, || None);
        for (word, bitmap) in &mut many {
            bitmaps[*word as usize] = Some(bitmap);
        }
        each(&mut |word, record| {
            let word = word as usize;
            if std::mem::replace(&mut last[word], record) == record {
                return;
            }
            if let Some(bitmap) = &mut bitmaps[word] {
                let _ = bitmap.try_push(record);
            } else {
                few[next[word] as usize] = record;
                next[word] += 1;
            }
        });
        for bitmap in many.values_mut() {
            bitmap.optimize();
        }
        Self { few, starts, many }
    }
}

impl Postings {
    /// Those of the next snapshot; `pairs` has the old and the added number of each of its words.
    fn patched(&self, moves: &Moves, added: &Self, pairs: &[Pair]) -> Self {
        let mut next = Self::default();
        next.few.reserve(self.few.len() + added.few.len());
        next.starts.reserve(pairs.len() + 1);
        for (word, (old, new)) in (0..).zip(pairs) {
            next.starts.push(next.few.len() as u32);
            if let Some(records) = old.and_then(|old| self.many.get(&old)) {
                let came: RoaringBitmap = new.iter().flat_map(|new| added.of(*new)).collect();
                next.many.insert(word, moves.patch(records, Some(&came)));
            } else {
                let old = old.map_or(&[][..], |old| self.few_of(old));
                let new = new.iter().flat_map(|new| added.of(*new));
                moves.patch_list(&mut next.few, old, new);
            }
        }
        next.starts.push(next.few.len() as u32);
        next
    }

    fn few_of(&self, word: u32) -> &[u32] {
        let word = word as usize;
        &self.few[self.starts[word] as usize..self.starts[word + 1] as usize]
    }

    /// The records of a word.
    fn of(&self, word: u32) -> impl Iterator<Item = u32> {
        self.few_of(word).iter().copied().chain(self.many.get(&word).into_iter().flatten())
    }
}

/// Which records have a word that begins so.
#[derive(Clone)]
pub(super) struct Words {
    /// Word → its number in the order of words.
    dictionary: Arc<fst::Map<Vec<u8>>>,
    postings: Postings,
}

impl Words {
    /// The records with a word that begins with a folded text.
    pub(super) fn beginning_with(&self, prefix: &str) -> RoaringBitmap {
        let (from, to) = self.beginning_so(prefix);
        let Postings { few, starts, many } = &self.postings;
        let (start, end) = (starts[from as usize] as usize, starts[to as usize] as usize);
        let found = bitmaps::of(few[start..end].to_vec());
        let many: Vec<&RoaringBitmap> = many.range(from..to).map(|(_, bitmap)| bitmap).collect();
        match *many {
            [] => found,
            [only] if found.is_empty() => only.clone(),
            _ => many.into_iter().chain([&found]).union(),
        }
    }

    /// The numbers of the words that begin with a folded text: the first, and the one after the
    /// last.
    fn beginning_so(&self, prefix: &str) -> (u32, u32) {
        let prefix = &prefix.as_bytes()[..prefix.len().min(LONGEST_WORD)];
        // folded texts are ASCII: what comes after all words with this beginning
        let mut after = prefix.to_vec();
        if let Some(byte) = after.last_mut() {
            *byte += 1;
        }
        let from = self.first_since(prefix);
        let to =
            if after.is_empty() { self.dictionary.len() as u32 } else { self.first_since(&after) };
        (from, to)
    }

    /// The words of the next snapshot; a word that nothing has any more may stay.
    pub(super) fn patched(&self, moves: &Moves, added: &Self) -> Self {
        let mut pairs = Vec::with_capacity(self.dictionary.len());
        let new = {
            let mut added = added.dictionary.stream();
            let mut new = false;
            while let Some((word, _)) = added.next() {
                new |= !self.dictionary.contains_key(word);
            }
            new
        };
        let dictionary = if new {
            let mut builder = fst::MapBuilder::memory();
            let both = self.dictionary.op().add(&*added.dictionary).union();
            each_word(both, |word, pair| {
                insert(&mut builder, word, pairs.len() as u64);
                pairs.push(pair);
            });
            Arc::new(builder.into_map())
        } else {
            pairs.extend((0..self.dictionary.len() as u32).map(|word| (Some(word), None)));
            let mut added = added.dictionary.stream();
            while let Some((word, number)) = added.next() {
                let place = self.dictionary.get(word).unwrap_or_default();
                pairs[place as usize].1 = Some(number as u32);
            }
            Arc::clone(&self.dictionary)
        };
        Self { dictionary, postings: self.postings.patched(moves, &added.postings, &pairs) }
    }

    /// The number of the first word that is not before a text.
    fn first_since(&self, text: &[u8]) -> u32 {
        let mut since = self.dictionary.range().ge(text).into_stream();
        since.next().map_or(self.dictionary.len() as u32, |(_, number)| number as u32)
    }

    /// Records that may have, for each of some beginnings, a word that begins so: those of the
    /// rarest beginning, those of the whole word first, each once and at most so many.
    pub(super) fn candidates(&self, beginnings: &[&str], most: usize) -> Vec<u32> {
        let Postings { few, starts, many } = &self.postings;
        let of_few =
            |from: u32, to: u32| starts[from as usize] as usize..starts[to as usize] as usize;
        let ranges = beginnings.iter().map(|beginning| self.beginning_so(beginning));
        let rarest = ranges.min_by_key(|(from, to)| {
            let of_many = many.range(*from..*to).map(|(_, bitmap)| bitmap.len()).sum::<u64>();
            of_few(*from, *to).len() as u64 + of_many
        });
        let Some((from, to)) = rarest else { return Vec::new() };
        let (mut found, mut seen) = (Vec::new(), RoaringBitmap::new());
        for word in from..to {
            let records = few[of_few(word, word + 1)].iter().copied();
            let records = records.chain(many.get(&word).into_iter().flatten());
            found.extend(records.filter(|record| seen.insert(*record)).take(most - found.len()));
            if found.len() >= most {
                break;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_of_words_find_their_records() {
        let mut words = WordsBuilder::default();
        let shared = words.share(&["lyon".into()]);
        words.add("lyon ouagadougou lyon");
        words.add_shared(shared);
        words.end();
        words.add("lyonnais");
        words.end();
        let words = words.finish(&[1, 0]);
        let found = |prefix| words.beginning_with(prefix).iter().collect::<Vec<_>>();
        assert_eq!(found("lyon"), [0, 1]);
        assert_eq!(found("lyonn"), [0]);
        assert_eq!(found("oua"), [1]);
        assert!(found("paris").is_empty());
        assert!(found("zz").is_empty());
    }
}
