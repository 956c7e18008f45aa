//! Who may do what: tokens and people, and what is kept of them.

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::{Capability, Grant, Grants, Language, Scope};

/// A set of capabilities with a name, as tokens have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Looks at imports.
    Reader,
    /// Imports, undoes.
    Importer,
    /// Does everything.
    Admin,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Reader, Self::Importer, Self::Admin];

    /// `reader`, `importer` or `admin`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Importer => "importer",
            Self::Admin => "admin",
        }
    }

    /// The reverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// What a token of this role may do, of everything.
    pub fn capabilities(self) -> &'static [Capability] {
        match self {
            Self::Reader => &[Capability::ReadPrivate],
            Self::Importer => &[Capability::ReadPrivate, Capability::Import],
            Self::Admin => &Capability::ALL,
        }
    }
}

/// How somebody has shown who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// By a token of this role.
    Token(Role),
    /// As the person of an account, by its number.
    Person(i64),
}

/// Whoever has shown who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// What they do is kept under this name, which no other token or account has.
    pub name: String,
    /// How they have shown it.
    pub identity: Identity,
    /// What they may do.
    pub grants: Grants,
}

impl Account {
    /// What their token is called to allow, where they have shown one.
    pub fn role(&self) -> Option<Role> {
        match self.identity {
            Identity::Token(role) => Some(role),
            Identity::Person(_) => None,
        }
    }
}

/// What is kept of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRecord {
    /// Its number.
    pub id: i64,
    /// Where mails go, in lower case. Never public.
    pub email: String,
    /// What they do is kept under this name.
    pub name: String,
    /// Of the mails.
    pub language: Language,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since when nothing works any more.
    pub disabled_at: Option<DateTime<Utc>>,
}

/// What somebody was given, by whom and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRecord {
    /// What.
    pub grant: Grant,
    /// The last day of it.
    pub until: Option<NaiveDate>,
    /// Who gave it.
    pub granted_by: String,
    /// When.
    pub granted_at: DateTime<Utc>,
}

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// Its number.
    pub id: i64,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to about a minute.
    pub last_used_at: DateTime<Utc>,
    /// When it ends, however much it is used.
    pub ends_at: DateTime<Utc>,
    /// Which browser, in two words.
    pub browser: String,
}

/// What is kept of a token; the token itself is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    /// Whose it is; what they import is kept under this name.
    pub name: String,
    /// What it allows.
    pub role: Role,
    /// Of what it allows that.
    pub scope: Scope,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to about a minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Since when it is worth nothing.
    pub revoked_at: Option<DateTime<Utc>>,
    /// From when on it will be worth nothing.
    pub expires_at: Option<DateTime<Utc>>,
}

impl From<TokenRecord> for Account {
    fn from(token: TokenRecord) -> Self {
        let TokenRecord { name, role, scope, .. } = token;
        let grants = Grants::of(role.capabilities(), &scope);
        Self { name, identity: Identity::Token(role), grants }
    }
}

/// One thing that was done, as the audit has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number: the first is 1, and none is missing.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor: String,
    /// What: `grant`, `sign-in`, `import` …
    pub action: String,
    /// To what: `account 3`, `token NAME`, `changeset 12` …
    pub object: String,
    /// More of it, as JSON; no secret, no address.
    pub details: String,
    /// SHA-256 of all of this and of the hash of the entry before.
    pub hash: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_sets_of_capabilities() {
        let may = |role: Role| Grants::of_everything(role.capabilities());
        assert!(!may(Role::Reader).has(Capability::Import));
        assert!(may(Role::Importer).has(Capability::Import));
        assert!(!may(Role::Importer).has(Capability::Administer));
        for capability in Capability::ALL {
            assert!(may(Role::Admin).has(capability), "{}", capability.code());
        }
    }
}
