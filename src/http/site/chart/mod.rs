//! A selection as charts, each a thing to take away: it has a title, a sentence, a table, an
//! address of its own, a frame for other sites, and files as PNG, SVG and CSV.
//!
//! | module | holds |
//! |---|---|
//! | [`view`] | what a chart is, and the charts of a selection |
//! | [`bars`], [`columns`], [`flows`] | the three forms |
//! | [`drawing`] | a chart as a picture, drawn by the server |
//! | [`handler`] | its files |

pub mod bars;
pub mod columns;
pub mod drawing;
pub mod flows;
pub mod handler;
pub mod view;
