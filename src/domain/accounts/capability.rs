//! What may be done, and of what.

use std::{fmt, str::FromStr};

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

    /// The reverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|capability| capability.code() == code)
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

impl Scope {
    /// The kinds of scopes that name a value, as they are written.
    pub const KINDS: [&str; 5] = ["region", "department", "authority", "country", "source"];

    /// Its kind and its value; no value for everything.
    pub fn parts(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Everything => ("everything", None),
            Self::Region(code) => ("region", Some(code)),
            Self::Department(code) => ("department", Some(code)),
            Self::Authority(code) => ("authority", Some(code)),
            Self::Country(code) => ("country", Some(code)),
            Self::Source(name) => ("source", Some(name)),
        }
    }
}

/// `everything`, or `kind:value` as in `region:53`.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts() {
            (kind, None) => f.write_str(kind),
            (kind, Some(value)) => write!(f, "{kind}:{value}"),
        }
    }
}

/// A text that is no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is no scope: write everything, or region:53, department:35, authority:35238, \
     country:ML, source:NAME"
)]
pub struct ScopeError(pub String);

impl FromStr for Scope {
    type Err = ScopeError;

    /// The reverse of `Display`; whether there is such a place is not looked at.
    fn from_str(text: &str) -> Result<Self, ScopeError> {
        if text == "everything" {
            return Ok(Self::Everything);
        }
        let wrong = || ScopeError(text.chars().take(80).filter(|c| !c.is_control()).collect());
        let (kind, value) = text.split_once(':').ok_or_else(wrong)?;
        let is_plain = !value.is_empty() && value.trim() == value;
        if !is_plain || value.chars().any(char::is_control) {
            return Err(wrong());
        }
        let value = value.to_owned();
        Ok(match kind {
            "region" => Self::Region(value),
            "department" => Self::Department(value),
            "authority" => Self::Authority(value),
            "country" => Self::Country(value),
            "source" => Self::Source(value),
            _ => return Err(wrong()),
        })
    }
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

impl FromIterator<Grant> for Grants {
    fn from_iter<T: IntoIterator<Item = Grant>>(grants: T) -> Self {
        Self(grants.into_iter().collect())
    }
}

impl Grants {
    /// Capabilities that hold of everything.
    pub fn of_everything(capabilities: &[Capability]) -> Self {
        Self::of(capabilities, &Scope::Everything)
    }

    /// Capabilities that hold of the same.
    pub fn of(capabilities: &[Capability], scope: &Scope) -> Self {
        let grant =
            |capability: &Capability| Grant { capability: *capability, scope: scope.clone() };
        capabilities.iter().map(grant).collect()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Grant> {
        self.0.iter()
    }

    /// Whether something may be done somewhere, be it of few records.
    pub fn has(&self, capability: Capability) -> bool {
        self.0.iter().any(|grant| grant.capability == capability)
    }

    /// Whether something may be done of what has one of these in common: a record is of its
    /// source, its authorities, their départements and régions, and its partners' countries.
    pub fn allow(&self, capability: Capability, on: &[Scope]) -> bool {
        self.covering(capability, on).next().is_some()
    }

    /// The scopes by which something may be done of what has one of these in common.
    pub fn covering<'g>(
        &'g self,
        capability: Capability,
        on: &'g [Scope],
    ) -> impl Iterator<Item = &'g Scope> {
        let held = self.0.iter().filter(move |grant| grant.capability == capability);
        let covers = |scope: &&Scope| **scope == Scope::Everything || on.contains(scope);
        held.map(|grant| &grant.scope).filter(covers)
    }

    /// What may be done somewhere.
    pub fn capabilities(&self) -> impl Iterator<Item = Capability> {
        Capability::ALL.into_iter().filter(|capability| self.has(*capability))
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
    fn scopes_are_read_as_they_are_written() {
        for text in [
            "everything",
            "region:53",
            "department:2A",
            "authority:35238",
            "country:ML",
            "source:a:b",
        ] {
            assert_eq!(text.parse::<Scope>().unwrap().to_string(), text);
        }
        for wrong in ["", "region", "region:", "region: 53", "planet:3", "source:a\u{7}b", "53"] {
            let error = wrong.parse::<Scope>().unwrap_err().to_string();
            assert!(error.contains("region:53") && !error.contains('\u{7}'), "{error}");
        }
    }
}
