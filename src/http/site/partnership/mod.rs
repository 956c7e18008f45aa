//! `/partenariats/{id}`: the page of one partnership.

pub mod handler;
pub mod page;
