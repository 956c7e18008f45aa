//! Two places or themes side by side.

use askama::Template;

use super::{Layout, place::Link};

/// `/comparer` and `/en/comparer`.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "comparison.html")]
pub struct ComparisonPage {
    /// The frame.
    pub layout: Layout,
    /// What can be chosen from a list, in groups.
    pub choices: Vec<ChoiceGroup>,
    /// What is compared; each empty until it was chosen.
    pub sides: [SideView; 2],
    /// What is wrong with what was asked for.
    pub trouble: Vec<String>,
    /// The numbers of both.
    pub figures: Vec<FigureRow>,
    /// What both have or one has, in tables.
    pub tables: Vec<PairTable>,
    /// Partners that both work with.
    pub common: Vec<Link>,
    /// How many there are beside them.
    pub common_more: u64,
}

/// One of the two.
#[derive(Debug, Clone, Default)]
pub struct SideView {
    /// As the address names it: `region-84`.
    pub value: String,
    /// What was typed as the name of an authority.
    pub typed: String,
    /// Its name and page.
    pub link: Link,
    /// What is said of it in a sentence.
    pub sentence: String,
}

/// Values of a kind.
#[derive(Debug, Clone, Default)]
pub struct ChoiceGroup {
    /// What they are.
    pub label: String,
    /// As the address names each, and what it is called.
    pub values: Vec<(String, String)>,
}

/// A number of both.
#[derive(Debug, Clone, Default)]
pub struct FigureRow {
    /// What is counted.
    pub label: String,
    /// As the language writes them.
    pub values: [String; 2],
}

/// What is counted of both.
#[derive(Debug, Clone, Default)]
pub struct PairTable {
    /// The catalogue's key of its heading.
    pub key: &'static str,
    /// Its rows.
    pub rows: Vec<PairRow>,
    /// What only the one has, and only the other.
    pub alone: [Vec<Link>; 2],
    /// How many each has beside those.
    pub alone_more: [u64; 2],
}

/// A row of that.
#[derive(Debug, Clone, Default)]
pub struct PairRow {
    /// What is counted, and its page.
    pub link: Link,
    /// Partnerships.
    pub counts: [u64; 2],
    /// Of the largest in the table, in hundredths.
    pub shares: [u64; 2],
}

impl PairTable {
    /// How many one of them has alone beside those that are named.
    pub fn more_alone(&self, side: &usize) -> u64 {
        self.alone_more[*side]
    }
}

impl PairRow {
    /// Partnerships of the one.
    pub fn first(&self) -> u64 {
        self.counts[0]
    }

    /// Partnerships of the other.
    pub fn second(&self) -> u64 {
        self.counts[1]
    }

    /// Where the bar of the one begins, which grows to the left.
    pub fn start(&self) -> u64 {
        100 - self.shares[0]
    }
}

impl ComparisonPage {
    /// Whether both were chosen.
    pub fn is_complete(&self) -> bool {
        self.sides.iter().all(|side| !side.value.is_empty())
    }

    /// The same with the two sides changed about.
    pub fn turned_path(&self) -> String {
        let [a, b] = &self.sides;
        let escape = super::layout::escape_query;
        format!("{}?a={}&b={}", self.layout.compare_path(), escape(&b.value), escape(&a.value))
    }

    /// Whether a list has the value of a side; one that was typed is not in it.
    pub fn is_listed(&self, side: &SideView) -> bool {
        self.choices.iter().any(|group| group.values.iter().any(|(value, _)| *value == side.value))
    }
}
