//! A layer as GeoParquet 1.1 (OGC 24-013): typed columns in groups of rows, and well-known binary
//! in WGS 84, longitude before latitude (OGC:CRS84, which is what is meant where none is named).

use std::{fmt::Write as _, io, io::Write, sync::Arc};

use chrono::{DateTime, NaiveDate};
use parquet::{
    basic::{Compression, ZstdLevel},
    data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type},
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::parser::parse_message_type,
};
use serde_json::json;

use super::{
    feature::{Cell, Feature},
    layer::{Kind, Layer, Shape},
    wkb::{Bounds, NOWHERE, around, encode},
};

/// Rows of a group: what is held in memory, and what a reader may leave out by its statistics.
const GROUP: usize = 1 << 15;
/// The name of the column of geometries.
const GEOMETRY: &str = "geometry";
/// The name of the column of boxes around them, and of their sides in the order of bounds.
const BOX: &str = "bbox";
const SIDES: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];

/// A file that is being written.
pub struct GeoParquet<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    layer: Layer,
    geometries: Vec<Option<ByteArray>>,
    /// Around each of them.
    boxes: Vec<Option<Bounds>>,
    /// In the order of the layer's columns.
    columns: Vec<Values>,
    bounds: Bounds,
}

impl<W: Write + Send> GeoParquet<W> {
    /// An empty layer, written to `out`.
    pub fn new(layer: Layer, out: W) -> io::Result<Self> {
        let schema = Arc::new(parse_message_type(&schema(&layer))?);
        let zstd = Compression::ZSTD(ZstdLevel::default());
        let properties = WriterProperties::builder().set_compression(zstd).build();
        let writer = SerializedFileWriter::new(out, schema, Arc::new(properties))?;
        let columns = layer.columns.iter().map(|column| Values::of(column.kind)).collect();
        let (geometries, boxes) = (Vec::new(), Vec::new());
        Ok(Self { writer, layer, geometries, boxes, columns, bounds: NOWHERE })
    }

    /// Writes the next feature, given as GeoJSON.
    pub fn push(&mut self, feature: &[u8]) -> io::Result<()> {
        let Feature { geometry, properties } = Feature::read(feature)?;
        let shape = self.layer.shape;
        let geometry = shape.and_then(|shape| Some(encode(&geometry?, shape)));
        if let Some((_, bounds)) = &geometry {
            self.bounds = around(self.bounds, *bounds);
        }
        self.boxes.push(geometry.as_ref().map(|(_, bounds)| *bounds));
        self.geometries.push(geometry.map(|(wkb, _)| ByteArray::from(wkb)));
        let mut properties = properties.0;
        for (column, values) in self.layer.columns.iter().zip(&mut self.columns) {
            let place = properties.iter().position(|(name, _)| name == column.name);
            values.push(place.map_or(Cell::Null, |place| properties.swap_remove(place).1));
        }
        if self.geometries.len() == GROUP { self.write_group() } else { Ok(()) }
    }

    /// Writes what is left and what describes it; gives back what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        if !self.geometries.is_empty() {
            self.write_group()?;
        }
        // without geometries it is Parquet, and no more
        if let Some(shape) = self.layer.shape {
            let described = KeyValue::new("geo".to_owned(), described(shape, self.bounds));
            self.writer.append_key_value_metadata(described);
        }
        Ok(self.writer.into_inner()?)
    }

    fn write_group(&mut self) -> io::Result<()> {
        let mut group = self.writer.next_row_group()?;
        if self.layer.shape.is_some() {
            write::<_, ByteArrayType>(&mut group, &mut self.geometries)?;
            for side in 0..SIDES.len() {
                let mut values = self.boxes.iter().map(|bounds| bounds.map(|b| b[side])).collect();
                write::<_, DoubleType>(&mut group, &mut values)?;
            }
        }
        self.geometries.clear();
        self.boxes.clear();
        for column in &mut self.columns {
            match column {
                Values::Texts(values) => write::<_, ByteArrayType>(&mut group, values),
                Values::Integers(values) | Values::Moments(values) => {
                    write::<_, Int64Type>(&mut group, values)
                }
                Values::Numbers(values) => write::<_, DoubleType>(&mut group, values),
                Values::Days(values) => write::<_, Int32Type>(&mut group, values),
            }?;
        }
        group.close()?;
        Ok(())
    }
}

/// Writes the next column of a group, and takes its values away.
fn write<W: Write + Send, T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &mut Vec<Option<T::T>>,
) -> Result<(), ParquetError> {
    let fewer = || ParquetError::General("fewer columns than the schema".into());
    let mut column = group.next_column()?.ok_or_else(fewer)?;
    let are_there: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let values: Vec<T::T> = values.drain(..).flatten().collect();
    column.typed::<T>().write_batch(&values, Some(&are_there), None)?;
    column.close()
}

/// The values of a column in a group of rows; any may be missing.
enum Values {
    Texts(Vec<Option<ByteArray>>),
    Integers(Vec<Option<i64>>),
    Numbers(Vec<Option<f64>>),
    Days(Vec<Option<i32>>),
    /// Microseconds since 1970.
    Moments(Vec<Option<i64>>),
}

impl Values {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Text | Kind::Json => Self::Texts(Vec::new()),
            Kind::Integer => Self::Integers(Vec::new()),
            Kind::Number => Self::Numbers(Vec::new()),
            Kind::Date => Self::Days(Vec::new()),
            Kind::DateTime => Self::Moments(Vec::new()),
        }
    }

    /// Adds the value of a cell; none where it is of another kind.
    fn push(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Texts(values), Cell::Text(text)) => values.push(Some(text.as_ref().into())),
            (Self::Texts(values), Cell::Json(json)) => {
                values.push(Some(json.to_string().as_str().into()));
            }
            (Self::Texts(values), _) => values.push(None),
            (Self::Integers(values), Cell::Integer(number)) => values.push(Some(number)),
            (Self::Numbers(values), Cell::Integer(number)) => values.push(Some(number as f64)),
            (Self::Numbers(values), Cell::Number(number)) => values.push(Some(number)),
            (Self::Numbers(values), _) => values.push(None),
            (Self::Days(values), Cell::Text(text)) => values.push(days(&text)),
            (Self::Days(values), _) => values.push(None),
            (Self::Moments(values), Cell::Text(text)) => values.push(microseconds(&text)),
            (Self::Integers(values) | Self::Moments(values), _) => values.push(None),
        }
    }
}

/// Days since 1970 of a day.
fn days(text: &str) -> Option<i32> {
    let day: NaiveDate = text.parse().ok()?;
    Some(day.to_epoch_days())
}

fn microseconds(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.timestamp_micros())
}

/// The columns, in the language of Parquet's schemas.
fn schema(layer: &Layer) -> String {
    let mut text = format!("message {} {{", layer.name);
    if layer.shape.is_some() {
        let sides = SIDES.map(|side| format!("REQUIRED DOUBLE {side};")).concat();
        // a text takes every write, here and below
        let _ = write!(text, " OPTIONAL BYTE_ARRAY {GEOMETRY}; OPTIONAL group {BOX} {{ {sides} }}");
    }
    for column in &layer.columns {
        let kind = match column.kind {
            Kind::Text => ("BYTE_ARRAY", "(STRING)"),
            Kind::Json => ("BYTE_ARRAY", "(JSON)"),
            Kind::Integer => ("INT64", ""),
            Kind::Number => ("DOUBLE", ""),
            Kind::Date => ("INT32", "(DATE)"),
            Kind::DateTime => ("INT64", "(TIMESTAMP(MICROS,true))"),
        };
        let _ = write!(text, " OPTIONAL {} {} {};", kind.0, column.name, kind.1);
    }
    text + " }"
}

/// The metadata of the file (5.1) and of its column of geometries (5.2), with the boxes by which a
/// reader leaves out groups of rows (5.2.8).
fn described(shape: Shape, bounds: Bounds) -> String {
    let mut column = json!({ "encoding": "WKB", "geometry_types": [shape.name()] });
    let covering = SIDES.map(|side| (side.to_owned(), json!([BOX, side])));
    column["covering"] = json!({ BOX: covering.into_iter().collect::<serde_json::Map<_, _>>() });
    if bounds[0].is_finite() {
        column["bbox"] = json!(bounds);
    }
    let columns = json!({ GEOMETRY: column });
    json!({ "version": "1.1.0", "primary_column": GEOMETRY, "columns": columns }).to_string()
}
