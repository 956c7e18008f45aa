//! A written GeoJSON feature, read back as typed cells and a geometry: what tables are made from.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor, value},
};
use serde_json::Value;

/// A feature of this product's own writing.
#[derive(Debug, Deserialize)]
pub struct Feature<'a> {
    /// Where it is, if that is known.
    pub geometry: Option<Geometry>,
    /// Its properties, in the order in which they are written.
    #[serde(borrow)]
    pub properties: Properties<'a>,
}

/// The geometries that features have (RFC 7946, 3.1): WGS 84 longitude and latitude in degrees.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type", content = "coordinates")]
pub enum Geometry {
    /// One place.
    Point([f64; 2]),
    /// Several places.
    MultiPoint(Vec<[f64; 2]>),
    /// A line.
    LineString(Vec<[f64; 2]>),
    /// Several lines, or one cut at the antimeridian.
    MultiLineString(Vec<Vec<[f64; 2]>>),
    /// An area: an outer ring, then its holes.
    Polygon(Vec<Vec<[f64; 2]>>),
    /// Several areas.
    MultiPolygon(Vec<Vec<Vec<[f64; 2]>>>),
}

/// Names and values.
#[derive(Debug)]
pub struct Properties<'a>(pub Vec<(Cow<'a, str>, Cell<'a>)>);

/// The value of a property.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Nothing is known.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Number(f64),
    /// A text, which may be empty.
    Text(Cow<'a, str>),
    /// A list or an object.
    Json(Value),
}

impl<'a> Feature<'a> {
    /// Reads a feature; an error is a fault of whoever has written it.
    pub fn read(text: &'a [u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(text)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Properties<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Properties<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the properties of a feature")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::with_capacity(40);
                while let Some((name, cell)) = map.next_entry::<Name<'de>, Cell<'de>>()? {
                    pairs.push((name.0, cell));
                }
                Ok(Properties(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

/// A name that is borrowed from the text where it has no escapes.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Cell<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyCell)
    }
}

struct AnyCell;

impl<'de> Visitor<'de> for AnyCell {
    type Value = Cell<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Cell::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Cell::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Cell::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(value).map_or(Cell::Number(value as f64), Cell::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Cell::Number(value))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Cell::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Cell::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        Value::deserialize(value::SeqAccessDeserializer::new(list)).map(Cell::Json)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        Value::deserialize(value::MapAccessDeserializer::new(object)).map(Cell::Json)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_is_read_as_it_was_written() {
        let text = r#"{"type":"Feature","id":"a","geometry":{"type":"MultiPoint","coordinates":[[1.5,-2.0],[3,4]]},
            "properties":{"id":"a","title":"L\u2019eau \"vive\"","themes":["eau"],"budget_eur":12.5,"sdgs":[6],"start":null,"n":3}}"#;
        let feature = Feature::read(text.as_bytes()).unwrap();
        assert_eq!(feature.geometry, Some(Geometry::MultiPoint(vec![[1.5, -2.0], [3.0, 4.0]])));
        let cells: Vec<&Cell<'_>> = feature.properties.0.iter().map(|(_, cell)| cell).collect();
        assert_eq!(
            cells,
            [
                &Cell::Text("a".into()),
                &Cell::Text("L’eau \"vive\"".into()),
                &Cell::Json(serde_json::json!(["eau"])),
                &Cell::Number(12.5),
                &Cell::Json(serde_json::json!([6])),
                &Cell::Null,
                &Cell::Integer(3),
            ]
        );
        let placeless = Feature::read(br#"{"geometry":null,"properties":{}}"#).unwrap();
        assert!(placeless.geometry.is_none() && placeless.properties.0.is_empty());
    }
}
