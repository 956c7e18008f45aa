//! Written features as rows of a flat table.

use std::io;

use serde_json::Value;

use super::inert;
use crate::formats::feature::{Cell, Feature, Geometry};

/// Writes features as rows: the named properties, then longitude and latitude where all features
/// are points. RFC 4180, UTF-8, `,`, `\n`; the values of a list are parted by `|`.
pub struct Table<'n> {
    columns: Vec<&'n str>,
    with_position: bool,
}

impl<'n> Table<'n> {
    /// With columns in this order.
    pub fn new(columns: Vec<&'n str>, with_position: bool) -> Self {
        Self { columns, with_position }
    }

    /// The first row.
    pub fn header(&self) -> String {
        let position = if self.with_position { &["lon", "lat"][..] } else { &[] };
        let names: Vec<&str> = self.columns.iter().chain(position).copied().collect();
        format!("{}\n", names.join(","))
    }

    /// Appends a feature as a row, with its line end.
    pub fn write(&self, out: &mut Vec<u8>, feature: &[u8]) -> io::Result<()> {
        let Feature { geometry, properties } = Feature::read(feature)?;
        let mut writer = csv::Writer::from_writer(out);
        let cells = properties.0;
        for (place, column) in self.columns.iter().enumerate() {
            // properties are written in the order of the columns, but for those left out
            let same = cells.get(place).filter(|(name, _)| name == column);
            let found = same.or_else(|| cells.iter().find(|(name, _)| name == column));
            let text = found.map_or_else(String::new, |(_, cell)| text(cell));
            writer.write_field(inert(&text).as_bytes())?;
        }
        if self.with_position {
            let point = match geometry {
                Some(Geometry::Point(point)) => point.map(|degrees| degrees.to_string()),
                _ => [const { String::new() }; 2],
            };
            writer.write_field(&point[0])?;
            writer.write_field(&point[1])?;
        }
        writer.write_record(None::<&[u8]>)?;
        writer.flush()
    }
}

fn text(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Bool(value) => value.to_string(),
        Cell::Integer(value) => value.to_string(),
        Cell::Number(value) => value.to_string(),
        Cell::Text(value) => value.to_string(),
        Cell::Json(Value::Array(values)) => {
            let plain = |value: &Value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            values.iter().map(plain).collect::<Vec<_>>().join("|")
        }
        Cell::Json(value) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_is_a_row() {
        let table = Table::new(vec!["id", "name", "themes", "partnerships", "zone"], true);
        assert_eq!(table.header(), "id,name,themes,partnerships,zone,lon,lat\n");
        let mut rows = Vec::new();
        for feature in [
            r#"{"geometry":{"type":"Point","coordinates":[4.5,-1]},"properties":{"id":"a","name":"L\"x, y","partnerships":3,"themes":["eau","sante"]}}"#,
            r#"{"geometry":null,"properties":{"id":"b","name":"=1+1","zone":null,"themes":[],"partnerships":0}}"#,
        ] {
            table.write(&mut rows, feature.as_bytes()).unwrap();
        }
        assert_eq!(
            String::from_utf8(rows).unwrap(),
            "a,\"L\"\"x, y\",eau|sante,3,,4.5,-1\nb,'=1+1,,0,,,\n"
        );
    }
}
