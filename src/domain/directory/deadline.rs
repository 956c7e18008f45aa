//! Deadlines and rates, and how cells write them.

use std::{fmt, str::FromStr};

use chrono::NaiveTime;

use crate::domain::PartialDate;

/// The last moment to apply, for all applicants or for some kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// The day, as precise as it is known.
    pub date: PartialDate,
    /// The time of that day in Paris; its end without one.
    pub time: Option<NaiveTime>,
    /// For which kind of applicant; for all without one.
    pub applicant: Option<String>,
}

/// `2024-05-06`, `2024-05-06 12:00`, `commune=2024-05-06`.
impl FromStr for Deadline {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (applicant, rest) = match text.split_once('=') {
            Some((kind, rest)) => (Some(kind.trim().to_owned()), rest.trim()),
            None => (None, text.trim()),
        };
        let (date, time) = match rest.split_once([' ', 'T']) {
            Some((date, time)) => (date, Some(time)),
            None => (rest, None),
        };
        let read = |time: &str| {
            let time = time.trim().replace(['h', 'H'], ":");
            let time = if time.ends_with(':') { format!("{time}00") } else { time };
            NaiveTime::parse_from_str(&time, "%H:%M").map_err(|_| ())
        };
        let time = time.map(read).transpose()?;
        let date = PartialDate::recognise(date).map_err(|_| ())?;
        if time.is_some() && date.day().is_none() {
            return Err(());
        }
        Ok(Self { date, time, applicant })
    }
}

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(applicant) = &self.applicant {
            write!(f, "{applicant}=")?;
        }
        self.date.fmt(f)?;
        match self.time {
            Some(time) => write!(f, " {}", time.format("%H:%M")),
            None => Ok(()),
        }
    }
}

/// The largest part of a project that a scheme pays in a group of countries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// A group of countries; `*` for all others.
    pub group: String,
    /// Percent.
    pub max: u8,
}

/// `pma=90`, `*=70`, `70`.
impl FromStr for Rate {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (group, max) = text.split_once('=').unwrap_or(("*", text));
        let max = max.trim().trim_end_matches('%').trim().parse().map_err(|_| ())?;
        let group = group.trim().to_owned();
        if max <= 100 && !group.is_empty() { Ok(Self { group, max }) } else { Err(()) }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.group, self.max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_say_days_times_and_applicants() {
        for (text, normal) in [
            ("2024-05-06", "2024-05-06"),
            ("06/05/2024", "2024-05-06"),
            ("2024-05-06 12:00", "2024-05-06 12:00"),
            ("2024-05-06 12h", "2024-05-06 12:00"),
            ("commune = 2024-05", "commune=2024-05"),
        ] {
            assert_eq!(text.parse::<Deadline>().map(|one| one.to_string()), Ok(normal.into()));
        }
        for wrong in ["", "bientôt", "2024 12:00", "2024-05-06 25:00", "commune="] {
            assert_eq!(wrong.parse::<Deadline>(), Err(()), "{wrong}");
        }
    }

    #[test]
    fn rates_are_percents_of_a_group() {
        assert_eq!("pma=90".parse(), Ok(Rate { group: "pma".into(), max: 90 }));
        assert_eq!("70 %".parse(), Ok(Rate { group: "*".into(), max: 70 }));
        for wrong in ["", "pma", "101", "=5", "pma=-1"] {
            assert_eq!(wrong.parse::<Rate>(), Err(()), "{wrong}");
        }
    }
}
