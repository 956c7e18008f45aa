//! One row under examination: its cells, and what is said against them.

use std::sync::Arc;

use super::{
    plausibility,
    values::{self, Cell, Spread},
};
use crate::{
    domain::{Collectivity, Column, Draft, Issue, IssueCode, Partner, Term, text::tidy},
    reference::{
        not_names::{NotName, not_a_name},
        vocabularies,
    },
};

/// The longest text that stands for nothing.
const PLACEHOLDER_BYTES: usize = 16;
/// Columns in which a word for nothing can mean something: NC and NR are countries, None is a
/// town of Piedmont.
const WORDED: [Column; 11] = [
    Column::Key,
    Column::Title,
    Column::Collectivity,
    Column::Partner,
    Column::PartnerCountry,
    Column::PartnerRegion,
    Column::Description,
    Column::Funders,
    Column::Source,
    Column::CollectivityCountry,
    Column::CollectivityDepartment,
];

/// Whether a text stands for an empty cell.
fn is_placeholder(text: &str, column: Column) -> bool {
    if text.is_empty() || text.len() > PLACEHOLDER_BYTES {
        return false;
    }
    if text.chars().all(|c| matches!(c, '-' | '–' | '—' | '?' | '.' | '/' | '*')) {
        return true;
    }
    // a look at the first letter spares the list for almost every cell
    text.starts_with(['n', 'N', '#', 'à', 'À'])
        && PLACEHOLDERS.iter().any(|word| word.eq_ignore_ascii_case(text))
        && !WORDED.contains(&column)
}

/// Words for nothing.
const PLACEHOLDERS: [&str; 22] = [
    "n/a",
    "#n/a",
    "n.a.",
    "nc",
    "n.c.",
    "nr",
    "n.r.",
    "null",
    "none",
    "néant",
    "nan",
    "#ref!",
    "#value!",
    "#valeur!",
    "#nom?",
    "#name?",
    "non renseigné",
    "non connu",
    "non communiqué",
    "non précisé",
    "à compléter",
    "#null!",
];

/// Whether a text has characters that a wrong conversion leaves: the replacement character, or
/// UTF-8 that was read as Windows-1252 ("Ã©", "â€™") or Macintosh ("√©", "‚Äô").
fn is_garbled(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    let followed = |lead: char, by: fn(char) -> bool| {
        text.match_indices(lead).any(|(at, _)| text[at..].chars().nth(1).is_some_and(by))
    };
    text.contains('\u{fffd}')
        || text.contains("â€")
        || text.contains("‚Ä")
        || ['Ã', 'Â', 'Å'].into_iter().any(|lead| {
            followed(lead, |next| {
                ('\u{80}'..='\u{bf}').contains(&next) || "€‚ƒ„…†‡ˆ‰‹‘’“”•–—˜™›".contains(next)
            })
        })
        || followed('√', |next| !next.is_ascii())
}

/// One draft under examination: every problem of the row is found, not the first alone.
pub(super) struct Check<'c, 'row> {
    pub(super) draft: &'c Draft<'row>,
    pub(super) issues: &'c mut Vec<Issue>,
    pub(super) rejected: bool,
}

impl<'row> Check<'_, 'row> {
    pub(super) fn cell(&mut self, column: Column) -> Cell<'row> {
        let cell =
            Cell { line: self.draft.line, column: column.name(), text: self.draft.cell(column) };
        if is_placeholder(cell.text, column) {
            self.issues.push(cell.issue(IssueCode::ValuePlaceholder));
            return Cell { text: "", ..cell };
        }
        if is_garbled(cell.text) {
            self.issues.push(cell.issue(IssueCode::TextGarbled));
        }
        cell
    }

    /// Whether the row has a word for a total where a partnership has its names, and no more. (A
    /// cell of names that says so is told with the names.)
    pub(super) fn is_total(&mut self) -> bool {
        let empty = |column| self.draft.cell(column).is_empty();
        if !empty(Column::Collectivity) && !empty(Column::Partner) {
            return false;
        }
        let cell = [Column::Key, Column::Title, Column::Collectivity, Column::Partner]
            .map(|column| Cell {
                line: self.draft.line,
                column: column.name(),
                text: self.draft.cell(column),
            })
            .into_iter()
            .find(|cell| not_a_name(cell.text) == Some(NotName::Total));
        cell.is_some_and(|cell| self.keep::<()>(Err(cell.issue(IssueCode::RowTotal))).is_none())
    }

    /// Keeps the value, or notes the issue.
    pub(super) fn keep<T>(&mut self, result: Result<T, Issue>) -> Option<T> {
        result
            .map_err(|issue| {
                self.rejected = true;
                self.issues.push(issue);
            })
            .ok()
    }

    pub(super) fn take<T>(
        &mut self,
        column: Column,
        read: impl FnOnce(Cell<'row>) -> Result<T, Issue>,
    ) -> Option<T> {
        let cell = self.cell(column);
        self.keep(read(cell))
    }

    /// The names of a side, of which there must be one at least, and how many there are.
    pub(super) fn names(
        &mut self,
        column: Column,
    ) -> Option<(usize, impl Iterator<Item = Cell<'row>> + use<'row>)> {
        let cell = self.cell(column);
        let count = cell.several().count();
        if count == 0 {
            self.keep::<()>(Err(cell.issue(IssueCode::ValueMissing)));
            return None;
        }
        Some((count, cell.several()))
    }

    /// The values of a column, one for each of `count` names.
    pub(super) fn spread(&mut self, column: Column, count: usize) -> Option<Spread<'row>> {
        let cell = self.cell(column);
        self.keep(Spread::new(cell, count))
    }

    pub(super) fn source(&mut self, default: &str) -> Option<String> {
        let cell = self.cell(Column::Source);
        let source =
            if cell.text.is_empty() { default.into() } else { tidy(cell.text).into_owned() };
        let valid = source.chars().count() <= 64 && !source.contains([',', '|']);
        self.keep(if valid { Ok(source) } else { Err(cell.issue(IssueCode::SourceInvalid)) })
    }

    pub(super) fn themes(&mut self) -> Option<Vec<&'static Term>> {
        let vocabulary = vocabularies::themes();
        let mut themes: Vec<&'static Term> = Vec::new();
        let mut unknown = false;
        let cell = self.cell(Column::Themes);
        cell.several_terms(
            |text| vocabulary.recognise(text),
            |cell, known| match known {
                _ if unknown => {}
                Some(theme) if themes.contains(&theme) => {}
                Some(theme) => themes.push(theme),
                None => unknown = self.keep(cell.term(vocabulary)).is_none(),
            },
        );
        (!unknown).then_some(themes)
    }

    pub(super) fn sdgs(&mut self) -> Option<Vec<u8>> {
        let mut sdgs = Vec::new();
        let mut invalid = false;
        let known = |text: &str| {
            // "6, 13" begins with a number, as "6 Eau propre" does
            let single = !text.contains([',', ';', '/', '\n']);
            if single { values::sdg(text) } else { None }
        };
        let cell = self.cell(Column::Sdgs);
        cell.several_terms(known, |cell, sdg| {
            if !invalid {
                match sdg.map_or_else(|| self.keep(cell.sdg()), Some) {
                    Some(sdg) => sdgs.push(sdg),
                    None => invalid = true,
                }
            }
        });
        sdgs.sort_unstable();
        sdgs.dedup();
        (!invalid).then_some(sdgs)
    }

    /// The address, completed with a remark where it says no scheme.
    pub(super) fn url(&mut self) -> Result<Option<String>, ()> {
        let cell = self.cell(Column::Url);
        let url = self.keep(cell.url()).ok_or(())?;
        Ok(url.map(|(url, completed)| {
            if completed {
                self.issues.push(cell.issue(IssueCode::UrlCompleted).suggest(&url));
            }
            url
        }))
    }

    /// Tells of a partner that lies where the French authority does.
    pub(super) fn ends_apart(&mut self, homes: &[Arc<Collectivity>], partners: &[Arc<Partner>]) {
        for partner in partners {
            if homes.iter().any(|home| plausibility::are_together(partner, home.position)) {
                let given = partner.written_position().map(plausibility::written);
                let issue = Issue::new(IssueCode::BothEndsTogether, self.draft.line);
                self.issues.push(issue.at(Column::Longitude.name(), given.unwrap_or_default()));
            }
        }
    }

    /// Tells of what should not be read by everybody.
    pub(super) fn personal_data(&mut self) {
        for column in [Column::Title, Column::Description, Column::Funders] {
            for found in plausibility::personal_data(self.draft.cell(column)) {
                let issue = Issue::new(IssueCode::PersonalData, self.draft.line);
                self.issues.push(issue.at(column.name(), found));
            }
        }
    }

    pub(super) fn funders(&mut self) -> Option<Vec<String>> {
        let mut funders = Vec::new();
        for cell in self.cell(Column::Funders).several() {
            funders.extend(self.keep(cell.text(200))?);
        }
        Some(funders)
    }
}
