//! `/partenariats`: the list of partnerships with its filters, a plain form.

pub mod handler;
pub mod page;
