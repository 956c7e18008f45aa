//! Who may do what, of what, and for whom.

pub mod account;
pub mod capability;
pub mod membership;

pub use account::{
    Account, AccountRecord, AuditEntry, GrantRecord, Identity, Role, SessionRecord, TokenRecord,
};
pub use capability::{Capability, Grant, Grants, Scope, ScopeError};
pub use membership::{AccountMembership, MembershipDecision, MembershipState};
