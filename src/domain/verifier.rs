//! In whose name a record is confirmed.

use crate::domain::{Capability, Grants, Scope};

/// In whose name a record was confirmed: it follows from the grants of the account that did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verifier {
    /// One of its French authorities.
    Authority,
    /// The embassy in a partner's country.
    Embassy,
    /// Whoever keeps a territory, a source or the whole register.
    Steward,
}

impl Verifier {
    /// All of them, the nearest to the record first.
    pub const ALL: [Self; 3] = [Self::Authority, Self::Embassy, Self::Steward];

    /// `authority`, `embassy` or `steward`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Embassy => "embassy",
            Self::Steward => "steward",
        }
    }

    /// The reverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verifier| verifier.code() == code)
    }

    /// In whose name an account with these grants confirms a record of these scopes: the nearest of
    /// those that the grants cover.
    pub fn of(grants: &Grants, on: &[Scope]) -> Option<Self> {
        let covering = grants.covering(Capability::Verify, on);
        let verifiers = covering.map(|scope| match scope {
            Scope::Authority(_) => Self::Authority,
            Scope::Country(_) => Self::Embassy,
            Scope::Everything | Scope::Region(_) | Scope::Department(_) | Scope::Source(_) => {
                Self::Steward
            }
        });
        verifiers.min_by_key(|verifier| *verifier as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_grant_says_for_whom() {
        let record = [
            Scope::Source("local".into()),
            Scope::Authority("35238".into()),
            Scope::Region("53".into()),
            Scope::Country("ML".into()),
        ];
        for (held, expected) in [
            (vec![], None),
            (vec!["authority:35047"], None),
            (vec!["everything"], Some(Verifier::Steward)),
            (vec!["region:53"], Some(Verifier::Steward)),
            (vec!["source:local"], Some(Verifier::Steward)),
            (vec!["everything", "country:ML"], Some(Verifier::Embassy)),
            (vec!["country:ML", "authority:35238"], Some(Verifier::Authority)),
            (vec!["everything", "country:SN"], Some(Verifier::Steward)),
        ] {
            let scopes = held.iter().map(|text| text.parse::<Scope>().expect("a scope"));
            let grants: Grants = scopes
                .flat_map(|scope| {
                    Grants::of(&[Capability::Verify], &scope).iter().cloned().collect::<Vec<_>>()
                })
                .collect();
            assert_eq!(Verifier::of(&grants, &record), expected, "{held:?}");
        }
        for verifier in Verifier::ALL {
            assert_eq!(Verifier::from_code(verifier.code()), Some(verifier));
        }
    }
}
