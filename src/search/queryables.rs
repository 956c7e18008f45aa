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
            /// The start as it is written, as precise as it is known.
            WrittenStart,
            /// The same of the end.
            WrittenEnd,
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
    StartFirstDay "start_first_day";
    EndLastDay "end_last_day";
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
    VerifiedBy "verified_by";
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

/// What parameters compare partial dates with, in every collection of partnerships, behind the
/// queryables: `1959` is a text there, and a day in an expression.
const WRITTEN: [Queryable; 2] = [
    Queryable { name: "start", attribute: Attribute::WrittenStart, kind: ValueKind::Text },
    Queryable { name: "end", attribute: Attribute::WrittenEnd, kind: ValueKind::Text },
];

static ALL: LazyLock<Vec<Vec<Queryable>>> = LazyLock::new(|| {
    let queryables = |collection: Collection| {
        let asked = properties::of(collection).iter().filter(|property| property.queryable);
        let mut all: Vec<Queryable> = asked.filter_map(queryable).chain([GEOMETRY_LAST]).collect();
        if collection.is_of_partnerships() {
            all.extend(WRITTEN);
        }
        all
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
    let all = readable(collection);
    let written = if collection.is_of_partnerships() { WRITTEN.len() } else { 0 };
    &all[..all.len() - written]
}

/// Everything that a condition can read of the features of a collection: the queryables, and
/// behind them partial dates as they are written.
pub(super) fn readable(collection: Collection) -> &'static [Queryable] {
    &ALL[collection as usize]
}

/// What parameters are compared with, one for each queryable but the geometry.
pub fn parameters(collection: Collection) -> impl Iterator<Item = &'static Queryable> {
    let names = of(collection).iter().filter(|queryable| queryable.name != GEOMETRY);
    names.filter_map(move |queryable| {
        find_parameter(collection, queryable.name).map(|place| &readable(collection)[place])
    })
}

/// Where what a parameter is compared with stands among what is [`readable`].
pub(super) fn find_parameter(collection: Collection, name: &str) -> Option<usize> {
    readable(collection).iter().rposition(|queryable| queryable.name == name)
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

    /// Whether it is a date as it is written: `2016`, `2016-12` or `2016-12-15`.
    pub fn is_partial_date(&self) -> bool {
        matches!(self.attribute, Attribute::WrittenStart | Attribute::WrittenEnd)
    }

    /// What it is to a feature (OGC API – Features Part 5, `x-ogc-role`).
    pub fn role(&self) -> Option<&'static str> {
        match self.attribute {
            Attribute::Id => Some("id"),
            Attribute::Geometry => Some("primary-geometry"),
            Attribute::StartFirstDay => Some("primary-interval-start"),
            Attribute::EndLastDay => Some("primary-interval-end"),
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
