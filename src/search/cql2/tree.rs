//! A checked expression: every property is known, every operand of the kind that is wanted.

use std::borrow::Cow;

use geo::Geometry;

use super::{like::Pattern, value::Value};

/// What is true, false or unknown of a feature.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// All must hold.
    And(Vec<Test>),
    /// One must hold.
    Or(Vec<Test>),
    /// It must not hold.
    Not(Box<Test>),
    /// A single predicate.
    Is(Box<Predicate>),
}

/// A predicate on operands.
#[derive(Debug, Clone, PartialEq)]
pub enum Predicate {
    /// An operand that is true or false itself.
    Boolean(Operand),
    /// Two scalars of one kind.
    Compare(Comparison, Operand, Operand),
    /// A text and a pattern.
    Like(Operand, Pattern),
    /// A value, the least and the greatest.
    Between(Operand, Operand, Operand),
    /// A value and those it may be.
    In(Operand, Vec<Operand>),
    /// Whether there is no value.
    IsNull(Operand),
    /// Two geometries; where one is a property, it is the first.
    Spatial(Relation, Operand, Operand),
    /// Two instants or intervals.
    Temporal(Temporal, TimeSpan, TimeSpan),
    /// Two lists of one kind.
    Array(ArrayRelation, Operand, Operand),
}

/// Something that has a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A literal.
    Literal(Value<'static>),
    /// A property, by its place among the queryables.
    Property(usize),
    /// A text without regard to case.
    CaseInsensitive(Box<Operand>),
    /// A text without regard to accents.
    AccentInsensitive(Box<Operand>),
    /// A computation with two numbers.
    Arithmetic(Arithmetic, Box<Operand>, Box<Operand>),
    /// A list of scalars of one kind.
    List(Vec<Operand>),
    /// Whether something holds.
    Test(Box<Test>),
}

/// OGC 21-065r2, 6.4: comparison operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// OGC 21-065r2, 7.7: arithmetic operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    /// The whole part of a quotient.
    WholeDivide,
    /// The remainder, with the sign of the dividend.
    Modulo,
    Power,
}

/// OGC 21-065r2, 7.3 and 7.4: spatial functions, as of OGC 06-103r4, 6.1.15.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    Contains,
    Crosses,
    Disjoint,
    Equals,
    Intersects,
    Overlaps,
    Touches,
    Within,
}

/// OGC 21-065r2, 7.5: temporal functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Temporal {
    After,
    Before,
    Contains,
    Disjoint,
    During,
    Equals,
    FinishedBy,
    Finishes,
    Intersects,
    Meets,
    MetBy,
    OverlappedBy,
    Overlaps,
    StartedBy,
    Starts,
}

/// OGC 21-065r2, 7.6: array functions; lists are compared as sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrayRelation {
    Contains,
    ContainedBy,
    Equals,
    Overlaps,
}

/// An instant, or an interval with a bound on each side; a side that is `None` is open.
#[derive(Debug, Clone, PartialEq)]
pub struct TimeSpan {
    pub(super) from: Option<Operand>,
    pub(super) to: Option<Operand>,
}

impl Test {
    /// Whether a property is a value, or a list has the values.
    pub(in crate::search) fn equals(property: usize, value: Value<'static>) -> Self {
        let property = Operand::Property(property);
        Self::Is(Box::new(match value {
            Value::Texts(_) | Value::Numbers(_) => {
                Predicate::Array(ArrayRelation::Contains, property, Operand::Literal(value))
            }
            value => Predicate::Compare(Comparison::Equal, property, Operand::Literal(value)),
        }))
    }

    /// Whether there is no value of a property.
    pub(in crate::search) fn is_null(property: usize) -> Self {
        Self::Is(Box::new(Predicate::IsNull(Operand::Property(property))))
    }

    /// Whether the geometry meets a shape.
    pub(in crate::search) fn meets(geometry: usize, shape: Geometry) -> Self {
        let shape = Operand::Literal(Value::Geometry(Cow::Owned(shape)));
        let geometry = Operand::Property(geometry);
        Self::Is(Box::new(Predicate::Spatial(Relation::Intersects, geometry, shape)))
    }

    /// Calls `visit` with every property that the test reads.
    pub fn properties(&self, visit: &mut dyn FnMut(usize)) {
        match self {
            Self::And(tests) | Self::Or(tests) => tests.iter().for_each(|t| t.properties(visit)),
            Self::Not(test) => test.properties(visit),
            Self::Is(predicate) => predicate.properties(visit),
        }
    }
}

impl Predicate {
    pub(super) fn properties(&self, visit: &mut dyn FnMut(usize)) {
        match self {
            Self::Boolean(a) | Self::Like(a, _) | Self::IsNull(a) => a.properties(visit),
            Self::Compare(_, a, b) | Self::Spatial(_, a, b) | Self::Array(_, a, b) => {
                a.properties(visit);
                b.properties(visit);
            }
            Self::Between(a, b, c) => [a, b, c].into_iter().for_each(|o| o.properties(visit)),
            Self::In(a, list) => {
                a.properties(visit);
                for operand in list {
                    operand.properties(visit);
                }
            }
            Self::Temporal(_, a, b) => {
                let bounds = [&a.from, &a.to, &b.from, &b.to];
                bounds.into_iter().flatten().for_each(|o| o.properties(visit));
            }
        }
    }
}

impl Operand {
    fn properties(&self, visit: &mut dyn FnMut(usize)) {
        match self {
            Self::Literal(_) => {}
            Self::Property(property) => visit(*property),
            Self::CaseInsensitive(a) | Self::AccentInsensitive(a) => a.properties(visit),
            Self::Arithmetic(_, a, b) => {
                a.properties(visit);
                b.properties(visit);
            }
            Self::List(list) => list.iter().for_each(|o| o.properties(visit)),
            Self::Test(test) => test.properties(visit),
        }
    }
}
