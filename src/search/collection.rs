//! The collections of the API, and the properties that their features have.

use super::{directory::DirectoryCollection, properties};

/// A collection of the API, by what holds its items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApiCollection {
    /// Partnerships, and the authorities and territories that they join.
    Register(Collection),
    /// Who can help, and who pays.
    Directory(DirectoryCollection),
}

impl ApiCollection {
    /// All of them, in the order in which they are listed.
    pub fn all() -> impl Iterator<Item = Self> {
        let directory = DirectoryCollection::ALL.into_iter().map(Self::Directory);
        Collection::ALL.into_iter().map(Self::Register).chain(directory)
    }

    /// Its id in the API.
    pub fn id(self) -> &'static str {
        match self {
            Self::Register(collection) => collection.id(),
            Self::Directory(collection) => collection.id(),
        }
    }

    /// The collection with an id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::all().find(|collection| collection.id() == id)
    }

    /// Their ids, for whoever has named none of them.
    pub fn known() -> String {
        Self::all().map(Self::id).collect::<Vec<_>>().join(", ")
    }

    /// Whether its items are partnerships.
    pub fn is_of_partnerships(self) -> bool {
        matches!(self, Self::Register(collection) if collection.is_of_partnerships())
    }

    /// Whether its CSV is a table that is read again, with columns of its own.
    pub fn has_native_table(self) -> bool {
        matches!(self, Self::Directory(_)) || self.is_of_partnerships()
    }
}

impl From<Collection> for ApiCollection {
    fn from(collection: Collection) -> Self {
        Self::Register(collection)
    }
}

impl From<DirectoryCollection> for ApiCollection {
    fn from(collection: DirectoryCollection) -> Self {
        Self::Directory(collection)
    }
}

/// A collection of the register. The items of the first two are partnerships, those of the others
/// the authorities and territories that partnerships join: what a snapshot calls *entities*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Collection {
    /// Partnerships at the points of their foreign side.
    Partnerships,
    /// Partnerships as great circles from the lead collectivity to the partners.
    Links,
    /// French authorities.
    Collectivities,
    /// Foreign authorities.
    Partners,
    /// Countries of the foreign side.
    Countries,
    /// Régions of the French side.
    Regions,
}

/// Properties of French authorities.
const COLLECTIVITY: [&str; 14] = [
    "id",
    "name",
    "collectivity_kind",
    "collectivity_kind_label",
    "department_code",
    "department_name",
    "region_code",
    "region_name",
    "partnerships",
    "partners",
    "countries",
    "themes",
    "theme_labels",
    "theme_counts",
];
/// Properties of foreign authorities.
const PARTNER: [&str; 16] = [
    "id",
    "name",
    "partner_region",
    "country_code",
    "country_name",
    "zone",
    "zone_label",
    "partner_kind",
    "partner_area",
    "partner_area_name",
    "position_source",
    "partnerships",
    "collectivities",
    "themes",
    "theme_labels",
    "theme_counts",
];
/// Properties of countries.
const COUNTRY: [&str; 11] = [
    "id",
    "name",
    "alpha3",
    "zone",
    "zone_label",
    "partnerships",
    "collectivities",
    "partners",
    "themes",
    "theme_labels",
    "theme_counts",
];
/// Properties of régions.
const REGION: [&str; 9] = [
    "id",
    "name",
    "partnerships",
    "collectivities",
    "partners",
    "countries",
    "themes",
    "theme_labels",
    "theme_counts",
];

impl Collection {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Partnerships,
        Self::Links,
        Self::Collectivities,
        Self::Partners,
        Self::Countries,
        Self::Regions,
    ];

    /// Its id in the API.
    pub fn id(self) -> &'static str {
        match self {
            Self::Partnerships => "partnerships",
            Self::Links => "links",
            Self::Collectivities => "collectivities",
            Self::Partners => "partners",
            Self::Countries => "countries",
            Self::Regions => "regions",
        }
    }

    /// The collection with an id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|collection| collection.id() == id)
    }

    /// Whether its items are partnerships.
    pub fn is_of_partnerships(self) -> bool {
        matches!(self, Self::Partnerships | Self::Links)
    }

    /// The properties that every feature has, in the order of the contract.
    pub fn properties(self) -> &'static [&'static str] {
        match self {
            Self::Partnerships | Self::Links => properties::of_every_partnership(),
            Self::Collectivities => &COLLECTIVITY,
            Self::Partners => &PARTNER,
            Self::Countries => &COUNTRY,
            Self::Regions => &REGION,
        }
    }
}
