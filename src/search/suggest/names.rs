//! The names of everything that can be suggested but partnerships: a dictionary of their words.

use std::collections::BTreeMap;

use fst::{Automaton, IntoStreamer, Streamer, automaton::Str};

use super::{
    meaning::spelled_out,
    typo::{MAX_WORD_LENGTH, OneTypo},
};
use crate::{
    domain::{Language, text::fold},
    reference::exonyms,
    search::{Collection, Dimension, Snapshot},
};

/// The dimensions whose values are suggested; the order is that of [`Of::group`].
const DIMENSIONS: [Dimension; 9] = [
    Dimension::Region,
    Dimension::Department,
    Dimension::Collectivity,
    Dimension::Country,
    Dimension::PartnerArea,
    Dimension::Zone,
    Dimension::Theme,
    Dimension::Sdg,
    Dimension::Kind,
];
/// A typo is forgiven in words of so many letters.
const LONG: usize = 4;

/// What a name is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Of {
    /// A value of a dimension.
    Value(Dimension, Box<str>),
    /// A foreign authority, by its place among the partners.
    Partner(u32),
}

impl Of {
    /// Places come before what partnerships are about.
    fn group(&self) -> u8 {
        match self {
            Self::Value(Dimension::Theme | Dimension::Sdg | Dimension::Kind, _) => 1,
            Self::Value(..) | Self::Partner(_) => 0,
        }
    }

    /// The code of a value.
    fn code(&self) -> &str {
        match self {
            Self::Value(_, code) => code,
            Self::Partner(_) => "",
        }
    }
}

/// Something with a name.
#[derive(Debug)]
pub(super) struct NameEntry {
    pub(super) of: Of,
    /// The partnerships that have it, without any filter.
    pub(super) partnerships: u32,
    /// The words of its French name.
    words: u8,
}

/// How well a name has what was typed, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// All of its words, whole.
    Exact,
    /// Whole words of it.
    Words,
    /// Beginnings of its words.
    Beginnings,
    /// Whole words, one of them with a typo.
    WordsButOne,
    /// Beginnings, one of them with a typo.
    BeginningsButOne,
}

/// A name that fits; the least is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FoundName {
    pub(super) fit: Fit,
    group: u8,
    rarity: u32,
    pub(super) entry: u32,
}

/// How one word fits an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum One {
    Whole,
    Beginning,
    Not,
}

/// Names of a snapshot.
pub(in crate::search) struct Names {
    /// The values of each dimension by code, then the partners.
    entries: Vec<NameEntry>,
    /// Where the entries of each of [`DIMENSIONS`] begin, and those of the partners.
    starts: [usize; DIMENSIONS.len() + 1],
    /// Word → start of its entries in the upper 32 bits, their number in the lower.
    dictionary: fst::Map<Vec<u8>>,
    postings: Vec<u32>,
}

impl Names {
    /// Of everything that a snapshot's partnerships have.
    #[expect(clippy::expect_used, reason = "sorted words and a buffer in memory cannot fail")]
    pub(in crate::search) fn new(snapshot: &Snapshot) -> Self {
        let mut entries = Vec::new();
        let mut words: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        let mut add = |of: Of, partnerships: u64| {
            let number = entries.len() as u32;
            let [french, english] =
                Language::ALL.map(|language| fold(&snapshot.suggested_label(&of, language)));
            let others = match &of {
                Of::Value(_, code) => vec![fold(code)],
                Of::Partner(partner) => {
                    let country = &snapshot.entity_sides().partner(*partner).1.country;
                    exonyms::of(country, &french).map(str::to_owned).collect()
                }
            };
            let all = [&french, &english].into_iter().chain(&others);
            for word in all.flat_map(|text| text.split(' ')) {
                let written = &word[..word.len().min(MAX_WORD_LENGTH)];
                for word in [Some(written), spelled_out(written)].into_iter().flatten() {
                    let posted = words.entry(word.to_owned()).or_default();
                    if posted.last() != Some(&number) {
                        posted.push(number);
                    }
                }
            }
            let words = french.split(' ').count().min(u8::MAX.into()) as u8;
            entries.push(NameEntry { of, partnerships: partnerships as u32, words });
        };
        let mut starts = [0; DIMENSIONS.len() + 1];
        for (group, dimension) in DIMENSIONS.into_iter().enumerate() {
            let values = snapshot.values(dimension);
            starts[group + 1] = starts[group] + values.len();
            for (code, records) in values {
                add(Of::Value(dimension, code.as_str().into()), records.len());
            }
        }
        for partner in 0..snapshot.entity_sides().places(Collection::Partners) as u32 {
            add(
                Of::Partner(partner),
                snapshot.entity_sides().partner_records(partner).len() as u64,
            );
        }
        words.remove("");
        let mut dictionary = fst::MapBuilder::memory();
        let mut postings = Vec::new();
        for (word, mut posted) in words {
            let place = (postings.len() as u64) << 32 | posted.len() as u64;
            dictionary.insert(word, place).expect("words in order");
            postings.append(&mut posted);
        }
        Self { entries, starts, dictionary: dictionary.into_map(), postings }
    }

    pub(super) fn entry(&self, found: FoundName) -> &NameEntry {
        &self.entries[found.entry as usize]
    }

    /// The names of values, as fitting as can be.
    pub(super) fn of_values(&self, values: &[(Dimension, String)]) -> Vec<FoundName> {
        let places = values.iter().filter_map(|(dimension, code)| {
            let group = DIMENSIONS.iter().position(|one| one == dimension)?;
            let values = &self.entries[self.starts[group]..self.starts[group + 1]];
            let place = values.binary_search_by(|entry| entry.of.code().cmp(code)).ok()?;
            Some(self.starts[group] + place)
        });
        let mut found: Vec<FoundName> =
            places.map(|place| self.found_name(Fit::Exact, place)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The names that have, for each typed word, a word that begins so.
    pub(super) fn exact(&self, typed: &[&str]) -> Vec<FoundName> {
        let fits: Vec<Vec<One>> = typed.iter().map(|word| self.beginning_with(word)).collect();
        self.found(&fits, |entry, worst| match worst {
            One::Whole if usize::from(self.entries[entry].words) == typed.len() => Fit::Exact,
            One::Whole => Fit::Words,
            One::Beginning | One::Not => Fit::Beginnings,
        })
    }

    /// The names that do so when one typo in one long word is forgiven, and not otherwise.
    pub(super) fn forgiving(&self, typed: &[&str]) -> Vec<FoundName> {
        let exact: Vec<Vec<One>> = typed.iter().map(|word| self.beginning_with(word)).collect();
        let mut best: Vec<FoundName> = Vec::new();
        for (place, word) in typed.iter().enumerate().filter(|(_, word)| word.len() >= LONG) {
            let mut fits = exact.clone();
            fits[place] = self.nearly_beginning_with(word);
            best.extend(self.found(&fits, |_, worst| match worst {
                One::Whole => Fit::WordsButOne,
                One::Beginning | One::Not => Fit::BeginningsButOne,
            }));
        }
        let fits_exactly =
            |found: &FoundName| exact.iter().all(|fits| fits[found.entry as usize] != One::Not);
        best.retain(|found| !fits_exactly(found));
        best.sort_unstable_by_key(|found| (found.entry, found.fit));
        best.dedup_by_key(|found| found.entry);
        best
    }

    /// The entries that fit every word, by the worst of their fits.
    fn found(&self, fits: &[Vec<One>], fit: impl Fn(usize, One) -> Fit) -> Vec<FoundName> {
        let worst = |entry: usize| fits.iter().map(|fits| fits[entry]).max().unwrap_or(One::Not);
        let fitting = (0..self.entries.len()).map(|entry| (entry, worst(entry)));
        fitting
            .filter(|(_, worst)| *worst != One::Not)
            .map(|(entry, worst)| self.found_name(fit(entry, worst), entry))
            .collect()
    }

    fn found_name(&self, fit: Fit, entry: usize) -> FoundName {
        let NameEntry { of, partnerships, .. } = &self.entries[entry];
        FoundName { fit, group: of.group(), rarity: u32::MAX - partnerships, entry: entry as u32 }
    }

    fn beginning_with(&self, word: &str) -> Vec<One> {
        let stream = self.dictionary.search(Str::new(word).starts_with()).into_stream();
        self.fits(stream, |found| found.len() == word.len())
    }

    fn nearly_beginning_with(&self, word: &str) -> Vec<One> {
        let stream = self.dictionary.search(OneTypo::new(word).starts_with()).into_stream();
        self.fits(stream, |found| OneTypo::new(word).is_whole(found))
    }

    fn fits<'f>(
        &self,
        mut words: impl for<'a> Streamer<'a, Item = (&'a [u8], u64)> + 'f,
        is_whole: impl Fn(&[u8]) -> bool,
    ) -> Vec<One> {
        let mut fits = vec![One::Not; self.entries.len()];
        while let Some((word, place)) = words.next() {
            let fit = if is_whole(word) { One::Whole } else { One::Beginning };
            let (start, length) = ((place >> 32) as usize, (place & 0xffff_ffff) as usize);
            for entry in &self.postings[start..start + length] {
                let best = &mut fits[*entry as usize];
                *best = fit.min(*best);
            }
        }
        fits
    }
}
