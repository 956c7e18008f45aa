//! Which French authority a code and a name mean together.

use std::sync::Arc;

use crate::{
    domain::{
        Collectivity, IssueCode, Term,
        text::{fold, tidy},
    },
    reference::{
        Collectivities, Unresolved, Wanted,
        collectivities::{Remark, Resolved, shown},
        territories,
    },
};

/// By code where there is one, else by name; the issue's code and a suggestion where neither
/// leads to one authority. A code, of today, former or postal, never overrules a name.
// long: one rule after another
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
        return list.by_name(wanted).map_err(told);
    }
    let candidates = list.candidates(code, wanted.kind);
    let mut against = None;
    for found in &candidates {
        match fit(list, found, wanted) {
            NameFit::Yes(remark) => return Ok(Resolved { remark, ..found.clone() }),
            NameFit::Against(unresolved) => against = against.or(Some(unresolved)),
            NameFit::No => {}
        }
    }
    // "Rhône-Alpes" beside 82, which is a département's code too
    if territories::old_region_code(&fold(wanted.name)) == Some(code)
        && let Ok(found) = list.by_name(wanted)
    {
        return Ok(Resolved { remark: Some(Remark::FormerCode), ..found });
    }
    // "Lyon" beside 69
    if let Some(department) = territories::department_code(code)
        && let Ok(found) = list.by_name(Wanted { department: Some(department), ..wanted })
    {
        return Ok(found);
    }
    let served = list.served(code);
    if served.is_some()
        && let Ok(found) = list.by_name(Wanted { code: Some(code), ..wanted })
    {
        return Ok(Resolved { remark: Some(Remark::PostalCode), ..found });
    }
    if let Some(unresolved) = against {
        return Err(told(unresolved));
    }
    if let Some(heirs) = list.divided(code) {
        return Err((IssueCode::CollectivityAmbiguous, Some(heirs.join(", "))));
    }
    match (candidates.first(), served, wanted.kind) {
        (Some(found), served, _) if served.is_none() || found.remark.is_none() => {
            Err((IssueCode::CollectivityCodeMismatch, Some(shown(&found.collectivity))))
        }
        (_, Some(served), _) => {
            Err((IssueCode::CollectivityPostalMismatch, Some(served.join(", "))))
        }
        (_, _, Some(kind)) if unlisted(kind) && is_siren(code) => {
            let collectivity = Collectivity {
                code: code.into(),
                kind,
                name: tidy(wanted.name).into_owned(),
                department: None,
                region: None,
                position: None,
            };
            let collectivity = Arc::new(collectivity);
            Ok(Resolved { collectivity, remark: None, confidence: BARE_SIREN })
        }
        _ => {
            let meant = list.by_name(wanted).ok().map(|found| found.collectivity.code.clone());
            Err((IssueCode::CollectivityCodeUnknown, meant))
        }
    }
}

/// Why a name leads to no authority, as an issue with its suggestion.
fn told(unresolved: Unresolved) -> (IssueCode, Option<String>) {
    match unresolved {
        Unresolved::Unknown(suggestion) => (IssueCode::CollectivityUnknown, suggestion),
        Unresolved::Ambiguous(some) => (IssueCode::CollectivityAmbiguous, Some(some.join(", "))),
        Unresolved::Far(nearest) => (IssueCode::CollectivityFar, Some(nearest)),
        Unresolved::Several(names) => (IssueCode::CollectivitySeveral, Some(names)),
        Unresolved::Qualifier(meant) => (IssueCode::CollectivityQualifier, meant),
    }
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

/// Whether the authority of a code may be called as the row says.
enum NameFit {
    /// With what is to be told of it.
    Yes(Option<Remark>),
    No,
    /// It is called so, but a part of the cell contradicts it.
    Against(Unresolved),
}

/// An authority fits a name of its own, or one that is shortened, lengthened or misspelt, or an
/// earlier one of a grouping, unless that is the name of another (Lens is no misspelt Sens).
fn fit(list: &Collectivities, found: &Resolved, wanted: Wanted<'_>) -> NameFit {
    let collectivity = &*found.collectivity;
    let name = wanted.name;
    let (own, given) = (fold(&collectivity.name), fold(name));
    if own == given {
        return NameFit::Yes(found.remark);
    }
    let hinted = Wanted {
        name,
        kind: Some(collectivity.kind),
        department: collectivity.department.as_deref(),
        position: collectivity.position,
        code: None,
    };
    match list.by_name(hinted) {
        Ok(named) if named.collectivity.code == collectivity.code => {
            // "Lyon" beside the SIREN of its métropole: the code says more than the name, or else
            let is_another = |other: &Resolved| other.collectivity.code != collectivity.code;
            let bare = || list.by_name(Wanted { name, ..Wanted::default() });
            let differs = wanted.kind.is_none() && bare().is_ok_and(|other| is_another(&other));
            let differs = differs.then_some(Remark::NameDiffers);
            return NameFit::Yes(found.remark.or(named.remark).or(differs));
        }
        Err(unresolved @ (Unresolved::Qualifier(_) | Unresolved::Several(_))) => {
            return NameFit::Against(unresolved);
        }
        _ => {}
    }
    match list.by_name(Wanted { name, ..Wanted::default() }) {
        Ok(named) if named.collectivity.code != collectivity.code => return NameFit::No,
        Err(Unresolved::Qualifier(_) | Unresolved::Several(_)) => return NameFit::No,
        _ => {}
    }
    let begins = |whole: &str, part: &str| {
        !part.is_empty() && whole.strip_prefix(part).is_some_and(|rest| rest.starts_with(' '))
    };
    let near = begins(&own, &given)
        || begins(&given, &own)
        || strsim::damerau_levenshtein(&own, &given) <= own.len() / 4
        || (collectivity.kind.code == "epci" && list.is_akin(collectivity, name));
    if near { NameFit::Yes(found.remark.or(Some(Remark::NameDiffers))) } else { NameFit::No }
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
