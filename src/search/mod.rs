//! Floor 2: what is read. A [`Snapshot`] holds every public record of one version of the
//! register, indexed and already written out; it never changes and knows no database.
//!
//! ```text
//! Builder ← records            once for each commit
//!    └→ Snapshot
//!         select(Filter)   →   a bitmap of records          filter.rs, spatial.rs, text.rs
//!         page(Selection)  →   records in an order, by cursor      page.rs
//!         facets(Filter)   →   counts of every value               facets.rs
//!         write_feature    →   GeoJSON, copied from the buffer     features.rs
//! ```

mod builder;
pub mod dimension;
pub mod facets;
mod features;
pub mod filter;
pub mod page;
mod snapshot;
mod spatial;
mod text;

pub use builder::Builder;
pub use dimension::Dimension;
pub use features::{Collection, PROPERTIES};
pub use filter::{Filter, ParameterError};
pub use page::{Order, Page, PageRequest};
pub use snapshot::Snapshot;
pub use spatial::Bbox;
