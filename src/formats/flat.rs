//! Features without lists, for drivers that have none (Shapefile, FlatGeobuf): the values of a list
//! as one text with `|` between them, as the native CSV has them; objects as JSON.

use memchr::memmem;
use serde_json::Value;

use super::{
    feature::{Cell, Properties},
    geojson::write_json,
};

const PROPERTIES: &[u8] = b",\"properties\":";

/// Appends a feature of this product's own writing with its lists as texts.
pub fn write_feature(out: &mut Vec<u8>, feature: &[u8]) {
    let Some(start) = memmem::find(feature, PROPERTIES).map(|at| at + PROPERTIES.len()) else {
        return out.extend_from_slice(feature);
    };
    let mut values = serde_json::Deserializer::from_slice(&feature[start..]).into_iter();
    let Some(Ok(Properties(properties))) = values.next() else {
        return out.extend_from_slice(feature);
    };
    let end = start + values.byte_offset();
    out.extend_from_slice(&feature[..start]);
    for (at, (name, cell)) in properties.iter().enumerate() {
        out.push(if at == 0 { b'{' } else { b',' });
        write_json(out, name);
        out.push(b':');
        write_cell(out, cell);
    }
    if properties.is_empty() {
        out.push(b'{');
    }
    out.push(b'}');
    out.extend_from_slice(&feature[end..]);
}

fn write_cell(out: &mut Vec<u8>, cell: &Cell<'_>) {
    match cell {
        Cell::Null => out.extend_from_slice(b"null"),
        Cell::Bool(value) => write_json(out, value),
        Cell::Integer(number) => write_json(out, number),
        Cell::Number(number) => write_json(out, number),
        Cell::Text(text) => write_json(out, text),
        // nothing is known, as in a cell of a table
        Cell::Json(Value::Array(list)) if list.is_empty() => out.extend_from_slice(b"null"),
        Cell::Json(Value::Array(list)) if list.iter().all(|one| !one.is_object()) => {
            let text = |one: &Value| one.as_str().map_or_else(|| one.to_string(), str::to_owned);
            let texts: Vec<String> = list.iter().map(text).collect();
            write_json(out, &texts.join("|"));
        }
        Cell::Json(value) => write_json(out, &value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_texts_and_the_rest_stays() {
        let feature = r#"{"type":"Feature","id":"a","geometry":{"type":"Point","coordinates":[1.5,2]},"properties":{"id":"a","themes":["eau","l'été \"x\""],"sdgs":[6,13],"funders":[],"start":null,"budget_eur":12000.0,"n":3,"partners":[{"lon":1.5}]},"links":[]}"#;
        let flat = r#"{"type":"Feature","id":"a","geometry":{"type":"Point","coordinates":[1.5,2]},"properties":{"id":"a","themes":"eau|l'été \"x\"","sdgs":"6|13","funders":null,"start":null,"budget_eur":12000.0,"n":3,"partners":"[{\"lon\":1.5}]"},"links":[]}"#;
        let mut out = Vec::new();
        write_feature(&mut out, feature.as_bytes());
        assert_eq!(String::from_utf8(out).unwrap(), flat);
        let mut out = Vec::new();
        write_feature(&mut out, br#"{"type":"Feature","geometry":null,"properties":{}}"#);
        assert_eq!(out, br#"{"type":"Feature","geometry":null,"properties":{}}"#);
    }
}
