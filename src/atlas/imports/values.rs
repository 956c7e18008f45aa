//! Single cells to values: each function says what is wrong by an [`IssueCode`].
//! (long: one kind of value after another)

use chrono::{Datelike, Days, NaiveDate};

use crate::{
    domain::{
        Column, Euros, Issue, IssueCode, PartialDate, Period, Position, Term, Vocabulary,
        amount_text::AmountProblem,
        date_text::DateProblem,
        text::{fold, tidy},
    },
    reference::{
        not_names::{NotName, not_a_name},
        vocabularies,
    },
};

/// The cell of a column with its line, on its way to a value.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    pub(super) line: u64,
    pub(super) column: &'static str,
    pub(super) text: &'a str,
}

impl<'a> Cell<'a> {
    pub(super) fn issue(&self, code: IssueCode) -> Issue {
        Issue::new(code, self.line).at(self.column, self.text)
    }

    fn with(&self, text: &'a str) -> Self {
        Self { text, ..*self }
    }

    /// The values of a cell that holds several, tidied; empty ones are left out.
    pub(super) fn several(self) -> impl Iterator<Item = Self> {
        self.text.split('|').map(str::trim).filter(|t| !t.is_empty()).map(move |t| self.with(t))
    }

    /// A text of at most so many characters, if there is one.
    pub(super) fn text(&self, limit: usize) -> Result<Option<String>, Issue> {
        if self.text.is_empty() {
            return Ok(None);
        }
        let text = tidy(self.text);
        if text.is_empty() {
            return Ok(None);
        }
        if text.len() > limit && text.chars().count() > limit {
            return Err(self.issue(IssueCode::ValueTooLong));
        }
        Ok(Some(text.into_owned()))
    }

    /// A text of several lines, at most so many characters.
    pub(super) fn long_text(&self, limit: usize) -> Result<Option<String>, Issue> {
        if self.text.len() > limit && self.text.chars().count() > limit {
            return Err(self.issue(IssueCode::ValueTooLong));
        }
        if !self.text.contains(['\n', '\u{2028}']) {
            return self.text(limit);
        }
        // spreadsheets are read with Unicode's own line separator
        let lines: Vec<_> = self.text.split(['\n', '\u{2028}']).map(tidy).collect();
        let text = lines.join("\n");
        let text = text.trim();
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    /// The name of a place; wiki debris, an element of HTML and bare Q-ids are none.
    pub(super) fn place_name(&self) -> Result<String, Issue> {
        let name = self.text(200)?.ok_or_else(|| self.issue(IssueCode::ValueMissing))?;
        let id = name.strip_prefix('Q').is_some_and(|id| id.bytes().all(|b| b.is_ascii_digit()));
        let is_entity = name.split('&').skip(1).any(|rest| {
            rest.split_once(';').is_some_and(|(entity, _)| {
                !entity.is_empty() && entity.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#')
            })
        });
        let is_tag = name.starts_with('<') && name.ends_with('>');
        if id || is_entity || is_tag || name.contains("{{") {
            return Err(self.issue(IssueCode::NameUnreadable));
        }
        Ok(name)
    }

    /// Why the text, which no list knows, is not even a name.
    pub(super) fn not_a_name(&self) -> Option<Issue> {
        not_a_name(self.text).map(|meaning| {
            self.issue(match meaning {
                NotName::Nothing => IssueCode::NamePlaceholder,
                NotName::Total => IssueCode::RowTotal,
                NotName::Address => IssueCode::NameAddress,
                NotName::Number => IssueCode::NameUnreadable,
            })
        })
    }

    /// A term of a vocabulary; its fallback where the cell is empty.
    pub(super) fn term(&self, vocabulary: &'static Vocabulary) -> Result<&'static Term, Issue> {
        if self.text.is_empty() {
            return Ok(vocabularies::fallback(vocabulary));
        }
        vocabulary.recognise(self.text).ok_or_else(|| {
            let issue = self.issue(IssueCode::TermUnknown);
            match vocabulary.nearest(self.text) {
                Some(term) => issue.suggest(&term.code),
                None => issue,
            }
        })
    }

    pub(super) fn sdg(&self) -> Result<u8, Issue> {
        sdg(self.text).ok_or_else(|| self.issue(IssueCode::SdgInvalid))
    }

    /// The values of a cell that holds several of a vocabulary, each with its text: where `|`
    /// does not separate them, whatever separates it into known terms.
    pub(super) fn several_terms<T>(
        self,
        known: impl Fn(&str) -> Option<T>,
        mut take: impl FnMut(Self, Option<T>),
    ) {
        for cell in self.several() {
            let whole = known(cell.text);
            if whole.is_some() {
                take(cell, whole);
                continue;
            }
            let parts =
                [";", "\n", "\u{2028}", " / ", ",", "/", " - "].into_iter().find_map(|separator| {
                    let parts = cell
                        .text
                        .split(separator)
                        .map(|part| part.trim().trim_start_matches(['-', '•', '–']).trim())
                        .filter(|part| !part.is_empty());
                    let parts: Option<Vec<_>> =
                        parts.map(|part| Some((part, known(part)?))).collect();
                    parts.filter(|parts| parts.len() > 1)
                });
            match parts {
                Some(parts) => {
                    for (part, term) in parts {
                        take(cell.with(part), Some(term));
                    }
                }
                None => take(cell, None),
            }
        }
    }

    pub(super) fn date(&self) -> Result<Option<PartialDate>, Issue> {
        if self.text.is_empty() {
            return Ok(None);
        }
        PartialDate::recognise(self.text).map(Some).map_err(|problem| match problem {
            DateProblem::Ambiguous(likely) => {
                self.issue(IssueCode::DateAmbiguous).suggest(likely.to_string())
            }
            DateProblem::Vague(date) => self.issue(IssueCode::DateVague).suggest(date.to_string()),
            DateProblem::Several(first, last) => {
                let end = self.column == Column::End.name();
                let date = if end { last } else { first };
                self.issue(IssueCode::DateSeveral).suggest(date.to_string())
            }
            DateProblem::Invalid => {
                let issue = self.issue(IssueCode::DateInvalid);
                match serial_day(self.text) {
                    Some(day) => issue.suggest(day.to_string()),
                    None => issue,
                }
            }
        })
    }

    /// A date to the day.
    pub(super) fn day(&self) -> Result<Option<NaiveDate>, Issue> {
        match self.date()? {
            Some(date) if date.day().is_some() && date.first_day().year() > 0 => {
                Ok(Some(date.first_day()))
            }
            None => Ok(None),
            Some(_) => Err(self.issue(IssueCode::DateInvalid)),
        }
    }

    pub(super) fn amount(&self) -> Result<Option<Euros>, Issue> {
        if self.text.is_empty() {
            return Ok(None);
        }
        Euros::recognise(self.text).map(Some).map_err(|problem| match problem {
            AmountProblem::Ambiguous(likely) => {
                self.issue(IssueCode::AmountAmbiguous).suggest(likely.to_string())
            }
            AmountProblem::Vague(amount) => {
                self.issue(IssueCode::AmountInvalid).suggest(amount.to_string())
            }
            AmountProblem::Currency => self.issue(IssueCode::AmountCurrency),
            AmountProblem::Invalid => self.issue(IssueCode::AmountInvalid),
        })
    }

    /// An address, and whether it had to be completed.
    pub(super) fn url(&self) -> Result<Option<(String, bool)>, Issue> {
        if self.text.is_empty() {
            return Ok(None);
        }
        let valid = |text: &str| {
            text.len() <= 2_000
                && (is_plain_url(text)
                    || url::Url::parse(text).is_ok_and(|url| {
                        matches!(url.scheme(), "http" | "https") && url.has_host()
                    }))
        };
        if valid(self.text) {
            return Ok(Some((self.text.into(), false)));
        }
        let completed = format!("https://{}", self.text);
        let starts = self.text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("www."));
        if starts && !self.text.contains(char::is_whitespace) && valid(&completed) {
            return Ok(Some((completed, true)));
        }
        Err(self.issue(IssueCode::UrlInvalid))
    }

    fn degrees(&self) -> Result<f64, Issue> {
        degrees(self.text).ok_or_else(|| self.issue(IssueCode::PositionInvalid))
    }
}

/// `6`, `ODD 6`, `ODD6 - Eau propre`, `Eau propre et assainissement`.
pub(super) fn sdg(text: &str) -> Option<u8> {
    let valid = |sdg: &u8| (1..=17).contains(sdg);
    if let Some(sdg) = text.parse().ok().filter(valid) {
        return Some(sdg);
    }
    let folded = fold(text);
    let number = ["odd", "sdg", "objectif", "goal"]
        .iter()
        .find_map(|word| folded.strip_prefix(word))
        .unwrap_or(&folded)
        .trim_start();
    let (first, rest) = number.split_once(' ').unwrap_or((number, ""));
    // "6 - 13" is no label behind a number
    let first = if rest.contains(|c: char| c.is_ascii_digit()) { "" } else { first };
    let named = || vocabularies::sdgs().recognise(text)?.code.parse().ok();
    first.parse().ok().or_else(named).filter(valid)
}

/// Whether an address is one without any doubt, so that the parser would only confirm it: a host
/// of plain labels, the last one of letters alone, then a path or nothing.
fn is_plain_url(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else {
        return false;
    };
    let host = rest.split_once('/').map_or(rest, |(host, _)| host);
    let letters = |label: &str| label.bytes().all(|byte| byte.is_ascii_lowercase());
    let plain = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
            && !label.contains("--")
    };
    host.rsplit_once('.').is_some_and(|(names, domain)| {
        letters(domain) && host.split('.').all(plain) && !names.is_empty()
    })
}

/// `4.8357`, `4,8357`, `−4.8357`, `4.8357°`, `4° 50' 8.5" E`, `48°51'N`, `2,35 O`.
fn degrees(text: &str) -> Option<f64> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let plain = text.replace(',', ".").replace('\u{2212}', "-");
    if let Ok(number) = plain.parse() {
        return Some(number);
    }
    let plain = plain.trim_end();
    let side = plain.chars().last().filter(char::is_ascii_alphabetic);
    let (number, sign) = match side.map(|side| side.to_ascii_uppercase()) {
        None => (plain, 1.0),
        Some('N' | 'E') => (&plain[..plain.len() - 1], 1.0),
        Some('S' | 'W' | 'O') => (&plain[..plain.len() - 1], -1.0),
        Some(_) => return None,
    };
    if side.is_some() && number.trim_start().starts_with('-') {
        return None;
    }
    let marks =
        |c: char| c.is_whitespace() || matches!(c, '°' | '\'' | '’' | '′' | '"' | '”' | '″' | 'º');
    let parts: Option<Vec<f64>> = number
        .split(marks)
        .filter(|part| !part.is_empty())
        .map(|part| part.parse().ok().filter(|number: &f64| number.is_finite()))
        .collect();
    let parts = parts?;
    let [degrees, rest @ ..] = parts.as_slice() else { return None };
    if rest.len() > 2 || rest.iter().any(|part| !(0.0..60.0).contains(part)) {
        return None;
    }
    let minutes = rest.first().unwrap_or(&0.0) + rest.get(1).unwrap_or(&0.0) / 60.0;
    let angle = degrees.abs() + minutes / 60.0;
    Some(sign * if degrees.is_sign_negative() { -angle } else { angle })
}

/// The day that Excel keeps under a number, where the number is likely to be one (1954–2064).
fn serial_day(text: &str) -> Option<NaiveDate> {
    let days: u64 = text.parse().ok().filter(|days| (20_000..60_000).contains(days))?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))
}

/// A position of two cells; none where both are empty.
pub(super) fn position(lon: Cell<'_>, lat: Cell<'_>) -> Result<Option<Position>, Issue> {
    use crate::domain::position::PositionError::{Latitude, Longitude};
    match (lon.text.is_empty(), lat.text.is_empty()) {
        (true, true) => Ok(None),
        (true, false) => Err(lon.issue(IssueCode::PositionIncomplete)),
        (false, true) => Err(lat.issue(IssueCode::PositionIncomplete)),
        (false, false) => match Position::new(lon.degrees()?, lat.degrees()?) {
            Ok(position) => Ok(Some(position)),
            Err(Longitude) => Err(lon.issue(IssueCode::PositionInvalid)),
            Err(Latitude) => Err(lat.issue(IssueCode::PositionInvalid)),
        },
    }
}

/// A period of two cells.
pub(super) fn period(start: Cell<'_>, end: Cell<'_>) -> Result<Period, Issue> {
    let (from, to) = (start.date()?, end.date()?);
    Period::new(from, to).map_err(|_| end.issue(IssueCode::PeriodReversed))
}

/// What is odd about a period's dates: the oldest twinning is of 836, and a year of the next
/// centuries but one is a slip of the pen.
pub(super) fn about_period(period: Period, start: Cell<'_>, end: Cell<'_>) -> Vec<Issue> {
    let odd = |(date, cell): (Option<PartialDate>, Cell<'_>)| {
        let year = date?.year();
        (!(800..2200).contains(&year)).then(|| cell.issue(IssueCode::DateImplausible))
    };
    [(period.start(), start), (period.end(), end)].into_iter().filter_map(odd).collect()
}

/// The values of a cell that goes with the `count` values of another: one for all of them, or
/// one for each.
pub(super) enum Spread<'a> {
    All(Cell<'a>),
    Each(Vec<Cell<'a>>),
}

impl<'a> Spread<'a> {
    pub(super) fn new(cell: Cell<'a>, count: usize) -> Result<Self, Issue> {
        if !cell.text.contains('|') {
            return Ok(Self::All(cell));
        }
        let values = cell.text.split('|').map(|text| cell.with(text.trim()));
        let values: Vec<Cell<'a>> = values.collect();
        if values.len() == count {
            Ok(Self::Each(values))
        } else {
            Err(cell.issue(IssueCode::ValuesUneven))
        }
    }

    pub(super) fn at(&self, index: usize) -> Cell<'a> {
        match self {
            Self::All(cell) => *cell,
            Self::Each(cells) => cells[index],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_address_is_one_to_the_parser_too() {
        for text in
            ["https://www.example.org/a b|c?d", "http://cites-unies.fr", "https://a1.b2.org/"]
        {
            assert!(is_plain_url(text) && url::Url::parse(text).is_ok(), "{text}");
        }
        for text in [
            "https://1.2.3.4/",
            "https://a.1",
            "https://a@b.org",
            "https://xn--a.org",
            "https://a..org",
            "https://.org",
            "https://org",
            "https://",
            "ftp://a.org",
            "https://a.org:80/",
            "https://é.org/",
        ] {
            assert!(!is_plain_url(text), "{text}");
        }
    }

    #[test]
    fn degrees_are_read_as_people_write_them() {
        for (text, number) in [
            ("4.8357", 4.8357),
            ("-4,8357", -4.8357),
            ("\u{2212}4.8357", -4.8357),
            ("48.85°", 48.85),
            ("48° 30' 36\" N", 48.51),
            ("17°30′O", -17.5),
            ("2.35 W", -2.35),
        ] {
            let read = degrees(text).unwrap();
            assert!((read - number).abs() < 1e-9, "{text} {read}");
        }
        for text in ["", "nord", "4.8.3", "48°75'", "-3 W", "1 2 3 4", "E"] {
            assert_eq!(degrees(text), None, "{text}");
        }
    }
}
