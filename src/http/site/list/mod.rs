//! Lists of partnerships on pages.
//!
//! | file | holds |
//! |---|---|
//! | [`listing`] | one part of a selection, in an order that the address names |
//! | [`view`], [`item`] | the list on a page; one row of it |

pub mod item;
pub mod listing;
pub mod view;
