//! What the features of each collection can be asked for (OGC API – Features Part 3, 6.2).

use super::{
    Collection,
    cql2::Kind,
    properties::{self, Property},
};
use crate::{
    domain::{Bilingual, Vocabulary},
    reference::vocabularies,
};

/// The name of the queryable that is the geometry.
pub const GEOMETRY: &str = "geometry";

/// What a queryable is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the properties")]
pub enum Field {
    Id,
    Title,
    Name,
    Kind,
    KindLabel,
    Status,
    StatusLabel,
    Start,
    End,
    CollectivityCode,
    CollectivityName,
    CollectivityKind,
    CollectivityKindLabel,
    CollectivityLon,
    CollectivityLat,
    DepartmentCode,
    DepartmentName,
    RegionCode,
    RegionName,
    PartnerName,
    PartnerRegion,
    CountryCode,
    CountryName,
    Alpha3,
    Zone,
    ZoneLabel,
    Themes,
    ThemeLabels,
    Sdgs,
    Description,
    Budget,
    Funders,
    Url,
    VerifiedOn,
    PositionSource,
    Source,
    UpdatedAt,
    Partnerships,
    Geometry,
}

/// A property that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queryable {
    /// Its name: that of the property.
    pub name: &'static str,
    /// What it is read from.
    pub field: Field,
    /// What kind of value it has.
    pub kind: Kind,
}

const fn q(name: &'static str, field: Field, kind: Kind) -> Queryable {
    Queryable { name, field, kind }
}

const GEOMETRY_LAST: Queryable = q(GEOMETRY, Field::Geometry, Kind::Geometry);

/// Those of partnerships, whatever they are drawn as.
const PARTNERSHIPS: [Queryable; 34] = [
    q("id", Field::Id, Kind::Text),
    q("title", Field::Title, Kind::Text),
    q("kind", Field::Kind, Kind::Text),
    q("kind_label", Field::KindLabel, Kind::Text),
    q("status", Field::Status, Kind::Text),
    q("status_label", Field::StatusLabel, Kind::Text),
    q("start", Field::Start, Kind::Date),
    q("end", Field::End, Kind::Date),
    q("collectivity_code", Field::CollectivityCode, Kind::Text),
    q("collectivity_name", Field::CollectivityName, Kind::Text),
    q("collectivity_kind", Field::CollectivityKind, Kind::Text),
    q("department_code", Field::DepartmentCode, Kind::Text),
    q("region_code", Field::RegionCode, Kind::Text),
    q("region_name", Field::RegionName, Kind::Text),
    q("collectivity_lon", Field::CollectivityLon, Kind::Number),
    q("collectivity_lat", Field::CollectivityLat, Kind::Number),
    q("partner_name", Field::PartnerName, Kind::Text),
    q("partner_region", Field::PartnerRegion, Kind::Text),
    q("country_code", Field::CountryCode, Kind::Text),
    q("country_name", Field::CountryName, Kind::Text),
    q("zone", Field::Zone, Kind::Text),
    q("zone_label", Field::ZoneLabel, Kind::Text),
    q("themes", Field::Themes, Kind::Texts),
    q("theme_labels", Field::ThemeLabels, Kind::Texts),
    q("sdgs", Field::Sdgs, Kind::Numbers),
    q("description", Field::Description, Kind::Text),
    q("budget_eur", Field::Budget, Kind::Number),
    q("funders", Field::Funders, Kind::Texts),
    q("url", Field::Url, Kind::Text),
    q("verified_on", Field::VerifiedOn, Kind::Date),
    q("position_source", Field::PositionSource, Kind::Text),
    q("source", Field::Source, Kind::Text),
    q("updated_at", Field::UpdatedAt, Kind::Timestamp),
    GEOMETRY_LAST,
];

const COLLECTIVITIES: [Queryable; 10] = [
    q("id", Field::Id, Kind::Text),
    q("name", Field::Name, Kind::Text),
    q("collectivity_kind", Field::CollectivityKind, Kind::Text),
    q("collectivity_kind_label", Field::CollectivityKindLabel, Kind::Text),
    q("department_code", Field::DepartmentCode, Kind::Text),
    q("department_name", Field::DepartmentName, Kind::Text),
    q("region_code", Field::RegionCode, Kind::Text),
    q("region_name", Field::RegionName, Kind::Text),
    q("partnerships", Field::Partnerships, Kind::Number),
    GEOMETRY_LAST,
];

const PARTNERS: [Queryable; 10] = [
    q("id", Field::Id, Kind::Text),
    q("name", Field::Name, Kind::Text),
    q("partner_region", Field::PartnerRegion, Kind::Text),
    q("country_code", Field::CountryCode, Kind::Text),
    q("country_name", Field::CountryName, Kind::Text),
    q("zone", Field::Zone, Kind::Text),
    q("zone_label", Field::ZoneLabel, Kind::Text),
    q("position_source", Field::PositionSource, Kind::Text),
    q("partnerships", Field::Partnerships, Kind::Number),
    GEOMETRY_LAST,
];

const COUNTRIES: [Queryable; 7] = [
    q("id", Field::Id, Kind::Text),
    q("name", Field::Name, Kind::Text),
    q("alpha3", Field::Alpha3, Kind::Text),
    q("zone", Field::Zone, Kind::Text),
    q("zone_label", Field::ZoneLabel, Kind::Text),
    q("partnerships", Field::Partnerships, Kind::Number),
    GEOMETRY_LAST,
];

const REGIONS: [Queryable; 4] = [
    q("id", Field::Id, Kind::Text),
    q("name", Field::Name, Kind::Text),
    q("partnerships", Field::Partnerships, Kind::Number),
    GEOMETRY_LAST,
];

/// The queryables of a collection, in the order of its properties, the geometry last.
pub fn of(collection: Collection) -> &'static [Queryable] {
    match collection {
        Collection::Partnerships | Collection::Links => &PARTNERSHIPS,
        Collection::Collectivities => &COLLECTIVITIES,
        Collection::Partners => &PARTNERS,
        Collection::Countries => &COUNTRIES,
        Collection::Regions => &REGIONS,
    }
}

/// Where a name stands among the queryables of a collection.
pub fn find(collection: Collection, name: &str) -> Option<usize> {
    of(collection).iter().position(|queryable| queryable.name == name)
}

/// Whether some collection has a queryable of the name that can be a parameter: any but the
/// geometry.
pub fn is_parameter(name: &str) -> bool {
    let has = |collection| of(collection).iter().any(|queryable| queryable.name == name);
    name != GEOMETRY && Collection::ALL.into_iter().any(has)
}

impl Queryable {
    /// What people read of it; none for the geometry.
    pub fn property(&self, collection: Collection) -> Option<&'static Property> {
        properties::of(collection).iter().find(|property| property.name == self.name)
    }

    /// What it is called.
    pub fn title(&self, collection: Collection) -> Bilingual {
        self.property(collection)
            .map_or_else(|| ["Géométrie", "Geometry"].into(), |property| property.title.clone())
    }

    /// The closed list that its values are codes of.
    pub fn vocabulary(&self) -> Option<&'static Vocabulary> {
        match self.field {
            Field::Kind => Some(vocabularies::kinds()),
            Field::Status => Some(vocabularies::statuses()),
            Field::CollectivityKind => Some(vocabularies::collectivity_kinds()),
            Field::Zone => Some(vocabularies::zones()),
            Field::Themes => Some(vocabularies::themes()),
            _ => None,
        }
    }

    /// What it is to a feature (OGC API – Features Part 5, `x-ogc-role`).
    pub fn role(&self) -> Option<&'static str> {
        match self.field {
            Field::Id => Some("id"),
            Field::Geometry => Some("primary-geometry"),
            Field::Start => Some("primary-interval-start"),
            Field::End => Some("primary-interval-end"),
            _ => None,
        }
    }

    /// The JSON Schema format of the values, where there is one.
    pub fn format(&self, collection: Collection) -> Option<&'static str> {
        match (self.kind, collection) {
            (Kind::Date, _) => Some("date"),
            (Kind::Timestamp, _) => Some("date-time"),
            (Kind::Geometry, Collection::Partnerships) => Some("geometry-point-or-multipoint"),
            (Kind::Geometry, Collection::Links) => Some("geometry-linestring-or-multilinestring"),
            (Kind::Geometry, Collection::Collectivities | Collection::Partners) => {
                Some("geometry-point")
            }
            (Kind::Geometry, Collection::Countries | Collection::Regions) => {
                Some("geometry-multipolygon")
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queryables_are_properties_in_their_order() {
        for collection in Collection::ALL {
            let mut properties = collection.properties().iter();
            for queryable in of(collection) {
                assert_eq!(
                    find(collection, queryable.name).map(|place| of(collection)[place]),
                    Some(*queryable)
                );
                if queryable.kind != Kind::Geometry {
                    assert!(properties.any(|name| *name == queryable.name), "{}", queryable.name);
                    assert!(queryable.property(collection).is_some(), "{}", queryable.name);
                }
            }
        }
        for name in crate::search::PROPERTIES {
            assert!(find(Collection::Partnerships, name).is_some(), "{name}");
        }
        assert!(is_parameter("title") && !is_parameter("geometry") && !is_parameter("colour"));
    }
}
