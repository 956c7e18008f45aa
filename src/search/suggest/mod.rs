//! What somebody who has begun to type may mean: places, themes and partnerships.
//!
//! Names are compared without accents, case, ligatures, hyphens and apostrophes. The typed words
//! may be beginnings, in any order; one typo is forgiven where nothing fits without. The whole text
//! may be a code, an abbreviation or another name that the reference lists know. Better fits come first, places before themes, then what more partnerships have; partnerships come
//! after these.

mod highlight;
mod meaning;
mod names;
mod typo;

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, hash_map::Entry},
};

use roaring::RoaringBitmap;
use serde::Serialize;

pub(super) use meaning::{meant, spelled_out};
pub(super) use names::Names;
use names::{Fit, FoundName, Of};
use typo::{MAX_WORD_LENGTH, OneTypo};

use super::{Collection, Dimension, ParameterError, Query, Selection, Snapshot, department_beside};
use crate::{
    domain::{Language, text::fold},
    reference::Subdivisions,
};

/// The most words that are read of what was typed.
const MOST_WORDS: usize = 6;
/// The most names that are counted under a filter: those that none of its records have are not
/// suggested, and must not cost without end.
const MOST_COUNTED: usize = 300;
/// The most records whose titles are read.
const MOST_TITLES: usize = 300;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct SuggestRequest<'a> {
    /// The text typed.
    pub typed: &'a str,
    /// Only what records of it have is suggested; without `q`.
    pub filter: &'a Query,
    /// The language of the labels.
    pub language: Language,
    /// At most so many.
    pub limit: usize,
}

/// One thing that may be meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// `region`, `department`, `collectivity`, `country`, `partner_area`, `zone`, `theme`, `sdg`, `kind`, as the
    /// parameters are called; `partner` or `partnership`.
    pub kind: &'static str,
    /// Its code; the id of a partner or of a partnership.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// What tells it from another of the same name: its kind, its department, its country.
    pub detail: Option<String>,
    /// The partnerships that have it, among those that the filters keep; as in facets, a
    /// dimension's own selection does not count.
    pub count: u64,
    /// The parameter of the query to set; none for a partnership, which has a page.
    pub parameter: Option<&'static str>,
    /// The value to set it to.
    pub value: Option<String>,
    /// Where the label has what was typed: start and end in UTF-16 code units, as JavaScript
    /// counts.
    pub matches: Vec<[u32; 2]>,
    /// Whether a typo had to be forgiven.
    pub corrected: bool,
}

impl Snapshot {
    /// Suggestions, best match first.
    ///
    /// # Errors
    /// As [`Snapshot::select`].
    pub fn suggest(&self, request: SuggestRequest<'_>) -> Result<Vec<Suggestion>, ParameterError> {
        let folded = fold(request.typed);
        let mut typed: Vec<&str> = folded
            .split_whitespace()
            .map(|word| &word[..word.len().min(MAX_WORD_LENGTH)])
            .take(MOST_WORDS)
            .collect();
        // the filters are checked where nothing is typed, too
        let mut bases = Bases { snapshot: self, filter: request.filter, known: HashMap::new() };
        bases.of(None)?;
        if typed.is_empty() {
            return Ok(Vec::new());
        }
        meaning::spell_out_saints(&mut typed);
        let names = self.names();
        let mut found = names.of_values(&meaning::meant(self, request.typed));
        let meant: Vec<u32> = found.iter().map(|found| found.entry).collect();
        found.extend(names.exact(&typed).into_iter().filter(|one| !meant.contains(&one.entry)));
        let exact = self.likeliest(found, &mut bases, request.limit)?;
        let titled = self.titled(&typed, bases.of(None)?, request.limit);
        let third = titled.len().min(request.limit / 3);
        let mut suggestions: Vec<Suggestion> = exact
            .into_iter()
            .take(request.limit - third)
            .map(|(found, count)| self.named(found, count, &typed, request.language))
            .collect();
        let left = request.limit - suggestions.len();
        suggestions.extend(titled.into_iter().take(left));
        if suggestions.is_empty() {
            let nearly = self.likeliest(names.forgiving(&typed), &mut bases, request.limit)?;
            let shown = |(found, count)| self.named(found, count, &typed, request.language);
            suggestions.extend(nearly.into_iter().map(shown));
        }
        Ok(suggestions)
    }

    /// The best of what was found that some record has, each with how many have it.
    fn likeliest(
        &self,
        found: Vec<FoundName>,
        bases: &mut Bases<'_>,
        limit: usize,
    ) -> Result<Vec<(FoundName, u64)>, ParameterError> {
        let mut heap: BinaryHeap<Reverse<FoundName>> = found.into_iter().map(Reverse).collect();
        let mut likeliest = Vec::with_capacity(limit);
        for _ in 0..MOST_COUNTED {
            if likeliest.len() == limit {
                break;
            }
            let Some(Reverse(found)) = heap.pop() else { break };
            let count = self.count_of(found, bases)?;
            if count > 0 {
                likeliest.push((found, count));
            }
        }
        Ok(likeliest)
    }

    fn count_of(&self, found: FoundName, bases: &mut Bases<'_>) -> Result<u64, ParameterError> {
        let entry = self.names().entry(found);
        Ok(match &entry.of {
            Of::Value(dimension, code) => match bases.of(Some(*dimension))? {
                None => u64::from(entry.partnerships),
                Some(base) => self
                    .values(*dimension)
                    .get(&**code)
                    .map_or(0, |records| records.intersection_len(base)),
            },
            Of::Partner(partner) => match bases.of(None)? {
                None => u64::from(entry.partnerships),
                Some(base) => {
                    let records = self.entity_sides().partner_records(*partner).iter();
                    records.filter(|record| base.contains(**record)).count() as u64
                }
            },
        })
    }

    fn named(
        &self,
        found: FoundName,
        count: u64,
        typed: &[&str],
        language: Language,
    ) -> Suggestion {
        let of = &self.names().entry(found).of;
        let label = self.suggested_label(of, language);
        let corrected = found.fit > Fit::Beginnings;
        let (kind, id, parameter, value) = match of {
            Of::Value(dimension, code) => {
                let name = dimension.name();
                (name, code.to_string(), name, code.to_string())
            }
            Of::Partner(partner) => {
                let id = self.entity_sides().partner(*partner).0.to_string();
                ("partner", id, "q", label.clone())
            }
        };
        Suggestion {
            kind,
            id,
            detail: self.suggested_detail(of, language),
            count,
            parameter: Some(parameter),
            value: Some(value),
            matches: matches(&label, typed, corrected),
            label,
            corrected,
        }
    }

    /// What something with a name is called.
    fn suggested_label(&self, of: &Of, language: Language) -> String {
        match of {
            Of::Value(Dimension::Collectivity, code) => {
                self.collectivity_name(code).unwrap_or(code).to_owned()
            }
            Of::Value(dimension, code) => dimension.label(code, language),
            Of::Partner(partner) => self.entity_sides().partner(*partner).1.name.clone(),
        }
    }

    fn suggested_detail(&self, of: &Of, language: Language) -> Option<String> {
        match of {
            Of::Value(Dimension::Collectivity, code) => {
                let place = self.entity_sides().find(Collection::Collectivities, code)?.ok()?;
                let one = self.entity_sides().collectivity(place);
                let kind = (one.kind.code != "commune").then(|| one.kind.label.get(language));
                let parts = [kind.map(str::to_owned), department_beside(one, language)]
                    .into_iter()
                    .flatten();
                Some(parts.collect::<Vec<_>>().join(" · ")).filter(|detail| !detail.is_empty())
            }
            Of::Partner(partner) => {
                let country = &self.entity_sides().partner(*partner).1.country;
                Some(Dimension::Country.label(country, language))
            }
            Of::Value(Dimension::PartnerArea, code) => {
                let area = Subdivisions::bundled().by_code(code)?;
                let country = Dimension::Country.label(&area.country, language);
                Some(format!("{} · {country}", area.kind.label.get(language)))
            }
            Of::Value(..) => None,
        }
    }

    /// Partnerships whose title has, for each typed word, a word that begins so; whole words
    /// first.
    fn titled(
        &self,
        typed: &[&str],
        base: Option<&RoaringBitmap>,
        limit: usize,
    ) -> Vec<Suggestion> {
        let (mut whole, mut beginnings) = (Vec::new(), Vec::new());
        for record in self.words().candidates(typed, MOST_TITLES) {
            if whole.len() == limit {
                break;
            }
            if base.is_some_and(|base| !base.contains(record)) {
                continue;
            }
            let title = self.title(record);
            let folded = fold(&title);
            let words = || folded.split(' ');
            if typed.iter().all(|typed| words().any(|word| word == *typed)) {
                whole.push((record, title));
            } else if beginnings.len() < limit
                && typed.iter().all(|typed| words().any(|word| word.starts_with(typed)))
            {
                beginnings.push((record, title));
            }
        }
        let found = whole.into_iter().chain(beginnings).take(limit);
        let suggestion = |(record, label): (u32, String)| Suggestion {
            kind: "partnership",
            id: self.id(record).to_string(),
            detail: None,
            count: 1,
            parameter: None,
            value: None,
            matches: matches(&label, typed, false),
            label,
            corrected: false,
        };
        found.map(suggestion).collect()
    }
}

/// The records among which something is counted.
struct Bases<'a> {
    snapshot: &'a Snapshot,
    filter: &'a Query,
    known: HashMap<Option<Dimension>, Selection>,
}

impl Bases<'_> {
    /// Without the filter's own restriction of a dimension; `None` where all records count.
    fn of(
        &mut self,
        dimension: Option<Dimension>,
    ) -> Result<Option<&RoaringBitmap>, ParameterError> {
        if self.filter.is_empty() {
            return Ok(None);
        }
        let ignored = dimension.filter(|dimension| !self.filter.values(*dimension).is_empty());
        let base = match self.known.entry(ignored) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => {
                let filter =
                    ignored.map(|dimension| self.filter.with(self.filter.without(dimension)));
                let filter = filter.as_ref().unwrap_or(self.filter);
                unknown.insert(self.snapshot.select(filter, Collection::Partnerships)?)
            }
        };
        Ok(Some(base.items()))
    }
}

/// Where a label has the typed words: the first word of it that fits each.
fn matches(label: &str, typed: &[&str], corrected: bool) -> Vec<[u32; 2]> {
    let words = highlight::words(label);
    let mut matches: Vec<[u32; 2]> = typed
        .iter()
        .filter_map(|typed| {
            let whole = words.iter().find(|word| word.folded == *typed);
            let exact = whole.or_else(|| words.iter().find(|word| word.folded.starts_with(typed)));
            match exact {
                Some(word) => Some(word.beginning(typed.len())),
                None if corrected => {
                    let near = OneTypo::new(typed);
                    let fits =
                        |word: &&highlight::LabelWord| near.is_beginning(word.folded.as_bytes());
                    words.iter().find(fits).map(highlight::LabelWord::whole)
                }
                // the label of the other language, or the code, has it
                None => None,
            }
        })
        .collect();
    matches.sort_unstable();
    matches.dedup();
    matches
}
