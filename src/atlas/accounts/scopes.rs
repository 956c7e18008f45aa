//! Scopes of places that there are.

use crate::{
    domain::{Language, Scope},
    reference::{
        collectivities::{self, Collectivities, Unresolved, Wanted},
        countries::Countries,
        territories,
    },
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

/// The authority that a text names, by name or by code; else those that it can mean.
pub fn authority(text: &str) -> Result<Scope, Vec<String>> {
    let list = Collectivities::bundled();
    let found = match list.by_code(text, None) {
        Some(found) => found,
        None => {
            list.by_name(Wanted { name: text.trim(), ..Wanted::default() }).map_err(
                |why| match why {
                    Unresolved::Ambiguous(meant) => meant,
                    Unresolved::Unknown(meant) | Unresolved::Qualifier(meant) => {
                        meant.into_iter().collect()
                    }
                    Unresolved::Far(meant) => vec![meant],
                    Unresolved::Several(_) => Vec::new(),
                },
            )?
        }
    };
    Ok(Scope::Authority(found.collectivity.code.clone()))
}

/// The country that a text names, by name or by code.
pub fn country(text: &str) -> Option<Scope> {
    let country = Countries::bundled().recognise(text.trim())?;
    Some(Scope::Country(country.alpha2.clone()))
}

/// What a scope is called: `Rennes (35238)`, `Bretagne`, `Mali`; none of everything.
pub fn label(scope: &Scope, language: Language) -> Option<String> {
    let named = match scope {
        Scope::Everything => return None,
        Scope::Region(code) => territories::regions().get(code).map(|place| place.name.clone()),
        Scope::Department(code) => {
            territories::departments().get(code).map(|place| place.name.clone())
        }
        Scope::Authority(code) => Collectivities::bundled()
            .by_code(code, None)
            .map(|found| collectivities::shown(&found.collectivity)),
        Scope::Country(code) => Countries::bundled()
            .by_alpha2(code)
            .map(|country| country.name.get(language).to_owned()),
        Scope::Source(name) => Some(name.clone()),
    };
    Some(named.unwrap_or_else(|| scope.to_string()))
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

    #[test]
    fn places_are_known_by_name() {
        let code = |text: &str| authority(text).map(|scope| scope.to_string());
        assert_eq!(code("Rennes").as_deref(), Ok("authority:35238"));
        assert_eq!(code("35238").as_deref(), Ok("authority:35238"));
        assert!(code("Vienne").is_err_and(|meant| meant.contains(&"Vienne (38544)".to_owned())));
        assert!(code("Nulle-Part-sur-Rien").is_err());
        assert_eq!(country("Burkina Faso"), Some(Scope::Country("BF".into())));
        assert_eq!(country("Nulle part"), None);
        let label = |text: &str| label(&text.parse().unwrap(), Language::French);
        assert_eq!(label("authority:35238").as_deref(), Some("Rennes (35238)"));
        assert_eq!(label("region:53").as_deref(), Some("Bretagne"));
        assert_eq!(label("everything"), None);
    }
}
