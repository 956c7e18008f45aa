//! The foreign side.

use super::Position;

/// A foreign authority as a record names it: the same name at another place is another partner.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Partner {
    /// As the record writes it.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Region, state or province, where given.
    pub region: Option<String>,
    /// Where it is and who says so; nothing is placed at a guess.
    pub place: Option<(Position, PositionSource)>,
}

impl Partner {
    /// Its position, where there is one.
    pub fn position(&self) -> Option<Position> {
        self.place.map(|(position, _)| position)
    }
}

/// Who says where a partner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PositionSource {
    /// The record itself.
    Given,
    /// The bundled gazetteer.
    Gazetteer,
}

impl PositionSource {
    /// `given` or `gazetteer`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Gazetteer => "gazetteer",
        }
    }

    /// The reverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Given, Self::Gazetteer].into_iter().find(|source| source.code() == code)
    }
}
