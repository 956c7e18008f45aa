//! Floor 0: what a partnership is. No database, no web, no files: only types that cannot hold
//! nonsense, and the words ([`Issue`]) for what is wrong with a text that cannot become one.

pub mod accounts;
pub mod amount_text;
pub mod changeset;
pub mod collectivity;
pub mod data_version;
pub mod date_text;
pub mod directory;
pub mod draft;
pub mod history;
pub mod issue;
pub mod language;
pub mod nearest;
pub mod partner;
pub mod partnership;
pub mod period;
pub mod position;
pub mod sameness;
pub mod text;
mod vague_date;
mod verifier;
pub mod vocabulary;

pub use accounts::{
    Account, AccountMembership, AccountRecord, AuditEntry, Capability, Grant, GrantRecord, Grants,
    Identity, MembershipDecision, MembershipState, Role, Scope, ScopeError, SessionRecord,
    TokenRecord,
};
pub use changeset::{Cause, Changeset, Since, timestamp};
pub use collectivity::Collectivity;
pub use data_version::{DataVersion, RandomId};
pub use draft::{Column, Columns, Draft};
pub use history::{ImportFile, ImportRecord, ImportState, Mode, Operation, Outcome, Version};
pub use issue::{Issue, IssueCode, Severity};
pub use language::{Bilingual, Language};
pub use nearest::NearNames;
pub use partner::{Partner, PartnerId, PartnerKind, PositionSource};
pub use partnership::{
    ById, ContentHash, Euros, PartVerdict, Partnership, PartnershipId, Proposal, ProposalState,
    ProposedCell, Refusal,
};
pub use period::{PartialDate, Period};
pub use position::Position;
pub use sameness::{Doubt, Sameness, SourceOrder};
pub use verifier::Verifier;
pub use vocabulary::{Term, Vocabulary};
