//! Words to records: a dictionary (`fst`) over posting lists.

use std::collections::HashMap;

use fst::{Automaton, IntoStreamer, Streamer, automaton::Str};
use roaring::RoaringBitmap;

/// Words of one byte say nothing; longer ones than this are cut.
const LONGEST_WORD: usize = 40;

/// Collects the words of records, in any order of records.
#[derive(Default)]
pub(super) struct WordsBuilder(HashMap<String, Vec<u32>>);

impl WordsBuilder {
    /// Adds the words of a folded text.
    pub(super) fn add(&mut self, record: u32, folded: &str) {
        for word in folded.split(' ').filter(|word| !word.is_empty()) {
            let word = &word[..word.len().min(LONGEST_WORD)];
            match self.0.get_mut(word) {
                Some(records) if records.last() == Some(&record) => {}
                Some(records) => records.push(record),
                None => {
                    self.0.insert(word.to_owned(), vec![record]);
                }
            }
        }
    }

    /// Sorts; `place` tells each record's place in the snapshot.
    #[expect(clippy::expect_used, reason = "sorted words and a buffer in memory cannot fail")]
    pub(super) fn finish(self, place: &[u32]) -> Words {
        let mut words: Vec<(String, Vec<u32>)> = self.0.into_iter().collect();
        words.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut dictionary = fst::MapBuilder::memory();
        let mut postings = Vec::new();
        for (word, mut records) in words {
            for record in &mut records {
                *record = place[*record as usize];
            }
            records.sort_unstable();
            records.dedup();
            let start = postings.len() as u64;
            let length = records.len() as u64;
            postings.append(&mut records);
            dictionary.insert(&word, start << 32 | length).expect("words in order");
        }
        postings.shrink_to_fit();
        Words { dictionary: dictionary.into_map(), postings }
    }
}

/// Which records have a word that begins so.
pub(super) struct Words {
    /// Word → start of its postings in the upper 32 bits, their number in the lower.
    dictionary: fst::Map<Vec<u8>>,
    postings: Vec<u32>,
}

impl Words {
    /// The records with a word that begins with a folded text.
    pub(super) fn beginning_with(&self, prefix: &str) -> RoaringBitmap {
        let prefix = &prefix[..prefix.len().min(LONGEST_WORD)];
        let mut records = RoaringBitmap::new();
        let mut stream = self.dictionary.search(Str::new(prefix).starts_with()).into_stream();
        while let Some((_, entry)) = stream.next() {
            let (start, length) = ((entry >> 32) as usize, (entry & 0xffff_ffff) as usize);
            let postings = &self.postings[start..start + length];
            match RoaringBitmap::from_sorted_iter(postings.iter().copied()) {
                Ok(found) if records.is_empty() => records = found,
                Ok(found) => records |= found,
                Err(_) => records.extend(postings.iter().copied()),
            }
        }
        records
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_of_words_find_their_records() {
        let mut words = WordsBuilder::default();
        words.add(0, "lyon ouagadougou");
        words.add(1, "lyonnais");
        words.add(0, "lyon");
        let words = words.finish(&[5, 3]);
        let found = |prefix| words.beginning_with(prefix).iter().collect::<Vec<_>>();
        assert_eq!(found("lyon"), [3, 5]);
        assert_eq!(found("lyonn"), [3]);
        assert_eq!(found("oua"), [5]);
        assert!(found("paris").is_empty());
    }
}
