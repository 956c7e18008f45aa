//! Floor 2: what is read. A [`Snapshot`] holds every public record of one version of the
//! register, indexed and already written out; it never changes and knows no database.
//!
//! ```text
//! Builder ← records            once for each commit
//!    └→ Snapshot of every record
//!         merged(Rules)    →   of partnerships: several records, one item   merging/
//!       Snapshot of partnerships
//!         select(Filter)   →   a selection of items                select.rs, filter.rs, text.rs
//!         page(Selection)  →   items in an order, by cursor        page.rs
//!         facets(Filter)   →   counts of every value               facets.rs
//!         write_feature    →   GeoJSON, copied from the buffer     records.rs, features.rs
//!         suggest(typed)   →   what may be meant                   suggest/
//! ```
//!
//! Items are partnerships, or the entities that partnerships join (authorities, countries,
//! régions: sides.rs, entities.rs); they are named by their places in the order of their ids.

mod bitmaps;
pub mod builder;
pub mod collection;
mod columns;
pub mod comparison;
pub mod cql2;
pub mod crossings;
pub mod dimension;
pub mod directory;
pub mod entities;
mod entity_features;
pub mod expression;
pub mod extent;
pub mod facets;
mod features;
pub mod filter;
mod interval;
mod inverted_index;
pub mod merging;
pub mod neighbours;
pub mod order;
pub mod page;
mod parameter_error;
mod patch;
pub mod profile;
pub mod properties;
pub mod query;
pub mod queryables;
mod records;
mod select;
pub mod selection;
mod selection_cache;
mod shapes;
mod sides;
mod snapshot;
mod spatial;
pub mod suggest;
mod text;
pub mod tiles;
mod tops;
mod touched;

pub use builder::Builder;
pub use collection::{ApiCollection, Collection};
pub use dimension::{Dimension, department_beside, told_beside};
pub use entities::Tally;
pub use extent::Extents;
pub use filter::Filter;
pub use interval::Interval;
pub use merging::Rules;
pub use order::Order;
pub use page::{Page, PageRequest};
pub use parameter_error::ParameterError;
pub use patch::RecordChange;
pub use query::{CancellationGuard, CancellationToken, Query};
pub use selection::Selection;
pub use snapshot::Snapshot;
pub use spatial::Bbox;
pub use touched::{Became, Block, PartnershipChange, WrittenRecord};
