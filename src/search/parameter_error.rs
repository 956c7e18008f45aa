//! What is wrong with a parameter, in both languages.

use crate::domain::Bilingual;

/// A parameter that cannot be used as it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {}", reason.en)]
pub struct ParameterError {
    /// The parameter's name.
    pub name: String,
    /// What is wrong and what would be right.
    pub reason: Bilingual,
}

impl ParameterError {
    /// Of a parameter, with a reason (French, English) that says what would be right.
    pub fn new(name: &str, reason: impl Into<Bilingual>) -> Self {
        let name = name.chars().take(80).collect();
        Self { name, reason: reason.into() }
    }

    /// Of one that is not known here.
    pub fn unknown(name: &str) -> Self {
        Self::new(
            name,
            ["il n'y a pas ici de paramètre de ce nom", "there is no such parameter here"],
        )
    }

    /// Of one that is longer than any value can be.
    pub fn too_long(name: &str) -> Self {
        Self::new(name, ["la valeur est trop longue", "the value is too long"])
    }

    /// The parameter and the reason in one sentence.
    pub fn message(&self) -> Bilingual {
        let Self { name, reason: Bilingual { fr, en } } = self;
        [format!("{name} : {fr}"), format!("{name}: {en}")].into()
    }
}
