//! `/`: a selection as a map with its list, as a table, or as charts.
//!
//! | file | holds |
//! |---|---|
//! | [`handler`], [`page`] | from the address to the page; filters, sentence, list |
//! | [`welcome`] | what somebody who comes for the first time reads |
//! | [`map_view`], [`timeline`] | the map itself, and the years under it |
//! | [`view`], [`table`] | the other views of the same selection; charts have a room of their own |

pub mod handler;
pub mod map_view;
pub mod page;
pub mod table;
pub mod timeline;
pub mod view;
pub mod welcome;
