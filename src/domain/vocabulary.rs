//! Controlled lists: kinds, statuses, themes, zones… Their values are data (`import/vocabularies`).

use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
};

use super::{Bilingual, NearNames, text::fold};

/// A longer text is no misspelt term, and comparing has its price.
const LONGEST_NAME: usize = 120;

/// One value of a vocabulary. Terms live as long as the program and are compared by code.
#[derive(Debug, PartialEq, Eq)]
pub struct Term {
    /// Stable, lower-case ASCII.
    pub code: String,
    /// What users read.
    pub label: Bilingual,
    /// Where the vocabulary lists it, from 0.
    pub rank: u8,
}

impl Hash for Term {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.code.hash(state);
    }
}

/// A list of terms that finds one by code, label or alias.
#[derive(Debug)]
pub struct Vocabulary {
    /// Its name in the API: `kind`, `theme`…
    pub name: &'static str,
    terms: Vec<Term>,
    by_name: HashMap<String, usize>,
    near_names: NearNames,
}

impl Vocabulary {
    /// From terms, each with its aliases, in the order of the list.
    pub fn new(name: &'static str, entries: Vec<(String, Bilingual, Vec<String>)>) -> Self {
        let mut by_name = HashMap::new();
        let mut terms = Vec::with_capacity(entries.len());
        for (rank, (code, label, aliases)) in entries.into_iter().enumerate() {
            for alias in aliases.iter().chain([&code, &label.fr, &label.en]) {
                by_name.insert(fold(alias), rank);
            }
            terms.push(Term { code, label, rank: rank as u8 });
        }
        let near_names = by_name.iter().map(|(name, rank)| (name.as_str(), *rank));
        Self { name, terms, near_names: NearNames::new(near_names), by_name }
    }

    /// All of them, in the order of the list.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The term with exactly this code.
    pub fn by_code(&self, code: &str) -> Option<&Term> {
        self.terms.iter().find(|term| term.code == code)
    }

    /// The term that a file means by a code, a label or an alias, in either language.
    pub fn recognise(&self, text: &str) -> Option<&Term> {
        self.by_code(text).or_else(|| Some(&self.terms[*self.by_name.get(&fold(text))?]))
    }

    /// The name nearest to a text that is none of them, to suggest.
    pub fn nearest(&self, text: &str) -> Option<&Term> {
        let folded = fold(text);
        if folded.len() > LONGEST_NAME {
            return None;
        }
        let near = self.near_names.within(&folded, 2.max(folded.len() / 4));
        near.map(|(edits, _, rank)| (edits, rank)).min().map(|(_, rank)| &self.terms[rank])
    }
}
