//! The map's form of a selection: what is drawn comes as tiles, the rest is here.

use super::Timeline;
use crate::search::Extents;

/// What stands on and around the map.
#[derive(Debug, Clone, Default)]
pub struct MapView {
    /// Partnerships of the selection that have no place on the map.
    pub unplaced: u64,
    /// How far the selection reaches.
    pub extents: Extents,
    /// The years of what matches all filters but that of the year.
    pub timeline: Timeline,
    /// The tiles under everything, where whoever runs the register has set some.
    pub basemap: Option<Basemap>,
}

/// A tile service of one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basemap {
    /// The address of its tiles, with `{z}`, `{x}` and `{y}`.
    pub tiles: String,
    /// Whom it says thanks to.
    pub attribution: String,
}
