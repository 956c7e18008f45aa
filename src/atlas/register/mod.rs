//! The register's door: what changes data, and how a change is published and looked at.
//!
//! | file | holds |
//! |---|---|
//! | `publish.rs` | [`Publisher`]: the snapshot that everybody reads, and how it follows the database |
//! | `plan.rs` | a change before it is made: cell by cell, and the digest that it is known by |
//! | `revert.rs` | a change undone |
//! | `history.rs` | the versions of a record, and where each of its values comes from |
//! | `document.rs` | all of them as JSON |

pub mod document;
pub mod history;
pub mod plan;
pub mod publish;
pub mod revert;

pub use plan::PlanDigest;
pub use publish::Publisher;
