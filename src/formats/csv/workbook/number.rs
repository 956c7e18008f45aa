//! Numbers that a format shows as dates.

use chrono::{Days, NaiveDate};

/// Whether a number of this built-in format of Excel is a date or a time.
pub(super) fn is_date_format(id: u32) -> bool {
    matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58)
}

/// Whether a number of this format is a date or a time: it has a day, a month, a year, an hour or
/// a second outside of what is quoted.
pub(super) fn is_date_code(code: &str) -> bool {
    let mut letters = code.chars();
    let mut plain = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => letters.by_ref().take_while(|c| *c != '"').for_each(drop),
            '\\' | '_' | '*' => drop(letters.next()),
            '[' => {
                let inner: String = letters.by_ref().take_while(|c| *c != ']').collect();
                // an elapsed time, not a colour, a condition or a country
                if matches!(inner.to_ascii_lowercase().as_str(), "h" | "hh" | "m" | "mm" | "s") {
                    return true;
                }
            }
            ';' => break,
            other => plain.push(other.to_ascii_lowercase()),
        }
    }
    plain != "general" && plain != "standard" && plain.contains(['d', 'm', 'y', 'h', 's'])
}

/// The day of a serial number, as ISO 8601; the number itself where it is none.
pub(super) fn date(serial: f64, since_1904: bool) -> String {
    let days = serial.floor();
    let epoch = match () {
        () if since_1904 => NaiveDate::from_ymd_opt(1904, 1, 1),
        // Excel knows a 29 February 1900
        () if days < 60.0 => NaiveDate::from_ymd_opt(1899, 12, 31),
        () => NaiveDate::from_ymd_opt(1899, 12, 30),
    };
    // the last day that Excel knows is 31 December 9999
    let day = (0.0..=2_958_465.0)
        .contains(&days)
        .then(|| epoch?.checked_add_days(Days::new(days as u64)))
        .flatten();
    day.map_or_else(|| serial.to_string(), |day| day.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_of_dates_are_known() {
        for code in ["dd/mm/yyyy", "[$-40C]d mmm yyyy;@", "yyyy\\-mm", "[h]:mm", "m/d/yy h:mm"] {
            assert!(is_date_code(code), "{code}");
        }
        for code in [
            "General",
            "0.00",
            "#,##0 \"dossiers\"",
            "[Red]0",
            "0.00E+00",
            "00000",
            "# ##0\\d",
            "@",
        ] {
            assert!(!is_date_code(code), "{code}");
        }
        assert!(is_date_format(14) && !is_date_format(2));
    }

    #[test]
    fn serial_numbers_are_days() {
        assert_eq!(date(18_752.0, false), "1951-05-04");
        assert_eq!(date(1.0, false), "1900-01-01");
        assert_eq!(date(60.75, false), "1900-02-28");
        assert_eq!(date(0.0, true), "1904-01-01");
        assert_eq!(date(1e300, false), 1e300.to_string());
        assert_eq!(date(-1.0, false), "-1");
    }
}
