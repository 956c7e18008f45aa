//! Pictures for those who share a page, and the map that is printed with it.

pub mod handler;
pub mod picture;
