//! Floor 3: the use cases. A file becomes a plan, a plan becomes one transaction, and what was
//! committed is published: whoever changes the register does it here.

mod apply;
mod check;
pub mod demo;
mod doubts;
mod draft_profile;
pub mod examine;
pub mod export;
pub mod give_back;
pub mod history;
mod identify;
pub mod import;
pub mod jobs;
mod keep;
mod places;
pub mod plan;
pub mod pmtiles;
pub mod publish;
mod read;
mod repeat;
pub mod report;
mod resolve;
pub mod revert;
pub mod tokens;
mod twins;
pub mod uploads;
mod values;
mod variants;

pub use draft_profile::{FileColumn, FileColumns, draft_profile, file_columns};
pub use examine::{Examined, examine};
pub use import::{Import, ImportError, MassRemoval, Report};
pub use jobs::Jobs;
pub use plan::PlanDigest;
pub use publish::Publisher;
