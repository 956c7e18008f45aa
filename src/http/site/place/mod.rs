//! Pages of places and themes: authorities of both sides, countries, régions, themes.
//!
//! | file | holds |
//! |---|---|
//! | [`subjects`] | what an address names |
//! | [`handler`], [`page`] | what the snapshot says of it; the page |
//! | [`picture`] | the small map that the server draws |
//! | [`moment`] | the partners of a French authority as they came, played on a globe |
//! | [`who_else`] | whom a French authority may turn to |

pub mod handler;
pub mod moment;
pub mod page;
pub mod picture;
pub mod subjects;
pub mod who_else;
