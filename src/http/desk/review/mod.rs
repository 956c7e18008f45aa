//! Pages on which moderators decide about what others propose.

pub mod handler;
pub mod page;
