//! A test on one feature: true, false or unknown. Never fails, never panics.

use std::cmp::Ordering;

use super::{
    like::{fold_accents, fold_case},
    spatial, temporal,
    tree::{Arithmetic, ArrayRelation, Comparison, Operand, Predicate, Test, TimeSpan},
    value::Value,
};

/// True, false, or unknown (`None`): what compares with null is unknown.
pub type Truth = Option<bool>;

/// Something with properties, as a list of queryables names them.
pub trait HasProperties {
    /// The value of a property, by its place in the list.
    fn value(&self, property: usize) -> Value<'_>;
}

impl Test {
    /// What the test says of a feature.
    pub fn of(&self, feature: &dyn HasProperties) -> Truth {
        match self {
            Self::And(tests) => all(tests.iter().map(|test| test.of(feature))),
            Self::Or(tests) => {
                all(tests.iter().map(|test| test.of(feature).map(|truth| !truth))).map(|none| !none)
            }
            Self::Not(test) => test.of(feature).map(|truth| !truth),
            Self::Is(predicate) => predicate.of(feature),
        }
    }
}

/// False where any is false, else unknown where any is unknown.
fn all(truths: impl Iterator<Item = Truth>) -> Truth {
    let mut result = Some(true);
    for truth in truths {
        match truth {
            Some(false) => return Some(false),
            None => result = None,
            Some(true) => {}
        }
    }
    result
}

impl Predicate {
    pub(super) fn of(&self, feature: &dyn HasProperties) -> Truth {
        match self {
            Self::Boolean(operand) => operand.of(feature).boolean(),
            Self::Compare(comparison, a, b) => {
                Some(comparison.admits(a.of(feature).compare(&b.of(feature))?))
            }
            Self::Like(operand, pattern) => match operand.of(feature) {
                Value::Text(text) => Some(pattern.matches(&text)),
                _ => None,
            },
            Self::Between(value, least, greatest) => {
                let value = value.of(feature);
                let at_least = value.compare(&least.of(feature)).map(Ordering::is_ge);
                let at_most = value.compare(&greatest.of(feature)).map(Ordering::is_le);
                all([at_least, at_most].into_iter())
            }
            Self::In(value, list) => {
                let value = value.of(feature);
                let differs =
                    |operand: &Operand| value.compare(&operand.of(feature)).map(Ordering::is_ne);
                all(list.iter().map(differs)).map(|none| !none)
            }
            Self::IsNull(operand) => Some(operand.of(feature) == Value::Null),
            Self::Spatial(relation, a, b) => match (a.of(feature), b.of(feature)) {
                (Value::Geometry(a), Value::Geometry(b)) => spatial::holds(*relation, &a, &b),
                _ => None,
            },
            Self::Temporal(relation, a, b) => {
                let (a, b) = (a.of(feature)?, b.of(feature)?);
                let as_days = a.in_days() && b.in_days();
                Some(temporal::holds(*relation, a.ends(as_days)?, b.ends(as_days)?))
            }
            Self::Array(relation, a, b) => match (a.of(feature), b.of(feature)) {
                (Value::Texts(a), Value::Texts(b)) => Some(relation.holds(&a, &b)),
                (Value::Numbers(a), Value::Numbers(b)) => Some(relation.holds(&a, &b)),
                _ => None,
            },
        }
    }
}

impl Comparison {
    fn admits(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::NotEqual => ordering.is_ne(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

impl ArrayRelation {
    fn holds<T: PartialEq>(self, a: &[T], b: &[T]) -> bool {
        let has_all = |set: &[T], of: &[T]| of.iter().all(|value| set.contains(value));
        match self {
            Self::Contains => has_all(a, b),
            Self::ContainedBy => has_all(b, a),
            Self::Equals => has_all(a, b) && has_all(b, a),
            Self::Overlaps => a.iter().any(|value| b.contains(value)),
        }
    }
}

impl Operand {
    pub(super) fn of<'f>(&'f self, feature: &'f dyn HasProperties) -> Value<'f> {
        match self {
            Self::Literal(value) => value.borrowed(),
            Self::Property(property) => feature.value(*property),
            Self::CaseInsensitive(operand) => fold(operand.of(feature), fold_case),
            Self::AccentInsensitive(operand) => fold(operand.of(feature), fold_accents),
            Self::Arithmetic(operator, a, b) => {
                match (a.of(feature).number(), b.of(feature).number()) {
                    (Some(a), Some(b)) => Value::finite(operator.compute(a, b)),
                    _ => Value::Null,
                }
            }
            Self::List(list) => self::list(list.iter().map(|operand| operand.of(feature))),
            Self::Test(test) => Value::or_null(test.of(feature), Value::Boolean),
        }
    }
}

pub(super) fn fold(value: Value<'_>, fold: fn(&str) -> String) -> Value<'_> {
    match value {
        Value::Text(text) => Value::text(fold(&text)),
        _ => Value::Null,
    }
}

/// A list of scalars as one value; null where one of them is.
pub(super) fn list<'a>(values: impl Iterator<Item = Value<'a>>) -> Value<'a> {
    let (mut texts, mut numbers) = (Vec::new(), Vec::new());
    for value in values {
        match value {
            Value::Text(text) => texts.push(text),
            Value::Number(number) => numbers.push(number),
            _ => return Value::Null,
        }
    }
    if texts.is_empty() { Value::Numbers(numbers) } else { Value::Texts(texts) }
}

impl Arithmetic {
    pub(super) fn compute(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::WholeDivide => (a / b).trunc(),
            Self::Modulo => a % b,
            Self::Power => a.powf(b),
        }
    }
}

/// The values of a span's bounds; a side that is `None` is open.
struct SpanValues<'f> {
    from: Option<Value<'f>>,
    to: Option<Value<'f>>,
}

impl TimeSpan {
    /// None where a bound is null.
    fn of<'f>(&'f self, feature: &'f dyn HasProperties) -> Option<SpanValues<'f>> {
        let bound = |operand: &'f Option<Operand>| match operand.as_ref().map(|o| o.of(feature)) {
            Some(Value::Null) => None,
            value => Some(value),
        };
        Some(SpanValues { from: bound(&self.from)?, to: bound(&self.to)? })
    }
}

impl SpanValues<'_> {
    fn in_days(&self) -> bool {
        [&self.from, &self.to].into_iter().flatten().all(|value| matches!(value, Value::Date(_)))
    }

    fn ends(&self, as_days: bool) -> Option<temporal::Ends> {
        temporal::ends(self.from.as_ref(), self.to.as_ref(), as_days)
    }
}
