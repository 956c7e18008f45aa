//! The French side.

use super::{Position, Term};

/// A French local authority.
#[derive(Debug, Clone, PartialEq)]
pub struct Collectivity {
    /// INSEE code of a commune, SIREN of any other authority.
    pub code: String,
    /// A term of `collectivity_kinds`.
    pub kind: &'static Term,
    /// Its official short name.
    pub name: String,
    /// INSEE code of its département, where it has one.
    pub department: Option<String>,
    /// INSEE code of its région, where it is known.
    pub region: Option<String>,
    /// The town hall or seat.
    pub position: Option<Position>,
}
