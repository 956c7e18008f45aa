//! Scopes of places that there are.

use crate::{
    domain::Scope,
    reference::{collectivities::Collectivities, countries::Countries, territories},
};

/// There is no such place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "there is no {kind} “{code}”: régions, départements and communes have INSEE codes, other \
     authorities a SIREN of nine digits, countries an ISO 3166 code of two letters"
)]
pub struct UnknownPlace {
    kind: &'static str,
    code: String,
}

/// The scope, with the code that the register writes: a commune's INSEE code in place of its SIREN.
pub fn known(scope: &Scope) -> Result<Scope, UnknownPlace> {
    let known = match scope {
        Scope::Everything | Scope::Source(_) => Some(scope.clone()),
        Scope::Region(code) => territories::regions().get(code).map(|_| scope.clone()),
        Scope::Department(code) => territories::departments().get(code).map(|_| scope.clone()),
        Scope::Authority(code) => Collectivities::bundled()
            .by_code(code, None)
            .map(|found| Scope::Authority(found.collectivity.code.clone())),
        Scope::Country(code) => {
            let code = code.to_uppercase();
            let mut list = Countries::bundled().list().iter();
            list.find(|country| country.alpha2 == code || country.alpha3 == code)
                .map(|country| Scope::Country(country.alpha2.clone()))
        }
    };
    let (kind, code) = scope.parts();
    known.ok_or_else(|| UnknownPlace { kind, code: code.unwrap_or_default().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_there_are() {
        let known = |text: &str| known(&text.parse().unwrap()).map(|scope| scope.to_string());
        for (text, written) in [
            ("everything", "everything"),
            ("region:53", "region:53"),
            ("department:2A", "department:2A"),
            ("authority:35238", "authority:35238"),
            // the SIREN of Rennes
            ("authority:213502388", "authority:35238"),
            ("country:ml", "country:ML"),
            ("country:MLI", "country:ML"),
            ("source:afccre", "source:afccre"),
        ] {
            assert_eq!(known(text).unwrap(), written, "{text}");
        }
        for wrong in ["region:99", "department:53x", "authority:00000", "country:XX"] {
            let error = known(wrong).unwrap_err().to_string();
            assert!(error.contains(wrong.split_once(':').unwrap().1), "{error}");
        }
    }
}
