//! What is possible and unlikely: cross-checks of a record that is otherwise valid.

use std::sync::LazyLock;

use regex::Regex;

use crate::{
    domain::{Issue, IssueCode, Partner, Period, Position, PositionSource},
    reference::{Countries, Outlines},
};

/// Both ends of a partnership are one place where they are this near, in km.
const ONE_PLACE_KM: f64 = 1.0;

/// So many addresses and numbers of one cell are told.
const MAX_PERSONAL_DATA: usize = 10;

/// What is odd about a partner's position: in another country, or with its numbers swapped.
pub(super) fn about_position(partner: &Partner) -> Option<(IssueCode, String)> {
    let Some((given, PositionSource::Given)) = partner.place else { return None };
    let outlines = Outlines::bundled();
    let allowed = |position| outlines.allows(&partner.country, position);
    if allowed(given) != Some(false) {
        return None;
    }
    let turned = |lon, lat| Position::new(lon, lat).ok().filter(|p| allowed(*p) == Some(true));
    if let Some(swapped) = turned(given.lat(), given.lon()) {
        return Some((IssueCode::PositionSwapped, written(swapped)));
    }
    let (lon, lat) = (given.lon(), given.lat());
    let sign_lost = turned(-lon, lat).or_else(|| turned(lon, -lat)).or_else(|| turned(-lon, -lat));
    let there = || {
        let country = outlines.country_at(given)?;
        Countries::bundled().by_alpha2(country).map(|country| country.name.fr.clone())
    };
    let suggestion = sign_lost.map(written).or_else(there).unwrap_or_default();
    Some((IssueCode::PositionElsewhere, suggestion))
}

/// Whether the partner's own position is the French authority's.
pub(super) fn are_together(partner: &Partner, collectivity: Option<Position>) -> bool {
    match (partner.place, collectivity) {
        (Some((given, PositionSource::Given | PositionSource::Elsewhere)), Some(home)) => {
            // a degree of latitude is more than 100 km everywhere
            (given.lat() - home.lat()).abs() * 100.0 < ONE_PLACE_KM
                && given.distance_km(home) < ONE_PLACE_KM
        }
        _ => false,
    }
}

/// Longitude and latitude as the columns have them.
pub(super) fn written(position: Position) -> String {
    format!("{} | {}", position.lon(), position.lat())
}

/// The mail addresses and telephone numbers of a text, each once; the first ones of many.
pub(super) fn personal_data(text: &str) -> Vec<&str> {
    static FOUND: LazyLock<Option<Regex>> = LazyLock::new(|| {
        // a number as it is written in France, its pairs apart in one way, or with the sign of
        // another country; longer runs of digits are codes
        let mail = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.\p{Alphabetic}{2,}";
        let start = r"(?:\+33 ?(?:\(0\) ?)?|\b0033 ?|\b0)[1-9]";
        let pairs = r"(?:\d{8}|(?: \d\d){4}|(?:\.\d\d){4}|(?:-\d\d){4}|(?:\u{a0}\d\d){4})\b";
        let abroad = r"\+[1-9]\d{0,2}(?:[ .-]?\(?\d{2,4}\)?){2,4}\b";
        Regex::new(&format!("{mail}|{start}{pairs}|{abroad}")).ok()
    });
    // almost no text has either
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if digits < 8 && !text.contains('@') {
        return Vec::new();
    }
    let mut all = Vec::new();
    for found in FOUND.iter().flat_map(|regex| regex.find_iter(text)).map(|found| found.as_str()) {
        if all.len() == MAX_PERSONAL_DATA {
            break;
        }
        if !all.contains(&found) {
            all.push(found);
        }
    }
    all
}

/// The years of a title ("Programme 2019-2021") that no part of the period is in.
pub(super) fn about_title(title: &str, period: Period, line: u64) -> Option<Issue> {
    let (first, last, shown) = years(title)?;
    let before = period.start().is_some_and(|start| last < start.year());
    let after = period.end().is_some_and(|end| first > end.year());
    (before || after).then(|| Issue::new(IssueCode::TitleContradictory, line).at("intitule", shown))
}

/// The first pair of years in a text: `2019-2021`, `2019–2021`, `2019/2021`.
fn years(text: &str) -> Option<(i32, i32, &str)> {
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let is_year = |part: &str| {
        let year = part.parse().ok()?;
        (part.len() == 4 && (1900..2100).contains(&year)).then_some(year)
    };
    text.match_indices(['-', '–', '/']).find_map(|(at, mark)| {
        let (before, after) = (&text[..at], &text[at + mark.len()..]);
        let begin = before.len() - before.bytes().rev().take_while(u8::is_ascii_digit).count();
        let length = after.bytes().take_while(u8::is_ascii_digit).count();
        let (first, last) = (is_year(&before[begin..])?, is_year(&after[..length])?);
        let end = at + mark.len() + length;
        (first <= last).then(|| (first, last, &text[begin..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_may_contradict_the_period() {
        let period =
            |start: &str, end: &str| Period::new(start.parse().ok(), end.parse().ok()).unwrap();
        let doubt = |title, start, end| {
            about_title(title, period(start, end), 1).and_then(|issue| issue.value)
        };
        assert_eq!(doubt("Eau 2010–2012", "2016", "").as_deref(), Some("2010–2012"));
        assert_eq!(doubt("Eau 2019-2021", "2010", "2012").as_deref(), Some("2019-2021"));
        assert_eq!(doubt("Eau 2010-2016", "2016", ""), None);
        assert_eq!(doubt("Route 12-2016, 2021-2019", "2030", ""), None);
        assert_eq!(doubt("Eau 2010-2012", "", ""), None);
    }

    #[test]
    fn addresses_and_numbers_are_personal() {
        for (text, found) in [
            ("Contact : jeanne.martin@mairie-exemple.fr, merci", "jeanne.martin@mairie-exemple.fr"),
            ("tél. 06 12 34 56 78", "06 12 34 56 78"),
            ("0612345678", "0612345678"),
            ("01.23.45.67.89.", "01.23.45.67.89"),
            ("05-56-00-11-22", "05-56-00-11-22"),
            ("+33 6 12 34 56 78", "+33 6 12 34 56 78"),
            ("+33 (0)6 12 34 56 78", "+33 (0)6 12 34 56 78"),
            ("+221 33 821 00 00 (Dakar)", "+221 33 821 00 00"),
            ("élodie@université.fr", "élodie@université.fr"),
        ] {
            assert_eq!(personal_data(text), [found], "{text}");
        }
        let several = "a@b.fr, 06 12 34 56 78 ou c@d.fr (a@b.fr)";
        assert_eq!(personal_data(several), ["a@b.fr", "06 12 34 56 78", "c@d.fr"]);
        let many: Vec<String> = (0..100).map(|number| format!("n{number}@b.fr")).collect();
        assert_eq!(personal_data(&many.join(" ")).len(), MAX_PERSONAL_DATA);
        for text in [
            "Programme 2019-2021, 12 500 000 euros pour 1 200 habitants",
            "du 05.06.2020 au 07.08.2021",
            "2016-12-15 / 2019-12-15",
            "SIREN 217500016, SIRET 21750001600019, INSEE 01053",
            "n° 0123456789012",
            "https://exemple.fr/0123456789abc",
            "@mairie",
            "a @ b . fr 12345678",
            "01 02 2003, 04 05 2006",
            "",
        ] {
            assert_eq!(personal_data(text), [""; 0], "{text}");
        }
    }
}
