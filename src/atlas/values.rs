//! Single cells to values: each function says what is wrong by an [`IssueCode`].

use chrono::{Datelike, NaiveDate};

use crate::{
    domain::{
        Euros, Issue, IssueCode, PartialDate, Period, Position, Term, Vocabulary,
        text::{fold, tidy},
    },
    reference::vocabularies,
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
        if self.text.chars().count() > limit {
            return Err(self.issue(IssueCode::ValueTooLong));
        }
        let lines: Vec<_> = self.text.lines().map(tidy).collect();
        let text = lines.join("\n");
        let text = text.trim();
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    /// The name of a place; wiki debris and bare Q-ids are none.
    pub(super) fn place_name(&self) -> Result<String, Issue> {
        let name = self.text(200)?.ok_or_else(|| self.issue(IssueCode::ValueMissing))?;
        let id = name.strip_prefix('Q').is_some_and(|id| id.bytes().all(|b| b.is_ascii_digit()));
        if id || name.contains("{{") || !name.chars().any(char::is_alphabetic) {
            return Err(self.issue(IssueCode::NameUnreadable));
        }
        Ok(name)
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
        let number = fold(self.text);
        let number = number.strip_prefix("odd ").or(number.strip_prefix("sdg ")).unwrap_or(&number);
        let sdg = number.parse().ok().filter(|sdg| (1..=17).contains(sdg));
        sdg.ok_or_else(|| self.issue(IssueCode::SdgInvalid))
    }

    pub(super) fn date(&self) -> Result<Option<PartialDate>, Issue> {
        if self.text.is_empty() {
            return Ok(None);
        }
        self.text.parse().map(Some).map_err(|_| self.issue(IssueCode::DateInvalid))
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
        let plain: String = self
            .text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '€')
            .map(|c| if c == ',' { '.' } else { c })
            .collect();
        plain.parse().map(Some).map_err(|_| self.issue(IssueCode::AmountInvalid))
    }

    pub(super) fn url(&self) -> Result<Option<String>, Issue> {
        if self.text.is_empty() {
            return Ok(None);
        }
        let valid = self.text.len() <= 2_000
            && url::Url::parse(self.text)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if valid { Ok(Some(self.text.into())) } else { Err(self.issue(IssueCode::UrlInvalid)) }
    }

    fn degrees(&self) -> Result<f64, Issue> {
        let number = self.text.replace(',', ".").parse::<f64>();
        number.map_err(|_| self.issue(IssueCode::PositionInvalid))
    }
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

/// The values of cells that go together, one for each of `count` things: a cell may hold one
/// value for all of them, or none.
pub(super) fn spread<'a>(cell: Cell<'a>, count: usize) -> Result<Vec<Cell<'a>>, Issue> {
    let values: Vec<Cell<'a>> = cell.text.split('|').map(|text| cell.with(text.trim())).collect();
    match values.len() {
        1 => Ok(vec![values[0]; count]),
        length if length == count => Ok(values),
        _ => Err(cell.issue(IssueCode::ValuesUneven)),
    }
}
