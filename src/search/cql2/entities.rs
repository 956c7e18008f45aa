//! Authorities and territories as features that expressions are evaluated on.

use std::borrow::Cow;

use geo::Geometry;

use super::{
    HasProperties, Value,
    records::{area_name, of_collectivity, of_partner, point},
};
use crate::{
    domain::Language,
    reference::{Countries, Country},
    search::{
        Collection, Snapshot,
        queryables::{Attribute, Queryable},
        shapes::Shapes,
        sides::{country, region},
    },
};

/// An entity of a snapshot, with how many of the matching partnerships have it.
#[derive(Clone, Copy)]
pub(super) struct Entity<'s> {
    pub(super) snapshot: &'s Snapshot,
    pub(super) collection: Collection,
    pub(super) queryables: &'static [Queryable],
    pub(super) language: Language,
    pub(super) item: u32,
    pub(super) partnerships: u32,
}

impl HasProperties for Entity<'_> {
    fn value(&self, property: usize) -> Value<'_> {
        let attribute = self.queryables[property].attribute;
        if attribute == Attribute::Partnerships {
            return Value::Number(f64::from(self.partnerships));
        }
        match self.collection {
            Collection::Partnerships | Collection::Links => Value::Null,
            Collection::Collectivities => of_collectivity(
                self.snapshot.entity_sides().collectivity(self.item),
                attribute,
                self.language,
            ),
            Collection::Partners => self.of_partner(attribute),
            Collection::Countries => match attribute {
                Attribute::Geometry => self.outline(),
                attribute => of_country(country(self.item), attribute, self.language),
            },
            Collection::Regions => match attribute {
                Attribute::Id => Value::text(region(self.item).code.as_str()),
                Attribute::Name => Value::text(region(self.item).name.as_str()),
                Attribute::Geometry => self.outline(),
                _ => Value::Null,
            },
        }
    }
}

impl Entity<'_> {
    fn of_partner(&self, attribute: Attribute) -> Value<'_> {
        let (id, partner) = self.snapshot.entity_sides().partner(self.item);
        match attribute {
            Attribute::Id => Value::text(id.to_string()),
            Attribute::Name => Value::text(partner.name.as_str()),
            Attribute::CountryCode => Value::text(partner.country.as_str()),
            Attribute::OfPartner(field) => of_partner(partner, field),
            Attribute::PartnerAreaName => area_name(partner, self.language),
            Attribute::Geometry => Value::or_null(partner.position(), |at| {
                Value::Geometry(Cow::Owned(point(at).into()))
            }),
            Attribute::CountryName => self.of_country_of(&partner.country, Attribute::Name),
            attribute => self.of_country_of(&partner.country, attribute),
        }
    }

    fn of_country_of(&self, alpha2: &str, attribute: Attribute) -> Value<'static> {
        match Countries::bundled().by_alpha2(alpha2) {
            Some(country) => of_country(country, attribute, self.language),
            None => Value::Null,
        }
    }

    fn outline(&self) -> Value<'_> {
        let shape = Shapes::of(self.collection).and_then(|shapes| shapes.geometry(self.item));
        Value::or_null(shape, |shape| Value::Geometry(Cow::Owned(Geometry::MultiPolygon(shape))))
    }
}

fn of_country(
    country: &'static Country,
    attribute: Attribute,
    language: Language,
) -> Value<'static> {
    match attribute {
        Attribute::Id => Value::text(country.alpha2.as_str()),
        Attribute::Name => Value::text(country.name.get(language)),
        Attribute::Alpha3 => Value::text(country.alpha3.as_str()),
        Attribute::Zone => Value::text(country.zone.code.as_str()),
        Attribute::ZoneLabel => Value::text(country.zone.label.get(language)),
        _ => Value::Null,
    }
}
