//! Dates as precise as they are known, and the period of a partnership.

use std::{fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};

/// A year, a month or a day (ISO 8601 calendar dates of reduced precision).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartialDate {
    year: i16,
    /// 0 where unknown.
    month: u8,
    /// 0 where unknown.
    day: u8,
}

/// A text that is no date of the forms that a file may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date: write 2016-12-15, 15/12/2016, 2016-12, 12/2016 or 2016")]
pub struct DateError;

impl PartialDate {
    /// From parts; a month is needed where there is a day, and the day must exist.
    pub fn new(year: i32, month: Option<u32>, day: Option<u32>) -> Result<Self, DateError> {
        if !(1..=2999).contains(&year) || (day.is_some() && month.is_none()) {
            return Err(DateError);
        }
        NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1)).ok_or(DateError)?;
        Ok(Self { year: year as i16, month: month.unwrap_or(0) as u8, day: day.unwrap_or(0) as u8 })
    }

    /// The calendar year.
    pub fn year(self) -> i32 {
        i32::from(self.year)
    }

    /// The month, 1 to 12, where it is known.
    pub fn month(self) -> Option<u32> {
        (self.month > 0).then_some(u32::from(self.month))
    }

    /// The day of the month, where it is known.
    pub fn day(self) -> Option<u32> {
        (self.day > 0).then_some(u32::from(self.day))
    }

    /// Its parts; no two dates have the same, nor one date at two precisions.
    pub(super) fn to_bytes(self) -> [u8; 4] {
        let [low, high] = self.year.to_le_bytes();
        [low, high, self.month, self.day]
    }

    /// The first day it can mean.
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year(), self.month().unwrap_or(1), self.day().unwrap_or(1))
            .unwrap_or_default()
    }

    /// The last day it can mean.
    pub fn last_day(self) -> NaiveDate {
        match (self.month(), self.day()) {
            (Some(_), Some(_)) => self.first_day(),
            (Some(12) | None, _) => {
                NaiveDate::from_ymd_opt(self.year(), 12, 31).unwrap_or_default()
            }
            (Some(month), None) => NaiveDate::from_ymd_opt(self.year(), month + 1, 1)
                .and_then(|first| first.pred_opt())
                .unwrap_or_default(),
        }
    }
}

impl From<NaiveDate> for PartialDate {
    fn from(date: NaiveDate) -> Self {
        Self { year: date.year() as i16, month: date.month() as u8, day: date.day() as u8 }
    }
}

/// `2016-12-15`, `2016-12` or `2016`.
impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month() {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day() {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

/// The forms of the native CSV: `2016-12-15`, `15/12/2016`, `2016-12`, `12/2016`, `2016`.
impl FromStr for PartialDate {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let number = |part: &str, widths: std::ops::RangeInclusive<usize>| {
            if widths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()) {
                part.parse::<u32>().map_err(|_| DateError)
            } else {
                Err(DateError)
            }
        };
        let year = |part| number(part, 4..=4).map(|year| year as i32);
        let iso = !text.contains('/');
        let mut parts = text.split(if iso { '-' } else { '/' });
        let parts = [parts.next(), parts.next(), parts.next(), parts.next()];
        match (parts, iso) {
            ([Some(y), None, ..], _) => Self::new(year(y)?, None, None),
            ([Some(y), Some(m), None, _], true) => {
                Self::new(year(y)?, Some(number(m, 2..=2)?), None)
            }
            ([Some(y), Some(m), Some(d), None], true) => {
                Self::new(year(y)?, Some(number(m, 2..=2)?), Some(number(d, 2..=2)?))
            }
            ([Some(m), Some(y), None, _], false) => {
                Self::new(year(y)?, Some(number(m, 1..=2)?), None)
            }
            ([Some(d), Some(m), Some(y), None], false) => {
                Self::new(year(y)?, Some(number(m, 1..=2)?), Some(number(d, 1..=2)?))
            }
            _ => Err(DateError),
        }
    }
}

/// When a partnership holds; a side that is not known is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Period {
    start: Option<PartialDate>,
    end: Option<PartialDate>,
}

/// The end lies wholly before the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the end is before the start")]
pub struct PeriodError;

impl Period {
    /// Refuses an end that cannot be at or after the start.
    pub fn new(start: Option<PartialDate>, end: Option<PartialDate>) -> Result<Self, PeriodError> {
        match (start, end) {
            (Some(start), Some(end)) if end.last_day() < start.first_day() => Err(PeriodError),
            _ => Ok(Self { start, end }),
        }
    }

    /// When it began, if known.
    pub fn start(self) -> Option<PartialDate> {
        self.start
    }

    /// Whether both have a day in common, as far as is known.
    pub fn meets(self, other: Self) -> bool {
        let before = |end: Option<PartialDate>, start: Option<PartialDate>| {
            end.zip(start).is_some_and(|(end, start)| end.last_day() < start.first_day())
        };
        !before(self.end, other.start) && !before(other.end, self.start)
    }

    /// When it ended or will end, if known.
    pub fn end(self) -> Option<PartialDate> {
        self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_keeps_its_precision() {
        for (text, iso) in [
            ("2016-12-15", "2016-12-15"),
            ("15/12/2016", "2016-12-15"),
            ("5/3/2016", "2016-03-05"),
            ("2016-12", "2016-12"),
            ("12/2016", "2016-12"),
            ("0836", "0836"),
        ] {
            assert_eq!(text.parse::<PartialDate>().unwrap().to_string(), iso);
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["", "2016-13", "31/02/2016", "16", "2016-1-1", "demain", "2016/12", "1-2-3-4"]
        {
            assert_eq!(text.parse::<PartialDate>(), Err(DateError), "{text}");
        }
    }

    #[test]
    fn a_period_may_begin_and_end_within_one_year() {
        let date = |text: &str| text.parse::<PartialDate>().ok();
        assert!(Period::new(date("2016-05"), date("2016")).is_ok());
        assert_eq!(Period::new(date("2016"), date("2015-12-31")), Err(PeriodError));
        assert_eq!(date("2016-02").unwrap().last_day().to_string(), "2016-02-29");
    }
}
