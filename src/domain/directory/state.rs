//! Whether a call is open at an instant, and when the next one is expected. Nothing is called open
//! that nobody can know to be.

use chrono::{DateTime, Datelike, Duration, NaiveDate, Utc};

use super::{Call, FundingScheme, paris};
use crate::domain::{Language, PartialDate};

/// Days before a deadline in which a call is closing.
const CLOSING_DAYS: i64 = 30;
/// Periods after which an edition says nothing of the next one.
const MAX_PERIODS: i32 = 3;
/// Months in which an edition that was expected may still be awaited.
const GRACE_MONTHS: u32 = 2;

/// The state of a call or a scheme, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallState {
    /// Open, and closing within thirty days.
    Closing,
    /// Open.
    Open,
    /// Open at any time.
    Permanent,
    /// It will open on a day that is known.
    Announced,
    /// Past editions let one expect another: a forecast, no date.
    Expected,
    /// Nobody knows.
    Unknown,
    /// Closed.
    Closed,
    /// Closed, and the results are known.
    Results,
}

impl CallState {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Closing,
        Self::Open,
        Self::Permanent,
        Self::Announced,
        Self::Expected,
        Self::Unknown,
        Self::Closed,
        Self::Results,
    ];

    /// Stable, lower-case ASCII.
    pub fn code(self) -> &'static str {
        match self {
            Self::Closing => "ferme-bientot",
            Self::Open => "ouvert",
            Self::Permanent => "permanent",
            Self::Announced => "annonce",
            Self::Expected => "attendu",
            Self::Unknown => "a-verifier",
            Self::Closed => "clos",
            Self::Results => "resultats",
        }
    }

    /// The state of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// What users read.
    pub fn label(self, language: Language) -> &'static str {
        let label = match self {
            Self::Closing => ["Ferme bientôt", "Closing soon"],
            Self::Open => ["Ouvert", "Open"],
            Self::Permanent => ["Sans date limite", "No deadline"],
            Self::Announced => ["Annoncé", "Announced"],
            Self::Expected => ["Attendu", "Expected"],
            Self::Unknown => ["À vérifier", "To be checked"],
            Self::Closed => ["Clos", "Closed"],
            Self::Results => ["Résultats connus", "Results known"],
        };
        label[language as usize]
    }

    /// Whether one can apply.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Closing | Self::Open)
    }
}

impl Call {
    /// Its state at an instant, for a kind of applicant where one is given.
    pub fn state(&self, at: DateTime<Utc>, applicant: Option<&str>) -> CallState {
        if self.results.is_some_and(|date| at >= paris::start(date.last_day())) {
            return CallState::Results;
        }
        let closes = self.deadline(applicant).map(|one| paris::closing(one.date, one.time));
        if closes.is_some_and(|[_, surely]| at >= surely) {
            return CallState::Closed;
        }
        let opens = self.opens.map(paris::opening);
        if opens.is_some_and(|[perhaps, _]| at < perhaps) {
            return CallState::Announced;
        }
        match (opens, closes) {
            (Some([_, surely]), Some([perhaps, _]))
                if at >= surely && at < perhaps && self.facts.are_certain() =>
            {
                if perhaps - at <= Duration::days(CLOSING_DAYS) {
                    CallState::Closing
                } else {
                    CallState::Open
                }
            }
            _ => CallState::Unknown,
        }
    }
}

impl Call {
    /// The instants at which its state may change.
    pub fn changes(&self) -> Vec<DateTime<Utc>> {
        let mut all: Vec<DateTime<Utc>> = self.opens.into_iter().flat_map(paris::opening).collect();
        for [perhaps, surely] in self.deadlines.iter().map(|one| paris::closing(one.date, one.time))
        {
            all.extend([perhaps - Duration::days(CLOSING_DAYS), perhaps, surely]);
        }
        all.extend(self.results.map(|date| paris::start(date.last_day())));
        all
    }
}

/// When the next edition of a scheme is expected, from those before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// The year.
    pub year: i32,
    /// The month, where those before it tell one.
    pub month: Option<u32>,
    /// The year of the last edition.
    pub last: i32,
    /// Whether it was expected before now, and was not seen.
    pub is_late: bool,
}

impl Forecast {
    /// As a date that is as precise as it can be.
    pub fn date(&self) -> Option<PartialDate> {
        PartialDate::new(self.year, self.month, None).ok()
    }
}

impl FundingScheme {
    /// When the next edition is expected; nothing where the editions say too little.
    pub fn forecast(&self, calls: &[&Call], today: NaiveDate) -> Option<Forecast> {
        let period = match self.periodicity.as_str() {
            "annuelle" => 1,
            "biennale" => 2,
            "triennale" => 3,
            _ => return None,
        };
        let last = calls.iter().filter_map(|call| call.year()).max()?;
        let opened = calls.iter().filter_map(|call| Some((call.year()?, call.opens?.month()?)));
        let usual = self.usual_months.first().map(|month| *month as u32);
        let month = opened.max().map(|(_, month)| month).or(usual);
        let end_of = |year: i32| {
            let months = month.map_or(12, |month| month + GRACE_MONTHS);
            let (year, month) = (year + (months as i32 - 1) / 12, (months - 1) % 12 + 1);
            PartialDate::new(year, Some(month), None).ok().map(PartialDate::last_day)
        };
        let years = (1..=MAX_PERIODS).map(|count| last + count * period);
        let year = years.into_iter().find(|year| end_of(*year).is_some_and(|end| end >= today))?;
        let is_late = month.is_some_and(|month| (year, month) < (today.year(), today.month()));
        Some(Forecast { year, month, last, is_late })
    }

    /// Its state at an instant: that of its most urgent call, else what its rhythm lets one expect.
    pub fn state(&self, calls: &[&Call], at: DateTime<Utc>, applicant: Option<&str>) -> CallState {
        let of_calls = calls.iter().map(|call| call.state(at, applicant)).min();
        match of_calls {
            Some(state) if state <= CallState::Announced => state,
            _ if self.periodicity == "terminee" => CallState::Closed,
            _ if self.periodicity == "permanente" && self.facts.are_certain() => {
                CallState::Permanent
            }
            _ if self.forecast(calls, paris::day(at)).is_some() => CallState::Expected,
            Some(CallState::Closed | CallState::Results) => CallState::Closed,
            _ => CallState::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::directory::Facts;

    fn call(opens: &str, closes: &str) -> Call {
        let date = |text: &str| PartialDate::recognise(text).ok();
        Call {
            opens: date(opens),
            deadlines: closes.split('|').filter_map(|one| one.parse().ok()).collect(),
            facts: Facts { certainty: "certain".into(), ..Facts::default() },
            ..Call::default()
        }
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_call_is_announced_then_open_then_closing_then_closed() {
        let one = call("2026-03-01", "2026-05-06");
        for (instant, state) in [
            ("2026-02-28T22:59:59Z", CallState::Announced),
            ("2026-02-28T23:00:00Z", CallState::Open),
            ("2026-04-06T21:59:59Z", CallState::Open),
            ("2026-04-06T22:00:00Z", CallState::Closing),
            ("2026-05-06T21:59:59Z", CallState::Closing),
            ("2026-05-06T22:00:00Z", CallState::Closed),
        ] {
            assert_eq!(one.state(at(instant), None), state, "{instant}");
        }
        let with_results =
            Call { results: PartialDate::new(2026, Some(7), Some(1)).ok(), ..one.clone() };
        assert_eq!(with_results.state(at("2026-07-01T10:00:00Z"), None), CallState::Results);
        assert_eq!(with_results.state(at("2026-06-30T10:00:00Z"), None), CallState::Closed);
    }

    #[test]
    fn deadlines_are_told_in_paris_over_both_clock_changes() {
        let spring = call("2026-01-01", "2026-03-29");
        assert_eq!(spring.state(at("2026-03-29T21:59:59Z"), None), CallState::Closing);
        assert_eq!(spring.state(at("2026-03-29T22:00:00Z"), None), CallState::Closed);
        let autumn = call("2026-01-01", "2026-10-25");
        assert_eq!(autumn.state(at("2026-10-25T22:59:59Z"), None), CallState::Closing);
        assert_eq!(autumn.state(at("2026-10-25T23:00:00Z"), None), CallState::Closed);
        let noon = call("2026-01-01", "2026-10-25 12:00");
        assert_eq!(noon.state(at("2026-10-25T10:59:59Z"), None), CallState::Closing);
        assert_eq!(noon.state(at("2026-10-25T11:00:00Z"), None), CallState::Closed);
    }

    #[test]
    fn a_deadline_can_depend_on_the_applicant() {
        let one = call("2020-01-01", "2020-03-10|commune=2020-07-31");
        let may = at("2020-05-01T00:00:00Z");
        assert_eq!(one.state(may, Some("commune")), CallState::Open);
        assert_eq!(one.state(may, Some("region")), CallState::Closed);
        assert_eq!(one.state(may, None), CallState::Open);
    }

    #[test]
    fn what_is_not_known_is_never_called_open() {
        let states = |one: &Call| {
            let instants = ["2024-02-01T00:00:00Z", "2024-08-01T00:00:00Z", "2025-01-01T00:00:00Z"];
            instants.map(|instant| one.state(at(instant), None))
        };
        let unknown = CallState::Unknown;
        assert_eq!(states(&call("2024-01", "2024")), [unknown, unknown, CallState::Closed]);
        assert_eq!(states(&call("2024", "2024")), [unknown, unknown, CallState::Closed]);
        assert_eq!(states(&call("2024-01-05", "")), [unknown; 3]);
        assert_eq!(states(&call("", "2024-10-01")), [unknown, unknown, CallState::Closed]);
        let mut doubtful = call("2024-01-05", "2024-12-01");
        doubtful.facts.certainty = "a-verifier".into();
        assert_eq!(states(&doubtful), [unknown, unknown, CallState::Closed]);
    }

    #[test]
    fn the_next_edition_is_expected_from_those_before_it() {
        let scheme = |periodicity: &str| FundingScheme {
            periodicity: periodicity.into(),
            facts: Facts { certainty: "certain".into(), ..Facts::default() },
            ..FundingScheme::default()
        };
        let call = call("2024-03-01", "2024-05-06");
        let today = |text: &str| text.parse::<NaiveDate>().unwrap();
        let expected = |periodicity, day| {
            let forecast = scheme(periodicity).forecast(&[&call], today(day))?;
            Some((forecast.year, forecast.month, forecast.is_late))
        };
        assert_eq!(expected("annuelle", "2024-06-01"), Some((2025, Some(3), false)));
        assert_eq!(expected("annuelle", "2026-11-30"), Some((2027, Some(3), false)));
        assert_eq!(expected("annuelle", "2026-05-31"), Some((2026, Some(3), true)));
        assert_eq!(expected("annuelle", "2027-06-01"), None);
        assert_eq!(expected("biennale", "2025-01-01"), Some((2026, Some(3), false)));
        assert_eq!(expected("irreguliere", "2025-01-01"), None);
        assert_eq!(scheme("annuelle").forecast(&[], today("2025-01-01")), None);
        let november = at("2026-11-30T12:00:00Z");
        assert_eq!(scheme("annuelle").state(&[&call], november, None), CallState::Expected);
        assert_eq!(scheme("permanente").state(&[], november, None), CallState::Permanent);
        assert_eq!(scheme("terminee").state(&[&call], november, None), CallState::Closed);
        assert_eq!(scheme("inconnue").state(&[&call], november, None), CallState::Closed);
        assert_eq!(scheme("inconnue").state(&[], november, None), CallState::Unknown);
    }

    proptest::proptest! {
        #[test]
        fn states_only_go_on(
            opens in 0_i64..300, length in 0_i64..200, first in 0_i64..600, later in 0_i64..600,
        ) {
            let day = |offset| NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + Duration::days(offset);
            let one = super::tests::call(&day(opens).to_string(), &day(opens + length).to_string());
            let rank = |offset| match one.state(paris::start(day(offset)), None) {
                CallState::Announced => 0,
                CallState::Open => 1,
                CallState::Closing => 2,
                CallState::Closed => 3,
                _ => 4,
            };
            proptest::prop_assert!(rank(first.min(later)) <= rank(first.max(later)));
            proptest::prop_assert!(rank(later) < 4);
            let period = |offset| {
                let at = paris::start(day(offset));
                one.changes().into_iter().filter(|change| *change <= at).count()
            };
            proptest::prop_assert!(rank(first) == rank(later) || period(first) != period(later));
        }
    }
}
