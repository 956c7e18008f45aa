//! Who may do what, and where.

use chrono::{DateTime, Utc};

/// What somebody may do. None implies another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// See what is not public: imports, their files, proposals.
    ReadPrivate,
    /// Propose a correction.
    Propose,
    /// Correct records.
    Edit,
    /// Confirm that records are as they say.
    Verify,
    /// Decide on proposals, and on records of several sources.
    Moderate,
    /// Import files, and undo changes.
    Import,
    /// Publish the directory of actors.
    PublishDirectory,
    /// Give and take tokens.
    Administer,
}

impl Capability {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::ReadPrivate,
        Self::Propose,
        Self::Edit,
        Self::Verify,
        Self::Moderate,
        Self::Import,
        Self::PublishDirectory,
        Self::Administer,
    ];

    /// Stable, lower case, with hyphens.
    pub fn code(self) -> &'static str {
        match self {
            Self::ReadPrivate => "read-private",
            Self::Propose => "propose",
            Self::Edit => "edit",
            Self::Verify => "verify",
            Self::Moderate => "moderate",
            Self::Import => "import",
            Self::PublishDirectory => "publish-directory",
            Self::Administer => "administer",
        }
    }
}

/// Of what a capability holds: of everything, or of records that have one thing in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Of everything.
    Everything,
    /// INSEE code of a région.
    Region(String),
    /// INSEE code of a département.
    Department(String),
    /// INSEE or SIREN code of a French authority.
    Authority(String),
    /// ISO 3166-1 alpha-2 code of a partner's country.
    Country(String),
    /// Name of a source.
    Source(String),
}

/// A capability, and of what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What may be done.
    pub capability: Capability,
    /// Of what.
    pub scope: Scope,
}

/// Everything that somebody may do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grants(Vec<Grant>);

impl Grants {
    /// Capabilities that hold of everything.
    pub fn of_everything(capabilities: &[Capability]) -> Self {
        let grant =
            |capability: &Capability| Grant { capability: *capability, scope: Scope::Everything };
        Self(capabilities.iter().map(grant).collect())
    }

    /// Whether something may be done somewhere, be it of few records.
    pub fn has(&self, capability: Capability) -> bool {
        self.0.iter().any(|grant| grant.capability == capability)
    }

    /// Whether something may be done of what has one of these in common: a record is of its
    /// source, its authorities, their départements and régions, and its partners' countries.
    pub fn allow(&self, capability: Capability, on: &[Scope]) -> bool {
        let covers = |scope: &Scope| *scope == Scope::Everything || on.contains(scope);
        self.0.iter().any(|grant| grant.capability == capability && covers(&grant.scope))
    }

    /// What may be done somewhere.
    pub fn capabilities(&self) -> impl Iterator<Item = Capability> {
        Capability::ALL.into_iter().filter(|capability| self.has(*capability))
    }
}

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

/// Whoever has shown who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// What they do is kept under this name.
    pub name: String,
    /// What their token is called to allow.
    pub role: Role,
    /// What they may do.
    pub grants: Grants,
}

/// What is kept of a token; the token itself is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    /// Whose it is; what they import is kept under this name.
    pub name: String,
    /// What it allows.
    pub role: Role,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to about a minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Since when it is worth nothing.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl From<TokenRecord> for Account {
    fn from(token: TokenRecord) -> Self {
        let TokenRecord { name, role, .. } = token;
        Self { name, role, grants: Grants::of_everything(role.capabilities()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_holds_of_its_scope_alone() {
        let grants = Grants(vec![
            Grant { capability: Capability::Edit, scope: Scope::Region("53".into()) },
            Grant { capability: Capability::Verify, scope: Scope::Everything },
        ]);
        let brest = [Scope::Authority("29019".into()), Scope::Region("53".into())];
        let lille = [Scope::Authority("59350".into()), Scope::Region("32".into())];
        assert!(grants.allow(Capability::Edit, &brest) && !grants.allow(Capability::Edit, &lille));
        // a code of another kind is another thing
        assert!(!grants.allow(Capability::Edit, &[Scope::Department("53".into())]));
        assert!(!grants.allow(Capability::Edit, &[]) && grants.has(Capability::Edit));
        assert!(grants.allow(Capability::Verify, &lille) && grants.allow(Capability::Verify, &[]));
        assert!(!grants.has(Capability::Import) && !grants.allow(Capability::Import, &brest));
        let all: Vec<_> = grants.capabilities().collect();
        assert_eq!(all, [Capability::Edit, Capability::Verify]);
    }

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
