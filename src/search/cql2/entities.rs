//! Authorities and territories as features that expressions are evaluated on.

use std::borrow::Cow;

use geo::Geometry;

use super::{
    Feature, Value,
    records::{of_collectivity, point},
};
use crate::{
    domain::Language,
    reference::{Countries, Country},
    search::{
        Collection, Snapshot,
        queryables::{Field, Queryable},
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

impl Feature for Entity<'_> {
    fn value(&self, property: usize) -> Value<'_> {
        let field = self.queryables[property].field;
        if field == Field::Partnerships {
            return Value::Number(f64::from(self.partnerships));
        }
        match self.collection {
            Collection::Partnerships | Collection::Links => Value::Null,
            Collection::Collectivities => of_collectivity(
                self.snapshot.entity_sides().collectivity(self.item),
                field,
                self.language,
            ),
            Collection::Partners => self.of_partner(field),
            Collection::Countries => match field {
                Field::Geometry => self.outline(),
                field => of_country(country(self.item), field, self.language),
            },
            Collection::Regions => match field {
                Field::Id => Value::text(region(self.item).code.as_str()),
                Field::Name => Value::text(region(self.item).name.as_str()),
                Field::Geometry => self.outline(),
                _ => Value::Null,
            },
        }
    }
}

impl Entity<'_> {
    fn of_partner(&self, field: Field) -> Value<'_> {
        let (id, partner) = self.snapshot.entity_sides().partner(self.item);
        match field {
            Field::Id => Value::text(id.to_string()),
            Field::Name => Value::text(partner.name.as_str()),
            Field::PartnerRegion => Value::or_null(partner.region.as_deref(), Value::text),
            Field::CountryCode => Value::text(partner.country.as_str()),
            Field::PositionSource => {
                Value::or_null(partner.place, |(_, source)| Value::text(source.code()))
            }
            Field::Geometry => Value::or_null(partner.position(), |at| {
                Value::Geometry(Cow::Owned(point(at).into()))
            }),
            Field::CountryName => self.of_country_of(&partner.country, Field::Name),
            field => self.of_country_of(&partner.country, field),
        }
    }

    fn of_country_of(&self, alpha2: &str, field: Field) -> Value<'static> {
        match Countries::bundled().by_alpha2(alpha2) {
            Some(country) => of_country(country, field, self.language),
            None => Value::Null,
        }
    }

    fn outline(&self) -> Value<'_> {
        let shape = Shapes::of(self.collection).and_then(|shapes| shapes.geometry(self.item));
        Value::or_null(shape, |shape| Value::Geometry(Cow::Owned(Geometry::MultiPolygon(shape))))
    }
}

fn of_country(country: &'static Country, field: Field, language: Language) -> Value<'static> {
    match field {
        Field::Id => Value::text(country.alpha2.as_str()),
        Field::Name => Value::text(country.name.get(language)),
        Field::Alpha3 => Value::text(country.alpha3.as_str()),
        Field::Zone => Value::text(country.zone.code.as_str()),
        Field::ZoneLabel => Value::text(country.zone.label.get(language)),
        _ => Value::Null,
    }
}
