//! What the features of each collection can be asked for (OGC API – Features Part 3, 6.2).

use std::sync::LazyLock;

use super::{
    Collection, Dimension,
    cql2::ValueKind,
    properties::{self, Property},
};
use crate::domain::{
    Bilingual, Vocabulary,
    partnership::{FIELDS, Field, FieldKind},
};

/// The name of the queryable that is the geometry.
pub const GEOMETRY: &str = "geometry";

macro_rules! attributes {
    ($($variant:ident $name:literal;)*) => {
        /// What a queryable is read from; a name means the same in every collection.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "the names are those of the properties")]
        pub enum Attribute {
            $($variant,)*
            /// A field that each partner has.
            OfPartner(&'static Field),
        }

        impl Attribute {
            fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

attributes! {
    Id "id";
    Title "title";
    Name "name";
    Kind "kind";
    KindLabel "kind_label";
    Status "status";
    StatusLabel "status_label";
    Start "start";
    End "end";
    CollectivityCode "collectivity_code";
    CollectivityName "collectivity_name";
    CollectivityKind "collectivity_kind";
    CollectivityKindLabel "collectivity_kind_label";
    CollectivityLon "collectivity_lon";
    CollectivityLat "collectivity_lat";
    DepartmentCode "department_code";
    DepartmentName "department_name";
    RegionCode "region_code";
    RegionName "region_name";
    CountryCode "country_code";
    CountryName "country_name";
    Alpha3 "alpha3";
    Zone "zone";
    ZoneLabel "zone_label";
    Themes "themes";
    ThemeLabels "theme_labels";
    Sdgs "sdgs";
    Description "description";
    Budget "budget_eur";
    Funders "funders";
    Url "url";
    VerifiedOn "verified_on";
    PartnerAreaName "partner_area_name";
    Source "source";
    Sources "sources";
    UpdatedAt "updated_at";
    Partnerships "partnerships";
    Geometry "geometry";
}

/// A property that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queryable {
    /// Its name: that of the property.
    pub name: &'static str,
    /// What it is read from.
    pub attribute: Attribute,
    /// What kind of value it has.
    pub kind: ValueKind,
}

const GEOMETRY_LAST: Queryable =
    Queryable { name: GEOMETRY, attribute: Attribute::Geometry, kind: ValueKind::Geometry };

static ALL: LazyLock<Vec<Vec<Queryable>>> = LazyLock::new(|| {
    let queryables = |collection| {
        let asked = properties::of(collection).iter().filter(|property| property.queryable);
        asked.filter_map(queryable).chain([GEOMETRY_LAST]).collect()
    };
    Collection::ALL.map(queryables).into()
});

/// A property as a queryable; none where nothing is declared that it could be read from.
fn queryable(property: &Property) -> Option<Queryable> {
    let kind = match property.kind {
        FieldKind::Text | FieldKind::Url => ValueKind::Text,
        FieldKind::Integer | FieldKind::Number => ValueKind::Number,
        FieldKind::PartialDate | FieldKind::Date => ValueKind::Date,
        FieldKind::Datetime => ValueKind::Timestamp,
        FieldKind::List => ValueKind::Texts,
        FieldKind::Numbers => ValueKind::Numbers,
        FieldKind::Objects => return None,
    };
    let of_partner = || {
        let field =
            FIELDS.iter().find(|field| field.name == property.name && field.is_of_partners());
        field.map(Attribute::OfPartner)
    };
    let attribute = Attribute::from_name(property.name).or_else(of_partner)?;
    Some(Queryable { name: property.name, attribute, kind })
}

/// The queryables of a collection, in the order of its properties, the geometry last.
pub fn of(collection: Collection) -> &'static [Queryable] {
    &ALL[collection as usize]
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
        let field = FIELDS.iter().find(|field| field.name == self.name)?;
        Dimension::from_name(field.dimension?)?.vocabulary()
    }

    /// What it is to a feature (OGC API – Features Part 5, `x-ogc-role`).
    pub fn role(&self) -> Option<&'static str> {
        match self.attribute {
            Attribute::Id => Some("id"),
            Attribute::Geometry => Some("primary-geometry"),
            Attribute::Start => Some("primary-interval-start"),
            Attribute::End => Some("primary-interval-end"),
            _ => None,
        }
    }

    /// The JSON Schema format of the values, where there is one.
    pub fn format(&self, collection: Collection) -> Option<&'static str> {
        match (self.kind, collection) {
            (ValueKind::Date, _) => Some("date"),
            (ValueKind::Timestamp, _) => Some("date-time"),
            (ValueKind::Geometry, Collection::Partnerships) => Some("geometry-point-or-multipoint"),
            (ValueKind::Geometry, Collection::Links) => {
                Some("geometry-linestring-or-multilinestring")
            }
            (ValueKind::Geometry, Collection::Collectivities | Collection::Partners) => {
                Some("geometry-point")
            }
            (ValueKind::Geometry, Collection::Countries | Collection::Regions) => {
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
                if queryable.kind != ValueKind::Geometry {
                    assert!(properties.any(|name| *name == queryable.name), "{}", queryable.name);
                    assert!(queryable.property(collection).is_some(), "{}", queryable.name);
                }
            }
        }
        let asked = |property: &&Property| property.queryable;
        for collection in Collection::ALL {
            let asked = properties::of(collection).iter().filter(asked).map(|p| p.name);
            let queryables = of(collection).iter().map(|queryable| queryable.name);
            assert!(queryables.eq(asked.chain([GEOMETRY])), "{}", collection.id());
        }
        assert!(is_parameter("title") && !is_parameter("geometry") && !is_parameter("colour"));
    }
}
