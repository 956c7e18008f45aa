//! The directory for programs: actors, schemes and calls as features without geometry, as CSV, and
//! which schemes fit.

pub mod items;
pub mod matches;
mod properties;
