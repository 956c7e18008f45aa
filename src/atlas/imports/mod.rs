//! From a file to a plan to one transaction.
//!
//! ```text
//! bytes → batches → drafts → records and issues → plan → transaction → report
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `import.rs` | [`Import`]: what is to be imported, and how; [`Report`]: what came of it |
//! | `read.rs` | the reading side: batches become records, on every core |
//! | `resolve.rs` `check.rs` `values.rs` | a row: its draft, its cells, their values |
//! | `places.rs` `identify.rs` | the authorities and the foreign places that rows name |
//! | `plausibility.rs` `duplicates.rs` | what is possible and unlikely; what another source has already |
//! | `variants.rs` | rows of one file that write one partnership in several ways |
//! | `merge.rs` | columns that a file lacks, and what was confirmed, keep what the register has |
//! | `apply.rs` | the writing side: compares with the register, and writes |
//! | `reuse.rs` | the same file again: what it comes to, without reading it |
//! | `report.rs` `issue_rows.rs` | the report as JSON and CSV; the rows that issues are about |
//! | `draft_profile.rs` `examine.rs` | a profile proposed for a file; a file checked without a register |
//! | `jobs/` `uploads.rs` | imports over HTTP, and the files that they wait with |
//! | `demo.rs` | the samples that the release carries |

mod apply;
mod check;
pub mod demo;
mod draft_profile;
mod duplicates;
pub mod examine;
mod identify;
pub mod import;
pub mod issue_rows;
pub mod jobs;
mod merge;
mod places;
mod plausibility;
mod read;
pub mod report;
mod resolve;
mod reuse;
pub mod uploads;
mod values;
mod variants;

pub use draft_profile::{FileColumn, FileColumns, draft_profile, file_columns};
pub use examine::{Examined, examine};
pub use import::{Import, ImportError, MassRemoval, Report};
pub use jobs::Jobs;
