//! The map's form of a selection: what is drawn comes as tiles, the rest is here.

use crate::{
    http::{site::map::timeline::Timeline, web::about::Basemap},
    search::Extents,
};

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
