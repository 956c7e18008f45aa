//! Pages on which anybody corrects a record, declares one, and follows what became of it.

pub mod follow;
pub mod form;
pub mod handler;
pub mod page;
