//! Partnerships as features that expressions are evaluated on: read where the snapshot has them.

use std::{borrow::Cow, sync::LazyLock};

use geo::{Geometry, LineString, MultiLineString, MultiPoint, Point};
use memchr::memmem::Finder;
use serde::de::DeserializeOwned;

use super::{HasProperties, Value};
use crate::{
    domain::{
        Bilingual, Collectivity, Language, Partner, Position, Term, Vocabulary,
        partnership::{Field, FieldValue},
    },
    formats::great_circle::great_circle,
    reference::{Countries, Country, Subdivisions, territories, vocabularies},
    search::{
        Collection, Snapshot,
        queryables::{Attribute, Queryable},
    },
};

/// A partnership of a snapshot, or its drawn link.
#[derive(Clone, Copy)]
pub(in crate::search) struct Record<'s> {
    pub(super) snapshot: &'s Snapshot,
    pub(super) collection: Collection,
    pub(super) queryables: &'static [Queryable],
    pub(super) language: Language,
    pub(super) place: u32,
}

impl HasProperties for Record<'_> {
    fn value(&self, property: usize) -> Value<'_> {
        let label = |bilingual: &'static Bilingual| Value::text(bilingual.get(self.language));
        let attribute = self.queryables[property].attribute;
        let record = self.place;
        match attribute {
            Attribute::Id => Value::text(self.snapshot.id(record).to_string()),
            Attribute::Kind => {
                Value::text(term(vocabularies::kinds(), self.labels().0).code.as_str())
            }
            Attribute::KindLabel => label(&term(vocabularies::kinds(), self.labels().0).label),
            Attribute::Status => {
                Value::text(term(vocabularies::statuses(), self.labels().1).code.as_str())
            }
            Attribute::StatusLabel => label(&term(vocabularies::statuses(), self.labels().1).label),
            Attribute::Start | Attribute::StartFirstDay => {
                Value::or_null(self.snapshot.dates(record).start, Value::Date)
            }
            Attribute::End | Attribute::EndLastDay => {
                Value::or_null(self.snapshot.dates(record).end, Value::Date)
            }
            Attribute::VerifiedOn => {
                Value::or_null(self.snapshot.dates(record).verified, Value::Date)
            }
            Attribute::UpdatedAt => Value::Timestamp(self.snapshot.dates(record).updated),
            Attribute::CountryCode => Value::text(self.country().alpha2.as_str()),
            Attribute::CountryName => label(&self.country().name),
            Attribute::Zone => Value::text(self.country().zone.code.as_str()),
            Attribute::ZoneLabel => label(&self.country().zone.label),
            Attribute::OfPartner(field) => of_partner(&self.snapshot.sides(record).1[0], field),
            Attribute::PartnerAreaName => {
                area_name(&self.snapshot.sides(record).1[0], self.language)
            }
            Attribute::Themes => {
                Value::Texts(self.themes().map(|term| Cow::from(term.code.as_str())).collect())
            }
            Attribute::ThemeLabels => Value::Texts(
                self.themes().map(|term| Cow::from(term.label.get(self.language))).collect(),
            ),
            Attribute::Budget => {
                let euros = |cents| Value::Number(cents as f64 / 100.0);
                Value::or_null(self.snapshot.budget(record), euros)
            }
            Attribute::WrittenStart
            | Attribute::WrittenEnd
            | Attribute::Title
            | Attribute::Description
            | Attribute::Url
            | Attribute::Source
            | Attribute::Sources
            | Attribute::VerifiedBy
            | Attribute::Funders
            | Attribute::Sdgs => written(self.snapshot.body(record), attribute),
            Attribute::Geometry => {
                Value::or_null(self.geometry(), |geometry| Value::Geometry(Cow::Owned(geometry)))
            }
            attribute => of_collectivity(self.snapshot.sides(record).0, attribute, self.language),
        }
    }
}

impl<'s> Record<'s> {
    fn labels(&self) -> (u8, u8, u16) {
        self.snapshot.label_codes(self.place)
    }

    fn country(&self) -> &'static Country {
        &Countries::bundled().list()[usize::from(self.labels().2)]
    }

    fn themes(&self) -> impl Iterator<Item = &'static Term> + use<'s> {
        let terms = vocabularies::themes().terms();
        self.snapshot.themes(self.place).iter().map(move |rank| &terms[usize::from(*rank)])
    }

    /// The geometry of the feature; none where it is null.
    fn geometry(&self) -> Option<Geometry> {
        let (lead, partners) = self.snapshot.sides(self.place);
        let positions = partners.iter().filter_map(|partner| partner.position());
        if self.collection == Collection::Links {
            let from = lead.position?;
            let lines = positions.flat_map(|to| great_circle(from, to));
            let lines: Vec<LineString> = lines.map(LineString::from).collect();
            return (!lines.is_empty()).then(|| MultiLineString(lines).into());
        }
        let mut points: Vec<Point> = Vec::new();
        for point in positions.map(point) {
            if !points.contains(&point) {
                points.push(point);
            }
        }
        match *points.as_slice() {
            [] => None,
            [point] => Some(point.into()),
            _ => Some(MultiPoint(points).into()),
        }
    }
}

fn term(vocabulary: &'static Vocabulary, rank: u8) -> &'static Term {
    &vocabulary.terms()[usize::from(rank)]
}

/// The name of the area that a partner is or lies in.
pub(super) fn area_name(partner: &Partner, language: Language) -> Value<'static> {
    let area = partner.area.as_deref().and_then(|code| Subdivisions::bundled().by_code(code));
    Value::or_null(area, |area| Value::text(area.name.get(language)))
}

/// A position as a point.
pub(super) fn point(position: Position) -> Point {
    Point::new(position.lon(), position.lat())
}

/// A property of a French authority, whether it is a feature itself or leads a partnership.
pub(super) fn of_collectivity(
    collectivity: &Collectivity,
    attribute: Attribute,
    language: Language,
) -> Value<'_> {
    let Collectivity { code, kind, name, department, region, position } = collectivity;
    let named = |list: &'static std::collections::BTreeMap<String, territories::Territory>,
                 code: &Option<String>| {
        let found = code.as_ref().and_then(|code| list.get(code));
        Value::or_null(found, |territory| Value::text(territory.name.as_str()))
    };
    match attribute {
        Attribute::Id | Attribute::CollectivityCode => Value::text(code.as_str()),
        Attribute::Name | Attribute::CollectivityName => Value::text(name.as_str()),
        Attribute::CollectivityKind => Value::text(kind.code.as_str()),
        Attribute::CollectivityKindLabel => Value::text(kind.label.get(language)),
        Attribute::DepartmentCode => Value::or_null(department.as_deref(), Value::text),
        Attribute::DepartmentName => named(territories::departments(), department),
        Attribute::RegionCode => Value::or_null(region.as_deref(), Value::text),
        Attribute::RegionName => named(territories::regions(), region),
        Attribute::CollectivityLon => Value::or_null(position.map(Position::lon), Value::Number),
        Attribute::CollectivityLat => Value::or_null(position.map(Position::lat), Value::Number),
        Attribute::Geometry => {
            Value::or_null(*position, |at| Value::Geometry(Cow::Owned(point(at).into())))
        }
        _ => Value::Null,
    }
}

/// A field of a foreign authority.
pub(super) fn of_partner<'p>(partner: &'p Partner, field: &Field) -> Value<'p> {
    Value::or_null(field.of(partner), |value| match value {
        FieldValue::Text(text) | FieldValue::Implied(text) => Value::text(text),
        FieldValue::Number(number) => Value::Number(number),
        FieldValue::Integer(number) => Value::Number(f64::from(number)),
        FieldValue::Nothing | FieldValue::Date(_) | FieldValue::Euros(_) => Value::Null,
    })
}

/// The properties that the snapshot has only as they are written in the feature, each with what
/// stands before it and nowhere else: within a text a quotation mark has a backslash before it.
const WRITTEN: [(Attribute, &str); 10] = [
    (Attribute::WrittenStart, ",\"start\":"),
    (Attribute::WrittenEnd, ",\"end\":"),
    (Attribute::Title, ",\"title\":"),
    (Attribute::Description, ",\"description\":"),
    (Attribute::Url, ",\"url\":"),
    (Attribute::Source, ",\"source\":"),
    (Attribute::VerifiedBy, ",\"verified_by\":"),
    (Attribute::Sources, ",\"sources\":"),
    (Attribute::Funders, ",\"funders\":"),
    (Attribute::Sdgs, ",\"sdgs\":"),
];

/// Whether a property of a partnership is read from its texts.
pub(super) fn is_written(attribute: Attribute) -> bool {
    WRITTEN.iter().any(|(other, _)| *other == attribute)
}

fn written(body: &[u8], attribute: Attribute) -> Value<'_> {
    static FINDERS: LazyLock<Vec<(Attribute, Finder<'static>)>> =
        LazyLock::new(|| WRITTEN.map(|(attribute, name)| (attribute, Finder::new(name))).into());
    let Some((_, finder)) = FINDERS.iter().find(|(other, _)| *other == attribute) else {
        return Value::Null;
    };
    let Some(at) = finder.find(body) else { return Value::Null };
    let value = &body[at + finder.needle().len()..];
    match (attribute, value.first()) {
        (_, None | Some(b'n')) => Value::Null,
        (Attribute::Funders | Attribute::Sources, _) => Value::or_null(read(value), Value::Texts),
        (Attribute::Sdgs, _) => Value::or_null(read(value), Value::Numbers),
        _ => text(value),
    }
}

/// A JSON text; most have nothing to unescape.
fn text(value: &[u8]) -> Value<'_> {
    let inside = value.get(1..).unwrap_or_default();
    match memchr::memchr2(b'"', b'\\', inside) {
        Some(end) if inside[end] == b'"' => {
            Value::or_null(std::str::from_utf8(&inside[..end]).ok(), Value::text)
        }
        _ => Value::or_null(read::<String>(value), Value::text),
    }
}

/// The JSON value at the beginning of a text.
fn read<T: DeserializeOwned>(text: &[u8]) -> Option<T> {
    serde_json::Deserializer::from_slice(text).into_iter::<T>().next()?.ok()
}
