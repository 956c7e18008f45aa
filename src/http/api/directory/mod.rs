//! The directory for programs: actors, schemes and calls as features without geometry and as files,
//! and which schemes fit.

pub mod files;
pub mod items;
pub mod matches;
pub mod params;
