//! Instants and intervals, and the relations between them (OGC 21-065r2, 7.5, after Allen).

use chrono::{DateTime, Datelike, NaiveDate};

use super::{ExpressionError, parse::shorten, tree::Temporal, value::Value};

const MICROSECONDS_OF_DAY: i64 = 86_400_000_000;
/// Days from the common era to 1970.
const EPOCH: i64 = 719_163;

/// A literal date, as days from the common era.
pub(in crate::search) fn date(text: &str) -> Result<i32, ExpressionError> {
    let date = (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok());
    date.flatten().map(|date| date.num_days_from_ce()).ok_or_else(|| {
        ExpressionError::new(format!("“{}” is not a date; write DATE('2024-06-30')", shorten(text)))
    })
}

/// A literal timestamp (RFC 3339), as microseconds from 1970.
pub(in crate::search) fn timestamp(text: &str) -> Result<i64, ExpressionError> {
    let time = DateTime::parse_from_rfc3339(text);
    time.map(|time| time.timestamp_micros()).map_err(|_| {
        ExpressionError::new(format!(
            "“{}” is not a timestamp; write TIMESTAMP('2024-06-30T12:00:00Z')",
            shorten(text)
        ))
    })
}

/// The two ends of an instant or interval, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ends {
    from: i64,
    to: i64,
}

/// What is read of a bound: where `as_days` days are counted, else microseconds; a day is then
/// the whole day.
pub(super) fn ends(
    from: Option<&Value<'_>>,
    to: Option<&Value<'_>>,
    as_days: bool,
) -> Option<Ends> {
    let instant = |value: &Value<'_>, last: bool| match value {
        Value::Date(day) if as_days => Some(i64::from(*day)),
        Value::Date(day) => {
            let start = (i64::from(*day) - EPOCH) * MICROSECONDS_OF_DAY;
            Some(if last { start + MICROSECONDS_OF_DAY - 1 } else { start })
        }
        Value::Timestamp(time) => Some(*time),
        _ => None,
    };
    Some(Ends {
        from: from.map_or(Some(i64::MIN), |value| instant(value, false))?,
        to: to.map_or(Some(i64::MAX), |value| instant(value, true))?,
    })
}

impl Ends {
    /// Whether the first end is not after the last.
    pub(super) fn in_order(self) -> bool {
        self.from <= self.to
    }
}

/// Whether `a` stands so to `b`.
pub(super) fn holds(relation: Temporal, a: Ends, b: Ends) -> bool {
    match relation {
        Temporal::After => a.from > b.to,
        Temporal::Before => a.to < b.from,
        Temporal::Contains => a.from < b.from && a.to > b.to,
        Temporal::Disjoint => a.from > b.to || a.to < b.from,
        Temporal::During => a.from > b.from && a.to < b.to,
        Temporal::Equals => a == b,
        Temporal::FinishedBy => a.from < b.from && a.to == b.to,
        Temporal::Finishes => a.from > b.from && a.to == b.to,
        Temporal::Intersects => a.from <= b.to && a.to >= b.from,
        Temporal::Meets => a.to == b.from,
        Temporal::MetBy => a.from == b.to,
        Temporal::OverlappedBy => a.from > b.from && a.from < b.to && a.to > b.to,
        Temporal::Overlaps => a.from < b.from && a.to > b.from && a.to < b.to,
        Temporal::StartedBy => a.from == b.from && a.to > b.to,
        Temporal::Starts => a.from == b.from && a.to < b.to,
    }
}
