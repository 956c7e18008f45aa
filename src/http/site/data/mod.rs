//! `/donnees`: the data to take away.

pub mod handler;
pub mod page;
