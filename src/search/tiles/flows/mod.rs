//! A flow map: places of each side in a tree of clusters, and partnerships summed between the
//! clusters of a zoom level, so that every line begins and ends at a dot that is drawn.
//!
//! ```text
//! Snapshot → places of each side, by importance; legs between them    gather.rs
//! places   → Tree: at each zoom level the node of each place           tree.rs
//! legs     → Network: at each zoom level the flow of each leg          network.rs
//! Filter   → Level: the sums of a zoom level, and which are drawn      sums.rs
//! Level    → nodes and lines of one tile                               draw.rs
//! ```
//!
//! The trees are the snapshot's: a filter changes numbers, never where a node stands.

mod draw;
mod gather;
mod network;
mod sums;
mod tree;

pub(super) use self::{
    draw::draw_flows,
    gather::{Gathered, gather},
    sums::Level,
    tree::Tree,
};

use super::LAST_ZOOM;

/// The zoom levels of tiles.
const LEVELS: usize = LAST_ZOOM as usize + 1;

/// The sides of a flow, as indices.
const HOME: usize = 0;
const PARTNER: usize = 1;
