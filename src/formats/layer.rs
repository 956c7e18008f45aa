//! A collection as a GIS has it: one geometry type, or none, and typed columns.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A day, `2016-12-15`.
    Date,
    /// A moment, RFC 3339.
    DateTime,
    /// A list or an object.
    Json,
}

/// A column of a layer.
#[derive(Debug, Clone)]
pub struct Column {
    /// The name of the property.
    pub name: &'static str,
    /// What people call it, in the language of the file.
    pub title: String,
    /// What it holds.
    pub kind: Kind,
}

/// The one geometry type that all features of a layer have: single ones are written as one of many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `Point`.
    Point,
    /// `MultiPoint`.
    MultiPoint,
    /// `MultiLineString`.
    MultiLineString,
    /// `MultiPolygon`.
    MultiPolygon,
}

impl Shape {
    /// Its name as GeoJSON has it (RFC 7946, 1.4).
    pub fn name(self) -> &'static str {
        match self {
            Self::Point => "Point",
            Self::MultiPoint => "MultiPoint",
            Self::MultiLineString => "MultiLineString",
            Self::MultiPolygon => "MultiPolygon",
        }
    }
}

/// What a file is made of.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Its name.
    pub name: &'static str,
    /// The geometry type; none of a table without geometries.
    pub shape: Option<Shape>,
    /// The properties, in the order in which they are shown.
    pub columns: Vec<Column>,
}
