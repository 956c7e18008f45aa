//! Partnerships as features that expressions are evaluated on: read where the snapshot has them.

use std::{borrow::Cow, sync::LazyLock};

use geo::{Geometry, LineString, MultiLineString, MultiPoint, Point};
use memchr::memmem::Finder;
use serde::de::DeserializeOwned;

use super::{Feature, Value};
use crate::{
    domain::{Bilingual, Collectivity, Language, Position, Term, Vocabulary},
    formats::great_circle::great_circle,
    reference::{Countries, Country, territories, vocabularies},
    search::{
        Collection, Snapshot,
        queryables::{Field, Queryable},
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

impl Feature for Record<'_> {
    fn value(&self, property: usize) -> Value<'_> {
        let label = |bilingual: &'static Bilingual| Value::text(bilingual.get(self.language));
        let field = self.queryables[property].field;
        let record = self.place;
        match field {
            Field::Id => Value::text(self.snapshot.id(record).to_string()),
            Field::Kind => Value::text(term(vocabularies::kinds(), self.labels().0).code.as_str()),
            Field::KindLabel => label(&term(vocabularies::kinds(), self.labels().0).label),
            Field::Status => {
                Value::text(term(vocabularies::statuses(), self.labels().1).code.as_str())
            }
            Field::StatusLabel => label(&term(vocabularies::statuses(), self.labels().1).label),
            Field::Start => Value::or_null(self.snapshot.dates(record).start, Value::Date),
            Field::End => Value::or_null(self.snapshot.dates(record).end, Value::Date),
            Field::VerifiedOn => Value::or_null(self.snapshot.dates(record).verified, Value::Date),
            Field::UpdatedAt => Value::Timestamp(self.snapshot.dates(record).updated * 1_000_000),
            Field::CountryCode => Value::text(self.country().alpha2.as_str()),
            Field::CountryName => label(&self.country().name),
            Field::Zone => Value::text(self.country().zone.code.as_str()),
            Field::ZoneLabel => label(&self.country().zone.label),
            Field::PartnerName => Value::text(self.snapshot.sides(record).1[0].name.as_str()),
            Field::PartnerRegion => {
                Value::or_null(self.snapshot.sides(record).1[0].region.as_deref(), Value::text)
            }
            Field::PositionSource => {
                Value::or_null(self.snapshot.sides(record).1[0].place, |(_, source)| {
                    Value::text(source.code())
                })
            }
            Field::Themes => {
                Value::Texts(self.themes().map(|term| Cow::from(term.code.as_str())).collect())
            }
            Field::ThemeLabels => Value::Texts(
                self.themes().map(|term| Cow::from(term.label.get(self.language))).collect(),
            ),
            Field::Budget => {
                let euros = |cents| Value::Number(cents as f64 / 100.0);
                Value::or_null(self.snapshot.budget(record), euros)
            }
            Field::Title
            | Field::Description
            | Field::Url
            | Field::Source
            | Field::Funders
            | Field::Sdgs => written(self.snapshot.body(record), field),
            Field::Geometry => {
                Value::or_null(self.geometry(), |geometry| Value::Geometry(Cow::Owned(geometry)))
            }
            field => of_collectivity(self.snapshot.sides(record).0, field, self.language),
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

/// A position as a point.
pub(super) fn point(position: Position) -> Point {
    Point::new(position.lon(), position.lat())
}

/// A property of a French authority, whether it is a feature itself or leads a partnership.
pub(super) fn of_collectivity(
    collectivity: &Collectivity,
    field: Field,
    language: Language,
) -> Value<'_> {
    let Collectivity { code, kind, name, department, region, position } = collectivity;
    let named = |list: &'static std::collections::BTreeMap<String, territories::Territory>,
                 code: &Option<String>| {
        let found = code.as_ref().and_then(|code| list.get(code));
        Value::or_null(found, |territory| Value::text(territory.name.as_str()))
    };
    match field {
        Field::Id | Field::CollectivityCode => Value::text(code.as_str()),
        Field::Name | Field::CollectivityName => Value::text(name.as_str()),
        Field::CollectivityKind => Value::text(kind.code.as_str()),
        Field::CollectivityKindLabel => Value::text(kind.label.get(language)),
        Field::DepartmentCode => Value::or_null(department.as_deref(), Value::text),
        Field::DepartmentName => named(territories::departments(), department),
        Field::RegionCode => Value::or_null(region.as_deref(), Value::text),
        Field::RegionName => named(territories::regions(), region),
        Field::CollectivityLon => Value::or_null(position.map(Position::lon), Value::Number),
        Field::CollectivityLat => Value::or_null(position.map(Position::lat), Value::Number),
        Field::Geometry => {
            Value::or_null(*position, |at| Value::Geometry(Cow::Owned(point(at).into())))
        }
        _ => Value::Null,
    }
}

/// The properties that the snapshot has only as they are written in the feature, each with what
/// stands before it and nowhere else: within a text a quotation mark has a backslash before it.
const WRITTEN: [(Field, &str); 6] = [
    (Field::Title, ",\"title\":"),
    (Field::Description, ",\"description\":"),
    (Field::Url, ",\"url\":"),
    (Field::Source, ",\"source\":"),
    (Field::Funders, ",\"funders\":"),
    (Field::Sdgs, ",\"sdgs\":"),
];

/// Whether a property of a partnership is read from its texts.
pub(super) fn is_written(field: Field) -> bool {
    WRITTEN.iter().any(|(other, _)| *other == field)
}

fn written(body: &[u8], field: Field) -> Value<'_> {
    static FINDERS: LazyLock<Vec<(Field, Finder<'static>)>> =
        LazyLock::new(|| WRITTEN.map(|(field, name)| (field, Finder::new(name))).into());
    let Some((_, finder)) = FINDERS.iter().find(|(other, _)| *other == field) else {
        return Value::Null;
    };
    let Some(at) = finder.find(body) else { return Value::Null };
    let value = &body[at + finder.needle().len()..];
    match (field, value.first()) {
        (_, None | Some(b'n')) => Value::Null,
        (Field::Funders, _) => Value::or_null(read(value), Value::Texts),
        (Field::Sdgs, _) => Value::or_null(read(value), Value::Numbers),
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
