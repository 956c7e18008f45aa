//! Days and intervals of days, as parameters write them.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

/// Days, both included, as days from the common era; a side that is `None` is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interval {
    /// The first day.
    pub from: Option<i32>,
    /// The last day.
    pub to: Option<i32>,
}

/// A day as days from the common era.
pub(super) fn day(date: NaiveDate) -> i32 {
    date.num_days_from_ce()
}

pub(super) fn date(text: &str) -> Option<NaiveDate> {
    (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())?
}

/// OGC API – Features Part 1, 7.15.4: an instant or an interval with open ends, RFC 3339.
pub(super) fn interval(text: &str) -> Result<Interval, [&'static str; 2]> {
    const EXPECTED: [&str; 2] = [
        "une date ou un instant (RFC 3339) est attendu, ou un intervalle comme 2010-01-01/2020-12-31, ../2020-12-31 ou 2010-01-01/..",
        "a date or time (RFC 3339) or an interval such as 2010-01-01/2020-12-31, ../2020-12-31 or 2010-01-01/.. is expected",
    ];
    let instant = |text: &str| {
        let time = || DateTime::parse_from_rfc3339(text).ok();
        date(text)
            .or_else(|| Some(time()?.with_timezone(&Utc).date_naive()))
            .map(day)
            .ok_or(EXPECTED)
    };
    let side = |text: &str| match text {
        "" | ".." => Ok(None),
        text => instant(text).map(Some),
    };
    match text.split_once('/') {
        None => instant(text).map(|day| Interval { from: Some(day), to: Some(day) }),
        Some((from, to)) => match (side(from)?, side(to)?) {
            (Some(from), Some(to)) if to < from => {
                Err(["l'intervalle finit avant de commencer", "the interval ends before it begins"])
            }
            (from, to) => Ok(Interval { from, to }),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_may_be_open() {
        let day = |text| Some(day(date(text).unwrap()));
        assert_eq!(interval("../2020-12-31"), Ok(Interval { from: None, to: day("2020-12-31") }));
        assert_eq!(interval("2010-01-01/.."), Ok(Interval { from: day("2010-01-01"), to: None }));
        let instant = Interval { from: day("2018-02-12"), to: day("2018-02-12") };
        assert_eq!(interval("2018-02-12T23:20:50Z"), Ok(instant));
    }
}
