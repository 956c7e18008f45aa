//! The names that a misspelt one may have been meant for.

/// Folded names, each of something with a number, to be searched for those that are nearly a text.
/// Few of them are compared with it: most are too long, too short, or of other letters.
#[derive(Debug)]
pub struct NearNames {
    /// By length.
    names: Vec<Name>,
}

#[derive(Debug)]
struct Name {
    text: Box<str>,
    letters: Letters,
    of: u32,
}

impl NearNames {
    /// From folded names and the number of what each is the name of.
    pub fn new<N: Into<Box<str>>>(names: impl IntoIterator<Item = (N, usize)>) -> Self {
        let names = names.into_iter().map(|(text, of)| {
            let text = text.into();
            Name { letters: Letters::of(&text), text, of: of as u32 }
        });
        let mut names: Vec<Name> = names.collect();
        names.sort_by_key(|name| name.text.len());
        Self { names }
    }

    /// The names at no more than so many edits (Damerau–Levenshtein) from a folded text: how many,
    /// the name, and the number of what it is the name of.
    pub fn within(&self, folded: &str, limit: usize) -> impl Iterator<Item = (usize, &str, usize)> {
        let letters = Letters::of(folded);
        let shorter = |length| self.names.partition_point(|name| name.text.len() < length);
        let (shortest, longest) = (folded.len().saturating_sub(limit), folded.len() + limit);
        self.names[shorter(shortest)..shorter(longest + 1)]
            .iter()
            .filter(move |name| name.letters.least_edits(letters) <= limit)
            .map(move |name| {
                let edits = strsim::damerau_levenshtein(folded, &name.text);
                (edits, &*name.text, name.of as usize)
            })
            .filter(move |(edits, ..)| *edits <= limit)
    }
}

/// The letters, digits and spaces of a folded text: those that it has, and those that it has more
/// than once.
#[derive(Debug, Clone, Copy)]
struct Letters {
    once: u64,
    again: u64,
}

impl Letters {
    fn of(folded: &str) -> Self {
        folded.bytes().fold(Self { once: 0, again: 0 }, |seen, byte| {
            let bit = 1 << (byte % 64);
            Self { once: seen.once | bit, again: seen.again | (seen.once & bit) }
        })
    }

    /// An edit replaces one letter by another at most, so that many are needed at least.
    fn least_edits(self, other: Self) -> usize {
        let differing =
            (self.once ^ other.once).count_ones() + (self.again ^ other.again).count_ones();
        differing.div_ceil(2) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn none_is_missed(
            names in proptest::collection::vec("[a-d0 ]{0,9}", 0..30),
            text in "[a-d0 ]{0,9}",
            limit in 0_usize..4,
        ) {
            let index = NearNames::new(names.iter().map(String::as_str).zip(0..));
            let mut found: Vec<_> = index.within(&text, limit).map(|(edits, _, of)| (of, edits)).collect();
            found.sort_unstable();
            let all = names.iter().map(|name| strsim::damerau_levenshtein(&text, name)).enumerate();
            let near: Vec<_> = all.filter(|(_, edits)| *edits <= limit).collect();
            proptest::prop_assert_eq!(found, near);
        }
    }
}
