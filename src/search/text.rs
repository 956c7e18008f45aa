//! Words to records: a dictionary (`fst`) over posting lists.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use foldhash::fast::RandomState;
use fst::{IntoStreamer, Streamer};
use roaring::{MultiOps, RoaringBitmap};

use super::{
    bitmaps,
    inverted_index::{ForwardIndex, InvertedIndex},
    patch::Moves,
};

/// Words of one byte say nothing; longer ones than this are cut.
const LONGEST_WORD: usize = 40;
/// A word of so many records, about, has a bitmap of its own.
const MANY: usize = 256;

/// Collects the words of records, in any order of records.
#[derive(Default)]
pub(super) struct WordsBuilder {
    numbers: WordNumbers,
    /// Words that come by nothing shared.
    records: ForwardIndex,
    /// The words of what is shared, by its number.
    shared: Vec<Vec<u32>>,
}

impl WordsBuilder {
    /// Adds the words of a folded text to the record that is being read.
    pub(super) fn add(&mut self, folded: &str) {
        for word in words_of(folded) {
            let number = self.numbers.of(word);
            self.records.add(number);
        }
    }

    /// Keeps the words of folded texts that many records share.
    pub(super) fn share(&mut self, texts: &[String]) {
        let words = texts.iter().flat_map(|text| words_of(text));
        let mut list: Vec<u32> = words.map(|word| self.numbers.of(word)).collect();
        list.sort_unstable();
        list.dedup();
        self.shared.push(list);
    }

    /// Ends a record.
    pub(super) fn end(&mut self) {
        self.records.end();
    }

    /// The records of each word that comes by nothing shared; `order` names the records in the
    /// order of the snapshot.
    pub(super) fn invert(&mut self, order: &[u32]) -> InvertedIndex {
        std::mem::take(&mut self.records).invert(order, self.numbers.len())
    }

    /// Sorts; `own` was turned before, `has` tells which records have what is shared.
    pub(super) fn finish(self, own: &InvertedIndex, has: &InvertedIndex) -> Words {
        let mut lists: HashMap<u32, Vec<&[u32]>, RandomState> = HashMap::default();
        for (shared, words) in (0..).zip(&self.shared) {
            for word in words {
                lists.entry(*word).or_default().push(has.of(shared));
            }
        }
        let mut dictionary = fst::MapBuilder::memory();
        let mut postings = Postings::default();
        let mut bytes = Vec::with_capacity(LONGEST_WORD);
        for (place, (word, number)) in (0..).zip(self.numbers.sorted()) {
            word.write(&mut bytes);
            insert(&mut dictionary, &bytes, place);
            let more = lists.get(&number).map_or(&[][..], Vec::as_slice);
            postings.push(own.of(number), more);
        }
        postings.starts.push(postings.few.len() as u32);
        postings.few.shrink_to_fit();
        Words { dictionary: Arc::new(dictionary.into_map()), postings }
    }
}

/// Gives each word a number, counted from 0.
struct WordNumbers {
    /// Some of the words that came last, by a few bits of their heads: most words of a text are
    /// among them, and the tables of all are too large for the processor's cache.
    recent: Vec<(u128, u32)>,
    /// Words that are no longer than a head, by that: to compare them is to compare numbers.
    short: HashMap<u128, u32, RandomState>,
    long: HashMap<Box<str>, u32, RandomState>,
}

/// A word: its first bytes, with zeros where it is shorter, and the rest. The order of words is
/// that of their bytes.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Word {
    head: u128,
    rest: Box<str>,
}

/// How many bytes a head has.
const HEAD: usize = size_of::<u128>();

fn head(word: &str) -> u128 {
    let mut bytes = [0; HEAD];
    let length = word.len().min(HEAD);
    bytes[..length].copy_from_slice(&word.as_bytes()[..length]);
    u128::from_be_bytes(bytes)
}

impl Word {
    /// Its bytes, in place of what is there; no word has a zero in it.
    fn write(&self, out: &mut Vec<u8>) {
        out.clear();
        out.extend(self.head.to_be_bytes().into_iter().take_while(|byte| *byte != 0));
        out.extend_from_slice(self.rest.as_bytes());
    }
}

/// How many words are remembered, as a power of two.
const RECENT_BITS: u32 = 15;

impl Default for WordNumbers {
    fn default() -> Self {
        // no word has an empty head
        let recent = vec![(0, 0); 1 << RECENT_BITS];
        Self { recent, short: HashMap::default(), long: HashMap::default() }
    }
}

impl WordNumbers {
    fn len(&self) -> usize {
        self.short.len() + self.long.len()
    }

    fn of(&mut self, word: &str) -> u32 {
        let next = self.len() as u32;
        if word.len() <= HEAD {
            let head = head(word);
            // multiplied by a large odd number, the high bits depend on all others
            let mixed = (head as u64 ^ (head >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let recent = &mut self.recent[(mixed >> (u64::BITS - RECENT_BITS)) as usize];
            if recent.0 != head {
                *recent = (head, *self.short.entry(head).or_insert(next));
            }
            return recent.1;
        }
        if let Some(number) = self.long.get(word) {
            return *number;
        }
        self.long.insert(word.into(), next);
        next
    }

    /// The words in order, each with its number.
    fn sorted(self) -> Vec<(Word, u32)> {
        let short = self.short.into_iter();
        let short = short.map(|(head, number)| (Word { head, rest: Box::default() }, number));
        let long = self
            .long
            .into_iter()
            .map(|(word, number)| (Word { head: head(&word), rest: word[HEAD..].into() }, number));
        let mut words: Vec<(Word, u32)> = short.chain(long).collect();
        words.sort_unstable();
        words
    }
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
type WordNumberPair = (Option<u32>, Option<u32>);

fn each_word(mut both: fst::map::Union<'_>, mut tell: impl FnMut(&[u8], WordNumberPair)) {
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
    /// Adds the next word: its own records, and those of what is shared.
    fn push(&mut self, own: &[u32], shared: &[&[u32]]) {
        let word = self.starts.len() as u32;
        self.starts.push(self.few.len() as u32);
        let count = own.len() + shared.iter().map(|list| list.len()).sum::<usize>();
        if count < MANY {
            let mut records = [&[own], shared].concat().concat();
            if !shared.is_empty() {
                records.sort_unstable();
                records.dedup();
            }
            self.few.append(&mut records);
        } else {
            let mut lists = [&[own], shared].concat();
            lists.retain(|list| !list.is_empty());
            let mut bitmap = bitmaps::of_lists(&lists);
            bitmap.optimize();
            self.many.insert(word, bitmap);
        }
    }
}

impl Postings {
    /// Those of the next snapshot; `pairs` has the old and the added number of each of its words.
    fn patched(&self, moves: &Moves, added: &Self, pairs: &[WordNumberPair]) -> Self {
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
        let mut has = ForwardIndex::default();
        words.share(&["lyon mali".into()]);
        words.add("lyon ouagadougou lyon");
        words.end();
        has.add(0);
        has.end();
        words.add("lyonnais");
        words.end();
        has.end();
        let order = [1, 0];
        let words = {
            let own = words.invert(&order);
            words.finish(&own, &has.invert(&order, 1))
        };
        let found = |prefix| words.beginning_with(prefix).iter().collect::<Vec<_>>();
        assert_eq!(found("lyon"), [0, 1]);
        assert_eq!(found("lyonn"), [0]);
        assert_eq!(found("oua"), [1]);
        assert_eq!(found("mal"), [1]);
        assert!(found("paris").is_empty());
        assert!(found("zz").is_empty());
    }
}
