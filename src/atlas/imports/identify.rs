//! Which French authority a code and a name mean together.

use std::sync::Arc;

use crate::{
    domain::{
        Collectivity, IssueCode, Term,
        text::{fold, tidy},
    },
    reference::{Collectivities, Unresolved, Wanted, collectivities::Resolved},
};

/// By code where there is one, else by name; the issue's code and a suggestion where neither
/// leads to one authority.
pub(super) fn identify(
    list: &Collectivities,
    code: &str,
    wanted: Wanted<'_>,
) -> Result<Resolved, (IssueCode, Option<String>)> {
    if code.is_empty() {
        // "Saint-Denis (93066)", as the suggestions write it
        if let Some((name, code)) = named_with_code(wanted.name) {
            return identify(list, code, Wanted { name, ..wanted });
        }
        return list.by_name(wanted).map_err(|unresolved| match unresolved {
            Unresolved::Unknown(suggestion) => (IssueCode::CollectivityUnknown, suggestion),
            Unresolved::Ambiguous(some) => {
                (IssueCode::CollectivityAmbiguous, Some(some.join(", ")))
            }
            Unresolved::Far(nearest) => (IssueCode::CollectivityFar, Some(nearest)),
        });
    }
    let Some(found) = list.by_code(code, wanted.kind) else {
        return match wanted.kind {
            Some(kind) if unlisted(kind) && is_siren(code) => {
                let collectivity = Collectivity {
                    code: code.into(),
                    kind,
                    name: tidy(wanted.name).into_owned(),
                    department: None,
                    region: None,
                    position: None,
                };
                let collectivity = Arc::new(collectivity);
                Ok(Resolved { collectivity, merged: false, confidence: BARE_SIREN })
            }
            _ => {
                let meant = list.by_name(wanted).ok().map(|found| found.collectivity.code.clone());
                Err((IssueCode::CollectivityCodeUnknown, meant))
            }
        };
    };
    if found.merged || bears(list, &found.collectivity, wanted.name) {
        return Ok(found);
    }
    let Collectivity { name, code, .. } = &*found.collectivity;
    Err((IssueCode::CollectivityCodeMismatch, Some(format!("{name} ({code})"))))
}

/// A name and the INSEE code or SIREN in brackets behind it.
fn named_with_code(text: &str) -> Option<(&str, &str)> {
    let (name, code) = text.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    let (name, code) = (name.trim_end(), code.trim());
    let is_code = matches!(code.len(), 5 | 9)
        && code.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'A' | b'B'));
    (is_code && !name.is_empty()).then_some((name, code))
}

/// The confidence of a SIREN that only its key confirms.
const BARE_SIREN: f32 = 0.9;

/// Authorities of these kinds are not listed anywhere: a valid SIREN is enough.
fn unlisted(kind: &Term) -> bool {
    matches!(kind.code.as_str(), "syndicat" | "autre")
}

/// Whether an authority may be called so: by a name of its own, or by one that is shortened,
/// lengthened or misspelt, unless that is the name of another (Lens is no misspelt Sens).
fn bears(list: &Collectivities, collectivity: &Collectivity, name: &str) -> bool {
    let (own, given) = (fold(&collectivity.name), fold(name));
    let is_it =
        |wanted| list.by_name(wanted).map(|found| found.collectivity.code == collectivity.code);
    let hinted = Wanted {
        name,
        kind: Some(collectivity.kind),
        department: collectivity.department.as_deref(),
        position: collectivity.position,
    };
    let begins = |whole: &str, part: &str| {
        !part.is_empty() && whole.strip_prefix(part).is_some_and(|rest| rest.starts_with(' '))
    };
    own == given
        || is_it(hinted) == Ok(true)
        || ((begins(&own, &given)
            || begins(&given, &own)
            || strsim::damerau_levenshtein(&own, &given) <= own.len() / 4)
            && is_it(Wanted { name, ..Wanted::default() }) != Ok(false))
}

/// Nine digits with a valid key (Luhn), as INSEE gives them.
fn is_siren(code: &str) -> bool {
    let digits: Option<Vec<u32>> = code.chars().map(|c| c.to_digit(10)).collect();
    digits.is_some_and(|digits| {
        let doubled = |(index, digit): (usize, &u32)| match (index % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) => double / 10 + double % 10,
        };
        digits.len() == 9 && digits.iter().enumerate().map(doubled).sum::<u32>() % 10 == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suggestion_can_be_pasted_back() {
        let list = Collectivities::bundled();
        let found = |name| {
            identify(list, "", Wanted { name, ..Wanted::default() })
                .map(|found| found.collectivity.code.clone())
                .map_err(|(code, _)| code)
        };
        assert_eq!(found("Saint-Denis (93066)").as_deref(), Ok("93066"));
        assert_eq!(found("Saint-Denis (97411) ").as_deref(), Ok("97411"));
        assert_eq!(found("Saint-Denis"), Err(IssueCode::CollectivityAmbiguous));
        assert_eq!(found("Lyon (93066)"), Err(IssueCode::CollectivityCodeMismatch));
    }
}
