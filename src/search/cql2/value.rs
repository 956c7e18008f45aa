//! Values of properties and literals, and how they compare.

use std::{borrow::Cow, cmp::Ordering, fmt};

use geo::Geometry;

/// What kind of value a property has or an expression yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// A day.
    Date,
    /// An instant.
    Timestamp,
    /// True or false.
    Boolean,
    /// A geometry in CRS84.
    Geometry,
    /// A list of texts.
    Texts,
    /// A list of numbers.
    Numbers,
}

impl fmt::Display for ValueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Date => "a date",
            Self::Timestamp => "a timestamp",
            Self::Boolean => "true or false",
            Self::Geometry => "a geometry",
            Self::Texts => "a list of texts",
            Self::Numbers => "a list of numbers",
        })
    }
}

/// A value of a property or a literal.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// There is none.
    Null,
    /// Text; texts are ordered by code points.
    Text(Cow<'a, str>),
    /// A finite number.
    Number(f64),
    /// Days from the common era.
    Date(i32),
    /// Microseconds from 1970, UTC.
    Timestamp(i64),
    /// True or false.
    Boolean(bool),
    /// In longitude and latitude.
    Geometry(Cow<'a, Geometry>),
    /// A set of texts.
    Texts(Vec<Cow<'a, str>>),
    /// A set of numbers.
    Numbers(Vec<f64>),
}

impl<'a> Value<'a> {
    /// A text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    /// The value, or null where there is none.
    pub fn or_null<T>(value: Option<T>, make: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Null, make)
    }

    /// A number, or null where a computation has no result.
    pub(super) fn finite(number: f64) -> Self {
        if number.is_finite() { Self::Number(number) } else { Self::Null }
    }

    /// How two scalars of one kind compare; none where either is null.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Number(a), Self::Number(b)) => a.partial_cmp(b),
            (Self::Date(a), Self::Date(b)) => Some(a.cmp(b)),
            (Self::Timestamp(a), Self::Timestamp(b)) => Some(a.cmp(b)),
            (Self::Boolean(a), Self::Boolean(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(*value),
            _ => None,
        }
    }

    /// The value itself, borrowed.
    pub(super) fn borrowed(&'a self) -> Self {
        match self {
            Self::Text(text) => Self::Text(Cow::Borrowed(text)),
            Self::Geometry(geometry) => Self::Geometry(Cow::Borrowed(geometry)),
            Self::Texts(texts) => {
                Self::Texts(texts.iter().map(|text| Cow::Borrowed(&**text)).collect())
            }
            other => other.clone(),
        }
    }
}
