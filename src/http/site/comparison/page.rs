//! Two places or themes side by side.

use askama::Template;

use crate::http::page::layout::{Layout, PageLink, escape_query};

/// Names of a list that are seen at once.
const SEEN: usize = 12;

/// `/comparer` and `/en/compare`.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "site/comparison/comparison.html")]
pub struct ComparisonPage {
    /// The frame.
    pub layout: Layout,
    /// What can be chosen from a list, in groups.
    pub choices: Vec<ChoiceGroup>,
    /// What is compared; each empty until it was chosen.
    pub sides: [SideView; 2],
    /// What is wrong with what was asked for.
    pub trouble: Vec<Trouble>,
    /// The numbers of both.
    pub figures: Vec<FigureRow>,
    /// What both have or one has, in tables.
    pub tables: Vec<PairTable>,
    /// Partners that both work with.
    pub common: Vec<PageLink>,
    /// How many there are beside them.
    pub common_more: u64,
}

/// One of the two.
#[derive(Debug, Clone, Default)]
pub struct SideView {
    /// As the address names it: `region-84`.
    pub value: String,
    /// What was typed as the name of an authority, where it leads to none.
    pub typed: String,
    /// Its name and page.
    pub link: PageLink,
    /// What is said of it in a sentence.
    pub sentence: String,
}

/// A name that is not known, or that several have.
#[derive(Debug, Clone, Default)]
pub struct Trouble {
    /// What is said of it.
    pub text: String,
    /// What may be meant, each with its comparison.
    pub proposals: Vec<PageLink>,
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
    /// How many rows there would be beside them.
    pub more: u64,
    /// What only the one has, and only the other.
    pub alone: [Vec<PageLink>; 2],
    /// What the rows leave out.
    pub note: Option<String>,
}

/// A row of that.
#[derive(Debug, Clone, Default)]
pub struct PairRow {
    /// What is counted, and its page.
    pub link: PageLink,
    /// Partnerships.
    pub counts: [u64; 2],
    /// Of the largest in the table, in hundredths.
    pub shares: [u64; 2],
}

/// The comparison of two values.
pub fn compared(layout: &Layout, a: &str, b: &str) -> String {
    format!("{}?a={}&b={}", layout.compare_path(), escape_query(a), escape_query(b))
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
        compared(&self.layout, &b.value, &a.value)
    }

    /// Names in two parts: those that are seen at once, and the others.
    pub fn parted<'l>(&self, names: &'l [PageLink]) -> (&'l [PageLink], &'l [PageLink]) {
        names.split_at(names.len().min(SEEN))
    }

    /// Whether a list has the value of a side; one that was typed is not in it.
    pub fn is_listed(&self, side: &SideView) -> bool {
        self.choices.iter().any(|group| group.values.iter().any(|(value, _)| *value == side.value))
    }
}
