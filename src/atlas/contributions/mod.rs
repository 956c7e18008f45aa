//! What people know better than a file: corrections, proposals, confirmations.
//!
//! A correction is a row of the native CSV: it is read by the resolver that reads files, so that
//! the form says what an import would, and planned by the same plan. What it changes is one
//! changeset, and confirmed: imports leave it alone until somebody takes it back.
//!
//! ```text
//! cells → row → resolver → parts of the record → plan ─┬→ edit: one changeset
//!                                                      └→ proposal → verdicts → one changeset
//! ```
//!
//! | file | holds |
//! |---|---|
//! | `correction.rs` | [`Correction`]: cells that are to say something else; what that comes to |
//! | `edit.rs` | one that is made at once; records confirmed, ended |
//! | `declaration.rs` | a partnership that the register does not have yet |
//! | `propose.rs` `decide.rs` | one that somebody else decides about, part by part |
//! | `secret.rs` | how an author without an account follows what they proposed |
//! | `document.rs` | all of it as JSON |
//! | `error.rs` | why nothing was done |

pub mod correction;
pub mod decide;
pub mod declaration;
pub mod document;
pub mod edit;
mod error;
pub mod propose;
mod secret;

use crate::{
    atlas::register::Register,
    domain::{Account, Capability, Partnership, PartnershipId},
    storage::{Known, Pool, View},
};

pub use correction::{Checked, Correction};
pub use edit::Edited;
pub use error::ContributionError;

/// What people contribute; clones share it.
#[derive(Clone)]
pub struct Contributions {
    register: Register,
}

/// A record as somebody may correct it.
#[derive(Debug, Clone, PartialEq)]
pub struct Editable {
    /// What it says.
    pub record: Partnership,
    /// How often it was changed.
    pub revision: i32,
}

/// A record as the database has it.
struct OpenRecord {
    known: Known,
    record: Partnership,
}

impl Contributions {
    /// Contributions to a register.
    pub fn new(register: Register) -> Self {
        Self { register }
    }

    fn readers(&self) -> &Pool {
        self.register.readers()
    }

    fn writers(&self) -> &Pool {
        self.register.writers()
    }

    /// Source and key of a record that is published.
    fn name_of(&self, id: PartnershipId) -> Result<(String, String), ContributionError> {
        let all = self.register.snapshot().every_record();
        let at = all.find(id).ok_or(ContributionError::UnknownRecord(id))?;
        all.source_and_key(at).ok_or(ContributionError::UnknownRecord(id))
    }

    /// A record, to be corrected.
    pub fn open(&self, id: PartnershipId) -> Result<Editable, ContributionError> {
        let (source, key) = self.name_of(id)?;
        let mut database = self.readers().take()?;
        let OpenRecord { known, record } = database.view(|view| find(view, &source, &key))?;
        Ok(Editable { record, revision: known.revision })
    }
}

/// A record that is there.
fn find(view: &mut View<'_>, source: &str, key: &str) -> Result<OpenRecord, ContributionError> {
    let unknown = || ContributionError::UnknownRecord(PartnershipId::new(source, key));
    let known = view.known_record(source, key)?.filter(|known| !known.removed);
    let known = known.ok_or_else(unknown)?;
    let record = view.records(&[known.row_id])?.remove(&known.row_id).ok_or_else(unknown)?;
    Ok(OpenRecord { known, record })
}

/// An error unless somebody may do something of a record.
fn require(
    caller: &Account,
    capability: Capability,
    record: &Partnership,
) -> Result<(), ContributionError> {
    if caller.grants.allow(capability, &record.scopes()) {
        Ok(())
    } else {
        Err(ContributionError::NotAllowed(capability))
    }
}
