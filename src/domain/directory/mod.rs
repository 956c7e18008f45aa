//! Who can help, and who pays: actors, funding schemes and their calls.
//!
//! | file | holds |
//! |---|---|
//! | [`field`] | what a field of a record is: column, kind, texts, how it is read and set |
//! | [`choice`] | the short lists that cells choose from |
//! | [`actor`], [`scheme`], [`call`] | the kinds of records, each with its table of fields |
//! | [`deadline`] | deadlines and rates, and how cells write them |
//! | [`paris`] | instants of days and times in Paris |
//! | [`state`] | whether a call is open at an instant, and when the next one is expected |
//! | [`group`] | named groups of countries and of French territories |
//! | [`proposition`] | propositions of the white paper, as a steward fills them in |
//!
//! A scheme lasts, a call is one edition of it with dates. States are computed, never stored.

pub mod actor;
pub mod call;
pub mod choice;
pub mod deadline;
pub mod field;
pub mod group;
pub mod paris;
pub mod proposition;
pub mod scheme;
pub mod state;

pub use actor::Actor;
pub use call::Call;
pub use choice::ChoiceItem;
pub use deadline::{Deadline, Rate};
pub use field::{CellKind, CellValue, DirectoryField, DirectoryRecord, Facts};
pub use group::{Membership, NamedGroup};
pub use proposition::Proposition;
pub use scheme::FundingScheme;
pub use state::{CallState, Forecast};
