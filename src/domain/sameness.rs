//! Records of several sources that tell of one partnership.

use super::{Bilingual, PartnershipId};

/// What a person has decided about two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sameness {
    /// The two records, in ascending order.
    pub records: [PartnershipId; 2],
    /// Whether they are one partnership.
    pub same: bool,
}

/// Why two records that are alike are not certainly one partnership; those that are nearest to
/// certain come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Their places are near each other, and have other names.
    OtherName,
    /// Their places have like names, and one has no position.
    NoPosition,
    /// Their places have one name, and are far apart.
    FarApart,
    /// One of them does not say what kind of link it is.
    NoKind,
    /// Another record of the same partnership is not certainly the same.
    OtherRecords,
    /// Another record of the same source fits as well.
    Rival,
}

impl Doubt {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::OtherName,
        Self::NoPosition,
        Self::FarApart,
        Self::NoKind,
        Self::OtherRecords,
        Self::Rival,
    ];

    /// Stable, lower case, with hyphens.
    pub fn code(self) -> &'static str {
        match self {
            Self::OtherName => "other-name",
            Self::NoPosition => "no-position",
            Self::FarApart => "far-apart",
            Self::NoKind => "no-kind",
            Self::OtherRecords => "other-records",
            Self::Rival => "rival",
        }
    }

    /// For whoever decides.
    pub fn message(self) -> Bilingual {
        let texts = match self {
            Self::OtherName => [
                "les lieux étrangers sont proches mais n'ont pas le même nom",
                "the foreign places are near each other but have different names",
            ],
            Self::NoPosition => [
                "les noms des lieux étrangers se ressemblent et l'un des lieux n'a pas de position",
                "the foreign places have similar names and one of them has no position",
            ],
            Self::FarApart => [
                "les lieux étrangers ont le même nom mais sont éloignés",
                "the foreign places have the same name but are far apart",
            ],
            Self::NoKind => [
                "l'une des fiches ne dit pas de quel type de lien il s'agit",
                "one of the records does not state the kind of link",
            ],
            Self::OtherRecords => [
                "une autre fiche du même partenariat n'est pas sûrement la même",
                "another record of the same partnership is not certainly the same",
            ],
            Self::Rival => [
                "une autre fiche de la même source convient aussi bien",
                "another record of the same source fits as well",
            ],
        };
        texts.into()
    }
}

/// Which source leads where several keep a partnership: those named, in their order, then all
/// others alike.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceOrder(Vec<String>);

impl SourceOrder {
    /// From the names of sources, first to last.
    pub fn new(sources: impl IntoIterator<Item = String>) -> Self {
        Self(sources.into_iter().collect())
    }

    /// The place of a source; the smallest leads.
    pub fn rank(&self, source: &str) -> usize {
        self.0.iter().position(|named| named == source).unwrap_or(self.0.len())
    }
}
