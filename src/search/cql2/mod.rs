//! Filters in the Common Query Language CQL2 (OGC 21-065r2), text and JSON.
//!
//! ```text
//! parse.rs     text or JSON, bounded before anything reads it   →  the tree of the crate `cql2`
//! check.rs     the tree against what may be queried              →  a typed Test (tree.rs)
//! evaluate.rs  a Test on one Feature                             →  true, false or unknown
//! index.rs     a Test on all records of a snapshot               →  a bitmap, by indexes first
//!              (shortcuts.rs: by groups, lists, places)
//! ```
//!
//! Logic has three values: what compares with null is unknown, and only what is true is selected.

mod check;
mod check_functions;
mod entities;
mod evaluate;
mod index;
mod like;
mod parse;
mod records;
mod shortcuts;
mod spatial;
mod temporal;
mod tree;
mod value;

pub use check::Checker;
pub use evaluate::{HasProperties, Truth};
pub use parse::{ExpressionLanguage, MAX_EXPRESSION_LENGTH};
pub use tree::Test;
pub use value::{Value, ValueKind};
pub(super) use {
    index::Overdue,
    spatial::bbox,
    temporal::{date, timestamp},
};

use crate::domain::Bilingual;

/// An expression that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ExpressionError(String);

impl ExpressionError {
    fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }

    /// The same for whoever sent it; expressions are written, and told of, in English.
    pub fn reason(&self) -> Bilingual {
        let Self(reason) = self;
        [format!("cette expression ne convient pas ({reason})"), reason.clone()].into()
    }

    /// The same, with the part of the expression that it is about, the smallest there is.
    fn within(self, part: &::cql2::Expr) -> Self {
        match part.to_text() {
            Ok(text) if !self.0.starts_with("in “") => {
                Self(format!("in “{}”: {}", parse::shorten(&text), self.0))
            }
            _ => self,
        }
    }
}
