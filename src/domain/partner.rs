//! The foreign side.

use std::{fmt, str::FromStr};

use super::{
    Position, Term,
    partnership::{FieldHash, IdError, read_id, write_id},
    text::fold,
};

/// A foreign authority as a record names it: the same name at another place is another partner.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Partner {
    /// As the record writes it.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Region, state or province, where given.
    pub region: Option<String>,
    /// What kind of authority it is, where its record or its name says so.
    pub kind: Option<PartnerKind>,
    /// Where it is and who says so; nothing is placed at a guess.
    pub place: Option<(Position, PositionSource)>,
    /// The smallest known area of its country in which it lies, or which it is: its ISO 3166-2
    /// code, or its GeoNames id where it has none.
    pub area: Option<String>,
}

/// What kind of authority a partner is, and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartnerKind {
    /// A term of `partner_kinds`.
    pub term: &'static Term,
    /// Whether the record says so; else its name does, by a word such as “Région de”, and the
    /// register keeps nothing of it.
    pub given: bool,
}

impl Partner {
    /// The kind that the record gives, and its name does not.
    pub fn given_kind(&self) -> Option<&'static Term> {
        self.kind.filter(|kind| kind.given).map(|kind| kind.term)
    }

    /// The public id of what it names.
    pub fn id(&self) -> PartnerId {
        let region = self.region.as_deref().unwrap_or_default();
        let mut hash = FieldHash::default();
        hash.text(&self.country).text(&fold(&self.name)).text(&fold(region));
        PartnerId(hash.id())
    }

    /// Its position, where there is one that can be right.
    pub fn position(&self) -> Option<Position> {
        let (position, source) = self.place?;
        (source != PositionSource::Elsewhere).then_some(position)
    }

    /// The position that its source writes, or that was found for it, even one that is not drawn.
    pub fn written_position(&self) -> Option<Position> {
        self.place.map(|(position, _)| position)
    }
}

/// The public id of a foreign authority, made from its country, its name and its region without
/// accents or case: 16 characters `0-9 a-v`, the same on every database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartnerId([u8; 10]);

impl fmt::Display for PartnerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write_id(self.0))
    }
}

impl FromStr for PartnerId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        read_id(text).map(Self)
    }
}

/// Who says where a partner is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PositionSource {
    /// The record itself.
    Given,
    /// The bundled gazetteer.
    Gazetteer,
    /// The bundled list of areas: it is the point of an area.
    Area,
    /// The record itself, which says a place outside the country: it is kept, and not drawn.
    Elsewhere,
}

impl PositionSource {
    /// `given`, `gazetteer`, `area` or `elsewhere`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Gazetteer => "gazetteer",
            Self::Area => "area",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// The reverse of [`Self::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        let all = [Self::Given, Self::Gazetteer, Self::Area, Self::Elsewhere];
        all.into_iter().find(|source| source.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_partner_have_one_id() {
        let partner = |name: &str, region: Option<&str>| Partner {
            name: name.to_owned(),
            country: "SN".to_owned(),
            region: region.map(str::to_owned),
            kind: None,
            place: None,
            area: None,
        };
        let id = partner("Thiès", None).id();
        assert_eq!(partner("THIES", Some("")).id(), id);
        assert_ne!(partner("Thiès", Some("Thiès")).id(), id);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string(), "tiqrm8e09nf5f91m", "ids stay as they are for ever");
    }
}
