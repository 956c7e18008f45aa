//! Who speaks for an authority, or for what is done in a country.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Capability, Grant, Grants, Scope};

/// How far a membership is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MembershipState {
    /// Somebody has asked for it.
    Asked,
    /// Somebody was invited to it.
    Invited,
    /// It holds.
    Active,
    /// It was not given, or an invitation not taken.
    Refused,
    /// It holds no more.
    Revoked,
}

impl MembershipState {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Asked, Self::Invited, Self::Active, Self::Refused, Self::Revoked];

    /// Stable, lower case.
    pub fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Refused => "refused",
            Self::Revoked => "revoked",
        }
    }

    /// The reverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Where a decision leads; none where it cannot be taken.
    pub fn after(self, decision: MembershipDecision) -> Option<Self> {
        match (self, decision) {
            (Self::Asked | Self::Invited, MembershipDecision::Accept) => Some(Self::Active),
            (Self::Asked | Self::Invited, MembershipDecision::Refuse) => Some(Self::Refused),
            (Self::Active | Self::Invited, MembershipDecision::Revoke) => Some(Self::Revoked),
            _ => None,
        }
    }
}

/// What can be decided about a membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MembershipDecision {
    /// It holds from now on.
    Accept,
    /// It is not given, or an invitation not taken.
    Refuse,
    /// It holds no more.
    Revoke,
}

impl MembershipDecision {
    /// `accept`, `refuse` or `revoke`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Refuse => "refuse",
            Self::Revoke => "revoke",
        }
    }

    /// The reverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Accept, Self::Refuse, Self::Revoke].into_iter().find(|one| one.code() == code)
    }
}

/// That somebody speaks for an authority, or for what is done in a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountMembership {
    /// Its number.
    pub id: i64,
    /// Whose it is, in lower case. Never public.
    pub email: String,
    /// An authority or a country.
    pub scope: Scope,
    /// How far it is.
    pub state: MembershipState,
    /// What somebody is there.
    pub role: String,
    /// For those who decide. Never public.
    pub proof: String,
    /// The last day of it.
    pub until: Option<NaiveDate>,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// Who asked for it: whose it is, or who has invited them.
    pub asked_by: String,
    /// When it was decided about.
    pub decided_at: Option<DateTime<Utc>>,
    /// Who has decided.
    pub decided_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

impl AccountMembership {
    /// What it lets somebody do, if it holds.
    pub fn grants(&self) -> Grants {
        let capabilities: &[Capability] = match (self.state, &self.scope) {
            (MembershipState::Active, Scope::Authority(_)) => &[
                Capability::ReadPrivate,
                Capability::Propose,
                Capability::Edit,
                Capability::Verify,
            ],
            (MembershipState::Active, Scope::Country(_)) => {
                &[Capability::ReadPrivate, Capability::Propose, Capability::Verify]
            }
            _ => &[],
        };
        let grant =
            |capability: &Capability| Grant { capability: *capability, scope: self.scope.clone() };
        capabilities.iter().map(grant).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_decision_is_taken_once() {
        use MembershipDecision::{Accept, Refuse, Revoke};
        use MembershipState::{Active, Asked, Invited, Refused, Revoked};
        for (state, after) in [
            (Asked, [Some(Active), Some(Refused), None]),
            (Invited, [Some(Active), Some(Refused), Some(Revoked)]),
            (Active, [None, None, Some(Revoked)]),
            (Refused, [None; 3]),
            (Revoked, [None; 3]),
        ] {
            assert_eq!([Accept, Refuse, Revoke].map(|decision| state.after(decision)), after);
            assert_eq!(MembershipState::from_code(state.code()), Some(state));
        }
    }
}
