//! `/comparer`: two places or themes side by side.

pub mod handler;
pub mod page;
