//! The register's door: what changes data, and how a change is published and looked at.
//!
//! | file | holds |
//! |---|---|
//! | `door.rs` | [`Register`]: for those who ask at once |
//! | `publish.rs` | [`Publisher`]: the snapshot that everybody reads, and how it follows the database |
//! | `plan.rs` | a change before it is made: cell by cell, and the digest that it is known by |
//! | `revert.rs` | a change undone |
//! | `decide.rs` | which records people take for one partnership, or tell apart |
//! | `changes.rs` | what has changed since a version, for mirrors |
//! | `history.rs` | the versions of a record, and where each of its values comes from |
//! | `document.rs` | all of them as JSON |

pub mod changes;
pub mod decide;
pub mod document;
mod door;
pub mod history;
pub mod plan;
pub mod publish;
pub mod revert;

pub(in crate::atlas) use door::storage_message;
pub use door::{Register, RegisterError};
pub use plan::PlanDigest;
pub use publish::Publisher;
