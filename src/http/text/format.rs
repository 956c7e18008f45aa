//! Numbers and dates as each language writes them.

use crate::{domain::Language, http::text::texts::Texts};

/// A whole number with its thousands apart: `12 725` (narrow no-break space) or `12,725`.
pub fn number(language: Language, value: u64) -> String {
    let digits = value.to_string();
    let separator = match language {
        Language::French => '\u{202f}',
        Language::English => ',',
    };
    let mut out = String::with_capacity(digits.len() + 4);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// An amount in euros, to the cent only where there are cents.
pub fn euros(language: Language, value: f64) -> String {
    let cents = (value * 100.0).round().max(0.0) as u64;
    let (whole, rest) = (number(language, cents / 100), cents % 100);
    match (language, rest) {
        (Language::French, 0) => format!("{whole}\u{a0}€"),
        (Language::French, _) => format!("{whole},{rest:02}\u{a0}€"),
        (Language::English, 0) => format!("€{whole}"),
        (Language::English, _) => format!("€{whole}.{rest:02}"),
    }
}

/// `2016-12-15`, `2016-12` or `2016` in words, as precise as it is; any other text unchanged.
pub fn date(language: Language, iso: &str) -> String {
    let texts = Texts::of(language);
    let calendar = iso.split('T').next().unwrap_or(iso);
    let parts: Vec<&str> = calendar.split('-').collect();
    let month_name = |month: &str| {
        let number: u8 = month.parse().ok()?;
        texts.find(&format!("month.{number}")).map(str::to_owned)
    };
    match parts.as_slice() {
        [year] => (*year).to_owned(),
        [year, month] => month_name(month).map_or_else(
            || iso.to_owned(),
            |month| texts.fill("date.month", &[("month", &month), ("year", year)]),
        ),
        [year, month, day] => month_name(month).map_or_else(
            || iso.to_owned(),
            |month| {
                let day = day.trim_start_matches('0');
                let key = if day == "1" { "date.first_day" } else { "date.day" };
                texts.fill(key, &[("day", day), ("month", &month), ("year", year)])
            },
        ),
        _ => iso.to_owned(),
    }
}

/// A text of data set as its language is: French has no-break spaces before double punctuation and
/// inside its guillemets.
pub fn typeset(language: Language, text: &str) -> String {
    if language == Language::English {
        return text.to_owned();
    }
    let mut set = text.replace("« ", "«\u{a0}");
    for mark in [':', ';', '?', '!', '»', '%', '€'] {
        set = set.replace(&format!(" {mark}"), &format!("\u{a0}{mark}"));
    }
    set
}

/// The year of an ISO date, without leading zeros.
pub fn year(iso: &str) -> &str {
    iso.split('-').next().unwrap_or(iso).trim_start_matches('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_thousands_apart() {
        assert_eq!(number(Language::French, 0), "0");
        assert_eq!(number(Language::French, 999), "999");
        assert_eq!(number(Language::French, 12_725), "12\u{202f}725");
        assert_eq!(number(Language::English, 1_234_567), "1,234,567");
        assert_eq!(euros(Language::French, 1500.5), "1\u{202f}500,50\u{a0}€");
        assert_eq!(euros(Language::English, 1500.0), "€1,500");
    }

    #[test]
    fn dates_are_as_precise_as_they_are_known() {
        assert_eq!(date(Language::French, "2016-12-15"), "15 décembre 2016");
        assert_eq!(date(Language::French, "2016-08-01"), "1er août 2016");
        assert_eq!(date(Language::English, "2016-08-01"), "1 August 2016");
        assert_eq!(date(Language::English, "2016-12"), "December 2016");
        assert_eq!(date(Language::French, "1951"), "1951");
        assert_eq!(date(Language::French, "2024-01-02T10:00:00Z"), "2 janvier 2024");
        assert_eq!(date(Language::French, "soon"), "soon");
        assert_eq!(year("0836-05"), "836");
    }
}
