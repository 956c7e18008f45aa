//! Instants of days and times in Paris, where every deadline of the directory is told.

use chrono::{DateTime, Days, Duration, LocalResult, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Paris;

use crate::domain::PartialDate;

/// The instant of a time of a day in Paris. A time that the clock has twice is the later one, so
/// that nobody is told too early that it is too late; one that it leaps over is an hour later.
pub fn instant(date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let local = date.and_time(time);
    match Paris.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(_, at) => at.to_utc(),
        LocalResult::None => {
            let after = Paris.from_local_datetime(&(local + Duration::hours(1)));
            after.latest().map_or_else(|| local.and_utc(), |at| at.to_utc())
        }
    }
}

/// The first instant of a day.
pub fn start(date: NaiveDate) -> DateTime<Utc> {
    instant(date, NaiveTime::MIN)
}

/// The first instant after a day.
pub fn end(date: NaiveDate) -> DateTime<Utc> {
    start(date.checked_add_days(Days::new(1)).unwrap_or(date))
}

/// The day in Paris.
pub fn day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Paris).date_naive()
}

/// From when a beginning that is known so precisely may be and must be reached.
pub fn opening(date: PartialDate) -> [DateTime<Utc>; 2] {
    [start(date.first_day()), start(date.last_day())]
}

/// From when an end that is known so precisely may be and must be passed.
pub fn closing(date: PartialDate, time: Option<NaiveTime>) -> [DateTime<Utc>; 2] {
    match time {
        Some(time) => [instant(date.first_day(), time), instant(date.last_day(), time)],
        None => [end(date.first_day()), end(date.last_day())],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(date: &str, time: &str) -> String {
        instant(date.parse().unwrap(), time.parse().unwrap()).to_rfc3339()
    }

    #[test]
    fn days_are_those_of_paris_on_both_sides_of_both_clock_changes() {
        // summer time begins on 29 March 2026 at 2:00, ends on 25 October 2026 at 3:00
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (date, first, after) in [
            ("2026-03-28", "2026-03-27T23:00:00+00:00", "2026-03-28T23:00:00+00:00"),
            ("2026-03-29", "2026-03-28T23:00:00+00:00", "2026-03-29T22:00:00+00:00"),
            ("2026-03-30", "2026-03-29T22:00:00+00:00", "2026-03-30T22:00:00+00:00"),
            ("2026-10-24", "2026-10-23T22:00:00+00:00", "2026-10-24T22:00:00+00:00"),
            ("2026-10-25", "2026-10-24T22:00:00+00:00", "2026-10-25T23:00:00+00:00"),
            ("2026-10-26", "2026-10-25T23:00:00+00:00", "2026-10-26T23:00:00+00:00"),
        ] {
            assert_eq!(start(day(date)).to_rfc3339(), first, "{date}");
            assert_eq!(end(day(date)).to_rfc3339(), after, "{date}");
        }
    }

    #[test]
    fn a_time_that_is_twice_is_the_later_and_one_that_is_never_an_hour_later() {
        assert_eq!(shown("2026-10-25", "02:30:00"), "2026-10-25T01:30:00+00:00");
        assert_eq!(shown("2026-03-29", "02:30:00"), "2026-03-29T01:30:00+00:00");
        assert_eq!(shown("2026-03-29", "01:59:00"), "2026-03-29T00:59:00+00:00");
        assert_eq!(shown("2026-07-01", "12:00:00"), "2026-07-01T10:00:00+00:00");
    }

    proptest::proptest! {
        #[test]
        fn days_follow_each_other_without_gap(offset in 0_u64..20_000) {
            let date = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap() + Days::new(offset);
            proptest::prop_assert_eq!(end(date), start(date + Days::new(1)));
            proptest::prop_assert_eq!(day(start(date)), date);
        }
    }
}
